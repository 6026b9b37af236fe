//! `watch` killed at any event: each sheet ends in one place, each row is done once, and nobody is mailed twice.
//!
//! As in `torture.rs` it is killed at events and not after a time: at the n-th request, before or after it takes effect, and at
//! each step of a sheet's way through the folders.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reseat::sandbox::{FaultKind, FaultRule, Faults, Moment, Strikes};

use crate::support::{ANNA, BRAM, Stage, each, lines};
use crate::watch::{drop_sheet, files, once, stage};

/// When `watch` is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// The n-th request has come in, or was carried out.
    Request(u64, Moment),
    /// A sheet has come so far.
    Step(Step),
}

/// A step on a sheet's way.
#[derive(Debug, Clone, Copy)]
enum Step {
    FolderMade,
    Fetched,
    Copied,
    Begun,
    ResultsMade,
    Ended,
    FirstFileMoved,
    SheetMoved,
}

const STEPS: [Step; 8] = [
    Step::FolderMade,
    Step::Fetched,
    Step::Copied,
    Step::Begun,
    Step::ResultsMade,
    Step::Ended,
    Step::FirstFileMoved,
    Step::SheetMoved,
];

impl When {
    fn by_chance(dice: &mut StdRng) -> Self {
        match dice.random_range(0..2) {
            0 => {
                let moment = if dice.random_bool(0.5) {
                    Moment::BeforeEffect
                } else {
                    Moment::AfterEffect
                };
                Self::Request(dice.random_range(1..24), moment)
            }
            _ => Self::Step(STEPS[dice.random_range(0..STEPS.len())]),
        }
    }

    fn prepare(self, stage: &Stage) {
        let rules = match self {
            Self::Request(number, moment) => {
                let time = Duration::from_mins(2);
                vec![FaultRule::new(FaultKind::Stalled { time, moment }).strikes(Strikes::Nth(number))]
            }
            Self::Step(_) => Vec::new(),
        };
        stage.sandbox.set_faults(Faults {
            rules,
            ..Faults::default()
        });
    }

    fn has_come(self, stage: &Stage, before: &[PathBuf]) -> bool {
        match self {
            Self::Request(..) => stage.sandbox.is_stalling(),
            Self::Step(step) => jobs(stage).iter().any(|job| step.has_come(stage, job, before)),
        }
    }
}

impl Step {
    fn has_come(self, stage: &Stage, job: &Path, before: &[PathBuf]) -> bool {
        let text = fs_err::read_to_string(job.join("job.json")).unwrap_or_default();
        match self {
            Self::FolderMade => true,
            Self::Fetched => job.join("dropped").exists(),
            Self::Copied => entries(&job.join("sheet"))
                .iter()
                .any(|path| path.extension().is_some_and(|end| end == "csv")),
            Self::Begun => text.contains("\"running\""),
            Self::ResultsMade => entries(&job.join("sheet"))
                .iter()
                .any(|path| path.to_string_lossy().ends_with(".results.csv")),
            Self::Ended => text.contains("\"ended\""),
            Self::FirstFileMoved => filed(stage).iter().any(|path| !before.contains(path)),
            Self::SheetMoved => text.contains("\"ended\"") && !job.join("sheet").exists(),
        }
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn jobs(stage: &Stage) -> Vec<PathBuf> {
    entries(&stage.path("inbox/.reseat/running"))
}

/// All that lies in the folders where sheets end.
fn filed(stage: &Stage) -> Vec<PathBuf> {
    ["done", "waiting", "failed", "approve"]
        .iter()
        .flat_map(|folder| entries(&stage.path(&format!("inbox/{folder}"))))
        .collect()
}

/// Kills `watch` once the moment has come; says whether it came before it ended.
fn killed(stage: &Stage, mut child: Child, when: When) -> bool {
    let before = filed(stage);
    let has_ended = loop {
        if when.has_come(stage, &before) {
            break false;
        }
        if child.try_wait().unwrap().is_some() {
            break true;
        }
        std::thread::sleep(Duration::from_micros(100));
    };
    // One that has ended needs no killing.
    let _ = child.kill();
    stage.ended(child);
    stage.until("the request that was held up is given up", |sandbox| {
        !sandbox.is_stalling()
    });
    !has_ended
}

const SHEETS: [(&str, &str); 4] = [
    (
        "joiners.csv",
        "operation,email,groups\ninvite,ada@new.example,HR Robots\ninvite,bo@new.example,HR Robots\n",
    ),
    ("locals.csv", "operation,username,groups\ncreate,local0,Finance\n"),
    (
        "names.csv",
        "operation,user,name\nupdate,anna.berg@contoso.example,Ann\nupdate,bram.okafor@contoso.example,Bo\n",
    ),
    ("leavers.csv", "operation,user\ndelete,stefan.novak@contoso.example\n"),
];

/// Whatever happened, all is as the sheets ask, and each lies in one place with its results.
fn assert_all_is_done(stage: &Stage, note: &str) {
    for who in ["ada@new.example", "bo@new.example"] {
        assert_eq!(stage.world().mails_to(who), 1, "{note}: {who}");
        assert_eq!(stage.groups(who), ["HR Robots"], "{note}");
    }
    assert_eq!(stage.groups("local0"), ["Finance"], "{note}");
    assert_eq!(stage.user(ANNA).unwrap().name.as_deref(), Some("Ann"), "{note}");
    assert_eq!(stage.user(BRAM).unwrap().name.as_deref(), Some("Bo"), "{note}");
    assert!(stage.user("stefan.novak@contoso.example").is_none(), "{note}");
    let mut names: Vec<String> = SHEETS
        .iter()
        .flat_map(|(name, _)| [(*name).to_owned(), name.replace(".csv", ".results.csv")])
        .collect();
    names.push("leavers.plan.html".to_owned());
    names.sort();
    assert_eq!(files(stage, "done"), names, "{note}");
    for folder in [
        "waiting",
        "failed",
        "approve",
        "approved",
        ".reseat/running",
        ".reseat/approvals",
    ] {
        assert_eq!(files(stage, folder), Vec::<String>::new(), "{note}: {folder}");
    }
    for (name, _) in SHEETS {
        assert!(!stage.exists(&format!("inbox/{name}")), "{note}: {name}");
        let results = lines(&stage.path(&format!("inbox/done/{}", name.replace(".csv", ".results.csv"))));
        let statuses: Vec<&str> = results.iter().map(crate::support::Line::status).collect();
        assert!(
            statuses.iter().all(|status| ["done", "unchanged"].contains(status)),
            "{note}: {statuses:?}"
        );
    }
}

fn cycle(seed: u64) -> usize {
    let mut dice = StdRng::seed_from_u64(seed);
    let stage = stage();
    let mut kills = 0;
    let mut history = format!("seed {seed}");
    for (name, content) in SHEETS {
        drop_sheet(&stage, name, content);
    }
    for _ in 0..dice.random_range(3..7) {
        let when = When::by_chance(&mut dice);
        let _ = write!(history, " {when:?}");
        when.prepare(&stage);
        if killed(&stage, stage.start(&["watch", "inbox", "--once"]), when) {
            kills += 1;
        }
        approve(&stage);
    }
    stage.sandbox.set_faults(Faults::default());
    for _ in 0..3 {
        once(&stage);
        approve(&stage);
    }
    assert_all_is_done(&stage, &history);
    kills
}

fn approve(stage: &Stage) {
    let (from, to) = (
        stage.path("inbox/approve/leavers.csv"),
        stage.path("inbox/approved/leavers.csv"),
    );
    if from.exists() {
        fs_err::rename(from, to).unwrap();
    }
}

#[test]
fn killed_at_any_event_each_sheet_is_done_once_and_lies_in_one_place() {
    let seeds: Vec<u64> = (1..=8).collect();
    let kills = std::sync::atomic::AtomicUsize::new(0);
    for some in seeds.chunks(4) {
        each(some, |seed| {
            kills.fetch_add(cycle(*seed), std::sync::atomic::Ordering::Relaxed);
        });
    }
    let kills = kills.into_inner();
    assert!(kills >= seeds.len(), "{kills} kills");
}

#[test]
fn killed_at_each_step_of_a_sheets_way_the_next_watch_goes_on() {
    each(&STEPS, |step| {
        let stage = stage();
        for (name, content) in SHEETS {
            drop_sheet(&stage, name, content);
        }
        for _ in 0..3 {
            let when = When::Step(*step);
            killed(&stage, stage.start(&["watch", "inbox", "--once"]), when);
            approve(&stage);
        }
        for _ in 0..2 {
            once(&stage);
            approve(&stage);
        }
        once(&stage).ends(0);
        assert_all_is_done(&stage, &format!("{step:?}"));
    });
}

#[test]
#[ignore = "as long as one likes: RESEAT_CYCLES and RESEAT_SEED say how many cycles and from which seed"]
fn torture_of_the_drop_folder() {
    let number = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let first = number("RESEAT_SEED", 100);
    let seeds: Vec<u64> = (first..first + number("RESEAT_CYCLES", 100)).collect();
    for some in seeds.chunks(4) {
        each(some, |seed| {
            cycle(*seed);
        });
    }
}
