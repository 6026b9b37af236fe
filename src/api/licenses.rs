//! Allocations to users and groups, and group rules (`uipath-api`, 3.1 to 3.4).

use std::collections::HashSet;

use serde_json::{Value, json};

use super::client::{Result, empty_list, found, paged};
use super::learned::{Learned, Way};
use super::portal::{PortalCall, PortalRequest};
use super::read::{code, codes, entries, flag, guid, member, number, page, text};
use super::session::{Call, Reply};
use super::{Allocation, CallError, Client, GroupRule, OwnCode, Page};
use crate::event::{Method, Service};
use crate::model::{BundleCode, BundleSet, GroupId, Quota, UserId};

pub(super) const READ: &str = "PM.License.Read";
pub(super) const WRITE: &str = "PM.License.Write";

/// The licence services give no more than this on a page, whatever is asked for (`uipath-api`, 3.4).
pub(super) const MOST_ON_A_PAGE: u32 = 50;

impl Client {
    /// These users' direct bundles become exactly these; may be repeated.
    ///
    /// What is returned is what the server says they hold now: one entry for each of these users that its answer names.
    /// A user it does not name is not confirmed, and an entry may hold fewer bundles than asked. Where the answer has no
    /// entries to go by (an empty body, an object), everything is as asked.
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
        let call = Call::new(Method::Put, Service::License, url)
            .needs(WRITE)
            .entries(users.len())
            .json(&json!({
                "userIds": users,
                "userBundleCodes": bundles,
                "useExternalLicense": external_license,
            }));
        let reply = self.allocate(&self.memory.allocate_to_users, call).await?;
        let asked = Allocation {
            user: users[0],
            bundles: bundles.clone(),
            external_license,
        };
        let confirmed = confirmed(&reply.value, users, &asked);
        Ok(reply.with(confirmed))
    }

    /// The group's rule becomes exactly this; with quotas where `quotas` is given. May be repeated.
    pub async fn allocate_to_group(
        &self,
        group: GroupId,
        bundles: &BundleSet,
        quotas: Option<&[Quota]>,
        external_license: bool,
    ) -> Result<()> {
        let id = group.to_string();
        let Some(quotas) = quotas else {
            let url = self.license_url(&["user-license", "group", &id]);
            let call = Call::new(Method::Put, Service::License, url).needs(WRITE).json(&json!({
                "userBundleCodes": bundles,
                "useExternalLicense": external_license,
            }));
            let reply = self.allocate(&self.memory.allocate_to_group, call).await?;
            return Ok(reply.with(()));
        };
        let limit = |quota: &Quota| json!({ "userBundleCode": quota.code, "limit": quota.limit });
        let mut body = json!({
            "userBundleCodes": bundles,
            "quotas": quotas.iter().map(limit).collect::<Vec<_>>(),
        });
        if external_license {
            // Not in this body's documentation; sent only to keep what was read (`uipath-api`, 9.10).
            body["useExternalLicense"] = json!(true);
        }
        let url = self.license_url(&["user-license", "group", &id, "with-quota"]);
        let call = Call::new(Method::Put, Service::License, url).needs(WRITE).json(&body);
        Ok(self.session.call(call).await?.with(()))
    }

    /// One page (at most 50) of the group rules.
    pub async fn group_rules(&self, skip: u64, top: u32) -> Result<Page<GroupRule>> {
        let top = top.min(MOST_ON_A_PAGE);
        let capabilities = self.config().capabilities;
        let reply = if capabilities.group_quotas {
            let url = self.license_url(&["user-license", "groups", "with-quota"]);
            let call = Call::new(Method::Get, Service::License, paged(url, skip, top)).needs(READ);
            self.session.call(call).await?
        } else if capabilities.portal {
            let call = PortalCall {
                path: &["group", "page"],
                request: PortalRequest::Read(Some((skip, top))),
            };
            self.portal(&self.memory.portal_groups, &call).await?
        } else {
            let message = "this deployment offers no listing of group rules";
            let (method, service) = (Method::Get, Service::License);
            return Err(CallError::not_sent(method, service, OwnCode::NotOffered, message));
        };
        reply.read("a listing of group rules", |value| page(value, rule))
    }

    /// One group's rule, `None` where the group has none (or there is no such group).
    pub async fn group_rule(&self, group: GroupId) -> Result<Option<GroupRule>> {
        let id = group.to_string();
        let with_quotas = self.config().capabilities.group_quotas;
        let mut path = vec!["user-license", "group", id.as_str()];
        if with_quotas {
            path.push("with-quota");
        }
        let call = Call::new(Method::Get, Service::License, self.license_url(&path)).needs(READ);
        let read = |value: &Value| {
            let value = entries(value).first().unwrap_or(&Value::Null);
            if !value.is_object() {
                return value.is_null().then_some(None);
            }
            let read = GroupRule {
                group,
                ..rule_of(value, group)
            };
            // The plain route lists what could be allocated to any group; none allocated means no rule.
            let any = member(value, &["groupRule"]).is_some() || !read.bundles.is_empty();
            Some(any.then_some(read))
        };
        let outcome = self.session.call(call).await;
        found(outcome.and_then(|reply| reply.read("a group's rule", read)))
    }

    /// PUT as the endpoint lines say, on 405 POST as the examples do (`uipath-api`, 9.1), or the other way round.
    async fn allocate(&self, learned: &Learned, call: Call) -> std::result::Result<Reply, CallError> {
        let preferred = self.config().routes.allocate_method;
        let other = if preferred == Method::Put {
            Method::Post
        } else {
            Method::Put
        };
        let by = |way| {
            let method = match way {
                Way::First => preferred,
                Way::Second => other,
            };
            call.clone().with_method(method)
        };
        let is_wrong_way = |error: &CallError| error.status == Some(405);
        let outcome = learned.on_either(&self.session, by, is_wrong_way).await;
        outcome.map_err(|error| match error.status {
            Some(405) => {
                let message = format!("{}; check `license` under `routes`", error.message);
                CallError { message, ..error }
            }
            _ => error,
        })
    }
}

/// What the answer to an allocation says of the users that it was about.
fn confirmed(answer: &Value, users: &[UserId], asked: &Allocation) -> Vec<Allocation> {
    let as_asked = || {
        let entry = |user: &UserId| Allocation {
            user: *user,
            ..asked.clone()
        };
        users.iter().map(entry).collect()
    };
    let listed = match answer {
        Value::Array(listed) => listed.as_slice(),
        Value::Object(_) if member(answer, &["userId"]).is_some() => entries(answer),
        _ => return as_asked(),
    };
    if listed.is_empty() && asked.bundles.is_empty() {
        return as_asked();
    }
    let wanted: HashSet<_> = users.iter().collect();
    let spelled =
        |bundles: BundleSet| -> BundleSet { bundles.iter().map(|code| spelling(code, &asked.bundles)).collect() };
    listed
        .iter()
        .filter_map(|entry| {
            let read = allocation(entry)?;
            let held = member(entry, &["userBundleCodes", "userBundleLicenses"]).is_some();
            Some(Allocation {
                // An entry without codes confirms the user and says nothing against the codes.
                bundles: if held {
                    spelled(read.bundles)
                } else {
                    asked.bundles.clone()
                },
                ..read
            })
        })
        .filter(|allocation| wanted.contains(&allocation.user))
        .collect()
}

/// The code as it was asked for, if it differs in case only.
fn spelling(code: &BundleCode, asked: &BundleSet) -> BundleCode {
    let same = |known: &&BundleCode| known.as_str().eq_ignore_ascii_case(code.as_str());
    asked.iter().find(same).unwrap_or(code).clone()
}

/// A user and the bundles it holds directly.
pub(super) fn allocation(value: &Value) -> Option<Allocation> {
    let held = member(value, &["userBundleCodes", "userBundleLicenses"]);
    Some(Allocation {
        user: UserId(member(value, &["userId", "id"]).and_then(guid)?),
        bundles: held.map(codes).unwrap_or_default(),
        external_license: flag(value, &["useExternalLicense"]).unwrap_or(false),
    })
}

fn rule(value: &Value) -> Option<GroupRule> {
    let inner = member(value, &["groupRule"]).unwrap_or(value);
    let group = GroupId(member(inner, &["groupId", "id"]).and_then(guid)?);
    Some(rule_of(value, group))
}

fn rule_of(value: &Value, group: GroupId) -> GroupRule {
    let inner = member(value, &["groupRule"]).unwrap_or(value);
    let held = member(
        inner,
        &["userBundleCodes", "userBundleLicenses", "allocatedUserBundles", "ubls"],
    );
    let quotas = member(value, &["quotas"]).or_else(|| member(inner, &["quotas"]));
    let quota = |entry: &Value| {
        let limit = member(entry, &["limit"]).and_then(number)?;
        let limit = u32::try_from(limit).ok().filter(|limit| *limit > 0)?;
        Some(Quota {
            code: code(entry)?,
            limit,
        })
    };
    GroupRule {
        group,
        name: text(inner, &["name", "groupName"]),
        bundles: held.map(codes).unwrap_or_default(),
        quotas: quotas
            .map(entries)
            .unwrap_or_default()
            .iter()
            .filter_map(quota)
            .collect(),
        external_license: flag(inner, &["useExternalLicense"]).unwrap_or(false),
    }
}
