//! Groups (`uipath-api`, 5.1).

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::Call;
use super::reply::{Outcome, Reply};
use super::users::Page;
use super::world::{Group, GroupKind};
use crate::model::{GroupId, UserId};

fn dto(group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "displayName": group.name,
        "type": group.kind,
        "creationTime": group.creation_time,
        "lastModificationTime": group.last_modification_time,
        "members": [],
    })
}

/// `GET /api/Group/{organization}`: all of them, in no pages.
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let groups: Vec<Value> = call.world.groups().map(dto).collect();
    Reply::ok(&groups)
}

/// `GET /api/Group/{organization}/{group}`.
pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let id = call.group_argument(0)?;
    let group = call.world.group(id).ok_or_else(|| call.not_found())?;
    Reply::ok(&dto(group))
}

/// `GET /api/Group/{organization}/{group}/Members`.
pub(super) fn members(call: &mut Call<'_>) -> Outcome {
    let (id, paging) = (call.group_argument(0)?, call.identity_paging()?);
    call.world.group(id).ok_or_else(|| call.not_found())?;
    let members: Vec<Value> = call
        .world
        .members(id)
        .filter_map(|user| call.world.readable_user(user, call.now))
        .filter(|user| user.groups.contains(&id))
        .map(|user| json!({"id": user.id, "type": user.kind}))
        .collect();
    Reply::ok(&Page {
        total_count: members.len(),
        results: paging.cut(members.into_iter()),
    })
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
pub(super) fn create(call: &mut Call<'_>) -> Outcome {
    let body: CreateGroup = call.body()?;
    call.check_organization(body.partition_global_id.as_deref())?;
    let id = body.id.ok_or_else(|| call.invalid("Id", "The Id field is required."))?;
    let name = required_name(call, body.name)?;
    if call.world.group(id).is_some() || call.world.group_named(&name).is_some() {
        return Err(Reply::identity_error(
            "DuplicateGroup",
            &format!("Group '{name}' already exists."),
        ));
    }
    let members = known_members(call, &body.members.unwrap_or_default())?;
    let group = Group {
        id,
        name,
        kind: GroupKind::Custom,
        creation_time: call.now,
        last_modification_time: None,
    };
    let created = Reply::json(201, &dto(&group));
    call.world.insert_group(group);
    for member in members {
        call.join(member, id);
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
pub(super) fn update(call: &mut Call<'_>) -> Outcome {
    let id = call.group_argument(0)?;
    let body: UpdateGroup = call.body()?;
    call.check_organization(body.partition_global_id.as_deref())?;
    let name = required_name(call, body.name)?;
    let mut group = call.world.group(id).cloned().ok_or_else(|| call.not_found())?;
    refuse_built_in(&group)?;
    if call.world.group_named(&name).is_some_and(|other| other.id != id) {
        return Err(Reply::identity_error(
            "DuplicateGroup",
            &format!("Group '{name}' already exists."),
        ));
    }
    let joining = known_members(call, &body.add.unwrap_or_default())?;
    group.name = name;
    group.last_modification_time = Some(call.now);
    let updated = Reply::ok(&dto(&group));
    call.world.insert_group(group);
    for member in joining {
        call.join(member, id);
    }
    for member in body.remove.unwrap_or_default() {
        if let Ok(member) = member.parse() {
            call.world.leave(member, id);
        }
    }
    updated
}

/// `DELETE /api/Group/{organization}/{group}`.
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.group_argument(0)?;
    refuse_built_in(call.world.group(id).ok_or_else(|| call.not_found())?)?;
    call.world.remove_group(id);
    Reply::no_content()
}

#[derive(Deserialize)]
struct BulkDelete {
    #[serde(rename = "groupIDs")]
    groups: Option<Vec<String>>,
}

/// `DELETE /api/Group/{organization}` with a body; without one the documents say it deletes every group.
pub(super) fn bulk_delete(call: &mut Call<'_>) -> Outcome {
    let body: Result<BulkDelete, Reply> = call.body();
    let ids = body.ok().and_then(|body| body.groups).unwrap_or_default();
    if ids.is_empty() {
        return Err(call.violation("groupIDs", "bulk delete of groups without ids"));
    }
    let ids: Vec<GroupId> = call.guids("groupIDs", &ids)?.into_iter().map(GroupId).collect();
    for id in &ids {
        refuse_built_in(call.world.group(*id).ok_or_else(|| call.not_found())?)?;
    }
    for id in ids {
        call.world.remove_group(id);
    }
    Reply::no_content()
}

fn required_name(call: &Call<'_>, name: Option<String>) -> Result<String, Reply> {
    name.filter(|name| !name.trim().is_empty())
        .ok_or_else(|| call.invalid("Name", "The Name field is required."))
}

fn refuse_built_in(group: &Group) -> Result<(), Reply> {
    if group.kind == GroupKind::BuiltIn {
        let message = format!("The built-in group '{}' cannot be changed.", group.name);
        return Err(Reply::identity_error("BuiltInGroup", &message));
    }
    Ok(())
}

fn known_members(call: &Call<'_>, ids: &[String]) -> Result<Vec<UserId>, Reply> {
    call.accounts(ids, |id| {
        call.invalid(
            "directoryUserIDs",
            &format!("The directory entity '{id}' does not exist."),
        )
    })
}
