//! What one `reseat watch` holds that looks after many organizations at once.
//!
//! `cargo bench --bench organizations` serves simulated organizations with the published quotas, drops a sheet of 200 rows for
//! each (100 invitations, 100 changes of a name, which are a call each) and runs `reseat watch --once` on all of them: one alone,
//! ten, fifty, and fifty of which five take half a second for each answer. It prints how long it took, the processor time and
//! the memory of the process, and when the organizations were done. Linux only: the figures are read from `/proc`.
//!
//! What was found is in `docs/many-organizations.md`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use reseat::sandbox::{Config, Population, Sandbox, start};
use tokio::runtime::{Builder, Runtime};

const ROWS: usize = 100;
const SLOW: Duration = Duration::from_millis(500);

fn main() {
    if measure::only_compiles() || !cfg!(target_os = "linux") {
        return;
    }
    let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for (organizations, slow) in [(1, 0), (10, 0), (50, 0), (50, 5)] {
        println!("{}", measured(&runtime, organizations, slow));
    }
}

fn measured(runtime: &Runtime, organizations: usize, slow: usize) -> String {
    let served: Vec<Sandbox> = (0..organizations)
        .map(|number| {
            let config = Config {
                seed: 1 + number as u64,
                population: Population::Generated(200),
                latency: if number < slow { SLOW } else { Duration::ZERO },
                ..Config::default()
            };
            runtime.block_on(start(config)).expect("a simulated organization")
        })
        .collect();
    let folder = tempfile::TempDir::new().expect("a folder");
    prepare(folder.path(), &served);
    let began = SystemTime::now();
    let mut reseat = Command::new(measure::reseat());
    reseat
        .args(["watch", "inbox", "--once", "--quiet"])
        .env_clear()
        .env("XDG_STATE_HOME", folder.path().join("state"))
        .current_dir(folder.path())
        .stdout(Stdio::null());
    let cost = measure::program(&mut reseat);
    let ended: Vec<Duration> = (0..organizations)
        .map(|number| {
            let results = folder
                .path()
                .join(format!("inbox/{}/done/sheet.results.csv", name(number)));
            let changed = fs_err::metadata(results)
                .and_then(|metadata| metadata.modified())
                .expect("a sheet that is done");
            changed.duration_since(began).unwrap_or_default()
        })
        .collect();
    let (slow_ones, others) = ended.split_at(slow);
    let last = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
    let first = others.iter().min().copied().unwrap_or_default();
    let mut line = format!(
        "{organizations} organizations: {:.1?}, {:.2?} of processor time ({:.0?} each), {} MiB ({} KiB each); done after {first:.1?} to {:.1?}",
        cost.time,
        cost.cpu,
        cost.cpu / u32::try_from(organizations).unwrap_or(1),
        cost.peak_kib / 1024,
        cost.peak_kib / organizations as u64,
        last(others),
    );
    if slow > 0 {
        let _ = write!(line, "; the {slow} slow ones after {:.1?}", last(slow_ones));
    }
    line
}

fn name(number: usize) -> String {
    format!("org{number:02}")
}

/// A profile, a drop folder and a sheet for each.
fn prepare(folder: &Path, served: &[Sandbox]) {
    let mut profiles = String::new();
    for (number, sandbox) in served.iter().enumerate() {
        let name = name(number);
        let _ = writeln!(
            profiles,
            "[profile.{name}]\nuri = \"{}\"\norganization = \"{}\"\norganization_id = \"{}\"\nclient_id = \"{}\"\nclient_secret_file = \"secret\"",
            sandbox.base_url(),
            sandbox.organization(),
            sandbox.organization_id(),
            sandbox.client_id(),
        );
        let inbox = folder.join("inbox").join(&name);
        fs_err::create_dir_all(&inbox).expect("a folder");
        let mut sheet = "operation,email,user,name\n".to_owned();
        for row in 1..=ROWS {
            let _ = writeln!(sheet, "invite,new{row}@new.example,,");
            let _ = writeln!(sheet, "update,,user{row:05}@contoso.example,Kim");
        }
        fs_err::write(inbox.join("sheet.csv"), sheet).expect("a sheet");
    }
    fs_err::write(folder.join("reseat.toml"), profiles).expect("a configuration");
    let secret = folder.join("secret");
    fs_err::write(&secret, served[0].client_secret()).expect("a secret");
    #[cfg(unix)]
    fs_err::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a private secret");
}
