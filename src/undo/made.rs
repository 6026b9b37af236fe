//! An account that the run made: deleted again, if nobody has taken it into use or changed it since.

use std::collections::BTreeSet;

use super::changes::{AccountChange, FlagField, Made};
use super::held::Held;
use super::pen::{Named, Pen};
use super::present::Present;
use super::row::{UndoRow, Why};
use super::told::in_backticks;
use crate::api::User;
use crate::model::{BundleSet, GroupId, OperationKind};

/// The row that deletes the account, or says why a person has to look at it.
pub(super) fn made(change: &AccountChange, made: Made, user: Option<&User>, pen: Pen<'_>) -> UndoRow {
    let is_told = user.is_some_and(|user| user.last_login.is_told());
    let about = match made {
        Made::Invited => "the run invited this account; the mail cannot be unsent",
        Made::Created if is_told => "the run created this account",
        Made::Created => "the run created this account; whether anybody has signed in with it is not known",
    };
    let reasons = match (pen.present, user) {
        (Some(present), Some(user)) => differences(change, made, user, present, pen),
        _ => Vec::new(),
    };
    if !reasons.is_empty() {
        let note = format!("{about}; it was not deleted again, because {}", reasons.join(", and "));
        return pen.decide(change, Why::Changed).noting(note);
    }
    let held = change.held.as_ref().map(|flip| flip.is.bundles()).unwrap_or_default();
    let row = pen.row(change, OperationKind::Delete).noting(about);
    row.seats(BundleSet::default(), held)
}

/// What is no longer as the run left it.
fn differences(change: &AccountChange, made: Made, user: &User, present: Present<'_>, pen: Pen<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let left = |field: FlagField| change.flags.get(&field).map(|flip| flip.is);
    if made == Made::Invited && user.invitation_accepted && left(FlagField::InvitationAccepted) != Some(true) {
        found.push("its invitation has been accepted".to_owned());
    }
    if let Some(when) = user.last_login.time() {
        found.push(format!("somebody has signed in with it ({when})"));
    }
    // Whose invitation is pending may be read as not active, without anybody having deactivated it.
    let is_active = user.is_active || !user.invitation_accepted && left(FlagField::Active).is_none();
    let active = change.flags.get(&FlagField::Active);
    if !active.map_or(is_active, |flip| flip.is_left_by_the_runs(&is_active)) {
        found.push(format!(
            "it has been {} since",
            if user.is_active { "activated" } else { "deactivated" }
        ));
    }
    for (field, flip) in &change.texts {
        if !flip.is_left_by_the_runs(&field.of(user).to_owned()) {
            found.push(format!(
                "its {} is {} now",
                field.as_str().replace('_', " "),
                in_backticks(field.of(user))
            ));
        }
    }
    let joined = |id: &GroupId| present.snapshot.group_by_id(*id).filter(|group| !group.is_everyone());
    let are: BTreeSet<GroupId> = user.groups.iter().filter_map(joined).map(|group| group.id).collect();
    let kept = change.groups.iter().filter(|membership| membership.is);
    let kept = kept.filter(|membership| matches!(pen.group(&membership.group), Named::As(_)));
    let were: BTreeSet<GroupId> = kept
        .filter_map(|membership| present.group(&membership.group))
        .map(|group| group.id)
        .collect();
    let to_and_fro = change.groups.iter().filter(|membership| membership.is_to_and_fro);
    let either: BTreeSet<GroupId> = to_and_fro
        .filter_map(|membership| present.group(&membership.group))
        .map(|group| group.id)
        .collect();
    if are.symmetric_difference(&were).any(|group| !either.contains(group)) {
        found.push("its groups have been changed since".to_owned());
    }
    let held = change.held.as_ref();
    let is_left_by_the_runs = |now: &Held| held.map_or(*now == Held::Nothing, |flip| flip.is_left_by_the_runs(now));
    if let Some(now) = present.held(user.id).filter(|now| !is_left_by_the_runs(&now.held)) {
        let held = held.map_or(&Held::Nothing, |flip| &flip.is);
        found.push(format!("it holds {} now, and {held} when the run ended", now.held));
    }
    found
}
