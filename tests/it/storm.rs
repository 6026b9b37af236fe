//! Any sheet, under faults and kills: the organization ends as an undisturbed run leaves it.

use std::fmt::Write;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reseat::sandbox::{Config, FaultKind, Faults};

use crate::oracle::{CODES, GROUPS};
use crate::support::{PROFILE, Stage, changes, each};

const PEOPLE: [&str; 14] = [
    "anna.berg",
    "bram.okafor",
    "carla.lindqvist",
    "david.moreau",
    "mei.chen",
    "nadia.rahman",
    "oscar.larsson",
    "rosa.garcia",
    "bruno.rossi",
    "wei.zhang",
    "ivan.horvat",
    "tomas.dvorak",
    "zain.malik",
    "helen.wright",
];

/// Thirty rows of any kind, about few people, so that many meet.
fn sheet(dice: &mut StdRng) -> String {
    let mut sheet = "operation,user,email,username,new_email,groups,licenses,name,delete_when\n".to_owned();
    let mut staying = PEOPLE.to_vec();
    for row in 0..30 {
        let name = *staying.choose(dice).unwrap();
        let who = format!("{name}@contoso.example");
        let groups = format!("{}; {}", GROUPS.choose(dice).unwrap(), GROUPS.choose(dice).unwrap());
        let codes = format!("{}; {}", CODES.choose(dice).unwrap(), CODES.choose(dice).unwrap());
        let kind = dice.random_range(0..12);
        if kind >= 10 {
            // What the sheet asks of an account after it has gone has no meaning.
            staying.retain(|other| *other != name);
        }
        let line = match kind {
            0 | 1 => format!("invite,,new{row}@new.example,,,{groups},{codes},,"),
            2 => format!("create,,,local{row},,{groups},{codes},,"),
            3 => format!("update,{who},,,,,,Kim{row},"),
            4 => format!("set-licenses,{who},,,,,{codes},,"),
            5 => format!("add-licenses,{who},,,,,{codes},,"),
            6 => format!("remove-licenses,{who},,,,,{codes},,"),
            7 => format!("release-licenses,{who},,,,,,,"),
            8 => format!("add-to-groups,{who},,,,{groups},,,"),
            9 => format!("remove-from-groups,{who},,,,{groups},,,"),
            10 => format!("migrate,{who},,,moved{row}@new.example,,,,invited"),
            _ => format!("delete,{who},,,,,,,"),
        };
        writeln!(sheet, "{line}").unwrap();
    }
    sheet
}

const FLAGS: [&str; 5] = ["--max-deletes", "30", "--skip-invalid", "--retries", "3"];

fn stage(config: Config) -> Stage {
    let stage = Stage::with(config);
    for code in CODES {
        stage.free_seats(code, 100);
    }
    stage.write(
        "reseat.toml",
        format!(
            "{PROFILE}[profile.default.batch]\nusers_per_invite = 2\nusers_per_license_call = 3\nusers_per_delete = 2\n"
        ),
    );
    stage
}

/// What a storm leaves must be what a calm run does.
fn weathered(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let sheet = sheet(&mut dice);
    let calm = stage(Config::unlimited());
    let before = calm.world();
    let ran = calm.run_with(&sheet, &FLAGS);
    assert!([0, 3].contains(&ran.code), "seed {seed}\n{sheet}\n{}", ran.err);
    let expected = changes(&before, &calm.world());

    let rough = stage(Config {
        latency: Duration::from_millis(4),
        faults: Faults {
            rate: 0.08,
            kinds: FaultKind::transient()
                .into_iter()
                .filter(|kind| !matches!(kind, FaultKind::RateLimited { .. } | FaultKind::Stalled { .. }))
                .collect(),
            ..Faults::default()
        },
        ..Config::unlimited()
    });
    rough.write("sheet.csv", &sheet);
    let words = [&["run", "sheet.csv", "--yes"], &FLAGS[..]].concat();
    for _ in 0..2 {
        let mut child = rough.start(&words);
        let more = rough.sandbox.stats().total() + dice.random_range(5..30);
        rough.until("it is time to kill", |sandbox| {
            sandbox.stats().total() >= more || child.try_wait().unwrap().is_some()
        });
        let _ = child.kill();
        rough.ended(child);
    }
    rough.sandbox.set_faults(Faults::default());
    let ran = rough.reseat(&words);
    assert!([0, 3].contains(&ran.code), "seed {seed}\n{sheet}\n{}", ran.err);
    let told = changes(&before, &rough.world());
    let missing: Vec<_> = expected.iter().filter(|change| !told.contains(change)).collect();
    let more: Vec<_> = told.iter().filter(|change| !expected.contains(change)).collect();
    assert!(
        missing.is_empty() && more.is_empty(),
        "seed {seed}: missing {missing:#?}, more {more:#?}\n{sheet}\ncalm {:#?}\nrough {:#?}",
        brief(&calm),
        brief(&rough)
    );
    rough.reseat(&words);
    let good = ["done", "unchanged", "invalid", "duplicate"];
    for line in rough.results() {
        assert!(good.contains(&line.status()), "seed {seed}\n{sheet}\n{line:?}");
    }
}

fn brief(stage: &Stage) -> Vec<String> {
    let lines = stage.results();
    let brief = lines
        .iter()
        .map(|line| format!("{} {} {}", line.get("row"), line.status(), line.message()));
    brief.collect()
}

#[test]
fn under_faults_and_kills_any_sheet_is_brought_about_as_in_calm() {
    each(&[0, 1, 2, 3], |seed| weathered(*seed));
}
