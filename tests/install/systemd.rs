//! The services.

use std::path::PathBuf;
use std::process::Command;

use super::{printed, root};

const NEEDS: &str = "systemd-analyze, as in `apt-get install systemd`";

/// The units, with the binary of this build in the place of the installed one.
fn units() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let units = ["reseat-watch.service", "reseat-run.service", "reseat-run.timer"].map(|name| {
        let unit = fs_err::read_to_string(root().join("deploy/systemd").join(name)).unwrap();
        let unit: String = unit
            .replace("/usr/bin/reseat", env!("CARGO_BIN_EXE_reseat"))
            // The pages are not installed where this runs.
            .lines()
            .filter(|line| !line.starts_with("Documentation="))
            .fold(String::new(), |unit, line| unit + line + "\n");
        let path = folder.path().join(name);
        fs_err::write(&path, unit).unwrap();
        path
    });
    (folder, units.into())
}

#[test]
#[ignore = "needs systemd"]
fn systemd_finds_nothing_wrong_with_the_units() {
    let (_folder, units) = units();
    let told = printed(Command::new("systemd-analyze").arg("verify").args(&units), NEEDS);
    assert_eq!(told, "");
}

#[test]
#[ignore = "needs systemd"]
fn the_services_can_do_little_beside_their_work() {
    let (_folder, units) = units();
    for unit in units
        .iter()
        .filter(|unit| unit.extension().is_some_and(|ending| ending == "service"))
    {
        // The scale ends at 100, which is a service without any bounds.
        let mut analyze = Command::new("systemd-analyze");
        analyze.args(["security", "--offline=true", "--threshold=20"]).arg(unit);
        printed(&mut analyze, NEEDS);
    }
}
