//! What the licence endpoints share: scopes, page size, and requests whose method or route differs between editions.

use url::Url;

use super::client::paged;
use super::endpoint_variant::{KnownVariant, Variant};
use super::session::{ApiRequest, Reply};
use super::urls::service_url;
use super::{CallError, Client, ErrorCode, OwnCode};
use crate::event::{Method, Service};

pub(super) const READ: &str = "PM.License.Read";
pub(super) const WRITE: &str = "PM.License.Write";

/// The most entries on a page: the licence services never give more, whatever `top` asks for.
pub(super) const MAX_PAGE: u32 = 50;

impl Client {
    /// Sends an allocation. It is a PUT and nothing else: POST on the same address reads (`uipath-api`, 10), so a server
    /// that takes no PUT has allocated nothing.
    pub(super) async fn allocate(&self, request: ApiRequest) -> Result<Reply, CallError> {
        self.license_call(request).await.map_err(|error| match error.status {
            Some(405) => {
                let message = format!("{}; check `license` under `routes`", error.message);
                CallError { message, ..error }
            }
            _ => error,
        })
    }

    /// Below which prefix the portal's licence routes answer here, with `{org}` for the organization's name; `None` as long
    /// as none has.
    pub fn portal_prefix(&self) -> Option<String> {
        let variants = &self.variants;
        let known = [&variants.portal_seats, &variants.portal_users, &variants.portal_groups];
        let is_doubled = known.into_iter().find_map(KnownVariant::is_second)?;
        let once = &self.config().routes.portal;
        Some(if is_doubled {
            format!("{once}/portal_")
        } else {
            once.clone()
        })
    }

    /// Sends a request to the portal's licence routes. They are undocumented, and known below one `portal_` as well as
    /// below two; whichever answers is used from then on.
    pub(super) async fn portal(
        &self,
        variant: &KnownVariant,
        path: &[&str],
        request: impl Fn(Url) -> ApiRequest,
    ) -> Result<Reply, CallError> {
        let once = &self.config().routes.portal;
        let request_to = |variant| {
            let prefix = match variant {
                Variant::First => once.clone(),
                Variant::Second => format!("{once}/portal_"),
            };
            let mut whole = vec!["api", "license", "accountant", "UserLicense"];
            whole.extend_from_slice(path);
            request(service_url(self.config(), &prefix, &whole))
        };
        // The portal may answer a wrong route with a web page and a good status.
        let html = ErrorCode::Own(OwnCode::HtmlAnswer);
        let is_wrong_variant = |error: &CallError| error.status == Some(404) || error.code == html;
        let outcome = variant.send(&self.session, request_to, is_wrong_variant).await;
        outcome.map_err(|error| self.naming_the_organization(error))
    }
}

/// A reading request to the portal.
pub(super) fn portal_get(url: Url) -> ApiRequest {
    // Some of these GETs answer 415 unless they declare a content type, although they have no body.
    ApiRequest::new(Method::Get, Service::Portal, url)
        .needs(READ)
        .declared_json()
}

/// A reading request to the portal for one page, of at most [`MAX_PAGE`] entries.
pub(super) fn portal_page(skip: u64, top: u32) -> impl Fn(Url) -> ApiRequest {
    move |url| portal_get(paged(url, skip, top.min(MAX_PAGE)))
}
