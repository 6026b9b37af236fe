//! Accounts: listing, reading, deleting (`uipath-api`, 4.1, 4.3 and 4.7).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::orders::Listing;
use super::reply::{Outcome, Reply};
use super::request::{Context, Order};
use super::world::User;
use crate::model::UserId;
use crate::text::fold;

/// A page with the number of all.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) total_count: usize,
    pub(super) results: Vec<T>,
}

/// `GET /api/User/users/{organization}`.
pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let paging = context.identity_paging()?;
    let sort_by = context.request.parameter("sortBy");
    let compare = sort_by
        .map(|field| order_by(field).ok_or_else(|| context.invalid("sortBy", "The sort field is not valid.")))
        .transpose()?;
    let order = context.request.parameter("sortOrder").unwrap_or_default();
    let is_descending = order == "1" || order.to_ascii_lowercase().starts_with("desc");
    let (world, now) = (&*context.world, context.now);
    let listing = Listing::Users {
        sort_by: sort_by.map(str::to_owned),
        is_descending,
    };
    let in_order = |mut users: Vec<&User>| {
        if let Some(compare) = compare {
            users.sort_by(|a, b| compare(a, b));
        }
        if is_descending {
            users.reverse();
        }
        users.into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    let searched = fold(context.request.parameter("searchTerm").unwrap_or_default());
    let mut found: Arc<[UserId]> = if searched.is_empty() {
        context.orders.of(listing, || in_order(world.users().collect()))
    } else {
        in_order(world.users_like(&searched)).into()
    };
    let readable = |id: &UserId| world.readable_user(world.user(*id)?, now);
    if !world.is_readable_whole(now) {
        found = found.iter().filter(|id| readable(id).is_some()).copied().collect();
    }
    let sorting = if compare.is_some() { Order::Sorted } else { Order::None };
    let places = context.places(paging, found.len(), sorting);
    Reply::ok(&Page {
        total_count: context.stated_total(found.len()),
        results: places
            .filter_map(|place| readable(&found[place]))
            .collect::<Vec<Cow<'_, User>>>(),
    })
}

/// The order of a sort field, which is the member's name in upper camel case.
fn order_by(field: &str) -> Option<fn(&User, &User) -> Ordering> {
    Some(match field {
        "Id" => |a, b| a.id.cmp(&b.id),
        "UserName" => |a, b| a.user_name.cmp(&b.user_name),
        "Email" => |a, b| a.email.cmp(&b.email),
        "EmailConfirmed" => |a, b| a.email_confirmed.cmp(&b.email_confirmed),
        "Name" => |a, b| a.name.cmp(&b.name),
        "Surname" => |a, b| a.surname.cmp(&b.surname),
        "DisplayName" => |a, b| a.display_name.cmp(&b.display_name),
        "CreationTime" => |a, b| a.creation_time.cmp(&b.creation_time),
        "LastModificationTime" => |a, b| a.last_modification_time.cmp(&b.last_modification_time),
        "LastLoginTime" => |a, b| a.last_login_time.cmp(&b.last_login_time),
        "IsActive" => |a, b| a.is_active.cmp(&b.is_active),
        "Type" => |a, b| u8::from(a.kind).cmp(&b.kind.into()),
        "Category" => |a, b| u8::from(a.category).cmp(&b.category.into()),
        "InvitationAccepted" => |a, b| a.invitation_accepted.cmp(&b.invitation_accepted),
        _ => return None,
    })
}

/// `GET /api/User/{user}`.
pub(super) fn get(context: &mut Context<'_>) -> Outcome {
    let id = context.user_argument(0)?;
    let user = context.world.user(id);
    let readable = user.and_then(|user| context.world.readable_user(user, context.now));
    Reply::ok(&readable.ok_or_else(|| context.not_found())?)
}

/// `DELETE /api/User/{user}`.
pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    let id = context.user_argument(0)?;
    context.world.remove_user(id).ok_or_else(|| context.not_found())?;
    Reply::no_content()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkDelete {
    partition_global_id: Option<String>,
    user_ids: Option<Vec<String>>,
}

impl BulkDelete {
    /// The organization and the ids, if there is one at least.
    fn named(self) -> Option<(Option<String>, Vec<String>)> {
        let ids = self.user_ids.filter(|ids| !ids.is_empty())?;
        Some((self.partition_global_id, ids))
    }
}

/// `DELETE /api/User` with a body, which the documents call "deletes all users".
pub(super) fn bulk_delete(context: &mut Context<'_>) -> Outcome {
    let body: Option<BulkDelete> = context.body().ok();
    let Some((organization, ids)) = body.and_then(BulkDelete::named) else {
        if context.config.quirks.deletes_all_without_ids {
            let everybody: Vec<UserId> = context.world.users().map(|user| user.id).collect();
            for id in everybody {
                context.world.remove_user(id);
            }
            return Reply::no_content();
        }
        return Err(context.violation("userIds", "bulk delete of users without ids"));
    };
    context.check_organization(organization.as_deref())?;
    let ids: Vec<UserId> = context.guids("userIds", &ids)?.into_iter().map(UserId).collect();
    let unknown = ids.iter().any(|id| context.world.user(*id).is_none());
    if unknown && !context.config.quirks.ignores_unknown_ids {
        return Err(context.not_found());
    }
    for id in ids {
        context.world.remove_user(id);
    }
    Reply::no_content()
}
