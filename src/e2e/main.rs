//! The built program, driven from outside: real processes, real sockets, a real browser.

mod adapters;
mod api3;
mod bad_calls;
mod bambora;
mod broken;
mod browser;
mod check;
mod cli;
mod diagnosis;
mod driver;
mod emit;
mod express;
mod fena;
mod fenerum;
mod freepay;
mod guards;
mod honest;
mod house;
mod init;
/// The starter that `init` writes for Rust: it compiles as it stands.
#[path = "../../fixtures/adapters/rust/provkassa.rs"]
mod init_in_rust;
mod known_failures;
mod ledger;
mod listed;
mod matrix;
mod mistakes;
mod pay;
mod providers;
mod quickpay;
mod replay;
mod reports;
mod runs;
mod scene;
mod soap;
mod strangers;
mod stripe;
mod support;
mod swish;
mod table_of_codes;
mod testing;
mod tutorial;
mod vectors;
mod walk;
mod workspaces;
