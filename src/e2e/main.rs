//! The built program, driven from outside: real processes, real sockets, a real browser.

mod adapters;
mod api3;
mod bad_calls;
mod broken;
mod browser;
mod check;
mod cli;
mod driver;
mod express;
mod fena;
mod fenerum;
mod guards;
mod honest;
mod house;
mod ledger;
mod mistakes;
mod pay;
mod providers;
mod replay;
mod scene;
mod stripe;
mod support;
mod swish;
mod table_of_codes;
mod walk;
mod workspaces;
