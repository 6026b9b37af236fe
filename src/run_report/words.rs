//! What was asked for, in words: for each operation what is so of a person or group for whom it was done.

use super::outcome::Counts;
use crate::model::OperationKind;
use crate::text::{choose, number};

/// `40 people to be invited: 38 done, 2 need attention`.
pub(super) fn asked(operation: Option<OperationKind>, counts: &Counts) -> String {
    let asked = counts.asked() + counts.twice;
    format!("{}: {}", what(operation, asked), how_many(counts))
}

fn what(operation: Option<OperationKind>, count: u64) -> String {
    let (one, many) = match operation {
        None => (
            "row whose operation cannot be read",
            "rows whose operation cannot be read",
        ),
        Some(OperationKind::Invite) => ("invitation", "invitations"),
        Some(OperationKind::Create) => ("new local account", "new local accounts"),
        Some(OperationKind::Update) => ("change of a profile", "changes of profiles"),
        Some(OperationKind::Delete) => ("account to delete", "accounts to delete"),
        Some(OperationKind::SetLicenses) => (
            "person to hold the listed licences and no others",
            "people to hold the listed licences and no others",
        ),
        Some(OperationKind::AddLicenses) => ("person to get licences", "people to get licences"),
        Some(OperationKind::RemoveLicenses) => ("person to give up licences", "people to give up licences"),
        Some(OperationKind::ReleaseLicenses) => (
            "person to give up all licences held directly",
            "people to give up all licences held directly",
        ),
        Some(OperationKind::BlockLicenses) => ("person to hold no licence at all", "people to hold no licence at all"),
        Some(OperationKind::SetGroupLicenses) => (
            "group to give licences to its members",
            "groups to give licences to their members",
        ),
        Some(OperationKind::AddToGroups) => ("person to join groups", "people to join groups"),
        Some(OperationKind::RemoveFromGroups) => ("person to leave groups", "people to leave groups"),
        Some(OperationKind::SetGroups) => (
            "person to be in exactly these groups",
            "people to be in exactly these groups",
        ),
        Some(OperationKind::ReleaseLease) => ("seat of a group to give back", "seats of groups to give back"),
        Some(OperationKind::Offboard) => ("person to offboard", "people to offboard"),
        Some(OperationKind::ClearGroupLicenses) => (
            "group to give no licences any more",
            "groups to give no licences any more",
        ),
        Some(OperationKind::Migrate) => ("person to move to a new address", "people to move to a new address"),
    };
    in_words(count, one, many)
}

/// Whether what is asked for is said of people, each of whom counts once however many rows are about them.
pub(super) fn is_said_of_people(operation: Option<OperationKind>) -> bool {
    !matches!(
        operation,
        None | Some(OperationKind::Update | OperationKind::ReleaseLease)
    )
}

/// A count, and the words that fit it.
pub(super) fn in_words(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), choose(count, one, many))
}

/// The counts that are not nought, in words.
pub(super) fn how_many(counts: &Counts) -> String {
    let Counts {
        done,
        already_so,
        waits,
        not_reached,
        needs_attention,
        twice,
    } = *counts;
    let parts = [
        (done, "done", "done"),
        (already_so, "already so", "already so"),
        (waits, "waits", "wait"),
        (not_reached, "not reached", "not reached"),
        (needs_attention, "needs attention", "need attention"),
        (twice, "stands twice", "stand twice"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, one, many)| in_words(count, one, many)).collect();
    parts.join(", ")
}
