//! How long the program takes to start, and how large it is.
//!
//! `cargo bench --bench start` prints the least time of many runs of `reseat --version` (bar: 10 ms) beside that of
//! `true`, which is what starting any process costs, and the size of the binary (bar: 20 MB).
//!
//! Found on 2026-11-22 on two hardware threads of an EPYC, with a loop like this one in another language: 1.4 ms beside
//! 0.6 ms, and 16,523 kB.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RESEAT: &str = env!("CARGO_BIN_EXE_reseat");
const REPEATS: usize = 100;

fn main() {
    if measure::only_compiles() {
        return;
    }
    let (mut ours, mut bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..REPEATS {
        ours = ours.min(run(Command::new(RESEAT).arg("--version")));
        bare = bare.min(run(&mut Command::new("true")));
    }
    println!("reseat --version: {ours:.1?}, true: {bare:.1?}");
    let size = fs_err::metadata(RESEAT).expect("the binary").len();
    println!("binary: {} kB", size / 1000);
}

fn run(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).status().expect("a program that starts");
    assert!(status.success());
    start.elapsed()
}
