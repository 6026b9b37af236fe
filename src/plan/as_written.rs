//! Whether what a row replaces is still as it was when the sheet was written. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Begun, Direct, RowReason, Verdict};
use crate::api::{Group, GroupRule};
use crate::directory::{Found, Snapshot};
use crate::intake::print_state;
use crate::model::{BundleCode, BundleSet, GroupId, GroupRef, RuledBundle, Status, WrittenState};

/// The groups that the account is in, as a row can name them: those that the organization lists, without Everyone.
pub fn listed_groups(groups: &[GroupId], snapshot: &Snapshot) -> BTreeSet<GroupId> {
    let listed = groups.iter().filter_map(|id| snapshot.group_by_id(*id));
    let left = listed.filter(|group| !group.is_everyone());
    left.map(|group| group.id).collect()
}

/// Whether an account that is in these groups is in those that a row names, Everyone apart. A name that means no group, or
/// another one by now, is a change.
pub(super) fn groups_are_as_written(written: &[GroupRef], now: &BTreeSet<GroupId>, snapshot: &Snapshot) -> bool {
    let mut named = BTreeSet::new();
    for reference in written {
        match snapshot.group(reference) {
            Found::One(group) if group.is_everyone() => {}
            Found::One(group) => {
                named.insert(group.id);
            }
            Found::None { .. } | Found::Many(_) => return false,
        }
    }
    named == *now
}

/// Whether this is the direct allocation that a row names.
pub(super) fn licenses_are_as_written(written: Option<&BundleSet>, now: &Direct) -> bool {
    match (written, now) {
        (None, Direct::Inherits) => true,
        (Some(written), Direct::Holds(held)) => written == held,
        (None, Direct::Holds(_)) | (Some(_), Direct::Inherits) | (_, Direct::Unknown) => false,
    }
}

/// Whether this is the rule that a row names.
pub fn rule_is_as_written(written: &[RuledBundle], now: Option<&GroupRule>) -> bool {
    let mut written = written.to_vec();
    written.sort_by(|one, other| one.code.cmp(&other.code));
    written == ruled_bundles(now)
}

fn ruled_bundles(rule: Option<&GroupRule>) -> Vec<RuledBundle> {
    let Some(rule) = rule else { return Vec::new() };
    let limit = |code: &BundleCode| rule.quotas.iter().find(|quota| quota.code == *code);
    let bundles = rule.bundles.iter().map(|code| RuledBundle {
        code: code.clone(),
        quota: limit(code).map(|quota| quota.limit),
    });
    bundles.collect()
}

/// What an account is in by these ids, as a row would name it.
pub fn groups_in_words(groups: &BTreeSet<GroupId>, snapshot: &Snapshot) -> WrittenState {
    let mut listed: Vec<&Group> = groups.iter().filter_map(|id| snapshot.group_by_id(*id)).collect();
    listed.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    WrittenState::Groups(
        listed
            .into_iter()
            .map(|group| GroupRef::Name(group.name.as_str().into()))
            .collect(),
    )
}

/// This allocation as a row would name it.
pub fn licenses_in_words(direct: &Direct) -> WrittenState {
    WrittenState::Licenses(match direct {
        Direct::Holds(held) => Some(held.clone()),
        Direct::Inherits | Direct::Unknown => None,
    })
}

/// This rule as a row would name it.
pub fn rule_in_words(rule: Option<&GroupRule>) -> WrittenState {
    WrittenState::Rule(ruled_bundles(rule))
}

/// The end of a row that would undo what others did since its sheet was written.
pub fn changed_since_export(written: &WrittenState, now: &WrittenState) -> Verdict {
    let what = match written {
        WrittenState::Groups(_) => "the account's groups were",
        WrittenState::Licenses(_) => "the direct licences were",
        WrittenState::Rule(_) => "the group's rule was",
    };
    let is = match written {
        WrittenState::Groups(_) | WrittenState::Licenses(_) => "are",
        WrittenState::Rule(_) => "is",
    };
    let message = format!(
        "{what} `{}` when the sheet was written and {is} `{}` now, so nothing was changed; if that is to be replaced, write it \
         into `unless_changed_from`",
        print_state(written),
        print_state(now)
    );
    Verdict::new(Status::Conflict, RowReason::ChangedSinceExport, message)
}

/// What the account is in, apart from what an earlier run of the very row has done: it was killed, or some of its calls were
/// refused.
pub(super) fn without_own_moves(mut now: BTreeSet<GroupId>, begun: Option<&Begun>) -> BTreeSet<GroupId> {
    let member = |side: Option<&Value>, name: &str| side?.get("groups")?.get(name)?.as_bool();
    let Some(begun) = begun else { return now };
    let ids = begun
        .after
        .as_ref()
        .and_then(|after| after.get("group_ids")?.as_object());
    for (name, id) in ids.into_iter().flatten() {
        let Ok(id) = serde_json::from_value::<GroupId>(id.clone()) else {
            continue;
        };
        let (was, is) = (member(begun.before.as_ref(), name), member(begun.after.as_ref(), name));
        if is == Some(now.contains(&id)) {
            match was {
                Some(true) => {
                    now.insert(id);
                }
                Some(false) => {
                    now.remove(&id);
                }
                None => {}
            }
        }
    }
    now
}

/// Whether this is what an earlier run of the very row has left, which was killed or some of whose calls were refused:
/// what it found, what it was to come to, or the first of two calls, which gives up what is not kept.
pub(super) fn licenses_are_own(now: &Direct, begun: Option<&Begun>) -> bool {
    let Some(begun) = begun else { return false };
    let told = |side: Option<&Value>| {
        let licenses = side?.get("licenses")?;
        let held: Option<BundleSet> = serde_json::from_value(licenses.clone()).ok()?;
        Some(held.map_or(Direct::Inherits, Direct::Holds))
    };
    let (was, is) = (told(begun.before.as_ref()), told(begun.after.as_ref()));
    let given_up = was
        .as_ref()
        .zip(is.as_ref())
        .map(|(was, is)| was.bundles().common(&is.bundles()));
    let is_given_up = given_up.is_some_and(|kept| match now {
        Direct::Holds(held) => *held == kept,
        Direct::Inherits => kept.is_empty(),
        Direct::Unknown => false,
    });
    was.as_ref() == Some(now) || is.as_ref() == Some(now) || is_given_up
}
