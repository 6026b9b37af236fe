//! One request as a handler sees it: its parts, the organization, and how to read a body or refuse it.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

use super::orders::Orders;
use super::quirks::Listings;
use super::reply::Reply;
use super::tokens::Tokens;
use super::{Config, World};
use crate::model::{GroupId, OrganizationId, UserId};

/// A request that was received whole.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Request {
    /// The path's segments, empty ones too: a doubled slash is another route.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    pub(super) fn bearer(&self) -> Option<&str> {
        self.header("authorization").strip_prefix("Bearer ").map(str::trim)
    }

    pub(super) fn is_json(&self) -> bool {
        self.header("content-type")
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    }

    /// The first value of a query parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.iter();
        let found = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Every value of a query parameter that may be repeated.
    pub(super) fn parameters(&self, name: &str) -> Vec<&str> {
        let pairs = self.query.iter();
        pairs
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// A request on its way through a handler.
pub(super) struct Context<'a> {
    pub(super) world: &'a mut World,
    pub(super) orders: &'a mut Orders,
    pub(super) tokens: &'a mut Tokens,
    pub(super) violations: &'a mut Vec<String>,
    pub(super) config: &'a Config,
    pub(super) organization: OrganizationId,
    pub(super) request: &'a Request,
    /// The path's variable segments, in order, without the organization.
    pub(super) arguments: Vec<&'a str>,
    pub(super) now: Timestamp,
    pub(super) trace_id: String,
}

/// One page of a listing as asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paging {
    pub(super) skip: usize,
    pub(super) top: usize,
}

/// Whether a listing has an order that holds from one page to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It has none.
    None,
    /// It was asked to be sorted, or is by itself.
    Sorted,
}

impl Paging {
    pub(super) fn cut<T>(self, items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        items.skip(self.skip).take(self.top)
    }
}

impl Context<'_> {
    /// The body as JSON, or 415 or 400.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Reply> {
        if !self.request.is_json() {
            return Err(Reply::problem(415, "Unsupported Media Type", &self.trace_id));
        }
        let mut reader = serde_json::Deserializer::from_slice(&self.request.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let place = match error.path().to_string().as_str() {
                "." => "$".to_owned(),
                path => format!("$.{path}"),
            };
            self.invalid(
                &place,
                &format!("The JSON value could not be converted. {}.", error.inner()),
            )
        })
    }

    /// 400 that names one field.
    pub(super) fn invalid(&self, field: &str, message: &str) -> Reply {
        Reply::validation(&self.trace_id, &json!({field: [message]}))
    }

    /// 404 in the identity service's shape.
    pub(super) fn not_found(&self) -> Reply {
        Reply::problem(404, "Not Found", &self.trace_id)
    }

    /// Whether the body's `partitionGlobalId` is this organization's.
    pub(super) fn check_organization(&self, given: Option<&str>) -> Result<(), Reply> {
        let given = given.unwrap_or_default();
        if Uuid::try_parse(given).is_ok_and(|id| id == self.organization.0) {
            Ok(())
        } else {
            Err(Reply::not_this_organization(given))
        }
    }

    fn guid(&self, position: usize, field: &str) -> Result<Uuid, Reply> {
        let text = self.arguments.get(position).copied().unwrap_or_default();
        Uuid::try_parse(text).map_err(|_| self.invalid(field, &format!("The value '{text}' is not valid.")))
    }

    /// A list of GUIDs in the body.
    pub(super) fn guids(&self, field: &str, texts: &[String]) -> Result<Vec<Uuid>, Reply> {
        let refused = |text: &str| self.invalid(field, &format!("The value '{text}' is not valid."));
        texts
            .iter()
            .map(|text| Uuid::try_parse(text).map_err(|_| refused(text)))
            .collect()
    }

    /// The user id in the path.
    pub(super) fn user_argument(&self, position: usize) -> Result<UserId, Reply> {
        self.guid(position, "userId").map(UserId)
    }

    /// The group id in the path.
    pub(super) fn group_argument(&self, position: usize) -> Result<GroupId, Reply> {
        self.guid(position, "groupId").map(GroupId)
    }

    /// The places in a listing of so many entries that a page shows, as steady as the quirks let it be. One that shifts
    /// repeats on its second page the last entry of the first, and never shows the last of all.
    pub(super) fn places(&self, paging: Paging, entries: usize, order: Order) -> impl Iterator<Item = usize> + use<> {
        let is_shifting = match self.config.quirks.listings {
            Listings::SteadyIfSorted => order == Order::None,
            Listings::Shifting => true,
            Listings::TotalTooLow | Listings::TotalTooHigh => false,
        };
        let by = usize::from(is_shifting && paging.skip > 0);
        // Shifted, the last of all comes first.
        paging
            .cut(0..entries)
            .map(move |place| place.checked_sub(by).unwrap_or(entries - by))
    }

    /// How many entries a listing says it has.
    pub(super) fn stated_total(&self, total: usize) -> usize {
        match self.config.quirks.listings {
            Listings::SteadyIfSorted | Listings::Shifting => total,
            Listings::TotalTooLow => total.saturating_sub(1),
            Listings::TotalTooHigh => total + 1,
        }
    }

    /// `top` and `skip` of the identity service: ten unless asked, a thousand at most, more is 400.
    pub(super) fn identity_paging(&self) -> Result<Paging, Reply> {
        let (skip, top) = (self.whole_number("skip", 0)?, self.whole_number("top", 10)?);
        if top > 1000 {
            return Err(self.invalid("top", "The field top must be between 0 and 1000."));
        }
        Ok(Paging { skip, top })
    }

    /// `top` and `skip` of the licence listings: fifty at most, whatever is asked for.
    pub(super) fn license_paging(&self) -> Result<Paging, Reply> {
        let (skip, top) = (self.whole_number("skip", 0)?, self.whole_number("top", 50)?);
        Ok(Paging { skip, top: top.min(50) })
    }

    fn whole_number(&self, name: &str, absent: usize) -> Result<usize, Reply> {
        let Some(text) = self.request.parameter(name) else {
            return Ok(absent);
        };
        let number = text.parse::<i32>().ok().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.invalid(name, &format!("The value '{text}' is not valid.")))
    }

    /// The accounts and people of the directory that these ids mean, or `refuse` where one is neither, or an account so
    /// fresh that it is not known here yet.
    pub(super) fn accounts(&self, ids: &[String], refuse: impl Fn(&str) -> Reply) -> Result<Vec<UserId>, Reply> {
        let lag = self.config.account_lag;
        let is_fresh = |made: Timestamp| !lag.is_zero() && self.now.duration_since(made).unsigned_abs() < lag;
        let known = |text: &String| {
            let id = text.parse::<UserId>().ok()?;
            let user = self.world.user(id).filter(|user| !is_fresh(user.creation_time));
            user.or_else(|| self.world.person(id)).map(|user| user.id)
        };
        ids.iter().map(|text| known(text).ok_or_else(|| refuse(text))).collect()
    }

    /// Makes accounts of those of these people whom only the directory knows, if that is when it happens.
    pub(super) fn take_in(&mut self, ids: &[UserId]) {
        if self.config.quirks.makes_accounts_at_sign_in {
            return;
        }
        for id in ids {
            let is_new = self.world.take_in(*id, self.now);
            if let Some(from) = self.readable_from().filter(|_| is_new) {
                self.world.hide_user_until(*id, from);
            }
        }
    }

    /// When something written now becomes readable.
    pub(super) fn readable_from(&self) -> Option<Timestamp> {
        let lag = self.config.consistency_lag;
        if lag.is_zero() {
            return None;
        }
        self.now.checked_add(lag).ok()
    }
}
