//! Seats that members of a group hold by its licence rule: who holds them, giving them back, and taking the rule away.
//!
//! The portal's routes for this are known to work, one member a call. UiPath's own schema has routes of the licence
//! accountant for the same, and one for many members; whether an application may call these has to be tried
//! (`uipath-api`, 3.5 and 10).

use serde_json::{Value, json};

use super::allocations::{allocation, released};
use super::client::{Result, absent, empty_list, paged};
use super::document::Json;
use super::endpoint_variant::{KnownVariant, LeaseListing};
use super::json::page_from;
use super::license_service::{MAX_PAGE, READ, WRITE, portal_page};
use super::session::{ApiRequest, Reply};
use super::{Answer, CallError, Client, Evidence, Lease, LeaseRoute, Page, Receipt, ReleaseReply, ToldTime};
use crate::event::{Method, Service};
use crate::model::{GroupId, UserId};

impl Client {
    /// One page (at most 50) of those who hold seats by the group's rule. Whichever listing answers is used from then on.
    pub async fn leases(&self, group: GroupId, skip: u64, top: u32) -> Result<Page<Lease>> {
        let known = self.variants.lease_listing.get();
        let capabilities = self.config().capabilities;
        let offered = [
            (LeaseListing::Documented, capabilities.group_quotas),
            (LeaseListing::Portal, capabilities.portal),
            (LeaseListing::OfTheSchema, true),
        ];
        let tried = offered.into_iter().filter(|(_, is_offered)| *is_offered);
        let tried: Vec<LeaseListing> = match known {
            Some(known) => vec![known],
            None => tried.map(|(listing, _)| listing).collect(),
        };
        let mut unanswered: Option<CallError> = None;
        for listing in tried {
            let reply = self.lease_page(listing, group, skip, top).await;
            let what = "a listing of the seats held by a group's rule";
            match reply.and_then(|reply| reply.read(what, |value| leases_of(skip, value))) {
                Ok(answer) => {
                    self.variants.lease_listing.set(Some(listing));
                    return Ok(answer);
                }
                Err(error) if error.shows_unusable_route() => {
                    unanswered.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match unanswered {
            // The listing works for other groups, so this one has no rule.
            Some(error) if known.is_some() && error.status == Some(404) && !error.is_page() => {
                Ok(absent(nobody_listed(), error))
            }
            Some(error) => Err(error),
            None => Ok(Answer {
                value: nobody_listed(),
                receipt: Receipt::default(),
            }),
        }
    }

    async fn lease_page(
        &self,
        listing: LeaseListing,
        group: GroupId,
        skip: u64,
        top: u32,
    ) -> std::result::Result<Reply, CallError> {
        let id = group.to_string();
        let top = top.min(MAX_PAGE);
        let last = match listing {
            LeaseListing::Portal => {
                let path = ["group", id.as_str(), "allocations"];
                let variant = self.like_its_siblings(&self.variants.portal_leases);
                return self.portal(variant, &path, portal_page(skip, top)).await;
            }
            LeaseListing::Documented => "bulk-users",
            LeaseListing::OfTheSchema => "user",
        };
        let url = paged(self.license_url(&["user-license", "group", &id, last]), skip, top);
        self.license_call(ApiRequest::new(Method::Get, Service::License, url).needs(READ))
            .await
    }

    /// Gives back the seat that this user holds by the group's rule; may be repeated.
    ///
    /// Where there is a portal its route is used, which is known to work, and the licence accountant's where it does not
    /// answer. The answer has no body, so that of a route that nobody has seen at work proves nothing yet.
    pub async fn release_lease(&self, group: GroupId, user: UserId) -> Result<Evidence> {
        let (group, user) = (group.to_string(), user.to_string());
        let portal = &self.variants.portal_end_lease;
        let path = ["group", group.as_str(), "user", user.as_str()];
        self.taken_away(portal, (&path, None), &path).await
    }

    /// Gives back the seats that these users hold by the group's rule, in one call of the licence accountant; never sent
    /// with an empty list. May be repeated. One reply for each user, in their order.
    ///
    /// The schema has no body for the answer. Where one names users, it is read like that of
    /// [`release_user_licenses`](Self::release_user_licenses).
    pub async fn release_leases(&self, group: GroupId, users: &[UserId]) -> Result<Vec<ReleaseReply>> {
        if users.is_empty() {
            return Err(empty_list(Method::Delete, Service::License));
        }
        let url = self.license_url(&["user-license", "group", &group.to_string(), "user"]);
        let request = ApiRequest::new(Method::Delete, Service::License, url)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!({ "userIds": users }));
        let reply = self.license_call(request).await?;
        let replies = released(reply.json(), users);
        Ok(reply.with(replies))
    }

    /// Takes the group's licence rule away, and with it the seats held by it; may be repeated. By the portal's route or the
    /// licence accountant's, as for [`release_lease`](Self::release_lease).
    pub async fn clear_group_rule(&self, group: GroupId) -> Result<Evidence> {
        let id = group.to_string();
        let portal = &self.variants.portal_end_rule;
        let body = json!({ "id": id });
        self.taken_away(portal, (&["group"], Some(&body)), &["group", &id])
            .await
    }

    /// Sends a DELETE to the portal, where there is one, and to the licence accountant where the portal's route does not
    /// answer.
    async fn taken_away(
        &self,
        portal: &KnownVariant,
        (path, body): (&[&str], Option<&Value>),
        license_path: &[&str],
    ) -> Result<Evidence> {
        let mut unanswered = None;
        if self.config().capabilities.portal {
            let variant = self.like_its_siblings(portal);
            let request = |url| {
                let request = ApiRequest::new(Method::Delete, Service::Portal, url).needs(WRITE);
                match body {
                    Some(body) => request.json(body),
                    None => request,
                }
            };
            match self.portal(variant, path, request).await {
                Ok(reply) => return Ok(reply.with(Evidence::Enough)),
                Err(error) if error.shows_unusable_route() && !variant.is_known() => unanswered = Some(error),
                Err(error) => return Err(error),
            }
        }
        let whole: Vec<&str> = ["user-license"].iter().chain(license_path).copied().collect();
        let request = ApiRequest::new(Method::Delete, Service::License, self.license_url(&whole)).needs(WRITE);
        match self.license_call(request).await {
            Ok(reply) => Ok(reply.with(self.variants.license_evidence.get().unwrap_or(Evidence::Wanting))),
            // What the portal says is about the route that the documents of others know.
            Err(error) if error.shows_unusable_route() => Err(unanswered.unwrap_or(error)),
            Err(error) => Err(error),
        }
    }

    fn like_its_siblings<'a>(&self, variant: &'a KnownVariant) -> &'a KnownVariant {
        let variants = &self.variants;
        let siblings = [&variants.portal_seats, &variants.portal_users, &variants.portal_leases];
        siblings
            .into_iter()
            .fold(variant, |variant, sibling| variant.starting_like(sibling))
    }

    /// The service whose listing of the seats held by rules answers here, once that is known.
    pub fn lease_service(&self) -> Option<Service> {
        self.variants.lease_listing.get().map(|listing| match listing {
            LeaseListing::Portal => Service::Portal,
            LeaseListing::Documented | LeaseListing::OfTheSchema => Service::License,
        })
    }

    /// Reading has shown that the licence accountant's routes that answer with [`Evidence::Wanting`] do what they say.
    pub fn trust_license_routes(&self) {
        self.variants.license_evidence.set(Some(Evidence::Enough));
    }

    /// How many members' seats can be given back in a call here, once that is known.
    pub fn lease_route(&self) -> Option<LeaseRoute> {
        self.variants.lease_route.get()
    }

    /// Keeps how many members' seats can be given back in a call.
    pub fn keep_lease_route(&self, route: LeaseRoute) {
        self.variants.lease_route.set(Some(route));
    }
}

fn leases_of(skip: u64, value: Json<'_>) -> Option<Page<Lease>> {
    page_from(skip, value, |entry| {
        let held = allocation(entry)?;
        Some(Lease {
            user: held.user,
            bundles: held.bundles,
            last_in_use: ToldTime::read(entry, "lastInUse"),
            is_orphan: held.is_orphan,
        })
    })
}

fn nobody_listed() -> Page<Lease> {
    Page {
        items: Vec::new(),
        received: 0,
        total: Some(0),
    }
}
