//! Paths that lead to something else than a file.

#![cfg(unix)]

use std::os::unix::net::UnixListener;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Told, check, check_within, folder_with, told};

const SHEET: &[u8] = b"operation,user,groups\nadd-to-groups,ann@corp.example,HR Robots\n";

#[test]
fn a_device_that_gives_bytes_without_end_is_refused_unread() {
    let told = check_within(768, TempDir::new().unwrap().path(), "/dev/zero");
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.text,
        "error: `/dev/zero` is a device, not a file; name a sheet, or `-` for what is piped into reseat\n"
    );
}

#[test]
fn a_socket_and_a_folder_are_named_for_what_they_are() {
    let folder = TempDir::new().unwrap();
    let _listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    fs_err::create_dir(folder.path().join("inbox")).unwrap();
    for (name, what) in [("socket", "is a socket, not a file"), ("inbox", "is a folder")] {
        let told = check(folder.path(), name);
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.text.contains(what), "{}", told.text);
    }
}

/// `reseat` with a named pipe, into which the sheet is written.
fn piped(folder: &TempDir, words: &str) -> Told {
    let line = format!("mkdir pipes && mkfifo pipes/p && {{ cat joiners.csv > pipes/p & }} && exec \"$0\" {words}");
    told(
        Command::new("sh").args(["-c", &line, env!("CARGO_BIN_EXE_reseat")]),
        folder.path(),
    )
}

#[test]
fn a_named_pipe_is_read_as_standard_input_is() {
    let folder = folder_with("joiners.csv", SHEET);
    let told = piped(&folder, "check pipes/p");
    assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));

    let folder = folder_with("joiners.csv", SHEET);
    let told = piped(&folder, "run pipes/p --sandbox --yes");
    assert_eq!(told.code, Some(3), "{}", told.text);
    assert!(folder.path().join("reseat.results.csv").exists(), "{}", told.text);
    assert!(folder.path().join("reseat.failed.csv").exists(), "{}", told.text);
}
