//! What is checked, as the README and `src/conformance/CASES.md` list it: both are generated from the cases.
//!
//! `INSTA_UPDATE=always cargo test --test e2e listed::` writes them anew.

use std::fs;

use provkassa::conformance::{Case, Level, cases};
use provkassa::simulators::PROVIDERS;
use provkassa::simulators::kit::operation::Operation;

use crate::support::root;

const BEGIN: &str = "<!-- generated from the cases: begin -->\n";
const END: &str = "<!-- generated from the cases: end -->\n";

fn of(all: &[Case], operation: &dyn Operation) -> Vec<Case> {
    all.iter().filter(|case| case.operation.id() == operation.id()).cloned().collect()
}

/// A row an operation.
fn table(all: &[Case]) -> String {
    let mut table = String::from(
        "| operation | what your code does | cases: MUST | SHOULD | mistakes known |\n| --- | --- | --- | --- | --- |\n",
    );
    for operation in PROVIDERS.iter().flat_map(|provider| provider.operations()) {
        let cases = of(all, *operation);
        let must = cases.iter().filter(|case| case.level == Level::Must).count();
        table.push_str(&format!(
            "| `{}` | {} | {must} | {} | {} |\n",
            operation.id(),
            operation.does(),
            cases.len() - must,
            operation.mistakes().len()
        ));
    }
    table
}

/// Every case with its requirement, provenance and source.
fn list(all: &[Case]) -> String {
    let mut list = String::from(
        "# What `provkassa check` checks\n\nEvery case with its requirement, how we know it, and where it is written. Generated from `features/`.\n",
    );
    for provider in PROVIDERS {
        list.push_str(&format!("\n## {}\n", provider.info().name));
        for operation in provider.operations() {
            list.push_str(&format!(
                "\n### `{}`: the shop {}\n\n| case | requirement | known | source |\n| --- | --- | --- | --- |\n",
                operation.id(),
                operation.does()
            ));
            for case in of(all, *operation) {
                let cell = |text: &str| text.replace('|', "\\|");
                list.push_str(&format!(
                    "| `{}` | {} | {} | {} |\n",
                    case.id,
                    cell(&case.requirement),
                    case.provenance,
                    cell(&case.source)
                ));
            }
        }
    }
    list
}

/// Compares a file with what it should be; or writes it, where snapshots are being written.
fn is(path: &str, wanted: &str) {
    let path = root().join(path);
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there != wanted && std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&path, wanted).expect("written");
        return;
    }
    assert!(
        there == wanted,
        "{} is not what the cases say: INSTA_UPDATE=always cargo test --test e2e listed::",
        path.display()
    );
}

#[test]
fn the_readme_and_the_list_are_what_the_cases_say() {
    let all = cases().expect("sound features");
    is("src/conformance/CASES.md", &list(&all));
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the place for the table");
    let (_, after) = rest.split_once(END).expect("its end");
    is("README.md", &format!("{before}{BEGIN}{}{END}{after}", table(&all)));
}
