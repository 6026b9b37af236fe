//! What one `reseat watch` holds that looks after many organizations at once.
//!
//! `cargo bench --bench organizations` serves simulated organizations with the published quotas, drops a sheet of 200 rows for
//! each (100 invitations, 100 changes of a name, which are a call each) and runs `reseat watch --once` on all of them: one alone,
//! ten, fifty, and fifty of which five take half a second for each answer. It prints how long it took, the processor time and
//! the memory of the process, and when the organizations were done. Linux only: the figures are read from `/proc`.
//!
//! What was found is in `docs/many-organizations.md`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use reseat::sandbox::{Config, Population, Sandbox, start};
use tokio::runtime::{Builder, Runtime};

const ROWS: usize = 100;
const SLOW: Duration = Duration::from_millis(500);

fn main() {
    // `cargo test --benches` runs this too, to see that it compiles.
    if std::env::args().any(|argument| argument == "--test") || !cfg!(target_os = "linux") {
        return;
    }
    let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for (organizations, slow) in [(1, 0), (10, 0), (50, 0), (50, 5)] {
        println!("{}", measured(&runtime, organizations, slow));
    }
}

/// What the process used that far.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    cpu: Duration,
    most_kib: u64,
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
    let (began, began_at) = (Instant::now(), SystemTime::now());
    let mut child = Command::new(env!("CARGO_BIN_EXE_reseat"))
        .args(["watch", "inbox", "--once", "--quiet"])
        .env_clear()
        .env("XDG_STATE_HOME", folder.path().join("state"))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .expect("reseat");
    let used = watched(&mut child);
    let took = began.elapsed();
    let ended: Vec<Duration> = (0..organizations)
        .map(|number| {
            let results = folder
                .path()
                .join(format!("inbox/{}/done/sheet.results.csv", name(number)));
            let changed = fs_err::metadata(results)
                .and_then(|metadata| metadata.modified())
                .expect("a sheet that is done");
            changed.duration_since(began_at).unwrap_or_default()
        })
        .collect();
    let (slow_ones, others) = ended.split_at(slow);
    let last = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
    let first = others.iter().min().copied().unwrap_or_default();
    let mut line = format!(
        "{organizations} organizations: {took:.1?}, {:.2?} of processor time ({:.0?} each), {} MiB ({} KiB each); done after {first:.1?} to {:.1?}",
        used.cpu,
        used.cpu / u32::try_from(organizations).unwrap_or(1),
        used.most_kib / 1024,
        used.most_kib / organizations as u64,
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

/// What the process has used when it ends.
fn watched(child: &mut Child) -> Used {
    let mut used = Used::default();
    loop {
        if let Some(now) = used_by(child.id()) {
            used = now;
        }
        if child.try_wait().expect("a process").is_some() {
            return used;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn used_by(process: u32) -> Option<Used> {
    let status = fs_err::read_to_string(format!("/proc/{process}/status")).ok()?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let stat = fs_err::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let ticks: u64 = rest
        .split(' ')
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Some(Used {
        // A hundred a second, on every Linux that there is.
        cpu: Duration::from_millis(ticks * 10),
        most_kib: most.trim().trim_end_matches(" kB").parse().ok()?,
    })
}
