//! How this program compares with the one of an earlier commit.
//!
//! `cargo bench --bench earlier` builds the program of f6ac344 in a `git worktree` under `target/earlier`, serves an organization
//! from a process of its own, and has both programs do the same in turn: old, new, new, old and so on. It prints each pair, and
//! for each task the median of the pairs' ratios, new to old, beside what is wanted of it. A figure without a target is there to
//! be read.
//!
//! | in the environment | |
//! | --- | --- |
//! | `COMMIT=…` | another commit to compare with |
//! | `OLD=…`, `NEW=…` | a program that is built already |
//! | `PAIRS=9` | how many pairs (otherwise 3; short tasks have ten times as many) |
//! | `SCALE=100` | a hundredth of the rows and users, for a quick trial |
//! | `ONLY=plan` | only the tasks with this in their name |
//!
//! `git worktree remove target/earlier/f6ac344` gives the disk back. What was found is in `docs/performance.md`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;
mod server;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use measure::{Cost, median, number};
use reseat::sandbox::{Config, Sandbox};
use server::{Server, sheets};
use tempfile::TempDir;

const COMMIT: &str = "f6ac344";
const ROWS: usize = 1_000_000;
/// How often a short task is done for one figure.
const STARTS: usize = 10;

fn main() {
    if server::serve_if_asked() || measure::only_compiles() {
        return;
    }
    let scale = number("SCALE", 1);
    let mut both = Both::new();
    few_rows(&mut both);
    {
        let rows = 60_000 / scale;
        let server = Server::start(rows);
        both.lay(|folder| sheets::mixed(&folder.join("mixed.csv"), rows));
        both.compare(
            "`plan` of 60,000 rows over 60,000 people",
            [None, Some(0.6), Some(0.7)],
            |one| one.on(&server, &["plan", "mixed.csv"]),
        );
    }
    let rows = ROWS / scale;
    let server = Server::start(rows);
    both.lay(|folder| {
        sheets::licenses(&folder.join("some.csv"), rows / 100);
        sheets::licenses(&folder.join("all.csv"), rows);
    });
    both.compare(
        "`plan` of 10,000 rows against 1,000,000 people",
        [None, Some(0.3), None],
        |one| one.on(&server, &["plan", "some.csv"]),
    );
    both.compare("`check` of 1,000,000 rows", [None; 3], |one| {
        one.on(&server, &["check", "all.csv"])
    });
    let planned = both.compare("`plan` of 1,000,000 rows", [None; 3], |one| {
        one.on(&server, &["plan", "all.csv"])
    });
    let run = both.compare("run of 1,000,000 rows", [Some(0.6), None, Some(0.6)], |one| {
        server::forget_results(one.folder.path());
        one.on(&server, &["run", "all.csv", "--yes"])
    });
    both.compare(
        "rerun of 1,000,000 rows, nothing left to do",
        [Some(0.5), None, Some(0.5)],
        |one| one.on(&server, &["run", "all.csv", "--yes"]),
    );
    both.print();
    if let (Some(planned), Some(run)) = (planned, run) {
        println!(
            "\n`plan` needs {:.2} of the memory of the run (target 1)",
            planned[2] / run[2]
        );
    }
}

/// The sample, which shows what starting costs and whether small sheets paid for large ones.
fn few_rows(both: &mut Both) {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/onboarding.csv");
    both.lay(|folder| {
        fs_err::copy(&sample, folder.join("onboarding.csv")).expect("the sample");
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let sandbox = runtime
        .block_on(reseat::sandbox::start(Config::unlimited()))
        .expect("a sandbox");
    for (what, words) in [
        ("`check` of samples/onboarding.csv", ["check", "onboarding.csv"]),
        ("`plan` of samples/onboarding.csv", ["plan", "onboarding.csv"]),
    ] {
        both.compare_short(what, [Some(1.1), None, None], |one| one.in_sandbox(&sandbox, &words));
    }
}

/// One of the two programs, and where it works.
struct Program {
    path: OsString,
    folder: TempDir,
}

impl Program {
    fn new(path: impl Into<OsString>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        server::configure(folder.path());
        Self {
            path: path.into(),
            folder,
        }
    }

    fn on(&self, server: &Server, words: &[&str]) -> Cost {
        measure::program(
            server
                .command(&self.path, self.folder.path())
                .args(words)
                .stderr(Stdio::null()),
        )
    }

    fn in_sandbox(&self, sandbox: &Sandbox, words: &[&str]) -> Cost {
        let mut command = Command::new(&self.path);
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("UIPATH_URI", sandbox.base_url())
            .env("UIPATH_ORGANIZATION", sandbox.organization())
            .env("RESEAT_ORGANIZATION_ID", sandbox.organization_id().to_string())
            .env("UIPATH_CLIENT_ID", sandbox.client_id())
            .env("UIPATH_CLIENT_SECRET", sandbox.client_secret())
            .env("XDG_STATE_HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        measure::program(&mut command)
    }
}

/// Both programs, and what became of each task.
struct Both {
    old: Program,
    new: Program,
    pairs: usize,
    only: String,
    lines: Vec<String>,
}

impl Both {
    fn new() -> Self {
        Self {
            old: Program::new(std::env::var_os("OLD").unwrap_or_else(|| earlier().into())),
            new: Program::new(measure::reseat()),
            pairs: number("PAIRS", 3),
            only: std::env::var("ONLY").unwrap_or_default(),
            lines: Vec::new(),
        }
    }

    fn lay(&self, write: impl Fn(&Path)) {
        write(self.old.folder.path());
        write(self.new.folder.path());
    }

    /// Targets are of time, processor time and memory, as ratios. Says what the new program took.
    fn compare(&mut self, what: &str, targets: [Option<f64>; 3], task: impl Fn(&Program) -> Cost) -> Option<[f64; 3]> {
        self.compare_pairs(what, targets, self.pairs, task)
    }

    fn compare_short(&mut self, what: &str, targets: [Option<f64>; 3], task: impl Fn(&Program) -> Cost) {
        self.compare_pairs(what, targets, self.pairs * 10, |one| {
            let costs: Vec<Cost> = (0..STARTS).map(|_| task(one)).collect();
            Cost::mean(&costs)
        });
    }

    fn compare_pairs(
        &mut self,
        what: &str,
        targets: [Option<f64>; 3],
        count: usize,
        task: impl Fn(&Program) -> Cost,
    ) -> Option<[f64; 3]> {
        if !what.contains(&self.only) {
            return None;
        }
        let mut pairs = Vec::new();
        for pair in 0..count {
            let (old, new) = if pair % 2 == 0 {
                let old = task(&self.old);
                (old, task(&self.new))
            } else {
                let new = task(&self.new);
                (task(&self.old), new)
            };
            println!("{what}: old {}, new {}", told(old), told(new));
            pairs.push((old.figures(), new.figures()));
        }
        let taken = [0, 1, 2].map(|number| median(pairs.iter().map(|(_, new)| new[number])));
        let mut line = format!("| {what} |");
        for (number, target) in targets.into_iter().enumerate() {
            let (old, new) = (median(pairs.iter().map(|(old, _)| old[number])), taken[number]);
            let ratio = median(pairs.iter().map(|(old, new)| new[number] / old[number]));
            let (digits, unit) = match number {
                2 => (0, "MiB"),
                _ if old < 0.1 => (4, "s"),
                _ => (2, "s"),
            };
            let target = target.map_or(String::new(), |target| format!(" (target {target})"));
            let _ = write!(line, " {old:.digits$} → {new:.digits$} {unit}: {ratio:.2}{target} |");
        }
        self.lines.push(line);
        Some(taken)
    }

    fn print(&self) {
        println!("\n| what | time | processor time | memory |\n| --- | --- | --- | --- |");
        for line in &self.lines {
            println!("{line}");
        }
    }
}

fn told(cost: Cost) -> String {
    let [time, cpu, memory] = cost.figures();
    format!("{time:.3} s, {cpu:.3} s of processor time, {memory:.0} MiB")
}

/// The program of the earlier commit, built.
fn earlier() -> PathBuf {
    let commit = std::env::var("COMMIT").unwrap_or_else(|_| COMMIT.to_owned());
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = here.join("target/earlier").join(&commit);
    if !place.exists() {
        let mut git = Command::new("git");
        git.current_dir(here).args(["worktree", "add", "--detach"]);
        assert!(
            git.arg(&place).arg(&commit).status().expect("git").success(),
            "no worktree of {commit}"
        );
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(&place)
        .env_remove("CARGO_TARGET_DIR")
        .args(["build", "--release", "--locked"]);
    assert!(cargo.status().expect("cargo").success(), "{commit} does not build");
    place.join("target/release/reseat")
}
