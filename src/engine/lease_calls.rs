//! Calls that take away what people hold by groups' licence rules, and what their answers are worth.
//!
//! None of these answers has a body. The portal's routes are known to do what they say; of the licence accountant's own
//! nobody has seen it, and the one for many members is meant for those who were taken out of the group (`uipath-api`, 10).
//! What such a route did is therefore read back, until it has been seen at work.

use super::reply::{Reply, TakenAway};
use crate::api::{Answer, CallError, Client, Evidence, Failure, LeaseRoute, Receipt, ReleaseReply};
use crate::directory::{Leases, ReadOptions, Reader};
use crate::event::silent;
use crate::model::{GroupId, UserId};

/// Gives back what these members hold by the group's rule.
pub(super) async fn end(
    client: &Client,
    options: &ReadOptions,
    group: GroupId,
    users: &[UserId],
) -> Result<(Reply, Receipt), CallError> {
    match users {
        [user] => end_one(client, options, group, *user).await,
        several => end_several(client, options, group, several).await,
    }
}

async fn end_one(
    client: &Client,
    options: &ReadOptions,
    group: GroupId,
    user: UserId,
) -> Result<(Reply, Receipt), CallError> {
    let is_held = async || Ok(leases_of(client, options, group).await?.of(group, user).is_some());
    take_one(client, client.release_lease(group, user).await, is_held).await
}

async fn end_several(
    client: &Client,
    options: &ReadOptions,
    group: GroupId,
    users: &[UserId],
) -> Result<(Reply, Receipt), CallError> {
    let route = client.lease_route();
    if route == Some(LeaseRoute::Singly) {
        return Ok((Reply::NotTogether, Receipt::default()));
    }
    let Answer { value, receipt } = match client.release_leases(group, users).await {
        Ok(answer) => answer,
        Err(error) if route.is_none() && error.shows_unusable_route() => {
            // 404 may be about the group, or about one of the members.
            if !is_not_found(&error) {
                client.keep_lease_route(LeaseRoute::Singly);
            }
            return Ok((Reply::NotTogether, receipt_of(&error)));
        }
        Err(error) => return Err(error),
    };
    let mut replies: Vec<TakenAway> = value.into_iter().map(said).collect();
    if route.is_none() {
        match leases_of(client, options, group).await {
            Ok(leases) => {
                let is_held = |user: &UserId| leases.of(group, *user).is_some();
                if users.iter().all(is_held) {
                    client.keep_lease_route(LeaseRoute::Singly);
                    return Ok((Reply::NotTogether, receipt));
                }
                client.keep_lease_route(LeaseRoute::Together);
                for (reply, user) in replies.iter_mut().zip(users) {
                    *reply = if is_held(user) {
                        TakenAway::StillThere
                    } else {
                        TakenAway::Gone
                    };
                }
            }
            Err(_) => replies.fill(TakenAway::Unknown),
        }
    }
    Ok((Reply::TakenAway(replies), receipt))
}

/// Takes the group's rule away.
pub(super) async fn remove_rule(client: &Client, group: GroupId) -> Result<(Reply, Receipt), CallError> {
    let is_there = async || {
        let rule = client.group_rule(group).await?.value;
        Ok(rule.is_some_and(|rule| !rule.is_empty()))
    };
    take_one(client, client.clear_group_rule(group).await, is_there).await
}

/// What the answer to a call is worth that takes one thing away; `is_there` reads whether that is there still.
async fn take_one(
    client: &Client,
    outcome: Result<Answer<Evidence>, CallError>,
    is_there: impl AsyncFnOnce() -> Result<bool, CallError>,
) -> Result<(Reply, Receipt), CallError> {
    let (away, receipt) = match outcome {
        Ok(Answer { value, receipt }) => {
            let away = match value {
                Evidence::Enough => TakenAway::Gone,
                Evidence::Wanting => match is_there().await {
                    Ok(true) => TakenAway::StillThere,
                    Ok(false) => {
                        client.trust_license_routes();
                        TakenAway::Gone
                    }
                    Err(_) => TakenAway::Unknown,
                },
            };
            (away, receipt)
        }
        // 404 says that there is nothing, or that there is no such route; reading tells which.
        Err(error) if may_be_gone(&error) => match is_there().await {
            Ok(false) if error.perhaps_done => (TakenAway::Gone, receipt_of(&error)),
            Ok(false) => (TakenAway::NotThere, receipt_of(&error)),
            _ => return Err(error),
        },
        Err(error) => return Err(error),
    };
    Ok((Reply::TakenAway(vec![away]), receipt))
}

async fn leases_of(client: &Client, options: &ReadOptions, group: GroupId) -> Result<Leases, CallError> {
    Reader::new(client, options, &silent()).leases_of(&[group]).await
}

fn said(reply: ReleaseReply) -> TakenAway {
    match reply {
        ReleaseReply::Released => TakenAway::Gone,
        ReleaseReply::Failed => TakenAway::StillThere,
        ReleaseReply::Missing => TakenAway::Unknown,
    }
}

/// Whether it is not there, as the server says, or as it may be after an earlier attempt whose answer was lost.
fn may_be_gone(error: &CallError) -> bool {
    is_not_found(error) || error.failure == Failure::Refused && error.perhaps_done
}

/// Whether the server says that there is no such thing, and not with a page for people.
fn is_not_found(error: &CallError) -> bool {
    error.failure == Failure::Refused && error.says_unknown() && error.shows_no_such_route()
}

fn receipt_of(error: &CallError) -> Receipt {
    Receipt {
        http_status: error.status.unwrap_or_default(),
        trace_id: error.trace_id.clone(),
        attempts: error.attempts,
        perhaps_done: error.perhaps_done,
    }
}
