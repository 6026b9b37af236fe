//! The organization's API as a transport: carries calls out on a [`World`], slowly enough that calls overlap,
//! and watches what is sent at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use reseat::event::Method;
use reseat::model::{BundleCode, BundleSet, GroupId, Quota, UserId};
use reseat::wire::{Reach, Request, Response, Transport, TransportCode, TransportError};
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::model::{Account, GROUPS, World, group_id};

/// How long a call takes.
pub(crate) const CALL: Duration = Duration::from_millis(100);

const JSON: &str = "application/json";

/// What a call asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    List,
    Allocations,
    Seats,
    Groups,
    Resolve(Vec<String>),
    Read(UserId),
    Invite(Vec<String>),
    Create(Vec<String>),
    Update(UserId),
    Members(GroupId, Vec<UserId>),
    Allocate(Vec<UserId>, BundleSet),
    Release(Vec<UserId>),
    Delete(Vec<UserId>),
    Rule(GroupId, BundleSet, Vec<Quota>),
}

impl What {
    pub(crate) fn is_write(&self) -> bool {
        !matches!(
            self,
            Self::List | Self::Allocations | Self::Seats | Self::Groups | Self::Resolve(_) | Self::Read(_)
        )
    }

    pub(crate) fn users(&self) -> Vec<UserId> {
        match self {
            Self::Update(user) => vec![*user],
            Self::Members(_, users) | Self::Allocate(users, _) | Self::Release(users) | Self::Delete(users) => {
                users.clone()
            }
            Self::List
            | Self::Allocations
            | Self::Seats
            | Self::Groups
            | Self::Resolve(_)
            | Self::Read(_)
            | Self::Invite(_)
            | Self::Create(_)
            | Self::Rule(..) => Vec::new(),
        }
    }

    /// How many entries the call has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Invite(names) | Self::Create(names) => names.len(),
            Self::Rule(..) => 1,
            other => other.users().len(),
        }
    }
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is refused with this status.
    Refused(u16),
    /// It is answered with 503 and the request to come back after so many seconds.
    Closed(u64),
    /// It is refused with this status and these words.
    Says(u16, &'static str),
    /// It is carried out, and answered with this status all the same.
    RefusedAfter(u16),
    /// It is carried out, and its answer is lost.
    LostAfter,
    /// It is lost on its way.
    LostBefore,
    /// It does not leave.
    NotSent,
    /// A page for people comes with this status, and nothing is done.
    Page(u16),
    /// It is carried out, and a page for people comes with this status.
    PageAfter(u16),
    /// Nothing is done, and something comes that is not JSON.
    Nonsense,
    /// It is carried out, and something comes that is not JSON.
    NonsenseAfter,
    /// `succeeded: false` with status 200, and nothing is done.
    NotSucceeded,
    /// Nothing is done, and it is answered as if it were.
    Claimed,
    /// It is carried out, and the entries of the answer come like this.
    Entries(Muddle),
    /// It is carried out, and its answer names this account in every entry.
    Names(UserId),
}

/// How the entries of an answer come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Muddle {
    /// The first is missing.
    Missing,
    /// In reverse order.
    Reversed,
    /// The first comes twice.
    Repeated,
    /// A stranger's comes besides.
    WithStranger,
    /// Allocations show what was held before.
    Stale,
}

/// What cannot be read at once after it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slow {
    /// Accounts.
    Accounts,
    /// The groups that accounts were made with.
    Groups,
    /// Accounts, for whoever changes their licences or memberships.
    ForOthers,
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
    /// When each account was made.
    made: BTreeMap<UserId, Instant>,
    slow: Option<(Slow, Duration)>,
    /// Accounts that were to be made although they were there.
    made_again: Vec<String>,
    /// Groups that an external directory manages, so that nobody joins them here.
    managed: BTreeSet<GroupId>,
}

/// What is said of a group that an external directory manages.
const MANAGED: &str = "the group is managed by the directory";

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
            made: BTreeMap::new(),
            slow: None,
            made_again: Vec::new(),
            managed: BTreeSet::new(),
        })))
    }

    pub(crate) fn world(&self) -> World {
        self.0.lock().unwrap().world.clone()
    }

    /// Somebody else changes something.
    pub(crate) fn change(&self, act: impl Fn(&mut World)) {
        act(&mut self.0.lock().unwrap().world);
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

    /// Nobody can join this group here.
    pub(crate) fn is_managed(&self, group: GroupId) {
        self.0.lock().unwrap().managed.insert(group);
    }

    /// What is made from now on can be read only after so long.
    pub(crate) fn is_slow(&self, what: Slow, lag: Duration) {
        self.0.lock().unwrap().slow = Some((what, lag));
    }

    /// The addresses and names in invitations and creations that were sent although the account was there.
    pub(crate) fn made_again(&self) -> Vec<String> {
        self.0.lock().unwrap().made_again.clone()
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
                inner.note_made_again(&what);
                inner.in_flight.push(what.clone());
                inner.happened.push(Happened::Sent(what.clone()));
            }
            tokio::time::sleep(CALL).await;
            let mut inner = self.0.lock().unwrap();
            let place = inner.in_flight.iter().position(|one| *one == what).unwrap();
            inner.in_flight.remove(place);
            let Inner { world, judge, .. } = &mut *inner;
            let trouble = judge(&what, world);
            let answer = inner.answer(trouble, &what, &request);
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            inner.happened.push(Happened::Answered(what, status));
            answer
        }
        .boxed()
    }
}

fn unanswered(reach: Reach) -> TransportError {
    TransportError {
        reach,
        code: TransportCode::ConnectionLost,
        message: "the connection was lost".to_owned(),
    }
}

fn answered(status: u16, kind: &str, body: &str) -> Response {
    let mut headers = vec![("content-type".to_owned(), kind.to_owned())];
    if (300..400).contains(&status) {
        headers.push(("location".to_owned(), "https://login.example/".to_owned()));
    }
    Response {
        status,
        headers,
        body: body.as_bytes().to_vec(),
    }
}

fn page(status: u16) -> Response {
    answered(status, "text/html", "<!doctype html><title>Sign in</title>")
}

fn muddled(mut body: Value, how: Muddle) -> Value {
    let entries = match &mut body {
        Value::Array(entries) => Some(entries),
        object => object["users"].as_array_mut(),
    };
    if let Some(entries) = entries
        && let Some(first) = entries.first().cloned()
    {
        match how {
            Muddle::Missing => drop(entries.remove(0)),
            Muddle::Stale => {
                for entry in entries {
                    entry["userBundleCodes"] = json!(["OLD"]);
                }
            }
            Muddle::Reversed => entries.reverse(),
            Muddle::Repeated => entries.push(first),
            Muddle::WithStranger => {
                let id = Uuid::from_u128(0xdead);
                let mut stranger = first;
                for name in ["id", "userId"] {
                    if stranger.get(name).is_some() {
                        stranger[name] = json!(id);
                    }
                }
                for name in ["email", "userName"] {
                    if stranger.get(name).is_some() {
                        stranger[name] = json!("stranger@else.example");
                    }
                }
                entries.insert(0, stranger);
            }
        }
    }
    body
}

/// How many entries of a listing are asked to be passed over.
fn skip(request: &Request) -> usize {
    let (_, number) = request.url.query_pairs().find(|(name, _)| name == "skip").unwrap();
    number.parse().unwrap()
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
        (Method::Post, path) if path.ends_with("/license/users") => What::Allocations,
        (Method::Get, path) if path.ends_with("/allocation") => What::Allocations,
        (Method::Get, path) if path.ends_with("/UserLicense") => What::Seats,
        (Method::Get, path) if path.contains("/api/Group/") => What::Groups,
        (Method::Get, path) if path.contains("/api/User/") => What::Read(UserId(last())),
        (Method::Post, path) if path.contains("/BulkResolveByName/") => {
            What::Resolve(serde_json::from_value(body["entityNames"].clone()).unwrap())
        }
        (Method::Post, path) if path.ends_with("/InviteUsers") => {
            let email = |entry: &Value| entry["email"].as_str().unwrap().to_owned();
            What::Invite(body.as_array().unwrap().iter().map(email).collect())
        }
        (Method::Post, path) if path.ends_with("/BulkCreate") => {
            let name = |user: &Value| user["userName"].as_str().unwrap().to_owned();
            What::Create(body["users"].as_array().unwrap().iter().map(name).collect())
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
        (Method::Put, path) if path.contains("/user-license/group/") => {
            let group = path.trim_end_matches("/with-quota").rsplit('/').next().unwrap();
            let bundles = serde_json::from_value(body["userBundleCodes"].clone()).unwrap();
            let quotas = body["quotas"].as_array().into_iter().flatten().map(|quota| Quota {
                code: BundleCode::new(quota["userBundleCode"].as_str().unwrap()),
                limit: u32::try_from(quota["limit"].as_u64().unwrap()).unwrap(),
            });
            What::Rule(GroupId(group.parse().unwrap()), bundles, quotas.collect())
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
            if let (What::Members(one, _), What::Members(another, _)) | (What::Rule(one, ..), What::Rule(another, ..)) =
                (other, what)
            {
                assert_ne!(one, another, "two calls on one group");
            }
        }
    }

    fn note_made_again(&mut self, what: &What) {
        if let What::Invite(names) | What::Create(names) = what {
            let there = names.iter().filter(|name| self.world.by_email(name).is_some());
            let there: Vec<String> = there.cloned().collect();
            self.made_again.extend(there);
        }
    }

    fn answer(&mut self, trouble: Option<Trouble>, what: &What, request: &Request) -> Result<Response, TransportError> {
        let mut done = || self.carry_out(what, request);
        let refused = |status| {
            answered(
                status,
                JSON,
                r#"{"errors": [{"code": "Refused", "description": "no"}]}"#,
            )
        };
        Ok(match trouble {
            None => {
                let (status, body) = done();
                answered(status, JSON, &body.to_string())
            }
            Some(Trouble::Refused(status)) => refused(status),
            Some(Trouble::Closed(seconds)) => {
                let mut answer = refused(503);
                answer.headers.push(("retry-after".to_owned(), seconds.to_string()));
                answer
            }
            Some(Trouble::Says(status, words)) => answered(status, "text/plain", words),
            Some(Trouble::RefusedAfter(status)) => {
                done();
                refused(status)
            }
            Some(Trouble::LostBefore) => return Err(unanswered(Reach::Lost)),
            Some(Trouble::LostAfter) => {
                done();
                return Err(unanswered(Reach::Lost));
            }
            Some(Trouble::NotSent) => return Err(unanswered(Reach::NotSent)),
            Some(Trouble::Page(status)) => page(status),
            Some(Trouble::PageAfter(status)) => {
                done();
                page(status)
            }
            Some(Trouble::Nonsense) => answered(200, JSON, "done!"),
            Some(Trouble::NonsenseAfter) => {
                done();
                answered(200, JSON, "done!")
            }
            Some(Trouble::NotSucceeded) => answered(
                200,
                JSON,
                r#"{"succeeded": false, "errors": [{"code": "Refused", "description": "no"}]}"#,
            ),
            Some(Trouble::Claimed) => answered(204, JSON, ""),
            Some(Trouble::Names(user)) => {
                let (status, mut body) = done();
                for entry in body["users"].as_array_mut().unwrap() {
                    entry["id"] = json!(user);
                }
                answered(status, JSON, &body.to_string())
            }
            Some(Trouble::Entries(how)) => {
                let (status, body) = done();
                answered(status, JSON, &muddled(body, how).to_string())
            }
        })
    }

    /// The account as a listing shows it, if it does.
    fn shown(&self, id: UserId, account: &Account) -> Option<Value> {
        let mut groups = account.groups.clone();
        if let (Some((what, lag)), Some(made)) = (self.slow, self.made.get(&id))
            && made.elapsed() < lag
        {
            match what {
                Slow::Accounts => return None,
                Slow::Groups => groups.clear(),
                Slow::ForOthers => {}
            }
        }
        Some(json!({
            "id": id,
            "userName": account.email,
            "email": account.email,
            "name": account.name,
            "isActive": account.active,
            "invitationAccepted": account.accepted,
            "groupIDs": groups,
        }))
    }

    /// What these users hold, as the licence service tells it of many at once.
    fn held_by(&self, users: &[UserId]) -> Value {
        let held = users.iter().filter_map(|id| {
            let (bundles, _) = self.world.accounts.get(id)?.held.as_ref()?;
            Some(json!({"userId": id, "userBundleCodes": bundles, "inheritedFromGroup": false}))
        });
        held.collect()
    }

    fn carry_out(&mut self, what: &What, request: &Request) -> (u16, Value) {
        let unknown = what.users().iter().any(|user| !self.world.accounts.contains_key(user));
        let is_too_early = |user: &UserId| match (self.slow, self.made.get(user)) {
            (Some((Slow::ForOthers, lag)), Some(made)) => made.elapsed() < lag,
            _ => false,
        };
        if what.is_write() && what.users().iter().any(is_too_early) {
            return (404, json!({"message": "The entity was not found."}));
        }
        if unknown && what.is_write() {
            return (404, json!({"message": "somebody is not there"}));
        }
        let body: Value = request
            .body
            .as_deref()
            .map_or(Value::Null, |body| serde_json::from_slice(body).unwrap());
        match what {
            What::List => {
                let accounts = self.world.accounts.iter();
                let users: Vec<Value> = accounts.filter_map(|(id, account)| self.shown(*id, account)).collect();
                let page: Vec<&Value> = users.iter().skip(skip(request)).take(1000).collect();
                (200, json!({"totalCount": users.len(), "results": page}))
            }
            What::Allocations if request.method == Method::Post => (200, self.held_by(&ids(&body["userIds"]))),
            What::Allocations => {
                let held = self.world.accounts.iter().filter_map(|(id, account)| {
                    let (bundles, _) = account.held.as_ref()?;
                    Some(json!({"id": id, "userBundleLicenses": bundles}))
                });
                let held: Vec<Value> = held.collect();
                let page: Vec<&Value> = held.iter().skip(skip(request)).take(50).collect();
                (200, json!({"totalCount": held.len(), "results": page}))
            }
            What::Groups | What::Resolve(_) | What::Read(_) => self.look_up(what),
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
            What::Create(names) => self.create(names, &body["groupIDs"]),
            What::Update(_) if self.changes_managed(&body) => (400, json!({"message": MANAGED})),
            What::Members(group, _) if self.managed.contains(group) => (400, json!({"message": MANAGED})),
            What::Update(user) => {
                let account = self.world.accounts.get_mut(user).unwrap();
                if let Some(name) = body["name"].as_str() {
                    name.clone_into(&mut account.name);
                }
                account.active = body["isActive"].as_bool().unwrap_or(account.active);
                let groups =
                    |name: &str| serde_json::from_value::<Vec<GroupId>>(body[name].clone()).unwrap_or_default();
                account.groups.extend(groups("groupIDsToAdd"));
                let leaving = groups("groupIDsToRemove");
                account.groups.retain(|group| !leaving.contains(group));
                (200, json!({"succeeded": true, "errors": []}))
            }
            What::Members(group, _) => {
                let name = body["name"].as_str().unwrap();
                self.world.renamed.insert(*group, name.to_owned());
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
            What::Rule(group, bundles, quotas) => {
                self.world.rules.insert(*group, (bundles.clone(), quotas.clone()));
                (
                    200,
                    json!({"groupRule": {"groupId": group, "userBundleCodes": bundles}}),
                )
            }
        }
    }

    fn look_up(&self, what: &What) -> (u16, Value) {
        match what {
            What::Groups => {
                let group = |(number, name): (usize, &&str)| {
                    let id = group_id(u8::try_from(number).unwrap());
                    let now = self.world.renamed.get(&id).map_or(*name, String::as_str);
                    json!({"id": id, "name": now, "type": i32::from(number > 0)})
                };
                (200, GROUPS.iter().enumerate().map(group).collect())
            }
            What::Resolve(names) => {
                let entry = |name: &String| {
                    let found = self.world.by_email(name);
                    let entry = found.map(|(id, _)| json!({"identifier": id, "name": name, "email": name}));
                    (name.clone(), entry.unwrap_or_default())
                };
                (200, Value::Object(names.iter().map(entry).collect()))
            }
            What::Read(user) => match self.world.accounts.get(user) {
                Some(account) => (200, self.shown(*user, account).unwrap_or_default()),
                None => (404, json!({"message": "nobody"})),
            },
            _ => (404, Value::Null),
        }
    }

    /// Refuses a group that is managed elsewhere.
    fn changes_managed(&self, body: &Value) -> bool {
        self.is_managed(&body["groupIDsToAdd"]) || self.is_managed(&body["groupIDsToRemove"])
    }

    fn is_managed(&self, groups: &Value) -> bool {
        let groups: Vec<GroupId> = serde_json::from_value(groups.clone()).unwrap_or_default();
        groups.iter().any(|group| self.managed.contains(group))
    }

    fn invite(&mut self, email: &str, entry: &Value) -> Value {
        if self.is_managed(&entry["groupIDs"]) {
            return json!({"email": email, "id": Uuid::nil(), "success": false, "errorMsg": MANAGED});
        }
        if self.world.by_email(email).is_some() {
            return json!({"email": email, "id": Uuid::nil(), "success": false, "errorMsg": "is there already"});
        }
        let id = self.make(email, &entry["groupIDs"]);
        json!({"email": email, "id": id, "success": true, "errorMsg": null})
    }

    fn create(&mut self, names: &[String], groups: &Value) -> (u16, Value) {
        if names.iter().any(|name| self.world.by_email(name).is_some()) {
            return (
                400,
                json!({"errors": [{"code": "DuplicateUserName", "description": "taken"}]}),
            );
        }
        let users: Vec<Value> = names
            .iter()
            .map(|name| json!({"id": self.make(name, groups), "userName": name, "email": name}))
            .collect();
        (
            200,
            json!({"result": {"succeeded": true, "errors": []}, "users": users}),
        )
    }

    fn make(&mut self, email: &str, groups: &Value) -> UserId {
        let id = UserId(Uuid::from_u128(0x9000 + self.made.len() as u128));
        let mut account = Account::new(email);
        account.groups = serde_json::from_value(groups.clone()).unwrap_or_default();
        self.world.accounts.insert(id, account);
        self.made.insert(id, Instant::now());
        id
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
