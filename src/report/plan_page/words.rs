//! What operations do to people and groups, in words for whoever asked for them. Pure.

use super::super::words::{people, things};
use crate::model::OperationKind;
use crate::plan::WaysLost;

/// What happens to this many people or groups by an operation.
pub(super) fn what_happens(operation: OperationKind, count: usize) -> String {
    match operation {
        OperationKind::Invite => people(count, "is invited", "are invited"),
        OperationKind::Create => things(
            count,
            "local account",
            "is made, without a mail",
            "are made, without a mail",
        ),
        OperationKind::Update => things(count, "account", "is changed", "are changed"),
        OperationKind::Delete => things(count, "account", "is deleted", "are deleted"),
        OperationKind::SetLicenses => people(
            count,
            "gets exactly the licences that the sheet names",
            "get exactly the licences that the sheet names",
        ),
        OperationKind::AddLicenses => people(count, "gets more licences", "get more licences"),
        OperationKind::RemoveLicenses => people(count, "gives up licences", "give up licences"),
        OperationKind::ReleaseLicenses => people(
            count,
            "gives up the licences of their own; those of their groups count again",
            "give up the licences of their own; those of their groups count again",
        ),
        OperationKind::BlockLicenses => people(
            count,
            "is blocked from every licence, those of groups included",
            "are blocked from every licence, those of groups included",
        ),
        OperationKind::SetGroupLicenses => things(
            count,
            "group",
            "gives its members the licences that the sheet names",
            "give their members the licences that the sheet names",
        ),
        OperationKind::AddToGroups => people(count, "joins groups", "join groups"),
        OperationKind::RemoveFromGroups => people(count, "leaves groups", "leave groups"),
        OperationKind::SetGroups => people(
            count,
            "will be in exactly the groups that the sheet names",
            "will be in exactly the groups that the sheet names",
        ),
        OperationKind::ReleaseLease => people(
            count,
            "gives back the seat that a group gave them, until the next sign-in",
            "give back the seats that groups gave them, until the next sign-in",
        ),
        OperationKind::Offboard => people(
            count,
            "is offboarded: deactivated, out of all groups, without licences of their own; the account stays",
            "are offboarded: deactivated, out of all groups, without licences of their own; the accounts stay",
        ),
        OperationKind::ClearGroupLicenses => things(
            count,
            "group",
            "no longer gives its members licences",
            "no longer give their members licences",
        ),
        OperationKind::Migrate => people(count, "moves to another address", "move to another address"),
    }
}

/// In which ways somebody loses access, who leaves these groups, in words.
pub(super) fn ways_lost(ways: WaysLost, groups: &[String]) -> String {
    // Without `..`, so that a new way is told.
    let WaysLost {
        deleted,
        offboarded,
        deactivated,
        blocked,
        left_a_group,
    } = ways;
    let leaves = match (groups, offboarded || left_a_group) {
        ([], _) | (_, false) => String::new(),
        (groups, true) => format!("leaves {}", groups.join(", ")),
    };
    let told = [
        if deleted { "the account is deleted" } else { "" },
        if offboarded { "offboarded" } else { "" },
        if deactivated { "deactivated" } else { "" },
        if blocked { "blocked from every licence" } else { "" },
        &leaves,
    ];
    let told: Vec<&str> = told.into_iter().filter(|words| !words.is_empty()).collect();
    told.join("; ")
}

/// The way in one word or two, as the column of the table has it; what cannot be taken back comes first.
pub(super) fn way_lost(ways: WaysLost) -> &'static str {
    let WaysLost {
        deleted,
        offboarded,
        deactivated,
        blocked,
        left_a_group,
    } = ways;
    match (deleted, offboarded, deactivated, blocked, left_a_group) {
        (true, ..) => "account deleted",
        (_, true, ..) => "offboarded",
        (_, _, true, ..) => "deactivated",
        (_, _, _, true, _) => "blocked from licences",
        (.., true) => "leaves groups",
        (.., false) => "",
    }
}
