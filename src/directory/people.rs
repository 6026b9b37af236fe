//! People whom only the organization's external directory knows: they have no account yet, and get one by being put into
//! a group or given a licence (`uipath-api`, 1.4, 4.2 and 10).
//!
//! The directory is asked only for names that no account has, twenty at a time, in the generous budget of POSTs; a name
//! that was resolved before is not asked for again.

use std::collections::{BTreeMap, HashSet};

use futures::FutureExt;
use futures::stream::{self, StreamExt, TryStreamExt};

use super::lookup::{Answers, entries_of};
use super::next_read::NAMES_PER_CALL;
use super::reader::{Reader, failed_to_read, is_final};
use super::users::ReadUsers;
use super::{Accounts, Found, Groups, Needs, ReadError};
use crate::api::{CallError, Group, Resolved, User, UserKind};
use crate::model::{GroupId, UserId, UserRef};
use crate::text::{choose, fold, number, plural};

/// How many names are asked for before it counts that the directory knows none of them: such a sheet is about another
/// organization, and thousands of calls more would say the same.
const TRIED: usize = 50 * NAMES_PER_CALL;

/// About how many people one call asks whether they are in a group.
const CHECKED_PER_CALL: usize = 100;

impl Reader<'_> {
    /// Adds the people whom only the directory knows to the accounts that were read, each with those of its groups that
    /// rows name.
    pub(super) async fn read_people(
        &self,
        needs: &Needs<'_>,
        users: &mut ReadUsers,
        groups: &Groups,
    ) -> Result<(), ReadError> {
        let names = unknown_names(needs, &users.accounts);
        if names.is_empty() {
            return Ok(());
        }
        let mut answers = std::mem::take(&mut users.answers);
        if let Err(error) = self.ask_directory(&names, &mut answers).await {
            if is_final(&error) {
                return Err(failed_to_read("who the directory knows")(error));
            }
            self.notice(format!(
                "the directory cannot be asked for people without an account ({error}), so names that no account has \
                 count as unknown"
            ));
            return Ok(());
        }
        let (mut people, unusable) = people(&names, &answers, &users.accounts);
        if unusable > 0 {
            self.notice(format!(
                "the directory knows {} under an id that calls do not take, so {} left alone",
                plural(unusable, "person of the sheet").replace("sheets", "sheet"),
                choose(unusable, "that name is", "those names are")
            ));
        }
        let known: Accounts = people.iter().cloned().collect();
        let joined = self.read_their_groups(needs, &known, &users.accounts, groups).await?;
        for person in &mut people {
            if let Some(joined) = joined.get(&person.id) {
                person.groups = joined.as_slice().into();
            }
        }
        users.accounts.extend(people);
        Ok(())
    }

    /// Asks for those of the names that have no answer yet.
    async fn ask_directory(&self, names: &[&str], answers: &mut Answers) -> Result<(), CallError> {
        let unasked: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| !answers.contains_key(&fold(name)))
            .collect();
        let (first, rest) = unasked.split_at(unasked.len().min(TRIED));
        let found = self.resolve(first).await?.answers;
        let knows_some = found.values().any(|entries| !entries.is_empty());
        answers.extend(found);
        if !rest.is_empty() && !knows_some {
            self.notice(format!(
                "the directory knows none of the first {} that no account has, so it is not asked for the {} others",
                plural(first.len(), "name"),
                number(rest.len())
            ));
            return Ok(());
        }
        answers.extend(self.resolve(rest).await?.answers);
        Ok(())
    }

    /// Which of the groups that rows name these people are in.
    async fn read_their_groups(
        &self,
        needs: &Needs<'_>,
        people: &Accounts,
        accounts: &Accounts,
        groups: &Groups,
    ) -> Result<BTreeMap<UserId, Vec<GroupId>>, ReadError> {
        let mut asked: BTreeMap<GroupId, Vec<UserId>> = BTreeMap::new();
        for newcomer in &needs.newcomers_groups {
            if let Some(person) = people.known(newcomer.user)
                && person.is_newcomer()
            {
                let named = newcomer.groups.iter().filter_map(|group| groups.resolve(group).one());
                let named = named.map(|group| group.id);
                let model = newcomer.like.and_then(|like| accounts.known(like));
                let can_be_joined = |id: &GroupId| groups.get(*id).is_some_and(|group| !group.is_everyone());
                let copied = model.into_iter().flat_map(|model| model.groups.iter().copied());
                let copied = copied.filter(can_be_joined);
                for group in named.chain(copied) {
                    asked.entry(group).or_default().push(person.id);
                }
            }
        }
        let calls = asked.into_iter().flat_map(|(group, mut of)| {
            of.sort_unstable();
            of.dedup();
            let chunks: Vec<Vec<UserId>> = of.chunks(CHECKED_PER_CALL).map(<[UserId]>::to_vec).collect();
            chunks.into_iter().map(move |some| (group, some))
        });
        let calls: Vec<_> = calls
            .filter_map(|(id, some)| groups.get(id).map(|group| self.members_of(group, some).boxed()))
            .collect();
        let mut joined: BTreeMap<UserId, Vec<GroupId>> = BTreeMap::new();
        let mut answers = stream::iter(calls).buffered(self.options.concurrency.max(1));
        while let Some((group, members)) = answers.try_next().await? {
            for member in members {
                joined.entry(member).or_default().push(group);
            }
        }
        Ok(joined)
    }

    /// Which of these are in the group: by a call that asks for them, else by the listing of its members.
    async fn members_of(&self, group: &Group, users: Vec<UserId>) -> Result<(GroupId, Vec<UserId>), ReadError> {
        let failed = failed_to_read("who is in the groups");
        let members: Vec<UserId> = match self.client.members_among(group.id, &users).await {
            Ok(members) => members.value,
            Err(error) if error.shows_unusable_route() => {
                let all = self.members("members", group).all().await.map_err(&failed)?;
                all.into_iter().map(|member| member.id).collect()
            }
            Err(error) => return Err(failed(error)),
        };
        let asked: HashSet<UserId> = users.into_iter().collect();
        Ok((
            group.id,
            members.into_iter().filter(|member| asked.contains(member)).collect(),
        ))
    }
}

/// The names of people who may be unknown to everybody but the directory, each once: no account has them, and the sheet
/// makes none of that name.
fn unknown_names<'a>(needs: &Needs<'a>, accounts: &Accounts) -> Vec<&'a str> {
    let is_unknown = |name: &&str| matches!(accounts.find(name), Found::None { .. });
    let named = needs.newcomers.iter().filter_map(|newcomer| match newcomer {
        UserRef::Name(name) => Some(&**name),
        UserRef::Id(_) => None,
    });
    let mut unknown: Vec<&str> = named.filter(is_unknown).collect();
    if unknown.is_empty() {
        return unknown;
    }
    let mut known: HashSet<String> = needs.addresses.iter().map(|address| fold(address)).collect();
    unknown.retain(|name| known.insert(fold(name)));
    unknown
}

/// Whom the directory means by these names, and of how many it says no id that calls take.
fn people(names: &[&str], answers: &Answers, accounts: &Accounts) -> (Vec<User>, usize) {
    let mut unusable = 0;
    let mut people = Vec::new();
    for name in names {
        for (resolved, user) in entries_of(name, answers) {
            match user {
                // The local accounts were read; who is not among them is none of theirs.
                _ if !resolved.from_directory && resolved.kind == UserKind::Person => {}
                None => unusable += 1,
                // The id of an account of another name does not make that account the one that is meant.
                Some(user) if accounts.has(user.id) => {}
                Some(user) => people.push(as_newcomer(user, resolved)),
            }
        }
    }
    (people, unusable)
}

fn as_newcomer(user: User, resolved: &Resolved) -> User {
    User {
        kind: match resolved.kind {
            UserKind::Person | UserKind::WithoutAccount => UserKind::WithoutAccount,
            other @ (UserKind::Robot | UserKind::RobotAccount | UserKind::DirectoryGroup | UserKind::Application) => {
                other
            }
        },
        // Those that rows name are asked for by themselves.
        tells_groups: true,
        ..user
    }
}
