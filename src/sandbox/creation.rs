//! Creating local accounts: one, or many all or none (`uipath-api`, 4.4).

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::groups::managed;
use super::reply::{Outcome, Reply, identity_result};
use super::request::Context;
use super::world::User;
use crate::model::{Email, GroupId, UserId};
use crate::text::fold;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    id: Option<UserId>,
    user_name: Option<String>,
    email: Option<String>,
    name: Option<String>,
    surname: Option<String>,
    display_name: Option<String>,
    bypass_basic_auth_restriction: Option<bool>,
    invitation_accepted: Option<bool>,
    password: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    partition_global_id: Option<String>,
    #[serde(rename = "groupIDs")]
    groups: Option<Vec<GroupId>>,
}

#[derive(Deserialize)]
struct Bulk {
    users: Option<Vec<NewUser>>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
struct Single {
    #[serde(flatten)]
    user: NewUser,
    #[serde(flatten)]
    common: Common,
}

/// A code and a description.
type CreationError = (&'static str, String);

/// `POST /api/User/BulkCreate`: one bad entry refuses them all.
pub(super) fn bulk(context: &mut Context<'_>) -> Outcome {
    let body: Bulk = context.body()?;
    context.check_organization(body.common.partition_global_id.as_deref())?;
    let users = body.users.unwrap_or_default();
    let groups = body.common.groups.unwrap_or_default();
    match create(context, users, &groups) {
        Ok(users) => Reply::ok(&json!({"result": identity_result(None), "users": users})),
        Err((code, description)) => {
            let status = if context.config.quirks.refuses_creation_by_status {
                400
            } else {
                200
            };
            let result = identity_result(Some((code, &description)));
            Err(Reply::json(status, &json!({"result": result, "users": []})))
        }
    }
}

/// `POST /api/User`.
pub(super) fn single(context: &mut Context<'_>) -> Outcome {
    let body: Single = context.body()?;
    context.check_organization(body.common.partition_global_id.as_deref())?;
    let groups = body.common.groups.unwrap_or_default();
    match create(context, vec![body.user], &groups) {
        Ok(_) => Reply::ok(&identity_result(None)),
        Err((code, description)) => Err(Reply::identity_error(code, &description)),
    }
}

fn create(context: &mut Context<'_>, users: Vec<NewUser>, groups: &[GroupId]) -> Result<Vec<Value>, CreationError> {
    let mut taken = HashSet::new();
    for user in &users {
        check(context, user, &mut taken)?;
    }
    if let Some(unknown) = groups.iter().find(|group| context.world.group(**group).is_none()) {
        return Err(("GroupNotFound", format!("The group '{unknown}' does not exist.")));
    }
    if let Some(words) = managed(context, groups) {
        return Err(("GroupManagedByDirectory", words));
    }
    let created: Vec<UserId> = users.into_iter().map(|user| insert(context, user, groups)).collect();
    let created = created.into_iter().filter_map(|id| context.world.user(id));
    Ok(created.map(|user| json!(user)).collect())
}

fn check(context: &Context<'_>, user: &NewUser, taken: &mut HashSet<String>) -> Result<(), CreationError> {
    let user_name = user.user_name.as_deref().unwrap_or_default();
    let letter = |letter: char| letter.is_alphanumeric() || "-._@+".contains(letter);
    if user_name.is_empty() || !user_name.chars().all(letter) {
        let description = format!("Username '{user_name}' is invalid, can only contain letters or digits.");
        return Err(("InvalidUserName", description));
    }
    let email = user.email.as_deref().unwrap_or_default();
    if !email.is_empty() && email.parse::<Email>().is_err() {
        return Err(("InvalidEmail", format!("Email '{email}' is invalid.")));
    }
    if !taken.insert(fold(user_name)) || context.world.user_called(user_name).is_some() {
        return Err(("DuplicateUserName", format!("Username '{user_name}' is already taken.")));
    }
    let repeated = fold(email) != fold(user_name) && !taken.insert(fold(email));
    if !email.is_empty() && (repeated || context.world.user_called(email).is_some()) {
        return Err(("DuplicateEmail", format!("Email '{email}' is already taken.")));
    }
    if user.id.is_some_and(|id| context.world.user(id).is_some()) {
        return Err(("DuplicateId", "The id is already taken.".to_owned()));
    }
    Ok(())
}

fn insert(context: &mut Context<'_>, new: NewUser, groups: &[GroupId]) -> UserId {
    let id = new
        .id
        .unwrap_or_else(|| UserId(context.world.next_guid(context.config.seed)));
    let user_name = new.user_name.unwrap_or_default();
    let mut user = User::local(id, &user_name, &new.email.unwrap_or_default(), context.now);
    user.name = new.name;
    user.surname = new.surname;
    user.display_name = new.display_name;
    user.bypass_basic_auth_restriction = new.bypass_basic_auth_restriction.unwrap_or_default();
    user.invitation_accepted = new.invitation_accepted.unwrap_or_default();
    context.insert_user(user);
    if new.password.is_some() {
        context.world.note_password(id);
    }
    for group in groups {
        context.join(id, *group);
    }
    id
}
