//! Since when people hold seats by groups' licence rules: a call for each, so it is asked only of those for whom it decides.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::reader::{failed_to_read, is_final};
use super::{ReadError, ReadOptions};
use crate::api::{CallError, Client, LeaseStart, ToldTime};
use crate::event::{Event, Observer};
use crate::model::UserId;

const STARTS: &str = "since when people hold seats by groups' licence rules";

/// Of how many users it is tried, one after the other, until one of them is known to the route.
const TRIED: usize = 3;

/// Since when people hold seats by groups' licence rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeaseStarts(BTreeMap<UserId, Vec<LeaseStart>>);

impl LeaseStarts {
    /// When the user took the latest of all seats that it holds by groups' rules. Untold of somebody who was not asked about.
    pub fn of_user(&self, user: UserId) -> ToldTime {
        let starts = self.0.get(&user).into_iter().flatten();
        starts.map(|start| start.created).max().unwrap_or_default()
    }
}

/// Reads since when these users hold the seats that come from groups' rules, a call for each. Users who hold none are
/// better left out: some services answer of them as if there were no such route.
///
/// Where this installation does not tell it, nothing is known of anybody, the client remembers it, and nothing is asked
/// again. Of a user whose call alone is refused nothing is known either.
///
/// # Errors
/// If the service does not answer.
pub async fn lease_starts(
    client: &Client,
    users: &[UserId],
    options: &ReadOptions,
    observer: &Observer,
) -> Result<LeaseStarts, ReadError> {
    let mut users = users.to_vec();
    users.sort_unstable();
    users.dedup();
    let total = users.len() as u64;
    let mut starts = BTreeMap::new();
    let mut others = users.as_slice();
    let mut tried = 0;
    let mut read = 0;
    let mut progress = || {
        read += 1;
        (observer)(Event::Reading {
            what: "when seats were taken",
            read,
            total: Some(total),
        });
    };
    while client.tells_lease_starts() != Some(true)
        && let [user, rest @ ..] = others
    {
        if client.tells_lease_starts() == Some(false) || tried == TRIED {
            client.keep_telling_lease_starts(false);
            return Ok(LeaseStarts::default());
        }
        others = rest;
        tried += 1;
        if let Some(of_user) = starts_of(client, *user).await? {
            client.keep_telling_lease_starts(true);
            starts.insert(*user, of_user);
        }
        progress();
    }
    let calls: Vec<_> = others
        .iter()
        .map(|user| async { Ok::<_, ReadError>((*user, starts_of(client, *user).await?)) }.boxed())
        .collect();
    let mut answers = stream::iter(calls).buffer_unordered(options.concurrency.max(1));
    while let Some((user, of_user)) = answers.try_next().await? {
        if let Some(of_user) = of_user {
            starts.insert(user, of_user);
        }
        progress();
    }
    Ok(LeaseStarts(starts))
}

/// Those of one user; `None` where the route does not answer about it.
async fn starts_of(client: &Client, user: UserId) -> Result<Option<Vec<LeaseStart>>, ReadError> {
    match client.lease_starts(user).await {
        Ok(starts) => Ok(Some(starts.value)),
        Err(error) if is_refused(&error) => Ok(None),
        Err(error) => Err(failed_to_read(STARTS)(error)),
    }
}

fn is_refused(error: &CallError) -> bool {
    error.shows_unusable_route() && !is_final(error)
}
