//! The directory: search and resolution of names (`uipath-api`, 5.3).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::reply::{Outcome, Reply};
use super::world::{Category, Group, User};
use crate::model::{GroupId, UserId};
use crate::text::fold;

/// How many names BulkResolveByName bears.
const MOST_NAMES: usize = 20;

fn user_entity(user: &User) -> Value {
    let source = if user.category == Category::Directory {
        "directoryUsers"
    } else {
        "localUsers"
    };
    json!({
        "source": source,
        "identifier": user.id,
        "identityName": user.user_name,
        "displayName": user.display_name,
        "email": user.email,
        "domain": null,
        "type": 0,
        "objectType": "DirectoryUser",
    })
}

fn group_entity(group: &Group) -> Value {
    json!({
        "source": "localGroups",
        "identifier": group.id,
        "identityName": group.name,
        "displayName": group.name,
        "email": null,
        "domain": null,
        "type": 1,
        "objectType": "DirectoryGroup",
    })
}

/// `GET /api/Directory/Search/{organization}`: whoever's name or address starts so.
pub(super) fn search(call: &mut Call<'_>) -> Outcome {
    let start = fold(call.request.parameter("startsWith").unwrap_or_default());
    let sources = call.request.parameters("sourceFilter");
    let wanted = |entity: &Value| {
        let source = entity["source"].as_str().unwrap_or_default();
        let names = ["identityName", "displayName", "email"];
        let mut names = names.iter().filter_map(|name| entity[name].as_str());
        (sources.is_empty() || sources.contains(&source)) && names.any(|name| fold(name).starts_with(&start))
    };
    let users = call
        .world
        .users()
        .filter_map(|user| call.world.readable_user(user, call.now));
    let entities = users
        .map(|user| user_entity(&user))
        .chain(call.world.groups().map(group_entity));
    let found: Vec<Value> = entities.filter(wanted).collect();
    Reply::ok(&found)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    entity_names: Vec<String>,
    entity_type: String,
}

/// `POST /api/Directory/BulkResolveByName/{organization}`: names to entities or null. Group names with regard to case.
pub(super) fn resolve_names(call: &mut Call<'_>) -> Outcome {
    let body: Names = call.body()?;
    if body.entity_names.len() > MOST_NAMES {
        return Err(Reply::problem(
            500,
            "An error occurred while processing your request.",
            &call.trace_id,
        ));
    }
    let find: fn(&Call<'_>, &str) -> Option<Value> = match body.entity_type.to_ascii_lowercase().as_str() {
        "user" => |call, name| {
            let user = call.world.user_called(name)?;
            call.world.readable_user(user, call.now).map(|user| user_entity(&user))
        },
        "group" => |call, name| call.world.group_named(name).map(group_entity),
        "application" => |_, _| None,
        other => return Err(call.invalid("entityType", &format!("The value '{other}' is not valid."))),
    };
    let found: Map<String, Value> = body
        .entity_names
        .into_iter()
        .map(|name| {
            let entity = find(call, &name).unwrap_or(Value::Null);
            (name, entity)
        })
        .collect();
    Reply::ok(&found)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    entity_id: String,
}

/// `POST /api/Directory/Resolve/{organization}`.
pub(super) fn resolve_id(call: &mut Call<'_>) -> Outcome {
    let body: Entity = call.body()?;
    let id = body.entity_id;
    let user = id
        .parse::<UserId>()
        .ok()
        .and_then(|id| call.world.user(id))
        .map(user_entity);
    let group = || {
        id.parse::<GroupId>()
            .ok()
            .and_then(|id| call.world.group(id))
            .map(group_entity)
    };
    Reply::ok(&user.or_else(group).ok_or_else(|| call.not_found())?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    user_id: UserId,
    group_ids: Vec<GroupId>,
}

/// `POST /api/Directory/GroupMembership/{organization}`: which of these groups the user is in.
pub(super) fn group_membership(call: &mut Call<'_>) -> Outcome {
    let body: Membership = call.body()?;
    let user = call.world.user(body.user_id);
    let user = user.and_then(|user| call.world.readable_user(user, call.now));
    let user = user.ok_or_else(|| call.not_found())?;
    let joined: Vec<&GroupId> = body.group_ids.iter().filter(|id| user.groups.contains(id)).collect();
    Reply::ok(&joined)
}

/// `GET /api/Directory/Scopes/{organization}`.
pub(super) fn scopes(_: &mut Call<'_>) -> Outcome {
    Reply::ok(&json!(["localUsers", "localGroups", "directoryUsers"]))
}
