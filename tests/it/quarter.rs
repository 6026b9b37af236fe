//! The README's quarter, as its commands are typed, in a shell: exported, rebalanced, run, and two rows of it taken back.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The heading of the section.
pub(crate) const QUARTER: &str = "\n## A quarter in one page\n";

/// The commands of the section's console blocks: what is typed in one terminal, and in the other.
fn terminals() -> Vec<Vec<String>> {
    let readme = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let (_, section) = readme.split_once(QUARTER).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```console\n").skip(1);
    let typed = |block: &str| -> Vec<String> {
        let lines = block.split("```").next().unwrap().lines();
        lines.map(|line| line.strip_prefix("$ ").unwrap().to_owned()).collect()
    };
    blocks.map(typed).collect()
}

struct Terminal {
    folder: TempDir,
    /// What serves the organization.
    served: Option<Child>,
}

impl Terminal {
    /// A folder with the samples, and `reseat` on the path.
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        std::os::unix::fs::symlink(samples, folder.path().join("samples")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_reseat"), folder.path().join("reseat")).unwrap();
        Self { folder, served: None }
    }

    fn command(&self, program: &str) -> Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let folder = self.folder.path();
        let mut command = Command::new(program);
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("HOME", folder);
        command
    }

    /// Types the command that serves the organization, and waits until it has written how to reach it.
    fn serve(&mut self, typed: &str) {
        let words: Vec<&str> = typed.split('#').next().unwrap().split_whitespace().collect();
        let (arguments, file) = words.split_at(words.len() - 2);
        assert_eq!((arguments[0], file[0]), ("reseat", ">"), "{typed}");
        let mut child = self
            .command("reseat")
            .args(&arguments[1..])
            // Another test may have the port that a reader has free.
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = fs_err::File::create(self.folder.path().join(file[1])).unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines.by_ref() {
            let line = line.unwrap();
            writeln!(out, "{line}").unwrap();
            if line.starts_with("UIPATH_CLIENT_SECRET=") {
                break;
            }
        }
        self.served = Some(child);
    }

    /// Types commands one after the other, each of which has to end well, and `yes` wherever a plan is to be confirmed.
    fn types(&self, commands: &[String]) -> String {
        let script = format!(
            "set -e\nreseat() {{ case $1 in run) command reseat \"$@\" --yes;; *) command reseat \"$@\";; esac; }}\n{}\n",
            commands.join("\n")
        );
        let ran = self.command("sh").args(["-c", &script]).output().unwrap();
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        assert!(ran.status.success(), "{}\n{said}", ran.status);
        said
    }

    fn column(&self, name: &str, column: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_path(self.folder.path().join(name)).unwrap();
        let at = reader
            .headers()
            .unwrap()
            .iter()
            .position(|header| header == column)
            .unwrap();
        reader.records().map(|record| record.unwrap()[at].to_owned()).collect()
    }
}

impl Terminal {
    /// Ends what serves the organization.
    fn stop(&mut self) {
        if let Some(mut served) = self.served.take() {
            served.kill().unwrap();
            served.wait().unwrap();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.stop();
    }
}

#[test]
fn the_readmes_quarter_goes_as_it_is_typed() {
    let terminals = terminals();
    let [served, typed] = terminals.as_slice() else {
        panic!("{terminals:?}")
    };
    let [serve] = served.as_slice() else {
        panic!("{served:?}")
    };
    let mut terminal = Terminal::open();
    terminal.serve(serve);
    let said = terminal.types(typed);
    let words: Vec<&str> = typed
        .iter()
        .filter_map(|line| line.strip_prefix("reseat ")?.split(' ').next())
        .collect();
    assert_eq!(words, ["export", "rebalance", "plan", "run", "undo", "run"]);
    assert!(said.contains("11 rows free 5 seats and grant 6"), "{said}");
    assert_eq!(terminal.column("quarter.results.csv", "status"), ["done"; 11]);
    assert_eq!(terminal.column("back.results.csv", "status"), ["done"; 2]);

    // In the end the one of the two has the seat again, and all others have what the sheet gave them.
    let then = ["set -a; . ./sandbox.env; set +a", "reseat export licenses -o then.csv"];
    terminal.types(&then.map(str::to_owned));
    let held: Vec<(String, String)> = terminal
        .column("then.csv", "user")
        .into_iter()
        .zip(terminal.column("then.csv", "licenses"))
        .collect();
    let holds = |name: &str, code: &str| {
        let address = format!("{name}@contoso.example");
        held.iter()
            .any(|(user, licenses)| *user == address && licenses.split("; ").any(|held| held == code))
    };
    assert!(holds("yara.saleh", "RPADEVPRONU") && !holds("fatima.benali", "RPADEVPRONU"));
    assert!(holds("nora.hansen", "ATTUNU") && holds("felix.fischer", "ATTUNU"));
    assert!(!holds("lena.vogel", "ATTUNU") && !holds("eva.nilsson", "PMBU"));
    assert!(holds("paula.jansen", "RPADEVPRONU"), "an administrator was left alone");
}

#[test]
fn a_sheet_of_the_company_inside_the_process_is_run_against_it_as_next_says() {
    let terminal = Terminal::open();
    let rebalance = "reseat rebalance --sandbox --wanted samples/wanted.csv -o q.csv";
    let said = terminal.types(&[rebalance.to_owned()]);
    assert!(said.contains("next: reseat run q.csv --sandbox"), "{said}");
    // Each command makes the company anew: what it says of the past may not depend on the second.
    let times = terminal.column("q.csv", "unless_used_since");
    let conditions: Vec<&String> = times.iter().filter(|time| !time.is_empty()).collect();
    assert!(!conditions.is_empty());
    assert!(conditions.iter().all(|time| time.contains("T00:00:00")), "{times:?}");
    terminal.types(&["reseat run q.csv --sandbox".to_owned()]);
    assert!(
        terminal
            .column("q.results.csv", "status")
            .iter()
            .all(|status| status == "done")
    );
}

#[test]
fn a_company_that_is_made_anew_is_another_organization_and_one_that_is_kept_is_the_same() {
    let mut terminal = Terminal::open();
    let mut id = |command: &str| -> String {
        terminal.serve(command);
        terminal.stop();
        let variables = fs_err::read_to_string(terminal.folder.path().join("sandbox.env")).unwrap();
        let id = variables
            .lines()
            .find(|line| line.starts_with("RESEAT_ORGANIZATION_ID="));
        id.unwrap().to_owned()
    };
    let (plain, kept) = (
        "reseat sandbox > sandbox.env",
        "reseat sandbox --state c.json > sandbox.env",
    );
    let first = id(plain);
    assert_ne!(id(plain), first);
    let stored = id(kept);
    assert_ne!(stored, first);
    assert_eq!(id(kept), stored);
}
