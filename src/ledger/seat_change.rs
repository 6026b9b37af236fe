//! What a row's record says of the seats of the account that it is about.

use jiff::Timestamp;
use serde_json::Value;

use super::Record;
use crate::model::{BundleCode, BundleSet, OperationKind, Status, UserId};

/// Seats that a row gave an account or took from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatChange {
    /// Whose.
    pub user: UserId,
    /// When the row ended.
    pub at: Timestamp,
    /// The bundles that the account has since, and had not before.
    pub given: BundleSet,
    /// The bundles that it had before, and has no more.
    pub taken: BundleSet,
}

/// The members of `before` and `after` that tell of seats.
pub(super) const TELLS_OF_SEATS: [&str; 2] = ["licenses", "leases"];

/// What became of one seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeatMove {
    /// The account has it since, and had it not before.
    Given,
    /// The account had it before, and has it no more.
    Taken,
}

impl SeatChange {
    /// `None` of a row that changed no seats of an account, and of one of which it is not certain what became of it. What
    /// an account had before a row counts as nothing where it was not recorded.
    pub fn of(record: &Record) -> Option<Self> {
        let mut change = None;
        Self::each(record, |user, at, code, seat| {
            let change = change.get_or_insert_with(|| Self {
                user,
                at,
                given: BundleSet::default(),
                taken: BundleSet::default(),
            });
            let set = match seat {
                SeatMove::Given => &mut change.given,
                SeatMove::Taken => &mut change.taken,
            };
            *set = set.union(&vec![BundleCode::new(code)].into());
        });
        change
    }

    /// Tells of each seat that a row gave or took: whose, when the row ended, and the code of the bundle.
    pub fn each(record: &Record, mut tell: impl FnMut(UserId, Timestamp, &str, SeatMove)) {
        let report = &record.report;
        let is_about_a_rule = matches!(
            report.operation,
            Some(OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses)
        );
        let is_certain = !matches!(report.status, Status::Started | Status::InDoubt);
        let (Some(user), Some(at), false, true) = (report.user_id, record.finished_at, is_about_a_rule, is_certain)
        else {
            return;
        };
        // A migration's own `before` is about the account that is left.
        let before = match report.operation {
            Some(OperationKind::Migrate) => report.before.as_ref().and_then(|before| before.get("new_account")),
            _ => report.before.as_ref(),
        };
        for member in TELLS_OF_SEATS {
            let Some(is) = report.after.as_ref().and_then(|after| codes(after, member)) else {
                continue;
            };
            let was = before.and_then(|before| codes(before, member)).unwrap_or_default();
            without(is, was).for_each(|code| tell(user, at, code, SeatMove::Given));
            without(was, is).for_each(|code| tell(user, at, code, SeatMove::Taken));
        }
    }
}

/// The codes of this member; a null is none of them.
fn codes<'v>(side: &'v Value, member: &str) -> Option<&'v [Value]> {
    match side.get(member)? {
        Value::Null => Some(&[]),
        Value::Array(codes) if codes.iter().all(Value::is_string) => Some(codes),
        _ => None,
    }
}

/// Those that are not among the others.
fn without<'v>(codes: &'v [Value], others: &[Value]) -> impl Iterator<Item = &'v str> {
    let is_there = |code: &str| texts(others).any(|other| other.eq_ignore_ascii_case(code));
    texts(codes).filter(move |code| !is_there(code))
}

fn texts(codes: &[Value]) -> impl Iterator<Item = &str> {
    codes.iter().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::model::{Place, RowKey, RowReport};

    /// What a record says with these two columns: `+` what came, `-` what went.
    fn told(operation: &str, status: Status, before: &Value, after: &Value) -> String {
        let place = Place {
            sheet: "".into(),
            row: 2,
        };
        let side = |value: &Value| Some(value.clone()).filter(|value| !value.is_null());
        let record = Record {
            finished_at: Some(Timestamp::UNIX_EPOCH),
            ..Record::from(RowReport {
                operation: Some(operation.parse().unwrap()),
                user_id: Some(UserId(Uuid::from_u128(1))),
                before: side(before),
                after: side(after),
                ..RowReport::blank(place, RowKey::of("row", 0), status)
            })
        };
        let words = |set: &BundleSet| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        SeatChange::of(&record).map_or_else(
            || "nothing".to_owned(),
            |change| format!("+{} -{}", words(&change.given), words(&change.taken)),
        )
    }

    #[test]
    fn a_record_tells_which_seats_came_and_which_went() {
        let none = Value::Null;
        for (was, is, expected) in [
            (json!(null), json!(["A"]), "+A -"),
            (json!([]), json!(["A"]), "+A -"),
            (json!(["A", "B"]), json!(["B", "C"]), "+C -A"),
            (json!(["A"]), json!(null), "+ -A"),
            (json!(["A"]), json!(["a"]), "nothing"),
        ] {
            let (before, after) = (json!({"licenses": was}), json!({"licenses": is}));
            assert_eq!(
                told("set-licenses", Status::Done, &before, &after),
                expected,
                "{before} {after}"
            );
            // What a row had done before it failed was done.
            assert_eq!(told("set-licenses", Status::Rejected, &before, &after), expected);
            assert_eq!(told("set-licenses", Status::Started, &before, &after), "nothing");
            assert_eq!(told("set-licenses", Status::InDoubt, &before, &after), "nothing");
            assert_eq!(told("set-group-licenses", Status::Done, &before, &after), "nothing");
        }
        let a = json!({"licenses": ["A"]});
        assert_eq!(told("set-licenses", Status::Done, &none, &a), "+A -");
        assert_eq!(told("delete", Status::Done, &a, &none), "nothing");
        let (lease, gone) = (json!({"leases": ["A"]}), json!({"leases": []}));
        assert_eq!(told("release-lease", Status::Done, &lease, &gone), "+ -A");
        let (name, other) = (json!({"name": "A"}), json!({"name": "B"}));
        assert_eq!(told("update", Status::Done, &name, &other), "nothing");
    }

    #[test]
    fn what_a_migration_gives_is_told_of_the_account_that_it_leads_to() {
        let a = json!({"licenses": ["A"]});
        assert_eq!(told("migrate", Status::Done, &a, &a), "+A -");
        let before = json!({"licenses": ["A"], "new_account": {"licenses": ["A"]}});
        assert_eq!(
            told("migrate", Status::Done, &before, &json!({"licenses": ["A", "B"]})),
            "+B -"
        );
    }
}
