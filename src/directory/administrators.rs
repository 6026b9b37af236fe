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
        let Some(group) = groups.administrators().filter(|_| needs.administrators) else {
            return Ok(Administrators::default());
        };
        let failed = failed_to_read("who is an administrator");
        if users.detail == Detail::Identity {
            let members = self.members("administrators", group).all().await.map_err(&failed)?;
            return Ok(Administrators {
                directory_group: has_directory_group(&members),
                members: members.iter().map(|member| member.id).collect(),
            });
        }
        if !all_may_leave(needs, &users.accounts, group) {
            return Ok(Administrators::default());
        }
        let members = match self.members("administrators", group).all().await {
            Ok(members) => members,
            // Older installations do not list members (`uipath-api`, 5.1), but every user comes with its groups.
            Err(error) if error.shows_no_such_route() => {
                let everybody = self.users(None, silent()).all().await.map_err(&failed)?;
                users.accounts.extend(everybody);
                return Ok(Administrators::default());
            }
            Err(error) => return Err(failed(error)),
        };
        let others = self.other_administrator(&members, &users.accounts, group).await;
        users.accounts.extend(others.map_err(&failed)?);
        Ok(Administrators {
            members: Vec::new(),
            directory_group: has_directory_group(&members),
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
        group: &Group,
    ) -> Result<Vec<User>, CallError> {
        let unknown = |member: &&Member| member.kind == UserKind::Person && known.get(member.id).is_none();
        let unknown: Vec<UserId> = members.iter().filter(unknown).map(|member| member.id).collect();
        let mut read: Vec<User> = Vec::new();
        for some in unknown.chunks(self.options.concurrency.max(1)) {
            let answers = try_join_all(some.iter().map(|id| self.client.user(*id))).await?;
            read.extend(answers.into_iter().filter_map(|answer| answer.value));
            if read.iter().any(|user| can_administrate(user, group)) {
                break;
            }
        }
        Ok(read)
    }
}

fn can_administrate(user: &User, group: &Group) -> bool {
    user.is_person() && user.is_active && user.invitation_accepted && user.groups.contains(&group.id)
}

/// Whether some of those who may leave can administrate, and nobody else whom the reading has shown.
fn all_may_leave(needs: &Needs<'_>, accounts: &Accounts, group: &Group) -> bool {
    let leaving = needs.leaving.iter().filter_map(|user| accounts.known(user));
    let leaving = leaving.filter(|user| can_administrate(user, group));
    let leaving: HashSet<UserId> = leaving.map(|user| user.id).collect();
    let mut others = accounts.all().iter().filter(|user| can_administrate(user, group));
    !leaving.is_empty() && others.all(|user| leaving.contains(&user.id))
}

fn has_directory_group(members: &[Member]) -> bool {
    members.iter().any(|member| member.kind == UserKind::DirectoryGroup)
}
