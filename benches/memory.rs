//! How much memory a run of 1,000,000 rows takes (bar: 512 MiB).
//!
//! `cargo bench --bench memory` serves an organization of 1,000,000 users in a process of its own, gives each a
//! licence with the program itself (10,000 calls), runs the same sheet again, and prints the most memory that the
//! program held. `ROWS=100000` in the environment takes fewer rows.
//!
//! Found on 2026-11-22 on two hardware threads of an EPYC, release build:
//!
//! | rows | a first run | a rerun with nothing left to do |
//! | --- | --- | --- |
//! | 1,000,000 | 750 MiB, 28 s | 302 MiB, 6 s |
//!
//! The first run takes more than its bar: 245 MiB are held when the directory begins to be read, 416 MiB when it is
//! read, 716 MiB when the plan is made, of which each row takes 300 bytes.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod server;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::{BUNDLES, ORGANIZATION, Server, address};

const ROWS: usize = 1_000_000;

fn main() {
    if server::serve_if_asked() {
        return;
    }
    // `cargo test --benches` runs this too, to see that it compiles.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // Fewer rows, to look closer at something.
    let rows = std::env::var("ROWS").map_or(ROWS, |rows| rows.parse().expect("a number"));
    let folder = tempfile::TempDir::new().expect("a folder");
    let sheet = folder.path().join("licences.csv");
    write_sheet(&sheet, rows);
    let limits = "[profile.default.limits]\nget = 0\nput = 0\n";
    fs_err::write(folder.path().join("reseat.toml"), limits).expect("a file");
    let server = Server::start(rows);
    measure("a first run", &server, &sheet, rows);
    measure("a rerun of it, with nothing left to do", &server, &sheet, rows);
}

fn write_sheet(path: &Path, rows: usize) {
    let file = fs_err::File::create(path).expect("a file");
    let mut out = std::io::BufWriter::new(file);
    writeln!(out, "operation,user,licenses").expect("a line");
    for number in 0..rows {
        let licenses = BUNDLES[number % BUNDLES.len()];
        writeln!(out, "set-licenses,{},{licenses}", address(number)).expect("a line");
    }
    out.flush().expect("a file");
}

fn measure(what: &str, server: &Server, sheet: &Path, rows: usize) {
    // Cargo builds the program for benches, with their profile.
    let program = env!("CARGO_BIN_EXE_reseat");
    let folder = sheet.parent().expect("a folder");
    let began = Instant::now();
    let mut child = Command::new(program)
        .arg("run")
        .arg(sheet)
        .arg("--yes")
        .current_dir(folder)
        .env("UIPATH_URI", server.url())
        .env("UIPATH_ORGANIZATION", ORGANIZATION.0)
        .env("RESEAT_ORGANIZATION_ID", ORGANIZATION.1.to_string())
        .env("UIPATH_PAT", "token")
        .env("XDG_STATE_HOME", folder)
        .env("XDG_CONFIG_HOME", folder)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the program");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_kib(child.id()));
        match child.try_wait().expect("a process") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    println!(
        "{what}: {rows} rows, {} MiB at the peak, {} bytes a row, {:.1?}, {status}",
        peak / 1024,
        peak * 1024 / rows as u64,
        began.elapsed()
    );
}

/// The most memory a process has held so far; 0 where the system does not say.
fn peak_kib(process: u32) -> u64 {
    let status = fs_err::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
