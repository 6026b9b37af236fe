//! The users, by the listing or by look-up.

use std::collections::HashSet;

use futures::FutureExt;

use super::listing::{Begun, Lister};
use super::lookup::Wanted;
use super::reader::{Reader, failed_to_read, is_final};
use super::route::{Route, choose};
use super::{Accounts, Detail, Needs, Pages, ReadError};
use crate::api::{CallError, User};
use crate::event::Observer;
use crate::model::UserId;

/// Users as read.
#[derive(Debug, Default)]
pub(super) struct ReadUsers {
    pub(super) accounts: Accounts,
    /// How much is known of every one of them.
    pub(super) detail: Detail,
    /// How the listing comes, where it was begun.
    pub(super) pages: Option<Pages>,
}

impl ReadUsers {
    fn whole(users: Vec<User>, pages: Option<Pages>) -> Self {
        Self {
            accounts: users.into_iter().collect(),
            detail: Detail::Profile,
            pages,
        }
    }
}

impl Reader<'_> {
    /// The listing of users, or of those that the server's own search finds.
    pub(super) fn users<'s>(&'s self, search: Option<&'s str>, observer: Observer) -> Lister<'s, User> {
        let client = self.client;
        Lister {
            what: "users",
            top: self.options.users_per_page,
            concurrency: self.options.concurrency,
            observer,
            key: |user| user.id.0,
            fetch: Box::new(move |skip, top| client.users(skip, top, search).boxed()),
        }
    }

    /// Reads the users that are wanted, and perhaps more. The first page of the listing tells how
    /// many there are and is often all there is, so it is read first unless one look-up does.
    pub(super) async fn read_users(&self, needs: &Needs<'_>) -> Result<ReadUsers, ReadError> {
        self.try_read_users(needs).await.map_err(failed_to_read("the users"))
    }

    async fn try_read_users(&self, needs: &Needs<'_>) -> Result<ReadUsers, CallError> {
        let listing = self.users(None, self.observer.clone());
        if needs.everyone {
            let (users, pages) = listing.whole().await?;
            return Ok(ReadUsers::whole(users, Some(pages)));
        }
        let wanted = Wanted::new(needs);
        match (wanted.look_ups().singly, wanted.look_ups().in_bulk) {
            (0, 0) => return Ok(ReadUsers::default()),
            (1, 0) => {
                let users = self.look_up(&wanted.searches, &wanted.ids).await?;
                return Ok(ReadUsers::whole(users, None));
            }
            _ => {}
        }
        let begun = listing.begin().await?;
        let pages = Some(begun.pages(listing.top));
        let Some(named) = self.named_users(wanted, &begun).await? else {
            let users = listing.finish(begun).await?;
            let entries = users.len() as u64;
            return Ok(ReadUsers::whole(users, pages.map(|pages| pages.counted(entries))));
        };
        let detail = if named.resolved.is_empty() {
            Detail::Profile
        } else {
            Detail::Identity
        };
        // Of a user who came twice the first is kept, so those of whom all is known go ahead.
        let users = begun.items.into_iter().chain(named.looked_up).chain(named.resolved);
        Ok(ReadUsers {
            accounts: users.collect(),
            detail,
            pages,
        })
    }

    /// Looks up those who are wanted; `None` where it is cheaper, or the only way, to go on with the listing.
    async fn named_users(&self, mut wanted: Wanted<'_>, begun: &Begun<User>) -> Result<Option<NamedUsers>, CallError> {
        let Some(pages_left) = begun.pages_left() else {
            return Ok(None);
        };
        let at_hand: HashSet<UserId> = begun.items.iter().map(|user| user.id).collect();
        wanted.ids.retain(|id| !at_hand.contains(id));
        if choose(pages_left, wanted.look_ups()) == Route::Listing {
            return Ok(None);
        }
        let resolution = match self.resolve(&wanted.names).await {
            Ok(resolution) => resolution,
            Err(error) if is_final(&error) => return Err(error),
            Err(error) => {
                self.notice(format!(
                    "names cannot be resolved in bulk here ({error}), so the whole directory is read instead"
                ));
                return Ok(None);
            }
        };
        wanted.names.clear();
        wanted.searches.extend(resolution.missed);
        if choose(pages_left, wanted.look_ups()) == Route::Listing {
            return Ok(None);
        }
        let mut looked_up = self.look_up(&wanted.searches, &wanted.ids).await?;
        looked_up.extend(self.read_again(&wanted.doomed, &looked_up).await?);
        Ok(Some(NamedUsers {
            looked_up,
            resolved: resolution.found,
        }))
    }

    /// Reads by their ids those who were found by these names. An account that is another one by its id shares the
    /// id with the one that was found, and [`Accounts`] finds neither.
    async fn read_again(&self, names: &[&str], found: &[User]) -> Result<Vec<User>, CallError> {
        let accounts: Accounts = found.iter().cloned().collect();
        let bearers = names.iter().filter_map(|name| accounts.find(name).one());
        let ids: Vec<UserId> = bearers.map(|user| user.id).collect();
        self.look_up(&[], &ids).await
    }
}

/// Users who were looked up.
struct NamedUsers {
    /// Those of whom all is known.
    looked_up: Vec<User>,
    /// Those of whom only id and names are known.
    resolved: Vec<User>,
}
