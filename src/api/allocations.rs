//! Users' direct allocations, and the organization's seats.
//!
//! The licence accountant alone writes allocations, by PUT; the web portal's back end lists and releases them.

use std::collections::HashSet;

use serde_json::json;

use super::client::{Result, empty_list};
use super::document::Json;
use super::json::{code, codes, flag, guid, guids, member, members, number, page_from, text, truth};
use super::license_service::{READ, WRITE, portal_get, portal_page};
use super::session::ApiRequest;
use super::urls::service_url;
use super::{Allocation, Client, Failure, LicensedUser, Page, ReleaseReply, ReleaseRoute, Seats, ToldTime};
use crate::event::{Method, Service};
use crate::model::{BundleSet, UserId};
use crate::text::clean;

/// More letters of a bundle's name are cut.
const MOST_OF_NAME: usize = 100;

/// The members that hold a user's bundles.
const HELD: [&str; 2] = ["userBundleCodes", "userBundleLicenses"];

impl Client {
    /// Seats per bundle: the portal's inventory, the licence accountant's own where the portal does not answer, or the
    /// licence summary where neither does.
    pub async fn seats(&self) -> Result<Vec<Seats>> {
        let seats = self.read_seats().await?;
        self.keep_inventory(seats.value.clone());
        Ok(seats)
    }

    async fn read_seats(&self) -> Result<Vec<Seats>> {
        let mut unanswered = None;
        if self.config().capabilities.portal {
            match self.portals_seats().await {
                Err(error) if error.failure == Failure::Refused => unanswered = Some(error),
                other => return other,
            }
        }
        match self.license_services_seats().await {
            Err(error) if error.failure == Failure::Refused => {
                unanswered.get_or_insert(error);
            }
            other => return other,
        }
        self.summary_of_seats().await.map_err(|error| match error.failure {
            Failure::Refused => unanswered.unwrap_or(error),
            _ => error,
        })
    }

    /// The portal's inventory of seats (`GET UserLicense`; `uipath-api`, 3.5).
    pub async fn portals_seats(&self) -> Result<Vec<Seats>> {
        let reply = self.portal(&self.variants.portal_seats, &[], portal_get).await?;
        reply.read("an inventory of seats", inventory_of)
    }

    /// The licence accountant's own inventory of seats (`GET …/user-license`; `uipath-api`, 10).
    pub async fn license_services_seats(&self) -> Result<Vec<Seats>> {
        let url = self.license_url(&["user-license"]);
        let request = ApiRequest::new(Method::Get, Service::License, url).needs(READ);
        let reply = self.license_call(request).await?;
        reply.read("an inventory of seats", inventory_of)
    }

    /// The seats in the licence summary (`GET license_/…/license-summary`; `uipath-api`, 3.4).
    pub async fn summary_of_seats(&self) -> Result<Vec<Seats>> {
        let organization = self.organization_id.to_string();
        let path = ["api", "account", &organization, "license-summary"];
        let url = service_url(self.config(), "{org}/license_", &path);
        let request = ApiRequest::new(Method::Get, Service::License, url).needs(READ);
        let reply = self.session.call(request).await?;
        reply.read("a licence summary", |value| {
            let inner = value.entries().next()?;
            inventory_of(member(inner, &["userLicenses", "userBundles", "users"])?)
        })
    }

    /// One page (at most 50) of the users with a direct allocation (`GET UserLicense/user/page`; `uipath-api`, 3.5).
    pub async fn licensed_users(&self, skip: u64, top: u32) -> Result<Page<LicensedUser>> {
        let variant = &self.variants.portal_users;
        let reply = self.portal(variant, &["user", "page"], portal_page(skip, top)).await?;
        reply.read("a listing of licensed users", |value| {
            page_from(skip, value, licensed_user)
        })
    }

    /// These users' direct bundles become exactly these; may be repeated.
    ///
    /// What is returned is what the server says they hold now: one entry for each of these users that its answer names.
    /// A user it does not name is not confirmed, and an entry may hold fewer bundles than asked.
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
        let reply = self.allocate(request).await?;
        let confirmed = confirmed(reply.json(), users, bundles);
        Ok(reply.with(confirmed))
    }

    /// How [`release_user_licenses`](Self::release_user_licenses) releases, as far as earlier calls to the portal tell.
    pub fn release_route(&self) -> ReleaseRoute {
        let variants = &self.variants;
        let answers = [
            &variants.portal_seats,
            &variants.portal_users,
            &variants.portal_groups,
            &variants.portal_leases,
            &variants.portal_release,
        ];
        // Routes about one group may be answered as if they were not there when it has no rule.
        let is_missing = variants.portal_seats.is_missing() || variants.portal_users.is_missing();
        match self.config().capabilities.portal {
            false => ReleaseRoute::LicenseService,
            true if is_missing && !answers.iter().any(|variant| variant.is_known()) => ReleaseRoute::MissingPortal,
            true => ReleaseRoute::Portal,
        }
    }

    /// Drops these users' direct allocations; never sent with an empty list. May be repeated. One reply for each user,
    /// in their order.
    ///
    /// Where there is a portal its route is used, which is known to work for people and applications; the licence
    /// accountant's own is meant for services (`uipath-api`, 10).
    pub async fn release_user_licenses(&self, users: &[UserId]) -> Result<Vec<ReleaseReply>> {
        let has_portal = self.config().capabilities.portal;
        let service = if has_portal { Service::Portal } else { Service::License };
        if users.is_empty() {
            return Err(empty_list(Method::Delete, service));
        }
        let request = |url| {
            ApiRequest::new(Method::Delete, service, url)
                .needs(WRITE)
                .entries(users.len())
                .json(&json!({ "userIds": users }))
        };
        let reply = if has_portal {
            let variants = &self.variants;
            let variant = variants.portal_release.starting_like(&variants.portal_seats);
            let variant = variant.starting_like(&variants.portal_users);
            self.portal(variant, &[], request).await?
        } else {
            let url = self.license_url(&["user-license"]);
            self.license_call(request(url)).await?
        };
        let released = released(reply.json(), users);
        Ok(reply.with(released))
    }
}

/// What the answer to an allocation says of the users that it was about. An entry without codes confirms its user and
/// says nothing against the codes; that somebody has no licence at all is only believed where it is said.
fn confirmed(answer: Json<'_>, users: &[UserId], asked: &BundleSet) -> Vec<Allocation> {
    let wanted: HashSet<_> = users.iter().collect();
    let entries = answer.entries().filter_map(|entry| {
        let read = allocation(entry)?;
        let says_codes = member(entry, &HELD).is_some();
        (says_codes || !asked.is_empty()).then(|| Allocation {
            bundles: if says_codes { read.bundles } else { asked.clone() },
            ..read
        })
    });
    entries.filter(|allocation| wanted.contains(&allocation.user)).collect()
}

/// What the answer to a release says of each user: `{successfulUserIds, failedUserIds}` even where some could not be
/// released (`uipath-api`, 10). An answer without these lists, as the portal gives it, is about all of them; one whose lists
/// hold anything but ids says nothing of whom they do not name.
pub(super) fn released(answer: Json<'_>, users: &[UserId]) -> Vec<ReleaseReply> {
    let names = ["successfulUserIds", "failedUserIds"];
    let [successful, failed] = names.map(|name| guids(answer, &[name]).map(UserId).collect::<HashSet<_>>());
    let [lists_successful, lists_failed] = names.map(|name| member(answer, &[name]));
    let is_unreadable = |list: Json<'_>| list.entries().any(|entry| guid(entry).is_none());
    let is_silent = lists_successful.is_some() || lists_failed.is_some_and(is_unreadable);
    let reply = |user| match user {
        user if failed.contains(user) => ReleaseReply::Failed,
        user if successful.contains(user) || !is_silent => ReleaseReply::Released,
        _ => ReleaseReply::Missing,
    };
    users.iter().map(reply).collect()
}

/// A user and the bundles it holds.
pub(super) fn allocation(value: Json<'_>) -> Option<Allocation> {
    let [codes_held, licenses] = HELD;
    let names = ["userId", codes_held, "useExternalLicense", "orphan", licenses, "id"];
    let found = members(value, names).map(|member| member.filter(|value| !value.is_null()));
    let [user, bundles, external, orphan, others, id] = found;
    Some(Allocation {
        user: UserId(user.or(id).and_then(guid)?),
        bundles: bundles.or(others).map(codes).unwrap_or_default(),
        external_license: external.and_then(truth).unwrap_or(false),
        is_orphan: orphan.and_then(truth).unwrap_or(false),
        last_in_use: ToldTime::read(value, "lastInUse"),
    })
}

fn licensed_user(value: Json<'_>) -> Option<LicensedUser> {
    let is_there = flag(value, &["orphan"]) == Some(false);
    let address = text(value, &["email"]);
    Some(LicensedUser {
        held: allocation(value)?,
        address: (is_there && !address.is_empty()).then(|| address.into()),
    })
}

fn inventory_of(value: Json<'_>) -> Option<Vec<Seats>> {
    page_from(0, value, seats).map(|page| page.items)
}

fn seats(value: Json<'_>) -> Option<Seats> {
    Some(Seats {
        code: code(value)?,
        total: member(value, &["total", "licensed"]).and_then(number)?,
        allocated: member(value, &["allocated", "used", "inUse"])
            .and_then(number)
            .unwrap_or(0),
        name: Some(clean(&text(value, &["name", "displayName"]), MOST_OF_NAME)).filter(|name| !name.is_empty()),
    })
}
