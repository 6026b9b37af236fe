//! What users hold, asked for by their ids. UiPath's own schema has these routes, its documents have not (`uipath-api`,
//! 10): whether an application may call them has to be tried. All of them read; none of the addresses can change anything.

use std::collections::HashSet;

use serde_json::json;

use super::allocations::allocation;
use super::client::{Result, empty_list, found};
use super::document::Json;
use super::json::{code, flag, guid, member, optional, page};
use super::license_service::READ;
use super::session::{ApiRequest, Effect};
use super::{Allocation, Client, LeaseStart, ToldTime, UserLicenses};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};

impl Client {
    /// What these users hold, directly or by their groups: an entry for each that the service knows something of, and
    /// two for one who holds both.
    pub async fn licenses_of_users(&self, users: &[UserId]) -> Result<Vec<UserLicenses>> {
        if users.is_empty() {
            return Err(empty_list(Method::Post, Service::License));
        }
        let url = self.license_url(&["user-license", "license", "users"]);
        let request = ApiRequest::new(Method::Post, Service::License, url)
            .effect(Effect::Read)
            .needs(READ)
            .entries(users.len())
            .json(&json!({ "userIds": users }));
        let reply = self.license_call(request).await?;
        let asked: HashSet<&UserId> = users.iter().collect();
        reply.read("a list of users' licences", |value| {
            let page = page(value, user_licenses)?;
            // Whoever is missing counts as holding nothing, so an entry must not get lost.
            let is_whole = page.items.len() as u64 == page.received;
            let is_about_them = page.items.iter().all(|entry| asked.contains(&entry.held.user));
            (is_whole && is_about_them).then_some(page.items)
        })
    }

    /// One user's direct allocation, `None` if it has none. Where the service lacks the route, it may say the same.
    pub async fn allocation_of_user(&self, user: UserId) -> Result<Option<Allocation>> {
        let url = self.license_url(&["user-license", "user", &user.to_string(), "allocation"]);
        let request = ApiRequest::new(Method::Get, Service::License, url).needs(READ);
        let read = |value: Json<'_>| optional(value, |value| allocation(value).filter(|held| held.user == user));
        let outcome = self.license_call(request).await;
        found(outcome.and_then(|reply| reply.read("a user's licences", read)))
    }

    /// Since when one user holds the seats that come from groups' rules (`GET …/{userGlobalId}/userBundleLeases`). Some
    /// answer 404 for a user without any, as for a route that is not there.
    pub async fn lease_starts(&self, user: UserId) -> Result<Vec<LeaseStart>> {
        let url = self.license_url(&["user-license", &user.to_string(), "userBundleLeases"]);
        let request = ApiRequest::new(Method::Get, Service::License, url).needs(READ);
        let reply = self.license_call(request).await?;
        reply.read("a list of a user's leases", |value| {
            Some(page(value, lease_start)?.items)
        })
    }

    /// Whether it is told here since when seats by groups' rules are held, once that is known.
    pub fn tells_lease_starts(&self) -> Option<bool> {
        self.variants.lease_starts.get()
    }

    /// Keeps whether that is told.
    pub fn keep_telling_lease_starts(&self, is_told: bool) {
        self.variants.lease_starts.set(Some(is_told));
    }
}

fn lease_start(value: Json<'_>) -> Option<LeaseStart> {
    Some(LeaseStart {
        group: GroupId(member(value, &["groupId"]).and_then(guid)?),
        code: code(value)?,
        created: ToldTime::read(value, "createdAt"),
    })
}

fn user_licenses(value: Json<'_>) -> Option<UserLicenses> {
    Some(UserLicenses {
        held: allocation(value)?,
        is_inherited: flag(value, &["inheritedFromGroup"]).unwrap_or(false),
    })
}
