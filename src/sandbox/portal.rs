//! The portal's own routes, of which the release of a direct allocation exists nowhere else (`uipath-api`, 3.5).

use serde::Deserialize;
use serde_json::json;

use super::licenses::{allocate_exactly, seat_rows, unknown};
use super::orders::Listing;
use super::reply::{Outcome, Reply};
use super::request::{Context, Order, Paging};
use super::rules::{Holder, available_body, known_group, lease_page, rule_body, rule_row, set_bundles};
use crate::model::{BundleSet, GroupId};

/// Some portal GETs want a JSON content type although they have no body; here they all do.
fn readable(context: &Context<'_>) -> Result<Paging, Reply> {
    if !context.request.is_json() {
        return Err(Reply::empty(415));
    }
    context.license_paging()
}

/// `GET UserLicense`: the seat inventory.
pub(super) fn seats(context: &mut Context<'_>) -> Outcome {
    readable(context)?;
    Reply::ok(&seat_rows(context))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Users {
    user_ids: Option<Vec<String>>,
    license_codes: Option<BundleSet>,
    use_external_license: Option<bool>,
}

/// `PUT UserLicense`: replaces, and blocks with an empty list.
pub(super) fn allocate(context: &mut Context<'_>) -> Outcome {
    let body: Users = context.body()?;
    let bundles = body.license_codes.unwrap_or_default();
    let external = body.use_external_license.unwrap_or_default();
    allocate_exactly(context, &body.user_ids.unwrap_or_default(), &bundles, external)?;
    Ok(Reply::empty(200))
}

/// `POST UserLicense/users`: licensed users without a bundle.
pub(super) fn add_users(context: &mut Context<'_>) -> Outcome {
    let body: Users = context.body()?;
    let users = context.accounts(&body.user_ids.unwrap_or_default(), |_| unknown())?;
    context.take_in(&users);
    for user in users {
        if context.world.allocation(user).is_none() {
            context.world.allocate(user, BundleSet::default(), false);
        }
    }
    Ok(Reply::empty(200))
}

/// `GET UserLicense/user/page`: fifty at most, without saying how many there are.
pub(super) fn users(context: &mut Context<'_>) -> Outcome {
    let paging = readable(context)?;
    let world = &*context.world;
    let holders = context
        .orders
        .of(Listing::Holders, || world.allocations().map(|(id, _)| id));
    let rows = context
        .places(paging, holders.len(), Order::Sorted)
        .filter_map(|place| {
            let allocation = world.allocation(holders[place])?;
            Some(Holder::direct(context, holders[place], allocation))
        });
    Reply::ok(&json!({"results": rows.collect::<Vec<_>>()}))
}

/// `GET UserLicense/group/page`.
pub(super) fn rules(context: &mut Context<'_>) -> Outcome {
    let paging = readable(context)?;
    let rules = paging.cut(context.world.rules());
    let rows = rules.map(|(id, rule)| rule_row(context, id, rule));
    Reply::ok(&json!({"results": rows.collect::<Vec<_>>()}))
}

/// `GET UserLicense/group/?id={group}`.
pub(super) fn rule(context: &mut Context<'_>) -> Outcome {
    readable(context)?;
    let id = context
        .request
        .parameter("id")
        .and_then(|id| id.parse::<GroupId>().ok());
    let group = id.and_then(|id| context.world.group(id)).ok_or_else(unknown)?;
    Reply::ok(&available_body(context, group.id))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupRule {
    id: GroupId,
    ubls: Option<BundleSet>,
    use_external_license: Option<bool>,
}

/// `PUT UserLicense/group`.
pub(super) fn set_rule(context: &mut Context<'_>) -> Outcome {
    let body: GroupRule = context.body()?;
    context.world.group(body.id).ok_or_else(unknown)?;
    set_bundles(
        context,
        body.id,
        body.ubls.unwrap_or_default(),
        body.use_external_license,
    )?;
    Reply::ok(&rule_body(context, body.id))
}

/// `DELETE UserLicense/group`: the rule and its leases, orphans' too.
pub(super) fn delete_rule(context: &mut Context<'_>) -> Outcome {
    let body: GroupRule = context.body()?;
    context.world.remove_rule(body.id).ok_or_else(unknown)?;
    Ok(Reply::empty(200))
}

/// `GET UserLicense/group/{group}/allocations`.
pub(super) fn leases(context: &mut Context<'_>) -> Outcome {
    let paging = readable(context)?;
    let group = known_group(context)?;
    Reply::ok(&lease_page(context, paging, group))
}
