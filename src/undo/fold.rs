//! Records folded into net changes.

use std::collections::HashMap;

use strum::IntoEnumIterator;

use super::changes::{
    AccountChange, Changes, FlagField, Flip, Lasting, Loose, Made, MembershipChange, Move, Parting, RuleChange,
    TextField,
};
use super::group::GroupMark;
use super::held::Held;
use super::order::{Told, in_order};
use super::portrait::Portrait;
use super::recorded::Side;
use super::rewound::{before as before_the_changes, before_the_move};
use crate::ledger::RunRecord;
use crate::model::{
    CHANGED_EARLIER, CHANGING, HANDED_OVER, HANDING_OVER, OperationKind, RowReport, RowSelection, Status, UNCLEAR,
    UserId, WAITED,
};

/// Members of `after` that a rerun needs, and that tell of no change.
const BOOKKEEPING: [&str; 6] = ["like", "finished", "mailed", WAITED, UNCLEAR, CHANGED_EARLIER];

/// What these records say was changed, all of them or those of the chosen rows. Records are those that count for each
/// row, in the order of the file.
pub fn fold(records: Vec<RunRecord>, only: Option<&RowSelection>) -> Changes {
    let mut folding = Folding::default();
    for (position, told) in in_order(records).into_iter().enumerate() {
        if only.is_none_or(|only| only.contains(&told.report.place)) {
            folding.take(position, &told);
        }
    }
    folding
        .changes
        .accounts
        .sort_by_key(|change| std::cmp::Reverse(change.last));
    folding
        .changes
        .rules
        .sort_by_key(|change| std::cmp::Reverse(change.last));
    folding.changes.loose.sort_by_key(|loose| std::cmp::Reverse(loose.last));
    folding.changes
}

#[derive(Default)]
struct Folding {
    changes: Changes,
    by_id: HashMap<UserId, usize>,
}

impl Folding {
    fn take(&mut self, position: usize, told: &Told) {
        let report = &told.report;
        let (before, after) = (Side::of(report.before.as_ref()), Side::of(report.after.as_ref()));
        // A call that was on its way when the run was cut off may have come about: that is for the comparison to say.
        let is_on_the_way = is_on_the_way(report);
        // Of an account that is known, what was done for it is; in doubt is whether it is there, or whether somebody was mailed.
        let is_known =
            report.status == Status::InDoubt && report.user_id.is_some() && after.has_more_than(&BOOKKEEPING);
        if matches!(report.status, Status::InDoubt | Status::Started) && !is_on_the_way && !is_known {
            self.loose(position, report);
            return;
        }
        let is_deletion = report.operation == Some(OperationKind::Delete) && report.before.is_some();
        if !after.has_more_than(&BOOKKEEPING) && !is_deletion {
            return;
        }
        self.changes.rows += usize::from(!told.is_earlier);
        match (report.operation, report.user_id) {
            (Some(OperationKind::SetGroupLicenses | OperationKind::ClearGroupLicenses), _) => {
                self.rule(position, report, (before, after));
            }
            (Some(OperationKind::Migrate), Some(new)) => self.moved(new, position, report, (before, after)),
            (_, Some(id)) => {
                let change = self.account(id, position, report);
                if is_deletion {
                    change.gone = Some(before_the_changes(change, Portrait::read(before, Some(id))));
                } else {
                    take_account(change, report, (before, after));
                }
            }
            (_, None) => {
                self.changes.rows -= 1;
                self.loose(position, report);
            }
        }
    }

    fn loose(&mut self, position: usize, report: &RowReport) {
        self.changes.rows += 1;
        self.changes.loose.push(Loose {
            place: report.place.clone(),
            last: position,
            user: report.user.clone(),
            user_id: report.user_id,
            status: report.status,
        });
    }

    fn account(&mut self, id: UserId, position: usize, report: &RowReport) -> &mut AccountChange {
        let accounts = &mut self.changes.accounts;
        let at = *self.by_id.entry(id).or_insert_with(|| {
            accounts.push(AccountChange::new(id, &report.user));
            accounts.len() - 1
        });
        let change = &mut accounts[at];
        if !change.rows.contains(&report.place) {
            change.rows.push(report.place.clone());
        }
        change.last = position;
        change.label.clone_from(&report.user);
        change
    }

    /// A migration's own columns are about the new account, and its `before` about the old one.
    fn moved(&mut self, new: UserId, position: usize, report: &RowReport, (before, after): (Side<'_>, Side<'_>)) {
        let left = before.user_id();
        let moved = Move {
            left,
            old: Portrait::read(before, left),
            name: report.user.clone(),
            earlier: Vec::new(),
            parting: parting(report, after),
        };
        let held = moved.old.held.clone();
        let known = left.and_then(|id| self.by_id.get(&id));
        let moved = match known.map(|at| &self.changes.accounts[*at]) {
            Some(earlier) => goes_on(moved, earlier),
            None => Some(moved),
        };
        let told = |words: &str| report.message.contains(words);
        let is_taken_off = told("licences taken off the old account") && !told("licences given back");
        if let Some(id) = left.filter(|_| after.has(HANDED_OVER) || is_taken_off) {
            let old = self.account(id, position, report);
            Flip::then(&mut old.held, held, Held::Nothing);
            Flip::then(&mut old.external, before.flag("external_license"), false);
        }
        let change = self.account(new, position, report);
        change.label.clone_from(&report.target);
        take_account(change, report, (before.inner("new_account"), after));
        let Some(moved) = moved else { return };
        let same = |known: &&mut Move| known.left.is_some() && known.left == moved.left;
        match change.moved.iter_mut().find(same) {
            // The row was changed while it waited, and has gone on under another key.
            Some(known) => known.parting = known.parting.max(moved.parting),
            None => change.moved.push(moved),
        }
    }

    fn rule(&mut self, position: usize, report: &RowReport, (before, after): (Side<'_>, Side<'_>)) {
        let Some(is) = after.rule() else {
            self.changes.rows -= 1;
            return self.loose(position, report);
        };
        let group = GroupMark {
            id: after.group_id().or_else(|| report.target.parse().ok()),
            name: report.target.clone(),
        };
        let rules = &mut self.changes.rules;
        if let Some(known) = rules.iter_mut().find(|known| known.group.is(&group)) {
            known.flip.go_on(before.rule(), is);
            known.rows.push(report.place.clone());
            known.last = position;
        } else {
            rules.push(RuleChange {
                group,
                rows: vec![report.place.clone()],
                last: position,
                flip: Flip::new(before.rule(), is),
            });
        }
    }
}

/// Whether it was written ahead of a call, and says what that is to change.
fn is_on_the_way(report: &RowReport) -> bool {
    report.status == Status::Started && [CHANGING, HANDING_OVER].contains(&report.code.as_str())
}

/// What a record of a migration says became of the old account.
fn parting(report: &RowReport, after: Side<'_>) -> Parting {
    let told = |words: &str| report.message.contains(words);
    // A run that made the account and came to its end in one go has recorded the deletion, if there was one.
    let is_of_one_run = after.has("made") && after.text("made") != Some("earlier") && !told("in an earlier run");
    if after.has("deleted") || told("old account deleted") {
        Parting::Deleted
    } else if report.status == Status::Waiting || report.status == Status::Done && is_of_one_run {
        Parting::Kept
    } else {
        Parting::NotTold
    }
}

/// The move of somebody whose account the runs had changed before, as one from what was there before the first of them;
/// `None` if the runs had made that account, since then there was nothing.
fn goes_on(moved: Move, earlier: &AccountChange) -> Option<Move> {
    let first = earlier.moved.first().filter(|_| earlier.made.is_some());
    let first = first.filter(|first| first.parting == Parting::Deleted);
    if earlier.made.is_some() && first.is_none() {
        return None;
    }
    let mut rows = first.map(|first| first.earlier.clone()).unwrap_or_default();
    rows.extend(earlier.rows.iter().cloned());
    let old = match first {
        Some(first) => before_the_move(earlier, &first.old, moved.old),
        None => before_the_changes(earlier, moved.old),
    };
    Some(Move {
        old,
        name: first.map_or(moved.name, |first| first.name.clone()),
        earlier: rows,
        ..moved
    })
}

/// What a record says of the account that it is about.
fn take_account(change: &mut AccountChange, report: &RowReport, (before, after): (Side<'_>, Side<'_>)) {
    if after.has("made") {
        change.made = Some(match report.operation {
            Some(OperationKind::Create) => Made::Created,
            _ => Made::Invited,
        });
    }
    let is_maker = after.has("made");
    let is_of_several_runs = is_maker || report.operation == Some(OperationKind::Migrate);
    let is_perhaps = is_on_the_way(report) || after.has(UNCLEAR);
    // An account that the runs made is theirs as well where that has not come about.
    let is_perhaps_of_ours = is_perhaps && change.made.is_some();
    if let Some(is) = after.held() {
        // Whom the run made held nothing before.
        let nothing = change.made.map(|_| Held::Nothing);
        let was = before.held().or(nothing.clone().filter(|_| !is_maker));
        let earlier = was.clone().unwrap_or(Held::Nothing);
        then(&mut change.held, was, is, is_of_several_runs);
        if let Some(flip) = &mut change.held {
            if is_maker {
                flip.was = nothing;
            }
            // Where seats are short, licences are given up by one call and taken by another.
            if is_perhaps && flip.is.has_bundles() && flip.was.as_ref().is_some_and(Held::has_bundles) {
                flip.between.push(Held::Nothing);
            }
            flip.between.extend(is_perhaps_of_ours.then_some(earlier));
        }
    }
    if let Some(is) = after.flag("external_license") {
        let was = before.flag("external_license");
        then(&mut change.external, was, is, is_of_several_runs);
    }
    let were = before.memberships(after);
    for (group, is) in after.memberships(after) {
        let was = were.iter().find(|(known, _)| known.name == group.name);
        let was = was.map_or(!is, |(_, was)| *was);
        let membership = member(&mut change.groups, group, was, is);
        membership.is_to_and_fro |= is_perhaps_of_ours;
    }
    for field in TextField::iter() {
        if let Some(is) = after.text(field.as_str()) {
            let was = before.text(field.as_str()).map(str::to_owned);
            let earlier = was.clone().unwrap_or_default();
            let mut slot = change.texts.remove(&field);
            then(&mut slot, was, is.to_owned(), is_of_several_runs);
            if let Some(flip) = &mut slot {
                flip.between.extend(is_perhaps_of_ours.then_some(earlier));
            }
            change.texts.extend(slot.map(|flip| (field, flip)));
        }
    }
    for field in FlagField::iter() {
        if let Some(is) = after.flag(field.as_str()) {
            let was = before.flag(field.as_str());
            let mut slot = change.flags.remove(&field);
            then(&mut slot, was, is, is_of_several_runs);
            if let Some(flip) = &mut slot {
                flip.between.extend(is_perhaps_of_ours.then_some(was.unwrap_or(!is)));
            }
            change.flags.extend(slot.map(|flip| (field, flip)));
        }
    }
    if let Some(email) = after.text("email") {
        change.lasting.push(Lasting::FirstAddress(email.to_owned()));
    }
    if after.has("password") {
        change.lasting.push(Lasting::Password);
    }
    if report.operation == Some(OperationKind::ReleaseLease) {
        let bundles = before
            .get("leases")
            .cloned()
            .and_then(|codes| serde_json::from_value(codes).ok());
        change.lasting.push(Lasting::Lease {
            group: after.text("group").unwrap_or(&report.target).to_owned(),
            bundles: bundles.unwrap_or_default(),
        });
    }
}

fn then<T: PartialEq>(slot: &mut Option<Flip<T>>, was: Option<T>, is: T, is_of_several_runs: bool) {
    if is_of_several_runs {
        Flip::of_several_runs(slot, was, is);
    } else {
        Flip::then(slot, was, is);
    }
}

fn member(groups: &mut Vec<MembershipChange>, group: GroupMark, was: bool, is: bool) -> &mut MembershipChange {
    let known = groups.iter().position(|known| known.group.is(&group));
    let at = known.unwrap_or_else(|| {
        groups.push(MembershipChange::new(group, was, is));
        groups.len() - 1
    });
    let membership = &mut groups[at];
    membership.is_to_and_fro |= membership.is != is;
    membership.is = is;
    membership
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use jiff::Timestamp;

    use super::*;
    use crate::ledger::{Record, RunId};
    use crate::model::{OrganizationId, Place, RowKey};

    fn changes(status: Status, after: Option<Value>) -> Changes {
        let place = Place {
            sheet: "".into(),
            row: 2,
        };
        let report = RowReport {
            operation: Some(OperationKind::Invite),
            after,
            ..RowReport::blank(place, RowKey::of("row", 0), status)
        };
        let run = RunId::new(Timestamp::UNIX_EPOCH, OrganizationId(Uuid::nil()), 7);
        let record = Record::from(report);
        fold(vec![RunRecord { record, run }], None)
    }

    #[test]
    fn a_row_that_changed_nothing_is_not_undone_whatever_a_rerun_needs_of_it() {
        assert!(changes(Status::Rejected, None).is_empty());
        assert!(changes(Status::Rejected, Some(json!({"like": {"groups": ["HR"]}}))).is_empty());
        assert!(
            changes(
                Status::Done,
                Some(json!({"finished": true, "mailed": "2026-11-21T10:00:00Z"}))
            )
            .is_empty()
        );
    }

    #[test]
    fn a_row_of_which_it_is_not_known_what_became_of_it_is_told() {
        for status in [Status::InDoubt, Status::Started] {
            assert_eq!(changes(status, None).loose.len(), 1, "{status}");
        }
        assert_eq!(changes(Status::Done, Some(json!({"made": "invited"}))).loose.len(), 1);
    }

    #[test]
    fn an_old_account_is_the_runs_deletion_only_where_the_record_says_so() {
        for (status, after, message, expected) in [
            (
                Status::Done,
                json!({"made": "invited", "deleted": true}),
                "",
                Parting::Deleted,
            ),
            (
                Status::Failed,
                json!({"deleted": true, "unclear": true}),
                "",
                Parting::Deleted,
            ),
            (
                Status::Done,
                json!({}),
                "invited; old account deleted",
                Parting::Deleted,
            ),
            (Status::Waiting, json!({"made": "invited"}), "", Parting::Kept),
            (
                Status::Done,
                json!({"made": "invited"}),
                "invited; holds PMD",
                Parting::Kept,
            ),
            (
                Status::Done,
                json!({"made": "invited"}),
                "invited in an earlier run",
                Parting::NotTold,
            ),
            (Status::Done, json!({"made": "earlier"}), "", Parting::NotTold),
            (
                Status::Done,
                json!({"groups": {"HR": true}}),
                "joined HR",
                Parting::NotTold,
            ),
            (Status::Failed, json!({"made": "invited"}), "", Parting::NotTold),
        ] {
            let place = Place {
                sheet: "".into(),
                row: 2,
            };
            let report = RowReport {
                message: message.into(),
                ..RowReport::blank(place, RowKey::of("row", 0), status)
            };
            assert_eq!(
                parting(&report, Side::of(Some(&after))),
                expected,
                "{status} {after} {message}"
            );
        }
    }
}
