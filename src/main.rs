//! The `reseat` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Rows, users and steps are a million small pieces, which several threads make and drop: a fifth of the time with the system's
/// allocator, and more with musl's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    reseat::app::main(std::env::args_os())
}
