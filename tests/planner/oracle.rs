//! Design, section 3, read row by row: a second statement of what a sheet brings about, with seats without
//! end and nothing merged, batched or ordered.

use std::collections::{BTreeMap, BTreeSet};

use reseat::model::{BundleSet, DeleteWhen, Field, GroupId, GroupRef, Operation, Row, UserRef, WrittenState};

use crate::model::{Account, EVERYONE, GROUPS, World, group_id};

/// What the organization looks like afterwards, by address.
pub(crate) fn read_row_by_row(world: &World, rows: &[Row]) -> BTreeMap<String, Account> {
    let mut reader = Reader {
        before: world.people(),
        people: world.people(),
        deleted: BTreeSet::new(),
        moved: BTreeSet::new(),
        moved_to: BTreeSet::new(),
        flags: world
            .people()
            .into_iter()
            .filter_map(|(email, account)| Some((email, account.held?.1)))
            .collect(),
        offboarded: BTreeSet::new(),
        named: BTreeSet::new(),
        entered: BTreeSet::new(),
        leaving: BTreeMap::new(),
        made: rows
            .iter()
            .filter_map(|row| Some(row.operation.makes()?.to_owned()))
            .collect(),
        copiers: rows
            .iter()
            .filter(|row| row.operation.like().is_some())
            .map(|row| row.operation.user_label())
            .collect(),
    };
    // Other rows may name an account that any row makes.
    for row in rows {
        reader.make(row);
    }
    for row in rows {
        // A row that contradicts an earlier one, or names what is not there, does nothing.
        let _ = reader.row(row);
    }
    // An account that no row could make after all is not there.
    let Reader {
        before,
        mut people,
        entered,
        leaving,
        ..
    } = reader;
    people.retain(|email, _| before.contains_key(email) || entered.contains(email));
    people.retain(|email, account| leaving.get(email).is_none_or(|moved| moved.keeps(account)));
    // Whoever is out of a group in the end holds nothing by its rule.
    for account in people.values_mut() {
        let groups = &account.groups;
        account.leases.retain(|group, _| groups.contains(group));
    }
    people
}

/// What the new account of a move got of the old one.
struct Moved {
    groups: Option<BTreeSet<GroupId>>,
    bundles: Option<BundleSet>,
    is_renamed: bool,
}

impl Moved {
    /// Whether the old account was given more since, which keeps it.
    fn keeps(&self, old: &Account) -> bool {
        let joined = |groups: &BTreeSet<GroupId>| {
            old.groups
                .iter()
                .any(|group| *group != group_id(EVERYONE) && !groups.contains(group))
        };
        let given = |bundles: &BundleSet| !old.bundles().minus(bundles).is_empty();
        self.is_renamed || self.groups.as_ref().is_some_and(joined) || self.bundles.as_ref().is_some_and(given)
    }
}

/// What a row copies of somebody else.
#[derive(Default)]
struct Copied {
    groups: BTreeSet<GroupId>,
    licenses: BundleSet,
}

struct Reader {
    before: BTreeMap<String, Account>,
    people: BTreeMap<String, Account>,
    deleted: BTreeSet<String>,
    moved: BTreeSet<String>,
    moved_to: BTreeSet<String>,
    flags: BTreeMap<String, bool>,
    offboarded: BTreeSet<String>,
    /// Whose name a row says.
    named: BTreeSet<String>,
    /// Whom a row invites or creates.
    entered: BTreeSet<String>,
    /// Old accounts that go in the end, with what was moved of them.
    leaving: BTreeMap<String, Moved>,
    /// Whose account a row makes, or would make if it were not there.
    made: BTreeSet<String>,
    /// Whom a row makes like somebody else.
    copiers: BTreeSet<String>,
}

impl Reader {
    fn make(&mut self, row: &Row) {
        let email = match &row.operation {
            Operation::Invite(invite) => invite.email.to_string(),
            Operation::Create(create) => create.user_name().to_owned(),
            Operation::Migrate(migrate) if self.before.contains_key(&name(&migrate.user)) => {
                migrate.new_email.to_string()
            }
            _ => return,
        };
        self.people.entry(email.clone()).or_insert_with(|| Account::new(&email));
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operation, each short")]
    fn row(&mut self, row: &Row) -> Option<()> {
        self.is_for_whom_it_can_be(&row.operation)?;
        match &row.operation {
            Operation::Invite(invite) => {
                self.stays(invite.email.as_str())?;
                let copied = self.copied(row, invite.email.as_str(), true, true)?;
                let account = self.alive(invite.email.as_str())?;
                account.groups.extend(joinable(&invite.groups));
                account.groups.extend(copied.groups);
                self.add(invite.email.as_str(), &invite.licenses.union(&copied.licenses))?;
                self.entered.insert(invite.email.to_string());
            }
            Operation::Create(create) => {
                self.stays(create.user_name())?;
                let copied = self.copied(row, create.user_name(), true, true)?;
                let account = self.alive(create.user_name())?;
                account.groups.extend(joinable(&create.groups));
                account.groups.extend(copied.groups);
                self.add(create.user_name(), &create.licenses.union(&copied.licenses))?;
                self.entered.insert(create.user_name().to_owned());
            }
            Operation::Update(update) => {
                let mut renamed = false;
                let email = name(&update.user);
                if !joinable(&update.add_groups).is_empty() {
                    self.stays(&email)?;
                }
                let account = self.alive(&email)?;
                if let Field::Set(name) = &update.profile.name
                    && **name != *account.name
                {
                    if account.from_directory {
                        return None;
                    }
                    account.name = name.to_string();
                    renamed = true;
                }
                account.groups.extend(joinable(&update.add_groups));
                let leaving = joinable(&update.remove_groups);
                account.groups.retain(|group| !leaving.contains(group));
                if renamed {
                    if let Some(moved) = self.leaving.get_mut(&email) {
                        moved.is_renamed = true;
                    }
                    self.named.insert(email);
                }
            }
            Operation::Delete { user } => {
                let email = name(user);
                self.alive(&email)?;
                self.stays(&email)?;
                let is_here = self.before.contains_key(&email);
                if is_here && !self.moved.contains(&email) && !self.moved_to.contains(&email) {
                    self.people.remove(&email);
                    self.deleted.insert(email);
                }
            }
            Operation::SetLicenses {
                user,
                licenses,
                external_license,
            } => {
                let email = name(user);
                self.stays(&email)?;
                self.is_as_written(row, &email, |before| {
                    let is_flag_so = |present: bool| external_license.is_none_or(|flag| flag == present);
                    (before.held.as_ref()).is_some_and(|(held, flag)| held == licenses && is_flag_so(*flag))
                })?;
                self.holds(&email, |_| Some(licenses.clone()))?;
                self.flag(&email, *external_license);
            }
            Operation::AddLicenses {
                user,
                licenses,
                like: _,
            } => {
                self.stays(&name(user))?;
                let copied = self.copied(row, &name(user), false, true)?;
                let licenses = licenses.union(&copied.licenses);
                self.is_as_written(row, &name(user), |before| {
                    before.held.is_some() && licenses.is_subset(&before.bundles())
                })?;
                self.add(&name(user), &licenses)?;
            }
            Operation::RemoveLicenses { user, licenses } => {
                self.is_as_written(row, &name(user), |before| before.bundles().common(licenses).is_empty())?;
                self.holds(&name(user), |held| {
                    let held = held?;
                    let left = held.minus(licenses);
                    (left == held || !left.is_empty()).then_some(left)
                })?;
            }
            Operation::ReleaseLicenses { user } => {
                self.is_as_written(row, &name(user), |before| before.held.is_none())?;
                self.holds(&name(user), |_| None)?;
            }
            Operation::BlockLicenses { user } => {
                self.is_as_written(row, &name(user), |before| {
                    before.held.as_ref().is_some_and(|(held, _)| held.is_empty())
                })?;
                self.holds(&name(user), |_| Some(BundleSet::default()))?;
            }
            Operation::SetGroupLicenses(_) => {}
            Operation::ClearGroupLicenses { group } => {
                for cleared in joinable(std::slice::from_ref(group)) {
                    self.people.values_mut().for_each(|account| {
                        account.leases.remove(&cleared);
                    });
                }
            }
            Operation::ReleaseLease { user, group } => {
                let account = self.alive(&name(user))?;
                for given_back in joinable(std::slice::from_ref(group)) {
                    account.leases.remove(&given_back);
                }
            }
            Operation::SetGroups { user, groups } => {
                let wanted = joinable(groups);
                if !wanted.is_empty() {
                    self.stays(&name(user))?;
                }
                self.is_as_written(row, &name(user), |before| before.groups == wanted)?;
                self.alive(&name(user))?.groups = wanted;
            }
            Operation::Offboard { user } => {
                let email = name(user);
                self.stays(&email)?;
                self.is_given_nothing(&email)?;
                self.offboarded.insert(email.clone());
                let account = self.alive(&email)?;
                account.groups.clear();
                account.active = false;
                // Who is blocked stays so.
                self.holds(&email, |held| held.filter(BundleSet::is_empty))?;
            }
            Operation::AddToGroups { user, groups, like: _ } => {
                let copied = self.copied(row, &name(user), true, false)?;
                let mut groups = joinable(groups);
                groups.extend(copied.groups);
                if !groups.is_empty() {
                    self.stays(&name(user))?;
                }
                self.alive(&name(user))?.groups.extend(groups);
            }
            Operation::RemoveFromGroups { user, groups } => {
                let leaving = joinable(groups);
                self.alive(&name(user))?.groups.retain(|group| !leaving.contains(group));
            }
            Operation::Migrate(migrate) => {
                let (old, new) = (name(&migrate.user), migrate.new_email.to_string());
                let is_here = self.before.contains_key(&old);
                let is_taken = self.moved.contains(&old) || self.moved_to.contains(&old);
                let is_taken = is_taken || self.moved.contains(&new) || self.moved_to.contains(&new);
                if !is_here || is_taken || old == new {
                    return None;
                }
                self.stays(&old)?;
                self.stays(&new)?;
                let from = self.alive(&old)?.clone();
                let (from_groups, from_bundles) = (from.groups.clone(), from.bundles());
                let is_named = [&self.named, &self.entered].iter().any(|those| those.contains(&new));
                let is_named = is_named || self.before.contains_key(&new);
                let accepted = self.before.get(&new).is_some_and(|account| account.accepted);
                let to = self.alive(&new)?;
                let groups = migrate.groups.as_deref().map(joinable);
                to.groups.extend(groups.unwrap_or(from.groups));
                if !is_named {
                    to.name = from.name;
                }
                self.moved.insert(old.clone());
                match (&migrate.licenses, &from.held) {
                    (Some(licenses), _) => self.add(&new, licenses)?,
                    (None, Some((bundles, external))) => {
                        let before = self.alive(&new)?.held.clone();
                        self.holds(&new, |held| match held {
                            Some(held) => Some(held.union(bundles)),
                            None => Some(bundles.clone()),
                        })?;
                        let after = self.alive(&new)?.held.clone();
                        if *external && before != after {
                            self.flag(&new, Some(true));
                        }
                    }
                    (None, None) => {}
                }
                self.entered.insert(new.clone());
                self.moved_to.insert(new);
                let goes = match migrate.delete_when {
                    DeleteWhen::Accepted => accepted,
                    DeleteWhen::Invited => true,
                    DeleteWhen::Never => false,
                };
                if goes {
                    let moved = Moved {
                        groups: migrate.groups.is_none().then_some(from_groups),
                        bundles: migrate.licenses.is_none().then_some(from_bundles),
                        is_renamed: false,
                    };
                    self.leaving.insert(old, moved);
                }
            }
        }
        Some(())
    }

    /// Somebody whom only the directory knows is put into groups, taken out of them, and given licences; everything else
    /// needs an account, and nobody is invited over such a person.
    fn is_for_whom_it_can_be(&self, operation: &Operation) -> Option<()> {
        let whom = match operation {
            Operation::AddToGroups { .. }
            | Operation::RemoveFromGroups { .. }
            | Operation::SetLicenses { .. }
            | Operation::AddLicenses { .. }
            | Operation::RemoveLicenses { .. }
            | Operation::ReleaseLicenses { .. }
            | Operation::BlockLicenses { .. }
            | Operation::SetGroupLicenses(_)
            | Operation::ClearGroupLicenses { .. } => return Some(()),
            Operation::Invite(_) | Operation::Create(_) => vec![operation.makes().unwrap_or_default().to_owned()],
            Operation::Migrate(migrate) => vec![name(&migrate.user), migrate.new_email.to_string()],
            Operation::Update(_)
            | Operation::Delete { .. }
            | Operation::SetGroups { .. }
            | Operation::ReleaseLease { .. }
            | Operation::Offboard { .. } => vec![operation.user_label()],
        };
        let is_newcomer = |email: &String| self.before.get(email).is_some_and(|account| account.is_newcomer);
        (!whom.iter().any(is_newcomer)).then_some(())
    }

    /// Whether a row that says what it replaces has something to do, and may do it: before the sheet the account is as the
    /// row says, and not as it wants it.
    fn is_as_written(&self, row: &Row, email: &str, is_reached: impl FnOnce(&Account) -> bool) -> Option<()> {
        let Some(state) = row.unless_changed_from() else {
            return Some(());
        };
        let made_here = Account::new(email);
        let before = self.before.get(email).unwrap_or(&made_here);
        let is_so = match state {
            WrittenState::Groups(groups) => joinable(groups) == before.groups,
            WrittenState::Licenses(None) => before.held.is_none(),
            WrittenState::Licenses(Some(written)) => before.held.as_ref().is_some_and(|(held, _)| held == written),
            WrittenState::Rule(_) => unreachable!("no row about an account"),
        };
        (is_so && !is_reached(before)).then_some(())
    }

    /// No row so far offboards the account.
    fn stays(&self, email: &str) -> Option<()> {
        (!self.offboarded.contains(email)).then_some(())
    }

    /// The account is there before the sheet, and no row so far moves its owner or gives it anything.
    fn is_given_nothing(&self, email: &str) -> Option<()> {
        let (before, now) = (self.before.get(email)?, self.people.get(email)?);
        let is_moved = self.moved.contains(email) || self.moved_to.contains(email);
        let gains = !now.groups.is_subset(&before.groups) || !now.bundles().is_subset(&before.bundles());
        (!is_moved && !gains).then_some(())
    }

    /// What the row copies of the account in `like`, as that is before the sheet; `None` where it is nobody to be like.
    fn copied(&self, row: &Row, own: &str, groups: bool, licenses: bool) -> Option<Copied> {
        let Some(like) = row.operation.like().map(name) else {
            return Some(Copied::default());
        };
        // What somebody without an account has is not copied.
        let model = self.before.get(&like).filter(|model| !model.is_newcomer)?;
        let is_gone = model.accepted && !model.active;
        let is_blocked = model.held.as_ref().is_some_and(|(bundles, _)| bundles.is_empty());
        let is_copier = self.copiers.contains(&like);
        if like == own || is_copier || self.made.contains(&like) || is_gone || (licenses && is_blocked) {
            return None;
        }
        let copied = Copied {
            groups: if groups { model.groups.clone() } else { BTreeSet::new() },
            licenses: if licenses {
                model.bundles()
            } else {
                BundleSet::default()
            },
        };
        (!copied.groups.is_empty() || !copied.licenses.is_empty()).then_some(copied)
    }

    fn alive(&mut self, email: &str) -> Option<&mut Account> {
        self.people.get_mut(email)
    }

    /// What the account holds becomes this; its flag stays what it was last, even over a release.
    fn holds(&mut self, email: &str, change: impl Fn(Option<BundleSet>) -> Option<BundleSet>) -> Option<()> {
        let flag = self.flags.get(email).copied().unwrap_or_default();
        let account = self.alive(email)?;
        let present = account.held.take().map(|(bundles, _)| bundles);
        account.held = change(present).map(|bundles| (bundles, flag));
        Some(())
    }

    fn add(&mut self, email: &str, licenses: &BundleSet) -> Option<()> {
        self.holds(email, |held| match held {
            None if licenses.is_empty() => None,
            held => Some(held.unwrap_or_default().union(licenses)),
        })
    }

    fn flag(&mut self, email: &str, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.flags.insert(email.to_owned(), flag);
            if let Some((_, present)) = self.people.get_mut(email).and_then(|account| account.held.as_mut()) {
                *present = flag;
            }
        }
    }
}

fn name(user: &UserRef) -> String {
    user.to_string()
}

fn joinable(groups: &[GroupRef]) -> BTreeSet<GroupId> {
    let number = |group: &GroupRef| {
        if let GroupRef::Id(id) = group {
            return (0..=EVERYONE).find(|number| group_id(*number) == *id).unwrap();
        }
        let position = GROUPS.iter().position(|name| *name == group.to_string());
        position.map_or(EVERYONE, |position| u8::try_from(position).unwrap())
    };
    let numbers = groups.iter().map(number).filter(|number| *number != EVERYONE);
    numbers.map(group_id).collect()
}
