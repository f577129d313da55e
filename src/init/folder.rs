//! The folder that is set up: which language it is in, and what must not be overwritten.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Language, StarterFile};

/// What the files of a folder say of its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guess {
    /// It is this one.
    One(Language),
    /// It may be any of these, each with the file that says so.
    Several(Vec<(Language, &'static str)>),
    /// No file says anything.
    None,
}

/// Guesses the language of the project in a folder.
#[must_use]
pub fn guess(folder: &Path) -> Guess {
    let seen = |language: Language| {
        let sign = language.signs().iter().find(|sign| folder.join(sign).is_file());
        sign.map(|sign| (language, *sign))
    };
    let found: Vec<_> = Language::ALL.into_iter().filter_map(seen).collect();
    match found.as_slice() {
        [] => Guess::None,
        [(language, _)] => Guess::One(*language),
        _ => Guess::Several(found),
    }
}

/// Why nothing was written, or not all.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// These are there already.
    #[error("{} there already, and nothing was written", are(.0))]
    Exist(Vec<PathBuf>),
    /// The system refuses.
    #[error("`{}` cannot be written: {why}", .path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

fn are(paths: &[PathBuf]) -> String {
    let names: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}

/// Writes the files into a folder, and says where. Whether one of them is there already is seen to before the
/// first is written.
pub fn write(folder: &Path, files: &[StarterFile], overwrite: bool) -> Result<Vec<PathBuf>, WriteError> {
    // `./provkassa.toml` reads worse than `provkassa.toml`.
    let folder = if folder.as_os_str() == "." { Path::new("") } else { folder };
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(file.path)).collect();
    let there = |path: &&PathBuf| path.symlink_metadata().is_ok();
    let existing: Vec<PathBuf> = paths.iter().filter(there).cloned().collect();
    if !(existing.is_empty() || overwrite) {
        return Err(WriteError::Exist(existing));
    }
    for (path, file) in paths.iter().zip(files) {
        let refused = |why| WriteError::Refused { path: path.clone(), why };
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(refused)?;
        fs::write(path, &file.text).map_err(refused)?;
    }
    Ok(paths)
}
