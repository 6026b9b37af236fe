//! What a sheet takes away from people, and whether somebody has to approve that first. Pure.

pub(super) mod files;

use super::chosen_rows::ChosenRows;
use super::ending::Reason;
use crate::model::Status;
use crate::plan::{PlannedSheet, TakingLater};
use crate::settings::WatchSettings;
use crate::text::{choose, number, plural};

/// Who answers for a plan before it is carried out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Oversight<'a> {
    /// Whoever typed the command, by flags or on the terminal.
    Typed,
    /// Somebody who is not there, where the sheet takes more than these settings allow. A plan that was saved is one that
    /// somebody has approved.
    Approver(&'a WatchSettings),
}

/// How much a sheet takes away, now and later: whoever approves it approves all of it, so that nobody has to be there when
/// a row is due or an invitation is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TakenAway {
    /// Accounts that are deleted.
    pub(super) deletions: usize,
    /// People who lose access.
    pub(super) people: usize,
}

impl TakenAway {
    pub(super) fn of(planned: PlannedSheet<'_>, choice: &ChosenRows, later: &TakingLater) -> Self {
        // A migration deletes the old account once the invitation to the new one is accepted: nobody loses access by it.
        let waits = |index: &usize| {
            let row = &planned.rows[*index];
            row.operation.deletes() && planned.expected_end(*index).status == Status::Waiting
        };
        let migrated = (0..planned.rows.len()).filter(waits).count();
        let later = later.among(choice.left.iter().map(|record| &record.report));
        Self {
            deletions: planned.plan.deletions.len() + migrated + later.deletions,
            people: planned.plan.access_lost.people + later.people,
        }
    }

    /// Why somebody has to approve it, in a sentence without a full stop and for programs; `None` where it is within what is
    /// allowed.
    pub(super) fn unapproved(self, allowed: &WatchSettings) -> Option<(String, Reason)> {
        let beyond = |count: usize, most: u64, words: String, key: &str| {
            (count as u64 > most).then(|| format!("{words}, more than the {} that `{key}` allows", number(most)))
        };
        let losing = match self.people {
            1 => "one person loses access".to_owned(),
            people => format!("{} people lose access", number(people)),
        };
        let is_or_are = choose(self.deletions, "is", "are");
        let deleted = format!("{} {is_or_are} deleted", plural(self.deletions, "account"));
        let reasons = [
            beyond(self.deletions, allowed.max_deletes, deleted, "max_deletes"),
            beyond(self.people, allowed.max_access_lost, losing, "max_access_lost"),
        ];
        let reason = if reasons[0].is_some() {
            Reason::DeletionsUnconfirmed
        } else {
            Reason::AccessLostUnconfirmed
        };
        let reasons: Vec<String> = reasons.into_iter().flatten().collect();
        (!reasons.is_empty()).then(|| (reasons.join(", and "), reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_beyond_the_settings_is_to_be_approved_and_why_is_said() {
        let taken = |deletions, people| TakenAway { deletions, people };
        let none = WatchSettings::default();
        let some = WatchSettings {
            max_deletes: 2,
            max_access_lost: 5,
            ..WatchSettings::default()
        };
        for (taken, allowed, why) in [
            (taken(0, 0), &none, None),
            (
                taken(0, 1),
                &none,
                Some("one person loses access, more than the 0 that `max_access_lost` allows"),
            ),
            (
                taken(1, 1),
                &none,
                Some(
                    "1 account is deleted, more than the 0 that `max_deletes` allows, and one person loses access, more than the 0 \
                     that `max_access_lost` allows",
                ),
            ),
            (taken(2, 5), &some, None),
            (
                taken(3, 5),
                &some,
                Some("3 accounts are deleted, more than the 2 that `max_deletes` allows"),
            ),
            (
                taken(2, 6),
                &some,
                Some("6 people lose access, more than the 5 that `max_access_lost` allows"),
            ),
        ] {
            let told = taken.unapproved(allowed).map(|(why, _)| why);
            assert_eq!(told.as_deref(), why, "{taken:?}");
        }
    }
}
