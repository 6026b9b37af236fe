//! Users' direct allocations, and the organization's seats.
//!
//! The licence accountant writes allocations; only the web portal's back end reads and releases them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::client::{Result, empty_list};
use super::json::{code, codes, entries, flag, guid, member, number, page};
use super::license_service::{READ, WRITE, portal_get, portal_page};
use super::session::ApiRequest;
use super::urls::service_url;
use super::{Allocation, Client, Failure, Page, Seats};
use crate::event::{Method, Service};
use crate::model::{BundleCode, BundleSet, UserId};

impl Client {
    /// Seats per bundle: the portal's inventory, or the licence summary where the portal does not answer.
    pub async fn seats(&self) -> Result<Vec<Seats>> {
        let inventory = self.portal(&self.variants.portal_seats, &[], portal_get).await;
        let seats_of = |value: &Value| page(value, seats).map(|page| page.items);
        let unanswered = match inventory.and_then(|reply| reply.read("an inventory of seats", seats_of)) {
            Err(error) if error.failure == Failure::Refused => error,
            other => return other,
        };
        let organization = self.config().organization_id.to_string();
        let path = ["api", "account", &organization, "license-summary"];
        let url = service_url(self.config(), "{org}/license_", &path);
        let request = ApiRequest::new(Method::Get, Service::License, url).needs(READ);
        let summary = self.session.call(request).await;
        let summary = summary.and_then(|reply| {
            reply.read("a licence summary", |value| {
                let inner = entries(value).first()?;
                let listed = member(inner, &["userLicenses", "userBundles", "users"])?;
                seats_of(listed)
            })
        });
        summary.map_err(|error| match error.failure {
            Failure::Refused => unanswered,
            _ => error,
        })
    }

    /// One page (at most 50) of the users with a direct allocation.
    pub async fn allocations(&self, skip: u64, top: u32) -> Result<Page<Allocation>> {
        let variant = &self.variants.portal_users;
        let reply = self.portal(variant, &["user", "page"], portal_page(skip, top)).await?;
        reply.read("a listing of licensed users", |value| page(value, allocation))
    }

    /// These users' direct bundles become exactly these; may be repeated.
    ///
    /// What is returned is what the server says they hold now: one entry for each of these users that its answer names.
    /// A user it does not name is not confirmed, and an entry may hold fewer bundles than asked. Where the answer has no
    /// entries to go by (an empty body, an object), everything is as asked.
    pub async fn allocate_to_users(
        &self,
        users: &[UserId],
        bundles: &BundleSet,
        external_license: bool,
    ) -> Result<Vec<Allocation>> {
        if users.is_empty() {
            return Err(empty_list(Method::Put, Service::License));
        }
        let url = self.license_url(&["user-license"]);
        let request = ApiRequest::new(Method::Put, Service::License, url)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!({
                "userIds": users,
                "userBundleCodes": bundles,
                "useExternalLicense": external_license,
            }));
        let reply = self.allocate(&self.variants.allocate_to_users, request).await?;
        let asked = Allocation {
            user: users[0],
            bundles: bundles.clone(),
            external_license,
        };
        let confirmed = confirmed(&reply.value, users, &asked);
        Ok(reply.with(confirmed))
    }

    /// Drops these users' direct allocations; never sent with an empty list. May be repeated.
    pub async fn release_user_licenses(&self, users: &[UserId]) -> Result<()> {
        if users.is_empty() {
            return Err(empty_list(Method::Delete, Service::Portal));
        }
        let request = |url| {
            ApiRequest::new(Method::Delete, Service::Portal, url)
                .needs(WRITE)
                .entries(users.len())
                .json(&json!({ "userIds": users }))
        };
        let variant = self.variants.portal_release.starting_like(&self.variants.portal_users);
        let reply = self.portal(variant, &[], request).await?;
        Ok(reply.with(()))
    }
}

/// What the answer to an allocation says of the users that it was about.
fn confirmed(answer: &Value, users: &[UserId], asked: &Allocation) -> Vec<Allocation> {
    let as_asked = || {
        let entry = |user: &UserId| Allocation {
            user: *user,
            ..asked.clone()
        };
        users.iter().map(entry).collect()
    };
    let listed = match answer {
        Value::Array(listed) => listed.as_slice(),
        Value::Object(_) if member(answer, &["userId"]).is_some() => entries(answer),
        _ => return as_asked(),
    };
    if listed.is_empty() && asked.bundles.is_empty() {
        return as_asked();
    }
    let wanted: HashSet<_> = users.iter().collect();
    let spelled =
        |bundles: BundleSet| -> BundleSet { bundles.iter().map(|code| spelling(code, &asked.bundles)).collect() };
    listed
        .iter()
        .filter_map(|entry| {
            let read = allocation(entry)?;
            let held = member(entry, &["userBundleCodes", "userBundleLicenses"]).is_some();
            Some(Allocation {
                // An entry without codes confirms the user and says nothing against the codes.
                bundles: if held {
                    spelled(read.bundles)
                } else {
                    asked.bundles.clone()
                },
                ..read
            })
        })
        .filter(|allocation| wanted.contains(&allocation.user))
        .collect()
}

/// The code as it was asked for, if it differs in case only.
fn spelling(code: &BundleCode, asked: &BundleSet) -> BundleCode {
    let same = |known: &&BundleCode| known.as_str().eq_ignore_ascii_case(code.as_str());
    asked.iter().find(same).unwrap_or(code).clone()
}

/// A user and the bundles it holds directly.
fn allocation(value: &Value) -> Option<Allocation> {
    let held = member(value, &["userBundleCodes", "userBundleLicenses"]);
    Some(Allocation {
        user: UserId(member(value, &["userId", "id"]).and_then(guid)?),
        bundles: held.map(codes).unwrap_or_default(),
        external_license: flag(value, &["useExternalLicense"]).unwrap_or(false),
    })
}

fn seats(value: &Value) -> Option<Seats> {
    Some(Seats {
        code: code(value)?,
        total: member(value, &["total", "licensed"]).and_then(number)?,
        allocated: member(value, &["allocated", "used", "inUse"])
            .and_then(number)
            .unwrap_or(0),
    })
}
