//! PUT User: a partial update despite its name (`uipath-api`, 4.6).

use serde::Deserialize;

use super::groups::refuse_managed;
use super::quirks::EmailChange;
use super::reply::{Outcome, Reply, identity_result};
use super::request::Context;
use super::world::{Category, User};
use crate::model::{GroupId, UserId};
use crate::text::fold;

/// What may be changed; `null` and absence leave alone.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    name: Option<String>,
    surname: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    is_active: Option<bool>,
    password: Option<String>,
    #[serde(rename = "groupIDsToAdd")]
    add: Option<Vec<GroupId>>,
    #[serde(rename = "groupIDsToRemove")]
    remove: Option<Vec<GroupId>>,
    bypass_basic_auth_restriction: Option<bool>,
    invitation_accepted: Option<bool>,
}

/// `PUT /api/User/{user}`.
pub(super) fn update(context: &mut Context<'_>) -> Outcome {
    let id = context.user_argument(0)?;
    let update: Update = context.body()?;
    let user = context.world.user(id).cloned().ok_or_else(|| context.not_found())?;
    check_profile(&update, &user)?;
    let email = email_to_set(context, &update, &user)?;
    let joined = update.add.as_deref().unwrap_or_default();
    if let Some(unknown) = joined.iter().find(|group| context.world.group(**group).is_none()) {
        return Err(Reply::identity_error(
            "GroupNotFound",
            &format!("The group '{unknown}' does not exist."),
        ));
    }
    refuse_managed(context, joined)?;
    refuse_managed(context, update.remove.as_deref().unwrap_or_default())?;
    let now = context.now;
    context.world.edit_user(id, |user| {
        let fields = [
            (&mut user.name, update.name),
            (&mut user.surname, update.surname),
            (&mut user.display_name, update.display_name),
        ];
        for (field, value) in fields {
            if value.is_some() {
                *field = value;
            }
        }
        user.email = email.unwrap_or_else(|| user.email.clone());
        user.is_active = update.is_active.unwrap_or(user.is_active);
        user.bypass_basic_auth_restriction = update
            .bypass_basic_auth_restriction
            .unwrap_or(user.bypass_basic_auth_restriction);
        user.invitation_accepted = update.invitation_accepted.unwrap_or(user.invitation_accepted);
        user.last_modification_time = Some(now);
    });
    if update.password.is_some() {
        context.world.note_password(id);
    }
    for group in joined {
        context.join(id, *group);
    }
    for group in update.remove.unwrap_or_default() {
        context.world.leave(id, group);
    }
    Reply::ok(&identity_result(None))
}

/// Profiles of an external directory are that directory's to change; a password has eight letters at least.
fn check_profile(update: &Update, user: &User) -> Result<(), Reply> {
    let texts = [
        &update.name,
        &update.surname,
        &update.display_name,
        &update.email,
        &update.password,
    ];
    if user.category == Category::Directory && texts.iter().any(|text| text.is_some()) {
        let message = "The profile of a directory user cannot be changed.";
        return Err(Reply::identity_error("DirectoryUserReadOnly", message));
    }
    if update
        .password
        .as_ref()
        .is_some_and(|password| password.chars().count() < 8)
    {
        let message = "Passwords must be at least 8 characters.";
        return Err(Reply::identity_error("PasswordTooShort", message));
    }
    Ok(())
}

/// The address to set, if any: a first one always, a different one as the quirk says.
fn email_to_set(context: &Context<'_>, update: &Update, user: &User) -> Result<Option<String>, Reply> {
    let Some(email) = update.email.as_ref().filter(|email| fold(email) != fold(&user.email)) else {
        return Ok(None);
    };
    let settled = match context.config.quirks.email_change {
        _ if user.email.is_empty() => true,
        EmailChange::Made => true,
        EmailChange::Ignored => false,
        EmailChange::Refused => {
            let message = "Changing the email of a user is not supported.";
            return Err(Reply::identity_error("EmailChangeNotSupported", message));
        }
    };
    if settled
        && context
            .world
            .user_called(email)
            .is_some_and(|other| other.id != user.id)
    {
        let message = format!("Email '{email}' is already taken.");
        return Err(Reply::identity_error("DuplicateEmail", &message));
    }
    Ok(settled.then(|| email.clone()))
}

impl Context<'_> {
    /// Puts an account into a group, readable once the consistency lag has passed.
    pub(super) fn join(&mut self, user: UserId, group: GroupId) {
        if self.world.join(user, group)
            && let Some(from) = self.readable_from()
        {
            self.world.hide_membership_until(user, group, from);
        }
    }

    /// Adds an account, readable once the consistency lag has passed.
    pub(super) fn insert_user(&mut self, user: User) {
        let id = user.id;
        self.world.insert_user(user);
        if let Some(from) = self.readable_from() {
            self.world.hide_user_until(id, from);
        }
    }

    /// Keeps in the stats what no client should ever send.
    pub(super) fn note_violation(&mut self, what: &str) {
        let Context { request, .. } = self;
        let words = format!("{} {}: {what}", request.method, request.path);
        self.violations.push(words);
    }

    /// 400 for a request that might mean "everything" on the live service; the stats keep it.
    pub(super) fn violation(&mut self, field: &str, what: &str) -> Reply {
        self.note_violation(what);
        self.invalid(
            field,
            &format!("The {field} field is required and must not be empty: this would have been a {what}, which no client should ever send."),
        )
    }
}
