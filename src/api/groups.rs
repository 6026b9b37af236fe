//! Groups, their members, and names in the directory.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::client::{Result, empty_list, found, paged};
use super::json::{entries, guid, member, page, text, variant};
use super::session::{ApiRequest, Effect};
use super::users::{kind_in_directory, kind_of};
use super::{Answer, CallError, Client, EntityType, Group, Member, OwnCode, Page, Receipt, Resolved, UserKind};
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
        reply.read("a listing of groups", |value| page(value, group).map(|page| page.items))
    }

    /// One group, `None` if there is none of this id.
    pub async fn group(&self, id: GroupId) -> Result<Option<Group>> {
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Group", &organization, &id.to_string()]);
        let request = ApiRequest::new(Method::Get, Service::Identity, url).needs(READ);
        let read = |value: &Value| match value {
            Value::Null => Some(None),
            value => group(value).map(Some),
        };
        let outcome = self.session.call(request).await;
        found(outcome.and_then(|reply| reply.read("a group", read)))
    }

    /// One page of a group's members (`uipath-api`, 5.1).
    pub async fn group_members(&self, id: GroupId, skip: u64, top: u32) -> Result<Page<Member>> {
        let organization = self.organization_id.to_string();
        let url = self.identity_url(&["api", "Group", &organization, &id.to_string(), "Members"]);
        let request = ApiRequest::new(Method::Get, Service::Identity, paged(url, skip, top)).needs(READ);
        let one = |value: &Value| {
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

    /// Names to directory entries, at most 20 a call; a name that matches nothing maps to `None`.
    pub async fn resolve_names(&self, names: &[&str], kind: EntityType) -> Result<HashMap<String, Option<Resolved>>> {
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
        let entity_type = match kind {
            EntityType::User => "user",
            EntityType::Group => "group",
        };
        let request = ApiRequest::new(Method::Post, Service::Identity, url)
            .effect(Effect::Read)
            .entries(names.len())
            .json(&json!({ "entityNames": names, "entityType": entity_type }));
        let reply = self.session.call(request).await?;
        reply.read("a map of names", |value| {
            let readable = value.is_object() || value.is_array();
            let find = |name: &&str| ((*name).to_owned(), resolved_as(value, name, kind));
            readable.then(|| names.iter().map(find).collect())
        })
    }
}

fn group(value: &Value) -> Option<Group> {
    Some(Group {
        id: GroupId(member(value, &["id"]).and_then(guid)?),
        name: text(value, &["name", "displayName"]),
        built_in: variant(value, &["type"], &["builtIn", "custom"]) == Some(0),
    })
}

/// The entry of this name: under it in a map, or in a list the one that carries it. What Search has as `identityName` is
/// `name` here (`uipath-api`, 10). A display name, which people
/// choose for themselves, says who a group is and never who a user is.
fn resolved_as(value: &Value, name: &str, kind: EntityType) -> Option<Resolved> {
    let names: &[&str] = match kind {
        EntityType::User => &["name", "identityName", "userName"],
        EntityType::Group => &["name", "identityName", "displayName"],
    };
    let entry = match value {
        Value::Array(_) => {
            let carries = |entry: &&Value| {
                names
                    .iter()
                    .chain(&["email"])
                    .any(|member| fold(&text(entry, &[member])) == fold(name))
            };
            entries(value).iter().find(carries)?
        }
        map => member(map, &[name])?,
    };
    // Whoever asks for a user must not be given a robot; the listing says what it is.
    if kind == EntityType::User && kind_in_directory(entry) != UserKind::Person {
        return None;
    }
    let identifier = text(entry, &["identifier", "id"]);
    (!identifier.is_empty()).then(|| Resolved {
        identifier,
        email: text(entry, &["email"]),
        name: names
            .iter()
            .map(|name| text(entry, &[name]))
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
    })
}
