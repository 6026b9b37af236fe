//! What a row's record says of the seats of the account that it is about.

use jiff::Timestamp;
use serde_json::Value;

use super::Record;
use crate::model::{BundleSet, OperationKind, Status, UserId};

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

/// How the members of `after` begin that tell of seats.
pub(super) const TELLS_OF_SEATS: [&[u8]; 2] = [b"\"licenses\"", b"\"leases\""];

impl SeatChange {
    /// `None` of a row that changed no seats of an account, and of one of which it is not certain what became of it. What
    /// an account had before a row counts as nothing where it was not recorded.
    pub fn of(record: &Record) -> Option<Self> {
        let report = &record.report;
        Self::told(
            report.operation,
            report.status,
            report.user_id.zip(record.finished_at),
            report.before.as_ref(),
            report.after.as_ref(),
        )
    }

    /// The same, from what a record says: of whom, and when the row ended.
    pub(super) fn told(
        operation: Option<OperationKind>,
        status: Status,
        of: Option<(UserId, Timestamp)>,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> Option<Self> {
        let is_about_a_rule = matches!(
            operation,
            Some(OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses)
        );
        if is_about_a_rule || matches!(status, Status::Started | Status::InDoubt) {
            return None;
        }
        let (user, at) = of?;
        // A migration's own `before` is about the account that is left.
        let before = match operation {
            Some(OperationKind::Migrate) => before.and_then(|before| before.get("new_account")),
            _ => before,
        };
        let mut change = Self {
            user,
            at,
            given: BundleSet::default(),
            taken: BundleSet::default(),
        };
        for member in ["licenses", "leases"] {
            let Some(is) = after.and_then(|after| bundles(after, member)) else {
                continue;
            };
            let was = before.and_then(|before| bundles(before, member)).unwrap_or_default();
            change.given = change.given.union(&is.minus(&was));
            change.taken = change.taken.union(&was.minus(&is));
        }
        (!change.given.is_empty() || !change.taken.is_empty()).then_some(change)
    }
}

/// The bundles of this member; a null is none of them.
fn bundles(side: &Value, member: &str) -> Option<BundleSet> {
    match side.get(member)? {
        Value::Null => Some(BundleSet::default()),
        codes => serde_json::from_value(codes.clone()).ok(),
    }
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
