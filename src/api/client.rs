//! The client: one session, and what the endpoints share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use url::Url;

use super::clock::now;
use super::endpoint_variant::KnownVariants;
use super::session::{ApiRequest, Reply, Session, SignedIn};
use super::urls::service_url;
use super::{
    AllocationRoute, Answer, CallError, CallStats, Certainty, Config, DepartureGate, ErrorCode, OwnCode, Routes, Seats,
};
use crate::event::{Method, Service};
use crate::model::{OrganizationId, UserId};
use crate::pace::{SimulatedTraffic, Spent};

/// What every endpoint gives.
pub(super) type Result<T> = std::result::Result<Answer<T>, CallError>;

/// The organization's API. Cheap to clone; every clone shares connections, token, quotas and counters.
#[derive(Clone)]
pub struct Client {
    pub(super) session: Session,
    pub(super) organization_id: OrganizationId,
    pub(super) variants: Arc<KnownVariants>,
    /// The address that those of users begin with.
    users: Arc<Url>,
}

impl Client {
    /// A client of the organization with this GUID. Nothing is sent yet.
    pub fn new(session: Session, organization_id: OrganizationId) -> Self {
        let users = service_url(&session.config, &session.config.routes.identity, &["api", "User"]);
        Self {
            session,
            organization_id,
            variants: Arc::default(),
            users: Arc::new(users),
        }
    }

    /// The same client with another reason to stop: for a call that has to be made although the run is being stopped.
    #[must_use]
    pub fn with_stop(&self, stop: CancellationToken) -> Self {
        let mut client = self.clone();
        client.session.stop = stop;
        client
    }

    /// The same client, with services looked for elsewhere: under another name of the organization, or below other routes.
    /// What this one has found out of routes is not known to it.
    #[must_use]
    pub fn at(&self, organization: String, routes: Routes) -> Self {
        Self::new(self.session.at(organization, routes), self.organization_id)
    }

    /// The same client, which asks before a call leaves that changes something; meant for one call. A call that may not
    /// leave ends as stopped.
    #[must_use]
    pub fn with_departure_gate(mut self, gate: DepartureGate) -> Self {
        self.session.departure = Some(gate);
        self
    }

    /// The same client, which repeats a call after a fault of the way at most this often.
    #[must_use]
    pub fn with_retries(&self, most: u32) -> Self {
        let mut client = self.clone();
        client.session.most_retries = most;
        client
    }

    /// What it has cost so far, by service and method.
    pub fn stats(&self) -> CallStats {
        self.session.stats()
    }

    /// What counts against the quotas now, for the next process to [`recall`](Self::recall).
    pub fn spent(&self) -> Vec<Spent> {
        self.session.traffic().pacer.spent(now())
    }

    /// Counts what an earlier process spent, ages as of now.
    pub fn recall(&self, spent: &[Spent]) {
        self.session.traffic().pacer.recall(spent, now());
    }

    /// What would become of calls from now on: the quotas as they are spent, and calls that take as long as the fastest did.
    pub fn simulated_traffic<T: Clone>(&self) -> SimulatedTraffic<T> {
        let traffic = self.session.traffic();
        let places = self.config().concurrency;
        SimulatedTraffic::new(
            traffic.pacer.clone(),
            places,
            traffic.fastest.unwrap_or_default(),
            now(),
        )
    }

    /// Signs in unless already signed in, and returns what is known about the session.
    pub async fn sign_in(&self) -> std::result::Result<SignedIn, CallError> {
        self.session.signed_in().await
    }

    /// The account this client acts as, where the token says so (`sub` of a JWT that is a GUID).
    pub async fn acting_user(&self) -> std::result::Result<Option<UserId>, CallError> {
        Ok(self.sign_in().await?.account)
    }

    /// The organization that its calls are for.
    pub fn organization_id(&self) -> OrganizationId {
        self.organization_id
    }

    /// The organization's name in the addresses of its calls.
    pub fn organization_name(&self) -> &str {
        &self.config().organization
    }

    /// The seats of each bundle as they were last read; `None` if they were not.
    pub fn inventory(&self) -> Option<Vec<Seats>> {
        self.variants.inventory.get()
    }

    /// Keeps the seats of each bundle as they were read just now.
    pub fn keep_inventory(&self, seats: Vec<Seats>) {
        self.variants.inventory.set(Some(seats));
    }

    /// By which route users' allocations are read, once that is known.
    pub fn allocation_route(&self) -> Option<AllocationRoute> {
        self.variants.allocation_route.get().map(|(route, _)| route)
    }

    /// The same, if a later process may go by it.
    pub fn lasting_allocation_route(&self) -> Option<AllocationRoute> {
        let known = self.variants.allocation_route.get();
        known.and_then(|(route, certainty)| (certainty == Certainty::Lasting).then_some(route))
    }

    /// Keeps by which route allocations are read.
    pub fn keep_allocation_route(&self, route: AllocationRoute, certainty: Certainty) {
        self.variants.allocation_route.set(Some((route, certainty)));
    }

    /// Forgets a route that no longer works.
    pub fn forget_allocation_route(&self) {
        self.variants.allocation_route.set(None);
    }

    pub(super) fn config(&self) -> &Config {
        &self.session.config
    }

    /// Makes a call to the licence service or the portal's licence routes. Should they have nothing for the organization,
    /// the error says what to check.
    pub(super) async fn license_call(&self, request: ApiRequest) -> std::result::Result<Reply, CallError> {
        let outcome = self.session.call(request).await;
        outcome.map_err(|error| self.naming_the_organization(error))
    }

    pub(super) fn naming_the_organization(&self, error: CallError) -> CallError {
        if error.code != ErrorCode::Own(OwnCode::NoAccountLicense) {
            return error;
        }
        let message = format!(
            "{}; check `organization_id` (or `RESEAT_ORGANIZATION_ID`), which is {}, and that user licence management is \
             enabled for the organization",
            error.message, self.organization_id
        );
        CallError { message, ..error }
    }

    pub(super) fn identity_url(&self, path: &[&str]) -> Url {
        service_url(self.config(), &self.config().routes.identity, path)
    }

    /// `{identity}/api/User/{user id}`
    pub(super) fn user_url(&self, id: UserId) -> Url {
        let mut url = Url::clone(&self.users);
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(&id.to_string());
        }
        url
    }

    /// `{license}/api/account/{organization id}/…`
    pub(super) fn license_url(&self, path: &[&str]) -> Url {
        let organization = self.organization_id.to_string();
        let whole = [&["api", "account", organization.as_str()], path].concat();
        service_url(self.config(), &self.config().routes.license, &whole)
    }
}

/// An empty list of ids might mean "all" to a bulk endpoint, so it is never sent.
pub(super) fn empty_list(method: Method, service: Service) -> CallError {
    let message = "the list of ids is empty, and an empty list is never sent";
    CallError::not_sent(method, service, OwnCode::EmptyList, message)
}

/// Adds what every listing takes.
pub(super) fn paged(mut url: Url, skip: u64, top: u32) -> Url {
    url.query_pairs_mut()
        .append_pair("top", &top.to_string())
        .append_pair("skip", &skip.to_string());
    url
}

/// What was found, `None` if the server says there is none.
pub(super) fn found<T>(outcome: Result<Option<T>>) -> Result<Option<T>> {
    match outcome {
        // A page for people is no answer about the thing that was asked for: the route is wrong. Nor is one about the
        // organization.
        Err(error)
            if error.status == Some(404)
                && !matches!(
                    error.code,
                    ErrorCode::Own(OwnCode::HtmlAnswer | OwnCode::NoAccountLicense)
                ) =>
        {
            Ok(absent(None, error))
        }
        other => other,
    }
}

/// The answer that the refusal is: there is nothing.
pub(super) fn absent<T>(nothing: T, error: CallError) -> Answer<T> {
    Answer {
        value: nothing,
        receipt: super::Receipt {
            http_status: 404,
            trace_id: error.trace_id,
            attempts: error.attempts,
            perhaps_done: error.perhaps_done,
        },
    }
}
