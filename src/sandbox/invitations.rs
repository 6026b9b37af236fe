//! InviteUsers, judged entry by entry inside a 200 (`uipath-api`, 4.5), and the page behind the mail's link.

use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use super::groups::managed;
use super::reply::{Outcome, Reply, identity_result};
use super::request::Context;
use super::world::User;
use crate::model::{Email, GroupId, UserId};
use crate::text::fold;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invitation {
    #[serde(default)]
    email: String,
    redirect_url: Option<String>,
    name: Option<String>,
    surname: Option<String>,
    #[serde(rename = "groupIDs")]
    groups: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InvitedUser {
    email: String,
    id: UserId,
    error_msg: Option<String>,
    success: bool,
}

/// `POST /api/User/InviteUsers`, whose body is a bare array.
pub(super) fn invite(context: &mut Context<'_>) -> Outcome {
    let invitations: Vec<Invitation> = context.body()?;
    let mut entries = Vec::new();
    for invitation in invitations {
        let email = invitation.email.clone();
        let invited = invite_one(context, invitation);
        if let Err(words) = &invited
            && context.config.quirks.stops_at_refused_invitation
        {
            return Err(Reply::identity_error("InvitationFailed", words));
        }
        entries.push(InvitedUser {
            email,
            success: invited.is_ok(),
            id: *invited.as_ref().unwrap_or(&UserId(uuid::Uuid::nil())),
            error_msg: invited.err(),
        });
    }
    Reply::ok(&json!({"result": identity_result(None), "users": entries}))
}

fn invite_one(context: &mut Context<'_>, invitation: Invitation) -> Result<UserId, String> {
    let email = invitation.email.as_str();
    if email.parse::<Email>().is_err() {
        return Err(format!("Email '{email}' is invalid."));
    }
    if !leads_here(context, invitation.redirect_url.as_deref().unwrap_or_default(), email) {
        return Err("Redirect URL is not valid".to_owned());
    }
    if let Some(user) = context.world.user_called(email) {
        if user.invitation_accepted || context.config.quirks.refuses_reinvitation {
            return Err(format!("User with email '{email}' already exists."));
        }
        let id = user.id;
        context.world.mail(email);
        return Ok(id);
    }
    let groups = invitation.groups.unwrap_or_default();
    let groups: Vec<GroupId> = groups
        .iter()
        .map(|text| {
            let group = text.parse().ok().filter(|id| context.world.group(*id).is_some());
            group.ok_or_else(|| format!("The group '{text}' does not exist."))
        })
        .collect::<Result<_, _>>()?;
    if let Some(words) = managed(context, &groups) {
        return Err(words);
    }
    let id = UserId(context.world.next_guid(context.config.seed));
    let mut user = User::local(id, email, email, context.now);
    user.name = invitation.name;
    user.surname = invitation.surname;
    context.insert_user(user);
    for group in groups {
        context.join(id, group);
    }
    context.world.mail(email);
    Ok(id)
}

/// Whether a redirect URL is this host's own page for accepting an invitation of this person.
fn leads_here(context: &Context<'_>, redirect_url: &str, email: &str) -> bool {
    let Ok(url) = Url::parse(redirect_url) else {
        return false;
    };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let path = url.path().trim_start_matches('/');
    let path = path
        .strip_prefix(&format!("{}/", context.config.organization))
        .unwrap_or(path);
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    let organization = value("organizationId").and_then(|id| id.parse().ok());
    context.request.header("host").eq_ignore_ascii_case(&host)
        && path == "portal_/acceptInvite"
        && organization == Some(context.organization)
        && value("emailForUserinvite").is_some_and(|address| fold(&address) == fold(email))
}

/// `GET /portal_/acceptInvite`: opening the mail's link accepts the invitation.
pub(super) fn accept(context: &mut Context<'_>) -> Outcome {
    let email = context.request.parameter("emailForUserinvite").unwrap_or_default();
    let now = context.now;
    let is_accepted = if context.config.quirks.never_shows_acceptance {
        let id = context.world.user_called(email).map(|user| user.id);
        id.is_some_and(|id| context.world.edit_user(id, |user| user.last_login_time = Some(now)))
    } else {
        context.world.accept_invitation(email)
    };
    if is_accepted {
        Ok(Reply::html(200, "The invitation is accepted"))
    } else {
        Err(Reply::html(404, "There is no such invitation"))
    }
}
