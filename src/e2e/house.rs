//! The shape of the repository.

use std::collections::BTreeSet;
use std::fs;

use provkassa::simulators::PROVIDERS;

use crate::support::root;

fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).collect()
}

#[test]
fn the_visible_top_level_is_what_was_ordered() {
    let mut visible = names(".");
    visible.remove("target");
    let ordered = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "features",
        "fixtures",
        "simulators",
        "snapshots",
        "src",
    ];
    assert_eq!(visible, ordered.map(ToOwned::to_owned).into());
}

#[test]
fn every_provider_has_its_folders_and_every_folder_its_provider() {
    let registered: BTreeSet<String> =
        PROVIDERS.iter().map(|provider| provider.info().id.to_owned()).collect();
    let without = |folder: &str, others: &[&str]| -> BTreeSet<String> {
        names(folder).into_iter().filter(|name| !others.contains(&name.as_str())).collect()
    };
    let no_providers = ["Cargo.toml", "askama.toml", "laws.rs", "lib.rs", "kit", "target"];
    assert_eq!(without("simulators", &no_providers), registered);
    assert_eq!(without("features", &["common"]), registered);
    assert_eq!(
        without("fixtures", &["adapters", "clients", "protocol", "regressions", "shops", "vectors"]),
        registered
    );
}

#[test]
fn provider_ports_do_not_collide() {
    let mut offsets = BTreeSet::from([0]);
    for provider in PROVIDERS {
        assert!(offsets.insert(provider.info().port_offset), "{}", provider.info().id);
    }
}

#[test]
fn the_license_and_the_readme_say_what_they_should() {
    let license = fs::read_to_string(root().join("LICENSE")).expect("LICENSE");
    assert!(license.contains("MIT") && license.contains("Apache"));
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    for wanted in ["cargo run --release -- serve", "cargo test --workspace --all-features", "## Exit codes"] {
        assert!(readme.contains(wanted), "{wanted}");
    }
}
