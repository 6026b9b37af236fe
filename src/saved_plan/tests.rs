//! What is a difference between two plans of the same sheet, and how it is worded.

use serde_json::{Value, json};
use uuid::Uuid;

use super::check::seat_differences;
use super::*;
use crate::model::{OperationKind, Place, RowKey, RowReport, Status, UserId};
use crate::plan::Fate;

fn place(row: u32) -> Place {
    Place { sheet: "".into(), row }
}

/// A row about `ada@x` that gives her licences.
fn row(number: u32) -> RowPlan {
    RowPlan {
        report: RowReport {
            operation: Some(OperationKind::SetLicenses),
            user: "ada@x".to_owned(),
            target: "ATTUNU".to_owned(),
            user_id: Some(UserId(Uuid::from_u128(7))),
            status: Status::Done,
            ..RowReport::blank(place(number), RowKey::of("row", number), Status::Done)
        },
        fate: Fate::ToChange,
        deletes: false,
    }
}

/// The row with what is said of it changed.
fn with(row: RowPlan, change: impl FnOnce(&mut RowReport)) -> RowPlan {
    let mut row = row;
    change(&mut row.report);
    row
}

fn changing(before: Value, after: Value) -> RowPlan {
    with(row(14), |report| {
        report.before = Some(before);
        report.after = Some(after);
    })
}

fn ended(status: Status, code: &str, message: &str) -> RowPlan {
    let row = RowPlan {
        fate: Fate::of(status),
        ..row(14)
    };
    with(row, |report| {
        report.status = status;
        report.code = code.to_owned();
        report.message = message.to_owned();
    })
}

fn licensed(before: Value) -> RowPlan {
    let before = std::iter::once(("licenses".to_owned(), before)).collect();
    changing(before, json!({ "licenses": ["ATTUNU"] }))
}

fn invited(after: Value) -> RowPlan {
    with(changing(json!(null), after), |report| {
        report.operation = Some(OperationKind::Invite);
        report.user_id = None;
        report.before = None;
    })
}

fn another_account(row: RowPlan) -> RowPlan {
    with(row, |report| report.user_id = Some(UserId(Uuid::from_u128(8))))
}

fn deleting(row: RowPlan) -> RowPlan {
    RowPlan { deletes: true, ..row }
}

fn told(saved: &[RowPlan], now: Vec<RowPlan>, attempted: &[u32]) -> Vec<String> {
    let since = if attempted.is_empty() {
        Since::NothingRan
    } else {
        Since::ARunBegan
    };
    let differences = differences(saved, now, since).into_iter();
    differences
        .map(|difference| format!("{}: {}", difference.at, difference.message))
        .collect()
}

/// What is told of one row that nobody has attempted.
fn of_one(saved: RowPlan, now: RowPlan) -> String {
    told(&[saved], vec![now], &[]).join("\n")
}

#[test]
fn each_state_that_is_another_is_told_with_what_the_plan_took_it_for() {
    let groups = |before: Value, after: Value| changing(json!({ "groups": before }), json!({ "groups": after }));
    let named = |before: &str| {
        changing(
            json!({ "name": before, "active": true }),
            json!({ "name": "Ada", "active": false }),
        )
    };
    let nothing_to_do = || ended(Status::Unchanged, "", "already so");
    let table = [
        (
            licensed(Value::Null),
            licensed(json!(["ACNU"])),
            "`ada@x` now holds ACNU; the plan expected it to have no direct licences",
        ),
        (
            licensed(json!(["ACNU", "PMD"])),
            licensed(json!([])),
            "`ada@x` now holds an empty direct allocation; the plan expected it to hold ACNU; PMD",
        ),
        (
            licensed(Value::Null),
            nothing_to_do(),
            "`ada@x` now holds ATTUNU; the plan expected it to have no direct licences",
        ),
        (
            nothing_to_do(),
            licensed(Value::Null),
            "`ada@x` now has no direct licences; the plan expected it to hold ATTUNU",
        ),
        (
            groups(json!({"A": false, "B": false}), json!({"A": true, "B": true})),
            groups(json!({"A": false}), json!({"A": true})),
            "`ada@x` now is a member of `B`; the plan expected it to be no member of `B`",
        ),
        (
            named("Eda"),
            named("Ida"),
            "`ada@x` now has name `Ida`; the plan expected it to have name `Eda`",
        ),
        (
            licensed(Value::Null),
            changing(json!({ "licenses": null }), json!({ "licenses": ["ACNU", "ATTUNU"] })),
            "`ada@x` would now hold ACNU; ATTUNU; the plan was for it to hold ATTUNU",
        ),
        (
            licensed(Value::Null),
            ended(Status::NotFound, "user_not_found", "there is no user `ada@x`"),
            "the row cannot run: not_found (there is no user `ada@x`); for the plan, it could be carried out",
        ),
        (
            ended(Status::NotFound, "user_not_found", "there is no user `ada@x`"),
            licensed(Value::Null),
            "the row could be carried out; for the plan, it cannot run: not_found (there is no user `ada@x`)",
        ),
        (
            ended(Status::Waiting, "not_accepted", ""),
            deleting(licensed(Value::Null)),
            "the row could be carried out; for the plan, it waits for its invitation to be accepted",
        ),
        (
            invited(json!({ "made": "invited", "groups": { "A": true } })),
            changing(json!({ "groups": { "A": false } }), json!({ "groups": { "A": true } })),
            "there is already an account `ada@x`; the plan was to create it",
        ),
        (
            deleting(changing(json!({ "groups": ["A"] }), json!({}))),
            ended(Status::Unchanged, "already_gone", "there is no account `ada@x`"),
            "`ada@x` would no longer be deleted: there is no account `ada@x`",
        ),
        (
            licensed(Value::Null),
            deleting(licensed(Value::Null)),
            "`ada@x` would be deleted now; the plan was not to",
        ),
        (
            another_account(licensed(Value::Null)),
            licensed(Value::Null),
            "`ada@x` now names the account 00000000-0000-0000-0000-000000000007; \
             the plan meant 00000000-0000-0000-0000-000000000008",
        ),
    ];
    for (saved, now, words) in table {
        assert_eq!(of_one(saved, now), format!("row 14: {words}"));
    }
}

#[test]
fn what_does_not_matter_to_the_row_is_no_difference() {
    let near = |message: &str| ended(Status::NotFound, "user_not_found", message);
    for (saved, now) in [
        (licensed(Value::Null), licensed(Value::Null)),
        (near("did you mean `a`?"), near("did you mean `b`?")),
        (
            deleting(changing(json!({ "groups": ["A", "B"] }), json!({}))),
            deleting(changing(json!({ "groups": ["B", "A"] }), json!({}))),
        ),
        (
            with(licensed(Value::Null), |report| {
                report.message = "holds ACNU; holds ATTUNU".to_owned();
            }),
            with(licensed(Value::Null), |report| report.place = place(90)),
        ),
    ] {
        assert_eq!(of_one(saved, now), "");
    }
}

#[test]
fn every_pair_of_fates_is_told_unless_it_is_the_same_or_finished_by_now() {
    use Fate::{AlreadySo, CannotRun, Finished, Invalid, LeftOut, ToChange, Waits};
    let with = |fate| {
        let status = match fate {
            ToChange => Status::Done,
            AlreadySo => Status::Unchanged,
            Waits => Status::Waiting,
            CannotRun => Status::NotFound,
            Invalid => Status::Invalid,
            LeftOut => Status::NotRun,
            Finished => return RowPlan { fate, ..row(14) },
        };
        let facts = |fate| (fate == ToChange).then(|| json!({ "licenses": fate == AlreadySo }));
        let row = with(ended(status, "", "why"), |report| {
            report.before = facts(fate);
            report.after = facts(fate).map(|_| json!({ "licenses": ["ACNU"] }));
        });
        RowPlan { fate, ..row }
    };
    let all = [ToChange, AlreadySo, Waits, CannotRun, Invalid, LeftOut, Finished];
    for saved in all {
        for now in all {
            let same = saved == now || now == Finished;
            let words = of_one(with(saved), RowPlan { fate: now, ..with(now) });
            assert_eq!(words.is_empty(), same, "{saved:?} then {now:?}: {words}");
        }
    }
}

#[test]
fn rows_that_came_left_or_were_rewritten_are_told_by_what_they_ask_for() {
    let other = |number: u32, at: u32| {
        with(row(number), |report| {
            report.user = format!("user{number}@x");
            report.place = place(at);
            report.key = RowKey::of("other", number);
        })
    };
    let now = vec![
        row(2),
        other(3, 3),
        with(row(5), |report| report.place = place(4)),
        other(9, 6),
    ];
    assert_eq!(
        told(&[row(2), row(3), row(4), row(5)], now, &[]),
        [
            "row 3: the row was rewritten: set-licenses `ada@x` `ATTUNU` before, set-licenses `user3@x` `ATTUNU` now",
            "row 6: the row is new in the sheet: set-licenses `user9@x` `ATTUNU`",
            "row 4: the row is no longer in the sheet: set-licenses `ada@x` `ATTUNU`",
        ]
    );
}

#[test]
fn an_account_that_a_run_has_worked_on_may_be_as_the_plan_found_it_or_as_it_was_to_be() {
    let first = RowPlan {
        fate: Fate::ToChange,
        ..licensed(Value::Null)
    };
    let second = with(
        changing(
            json!({ "licenses": ["ATTUNU"] }),
            json!({ "licenses": ["ACNU", "ATTUNU"] }),
        ),
        |report| {
            report.place = place(15);
            report.key = RowKey::of("row", 15);
        },
    );
    let saved = [first.clone(), second.clone()];
    let finished = || RowPlan::finished(place(14), first.report.key);
    let found = |before: Value| {
        with(second.clone(), |report| {
            report.before = Some(json!({ "licenses": before }));
        })
    };
    let after = |before: Value| told(&saved, vec![finished(), found(before)], &[14]);
    assert_eq!(after(json!(["ATTUNU"])), [""; 0]);
    assert_eq!(
        after(Value::Null),
        [""; 0],
        "the first row's change may have been refused"
    );
    assert_eq!(
        after(json!(["PMD"])),
        ["row 15: `ada@x` now holds PMD; the plan expected it to hold ATTUNU"]
    );
    let so = RowPlan {
        fate: Fate::AlreadySo,
        ..with(second.clone(), |report| (report.before, report.after) = (None, None))
    };
    assert_eq!(told(&saved, vec![finished(), so.clone()], &[14]), [""; 0]);
    let nobody_ran = told(&saved, vec![first.clone(), so], &[]);
    assert_eq!(nobody_ran.len(), 1, "{nobody_ran:?}");
}

#[test]
fn a_name_that_means_another_account_by_now_is_told_even_where_a_run_has_worked_on_it() {
    let other = another_account(deleting(licensed(Value::Null)));
    let told = told(&[deleting(licensed(Value::Null))], vec![other], &[14]);
    assert_eq!(
        told,
        [
            "row 14: `ada@x` now names the account 00000000-0000-0000-0000-000000000008; \
          the plan meant 00000000-0000-0000-0000-000000000007"
        ]
    );
}

#[test]
fn what_a_run_has_begun_deletes_only_what_the_plan_was_to_delete() {
    let saved = |status| with(licensed(Value::Null), |report| report.status = status);
    let now = || vec![deleting(licensed(json!(["ATTUNU"])))];
    assert_eq!(told(&[saved(Status::Waiting)], now(), &[14]), [""; 0]);
    assert_eq!(
        told(&[saved(Status::Done)], now(), &[14]),
        ["row 14: `ada@x` would be deleted now; the plan was not to"]
    );
    let blocked = ended(Status::NotFound, "user_not_found", "there is no user `ada@x`");
    assert_eq!(
        told(&[blocked], now(), &[14]).len(),
        1,
        "it could not run when the plan was made"
    );
}

#[test]
fn a_row_comes_back_from_its_json_as_it_was() {
    for row in [
        licensed(Value::Null),
        ended(Status::Ambiguous, "user_ambiguous", "two"),
        RowPlan::finished(place(3), RowKey::of("x", 0)),
    ] {
        let text = serde_json::to_string(&row).unwrap();
        assert_eq!(serde_json::from_str::<RowPlan>(&text).unwrap(), row, "{text}");
    }
}

#[test]
fn seats_are_told_where_another_number_is_free() {
    let line = |code: &str, allocated: Option<u64>| crate::plan::SeatLine {
        code: crate::model::BundleCode::new(code),
        total: Some(10),
        allocated,
        taken: 1,
        freed: 0,
        short: 0,
    };
    let saved = [line("ACNU", Some(7)), line("PMD", Some(7)), line("TSTNU", Some(7))];
    let now = [line("ACNU", Some(7)), line("PMD", Some(10)), line("TSTNU", None)];
    assert_eq!(
        seat_differences(&saved, &now),
        ["PMD now has 0 free seats; the plan found 3"]
    );
}

#[test]
fn a_row_whose_day_has_come_is_as_the_plan_said_and_a_migration_that_waits_is_compared() {
    let waits = |code: &str| RowPlan {
        fate: Fate::Waits,
        ..ended(Status::Waiting, code, "waits")
    };
    let now = || vec![deleting(row(14))];
    assert_eq!(told(&[waits("not_before")], now(), &[]), Vec::<String>::new());
    assert_eq!(told(&[waits("not_before")], now(), &[14]), Vec::<String>::new());
    assert_eq!(told(&[waits("")], now(), &[]).len(), 1);
}
