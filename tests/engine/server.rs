//! The organization's API as a transport: carries calls out on a [`World`], slowly enough that calls overlap,
//! and watches what is sent at once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use reseat::event::Method;
use reseat::model::{BundleSet, GroupId, UserId};
use reseat::wire::{Reach, Request, Response, Transport, TransportError};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::model::{Account, World};

/// How long a call takes.
pub(crate) const CALL: Duration = Duration::from_millis(100);

/// What a call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    List,
    Allocations,
    Seats,
    Invite(Vec<String>),
    Update(UserId),
    Members(GroupId, Vec<UserId>),
    Allocate(Vec<UserId>, BundleSet),
    Release(Vec<UserId>),
    Delete(Vec<UserId>),
}

impl What {
    pub(crate) fn is_write(&self) -> bool {
        !matches!(self, Self::List | Self::Allocations | Self::Seats)
    }

    pub(crate) fn users(&self) -> Vec<UserId> {
        match self {
            Self::Update(user) => vec![*user],
            Self::Members(_, users) | Self::Allocate(users, _) | Self::Release(users) | Self::Delete(users) => {
                users.clone()
            }
            Self::List | Self::Allocations | Self::Seats | Self::Invite(_) => Vec::new(),
        }
    }

    /// How many entries the call has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Invite(emails) => emails.len(),
            other => other.users().len(),
        }
    }
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is refused with this status.
    Refused(u16),
    /// It is carried out, and its answer is lost.
    LostAfter,
    /// It is lost on its way.
    LostBefore,
}

/// What happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happened {
    Sent(What),
    Answered(What, u16),
    Recorded(u32, String),
}

type Judge = Box<dyn Fn(&What, &mut World) -> Option<Trouble> + Send>;

struct Inner {
    world: World,
    judge: Judge,
    in_flight: Vec<What>,
    happened: Vec<Happened>,
    made: u128,
}

/// The organization.
#[derive(Clone)]
pub(crate) struct Server(Arc<Mutex<Inner>>);

impl Server {
    pub(crate) fn new(world: World, judge: impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            world,
            judge: Box::new(judge),
            in_flight: Vec::new(),
            happened: Vec::new(),
            made: 0,
        })))
    }

    pub(crate) fn world(&self) -> World {
        self.0.lock().unwrap().world.clone()
    }

    pub(crate) fn happened(&self) -> Vec<Happened> {
        self.0.lock().unwrap().happened.clone()
    }

    pub(crate) fn note(&self, what: Happened) {
        self.0.lock().unwrap().happened.push(what);
    }

    /// The writing calls, in the order in which they were sent.
    pub(crate) fn writes(&self) -> Vec<What> {
        let sent = |happened| match happened {
            Happened::Sent(what) if what.is_write() => Some(what),
            _ => None,
        };
        self.happened().into_iter().filter_map(sent).collect()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.0.lock().unwrap().in_flight.len()
    }
}

impl Transport for Server {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        async move {
            let what = read(&request);
            {
                let mut inner = self.0.lock().unwrap();
                inner.watch(&what);
                inner.in_flight.push(what.clone());
                inner.happened.push(Happened::Sent(what.clone()));
            }
            tokio::time::sleep(CALL).await;
            let mut inner = self.0.lock().unwrap();
            let place = inner.in_flight.iter().position(|one| *one == what).unwrap();
            inner.in_flight.remove(place);
            let Inner { world, judge, .. } = &mut *inner;
            let trouble = judge(&what, world);
            let answer = match trouble {
                Some(Trouble::Refused(status)) => {
                    Ok((status, json!({"errors": [{"code": "Refused", "description": "no"}]})))
                }
                Some(Trouble::LostBefore) => Err(lost()),
                Some(Trouble::LostAfter) => {
                    inner.carry_out(&what, &request);
                    Err(lost())
                }
                None => Ok(inner.carry_out(&what, &request)),
            };
            let status = answer.as_ref().map_or(0, |(status, _)| *status);
            inner.happened.push(Happened::Answered(what, status));
            answer.map(|(status, body)| Response {
                status,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: body.to_string().into_bytes(),
            })
        }
        .boxed()
    }
}

fn lost() -> TransportError {
    TransportError {
        reach: Reach::Lost,
        code: "connection_lost",
        message: "the connection was lost".to_owned(),
    }
}

fn ids(value: &Value) -> Vec<UserId> {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

fn read(request: &Request) -> What {
    let path = request.url.path();
    let body: Value = request
        .body
        .as_deref()
        .map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
    let last = || path.rsplit('/').next().unwrap().parse::<Uuid>().unwrap();
    match (request.method, path) {
        (Method::Get, path) if path.contains("/User/users/") => What::List,
        (Method::Get, path) if path.ends_with("/UserLicense/user/page") => What::Allocations,
        (Method::Get, path) if path.ends_with("/UserLicense") => What::Seats,
        (Method::Post, path) if path.ends_with("/InviteUsers") => {
            let email = |entry: &Value| entry["email"].as_str().unwrap().to_owned();
            What::Invite(body.as_array().unwrap().iter().map(email).collect())
        }
        (Method::Put, path) if path.contains("/api/User/") => What::Update(UserId(last())),
        (Method::Put, path) if path.contains("/api/Group/") => {
            let mut users = ids(&body["directoryUserIDsToAdd"]);
            users.extend(ids(&body["directoryUserIDsToRemove"]));
            What::Members(GroupId(last()), users)
        }
        (Method::Put, path) if path.ends_with("/user-license") => {
            let bundles = serde_json::from_value(body["userBundleCodes"].clone()).unwrap();
            What::Allocate(ids(&body["userIds"]), bundles)
        }
        (Method::Delete, path) if path.ends_with("/UserLicense") => What::Release(ids(&body["userIds"])),
        (Method::Delete, path) if path.ends_with("/api/User") => What::Delete(ids(&body["userIds"])),
        (Method::Delete, path) if path.contains("/api/User/") => What::Delete(vec![UserId(last())]),
        (method, path) => panic!("nobody answers {method} {path}"),
    }
}

impl Inner {
    /// No two calls at once touch one account or group.
    fn watch(&self, what: &What) {
        let users: BTreeSet<UserId> = what.users().into_iter().collect();
        assert_eq!(users.len(), what.users().len(), "an account twice in one call");
        for other in &self.in_flight {
            assert!(
                other.users().iter().all(|user| !users.contains(user)),
                "{other:?} and {what:?}"
            );
            if let (What::Members(one, _), What::Members(another, _)) = (other, what) {
                assert_ne!(one, another, "two calls on one group");
            }
        }
    }

    fn carry_out(&mut self, what: &What, request: &Request) -> (u16, Value) {
        let unknown = what.users().iter().any(|user| !self.world.accounts.contains_key(user));
        if unknown && what.is_write() {
            return (404, json!({"message": "somebody is not there"}));
        }
        let body: Value = request
            .body
            .as_deref()
            .map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
        match what {
            What::List => {
                let one = |(id, account): (&UserId, &Account)| json!({"id": id, "userName": account.email, "email": account.email, "groupIDs": account.groups});
                let users: Vec<Value> = self.world.accounts.iter().map(one).collect();
                let skip = request
                    .url
                    .query_pairs()
                    .find(|(name, _)| name == "skip")
                    .unwrap()
                    .1
                    .parse()
                    .unwrap();
                let page: Vec<&Value> = users.iter().skip(skip).take(1000).collect();
                (200, json!({"totalCount": users.len(), "results": page}))
            }
            What::Allocations => {
                let held = self.world.accounts.iter().filter_map(|(id, account)| {
                    let (bundles, _) = account.held.as_ref()?;
                    Some(json!({"id": id, "userBundleLicenses": bundles}))
                });
                let held: Vec<Value> = held.collect();
                let skip: usize = request
                    .url
                    .query_pairs()
                    .find(|(name, _)| name == "skip")
                    .unwrap()
                    .1
                    .parse()
                    .unwrap();
                let page: Vec<&Value> = held.iter().skip(skip).take(50).collect();
                (200, json!({"totalCount": held.len(), "results": page}))
            }
            What::Seats => {
                let seats =
                    self.world.owned.iter().map(
                        |(code, total)| json!({"code": code, "total": total, "allocated": self.world.taken(code)}),
                    );
                (200, seats.collect())
            }
            What::Invite(emails) => {
                let users: Vec<Value> = emails
                    .iter()
                    .zip(body.as_array().unwrap())
                    .map(|(email, entry)| self.invite(email, entry))
                    .collect();
                (
                    200,
                    json!({"result": {"succeeded": true, "errors": []}, "users": users}),
                )
            }
            What::Update(user) => {
                let account = self.world.accounts.get_mut(user).unwrap();
                if let Some(name) = body["name"].as_str() {
                    name.clone_into(&mut account.name);
                }
                let groups =
                    |name: &str| serde_json::from_value::<Vec<GroupId>>(body[name].clone()).unwrap_or_default();
                account.groups.extend(groups("groupIDsToAdd"));
                let leaving = groups("groupIDsToRemove");
                account.groups.retain(|group| !leaving.contains(group));
                (200, json!({"succeeded": true, "errors": []}))
            }
            What::Members(group, _) => {
                for user in ids(&body["directoryUserIDsToAdd"]) {
                    self.world.accounts.get_mut(&user).unwrap().groups.insert(*group);
                }
                for user in ids(&body["directoryUserIDsToRemove"]) {
                    self.world.accounts.get_mut(&user).unwrap().groups.remove(group);
                }
                (200, json!({}))
            }
            What::Allocate(users, bundles) => self.allocate(users, bundles),
            What::Release(users) => {
                for user in users {
                    self.world.accounts.get_mut(user).unwrap().held = None;
                }
                (200, Value::Null)
            }
            What::Delete(users) => {
                self.world.accounts.retain(|id, _| !users.contains(id));
                (204, Value::Null)
            }
        }
    }

    fn invite(&mut self, email: &str, entry: &Value) -> Value {
        if self.world.by_email(email).is_some() {
            return json!({"email": email, "id": Uuid::nil(), "success": false, "errorMsg": "is there already"});
        }
        self.made += 1;
        let id = UserId(Uuid::from_u128(0x9000 + self.made));
        let mut account = Account::new(email);
        account.groups = serde_json::from_value(entry["groupIDs"].clone()).unwrap_or_default();
        self.world.accounts.insert(id, account);
        json!({"email": email, "id": id, "success": true, "errorMsg": null})
    }

    fn allocate(&mut self, users: &[UserId], bundles: &BundleSet) -> (u16, Value) {
        for code in bundles {
            let needy = users
                .iter()
                .filter(|user| !self.world.accounts[user].bundles().contains(code));
            let owned = self.world.owned.get(code);
            if owned.is_some_and(|owned| self.world.taken(code) + needy.count() as u64 > *owned) {
                return (409, json!({"message": "exceeds the quantities"}));
            }
        }
        for user in users {
            self.world.accounts.get_mut(user).unwrap().held = Some((bundles.clone(), false));
        }
        let entry = |user: &UserId| json!({"userId": user, "userBundleCodes": bundles});
        (200, users.iter().map(entry).collect())
    }
}
