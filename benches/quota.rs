//! How many calls a large sheet takes, how long under quotas, and whether `plan` foretold both.
//!
//! `cargo bench --bench quota` runs the real binary against a sandbox with the published quotas on a clock that runs a
//! hundred times as fast (a window lasts three seconds): a mixed sheet of 10,000 rows, then 1,000 updates, which take a
//! PUT each. It prints the calls sent against the least possible at the chunk sizes (bar: within 5 %), the answers 429
//! (bar: none), and the time found against the least that the quotas allow (bar: within 10 %) and against the forecast.
//!
//! Found on 2026-11-29 with a release build, on two hardware threads that others used as well:
//!
//! | server's windows | sheet | calls sent, foretold | writes, least | 429 | took | foretold | least by the quotas |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | fixed | mixed | 176, 176 | 140, 140 | 0 | 0.5 s | 0.1 s | 0 s |
//! | fixed | updates | 1,010, 1,010 | 1,000, 1,000 | 0 | 18.1 s | 18.1 s | 18 s |
//! | sliding | mixed | 176, 176 | 140, 140 | 0 | 0.4 s | 0.1 s | 0 s |
//! | sliding | updates | 1,010, 1,010 | 1,000, 1,000 | 0 | 18.1 s | 18.1 s | 18 s |
//!
//! No quota holds the mixed sheet back, so its time is the computer's own. What users hold is read in 12 calls, by the
//! route that answers for many users; in the portal's listing, by which it was read before, it took 218 calls (381 in all).

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use reseat::model::{BundleCode, BundleSet};
use reseat::sandbox::{Config, Population, Quotas, Sandbox, WindowKind, World, start};
use serde_json::Value;
use tempfile::TempDir;

const SCALE: f64 = 100.0;
const WINDOW: Duration = Duration::from_secs(3);
/// The calls of a window of 160 at the share that is used by default.
const PUTS_A_WINDOW: usize = 144;
const CHUNK: usize = 100;
const TEAMS: usize = 10;
const UPDATES: usize = 1_000;

/// How many rows of each kind the mixed sheet has.
const INVITES: usize = 2_500;
const MOVES: usize = 2_500;
const SETS: usize = 2_500;
const DELETES: usize = 2_000;
const MIGRATIONS: usize = 500;

fn main() {
    if measure::only_compiles() {
        return;
    }
    for kind in [WindowKind::Fixed, WindowKind::Sliding] {
        println!("\nwindows of the server: {kind:?}");
        mixed(kind);
        updates(kind);
    }
}

fn mixed(kind: WindowKind) {
    let stage = Stage::new(kind);
    stage.sandbox.with_world(prepare);
    let found = stage.measure("mixed", &mixed_sheet());
    let stats = stage.sandbox.stats();
    let least = BTreeMap::from([
        ("invite", (INVITES + MIGRATIONS).div_ceil(CHUNK)),
        ("update-group", TEAMS * (MOVES / TEAMS).div_ceil(CHUNK)),
        (
            "allocate-to-users",
            INVITES.div_ceil(CHUNK) + SETS.div_ceil(CHUNK) + MIGRATIONS.div_ceil(CHUNK),
        ),
        ("delete-users", (DELETES + MIGRATIONS).div_ceil(CHUNK)),
    ]);
    for (route, least) in least {
        println!("mixed: {route} {} calls, least {least}", stats.route(route));
    }
    println!("mixed: everything else: {:?}", stats.routes().collect::<Vec<_>>());
    found.print("mixed", Duration::ZERO);
}

fn updates(kind: WindowKind) {
    let stage = Stage::new(kind);
    let mut sheet = "operation,user,name\n".to_owned();
    for number in 1..=UPDATES {
        write_row(&mut sheet, &format!("update,{},Kim", person(number)));
    }
    let found = stage.measure("updates", &sheet);
    let windows = u32::try_from((UPDATES - 1) / PUTS_A_WINDOW).unwrap_or(u32::MAX);
    println!(
        "updates: {} PUTs, least {UPDATES}",
        stage.sandbox.stats().route("update-user")
    );
    found.print("updates", WINDOW * windows);
}

/// What one sheet took.
struct Found {
    foretold: Duration,
    took: Duration,
    calls_foretold: u64,
    calls_sent: u64,
    throttled: u64,
}

impl Found {
    fn print(&self, what: &str, least: Duration) {
        let Self {
            foretold,
            took,
            calls_foretold,
            calls_sent,
            throttled,
        } = self;
        println!("{what}: {calls_sent} calls in all, {calls_foretold} foretold, {throttled} answered 429");
        println!("{what}: took {took:.1?}, foretold {foretold:.1?}, least by the quotas {least:.1?}");
    }
}

/// A sandbox, a folder, and the binary.
struct Stage {
    // The sandbox is served by it.
    _runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    folder: TempDir,
}

impl Stage {
    fn new(kind: WindowKind) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let config = Config {
            population: Population::Generated(10_000),
            quotas: Some(Quotas {
                scale: SCALE,
                kind,
                ..Quotas::default()
            }),
            ..Config::default()
        };
        let sandbox = runtime.block_on(start(config)).expect("a sandbox");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let profile = format!("[profile.default.limits]\nwindow = \"{}ms\"\n", WINDOW.as_millis());
        fs_err::write(folder.path().join("reseat.toml"), profile).expect("a file");
        Self {
            _runtime: runtime,
            sandbox,
            folder,
        }
    }

    /// Plans a sheet, then runs it; both count against the same windows.
    fn measure(&self, name: &str, sheet: &str) -> Found {
        let file = format!("{name}.csv");
        fs_err::write(self.folder.path().join(&file), sheet).expect("a file");
        let plan = json(&self.reseat(&["plan", &file, "--output", "json"]));
        let calls = plan["calls"].as_array().expect("calls");
        self.sandbox.reset_stats();
        let began = Instant::now();
        let deletions = plan["deletions"].as_array().expect("deletions").len().to_string();
        let words = ["run", &file, "--yes", "--max-deletes", &deletions, "--output", "json"];
        let run = json(&self.reseat(&words));
        let took = began.elapsed();
        assert_eq!(run["rows"]["failed"], Value::Null, "{run}");
        let stats = self.sandbox.stats();
        Found {
            foretold: Duration::from_secs_f64(plan["seconds"].as_f64().expect("seconds")),
            took,
            calls_foretold: calls.iter().filter_map(|call| call["calls"].as_u64()).sum(),
            calls_sent: stats.total(),
            throttled: stats.rate_limited,
        }
    }

    fn reseat(&self, words: &[&str]) -> Output {
        let folder = self.folder.path();
        Command::new(measure::reseat())
            .args(words)
            .env_clear()
            .env("UIPATH_URI", self.sandbox.base_url())
            .env("UIPATH_ORGANIZATION", self.sandbox.organization())
            .env("RESEAT_ORGANIZATION_ID", self.sandbox.organization_id().to_string())
            .env("UIPATH_CLIENT_ID", self.sandbox.client_id())
            .env("UIPATH_CLIENT_SECRET", self.sandbox.client_secret())
            .env("XDG_STATE_HOME", folder)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .expect("the binary")
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON on the standard output")
}

fn person(number: usize) -> String {
    format!("user{number:05}@contoso.example")
}

fn write_row(sheet: &mut String, row: &str) {
    writeln!(sheet, "{row}").expect("text takes all that is written");
}

/// Nobody has yet what the sheet brings about, everybody who migrates holds the same, and there are seats for all.
fn prepare(world: &mut World) {
    let id = |world: &World, number: usize| world.user_called(&person(number)).expect("a person").id;
    for team in 1..=TEAMS {
        let team = world.group_named(&team_name(team)).expect("a team").id;
        let members: Vec<_> = world.members(team).map(|user| user.id).collect();
        for member in members {
            world.leave(member, team);
        }
    }
    for number in 1..=MOVES + SETS + DELETES + MIGRATIONS {
        let user = id(world, number);
        world.release(user);
        if number > MOVES + SETS + DELETES {
            let held: BundleSet = [BundleCode::new("TSTNU")].into_iter().collect();
            world.allocate(user, held, false);
        }
    }
    for code in ["ATTUNU", "PMD", "TSTNU"] {
        world.set_seats(code, 100_000);
    }
}

fn team_name(number: usize) -> String {
    format!("Team {number:02}")
}

fn mixed_sheet() -> String {
    let mut sheet = "operation,user,email,groups,licenses,new_email,delete_when\n".to_owned();
    for number in 0..INVITES {
        write_row(&mut sheet, &format!("invite,,new{number}@contoso.example,,ATTUNU,,"));
    }
    let mut people = (1..).map(person);
    for (number, who) in people.by_ref().take(MOVES).enumerate() {
        let team = team_name(number % TEAMS + 1);
        write_row(&mut sheet, &format!("add-to-groups,{who},,{team},,,"));
    }
    for who in people.by_ref().take(SETS) {
        write_row(&mut sheet, &format!("set-licenses,{who},,,PMD,,"));
    }
    for who in people.by_ref().take(DELETES) {
        write_row(&mut sheet, &format!("delete,{who},,,,,"));
    }
    for (number, who) in people.take(MIGRATIONS).enumerate() {
        write_row(
            &mut sheet,
            &format!("migrate,{who},,,,moved{number}@new.example,invited"),
        );
    }
    sheet
}
