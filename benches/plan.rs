//! What planning costs, and how near the plan is to the fewest calls.
//!
//! `cargo bench --bench plan` plans sheets of 10,000 and 1,000,000 rows (a quarter each: invitations with a
//! group and licences, one group more, another set of licences, deletions) against an organization of as many
//! users as it takes, and prints the calls of each kind beside the fewest there can be, the time of planning a
//! row, and the memory that the plan takes beyond sheet and snapshot, at the peak and a row.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use reseat::api::{Allocation, Group, User, UserTexts};
use reseat::directory::{Contents, Snapshot};
use reseat::model::{BundleCode, BundleSet, GroupId, GroupRef, Invite, Operation, Place, Row, RowKey, UserId, UserRef};
use reseat::plan::{Rules, batch, plan};
use uuid::Uuid;

const GROUPS: usize = 3;

fn main() {
    if measure::only_compiles() {
        return;
    }
    for count in [10_000, 1_000_000] {
        measure(count);
    }
}

fn measure(count: usize) {
    let rows: Vec<Row> = (0..count).map(row).collect();
    let snapshot = snapshot(count);
    let rules = Rules {
        portal: true,
        ..Rules::default()
    };
    let before = measure::peak_kib();
    let start = Instant::now();
    let plan = plan(&rows, &snapshot, &HashMap::new(), &rules);
    let took = start.elapsed();
    let used = measure::peak_kib().saturating_sub(before) * 1024;
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for stage in plan.stages() {
        for call in batch(&plan, plan.steps_of(stage), &rules.sizes) {
            *calls.entry(call.kind.label()).or_default() += 1;
        }
    }
    println!(
        "{count} rows: {} ns and {} bytes a row",
        took.as_nanos() / count as u128,
        used / count as u64
    );
    for (label, least) in least(count / 4) {
        println!(
            "  {label}: {} calls, the least {least}",
            calls.get(label).copied().unwrap_or_default()
        );
    }
}

/// The fewest calls for a quarter of the rows each.
fn least(quarter: usize) -> [(&'static str, usize); 4] {
    let thirds = |count: usize| -> usize { (0..GROUPS).map(|third| (count + third) / GROUPS).map(calls_for).sum() };
    // The three sets end up with those who are invited and those who change.
    [
        ("invite users", calls_for(quarter)),
        ("change a group's members", thirds(quarter)),
        ("allocate licences to users", thirds(2 * quarter)),
        ("delete users", calls_for(quarter)),
    ]
}

fn calls_for(entries: usize) -> usize {
    entries.div_ceil(100)
}

fn email(number: usize) -> String {
    format!("person{number}@example.com")
}

fn codes(number: usize) -> BundleSet {
    [&["ATTUNU"][..], &["CTZDEVNU"], &["ATTUNU", "CTZDEVNU"]][number % GROUPS]
        .iter()
        .map(|code| BundleCode::new(code))
        .collect()
}

fn group(number: usize) -> GroupId {
    GroupId(Uuid::from_u128(1 + (number % GROUPS) as u128))
}

fn user(number: usize) -> UserId {
    UserId(Uuid::from_u128(1 << 64 | number as u128))
}

/// Four rows of one number are about four people.
fn row(position: usize) -> Row {
    let number = position / 4;
    let user = || UserRef::parse(&email(position));
    let operation = match position % 4 {
        0 => Operation::Invite(Box::new(Invite {
            email: format!("new{number}@example.com").parse().expect("an address"),
            name: None,
            surname: None,
            groups: vec![GroupRef::Id(group(number))].into(),
            licenses: codes(number),
            language: None,
            active: None,
            like: None,
        })),
        1 => Operation::AddToGroups {
            user: user(),
            groups: vec![GroupRef::Id(group(number))].into(),
            like: None,
        },
        2 => Operation::SetLicenses {
            user: user(),
            licenses: codes(number),
            external_license: None,
        },
        _ => Operation::Delete { user: user() },
    };
    Row {
        place: Place {
            sheet: "".into(),
            row: u32::try_from(position + 2).unwrap_or(u32::MAX),
        },
        key: RowKey::of(&position.to_string(), 0),
        operation,
        conditions: None,
    }
}

fn snapshot(count: usize) -> Snapshot {
    let users = (0..count).filter(|position| position % 4 > 0).map(|position| {
        let address = email(position);
        let texts = UserTexts {
            user_name: &address,
            email: &address,
            ..UserTexts::default()
        };
        User::new(user(position), texts)
    });
    let groups = (0..GROUPS).map(|number| Group {
        id: group(number),
        name: format!("Group {number}"),
        built_in: false,
    });
    let administrators = Group {
        id: GroupId(Uuid::from_u128(99)),
        name: "Administrators".to_owned(),
        built_in: true,
    };
    let holders = (0..count).filter(|position| position % 4 > 1);
    let allocations = holders.map(|position| Allocation {
        user: user(position),
        bundles: [BundleCode::new("RPADEVNU")].into_iter().collect(),
        external_license: false,
        is_orphan: false,
        last_in_use: reseat::api::ToldTime::UNTOLD,
    });
    Snapshot::from(Contents {
        accounts: users.collect(),
        groups: groups.chain([administrators]).collect(),
        allocations: Some(allocations.collect()),
        seats: Some(Vec::new()),
        ..Contents::default()
    })
}
