//! The licence accountant's routes that stand in UiPath's own schema and in no document (`uipath-api`, 10). Which of them
//! an application may call is a quirk.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::licenses::{seat_rows, unknown};
use super::quirks::BulkRead;
use super::reply::{Outcome, Reply, open};
use super::request::Context;
use super::rules::{Holder, known_group};
use super::world::zoneless;
use crate::model::{BundleSet, UserId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserIds {
    user_ids: Option<Vec<String>>,
}

fn user_ids(context: &Context<'_>) -> Result<Vec<UserId>, Reply> {
    let body: UserIds = context.body()?;
    let ids = context.guids("userIds", &body.user_ids.unwrap_or_default())?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// `POST …/user-license`: reads, whatever the documents' curl lines say. No client should rely on that.
pub(super) fn explicit(context: &mut Context<'_>) -> Outcome {
    let words = "a POST on `user-license`, which reads here and might allocate elsewhere";
    context.note_violation(words);
    let asked: BTreeSet<UserId> = user_ids(context)?.into_iter().collect();
    let rows = context.world.allocations().filter(|(id, _)| asked.contains(id));
    let rows: Vec<Holder> = rows
        .map(|(id, allocation)| Holder::direct(context, id, allocation))
        .collect();
    Reply::ok(&rows)
}

/// `POST …/user-license/license/users`: what these users hold, directly or by their groups.
pub(super) fn of_users(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.many_users)?;
    let mut rows = Vec::new();
    for user in user_ids(context)? {
        let row = |bundles: &BundleSet, external: bool, inherited: bool| {
            json!({
                "userId": user,
                "userBundleCodes": bundles,
                "useExternalLicense": external,
                "inheritedFromGroup": inherited,
            })
        };
        let direct = context.world.allocation(user);
        let inherited = inherited(context, user);
        match direct {
            // Only the listings have those whose account is gone.
            _ if context.world.user(user).is_none() && !is_told_of_people(context, user) => {}
            Some(held) => rows.push(row(&held.bundles, held.external, false)),
            None if !inherited.is_empty() => rows.push(row(&inherited, false, true)),
            None if context.config.quirks.bulk_read == BulkRead::Everybody => {
                rows.push(row(&BundleSet::default(), false, false));
            }
            None => {}
        }
    }
    Reply::ok(&rows)
}

/// Whether it is said what somebody holds whom only the directory knows.
fn is_told_of_people(context: &Context<'_>, user: UserId) -> bool {
    context.config.quirks.bulk_read != BulkRead::Accounts && context.world.person(user).is_some()
}

/// What the user's groups give it.
fn inherited(context: &Context<'_>, user: UserId) -> BundleSet {
    let groups = context.world.user(user).map(|user| &user.groups);
    let rules = groups.into_iter().flatten().filter_map(|id| context.world.rule(*id));
    rules.flat_map(|rule| rule.bundles.iter().cloned()).collect()
}

/// `GET …/user-license/user/{user}/allocation`: 404 for somebody without a direct allocation.
pub(super) fn of_user(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.one_user)?;
    let user = context.user_argument(0)?;
    let allocation = context.world.allocation(user).cloned().ok_or_else(unknown)?;
    let mut row = json!(Holder::direct(context, user, &allocation));
    row["useExternalLicense"] = json!(allocation.external);
    Reply::ok(&row)
}

/// `GET …/user-license/{user}/availableUserBundles`.
pub(super) fn bundles(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.one_user)?;
    let user = context.user_argument(0)?;
    context.world.user(user).ok_or_else(unknown)?;
    let direct = context.world.allocation(user);
    Reply::ok(&json!({
        "availableUserBundles": seat_rows(context),
        "allocatedUserBundles": direct.map(|held| &held.bundles),
        "explicitAllocation": direct.is_some(),
        "useExternalLicense": direct.is_some_and(|held| held.external),
        "groupLicenseInheritance": group_inheritance(context, user),
    }))
}

fn group_inheritance(context: &Context<'_>, user: UserId) -> Vec<Value> {
    let groups = context.world.user(user).map(|user| &user.groups);
    let rules = groups.into_iter().flatten().filter_map(|id| {
        let (group, rule) = (context.world.group(*id)?, context.world.rule(*id)?);
        Some(json!({"group": group.name, "useExternalLicense": rule.external, "userBundleCodes": rule.bundles}))
    });
    rules.collect()
}

/// `GET …/user-license/{user}/userBundleLeases`.
pub(super) fn leases(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.one_user)?;
    let user = context.user_argument(0)?;
    let groups: Vec<_> = context.world.groups().map(|group| group.id).collect();
    let mut rows = Vec::new();
    for group in groups {
        let held = context.world.leases(group).find(|(holder, _)| *holder == user);
        let Some((_, held)) = held else { continue };
        for code in &held.bundles {
            rows.push(json!({
                "userId": user,
                "organizationId": context.organization,
                "userBundleCode": code,
                "groupId": group,
                "createdAt": zoneless::text(held.created_at.unwrap_or_default()),
                "updatedAt": zoneless::text(held.updated_at.unwrap_or_default()),
            }));
        }
    }
    Reply::ok(&rows)
}

/// `DELETE …/user-license`: 200 even where some could not be released, who are then named.
pub(super) fn release(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.release)?;
    release_all(context)
}

/// Releases the users of the body, orphans too, but for those who cannot be; ids without an allocation are passed over.
pub(super) fn release_all(context: &mut Context<'_>) -> Outcome {
    let ids = user_ids(context).unwrap_or_default();
    if ids.is_empty() {
        return Err(context.violation("userIds", "release of licences without ids"));
    }
    let (failed, released): (Vec<UserId>, Vec<UserId>) =
        ids.into_iter().partition(|user| is_unreleasable(context, *user));
    for user in &released {
        context.world.release(*user);
    }
    Reply::ok(&json!({"successfulUserIds": released, "failedUserIds": failed}))
}

fn is_unreleasable(context: &Context<'_>, user: UserId) -> bool {
    let address = context.world.user(user).map(|user| user.email.clone());
    let is_named = |name: &String| *name == user.to_string() || address.as_deref() == Some(name.as_str());
    context.config.quirks.unreleasable.iter().any(is_named)
}

/// `DELETE …/user-license/group/{group}/user/{user}`: one member's seats.
pub(super) fn release_lease(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.release_lease)?;
    end_lease(context)
}

/// Ends one member's lease, an orphan's too; 404 where there is none.
pub(super) fn end_lease(context: &mut Context<'_>) -> Outcome {
    let (group, user) = (context.group_argument(0)?, context.user_argument(1)?);
    if is_unreleasable(context, user) {
        return Err(Reply::text(409, "The licenses of the user could not be released."));
    }
    if context.world.release_lease(group, user) {
        Ok(Reply::empty(200))
    } else {
        Err(unknown())
    }
}

/// `DELETE …/user-license/group/{group}/user`: the seats of many members. Whoever holds none is passed over, and the
/// answer has no body.
pub(super) fn release_leases(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.release_leases)?;
    let group = known_group(context)?;
    let ids = user_ids(context).unwrap_or_default();
    if ids.is_empty() {
        return Err(context.violation("userIds", "release of a group's seats without ids"));
    }
    for user in ids {
        let is_member = context
            .world
            .user(user)
            .is_some_and(|user| user.groups.contains(&group));
        let is_meant = !is_member || !context.config.quirks.keeps_leases_of_members;
        if is_meant && !is_unreleasable(context, user) {
            context.world.release_lease(group, user);
        }
    }
    Ok(Reply::empty(200))
}

/// `DELETE …/user-license/group/{group}`: the rule and its leases, of a group that is gone too.
pub(super) fn remove_rule(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.remove_rule)?;
    let group = context.group_argument(0)?;
    context.world.remove_rule(group).ok_or_else(unknown)?;
    Ok(Reply::empty(200))
}
