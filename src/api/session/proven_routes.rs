//! Which services and routes have answered with data: a page from one of them is a disturbance, one from another shows
//! that its address is wrong.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{ApiRequest, Effect};
use crate::event::{Method, Service};

/// What has answered with data so far.
#[derive(Debug, Default)]
pub(super) struct ProvenRoutes {
    services: BTreeSet<Service>,
    routes: BTreeSet<String>,
}

impl ProvenRoutes {
    /// This request was answered with data.
    pub(super) fn note(&mut self, request: &ApiRequest) {
        self.services.insert(request.service);
        if is_known_by_its_route(request) {
            self.routes.insert(route(request));
        }
    }

    /// Whether this request goes to where data came from before.
    pub(super) fn includes(&self, request: &ApiRequest) -> bool {
        if is_known_by_its_route(request) {
            self.routes.contains(&route(request))
        } else {
            self.services.contains(&request.service)
        }
    }
}

/// Whether another route of the same service says nothing of this one: installations differ in the routes that they
/// have for the portal, for reading licences and for taking them away, and answer the others with a page (`uipath-api`, 9
/// and 10).
fn is_known_by_its_route(request: &ApiRequest) -> bool {
    match request.service {
        Service::Portal => true,
        Service::License => request.effect == Effect::Read || request.method == Method::Delete,
        Service::Identity | Service::Token => false,
    }
}

/// The method and the path without the ids in it.
fn route(request: &ApiRequest) -> String {
    let segments = request.url.path_segments().into_iter().flatten();
    let named = segments.filter(|segment| Uuid::try_parse(segment).is_err());
    format!("{} {}", request.method, named.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(service: Service, method: Method, path: &str) -> ApiRequest {
        let url = format!("https://cloud.example/{path}").parse().unwrap();
        ApiRequest::new(method, service, url)
    }

    #[test]
    fn one_route_of_the_portal_proves_no_other_and_any_route_of_the_identity_service_proves_it() {
        const ID: &str = "11111111-1111-1111-1111-111111111111";
        const OTHER: &str = "22222222-2222-2222-2222-222222222222";
        let mut proven = ProvenRoutes::default();
        let portal =
            |form: &str, id: &str| request(Service::Portal, Method::Get, &format!("portal_/{form}/{id}/seats"));
        let update = request(Service::Identity, Method::Put, "identity_/api/User/1");
        assert!(!proven.includes(&update) && !proven.includes(&portal("api", ID)));
        proven.note(&portal("api", ID));
        proven.note(&request(Service::Identity, Method::Get, "identity_/api/User"));
        assert!(proven.includes(&portal("api", OTHER)));
        assert!(!proven.includes(&portal("portal_/api", ID)));
        assert!(proven.includes(&update));
    }

    #[test]
    fn a_route_that_reads_licences_proves_that_the_service_is_there_for_documented_changes_only() {
        let mut proven = ProvenRoutes::default();
        proven.note(&request(Service::License, Method::Get, "lease_/api/a"));
        assert!(!proven.includes(&request(Service::License, Method::Get, "lease_/api/b")));
        assert!(proven.includes(&request(Service::License, Method::Put, "lease_/api/b")));
        assert!(!proven.includes(&request(Service::License, Method::Delete, "lease_/api/b")));
    }
}
