//! Groups' licence rules, with quotas where the deployment has them.

use serde_json::json;

use super::client::{Result, found, paged};
use super::document::Json;
use super::json::{code, codes, fields, flag, guid, member, number, page_from, text};
use super::license_service::{MAX_PAGE, READ, WRITE, portal_page};
use super::session::ApiRequest;
use super::{CallError, Client, GroupRule, OwnCode, Page};
use crate::event::{Method, Service};
use crate::model::{BundleCode, BundleSet, GroupId, Quota};

impl Client {
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
            let request = ApiRequest::new(Method::Put, Service::License, url)
                .needs(WRITE)
                .json(&json!({
                    "userBundleCodes": bundles,
                    "useExternalLicense": external_license,
                }));
            let reply = self.allocate(request).await?;
            return Ok(reply.with(()));
        };
        let limit = |quota: &Quota| json!({ "userBundleCode": quota.code, "limit": quota.limit });
        let mut body = json!({
            "userBundleCodes": bundles,
            "quotas": quotas.iter().map(limit).collect::<Vec<_>>(),
        });
        if external_license {
            // The documents do not have this member here; it is sent only to keep what was read.
            body["useExternalLicense"] = json!(true);
        }
        let url = self.license_url(&["user-license", "group", &id, "with-quota"]);
        let request = ApiRequest::new(Method::Put, Service::License, url)
            .needs(WRITE)
            .json(&body);
        Ok(self.license_call(request).await?.with(()))
    }

    /// One page (at most 50) of the group rules.
    pub async fn group_rules(&self, skip: u64, top: u32) -> Result<Page<GroupRule>> {
        let top = top.min(MAX_PAGE);
        let capabilities = self.config().capabilities;
        let reply = if capabilities.group_quotas {
            let url = self.license_url(&["user-license", "groups", "with-quota"]);
            let request = ApiRequest::new(Method::Get, Service::License, paged(url, skip, top)).needs(READ);
            self.license_call(request).await?
        } else if capabilities.portal {
            return self.portals_group_rules(skip, top).await;
        } else {
            let message = "this deployment offers no listing of group rules";
            let (method, service) = (Method::Get, Service::License);
            return Err(CallError::not_sent(method, service, OwnCode::NotOffered, message));
        };
        reply.read("a listing of group rules", |value| page_from(skip, value, rule))
    }

    /// The same by the portal's listing, which says nothing of limits (`uipath-api`, 3.5).
    pub async fn portals_group_rules(&self, skip: u64, top: u32) -> Result<Page<GroupRule>> {
        let variant = &self.variants.portal_groups;
        let page_of = portal_page(skip, top.min(MAX_PAGE));
        let reply = self.portal(variant, &["group", "page"], page_of).await?;
        reply.read("a listing of group rules", |value| page_from(skip, value, rule))
    }

    /// One group's rule, `None` if the group has none (or there is no such group).
    pub async fn group_rule(&self, group: GroupId) -> Result<Option<GroupRule>> {
        let id = group.to_string();
        let with_quotas = self.config().capabilities.group_quotas;
        let mut path = vec!["user-license", "group", id.as_str()];
        if with_quotas {
            path.push("with-quota");
        }
        let request = ApiRequest::new(Method::Get, Service::License, self.license_url(&path)).needs(READ);
        let read = |value: Json<'_>| {
            let Some(value) = value.entries().next() else {
                return Some(None);
            };
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
        let outcome = self.license_call(request).await;
        found(outcome.and_then(|reply| reply.read("a group's rule", read)))
    }
}

fn rule(value: Json<'_>) -> Option<GroupRule> {
    let inner = member(value, &["groupRule"]).unwrap_or(value);
    let group = GroupId(member(inner, &["groupId", "id"]).and_then(guid)?);
    Some(rule_of(value, group))
}

fn rule_of(value: Json<'_>, group: GroupId) -> GroupRule {
    let inner = member(value, &["groupRule"]).unwrap_or(value);
    let held = member(
        inner,
        &["userBundleCodes", "userBundleLicenses", "allocatedUserBundles", "ubls"],
    );
    let quotas = member(value, &["quotas"]).or_else(|| member(inner, &["quotas"]));
    let quota = |entry: Json<'_>| {
        let limit = member(entry, &["limit"]).and_then(number)?;
        let limit = u32::try_from(limit).ok().filter(|limit| *limit > 0)?;
        Some(Quota {
            code: code(entry)?,
            limit,
        })
    };
    let quotas = || quotas.into_iter().flat_map(Json::entries);
    let used = |entry: Json<'_>| Some((code(entry)?, member(entry, &["currentUsage"]).and_then(number)?));
    let leased = member(inner, &["userBundleLeases"]).map(fields).unwrap_or_default();
    let leased = leased.into_iter();
    let leased = leased.filter_map(|(code, count)| Some((BundleCode::new(code), number(count)?)));
    GroupRule {
        group,
        name: text(inner, &["name", "groupName"]).into_owned(),
        bundles: held.map(codes).unwrap_or_default(),
        quotas: quotas().filter_map(quota).collect(),
        in_use: quotas().filter_map(used).chain(leased).collect(),
        external_license: flag(inner, &["useExternalLicense"]).unwrap_or(false),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::api::document::Document;

    #[test]
    fn how_many_seats_a_rule_holds_is_read_from_leases_and_from_quotas() {
        let group = "7a1d0c4e-0000-4000-8000-000000000001";
        let in_use = |value: Value| {
            let rule = rule(Document::of(&value).json())
                .map(|rule| rule.in_use)
                .unwrap_or_default();
            let texts: Vec<String> = rule.iter().map(|(code, count)| format!("{code} {count}")).collect();
            texts.join(", ")
        };
        let quotas = json!([{"userBundleCode": "ATTUNU", "limit": 5.0, "currentUsage": 3}]);
        let listed = json!({"id": group, "userBundleLicenses": ["ATTUNU", "TSTNU"],
            "userBundleLeases": {"ATTUNU": 3, "TSTNU": 2}});
        assert_eq!(
            in_use(json!({"groupRule": listed, "quotas": quotas})),
            "ATTUNU 3, TSTNU 2"
        );
        let single = json!({"groupId": group, "userBundleCodes": ["ATTUNU", "TSTNU"]});
        assert_eq!(in_use(json!({"groupRule": single, "quotas": quotas})), "ATTUNU 3");
        // The portal's listing says nothing of it.
        assert_eq!(in_use(json!({"id": group, "userBundleLicenses": ["ATTUNU"]})), "");
    }
}
