//! The `reseat` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    reseat::app::main(std::env::args_os())
}
