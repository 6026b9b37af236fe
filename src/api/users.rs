//! Users: listing, update, deletion, invitation, creation (`uipath-api`, 4).

use std::collections::{BTreeSet, HashMap};

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::address::accept_invite_url;
use super::client::{Result, empty_list, found, paged};
use super::fault::refusal;
use super::read::{entries, flag, guid, guids, member, page, text, variant};
use super::session::{Call, Effect};
use super::{Client, Invitation, InviteReply, NewUser, Page, User, UserUpdate};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};
use crate::text::{clean, fold};

const READ: &str = "PM.User.Read";
const WRITE: &str = "PM.User.Write";

/// The kinds of account, in the order of their numbers (`uipath-api`, 4.2).
const TYPES: [&str; 6] = [
    "user",
    "robot",
    "directoryUser",
    "directoryGroup",
    "robotAccount",
    "application",
];

/// Where an account comes from, in the order of the numbers (`uipath-api`, 4.2).
const CATEGORIES: [&str; 3] = ["local", "linkedLocal", "directory"];

impl Client {
    /// One page of the user listing (`GET /api/User/users/{organization}`), sorted by id;
    /// `search` is the server's own "contains" search.
    pub async fn users(&self, skip: u64, top: u32, search: Option<&str>) -> Result<Page<User>> {
        let organization = self.config().organization_id.to_string();
        let url = self.identity_url(&["api", "User", "users", &organization]);
        let mut url = paged(url, skip, top);
        url.query_pairs_mut()
            .append_pair("sortBy", "Id")
            .append_pair("sortOrder", "asc");
        if let Some(search) = search {
            url.query_pairs_mut().append_pair("searchTerm", search);
        }
        let call = Call::new(Method::Get, Service::Identity, url).needs(READ);
        let reply = self.session.call(call).await?;
        reply.read("a listing of users", |value| page(value, user))
    }

    /// One user, `None` where there is none of this id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>> {
        let url = self.identity_url(&["api", "User", &id.to_string()]);
        let call = Call::new(Method::Get, Service::Identity, url).needs(READ);
        let read = |value: &Value| match value {
            Value::Null => Some(None),
            value => user(value).map(Some),
        };
        let outcome = self.session.call(call).await;
        found(outcome.and_then(|reply| reply.read("a user", read)))
    }

    /// Partial update of one user; may be repeated.
    pub async fn update_user(&self, id: UserId, update: &UserUpdate) -> Result<()> {
        let url = self.identity_url(&["api", "User", &id.to_string()]);
        let mut call = Call::new(Method::Put, Service::Identity, url)
            .needs(WRITE)
            .json(&update_body(update));
        if let Some(password) = &update.password {
            call = call.hides(password.0.clone());
        }
        Ok(self.session.call(call).await?.with(()))
    }

    /// Deletes these users in one call; never sent with an empty list.
    pub async fn delete_users(&self, ids: &[UserId]) -> Result<()> {
        if ids.is_empty() {
            return Err(empty_list(Method::Delete, Service::Identity));
        }
        let call = Call::new(Method::Delete, Service::Identity, self.identity_url(&["api", "User"]))
            .needs(WRITE)
            .entries(ids.len())
            .json(&json!({
                "partitionGlobalId": self.config().organization_id,
                "userIds": ids,
            }));
        Ok(self.session.call(call).await?.with(()))
    }

    /// Deletes one user by its own route.
    pub async fn delete_user(&self, id: UserId) -> Result<()> {
        let url = self.identity_url(&["api", "User", &id.to_string()]);
        let call = Call::new(Method::Delete, Service::Identity, url).needs(WRITE);
        Ok(self.session.call(call).await?.with(()))
    }

    /// Invites these addresses; sent once, never repeated unless it is certain that it did nothing.
    /// One reply for each invitation, in their order.
    pub async fn invite_users(&self, invitations: &[Invitation]) -> Result<Vec<InviteReply>> {
        if invitations.is_empty() {
            return Err(empty_list(Method::Post, Service::Identity));
        }
        let body = invitations.iter().map(|invitation| self.invitation_body(invitation));
        let url = self.identity_url(&["api", "User", "InviteUsers"]);
        let call = Call::new(Method::Post, Service::Identity, url)
            .effect(Effect::Once)
            .needs(WRITE)
            .entries(invitations.len())
            .json(&body.collect());
        // `result.succeeded` and the entries may contradict each other; the entries count (`uipath-api`, 4.5).
        let reply = self.session.call_leniently(call).await?;
        let listed = reply_users(&reply.value);
        if listed.is_empty() {
            let refused = refusal(&reply.value);
            return Err(refused.map_or_else(
                || reply.unreadable("a list of invited users"),
                |fault| reply.refused(fault),
            ));
        }
        let verdicts = invite_verdicts(listed, &refusal(&reply.value).unwrap_or_default().message);
        let reply_to = |invitation: &Invitation| {
            let verdict = verdicts.get(&fold(&invitation.email));
            verdict.cloned().unwrap_or(InviteReply::Missing)
        };
        let replies = invitations.iter().map(reply_to).collect();
        Ok(reply.with(replies))
    }

    /// Creates these users in these groups, all or none; sent once, as with [`invite_users`](Self::invite_users).
    /// One entry for each user, in their order; `None` where the answer does not name it.
    pub async fn create_users(&self, users: &[NewUser], groups: &[GroupId]) -> Result<Vec<Option<UserId>>> {
        if users.is_empty() {
            return Err(empty_list(Method::Post, Service::Identity));
        }
        let url = self.identity_url(&["api", "User", "BulkCreate"]);
        let call = Call::new(Method::Post, Service::Identity, url)
            .effect(Effect::Once)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!({
                "users": users.iter().map(new_user_body).collect::<Vec<_>>(),
                "partitionGlobalId": self.config().organization_id,
                "groupIDs": groups,
            }));
        let reply = self.session.call_leniently(call).await?;
        let listed = reply_users(&reply.value);
        let created: Vec<_> = users.iter().map(|user| created_id(user, listed)).collect();
        match refusal(&reply.value) {
            None => Ok(reply.with(created)),
            Some(_) if created.iter().any(Option::is_some) => {
                Err(reply.contradictory("the answer says that nothing was created and yet names created users"))
            }
            Some(fault) => Err(reply.refused(fault)),
        }
    }

    fn invitation_body(&self, invitation: &Invitation) -> Value {
        let language = invitation.language.as_deref().unwrap_or("en");
        let mut body = Map::new();
        body.insert("email".to_owned(), json!(invitation.email));
        let redirect = accept_invite_url(self.config(), &invitation.email, language);
        body.insert("redirectUrl".to_owned(), json!(redirect));
        insert(&mut body, "name", invitation.name.as_ref());
        insert(&mut body, "surname", invitation.surname.as_ref());
        body.insert("language".to_owned(), json!(language));
        if !invitation.groups.is_empty() {
            body.insert("groupIDs".to_owned(), json!(invitation.groups));
        }
        body.into()
    }
}

fn insert(body: &mut Map<String, Value>, name: &str, value: Option<impl serde::Serialize>) {
    if let Some(value) = value {
        body.insert(name.to_owned(), json!(value));
    }
}

fn update_body(update: &UserUpdate) -> Value {
    let mut body = Map::new();
    insert(&mut body, "name", update.name.as_ref());
    insert(&mut body, "surname", update.surname.as_ref());
    insert(&mut body, "displayName", update.display_name.as_ref());
    insert(&mut body, "email", update.email.as_ref());
    insert(&mut body, "isActive", update.is_active);
    let password = update.password.as_ref().map(|password| password.0.expose_secret());
    insert(&mut body, "password", password);
    insert(&mut body, "bypassBasicAuthRestriction", update.bypass_basic_auth);
    insert(&mut body, "invitationAccepted", update.invitation_accepted);
    let some = |groups: &Vec<GroupId>| Some(groups.clone()).filter(|groups| !groups.is_empty());
    insert(&mut body, "groupIDsToAdd", some(&update.add_groups));
    insert(&mut body, "groupIDsToRemove", some(&update.remove_groups));
    body.into()
}

fn new_user_body(user: &NewUser) -> Value {
    let mut body = Map::new();
    body.insert("userName".to_owned(), json!(user.user_name));
    insert(&mut body, "email", user.email.as_ref());
    insert(&mut body, "name", user.name.as_ref());
    insert(&mut body, "surname", user.surname.as_ref());
    insert(&mut body, "displayName", user.display_name.as_ref());
    insert(&mut body, "invitationAccepted", user.invitation_accepted);
    insert(&mut body, "bypassBasicAuthRestriction", user.bypass_basic_auth);
    body.into()
}

fn user(value: &Value) -> Option<User> {
    let directory = variant(value, &["category"], &CATEGORIES) == Some(2)
        || variant(value, &["type"], &TYPES).is_some_and(|kind| matches!(kind, 2 | 3));
    Some(User {
        id: UserId(member(value, &["id"]).and_then(guid)?),
        user_name: text(value, &["userName"]),
        email: text(value, &["email"]),
        name: text(value, &["name"]),
        surname: text(value, &["surname"]),
        display_name: text(value, &["displayName"]),
        is_active: flag(value, &["isActive"]).unwrap_or(true),
        invitation_accepted: flag(value, &["invitationAccepted"]).unwrap_or(false),
        bypass_basic_auth: flag(value, &["bypassBasicAuthRestriction"]).unwrap_or(false),
        groups: guids(value, &["groupIDs"]).into_iter().map(GroupId).collect(),
        from_directory: directory,
    })
}

/// The per-user entries of an InviteUsers or BulkCreate answer.
fn reply_users(value: &Value) -> &[Value] {
    let inner = member(value, &["result"]).unwrap_or(&Value::Null);
    let listed = member(value, &["users"]).or_else(|| member(inner, &["users"]));
    match (listed, value) {
        (Some(listed), _) => entries(listed),
        (None, Value::Array(listed)) => listed,
        (None, _) => &[],
    }
}

/// What the entries say, by address. Positions say nothing: entries are matched by their address alone.
fn invite_verdicts(listed: &[Value], common_words: &str) -> HashMap<String, InviteReply> {
    let mut by_address = HashMap::<String, (BTreeSet<UserId>, Option<String>)>::new();
    for entry in listed {
        let (ids, refusal) = by_address.entry(fold(&text(entry, &["email"]))).or_default();
        let words = text(entry, &["errorMsg", "errorMessage", "error"]);
        let id = member(entry, &["id", "userId"]).and_then(guid);
        match (flag(entry, &["success", "succeeded"]), id) {
            (None | Some(true), Some(id)) if words.is_empty() => {
                ids.insert(UserId(id));
            }
            (Some(true), Some(id)) => {
                ids.insert(UserId(id));
            }
            // A success without an account: nothing is known.
            (Some(true), None) if words.is_empty() => {}
            (None, None) if words.is_empty() => {}
            _ => {
                let words = [
                    words.as_str(),
                    common_words,
                    "the server refused the invitation without a reason",
                ];
                let words = words.into_iter().find(|words| !words.is_empty());
                refusal.get_or_insert(clean(words.unwrap_or_default(), 500));
            }
        }
    }
    let verdict = |(ids, refusal): (BTreeSet<UserId>, Option<String>)| match (ids.len(), refusal) {
        (1, _) => ids.first().map_or(InviteReply::Missing, |id| InviteReply::Invited(*id)),
        (0, Some(words)) => InviteReply::Refused(words),
        _ => InviteReply::Missing,
    };
    by_address
        .into_iter()
        .map(|(address, entry)| (address, verdict(entry)))
        .collect()
}

/// The id that the answer gives to this user, found by user name, else by address.
fn created_id(user: &NewUser, listed: &[Value]) -> Option<UserId> {
    let ids_where = |member_name: &str, wanted: &str| -> BTreeSet<UserId> {
        let matching = listed
            .iter()
            .filter(|entry| fold(&text(entry, &[member_name])) == fold(wanted));
        matching
            .filter_map(|entry| member(entry, &["id"]).and_then(guid).map(UserId))
            .collect()
    };
    let only = |ids: BTreeSet<UserId>| if ids.len() == 1 { ids.first().copied() } else { None };
    only(ids_where("userName", &user.user_name)).or_else(|| {
        let email = user.email.as_deref().filter(|email| !email.is_empty())?;
        only(ids_where("email", email))
    })
}
