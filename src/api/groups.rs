//! Groups, their members, and names in the directory.

use std::collections::HashMap;

use serde_json::json;

use super::client::{Result, empty_list, paged};
use super::document::{Json, Shape};
use super::json::{guid, member, page, page_from, text, variant};
use super::session::{ApiRequest, Effect};
use super::users::{kind_in_directory, kind_of};
use super::{Answer, CallError, Client, Group, Member, OwnCode, Page, Receipt, Resolved};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};
use crate::text::fold;

const READ: &str = "PM.Group.Read";
const WRITE: &str = "PM.Group.Write";

/// BulkResolveByName fails above about this many names.
const MAX_NAMES: usize = 20;

impl Client {
    /// Every local group (not paged).
    pub async fn groups(&self) -> Result<Vec<Group>> {
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Group", &organization]);
        let request = ApiRequest::new(Method::Get, Service::Identity, url).needs(READ);
        let reply = self.session.call(request).await?;
        reply.read("a listing of groups", |value| {
            page_from(0, value, group).map(|page| page.items)
        })
    }

    /// One page of a group's members (`uipath-api`, 5.1).
    pub async fn group_members(&self, id: GroupId, skip: u64, top: u32) -> Result<Page<Member>> {
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Group", &organization, &id.to_string(), "Members"]);
        let request = ApiRequest::new(Method::Get, Service::Identity, paged(url, skip, top)).needs(READ);
        let one = |value: Json<'_>| {
            let id = guid(member(value, &["id", "identifier"]).unwrap_or(value)).map(UserId)?;
            Some(Member {
                id,
                kind: kind_of(value),
            })
        };
        let reply = self.session.call(request).await?;
        reply.read("a listing of members", |value| page(value, one))
    }

    /// Adds and removes members in one PUT that repeats the group's name; may be repeated.
    pub async fn update_group(&self, group: &Group, add: &[UserId], remove: &[UserId]) -> Result<()> {
        if add.is_empty() && remove.is_empty() {
            return Err(empty_list(Method::Put, Service::Identity));
        }
        let url = self.identity_url(&["api", "Group", &group.id.to_string()]);
        let request = ApiRequest::new(Method::Put, Service::Identity, url)
            .needs(WRITE)
            .entries(add.len() + remove.len())
            .json(&json!({
                "partitionGlobalId": self.organization_id,
                "name": group.name,
                "directoryUserIDsToAdd": add,
                "directoryUserIDsToRemove": remove,
            }));
        Ok(self.session.call(request).await?.with(()))
    }

    /// Which of these are members of the group, in one call of the generous budget of POSTs; by its schema it wants the
    /// scope of changes although it only reads (`uipath-api`, 10).
    pub async fn members_among(&self, id: GroupId, users: &[UserId]) -> Result<Vec<UserId>> {
        if users.is_empty() {
            return Err(empty_list(Method::Post, Service::Identity));
        }
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Group", &organization, &id.to_string(), "CheckMembers"]);
        let request = ApiRequest::new(Method::Post, Service::Identity, url)
            .effect(Effect::Read)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!(users));
        let one = |value: Json<'_>| guid(member(value, &["identifier", "id"]).unwrap_or(value)).map(UserId);
        let reply = self.session.call(request).await?;
        reply.read("a list of members", |value| {
            let page = page(value, one)?;
            // Whoever is missing counts as no member, so an entry must not get lost.
            (page.items.len() as u64 == page.received).then_some(page.items)
        })
    }

    /// User names and addresses to directory entries, at most 20 a call: none for a name that matches nothing, and several for one that
    /// several entries carry, as far as the answer has them.
    pub async fn resolve_names(&self, names: &[&str]) -> Result<HashMap<String, Vec<Resolved>>> {
        if names.is_empty() {
            return Ok(Answer {
                value: HashMap::new(),
                receipt: Receipt::default(),
            });
        }
        if names.len() > MAX_NAMES {
            let message = "more than 20 names cannot be resolved in one call";
            let (method, service) = (Method::Post, Service::Identity);
            return Err(CallError::not_sent(method, service, OwnCode::TooManyNames, message));
        }
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Directory", "BulkResolveByName", &organization]);
        let request = ApiRequest::new(Method::Post, Service::Identity, url)
            .effect(Effect::Read)
            .entries(names.len())
            .json(&json!({ "entityNames": names, "entityType": "user" }));
        let reply = self.session.call(request).await?;
        reply.read("a map of names", |value| {
            let is_asked = |(name, _): (&str, _)| names.iter().any(|asked| asked.eq_ignore_ascii_case(name));
            let readable = match value.shape() {
                Shape::Array(_) => true,
                // Nobody is not found because the answer is about something else.
                Shape::Object(_) => value.members().next().is_none() || value.members().any(is_asked),
                _ => false,
            };
            let find = |name: &&str| ((*name).to_owned(), resolved_as(value, name));
            readable.then(|| names.iter().map(find).collect())
        })
    }
}

fn group(value: Json<'_>) -> Option<Group> {
    Some(Group {
        id: GroupId(member(value, &["id"]).and_then(guid)?),
        name: text(value, &["name", "displayName"]).into_owned(),
        built_in: member(value, &["type"]).and_then(|kind| variant(kind, &["builtIn", "custom"])) == Some(0),
    })
}

/// The members that may have a user's name.
const USER_NAMES: [&str; 3] = ["name", "identityName", "userName"];

/// The entries of this name: under it in a map, or in a list those that carry it. What Search has as `identityName` is
/// `name` here (`uipath-api`, 10). A display name, which people
/// choose for themselves, never says who a user is.
fn resolved_as(value: Json<'_>, name: &str) -> Vec<Resolved> {
    let carries = |entry: &Json<'_>| {
        let mut members = USER_NAMES.iter().chain(&["email"]);
        members.any(|member| fold(&text(*entry, &[member])) == fold(name))
    };
    let found: Vec<Json<'_>> = match value.shape() {
        Shape::Array(list) => list.filter(carries).collect(),
        _ => member(value, &[name]).into_iter().flat_map(Json::entries).collect(),
    };
    let mut resolved: Vec<Resolved> = found.into_iter().filter_map(resolved).collect();
    resolved.dedup_by(|later, kept| later.identifier == kept.identifier);
    resolved
}

fn resolved(entry: Json<'_>) -> Option<Resolved> {
    let identifier = text(entry, &["identifier", "id"]).into_owned();
    let source = text(entry, &["source"]).to_ascii_lowercase();
    (!identifier.is_empty()).then(|| Resolved {
        identifier,
        kind: kind_in_directory(entry),
        from_directory: !source.is_empty() && !source.starts_with("local"),
        email: text(entry, &["email"]).into_owned(),
        name: USER_NAMES
            .iter()
            .map(|name| text(entry, &[name]))
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .into_owned(),
    })
}
