//! What is checked, as the README and `src/conformance/CASES.md` list it: both are generated from the cases.
//!
//! `INSTA_UPDATE=always cargo test --test e2e listed::` writes them anew.

use std::fs;

use provkassa::conformance::{Level, Property, Rule, properties};
use provkassa::scenario::{Scenario, scenarios};
use provkassa::shop::MISTAKES;
use provkassa::simulators::PROVIDERS;
use provkassa::simulators::kit::operation::Operation;
use provkassa::simulators::kit::provider::Provider;

use crate::support::root;

const BEGIN: &str = "<!-- generated from the cases: begin -->\n";
const END: &str = "<!-- generated from the cases: end -->\n";

fn of(all: &[Property], operation: &dyn Operation) -> Vec<Property> {
    all.iter().filter(|case| case.operation.id() == operation.id()).cloned().collect()
}

/// A row an operation.
fn table(all: &[Property]) -> String {
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

/// A row a provider, of what is tried on a running shop.
fn table_of_shops(shops: &[Scenario]) -> String {
    let mut table = String::from(
        "| the running shop | scenarios: MUST | SHOULD | mistakes of the built-in shop |\n| --- | --- | --- | --- |\n",
    );
    for provider in PROVIDERS {
        let scenarios = scenarios_of(shops, *provider);
        let must = scenarios.iter().filter(|scenario| scenario.level == Level::Must).count();
        let mistakes = MISTAKES.iter().filter(|mistake| mistake.shows_at(provider.info().id)).count();
        let (name, should) = (provider.info().name, scenarios.len() - must);
        table.push_str(&format!("| {name} | {must} | {should} | {mistakes} |\n"));
    }
    table
}

fn scenarios_of<'a>(shops: &'a [Scenario], provider: &dyn Provider) -> Vec<&'a Scenario> {
    shops.iter().filter(|scenario| scenario.provider.info().id == provider.info().id).collect()
}

/// A case with its requirement, provenance and source.
fn row(rule: &Rule) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let Rule { id, requirement, provenance, source, .. } = rule;
    format!("| `{id}` | {} | {provenance} | {} |\n", cell(requirement), cell(source))
}

/// Every case.
fn list(all: &[Property], shops: &[Scenario]) -> String {
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
            list.extend(of(all, *operation).iter().map(|case| row(case)));
        }
        let scenarios = scenarios_of(shops, *provider);
        if !scenarios.is_empty() {
            list.push_str("\n### The running shop\n\n| case | requirement | known | source |\n| --- | --- | --- | --- |\n");
            list.extend(scenarios.iter().map(|scenario| row(scenario)));
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
    let all = properties().expect("sound features");
    let shops = scenarios().expect("sound features");
    is("src/conformance/CASES.md", &list(&all, &shops));
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("the place for the table");
    let (_, after) = rest.split_once(END).expect("its end");
    is("README.md", &format!("{before}{BEGIN}{}\n{}{END}{after}", table(&all), table_of_shops(&shops)));
}
