//! Features and flows are embedded in the program; without this a new file would be passed over until
//! something else changes.
//!
//! Only the flows of `fixtures` are: beside them lie the packages of the reference adapters and shops.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=features");
    println!("cargo::rerun-if-changed=src/build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut flows = Vec::new();
    for provider in sorted(&root.join("fixtures"))? {
        let folder = provider.join("flows");
        if folder.is_dir() {
            println!("cargo::rerun-if-changed={}", folder.display());
            flows.extend(sorted(&folder)?);
        }
    }
    let entries: String = flows.iter().map(|file| entry(&root, file)).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("flows.rs"), format!("&[{entries}]"))
}

/// A flow's id, `brp/pay-an-order`, and its text.
fn entry(root: &Path, file: &Path) -> String {
    let id = file.strip_prefix(root.join("fixtures")).unwrap_or(file).with_extension("");
    let id = id.to_string_lossy().replace('\\', "/").replace("/flows/", "/");
    format!("({id:?}, include_str!({:?})),\n", file.display().to_string())
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}
