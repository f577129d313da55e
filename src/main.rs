//! The `provkassa` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    provkassa::cli::main()
}
