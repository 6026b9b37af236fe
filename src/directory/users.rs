//! The users, by the listing or by look-up.

use futures::FutureExt;

use super::listing::{Lister, WholeListing};
use super::lookup::{Answers, Wanted, take_too_much};
use super::next_read::{Listed, NextRead, next_read};
use super::reader::{Reader, failed_to_read, is_final};
use super::{Accounts, Detail, Found, ListingShape, Needs, ReadError};
use crate::api::{CallError, User};
use crate::event::Observer;
use crate::model::{UserId, UserRef};
use crate::text::{choose, plural};

/// Of names that an unsteady listing lacks and the directory does not resolve, as many are searched for.
const MOST_SEARCHES: usize = 50;

/// Users as read.
#[derive(Debug, Default)]
pub(super) struct ReadUsers {
    pub(super) accounts: Accounts,
    /// How much is known of every one of them.
    pub(super) detail: Detail,
    /// How the listing comes, where it was begun.
    pub(super) shape: Option<ListingShape>,
    /// Whether everybody was read, so that whoever is missing is not there.
    pub(super) is_everybody: bool,
    /// What the directory answered about names.
    pub(super) answers: Answers,
    /// Whether too many came without their groups to ask for each.
    pub(super) has_too_many_untold: bool,
}

impl ReadUsers {
    fn whole(accounts: Accounts, shape: ListingShape, is_steady: bool, answers: Answers) -> Self {
        Self {
            accounts,
            detail: Detail::Profile,
            shape: Some(shape),
            is_everybody: is_steady,
            answers,
            has_too_many_untold: false,
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

    /// Reads the users that are wanted, and perhaps more.
    pub(super) async fn read_users(&self, needs: &Needs<'_>) -> Result<ReadUsers, ReadError> {
        let read = async {
            let read = self.try_read_users(needs).await?;
            let read = self.with_expected(read, &needs.expected).await?;
            self.with_groups(read, needs).await
        };
        read.await.map_err(failed_to_read("the users"))
    }

    /// The same, with the accounts of ids that their names did not lead to, as far as they are still there.
    async fn with_expected(
        &self,
        mut read: ReadUsers,
        expected: &[(&UserRef, UserId)],
    ) -> Result<ReadUsers, CallError> {
        let is_unread = |(_, id): &&(&UserRef, UserId)| read.accounts.get(*id).is_none();
        let unread: Vec<UserRef> = expected
            .iter()
            .filter(is_unread)
            .map(|(_, id)| UserRef::from(*id))
            .collect();
        if read.is_everybody || unread.is_empty() {
            return Ok(read);
        }
        let needs = Needs {
            users: unread.iter().collect(),
            ..Needs::default()
        };
        let more = self.try_read_users(&needs).await?;
        read.accounts.extend(more.accounts.all().iter().cloned());
        read.shape = read.shape.or(more.shape);
        Ok(read)
    }

    async fn try_read_users(&self, needs: &Needs<'_>) -> Result<ReadUsers, CallError> {
        let lister = self.users(None, self.observer.clone());
        let mut listing = lister.unread();
        if needs.everyone {
            return self.settled(lister.finish(listing).await?, needs, Answers::new()).await;
        }
        let begins = |look_ups| next_read(look_ups, Listed::Nothing) == NextRead::Beginning;
        if take_too_much(needs, |_| false, begins) {
            lister.begin(&mut listing).await?;
        }
        let read_so_far = Listed::of(listing.paging());
        let is_known = |id: UserId| lister.has_read(&listing, id.0);
        let is_rest = |look_ups| next_read(look_ups, read_so_far) == NextRead::Rest;
        if take_too_much(needs, is_known, is_rest) {
            return self.settled(lister.finish(listing).await?, needs, Answers::new()).await;
        }
        let mut wanted = Wanted::new(needs, is_known);
        let mut resolved = Vec::new();
        let mut answers = Answers::new();
        loop {
            match next_read(wanted.look_ups(), read_so_far) {
                NextRead::Nothing => return Ok(ReadUsers::default()),
                NextRead::Beginning | NextRead::Rest => {
                    return self.settled(lister.finish(listing).await?, needs, answers).await;
                }
                // Names go first: those that are missed have to be searched for, which may cost more than the listing.
                NextRead::LookUps if !wanted.names.is_empty() => match self.resolve(&wanted.names).await {
                    Ok(resolution) => {
                        resolved = resolution.found;
                        answers = resolution.answers;
                        wanted.names.clear();
                        wanted.searches.extend(resolution.missed);
                    }
                    Err(error) if is_final(&error) => return Err(error),
                    Err(error) => {
                        self.notice(format!(
                            "names cannot be resolved in bulk here ({error}), so the whole directory is read instead"
                        ));
                        return self.settled(lister.finish(listing).await?, needs, answers).await;
                    }
                },
                NextRead::LookUps => {
                    let mut looked_up = self.look_up(&wanted.searches, &wanted.ids).await?;
                    looked_up.extend(self.read_once_more(&wanted.to_delete, &looked_up).await?);
                    let detail = if resolved.is_empty() {
                        Detail::Profile
                    } else {
                        Detail::Identity
                    };
                    let shape = listing.paging().is_begun().then(|| listing.paging().shape());
                    // Of a user who came twice the first is kept, so whole profiles go before mere names.
                    let users = listing.into_items().into_iter().chain(looked_up).chain(resolved);
                    return Ok(ReadUsers {
                        accounts: users.collect(),
                        detail,
                        shape,
                        is_everybody: false,
                        answers,
                        has_too_many_untold: false,
                    });
                }
            }
        }
    }

    /// The users of a listing. Whoever is wanted and was not in a listing that is not steady is looked up by name or id,
    /// so that nobody is called missing, or mailed as somebody new, by a page that passed over an account.
    async fn settled(
        &self,
        listing: WholeListing<User>,
        needs: &Needs<'_>,
        mut answers: Answers,
    ) -> Result<ReadUsers, CallError> {
        let mut accounts: Accounts = listing.items.into_iter().collect();
        if !listing.is_steady {
            let Wanted {
                searches, names, ids, ..
            } = Wanted::new(needs, |_| false);
            let is_missing = |name: &&str| matches!(accounts.find(name), Found::None { .. });
            let names: Vec<&str> = searches.into_iter().chain(names).filter(is_missing).collect();
            let mut ids: Vec<UserId> = ids.into_iter().filter(|id| accounts.get(*id).is_none()).collect();
            let count = names.len() + ids.len();
            if count > 0 {
                self.notice(format!(
                    "the listing of users does not fit together (an account came twice, or their number is another than \
                     the server says), so {} that it lacks {} looked up by name or id",
                    plural(count, "account"),
                    choose(count, "is", "are")
                ));
                let missed = match self.resolve(&names).await {
                    Ok(resolution) => {
                        ids.extend(resolution.found.iter().map(|user| user.id));
                        answers.extend(resolution.answers);
                        resolution.missed
                    }
                    Err(error) if is_final(&error) => return Err(error),
                    // Only slower: each name is searched for.
                    Err(_) => names,
                };
                // The resolution in bulk is trusted where searching for each would take all of the quota.
                let searches = if missed.len() > MOST_SEARCHES {
                    Vec::new()
                } else {
                    missed
                };
                accounts.extend(self.look_up(&searches, &ids).await?);
            }
        }
        Ok(ReadUsers::whole(accounts, listing.shape, listing.is_steady, answers))
    }

    /// Reads the users with these names once more by their ids. If a different account comes back, the two share an
    /// id, and [`Accounts`] will find neither of them.
    async fn read_once_more(&self, names: &[&str], found: &[User]) -> Result<Vec<User>, CallError> {
        let accounts: Accounts = found.iter().cloned().collect();
        let users = names.iter().filter_map(|name| accounts.find(name).one());
        let ids: Vec<UserId> = users.map(|user| user.id).collect();
        self.look_up(&[], &ids).await
    }
}
