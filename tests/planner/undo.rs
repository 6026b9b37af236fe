//! Random sheets undone: the organization is as it was, and undoing that makes it what the sheet had made it.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use reseat::directory::Accounts;
use reseat::intake::{Options, read};
use reseat::ledger::{Record, RunId, RunRecord};
use reseat::model::{Catalogue, Deployment, Operation, OrganizationId, Row, Status, UserId};
use reseat::plan::{AccountIndex, Course, OnShortage, Plan, PlannedSheet, Step, StepIndex, StepSource, plan, row_end};
use reseat::sheet::{Source, write_sheet_csv};
use reseat::undo::{Present, RowKind, UndoRow, Why, fold, put_back, table};
use uuid::Uuid;

use crate::calls::carry_out;
use crate::model::{Account, World};
use crate::property::differences;
use crate::random::{row, rules, world};
use crate::sheets::sheet;

/// A plan with the ids of the accounts that were made when it was carried out.
struct CarriedOut<'a> {
    planned: &'a Plan,
    carried_out: &'a Plan,
}

impl StepSource for CarriedOut<'_> {
    fn step(&self, index: StepIndex) -> &Step {
        self.planned.step(index)
    }

    fn account_id(&self, index: AccountIndex) -> Option<UserId> {
        self.carried_out.account(index).id
    }
}

/// Carries the rows out and returns what the results file would say of them.
fn run(world: &mut World, rows: &[Row]) -> Vec<RunRecord> {
    let rules = rules(OnShortage::Stop);
    let snapshot = world.snapshot();
    let planned = plan(rows, &snapshot, &HashMap::new(), &rules);
    let mut carried_out = planned.clone();
    carry_out(&mut carried_out, world, &rules.sizes, |_| ());
    let source = CarriedOut {
        planned: &planned,
        carried_out: &carried_out,
    };
    let sheet = PlannedSheet {
        rows,
        plan: &planned,
        snapshot: &snapshot,
    };
    let end = |row: usize| {
        let course = Course {
            steps: planned.rows[row].steps().iter().map(|step| planned.step(*step)),
            verdict: planned.rows[row].verdict(),
            remarks: &[],
        };
        row_end(sheet, &source, row, course)
    };
    let run = RunId::new(jiff::Timestamp::UNIX_EPOCH, OrganizationId(Uuid::nil()), 7);
    let record = |row| RunRecord {
        record: Record::from(end(row)),
        run: run.clone(),
    };
    (0..rows.len()).map(record).collect()
}

fn undo(world: &World, records: Vec<RunRecord>) -> Vec<UndoRow> {
    let snapshot = world.snapshot();
    let bearers: Accounts = snapshot.users().iter().cloned().collect();
    let present = Present {
        snapshot: &snapshot,
        bearers: &bearers,
    };
    put_back(&fold(records, None), Some(present))
}

/// The rows as a run reads them from the sheet that is written.
fn reread(rows: &[UndoRow]) -> Vec<Row> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut csv = Vec::new();
    write_sheet_csv(&table(rows), &mut csv).unwrap();
    let options = Options {
        catalogue: Catalogue::default().allowing_unknown(),
        capabilities: Deployment::Cloud.capabilities(),
        ..Options::default()
    };
    let intake = read(&Source::from_reader(&mut csv.as_slice()).unwrap(), &options).unwrap();
    let text = String::from_utf8(csv).unwrap();
    assert_eq!(intake.problems.errors(), 0, "{text}\n{:?}", intake.problems);
    let put_back = rows.iter().filter(|row| matches!(row.kind, RowKind::PutsBack(_)));
    assert_eq!(intake.rows.len(), put_back.count(), "{text}");
    intake.rows
}

/// Runs the undo of these records; every row of it is done.
fn run_undo(world: &mut World, records: Vec<RunRecord>) -> Vec<RunRecord> {
    let rows = undo(world, records);
    // Seats that were given back come back at the next sign-in only.
    let decide = rows
        .iter()
        .filter(|row| !matches!(row.kind, RowKind::PutsBack(_) | RowKind::Decide(Why::Lasting)));
    assert_eq!(decide.collect::<Vec<_>>(), Vec::<&UndoRow>::new());
    let records = run(world, &reread(&rows));
    for record in &records {
        let report = &record.record.report;
        assert_eq!(report.status, Status::Done, "{report:?}");
    }
    records
}

/// The people, but for the flag of an empty allocation, which means nothing and no row sets, and for the seats that
/// groups' rules give, which come back at the next sign-in.
fn people(world: &World) -> BTreeMap<String, Account> {
    let mut people = world.people();
    for account in people.values_mut() {
        account.leases.clear();
        if let Some((_, external)) = account.held.as_mut().filter(|(bundles, _)| bundles.is_empty()) {
            *external = false;
        }
    }
    people
}

fn stays(operation: &Operation) -> bool {
    !matches!(operation, Operation::Delete { .. } | Operation::Migrate(_))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_undo_gives_the_first_state_and_its_undo_the_second(
        world in world(),
        operations in proptest::collection::vec(row().prop_filter("nobody goes", stays), 1..9),
    ) {
        let mut now = world.clone();
        let records = run(&mut now, &sheet(operations));
        let second = people(&now);
        let undone = run_undo(&mut now, records);
        prop_assert_eq!(differences(&people(&now), &people(&world)), Vec::new());
        prop_assert_eq!(&now.rules, &world.rules);
        let redone = run_undo(&mut now, undone);
        prop_assert_eq!(differences(&people(&now), &second), Vec::new());
        run_undo(&mut now, redone);
        prop_assert_eq!(differences(&people(&now), &people(&world)), Vec::new());
        prop_assert_eq!(&now.rules, &world.rules);
    }

    #[test]
    fn whoever_was_deleted_comes_back_with_groups_and_licenses_or_is_told_of(
        world in world(),
        operations in proptest::collection::vec(row(), 1..9),
    ) {
        let mut now = world.clone();
        let records = run(&mut now, &sheet(operations));
        let rows = undo(&now, records);
        run(&mut now, &reread(&rows));
        for (email, account) in now.people() {
            // Who was not there before goes, unless a person has to look at it or is moved back first.
            if let Some(before) = world.people().get(&email)
                && !rows.iter().any(|row| matches!(row.kind, RowKind::Decide(_)))
                && !rows.iter().any(|row| row.kind == RowKind::PutsBack(reseat::model::OperationKind::Migrate))
            {
                prop_assert_eq!((&account.groups, account.bundles()), (&before.groups, before.bundles()), "{}", email);
            }
        }
    }
}
