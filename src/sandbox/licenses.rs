//! Direct allocations and seats (`uipath-api`, 3.1 and 3.4).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Outcome, Reply};
use super::request::Context;
use crate::model::{BundleCode, BundleSet, UserId};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allocate {
    user_ids: Option<Vec<String>>,
    user_bundle_codes: Option<BundleSet>,
    use_external_license: Option<bool>,
}

/// `PUT /api/account/{organization}/user-license`: these users' bundles become exactly these.
pub(super) fn allocate(context: &mut Context<'_>) -> Outcome {
    let body: Allocate = context.body()?;
    let bundles = body.user_bundle_codes.unwrap_or_default();
    if bundles.is_empty() && context.config.quirks.refuses_empty_allocation {
        return Err(context.invalid("userBundleCodes", "The userBundleCodes field must not be empty."));
    }
    let external = body.use_external_license.unwrap_or_default();
    let ids = body.user_ids.unwrap_or_default();
    let users = allocate_exactly(context, &ids, &bundles, external)?;
    let allocated: Vec<Value> = users
        .iter()
        .map(|id| {
            json!({
                "userId": id,
                "organizationId": context.organization,
                "useExternalLicense": external,
                "userBundleCodes": bundles,
            })
        })
        .collect();
    Reply::ok(&allocated)
}

/// Replaces the direct bundles of all these users, or of none.
pub(super) fn allocate_exactly(
    context: &mut Context<'_>,
    ids: &[String],
    bundles: &BundleSet,
    external: bool,
) -> Result<Vec<UserId>, Reply> {
    if ids.is_empty() {
        return Err(context.invalid("userIds", "The userIds field is required."));
    }
    let users = context.accounts(ids, |_| unknown())?;
    check_codes(context, bundles)?;
    for code in bundles {
        let holds = |user: &UserId| context.world.held_by(*user).contains(code);
        let needy: BTreeSet<&UserId> = users.iter().filter(|user| !holds(user)).collect();
        if needy.len() as u64 > context.world.seats_of(code).free() {
            return Err(exceeded());
        }
    }
    context.take_in(&users);
    for user in &users {
        context.world.allocate(*user, bundles.clone(), external);
    }
    Ok(users)
}

/// 409 unless the organization's products have every one of these codes as they are written. The answer does not say
/// which they lack, nor whether it is the code or the quantity.
pub(super) fn check_codes(context: &Context<'_>, bundles: &BundleSet) -> Result<(), Reply> {
    if bundles.iter().all(|code| context.world.owns(code)) {
        Ok(())
    } else {
        Err(exceeded())
    }
}

fn exceeded() -> Reply {
    Reply::text(409, "The requested allocation exceeds the account license quantities.")
}

/// What the licence accountant says of a user or group that it does not know.
pub(super) fn unknown() -> Reply {
    Reply::text(404, "The entity was not found.")
}

/// What it says if nothing is allocated to the organization itself.
pub(super) fn no_account_license() -> Reply {
    Reply::text(404, "No account license is allocated for the indicated organization.")
}

/// `GET /api/account/{organization}/user-license`: `{code, allocated, total}`.
pub(super) fn seats(context: &mut Context<'_>) -> Outcome {
    let mut rows = seat_rows(context);
    for row in &mut rows {
        if let Some(row) = row.as_object_mut() {
            row.remove("inUse");
        }
    }
    Reply::ok(&rows)
}

/// `GET /api/account/{organization}/license-summary`.
pub(super) fn summary(context: &mut Context<'_>) -> Outcome {
    let seats = context.world.seats();
    let licenses: Vec<Value> = seats
        .iter()
        .map(|(code, seats)| json!({"code": code, "total": seats.total, "used": seats.allocated}))
        .collect();
    Reply::ok(&json!({
        "robots": [{"code": "UNATT", "total": 4, "allocated": 3}],
        "userLicenses": licenses,
        "consumables": [{"code": "AIU", "licensed": 5000, "allocated": 1200, "used": 310}],
    }))
}

/// Seats as the portal lists them: `{code, allocated, total, inUse}`.
pub(super) fn seat_rows(context: &Context<'_>) -> Vec<Value> {
    let mut in_use: BTreeMap<&BundleCode, u64> = BTreeMap::new();
    for (_, allocation) in context.world.allocations() {
        for code in allocation.bundles.iter().filter(|_| allocation.last_in_use.is_some()) {
            *in_use.entry(code).or_default() += 1;
        }
    }
    let seats = context.world.seats();
    seats
        .iter()
        .map(|(code, seats)| {
            let in_use = in_use.get(code).copied().unwrap_or_default();
            json!({"code": code, "allocated": seats.allocated, "total": seats.total, "inUse": in_use})
        })
        .collect()
}
