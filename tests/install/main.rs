//! What is installed beside the binary: completions, manual pages, services, the Debian package.
//!
//! What needs a program that a fresh machine lacks is shown as ignored, and named by it: `cargo test --test install zsh::
//! -- --ignored` runs what needs zsh.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bash;
mod completions;
mod debian;
mod deploy;
mod fish;
mod mandoc;
mod systemd;
mod zsh;

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What reseat prints.
fn reseat(words: &[&str]) -> String {
    let output = Command::cargo_bin("reseat").unwrap().args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a program of this machine prints, on either channel; `needs` says how to come by it.
#[track_caller]
fn printed(command: &mut Command, needs: &str) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{needs}: {error}"));
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{command:?}: {text}");
    text
}

/// Writes an empty file.
fn touch(folder: &Path, name: &str) {
    fs_err::write(folder.join(name), "").unwrap();
}
