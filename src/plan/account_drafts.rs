//! What the rows request for one account, folded in sheet order before it becomes steps.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::license_request::{LicenseRequest, SharedChanges};
use super::step::{narrow, wide};
use super::{
    Account, AccountIndex, Direct, Holding, LicenseChange, LicenseEdit, Membership, Naming, OneOrMany, RowIndex, Stage,
    Turn, Work,
};
use crate::api::{Allocation, User, UserUpdate};
use crate::directory::Snapshot;
use crate::model::{BundleSet, GroupId, UserId};

/// What a migration still has to do once its new account has everything.
#[derive(Debug, Clone)]
pub(super) struct Succession {
    /// The migration's row.
    pub(super) row: RowIndex,
    /// The old account.
    pub(super) from: AccountIndex,
    /// The new account's address.
    pub(super) address: String,
    /// The groups that the new account should be in.
    pub(super) groups: Vec<GroupId>,
    /// The bundles that it should hold.
    pub(super) licenses: BundleSet,
    /// Which of these are the old account's.
    pub(super) inherits: Inherits,
    /// What happens to the old account.
    pub(super) end: OldAccount,
}

/// What a migration's new account gets of the old one, because the row does not name its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Inherits {
    pub(super) groups: bool,
    pub(super) licenses: bool,
}

/// What happens to the old account of a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OldAccount {
    /// It is deleted in this run, once the new one has been read back.
    Goes,
    /// It is deleted by a later run, once the invitation is accepted.
    GoesLater,
    /// It is kept.
    Stays,
}

/// A membership that rows request.
#[derive(Debug, Clone)]
pub(super) struct WantedMembership {
    pub(super) group: GroupId,
    pub(super) change: Membership,
    pub(super) rows: OneOrMany<RowIndex>,
}

/// A seat held by a group's rule that rows give back.
#[derive(Debug, Clone)]
pub(super) struct EndedLease {
    pub(super) group: GroupId,
    /// What is held by the rule.
    pub(super) bundles: BundleSet,
    pub(super) rows: OneOrMany<RowIndex>,
}

/// How an account is made.
#[derive(Debug)]
pub(super) struct Maker {
    /// The row that makes it.
    pub(super) row: RowIndex,
    pub(super) work: Work,
    /// The groups it starts in.
    groups: Vec<GroupId>,
}

/// What the rows request for an account's profile and groups, and for what it holds by these.
#[derive(Debug, Default)]
pub(super) struct WantedChanges {
    pub(super) updates: Option<Box<OneOrMany<(RowIndex, UserUpdate)>>>,
    pub(super) memberships: Vec<WantedMembership>,
    pub(super) leases: Vec<EndedLease>,
}

/// What the rows request for one account. There may be a million, so each absent part takes one word.
#[derive(Debug)]
pub(super) struct AccountDraft<'a> {
    pub(super) naming: Naming,
    pub(super) user: Option<&'a User>,
    /// The direct allocation before the sheet, if there is one.
    allocation: Option<&'a Allocation>,
    /// Whether allocations could not be read.
    is_unread: bool,
    /// Whether its profile or groups are changed; known once these changes have become steps.
    pub(super) is_changed: bool,
    /// What it holds after the edits so far.
    license: Option<LicenseRequest>,
    wanted: Option<Box<WantedChanges>>,
    deleted_by: Option<NonZeroU32>,
    rare: Option<Box<Rare>>,
}

/// What few accounts have.
#[derive(Debug, Default)]
struct Rare {
    maker: Option<Maker>,
    /// The id of an account that is gone, of which only seats held by a group's rule are left.
    gone: Option<UserId>,
    /// The bundles that it holds by groups' rules in the end, as far as is known.
    by_rules: BundleSet,
    /// For a migration's new account.
    succession: Option<Box<Succession>>,
    left_by: Option<NonZeroU32>,
    offboarded_by: Option<NonZeroU32>,
}

impl<'a> AccountDraft<'a> {
    pub(super) fn existing(user: &'a User, naming: Naming, snapshot: &'a Snapshot) -> Self {
        Self {
            user: Some(user),
            allocation: snapshot.direct(user.id),
            is_unread: snapshot.is_direct_unknown(user.id),
            ..Self::pending(naming)
        }
    }

    /// What is left of an account that is gone.
    pub(super) fn orphan(allocation: &'a Allocation, naming: Naming) -> Self {
        Self {
            allocation: Some(allocation),
            ..Self::pending(naming)
        }
    }

    pub(super) fn pending(naming: Naming) -> Self {
        Self {
            naming,
            user: None,
            allocation: None,
            is_unread: false,
            is_changed: false,
            license: None,
            wanted: None,
            deleted_by: None,
            rare: None,
        }
    }

    /// Nothing but its id is left, unless an allocation is.
    pub(super) fn note_that_it_is_gone(&mut self, user: UserId) {
        if self.allocation.is_none() {
            self.rare().gone = Some(user);
        }
    }

    /// Whether only the organization's directory knows the person so far.
    pub(super) fn has_no_account_yet(&self) -> bool {
        self.user.is_some_and(User::is_newcomer)
    }

    /// Its id, unless the sheet makes it.
    pub(super) fn id(&self) -> Option<UserId> {
        let existing = self.user.map(|user| user.id);
        existing
            .or(self.allocation.map(|allocation| allocation.user))
            .or(self.rare.as_ref().and_then(|rare| rare.gone))
    }

    /// What it holds before the sheet.
    pub(super) fn held(&self) -> Holding {
        match self.allocation {
            Some(allocation) => Holding {
                direct: Direct::Holds(allocation.bundles.clone()),
                external_license: allocation.external_license,
            },
            None if self.is_unread => Holding {
                direct: Direct::Unknown,
                external_license: false,
            },
            None => Holding::nothing(),
        }
    }

    /// What it holds after the rows so far.
    pub(super) fn now(&self) -> Holding {
        let request = self.license.as_ref();
        request.map_or_else(|| self.held(), |request| request.change.target.clone())
    }

    pub(super) fn updates(&self) -> &[(RowIndex, UserUpdate)] {
        self.wanted
            .as_ref()
            .and_then(|wanted| wanted.updates.as_ref())
            .map_or(&[], |updates| updates)
    }

    pub(super) fn memberships(&self) -> &[WantedMembership] {
        self.wanted.as_ref().map_or(&[], |wanted| &wanted.memberships)
    }

    pub(super) fn ended_leases(&self) -> &[EndedLease] {
        self.wanted.as_ref().map_or(&[], |wanted| &wanted.leases)
    }

    /// Adds a row that gives back what is held by this group's rule.
    pub(super) fn end_lease(&mut self, row: RowIndex, group: GroupId, bundles: &BundleSet) {
        let leases = &mut self.wanted().leases;
        match leases.iter_mut().find(|ended| ended.group == group) {
            Some(ended) => ended.rows.push(row),
            None => leases.push(EndedLease {
                group,
                bundles: bundles.clone(),
                rows: OneOrMany::one(row),
            }),
        }
    }

    pub(super) fn wanted(&mut self) -> &mut WantedChanges {
        self.wanted.get_or_insert_default()
    }

    /// Takes out the requested changes, to make steps from them.
    pub(super) fn take_wanted(&mut self) -> WantedChanges {
        self.wanted.take().map(|wanted| *wanted).unwrap_or_default()
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    fn maker(&self) -> Option<&Maker> {
        self.rare.as_ref()?.maker.as_ref()
    }

    /// Takes out how it is made.
    pub(super) fn take_maker(&mut self) -> Option<Maker> {
        self.rare.as_mut()?.maker.take()
    }

    /// For a migration's new account.
    pub(super) fn succession(&self) -> Option<&Succession> {
        self.rare.as_ref()?.succession.as_deref()
    }

    pub(super) fn succeed(&mut self, succession: Succession) {
        self.rare().succession = Some(Box::new(succession));
    }

    /// The account that it succeeds stays for now.
    pub(super) fn keep_the_old(&mut self) {
        if let Some(succession) = self.rare().succession.as_deref_mut() {
            succession.end = OldAccount::GoesLater;
        }
    }

    /// The bundles that it holds by groups' rules in the end, as far as is known.
    pub(super) fn by_rules(&self) -> BundleSet {
        let rare = self.rare.as_ref();
        rare.map(|rare| rare.by_rules.clone()).unwrap_or_default()
    }

    /// The row that deletes it.
    pub(super) fn deleted_by(&self) -> Option<RowIndex> {
        self.deleted_by.map(wide)
    }

    /// The row that migrates its owner to a new account.
    pub(super) fn left_by(&self) -> Option<RowIndex> {
        self.rare.as_ref()?.left_by.map(wide)
    }

    /// The row that offboards its owner.
    pub(super) fn offboarded_by(&self) -> Option<RowIndex> {
        self.rare.as_ref()?.offboarded_by.map(wide)
    }

    pub(super) fn offboard(&mut self, row: RowIndex) {
        self.rare().offboarded_by = Some(narrow(row));
    }

    /// A row that gives the account a group or a licence, or activates it.
    pub(super) fn given_by(&self) -> Option<RowIndex> {
        let joins = self.memberships().iter().filter(|wish| wish.change == Membership::Join);
        let activates = |(row, update): &(RowIndex, UserUpdate)| (update.is_active == Some(true)).then_some(*row);
        let grants = self.license.as_ref().filter(|request| request.change.may_take());
        let granting = grants.into_iter().flat_map(LicenseRequest::edits);
        let granting = granting.filter(|(_, edit)| edit.may_give()).map(|(row, _)| row);
        let joining = joins.filter_map(|wish| wish.rows.first().copied());
        joining
            .chain(self.updates().iter().filter_map(activates))
            .chain(granting)
            .min()
    }

    pub(super) fn delete(&mut self, row: RowIndex) {
        self.deleted_by = Some(narrow(row));
    }

    pub(super) fn leave(&mut self, row: RowIndex) {
        self.rare().left_by = Some(narrow(row));
    }

    /// The groups that it is in after the rows so far.
    pub(super) fn groups(&self) -> Vec<GroupId> {
        let mut groups = self.groups_before().to_vec();
        for WantedMembership { group, change, .. } in self.memberships() {
            match change {
                Membership::Join => groups.push(*group),
                Membership::Leave => groups.retain(|present| present != group),
            }
        }
        groups
    }

    /// Whether it is in the group after the rows so far.
    pub(super) fn is_in(&self, group: GroupId) -> bool {
        let wish = self.memberships().iter().find(|wish| wish.group == group);
        wish.map_or_else(
            || self.groups_before().contains(&group),
            |wish| wish.change == Membership::Join,
        )
    }

    fn groups_before(&self) -> &[GroupId] {
        match (self.user, self.maker()) {
            (Some(user), _) => &user.groups,
            (None, Some(maker)) => &maker.groups,
            (None, None) => &[],
        }
    }

    /// Expects a migration's new account to have what other rows leave it.
    pub(super) fn expect_what_is_left(&mut self) {
        if self.succession().is_none() {
            return;
        }
        let groups = self.groups();
        let bundles = self.now().direct.bundles();
        if let Some(succession) = self.rare.as_mut().and_then(|rare| rare.succession.as_mut()) {
            succession.groups.retain(|group| groups.contains(group));
            succession.licenses = succession.licenses.common(&bundles);
        }
    }

    /// Creates an account directly with the groups that later rows request for it: these rows succeed or fail with the
    /// one that creates it.
    pub(super) fn create_with_wanted_groups(&mut self) {
        if self.user.is_some() {
            return;
        }
        let groups = self.groups();
        match self.rare.as_mut().and_then(|rare| Some(&mut rare.maker.as_mut()?.work)) {
            Some(Work::Invite(invitation)) => invitation.groups = groups,
            Some(Work::Create(creation)) => {
                creation.groups = groups;
                // One call creates accounts with a single set of groups.
                creation.groups.sort_unstable();
            }
            _ => return,
        }
        if let Some(wanted) = &mut self.wanted {
            wanted.memberships.clear();
        }
    }

    /// Drops the requests for an account that will not exist.
    pub(super) fn forget(&mut self) {
        *self = Self::pending(self.naming);
    }

    /// Whether it may sign in and its invitation is accepted, after the rows so far; `None` if it is yet to be made.
    pub(super) fn standing(&self) -> Option<(bool, bool)> {
        let user = self.user?;
        let (mut active, mut accepted) = (user.is_active, user.invitation_accepted);
        for (_, update) in self.updates() {
            active = update.is_active.unwrap_or(active);
            accepted = update.invitation_accepted.unwrap_or(accepted);
        }
        Some((active, accepted))
    }

    /// Whether it neither exists nor is made by a row that can run.
    pub(super) fn is_unmade(&self) -> bool {
        self.id().is_none() && self.maker().is_none()
    }

    /// First and last name after the rows so far.
    pub(super) fn names(&self) -> (String, String) {
        let mut names = self
            .user
            .map(|user| (user.name().to_owned(), user.surname().to_owned()))
            .unwrap_or_default();
        for (_, update) in self.updates() {
            names.0 = update.name.clone().unwrap_or(names.0);
            names.1 = update.surname.clone().unwrap_or(names.1);
        }
        names
    }

    /// Display name, and whether it may sign in with a password where that is restricted, after the rows so far.
    pub(super) fn appearance(&self) -> (String, bool) {
        let present = self
            .user
            .map(|user| (user.display_name().to_owned(), user.bypass_basic_auth));
        let mut appearance = present.unwrap_or_default();
        for (_, update) in self.updates() {
            appearance.0 = update.display_name.clone().unwrap_or(appearance.0);
            appearance.1 = update.bypass_basic_auth.unwrap_or(appearance.1);
        }
        appearance
    }

    /// Sets how the account is made; rows that requested its first groups before then depend on that.
    pub(super) fn make(&mut self, row: RowIndex, work: Work, groups: &[GroupId]) {
        if self.maker().is_none() {
            if let Some(wanted) = &mut self.wanted {
                wanted
                    .memberships
                    .retain(|wish| wish.change != Membership::Join || !groups.contains(&wish.group));
            }
            let groups = groups.to_vec();
            self.rare().maker = Some(Maker { row, work, groups });
        }
    }

    /// Adds a row's licence edit. One that changes nothing by itself is kept if others precede it: it succeeds or fails
    /// with them.
    pub(super) fn edit(&mut self, row: RowIndex, edit: LicenseEdit, shared: &mut SharedChanges) {
        match &mut self.license {
            Some(request) => request.push(row, edit),
            None => self.license = shared.request(row, self.held(), edit),
        }
    }

    /// What the account holds by groups' rules whatever the rows do; said once all of them have been folded.
    pub(super) fn holds_by_rules(&mut self, bundles: BundleSet) {
        if bundles.is_empty() {
            return;
        }
        if let Some(LicenseRequest { change, .. }) = &mut self.license {
            Arc::make_mut(change).keep_beside(bundles.clone());
        }
        self.rare().by_rules = bundles;
    }

    /// Adds a row's membership change, unless it already holds. A row that undoes an earlier one cancels both.
    pub(super) fn member(&mut self, row: RowIndex, group: GroupId, change: Membership) {
        if let Some(place) = self.memberships().iter().position(|wish| wish.group == group) {
            let memberships = &mut self.wanted().memberships;
            let wish = &mut memberships[place];
            if wish.change != change {
                memberships.remove(place);
            } else if !wish.rows.contains(&row) {
                wish.rows.push(row);
            }
            return;
        }
        let is_in = self.groups_before().contains(&group);
        if is_in != (change == Membership::Join) {
            let rows = OneOrMany::one(row);
            let memberships = &mut self.wanted().memberships;
            // Most lists have one element, and the default growth would reserve four.
            memberships.reserve_exact(1);
            memberships.push(WantedMembership { group, change, rows });
        }
    }

    /// Adds a row's change of the profile.
    pub(super) fn update(&mut self, row: RowIndex, update: UserUpdate) {
        self.wanted().updates.get_or_insert_default().push((row, update));
    }

    /// The licence change of the rows; `None` if nothing changes.
    pub(super) fn license_change(&self) -> Option<&LicenseChange> {
        self.license_request().map(|request| &*request.change)
    }

    /// The same with the rows.
    pub(super) fn license_request(&self) -> Option<&LicenseRequest> {
        self.license.as_ref().filter(|request| !request.change.is_nothing())
    }

    /// What is known about the account from now on, and the licence change of the rows, unless nothing changes.
    pub(super) fn settle(self) -> (Account, Option<LicenseRequest>) {
        let id = self.id();
        (
            Account::new(self.naming, id),
            self.license.filter(|request| !request.change.is_nothing()),
        )
    }

    /// What the licence change of the rows does to the pools; `None` if what is held is unknown.
    pub(super) fn turn(&self) -> Option<&Turn> {
        let change = self.license_change()?;
        (change.base.direct != Direct::Unknown).then(|| change.turn())
    }

    /// Whether anything but a deletion is planned.
    pub(super) fn is_touched(&self) -> bool {
        self.license_change().is_some() || self.is_changed
    }

    /// The stage of its deletion: as soon as nothing else is done to it.
    pub(super) fn departure(&self) -> Stage {
        match self.license_change() {
            Some(change) if change.may_take() => Stage::Farewell,
            _ if self.is_touched() => Stage::Leave,
            _ => Stage::Change,
        }
    }

    /// Makes a membership part of the profile's PUT, with a part for each row that requested it.
    pub(super) fn move_into_update(&mut self, group: GroupId) {
        let wanted = self.wanted();
        let Some(place) = wanted.memberships.iter().position(|wish| wish.group == group) else {
            return;
        };
        let WantedMembership { change, rows, .. } = wanted.memberships.remove(place);
        let updates = wanted.updates.get_or_insert_default();
        for row in rows {
            let mut part = UserUpdate::default();
            match change {
                Membership::Join => part.add_groups.push(group),
                Membership::Leave => part.remove_groups.push(group),
            }
            match updates.iter_mut().find(|(of, _)| *of == row) {
                Some((_, update)) => *update = std::mem::take(update).then(&part),
                None => updates.push((row, part)),
            }
        }
        updates.sort_by_key(|(row, _)| *row);
    }
}
