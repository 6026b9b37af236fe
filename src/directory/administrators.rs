//! Who administrates the organization, as far as a sheet makes it matter.

use std::collections::HashSet;

use futures::FutureExt;
use futures::future::try_join_all;

use super::listing::Lister;
use super::reader::{Reader, failed_to_read};
use super::users::ReadUsers;
use super::{Accounts, Administrators, Detail, Groups, Needs, ReadError};
use crate::api::{CallError, Group, Member, User, UserKind};
use crate::event::silent;
use crate::model::UserId;

impl Reader<'_> {
    /// The administrators that `users` do not show by themselves: all of them where users came without their groups,
    /// else as many as it takes to know whether one remains when everybody leaves who may. Those found are added.
    pub(super) async fn read_administrators(
        &self,
        needs: &Needs<'_>,
        users: &mut ReadUsers,
        groups: &Groups,
    ) -> Result<Administrators, ReadError> {
        if !needs.administrators {
            return Ok(Administrators::default());
        }
        let Some(group) = groups.administrators() else {
            return Ok(Administrators {
                is_missing: true,
                ..Administrators::default()
            });
        };
        let failed = failed_to_read("who is an administrator");
        let are_untold = users.detail == Detail::Identity || may_leave_untold(needs, &users.accounts);
        let by_own_groups = |user: &User| user.groups.contains(&group.id);
        if !are_untold && !all_may_leave(needs, &users.accounts, by_own_groups) {
            return Ok(Administrators::default());
        }
        let members = match self.members("administrators", group).all().await {
            Ok(members) => members,
            // Older installations do not list members (`uipath-api`, 5.1), but every user comes with its groups.
            Err(error) if error.shows_no_such_route() && !are_untold => {
                let everybody = self.users(None, silent()).all().await.map_err(&failed)?;
                users.accounts.extend(everybody);
                return Ok(Administrators::default());
            }
            // Those whose groups are not told then count as perhaps being administrators.
            Err(error) if error.shows_no_such_route() && users.detail == Detail::Profile => {
                return Ok(Administrators::default());
            }
            Err(error) => return Err(failed(error)),
        };
        let ids: HashSet<UserId> = members.iter().map(|member| member.id).collect();
        let is_member = |user: &User| by_own_groups(user) || (!user.tells_groups && ids.contains(&user.id));
        if users.detail == Detail::Profile && all_may_leave(needs, &users.accounts, is_member) {
            let others = self.other_administrator(&members, &users.accounts, is_member).await;
            users.accounts.extend(others.map_err(&failed)?);
        }
        Ok(Administrators {
            directory_group: has_directory_group(&members),
            members: are_untold.then(|| ids.into_iter().collect()),
            is_missing: false,
        })
    }

    /// The listing of a group's members, called `what` while it is read.
    pub(super) fn members(&self, what: &'static str, group: &Group) -> Lister<'_, Member> {
        let (client, id) = (self.client, group.id);
        Lister {
            what,
            top: self.options.users_per_page,
            concurrency: self.options.concurrency,
            observer: self.observer.clone(),
            key: |member: &Member| member.id.0,
            fetch: Box::new(move |skip, top| client.group_members(id, skip, top).boxed()),
        }
    }

    /// The members of the group that are not `known`, up to the first who can administrate.
    async fn other_administrator(
        &self,
        members: &[Member],
        known: &Accounts,
        is_member: impl Fn(&User) -> bool,
    ) -> Result<Vec<User>, CallError> {
        let unknown = |member: &&Member| member.kind == UserKind::Person && known.get(member.id).is_none();
        let unknown: Vec<UserId> = members.iter().filter(unknown).map(|member| member.id).collect();
        let mut read: Vec<User> = Vec::new();
        for some in unknown.chunks(self.options.concurrency.max(1)) {
            let answers = try_join_all(some.iter().map(|id| self.client.user(*id))).await?;
            read.extend(answers.into_iter().filter_map(|answer| answer.value));
            if read.iter().any(|user| is_in_use(user) && is_member(user)) {
                break;
            }
        }
        Ok(read)
    }
}

/// Whether somebody can sign in with the account.
fn is_in_use(user: &User) -> bool {
    user.is_person() && user.is_active && user.invitation_accepted
}

/// Whether the groups of somebody who may leave are not told.
fn may_leave_untold(needs: &Needs<'_>, accounts: &Accounts) -> bool {
    let mut leaving = needs.leaving.iter().filter_map(|user| accounts.known(user));
    (needs.everyone && !accounts.tell_all_groups()) || leaving.any(User::has_untold_groups)
}

/// Whether some of those who may leave can administrate, and nobody else whom the reading has shown.
fn all_may_leave(needs: &Needs<'_>, accounts: &Accounts, is_member: impl Fn(&User) -> bool) -> bool {
    let can_administrate = |user: &&User| is_in_use(user) && is_member(user);
    let leaving = needs.leaving.iter().filter_map(|user| accounts.known(user));
    let leaving: HashSet<UserId> = leaving.filter(can_administrate).map(|user| user.id).collect();
    let mut others = accounts.all().iter().filter(can_administrate);
    !leaving.is_empty() && others.all(|user| leaving.contains(&user.id))
}

fn has_directory_group(members: &[Member]) -> bool {
    members.iter().any(|member| member.kind == UserKind::DirectoryGroup)
}
