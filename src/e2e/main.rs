//! The built program, driven from outside: real processes, real sockets, a real browser.

mod adapters;
mod api3;
mod broken;
mod browser;
mod check;
mod cli;
mod honest;
mod house;
mod mistakes;
mod pay;
mod support;
mod table_of_codes;
mod walk;
mod workspaces;
