//! The web portal's back end, which alone reads and releases direct allocations (`uipath-api`, 3.5).

use serde_json::{Value, json};
use url::Url;

use super::address::service_url;
use super::client::{Result, empty_list, paged};
use super::learned::{Learned, Way};
use super::licenses::{MOST_ON_A_PAGE, READ, WRITE, allocation};
use super::read::{code, entries, member, number, page};
use super::session::{Call, Reply};
use super::{Allocation, CallError, Client, ErrorCode, Failure, OwnCode, Page, Seats};
use crate::event::{Method, Service};
use crate::model::UserId;

impl Client {
    /// Seats per bundle: the portal's inventory, or the licence summary where the portal does not answer.
    pub async fn seats(&self) -> Result<Vec<Seats>> {
        let call = PortalCall {
            path: &[],
            request: PortalRequest::Read(None),
        };
        let inventory = self.portal(&self.memory.portal_seats, &call).await;
        let seats_of = |value: &Value| page(value, seats).map(|page| page.items);
        let unanswered = match inventory.and_then(|reply| reply.read("an inventory of seats", seats_of)) {
            Err(error) if error.failure == Failure::Refused => error,
            other => return other,
        };
        let organization = self.config().organization_id.to_string();
        let path = ["api", "account", &organization, "license-summary"];
        let url = service_url(self.config(), "{org}/license_", &path);
        let call = Call::new(Method::Get, Service::License, url).needs(READ);
        let summary = self.session.call(call).await;
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
        let call = PortalCall {
            path: &["user", "page"],
            request: PortalRequest::Read(Some((skip, top.min(MOST_ON_A_PAGE)))),
        };
        let reply = self.portal(&self.memory.portal_users, &call).await?;
        reply.read("a listing of licensed users", |value| page(value, allocation))
    }

    /// Drops these users' direct allocations; never sent with an empty list. May be repeated.
    pub async fn release_user_licenses(&self, users: &[UserId]) -> Result<()> {
        if users.is_empty() {
            return Err(empty_list(Method::Delete, Service::Portal));
        }
        let call = PortalCall {
            path: &[],
            request: PortalRequest::Release(users),
        };
        let learned = self.memory.portal_release.likely_as(&self.memory.portal_users);
        let reply = self.portal(learned, &call).await?;
        Ok(reply.with(()))
    }

    /// Below `portal_`, or below a second `portal_`, whichever answers (`uipath-api`, 3.5).
    pub(super) async fn portal(
        &self,
        learned: &Learned,
        call: &PortalCall<'_>,
    ) -> std::result::Result<Reply, CallError> {
        let once = &self.config().routes.portal;
        let below = |way| {
            let prefix = match way {
                Way::First => once.clone(),
                Way::Second => format!("{once}/portal_"),
            };
            let mut path = vec!["api", "license", "accountant", "UserLicense"];
            path.extend_from_slice(call.path);
            let url = service_url(self.config(), &prefix, &path);
            call.below(url)
        };
        let html = ErrorCode::Own(OwnCode::HtmlAnswer);
        let is_wrong_way = |error: &CallError| error.status == Some(404) || error.code == html;
        learned.on_either(&self.session, below, is_wrong_way).await
    }
}

/// A call to the portal's licence routes.
pub(super) enum PortalRequest<'a> {
    /// Reads, a page of a listing or everything.
    Read(Option<(u64, u32)>),
    /// Drops the direct rows of these users.
    Release(&'a [UserId]),
}

/// What is asked of which of the portal's licence routes.
pub(super) struct PortalCall<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) request: PortalRequest<'a>,
}

impl PortalCall<'_> {
    fn below(&self, url: Url) -> Call {
        // Some of these GETs answer 415 unless a content type is declared.
        let get = |url| Call::new(Method::Get, Service::Portal, url).needs(READ).declared_json();
        match self.request {
            PortalRequest::Read(None) => get(url),
            PortalRequest::Read(Some((skip, top))) => get(paged(url, skip, top)),
            PortalRequest::Release(users) => Call::new(Method::Delete, Service::Portal, url)
                .needs(WRITE)
                .entries(users.len())
                .json(&json!({ "userIds": users })),
        }
    }
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
