//! A million rows under faults and kills: whether everything is done exactly once, and what the whole takes.
//!
//! `cargo bench --bench endurance` serves a simulated organization of as many people, in which one request of a thousand is
//! answered 429 or 5xx or its connection is dropped, before or after it took effect. A sheet of six operations is run and killed:
//! while the organization is read, at five random moments of the run, and while the results are put in order. Each time the same
//! command goes on. It panics unless, after each kill, every row that was finished still is, by the same record; and at the end
//! every row is done, the results are in the sheet's order, everybody was mailed once, the organization is what the sheet asks
//! for, those whom no row names are as they were, nothing was sent again without a fault or a kill to cause it, and a
//! further rerun has nothing to do.
//!
//! | in the environment | |
//! | --- | --- |
//! | `ROWS=10000` | fewer rows and people |
//! | `SEED=2` | other faults, and kills at other moments |
//! | `NEW=…` | a program that is built already |
//!
//! The torture test (`CONTRIBUTING.md`) does the same to small sheets of all operations, at every single request.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;
mod server;

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use measure::number;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reseat::model::{BundleCode, BundleSet};
use reseat::sandbox::{Config, FaultKind, Faults, Moment, Population, RetryAfter, Sandbox, World, start};
use server::sheets;
use tempfile::TempDir;

const ROWS: usize = 1_000_000;
/// Of requests, which have a fault.
const RATE: f64 = 0.001;
/// People whom no row names.
const OTHERS: usize = 1_000;
/// What the sheet gives, which nobody has.
const GIVEN: &str = "PMD";
const TEAM: &str = "Team 01";
/// How many kills there are in the middle of the run.
const KILLS: u64 = 5;
const CONCURRENCY: u64 = 8;
/// How many rows a call takes at most.
const ENTRIES: u64 = 100;
/// A little less than a row adds to the results file before it is put in order.
const LINE: u64 = 780;

fn main() {
    if measure::only_compiles() {
        return;
    }
    let (rows, seed) = (number("ROWS", ROWS), number("SEED", 1) as u64);
    println!("{rows} rows, seed {seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let config = Config {
        seed,
        population: Population::Given(Box::new(before(rows, seed))),
        faults: Faults {
            rate: RATE,
            kinds: faults(),
            rules: Vec::new(),
        },
        ..Config::unlimited()
    };
    let stage = Stage::new(runtime.block_on(start(config)).expect("a sandbox"), rows);
    let mut dice = StdRng::seed_from_u64(seed);
    let began = Instant::now();
    let mut kills = 0;
    let mut recorded = vec![None; rows];
    let mut moments = vec![When::Time(Duration::from_millis(
        dice.random_range(0..1 + rows as u64 / 200),
    ))];
    let part = rows as u64 * LINE / KILLS;
    moments.extend((0..KILLS).map(|number| When::Length(number * part + dice.random_range(0..part))));
    moments.push(When::Rewriting);
    for when in moments {
        kills += u64::from(stage.is_killed(when));
        stage.nothing_is_lost(&mut recorded, when);
    }
    stage.sandbox.set_faults(Faults::default());
    stage.run();
    println!("{kills} kills; all in {:.0?}", began.elapsed());
    stage.nothing_is_lost(&mut recorded, When::End);
    assert!(kills >= KILLS, "only {kills} kills");
    assert_eq!(
        recorded.iter().filter(|line| line.is_none()).count(),
        0,
        "rows are not done"
    );
    stage.results_are_in_order(kills);
    stage.is_as_the_sheet_asks(kills);
    stage.nothing_is_left();
}

/// Faults that pass. A wait of a second for each 429 would be most of the time.
fn faults() -> Vec<FaultKind> {
    let mut kinds = vec![FaultKind::RateLimited {
        told: RetryAfter::Seconds,
        wait: Duration::from_secs(1),
    }];
    for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
        kinds.extend([FaultKind::Status { status: 503, moment }, FaultKind::Dropped(moment)]);
    }
    kinds.push(FaultKind::Truncated);
    kinds
}

/// When a run is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// So long after its start.
    Time(Duration),
    /// When the results file is so long.
    Length(u64),
    /// When the results file is being put in order.
    Rewriting,
    /// Never.
    End,
}

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invite,
    Update,
    Delete,
    Release,
    Join,
    Set,
}

fn kind(row: usize) -> Kind {
    match row % 10 {
        0 => Kind::Invite,
        1 => Kind::Update,
        2 => Kind::Delete,
        3 => Kind::Release,
        4 => Kind::Join,
        _ => Kind::Set,
    }
}

/// Whom a row is about. Those who are invited are not there yet.
fn who(row: usize) -> String {
    match kind(row) {
        Kind::Invite => format!("joiner{row}@contoso.example"),
        _ => format!("user{:05}@contoso.example", row + 1),
    }
}

fn given() -> BundleSet {
    [BundleCode::new(GIVEN)].into_iter().collect()
}

/// The organization in which every row has something to do.
fn before(rows: usize, seed: u64) -> World {
    let mut world = World::generated(rows + OTHERS, seed, Timestamp::now());
    let team = world.group_named(TEAM).expect("a team").id;
    world.set_seats(GIVEN, rows as u64);
    for row in 0..rows {
        if kind(row) == Kind::Invite {
            // Left alone, as those whom no row names.
            continue;
        }
        let id = world.user_called(&who(row)).expect("a person").id;
        match kind(row) {
            Kind::Join => {
                world.leave(id, team);
            }
            Kind::Release => world.allocate(id, [BundleCode::new("ATTUNU")].into_iter().collect(), false),
            _ => {}
        }
    }
    world
}

fn write_sheet(path: &Path, rows: usize) {
    let row = |row: usize| {
        let who = who(row);
        match kind(row) {
            Kind::Invite => format!("invite,,{who},,,"),
            Kind::Update => format!("update,{who},,New{row},,"),
            Kind::Delete => format!("delete,{who},,,,"),
            Kind::Release => format!("release-licenses,{who},,,,"),
            Kind::Join => format!("add-to-groups,{who},,,{TEAM},"),
            Kind::Set => format!("set-licenses,{who},,,,{GIVEN}"),
        }
    };
    sheets::write(path, "operation,user,email,name,groups,licenses", rows, row);
}

struct Stage {
    sandbox: Sandbox,
    folder: TempDir,
    rows: usize,
    program: OsString,
    before: World,
}

impl Stage {
    fn new(sandbox: Sandbox, rows: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        write_sheet(&folder.path().join("sheet.csv"), rows);
        let program = measure::reseat();
        let before = sandbox.world();
        fs_err::write(
            folder.path().join("reseat.toml"),
            "[profile.default.limits]\nsettle = \"2s\"\nget = 0\npost = 0\nput = 0\ndelete = 0\n",
        )
        .expect("a file");
        Self {
            sandbox,
            folder,
            rows,
            program,
            before,
        }
    }

    fn results(&self) -> PathBuf {
        self.folder.path().join("sheet.results.csv")
    }

    fn start(&self) -> Child {
        let log = fs_err::File::create(self.folder.path().join("stderr")).expect("a file");
        Command::new(&self.program)
            .args(["run", "sheet.csv", "--yes", "--retries", "8"])
            .args(["--max-deletes", &self.rows.to_string()])
            .args(["--concurrency", &CONCURRENCY.to_string()])
            .current_dir(self.folder.path())
            .env_clear()
            .env("UIPATH_URI", self.sandbox.base_url())
            .env("UIPATH_ORGANIZATION", self.sandbox.organization())
            .env("RESEAT_ORGANIZATION_ID", self.sandbox.organization_id().to_string())
            .env("UIPATH_CLIENT_ID", self.sandbox.client_id())
            .env("UIPATH_CLIENT_SECRET", self.sandbox.client_secret())
            .env("XDG_STATE_HOME", self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.into_file())
            .spawn()
            .expect("the program")
    }

    /// What the last run said, for whoever looks for the cause of a failure.
    fn said(&self) -> String {
        let said = fs_err::read_to_string(self.folder.path().join("stderr")).unwrap_or_default();
        said.lines().rev().take(20).collect::<Vec<_>>().join("\n")
    }

    /// Runs to the end.
    fn run(&self) {
        let began = Instant::now();
        let status = self.start().wait().expect("a process");
        println!("the run that was let alone: {:.1?}", began.elapsed());
        assert!(status.success(), "{status}: {}", self.said());
    }

    /// Runs until the moment has come; says whether it came before the end.
    fn is_killed(&self, when: When) -> bool {
        let began = Instant::now();
        let mut child = self.start();
        let results = self.results();
        let has_come = || match when {
            When::Time(time) => began.elapsed() >= time,
            When::Length(length) => fs_err::metadata(&results).is_ok_and(|file| file.len() >= length),
            When::Rewriting => results.with_extension("csv.rewriting").exists(),
            When::End => false,
        };
        let is_killed = loop {
            if let Some(status) = child.try_wait().expect("a process") {
                // A fault may have held up rows that wait for the next run.
                assert!(status.code().is_some(), "{status}: {}", self.said());
                break false;
            }
            if has_come() {
                break true;
            }
            std::thread::sleep(Duration::from_micros(300));
        };
        let _ = child.kill();
        child.wait().expect("a process");
        println!(
            "{when:?}: after {:.1?}{}",
            began.elapsed(),
            if is_killed { "" } else { ", ended before" }
        );
        is_killed
    }

    /// Remembers the record of every row that is finished. None may be another one than it was.
    fn nothing_is_lost(&self, recorded: &mut [Option<u64>], when: When) {
        let mut now = vec![None; recorded.len()];
        self.each_record(|record| {
            let row: usize = record[0].parse().expect("a row");
            let of = &mut now[row - 2];
            *of = matches!(&record[5], "done" | "unchanged").then(|| {
                let mut hasher = DefaultHasher::new();
                (&record[5], &record[16], &record[19]).hash(&mut hasher);
                hasher.finish()
            });
        });
        let finished = now.iter().flatten().count();
        for (row, (was, is)) in recorded.iter().zip(&now).enumerate() {
            assert!(
                was.is_none() || was == is,
                "{when:?}: row {} was lost or repeated",
                row + 2
            );
        }
        println!("  {finished} rows are finished");
        recorded.copy_from_slice(&now);
    }

    /// Every whole line of the results file; the last one of a killed run may be torn.
    fn each_record(&self, mut look: impl FnMut(&csv::StringRecord)) {
        let Ok(mut reader) = csv::ReaderBuilder::new().flexible(true).from_path(self.results()) else {
            return;
        };
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).is_ok_and(|is_one| is_one) {
            if record.len() == reseat::ledger::COLUMNS.len() {
                look(&record);
            }
        }
    }

    /// Rows under way when a run was killed may have been done and not recorded: they are found as they should be.
    fn results_are_in_order(&self, kills: u64) {
        let (mut next, mut unchanged) = (2, 0);
        self.each_record(|record| {
            assert_eq!(record[0], next.to_string(), "the order of the results");
            match &record[5] {
                "done" => {}
                "unchanged" => unchanged += 1,
                other => panic!("row {next}: {other}: {}", &record[8]),
            }
            next += 1;
        });
        assert_eq!(next, self.rows + 2);
        println!("{unchanged} rows were found done after a kill");
        assert!(unchanged <= kills * CONCURRENCY * ENTRIES, "{unchanged} rows");
    }

    fn is_as_the_sheet_asks(&self, kills: u64) {
        let of_kind = |wanted: Kind| (0..self.rows).filter(|row| kind(*row) == wanted).count();
        let (invited, deleted) = (of_kind(Kind::Invite), of_kind(Kind::Delete));
        let is_gone = |row: &usize| *row < self.rows && kind(*row) == Kind::Delete;
        self.sandbox.with_world(|world| {
            let team = world.group_named(TEAM).expect("a team").id;
            for row in 0..self.rows {
                let (who, kind) = (who(row), kind(row));
                let user = world.user_called(&who);
                let held = user.and_then(|user| world.allocation(user.id));
                let is_right = match kind {
                    Kind::Invite => user.is_some() && world.mails_to(&who) == 1,
                    Kind::Update => user.is_some_and(|user| user.name == Some(format!("New{row}"))),
                    Kind::Delete => user.is_none(),
                    Kind::Release => user.is_some() && held.is_none(),
                    Kind::Join => user.is_some_and(|user| user.groups.contains(&team)),
                    Kind::Set => held.is_some_and(|held| held.bundles == given()),
                };
                assert!(is_right, "row {}: {kind:?} of {who}", row + 2);
            }
            assert_eq!(world.mails().count(), invited);
            assert_eq!(world.user_count(), self.rows + OTHERS + invited - deleted);
            // Whoever has a row is as it asks for in this respect, and in all others as before.
            for was in self.before.users() {
                let number: usize = was.user_name[4..was.user_name.len() - "@contoso.example".len()]
                    .parse()
                    .expect("a number");
                let row = number - 1;
                if is_gone(&row) {
                    continue;
                }
                let kind = (row < self.rows).then(|| kind(row));
                let is = world.user(was.id).expect("somebody who stays");
                let mut wanted = was.clone();
                match kind {
                    Some(Kind::Update) => {
                        wanted.name = Some(format!("New{row}"));
                        wanted.display_name.clone_from(&is.display_name);
                    }
                    Some(Kind::Join) => {
                        wanted.groups.insert(team);
                    }
                    _ => {}
                }
                wanted.last_modification_time = is.last_modification_time;
                assert_eq!(*is, wanted);
                if !matches!(kind, Some(Kind::Set | Kind::Release)) {
                    assert_eq!(
                        world.allocation(was.id),
                        self.before.allocation(was.id),
                        "{}",
                        was.email
                    );
                }
            }
        });
        let stats = self.sandbox.stats();
        let updates = of_kind(Kind::Update) as u64;
        let sent = stats.route("update-user");
        println!(
            "{} faults, {} calls: {:?}",
            stats.faults,
            stats.total(),
            stats.routes().collect::<Vec<_>>()
        );
        assert!(
            sent >= updates && sent <= updates + stats.faults + kills * CONCURRENCY,
            "{sent} calls for {updates} updates"
        );
        assert_eq!(stats.violations, Vec::<String>::new());
    }

    fn nothing_is_left(&self) {
        let before = self.sandbox.stats().total();
        self.run();
        let calls = self.sandbox.stats().total() - before;
        assert!(calls <= 8, "{calls} calls though nothing was left to do");
    }
}
