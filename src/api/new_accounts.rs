//! New accounts: invitation and creation. Neither may be sent twice: one mails, the other fails or doubles.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::client::{Result, empty_list};
use super::document::{Json, Shape};
use super::error_body::ErrorBody;
use super::json::{flag, guid, member, text};
use super::session::{ApiRequest, Effect};
use super::urls::accept_invite_url;
use super::users::{WRITE, insert};
use super::{Client, Invitation, NewAccountReply, NewUser};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};
use crate::text::{clean, fold};

impl Client {
    /// Invites these addresses; sent once, never repeated unless it is certain that it did nothing.
    /// One reply for each invitation, in their order.
    pub async fn invite_users(&self, invitations: &[Invitation]) -> Result<Vec<NewAccountReply>> {
        if invitations.is_empty() {
            return Err(empty_list(Method::Post, Service::Identity));
        }
        let body = invitations.iter().map(|invitation| self.invitation_body(invitation));
        let url = self.identity_url(&["api", "User", "InviteUsers"]);
        let request = ApiRequest::new(Method::Post, Service::Identity, url)
            .effect(Effect::Once)
            .needs(WRITE)
            .entries(invitations.len())
            .json(&body.collect::<Value>());
        // `result.succeeded` may be true while entries have failed, so the entries count.
        let reply = self.session.call_leniently(request).await?;
        let listed = reply_users(reply.json());
        if listed.is_empty() {
            let refused = ErrorBody::in_success(reply.json());
            return Err(refused.map_or_else(
                || reply.unreadable("a list of invited users"),
                |body| reply.refused(body),
            ));
        }
        let verdicts = invite_verdicts(
            &listed,
            &ErrorBody::in_success(reply.json()).unwrap_or_default().message,
        );
        let asked: HashSet<String> = invitations.iter().map(|invitation| fold(&invitation.email)).collect();
        let is_strangers = |(address, reply): (&String, &NewAccountReply)| {
            matches!(reply, NewAccountReply::Made(_)) && !asked.contains(address)
        };
        let unnamed = unnamed(verdicts.iter().any(is_strangers));
        let reply_to = |invitation: &Invitation| {
            let verdict = verdicts.get(&fold(&invitation.email));
            verdict.unwrap_or(&unnamed).clone()
        };
        let replies = invitations.iter().map(reply_to).collect();
        Ok(reply.with(replies))
    }

    /// Creates these users in these groups, all or none; sent once, as with [`invite_users`](Self::invite_users).
    /// One reply for each user, in their order; none is refused by itself.
    pub async fn create_users(&self, users: &[NewUser], groups: &[GroupId]) -> Result<Vec<NewAccountReply>> {
        if users.is_empty() {
            return Err(empty_list(Method::Post, Service::Identity));
        }
        let url = self.identity_url(&["api", "User", "BulkCreate"]);
        let request = ApiRequest::new(Method::Post, Service::Identity, url)
            .effect(Effect::Once)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!({
                "users": users.iter().map(new_user_body).collect::<Vec<_>>(),
                "partitionGlobalId": self.organization_id,
                "groupIDs": groups,
            }));
        let reply = self.session.call_leniently(request).await?;
        let listed = reply_users(reply.json());
        let mut created: Vec<_> = users.iter().map(|user| created_id(user, &listed)).collect();
        let doubtful = repeated(created.iter().flatten().copied());
        for id in &mut created {
            *id = id.filter(|id| !doubtful.contains(id));
        }
        match ErrorBody::in_success(reply.json()) {
            None => {
                // Where every account is named, nobody else need be looked for.
                let lacks_any = created.iter().any(Option::is_none);
                let unnamed = unnamed(lacks_any && listed.iter().any(|entry| is_strangers(*entry, users)));
                let reply_to = |id: Option<UserId>| id.map_or_else(|| unnamed.clone(), NewAccountReply::Made);
                let replies = created.into_iter().map(reply_to).collect();
                Ok(reply.with(replies))
            }
            Some(_) if created.iter().any(Option::is_some) => {
                Err(reply.contradictory("the answer says that nothing was created and yet names created users"))
            }
            Some(body) => Err(reply.refused(body)),
        }
    }

    fn invitation_body(&self, invitation: &Invitation) -> Value {
        let language = invitation.language.as_deref().unwrap_or("en");
        let mut body = Map::new();
        body.insert("email".to_owned(), json!(invitation.email));
        let redirect = accept_invite_url(self.config(), self.organization_id, &invitation.email, language);
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

/// The per-user entries of an InviteUsers or BulkCreate answer, whose documented shape and real one differ.
fn reply_users(value: Json<'_>) -> Vec<Json<'_>> {
    let inner = || member(member(value, &["result"])?, &["users"]);
    match (member(value, &["users"]).or_else(inner), value.shape()) {
        (Some(listed), _) => listed.entries().collect(),
        (None, Shape::Array(listed)) => listed.collect(),
        (None, _) => Vec::new(),
    }
}

/// What the entries say, by address. Positions say nothing: entries are matched by their address alone.
fn invite_verdicts(listed: &[Json<'_>], common_words: &str) -> HashMap<String, NewAccountReply> {
    let mut by_address = HashMap::<String, (BTreeSet<UserId>, Option<String>)>::new();
    for &entry in listed {
        let (ids, refusal) = by_address.entry(fold(&text(entry, &["email"]))).or_default();
        let words = text(entry, &["errorMsg", "errorMessage", "error"]);
        let id = member(entry, &["id", "userId"]).and_then(guid);
        match (flag(entry, &["success", "succeeded"]), id) {
            (Some(true), Some(id)) => {
                ids.insert(UserId(id));
            }
            (None, Some(id)) if words.is_empty() => {
                ids.insert(UserId(id));
            }
            // Neither an account nor a refusal: nothing is known.
            (None | Some(true), None) if words.is_empty() => {}
            _ => {
                let words = [
                    &*words,
                    common_words,
                    "the server refused the invitation without a reason",
                ];
                let words = words.into_iter().find(|words| !words.is_empty());
                refusal.get_or_insert(clean(words.unwrap_or_default(), 500));
            }
        }
    }
    let verdict = |(ids, refusal): (BTreeSet<UserId>, Option<String>)| match (ids.len(), refusal) {
        (1, _) => ids
            .first()
            .map_or(NewAccountReply::Missing, |id| NewAccountReply::Made(*id)),
        (0, Some(words)) => NewAccountReply::Refused(words),
        _ => NewAccountReply::Missing,
    };
    let mut verdicts: HashMap<String, NewAccountReply> = by_address
        .into_iter()
        .map(|(address, entry)| (address, verdict(entry)))
        .collect();
    let named = |reply: &NewAccountReply| match reply {
        NewAccountReply::Made(id) => Some(*id),
        _ => None,
    };
    let doubtful = repeated(verdicts.values().filter_map(named));
    for reply in verdicts.values_mut() {
        if named(reply).is_some_and(|id| doubtful.contains(&id)) {
            *reply = NewAccountReply::Missing;
        }
    }
    verdicts
}

/// What is known of an entry that an answer does not name.
fn unnamed(names_strangers: bool) -> NewAccountReply {
    if names_strangers {
        NewAccountReply::Misnamed
    } else {
        NewAccountReply::Missing
    }
}

/// Whether an entry says that an account was made for none of these users.
fn is_strangers(entry: Json<'_>, users: &[NewUser]) -> bool {
    let names = ["userName", "email"].map(|name| fold(&text(entry, &[name])));
    let is_of = |user: &NewUser| {
        let email = user.email.as_deref().unwrap_or_default();
        [&*user.user_name, email]
            .into_iter()
            .any(|name| !name.is_empty() && names.contains(&fold(name)))
    };
    member(entry, &["id"]).and_then(guid).is_some() && !users.iter().any(is_of)
}

/// The ids that an answer gives to more than one account: it says nothing reliable about any of them.
fn repeated(ids: impl Iterator<Item = UserId>) -> HashSet<UserId> {
    let mut seen = HashSet::new();
    ids.filter(|id| !seen.insert(*id)).collect()
}

/// The id that the answer gives to this user, found by user name, else by address.
fn created_id(user: &NewUser, listed: &[Json<'_>]) -> Option<UserId> {
    let ids_where = |member_name: &str, wanted: &str| -> BTreeSet<UserId> {
        let matching = listed
            .iter()
            .filter(|entry| fold(&text(**entry, &[member_name])) == fold(wanted));
        matching
            .filter_map(|entry| member(*entry, &["id"]).and_then(guid).map(UserId))
            .collect()
    };
    let only = |ids: BTreeSet<UserId>| if ids.len() == 1 { ids.first().copied() } else { None };
    only(ids_where("userName", &user.user_name)).or_else(|| {
        let email = user.email.as_deref().filter(|email| !email.is_empty())?;
        only(ids_where("email", email))
    })
}
