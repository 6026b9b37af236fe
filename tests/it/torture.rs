//! Mixed sheets, made up from seeds, under `kill -9` and faults at once: nothing is lost, nobody is mailed or created
//! twice, no finished row is repeated, and the same command brings everything about.
//!
//! The real binary runs against a served sandbox and is killed at *events*, never after a time: when the n-th request
//! has come in and before it takes effect, or when it took effect and before it is answered; when the results file has n
//! lines; when the lock is taken; in the middle of splitting a refused call; during the final rewrite. Then the same
//! command runs again, is killed again, and at last may end. The organization has to be what an oracle of its own
//! (`oracle.rs`) works out from the sheet.
//!
//! The suite runs a few seeds. For as many as one likes, with the first one's number where one is to be had again:
//!
//! ```sh
//! RESEAT_CYCLES=500 RESEAT_SEED=1000 cargo test --test it torture -- --ignored --nocapture
//! ```

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Child;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reseat::ledger::History;
use reseat::model::{RowKey, Status};
use reseat::sandbox::{Config, FaultKind, FaultRule, Faults, Moment, Sandbox, Strikes};

use crate::oracle::{Before, Made, accounts, differences, give_seats, made_up};
use crate::support::{Stage, each};

const RUN: [&str; 7] = ["run", "sheet.csv", "--yes", "--max-deletes", "9", "--retries", "6"];

const PROFILE: &str = "[profile.default.limits]\nsettle = \"400ms\"\nget = 0\npost = 0\nput = 0\ndelete = 0\n\
    [profile.default.batch]\nusers_per_invite = 2\nusers_per_create = 2\nusers_per_license_call = 3\n\
    users_per_delete = 2\nusers_per_release = 2\nmembers_per_group_call = 2\n";

/// When a run is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// The n-th request has come in; `AfterEffect`: it was carried out and is not answered.
    Request(u64, Moment),
    /// A licence call was refused and one of its halves has come in.
    Split(Moment),
    /// The results file has so many lines.
    Lines(usize),
    /// The results file is locked.
    Locked,
    /// The results file is being put in order.
    Rewriting,
}

impl When {
    fn by_chance(before: Before, dice: &mut StdRng) -> Self {
        let moment = if dice.random_bool(0.5) {
            Moment::BeforeEffect
        } else {
            Moment::AfterEffect
        };
        match dice.random_range(0..10) {
            0..6 => Self::Request(dice.random_range(2..45), moment),
            6 if before == Before::Memberships => Self::Split(moment),
            6 => Self::Request(1, moment),
            7 => Self::Lines(dice.random_range(2..60)),
            8 => Self::Locked,
            _ => Self::Rewriting,
        }
    }

    /// The faults that hold the run at the moment, and with them those of chance.
    fn faults(self, rate: f64) -> Faults {
        let stalled = |moment| FaultKind::Stalled {
            time: Duration::from_mins(2),
            moment,
        };
        let rules = match self {
            Self::Request(number, moment) => {
                vec![FaultRule::new(stalled(moment)).strikes(Strikes::Nth(number))]
            }
            Self::Split(moment) => {
                let on = |kind, strikes| FaultRule::new(kind).on("PUT", "/user-license").strikes(strikes);
                vec![
                    on(FaultKind::NotSucceeded, Strikes::Nth(1)),
                    on(stalled(moment), Strikes::Nth(2)),
                ]
            }
            Self::Lines(_) | Self::Locked | Self::Rewriting => Vec::new(),
        };
        let passing = |kind: &FaultKind| !matches!(kind, FaultKind::RateLimited { .. } | FaultKind::Stalled { .. });
        Faults {
            rate,
            kinds: FaultKind::transient().into_iter().filter(passing).collect(),
            rules,
        }
    }

    fn has_come(self, sandbox: &Sandbox, results: &Path) -> bool {
        match self {
            Self::Request(..) | Self::Split(_) => sandbox.is_stalling(),
            Self::Lines(count) => fs_err::read_to_string(results).is_ok_and(|text| text.lines().count() >= count),
            Self::Locked => results.with_extension("csv.lock").exists(),
            Self::Rewriting => results.with_extension("csv.rewriting").exists(),
        }
    }
}

/// Kills the run once the moment has come; says whether it came before the run ended.
fn killed(stage: &Stage, mut child: Child, when: When) -> bool {
    let results = stage.path("sheet.results.csv");
    let has_ended = loop {
        if when.has_come(&stage.sandbox, &results) {
            break false;
        }
        if child.try_wait().unwrap().is_some() {
            break true;
        }
        std::thread::sleep(Duration::from_micros(300));
    };
    // One that has ended needs no killing.
    let _ = child.kill();
    stage.ended(child);
    stage.until("the request that was held up is given up", |sandbox| {
        !sandbox.is_stalling()
    });
    !has_ended
}

/// The rows that are finished, and the line that says so.
fn finished(stage: &Stage) -> BTreeMap<RowKey, String> {
    let path = stage.path("sheet.results.csv");
    if !path.exists() {
        return BTreeMap::new();
    }
    let history = History::read(&path).unwrap();
    let entered = history.entries().map(Result::unwrap);
    entered
        .filter(|entered| matches!(entered.record.report.status, Status::Done | Status::Unchanged))
        .map(|entered| {
            let line = format!(
                "{} {} {:?}",
                entered.run, entered.record.report.status, entered.record.finished_at
            );
            (entered.record.report.key, line)
        })
        .collect()
}

/// How often each account's profile was written.
fn profile_writes(stage: &Stage) -> BTreeMap<String, usize> {
    let mut writes = BTreeMap::new();
    let log = fs_err::read_to_string(stage.path("requests.log")).unwrap_or_default();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let path = line["path"].as_str().unwrap();
        if line["method"] == "PUT"
            && let Some((_, id)) = path.split_once("/api/User/")
        {
            *writes.entry(id.to_owned()).or_default() += 1;
        }
    }
    writes
}

/// What no kill and no fault may break, whenever it is looked at.
struct Promises {
    finished: BTreeMap<RowKey, String>,
    note: String,
}

impl Promises {
    fn look(&mut self, stage: &Stage) {
        let now = finished(stage);
        for (key, line) in &self.finished {
            assert_eq!(
                now.get(key),
                Some(line),
                "{}: a finished row was lost or repeated",
                self.note
            );
        }
        self.finished = now;
        for (who, count) in stage.world().mails() {
            assert!(count <= 1, "{}: {who} was mailed {count} times", self.note);
        }
    }
}

/// What a cycle went through.
#[derive(Default)]
struct Toll {
    kills: AtomicUsize,
    faults: AtomicU64,
}

fn cycle(seed: u64, toll: &Toll) {
    let mut dice = StdRng::seed_from_u64(seed);
    let stage = Stage::logging(Config {
        seed: 1 + seed % 7,
        jitter: Duration::from_millis(4),
        ..Config::unlimited()
    });
    stage.sandbox.with_world(give_seats);
    stage.write("reseat.toml", PROFILE);
    let before = if seed.is_multiple_of(2) {
        Before::Anything
    } else {
        Before::Memberships
    };
    let made = made_up(&stage.world(), before, &mut dice);
    stage.write("sheet.csv", &made.sheet);
    let ids: Vec<String> = made.updated.iter().map(|who| stage.id(who).to_string()).collect();
    let note = format!("seed {seed}\n{}", made.sheet);
    let mut promises = Promises {
        finished: BTreeMap::new(),
        note: note.clone(),
    };
    for _ in 0..dice.random_range(3..6) {
        let when = When::by_chance(before, &mut dice);
        let rate = if dice.random_bool(0.5) { 0.03 } else { 0.0 };
        stage.sandbox.set_faults(when.faults(rate));
        if killed(&stage, stage.start(&RUN), when) {
            toll.kills.fetch_add(1, Ordering::Relaxed);
        }
        toll.faults.fetch_add(stage.sandbox.stats().faults, Ordering::Relaxed);
        promises.note = format!("{note}after {when:?}");
        promises.look(&stage);
    }
    stage.sandbox.set_faults(Faults::default());
    stage.reseat(&RUN).ends(75);
    promises.look(&stage);
    accept(&stage, &made);
    if dice.random_bool(0.5) {
        let when = When::Request(dice.random_range(2..12), Moment::AfterEffect);
        stage.sandbox.set_faults(when.faults(0.0));
        if killed(&stage, stage.start(&RUN), when) {
            toll.kills.fetch_add(1, Ordering::Relaxed);
        }
        stage.sandbox.set_faults(Faults::default());
        promises.look(&stage);
    }
    stage.reseat(&RUN).ends(0);
    promises.look(&stage);
    as_the_sheet_asks(&stage, &made, &note);
    for (who, count) in profile_writes(&stage).into_iter().filter(|(id, _)| ids.contains(id)) {
        // Each kill may cost the row that was under way one more, and each fault of chance.
        assert!(count <= 12, "{note}: {who} was written {count} times");
    }
    let calls = stage.sandbox.stats().total();
    stage.reseat(&RUN).ends(0);
    assert!(
        stage.sandbox.stats().total() - calls <= 8,
        "{note}: nothing is left to do"
    );
}

fn accept(stage: &Stage, made: &Made) {
    for who in &made.accepting {
        stage
            .sandbox
            .with_world(|world| assert!(world.accept_invitation(who), "{who} was not invited"));
    }
}

fn as_the_sheet_asks(stage: &Stage, made: &Made, note: &str) {
    let world = stage.world();
    let differences = differences(&made.accounts, &accounts(&world));
    assert!(differences.is_empty(), "{note}{differences:#?}\n{:#?}", stage.results());
    for who in &made.mailed {
        assert_eq!(world.mails_to(who), 1, "{note}: {who}");
    }
    assert_eq!(world.mails().count(), made.mailed.len(), "{note}");
    assert_eq!(stage.results().len(), made.sheet.lines().count() - 1, "{note}");
}

#[expect(clippy::print_stdout, reason = "who tortures for hours wants to see how far it is")]
fn cycles(seeds: impl IntoIterator<Item = u64>) {
    let toll = Toll::default();
    let seeds: Vec<u64> = seeds.into_iter().collect();
    for some in seeds.chunks(4) {
        each(some, |seed| cycle(*seed, &toll));
        println!(
            "up to seed {}: {} kills",
            some[some.len() - 1],
            toll.kills.load(Ordering::Relaxed)
        );
    }
    let (kills, faults) = (toll.kills.into_inner(), toll.faults.into_inner());
    println!("{} cycles, {kills} kills, {faults} faults", seeds.len());
    assert!(kills >= seeds.len() * 2, "of {} cycles only {kills} kills", seeds.len());
}

#[test]
fn killed_at_any_event_under_faults_the_same_command_brings_any_sheet_about() {
    cycles(1..=12);
}

/// A row of every kind that makes, hands over or deletes. Nadia's licences change hands, for no seat is free.
const DANGEROUS: &str = "operation,user,email,username,new_email,groups,licenses,delete_when\n\
    invite,,ada@new.example,,,HR Robots,TSTNU,\n\
    create,,,local0,,Finance,,\n\
    migrate,nadia.rahman@contoso.example,,,nadia@new.example,,,invited\n\
    release-licenses,anna.berg@contoso.example,,,,,,\n\
    delete,stefan.novak@contoso.example,,,,,,\n";

/// Kills a run of the dangerous sheet at one request; says whether there was such a request.
fn killed_once(number: u64, moment: Moment) -> bool {
    let stage = Stage::new();
    stage.free_seats("TSTNU", 5);
    for code in ["ACNU", "ATTUNU"] {
        stage.free_seats(code, 0);
    }
    stage.write("reseat.toml", PROFILE);
    stage.write("sheet.csv", DANGEROUS);
    let mut wanted = accounts(&stage.world());
    let when = When::Request(number, moment);
    stage.sandbox.set_faults(when.faults(0.0));
    let words = [&RUN[..], &["--concurrency", "1"]].concat();
    let was_killed = killed(&stage, stage.start(&words), when);
    stage.sandbox.set_faults(Faults::default());
    let mut promises = Promises {
        finished: BTreeMap::new(),
        note: format!("{when:?}"),
    };
    promises.look(&stage);
    stage.reseat(&words).ends(0);
    promises.look(&stage);

    let found = accounts(&stage.world());
    let nadia = wanted.remove("nadia.rahman@contoso.example").unwrap();
    wanted.remove("stefan.novak@contoso.example");
    wanted.insert("nadia@new.example".to_owned(), nadia);
    for new in ["ada@new.example", "local0"] {
        wanted.insert(new.to_owned(), found[new].clone());
    }
    wanted.insert(
        "anna.berg@contoso.example".to_owned(),
        found["anna.berg@contoso.example"].clone(),
    );
    assert_eq!(
        differences(&wanted, &found),
        Vec::<String>::new(),
        "{when:?}\n{:#?}",
        stage.results()
    );
    assert_eq!(stage.groups("ada@new.example"), ["HR Robots"], "{when:?}");
    assert_eq!(stage.held("ada@new.example").as_deref(), Some("TSTNU"), "{when:?}");
    assert_eq!(stage.groups("local0"), ["Finance"], "{when:?}");
    assert_eq!(stage.held("anna.berg@contoso.example"), None, "{when:?}");
    for new in ["ada@new.example", "nadia@new.example"] {
        assert_eq!(stage.world().mails_to(new), 1, "{when:?}: {new}");
    }
    was_killed
}

#[test]
fn killed_before_and_after_each_single_request_a_run_goes_on() {
    let met = AtomicU64::new(0);
    let numbers: Vec<u64> = (1..=32).collect();
    for some in numbers.chunks(8) {
        each(some, |number| {
            for moment in [Moment::BeforeEffect, Moment::AfterEffect] {
                if killed_once(*number, moment) {
                    met.fetch_max(*number, Ordering::Relaxed);
                }
            }
        });
    }
    // The last request of the run lies before the last number, so that none was left out.
    let met = met.into_inner();
    assert!((14..32).contains(&met), "{met} requests");
}

#[test]
#[ignore = "as long as one likes: RESEAT_CYCLES and RESEAT_SEED say how many cycles and from which seed"]
fn torture() {
    let number = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let first = number("RESEAT_SEED", 100);
    cycles(first..first + number("RESEAT_CYCLES", 200));
}
