//! Group rules, with and without quotas (`uipath-api`, 3.2 to 3.4).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::licenses::{check_codes, seat_rows, unknown};
use super::orders::Listing;
use super::reply::{Outcome, Reply, open};
use super::request::{Context, Paging};
use super::world::{Allocation, Lease, Rule, zoneless};
use crate::model::{BundleCode, BundleSet, GroupId, UserId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SetRule {
    user_bundle_codes: Option<BundleSet>,
    use_external_license: Option<bool>,
    quotas: Option<Vec<Quota>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quota {
    user_bundle_code: BundleCode,
    limit: f64,
}

/// `PUT /api/account/{organization}/user-license/group/{group}`: the rule becomes exactly this.
pub(super) fn set(context: &mut Context<'_>) -> Outcome {
    let group = known_group(context)?;
    let body: SetRule = context.body()?;
    let bundles = body.user_bundle_codes.unwrap_or_default();
    set_bundles(context, group, bundles, body.use_external_license)?;
    Reply::ok(&rule_body(context, group))
}

/// Replaces a rule's bundles; the quotas of those that stay are kept.
pub(super) fn set_bundles(
    context: &mut Context<'_>,
    group: GroupId,
    bundles: BundleSet,
    external: Option<bool>,
) -> Result<(), Reply> {
    check_codes(context, &bundles)?;
    let mut rule = context.world.rule(group).cloned().unwrap_or_default();
    rule.quotas.retain(|code, _| bundles.contains(code));
    rule.bundles = bundles;
    rule.external = external.unwrap_or_default();
    context.world.set_rule(group, rule);
    Ok(())
}

/// The rule as its own PUT answers.
pub(super) fn rule_body(context: &Context<'_>, group: GroupId) -> Value {
    let rule = context.world.rule(group).cloned().unwrap_or_default();
    json!({
        "groupId": group,
        "organizationId": context.organization,
        "useExternalLicense": rule.external,
        "userBundleCodes": rule.bundles,
    })
}

/// `PUT …/with-quota`: bundles and limits together; no limits means none.
pub(super) fn set_with_quota(context: &mut Context<'_>) -> Outcome {
    let group = known_group(context)?;
    let body: SetRule = context.body()?;
    let bundles = body.user_bundle_codes.unwrap_or_default();
    check_codes(context, &bundles)?;
    let mut quotas = BTreeMap::new();
    for Quota {
        user_bundle_code,
        limit,
    } in body.quotas.unwrap_or_default()
    {
        if !bundles.contains(&user_bundle_code) {
            return Err(context.invalid("quotas", "Every quota's code must be one of userBundleCodes."));
        }
        let limit =
            whole(limit).ok_or_else(|| context.invalid("quotas", "A limit must be a whole number of at least 1."))?;
        if u64::from(limit) < context.world.leased(group, &user_bundle_code) {
            return Err(context.invalid("quotas", "A limit must not be below the current usage."));
        }
        quotas.insert(user_bundle_code, limit);
    }
    let external = body.use_external_license.unwrap_or_default();
    context.world.set_rule(
        group,
        Rule {
            bundles,
            quotas,
            external,
        },
    );
    Reply::ok(&quota_body(context, group))
}

/// A whole number from 1, however it was written: limits are read as `8.0`.
fn whole(limit: f64) -> Option<u32> {
    let number: u32 = format!("{limit:.0}").parse().ok()?;
    (number > 0 && (f64::from(number) - limit).abs() < f64::EPSILON).then_some(number)
}

/// `GET …/with-quota`.
pub(super) fn get_with_quota(context: &mut Context<'_>) -> Outcome {
    let group = known_group(context)?;
    Reply::ok(&quota_body(context, group))
}

fn quota_body(context: &Context<'_>, group: GroupId) -> Value {
    json!({"groupRule": rule_body(context, group), "quotas": quota_rows(context, group)})
}

/// Limits come back as floating numbers.
fn quota_rows(context: &Context<'_>, group: GroupId) -> Vec<Value> {
    let quotas = context
        .world
        .rule(group)
        .map(|rule| rule.quotas.clone())
        .unwrap_or_default();
    quotas
        .into_iter()
        .map(|(code, limit)| {
            let usage = context.world.leased(group, &code);
            json!({"userBundleCode": code, "limit": f64::from(limit), "currentUsage": usage})
        })
        .collect()
}

/// `GET …/user-license/groups/with-quota`: every rule, orphans with an empty name.
pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let paging = context.license_paging()?;
    let rows: Vec<Value> = paging
        .cut(context.world.rules())
        .map(|(id, rule)| {
            let leases: BTreeMap<&BundleCode, u64> = rule
                .bundles
                .iter()
                .map(|code| (code, context.world.leased(id, code)))
                .collect();
            let full: Vec<&BundleCode> = rule
                .bundles
                .iter()
                .filter(|code| context.world.seats_of(code).free() == 0)
                .collect();
            let mut row = rule_row(context, id, rule);
            row["userBundleLeases"] = json!(leases);
            row["userLicenseBundlesUnavailable"] = json!(full);
            json!({"groupRule": row, "quotas": quota_rows(context, id)})
        })
        .collect();
    let page = json!({"results": rows, "totalCount": context.world.rules().count()});
    wrapped(context, page)
}

/// A rule as the listings have it.
pub(super) fn rule_row(context: &Context<'_>, id: GroupId, rule: &Rule) -> Value {
    let group = context.world.group(id);
    json!({
        "id": id,
        "name": group.map(|group| group.name.as_str()).unwrap_or_default(),
        "userBundleLicenses": rule.bundles,
        "useExternalLicense": rule.external,
        "orphan": group.is_none(),
    })
}

/// `GET …/user-license/group/{group}`: what can be chosen, and what is chosen.
pub(super) fn available(context: &mut Context<'_>) -> Outcome {
    let group = known_group(context)?;
    Reply::ok(&available_body(context, group))
}

pub(super) fn available_body(context: &Context<'_>, group: GroupId) -> Value {
    let rule = context.world.rule(group).cloned().unwrap_or_default();
    json!({
        "availableUserBundles": seat_rows(context),
        "allocatedUserBundles": rule.bundles,
        "useExternalLicense": rule.external,
    })
}

/// `GET …/group/{group}/user`: the same as `bulk-users`, by a route of the schema alone.
pub(super) fn holders(context: &mut Context<'_>) -> Outcome {
    open(context.config.quirks.license_routes.group_users)?;
    users(context)
}

/// `GET …/group/{group}/bulk-users`: the members who hold a lease.
pub(super) fn users(context: &mut Context<'_>) -> Outcome {
    let group = known_group(context)?;
    let paging = context.license_paging()?;
    let page = lease_page(context, paging, group);
    wrapped(context, page)
}

/// A page of the members who hold a lease.
pub(super) fn lease_page(context: &mut Context<'_>, paging: Paging, group: GroupId) -> Value {
    let world = &*context.world;
    let holders = context
        .orders
        .of(Listing::Leases(group), || world.leases(group).map(|(id, _)| id));
    let rows = paging.cut(holders.iter()).filter_map(|id| {
        let lease = world.lease_of(group, *id)?;
        Some(Holder::leasing(context, *id, lease))
    });
    json!({"results": rows.collect::<Vec<_>>(), "totalCount": holders.len()})
}

/// A person who holds licences, as the licence listings show one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Holder {
    id: UserId,
    email: String,
    name: Option<String>,
    surname: Option<String>,
    display_name: Option<String>,
    #[serde(serialize_with = "zoneless::optional::serialize")]
    last_in_use: Option<Timestamp>,
    user_bundle_licenses: BundleSet,
    orphan: bool,
}

impl Holder {
    /// The row of an account's direct allocation.
    pub(super) fn direct(context: &Context<'_>, id: UserId, allocation: &Allocation) -> Self {
        let lease = Lease {
            bundles: allocation.bundles.clone(),
            last_in_use: allocation.last_in_use,
            ..Lease::default()
        };
        let row = Self::leasing(context, id, &lease);
        if row.orphan {
            let email = allocation.email.clone();
            return Self { email, ..row };
        }
        row
    }

    /// The row of a member's lease.
    pub(super) fn leasing(context: &Context<'_>, id: UserId, lease: &Lease) -> Self {
        let user = context.world.user(id).or_else(|| context.world.person(id));
        Self {
            id,
            email: user.map(|user| user.email.clone()).unwrap_or_default(),
            name: user.and_then(|user| user.name.clone()),
            surname: user.and_then(|user| user.surname.clone()),
            display_name: user.and_then(|user| user.display_name.clone()),
            last_in_use: lease.last_in_use,
            user_bundle_licenses: lease.bundles.clone(),
            orphan: user.is_none(),
        }
    }
}

fn wrapped(context: &Context<'_>, page: Value) -> Outcome {
    if context.config.quirks.wrapped_listings {
        return Reply::ok(&[page]);
    }
    Reply::ok(&page)
}

/// The group in the path, or the licence accountant's 404.
pub(super) fn known_group(context: &Context<'_>) -> Result<GroupId, Reply> {
    let id = context.group_argument(0)?;
    context.world.group(id).map(|group| group.id).ok_or_else(unknown)
}
