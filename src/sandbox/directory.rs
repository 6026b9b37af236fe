//! The directory: search and resolution of names (`uipath-api`, 5.3).

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::reply::{Outcome, Reply};
use super::request::Context;
use super::world::{Category, Group, User};
use crate::model::{GroupId, UserId};
use crate::text::fold;

/// How many names BulkResolveByName bears.
const MOST_NAMES: usize = 20;

/// What the external directory calls the user: another id than the organization's.
fn external_id(user: &User) -> String {
    format!("aad|{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, user.id.0.as_bytes()))
}

/// A user as Search has it.
fn user_entity(user: &User) -> Value {
    let (source, identifier) = if user.category == Category::Directory {
        ("directoryUsers", external_id(user))
    } else {
        ("localUsers", user.id.to_string())
    };
    json!({
        "source": source,
        "identifier": identifier,
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

/// A user as everything but Search has it: by `name`, with another kind of source, and with the organization's own id.
pub(super) fn named_user(user: &User) -> Value {
    let source = if user.category == Category::Directory {
        "aad"
    } else {
        "local"
    };
    json!({
        "objectType": "DirectoryUser",
        "source": source,
        "identifier": user.id,
        "name": user.user_name,
        "email": user.email,
        "displayName": user.display_name,
    })
}

fn named_group(group: &Group) -> Value {
    json!({
        "objectType": "DirectoryGroup",
        "source": "local",
        "identifier": group.id,
        "name": group.name,
        "email": null,
        "displayName": group.name,
    })
}

/// `GET /api/Directory/Search/{organization}`: users and groups whose name or address starts with the term.
pub(super) fn search(context: &mut Context<'_>) -> Outcome {
    let start = fold(context.request.parameter("startsWith").unwrap_or_default());
    let sources = context.request.parameters("sourceFilter");
    let wanted = |entity: &Value| {
        let source = entity["source"].as_str().unwrap_or_default();
        let names = ["identityName", "displayName", "email"];
        let mut names = names.iter().filter_map(|name| entity[name].as_str());
        (sources.is_empty() || sources.contains(&source)) && names.any(|name| fold(name).starts_with(&start))
    };
    let users = context
        .world
        .users()
        .filter_map(|user| context.world.readable_user(user, context.now));
    let entities = users
        .map(|user| user_entity(&user))
        .chain(context.world.people().map(user_entity))
        .chain(context.world.groups().map(group_entity));
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
pub(super) fn resolve_names(context: &mut Context<'_>) -> Outcome {
    let body: Names = context.body()?;
    if body.entity_names.len() > MOST_NAMES {
        return Err(Reply::problem(
            500,
            "An error occurred while processing your request.",
            &context.trace_id,
        ));
    }
    let find: fn(&Context<'_>, &str) -> Option<Value> = match body.entity_type.to_ascii_lowercase().as_str() {
        "user" => |context, name| {
            let world = &context.world;
            let user = world.user_called(name).or_else(|| world.person_called(name))?;
            world.readable_user(user, context.now).map(|user| named_user(&user))
        },
        "group" => |context, name| context.world.group_named(name).map(named_group),
        "application" => |_, _| None,
        other => return Err(context.invalid("entityType", &format!("The value '{other}' is not valid."))),
    };
    let found: Map<String, Value> = body
        .entity_names
        .into_iter()
        .map(|name| {
            let entity = find(context, &name).unwrap_or(Value::Null);
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
pub(super) fn resolve_id(context: &mut Context<'_>) -> Outcome {
    let body: Entity = context.body()?;
    let id = body.entity_id;
    let is_meant = |user: &&User| user.id.to_string() == id || external_id(user) == id;
    let user = context.world.users().chain(context.world.people()).find(is_meant);
    let user = user.map(named_user);
    let group = || {
        id.parse::<GroupId>()
            .ok()
            .and_then(|id| context.world.group(id))
            .map(named_group)
    };
    Reply::ok(&user.or_else(group).ok_or_else(|| context.not_found())?)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    user_id: UserId,
    group_ids: Vec<GroupId>,
}

/// `POST /api/Directory/GroupMembership/{organization}`: which of these groups the user is in.
pub(super) fn group_membership(context: &mut Context<'_>) -> Outcome {
    let body: Membership = context.body()?;
    let user = context.world.user(body.user_id);
    let user = user.or_else(|| context.world.person(body.user_id));
    let user = user.and_then(|user| context.world.readable_user(user, context.now));
    let user = user.ok_or_else(|| context.not_found())?;
    let joined = body.group_ids.iter().filter(|id| user.groups.contains(id));
    let joined: Vec<Value> = joined
        .filter_map(|id| context.world.group(*id).map(named_group))
        .collect();
    Reply::ok(&joined)
}

/// `GET /api/Directory/Scopes/{organization}`.
pub(super) fn scopes(_: &mut Context<'_>) -> Outcome {
    Reply::ok(&json!(["localUsers", "localGroups", "directoryUsers"]))
}
