//! An organization that answers a client's reads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use crate::api::{BaseUrl, Client, Config, Credentials, Session};
use crate::event::silent;
use crate::model::{GroupId, OrganizationId, UserId};
use crate::wire::{Request, Response, Transport, TransportError};

/// How names are resolved in bulk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolver {
    /// With regard to case.
    Exact,
    /// Every call is refused.
    Broken,
    /// Every call is answered 401.
    SignedOut,
}

/// What the licence accountant's undocumented reads answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Licenses {
    /// There is none of them.
    Unknown,
    /// The bulk read answers.
    Rightly,
    /// The bulk read answers, and names nobody.
    AllAsNone,
    /// Only single allocations can be read.
    OneByOne,
}

/// Where it is told which groups users are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupsTold {
    /// Wherever a user is.
    Everywhere,
    /// By the user's own address, and not in listings.
    Singly,
    /// By the group's listing of members.
    ByGroup,
    /// Nowhere.
    Nowhere,
    /// With every user, but the organization's groups are not listed.
    WithoutListing,
}

/// What there is. User `7` is `user7@corp.example` and in group 0, and holds a licence.
pub(super) struct Organization {
    pub(super) users: usize,
    /// Whether listings of users say how many there are.
    pub(super) tells_total: bool,
    pub(super) resolver: Resolver,
    pub(super) portal: bool,
    pub(super) licenses: Licenses,
    pub(super) administrator: Option<usize>,
    pub(super) groups: GroupsTold,
    pub(super) log: Log,
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<BTreeMap<&'static str, usize>>>);

impl Log {
    pub(super) fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    pub(super) fn counts(&self) -> Vec<(&'static str, usize)> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|(what, count)| (*what, *count))
            .collect()
    }
}

pub(super) fn user_id(number: usize) -> UserId {
    UserId(Uuid::from_u128(0x1000 + number as u128))
}

/// 0 is `Developers`, 1 the built-in `Administrators`.
pub(super) fn group_id(number: u128) -> GroupId {
    GroupId(Uuid::from_u128(0x2000 + number))
}

impl Organization {
    pub(super) fn of_users(users: usize) -> Self {
        Self {
            users,
            tells_total: true,
            resolver: Resolver::Exact,
            portal: true,
            licenses: Licenses::Unknown,
            administrator: None,
            groups: GroupsTold::Everywhere,
            log: Log::default(),
        }
    }

    pub(super) fn open(self) -> (Client, Log) {
        let log = self.log.clone();
        let mut config = Config::new(
            BaseUrl::parse("https://cloud.example").unwrap(),
            "acme",
            Credentials::Token("token".into()),
        );
        config.seed = Some(1);
        let session = Session::new(Arc::new(self), config, silent(), CancellationToken::new());
        let client = Client::new(session, OrganizationId(Uuid::from_u128(1)));
        (client, log)
    }

    /// A user as listings have it.
    fn listed(&self, number: usize) -> Value {
        let mut user = self.user(number);
        match self.groups {
            GroupsTold::Everywhere | GroupsTold::WithoutListing => {}
            GroupsTold::Singly => drop(user.as_object_mut().unwrap().remove("groupIDs")),
            GroupsTold::ByGroup | GroupsTold::Nowhere => user["groupIDs"] = Value::Null,
        }
        user
    }

    fn user(&self, number: usize) -> Value {
        let groups = if self.administrator == Some(number) {
            vec![group_id(0), group_id(1)]
        } else {
            vec![group_id(0)]
        };
        let address = format!("user{number}@corp.example");
        json!({"id": user_id(number), "userName": address, "email": address, "isActive": true, "invitationAccepted": true, "groupIDs": groups})
    }

    fn answer(&self, path: &[&str], url: &Url, body: &Value) -> (&'static str, u16, Value) {
        let whose = |address: &str| {
            let number = address
                .strip_prefix("user")?
                .strip_suffix("@corp.example")?
                .parse()
                .ok()?;
            (number < self.users).then_some(number)
        };
        match path {
            [.., "User", "users", _] => {
                let (what, numbers) = match parameter(url, "searchTerm") {
                    None => ("list", (0..self.users).collect()),
                    Some(term) => ("search", Vec::from_iter(whose(&term.to_lowercase()))),
                };
                let mut page = page(url, numbers.into_iter().map(|number| self.listed(number)));
                if !self.tells_total {
                    page.as_object_mut().unwrap().remove("totalCount");
                }
                (what, 200, page)
            }
            [.., "User", id] => {
                let number = (0..self.users).find(|number| user_id(*number).to_string() == *id);
                let user = |number| match self.groups {
                    GroupsTold::Singly => self.user(number),
                    _ => self.listed(number),
                };
                number.map_or(("get", 404, json!({})), |number| ("get", 200, user(number)))
            }
            [.., "BulkResolveByName", _] => {
                let names = body["entityNames"].as_array().unwrap().iter().filter_map(Value::as_str);
                let entity = |name: &str| {
                    whose(name)
                        .map(|number| json!({"identifier": user_id(number), "email": name, "identityName": name}))
                };
                let answer: Value = names.map(|name| (name.to_owned(), json!(entity(name)))).collect();
                match self.resolver {
                    Resolver::Exact => ("resolve", 200, answer),
                    Resolver::Broken => ("resolve", 400, json!({"title": "no"})),
                    Resolver::SignedOut => ("resolve", 401, json!({})),
                }
            }
            [.., "Members"] if self.groups == GroupsTold::Nowhere => ("members", 404, json!({})),
            [.., "Group", _] if self.groups == GroupsTold::WithoutListing => ("groups", 200, json!([])),
            [.., "Members"] => {
                let members = self
                    .administrator
                    .into_iter()
                    .map(|number| json!({"id": user_id(number), "type": 0}));
                ("members", 200, page(url, members))
            }
            [.., "Group", _] => {
                let group = |number, name, kind| json!({"id": group_id(number), "name": name, "type": kind});
                (
                    "groups",
                    200,
                    json!([group(0, "Developers", 1), group(1, "Administrators", 0)]),
                )
            }
            [.., "groups", "with-quota"] => ("rules", 200, page(url, std::iter::once(rule()))),
            [.., "with-quota"] => ("rule", 200, rule()),
            [.., "license", "users"] if matches!(self.licenses, Licenses::Rightly | Licenses::AllAsNone) => {
                let asked = body["userIds"].as_array().unwrap().iter();
                let known = |id: &&Value| (0..self.users).any(|number| json!(user_id(number)) == **id);
                let rows: Vec<Value> = asked
                    .filter(|id| self.licenses == Licenses::Rightly && known(id))
                    .map(|id| json!({"userId": id, "userBundleCodes": ["ATTUNU"], "inheritedFromGroup": false}))
                    .collect();
                ("licenses", 200, json!(rows))
            }
            [.., "user", id, "allocation"] if self.licenses == Licenses::OneByOne => {
                let number = (0..self.users).find(|number| user_id(*number).to_string() == *id);
                number.map_or(("license", 404, json!({})), |number| {
                    let row = json!({"id": user_id(number), "userBundleLicenses": ["ATTUNU"]});
                    ("license", 200, row)
                })
            }
            [.., "user", "page"] if self.portal => {
                let row = |number| json!({"id": user_id(number), "userBundleLicenses": ["ATTUNU"]});
                let mut page = page(url, (0..self.users).map(row));
                page.as_object_mut().unwrap().remove("totalCount");
                ("licensed", 200, page)
            }
            [.., "accountant", "UserLicense"] if self.portal => (
                "seats",
                200,
                json!([{"code": "ATTUNU", "total": 200, "allocated": 120}]),
            ),
            _ => ("unknown", 404, json!({})),
        }
    }
}

fn rule() -> Value {
    json!({
        "groupRule": {"id": group_id(0), "groupId": group_id(0), "name": "Developers", "userBundleLicenses": ["ATTUNU"], "userBundleCodes": ["ATTUNU"]},
        "quotas": [],
    })
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let (_, value) = url.query_pairs().find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

fn page(url: &Url, entries: impl Iterator<Item = Value>) -> Value {
    let number = |name| parameter(url, name).and_then(|value| value.parse::<usize>().ok());
    let entries: Vec<Value> = entries.collect();
    let results: Vec<&Value> = entries
        .iter()
        .skip(number("skip").unwrap_or(0))
        .take(number("top").unwrap_or(10))
        .collect();
    json!({"totalCount": entries.len(), "results": results})
}

impl Transport for Organization {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let path: Vec<&str> = request.url.path().split('/').collect();
        let body = request
            .body
            .as_deref()
            .map_or(Value::Null, |body| serde_json::from_slice(body).unwrap_or_default());
        let (what, status, answer) = self.answer(&path, &request.url, &body);
        *self.log.0.lock().unwrap().entry(what).or_default() += 1;
        ready(Ok(Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: answer.to_string().into_bytes(),
        }))
        .boxed()
    }
}
