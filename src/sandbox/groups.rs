//! Groups (`uipath-api`, 5.1).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::directory::named_user;
use super::orders::Listing;
use super::reply::{Outcome, Reply};
use super::request::{Context, Order};
use super::users::Page;
use super::world::{Group, GroupKind, zoneless};
use crate::model::{GroupId, UserId};

fn dto(group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "displayName": group.name,
        "type": group.kind,
        "creationTime": zoneless::text(group.creation_time),
        "lastModificationTime": group.last_modification_time.map(zoneless::text),
        "members": [],
    })
}

/// `GET /api/Group/{organization}`: all of them, in no pages.
pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let groups: Vec<Value> = context.world.groups().map(dto).collect();
    Reply::ok(&groups)
}

/// `GET /api/Group/{organization}/{group}`.
pub(super) fn get(context: &mut Context<'_>) -> Outcome {
    let id = context.group_argument(0)?;
    let group = context.world.group(id).ok_or_else(|| context.not_found())?;
    Reply::ok(&dto(group))
}

/// `GET /api/Group/{organization}/{group}/Members`.
pub(super) fn members(context: &mut Context<'_>) -> Outcome {
    let (id, paging) = (context.group_argument(0)?, context.identity_paging()?);
    context.world.group(id).ok_or_else(|| context.not_found())?;
    let (world, now) = (&*context.world, context.now);
    let members = context
        .orders
        .of(Listing::Members(id), || world.members(id).map(|user| user.id));
    let readable = |member: &UserId| {
        let user = world.user(*member).or_else(|| world.person(*member))?;
        world.readable_user(user, now).filter(|user| user.groups.contains(&id))
    };
    let members: Arc<[UserId]> = if world.is_readable_whole(now) {
        members
    } else {
        members.iter().filter(|id| readable(id).is_some()).copied().collect()
    };
    let places = context.places(paging, members.len(), Order::Sorted);
    Reply::ok(&Page {
        total_count: context.stated_total(members.len()),
        results: places
            .filter_map(|place| readable(&members[place]))
            .map(|user| json!({"id": user.id, "type": user.kind}))
            .collect::<Vec<Value>>(),
    })
}

/// `POST /api/Group/{organization}/{group}/CheckMembers`: which of these are members.
pub(super) fn check_members(context: &mut Context<'_>) -> Outcome {
    let id = context.group_argument(0)?;
    context.world.group(id).ok_or_else(|| context.not_found())?;
    let asked: Vec<String> = context.body()?;
    let asked: BTreeSet<UserId> = context.guids("ids", &asked)?.into_iter().map(UserId).collect();
    let members = context.world.members(id).filter(|user| asked.contains(&user.id));
    let members: Vec<Value> = members
        .filter_map(|user| context.world.readable_user(user, context.now))
        .filter(|user| user.groups.contains(&id))
        .map(|user| named_user(&user))
        .collect();
    Reply::ok(&members)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateGroup {
    partition_global_id: Option<String>,
    id: Option<GroupId>,
    name: Option<String>,
    #[serde(rename = "directoryUserMemberIDs")]
    members: Option<Vec<String>>,
}

/// `POST /api/Group`, which wants an id of the client's making.
pub(super) fn create(context: &mut Context<'_>) -> Outcome {
    let body: CreateGroup = context.body()?;
    context.check_organization(body.partition_global_id.as_deref())?;
    let id = body
        .id
        .ok_or_else(|| context.invalid("Id", "The Id field is required."))?;
    let name = required_name(context, body.name)?;
    if context.world.group(id).is_some() || context.world.group_named(&name).is_some() {
        return Err(Reply::identity_error(
            "DuplicateGroup",
            &format!("Group '{name}' already exists."),
        ));
    }
    let members = known_members(context, &body.members.unwrap_or_default())?;
    let group = Group {
        id,
        name,
        kind: GroupKind::Custom,
        creation_time: context.now,
        last_modification_time: None,
        managed_by_directory: false,
    };
    let created = Reply::json(201, &dto(&group));
    context.world.insert_group(group);
    context.take_in(&members);
    for member in members {
        context.join(member, id);
    }
    Ok(created)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UpdateGroup {
    partition_global_id: Option<String>,
    name: Option<String>,
    #[serde(rename = "directoryUserIDsToAdd")]
    add: Option<Vec<String>>,
    #[serde(rename = "directoryUserIDsToRemove")]
    remove: Option<Vec<String>>,
}

/// `PUT /api/Group/{group}`, which wants the name and renames the group when it is another.
pub(super) fn update(context: &mut Context<'_>) -> Outcome {
    let id = context.group_argument(0)?;
    let body: UpdateGroup = context.body()?;
    context.check_organization(body.partition_global_id.as_deref())?;
    // The live service answers 409 where it means that the name is missing.
    let name = required_name(context, body.name)
        .map_err(|_| Reply::problem(409, "The group's name is required.", &context.trace_id))?;
    let mut group = context.world.group(id).cloned().ok_or_else(|| context.not_found())?;
    refuse_built_in(&group)?;
    refuse_managed(context, &[id])?;
    if context.world.group_named(&name).is_some_and(|other| other.id != id) {
        return Err(Reply::identity_error(
            "DuplicateGroup",
            &format!("Group '{name}' already exists."),
        ));
    }
    let joining = known_members(context, &body.add.unwrap_or_default())?;
    let leaving: Vec<UserId> = (body.remove.unwrap_or_default().iter())
        .filter_map(|member| member.parse().ok())
        .collect();
    refuse_repeated(context, id, &joining, &leaving)?;
    group.name = name;
    group.last_modification_time = Some(context.now);
    let updated = Reply::ok(&dto(&group));
    context.world.insert_group(group);
    context.take_in(&joining);
    for member in joining {
        context.join(member, id);
    }
    for member in leaving {
        context.world.leave(member, id);
    }
    updated
}

/// Where memberships that are so already are refused, one of them refuses the call.
fn refuse_repeated(context: &Context<'_>, id: GroupId, joining: &[UserId], leaving: &[UserId]) -> Result<(), Reply> {
    if !context.config.quirks.refuses_repeated_membership {
        return Ok(());
    }
    let is_member = |user: &&UserId| {
        let user = context.world.user(**user).or_else(|| context.world.person(**user));
        user.is_some_and(|user| user.groups.contains(&id))
    };
    if joining.iter().any(|user| is_member(&user)) {
        return Err(Reply::identity_error(
            "UserAlreadyInGroup",
            "The user is already a member of the group.",
        ));
    }
    if leaving.iter().any(|user| !is_member(&user)) {
        return Err(Reply::identity_error(
            "UserNotInGroup",
            "The user is not a member of the group.",
        ));
    }
    Ok(())
}

/// `DELETE /api/Group/{organization}/{group}`.
pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    let id = context.group_argument(0)?;
    refuse_built_in(context.world.group(id).ok_or_else(|| context.not_found())?)?;
    context.world.remove_group(id);
    Reply::no_content()
}

#[derive(Deserialize)]
struct BulkDelete {
    #[serde(rename = "groupIDs")]
    groups: Option<Vec<String>>,
}

/// `DELETE /api/Group/{organization}` with a body; without one the documents say it deletes every group.
pub(super) fn bulk_delete(context: &mut Context<'_>) -> Outcome {
    let body: Result<BulkDelete, Reply> = context.body();
    let ids = body.ok().and_then(|body| body.groups).unwrap_or_default();
    if ids.is_empty() {
        return Err(context.violation("groupIDs", "bulk delete of groups without ids"));
    }
    let ids: Vec<GroupId> = context.guids("groupIDs", &ids)?.into_iter().map(GroupId).collect();
    for id in &ids {
        refuse_built_in(context.world.group(*id).ok_or_else(|| context.not_found())?)?;
    }
    for id in ids {
        context.world.remove_group(id);
    }
    Reply::no_content()
}

fn required_name(context: &Context<'_>, name: Option<String>) -> Result<String, Reply> {
    name.filter(|name| !name.trim().is_empty())
        .ok_or_else(|| context.invalid("Name", "The Name field is required."))
}

fn refuse_built_in(group: &Group) -> Result<(), Reply> {
    if group.kind == GroupKind::BuiltIn {
        let message = format!("The built-in group '{}' cannot be changed.", group.name);
        return Err(Reply::identity_error("BuiltInGroup", &message));
    }
    Ok(())
}

/// Nobody is added to a group, or taken out of it, that an external directory manages.
pub(super) fn refuse_managed(context: &Context<'_>, groups: &[GroupId]) -> Result<(), Reply> {
    match managed(context, groups) {
        Some(words) => Err(Reply::identity_error("GroupManagedByDirectory", &words)),
        None => Ok(()),
    }
}

/// Says which of these groups an external directory manages, if any is.
pub(super) fn managed(context: &Context<'_>, groups: &[GroupId]) -> Option<String> {
    let mut known = groups.iter().filter_map(|id| context.world.group(*id));
    let group = known.find(|group| group.managed_by_directory)?;
    Some(format!("The group '{}' is managed by the directory.", group.name))
}

fn known_members(context: &Context<'_>, ids: &[String]) -> Result<Vec<UserId>, Reply> {
    context.accounts(ids, |id| {
        context.invalid(
            "directoryUserIDs",
            &format!("The directory entity '{id}' does not exist."),
        )
    })
}
