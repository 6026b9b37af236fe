//! The account that a row means: the one that its name leads to, if that is the one of the row's `user_id`.

use super::builder::{Builder, Planned};
use crate::api::{Allocation, User};
use crate::directory::Found;
use crate::model::{Operation, Row, UserId, UserRef};
use crate::plan::last_use::{Seen, unused_since};
use crate::plan::settled::{another_name, made_anew, user_ambiguous};
use crate::plan::{AccountIndex, Naming, RowIndex, RowReason, Verdict};
use crate::text::fold;

impl<'a> Builder<'a> {
    /// The account of the organization that the row means. A name that came to another account, and an id whose account
    /// goes by another name, end the row; of several accounts of one name the id says which is meant.
    pub(super) fn meant(&self, row: RowIndex, user: &UserRef) -> Result<Found<&'a User>, Verdict> {
        let found = self.snapshot.user(user);
        let Some(expected) = self.expected(row) else {
            return Ok(found);
        };
        let present = match self.snapshot.user(&UserRef::from(expected)) {
            Found::One(present) => Some(present),
            Found::Many(which) => return Err(user_ambiguous(&expected.to_string(), &which)),
            Found::None { .. } => None,
        };
        match found {
            Found::One(found) if found.id == expected => Ok(Found::One(found)),
            Found::One(found) => Err(made_anew(&user.label(), expected, found, present)),
            Found::Many(which) => match present {
                Some(present) if goes_by(present, user) => Ok(Found::One(present)),
                Some(present) => Err(another_name(&user.label(), present)),
                None => Err(user_ambiguous(&user.label(), &which)),
            },
            Found::None { suggestion } => match present {
                Some(present) => Err(another_name(&user.label(), present)),
                None => Ok(Found::None { suggestion }),
            },
        }
    }

    /// The account that the sheet makes under this name, if the row can mean it: one that is yet to be made has no id.
    pub(super) fn pending(&self, row: RowIndex, user: &UserRef) -> Option<AccountIndex> {
        match self.expected(row) {
            None => self.drafts.find_pending(&user.fold()),
            Some(_) => None,
        }
    }

    /// The allocation that is left of an account that is gone, if the row is about such an account's licences: by its id,
    /// and never by an address that may be somebody else's by now.
    pub(super) fn orphan_meant(&self, row: RowIndex, user: &UserRef) -> Option<&'a Allocation> {
        match (user, self.expected(row)) {
            (UserRef::Id(_), _) | (UserRef::Name(_), None) => self.orphan(user),
            (UserRef::Name(_), Some(expected)) => match self.snapshot.user(user) {
                Found::None { .. } => self.snapshot.orphan(expected),
                Found::One(_) | Found::Many(_) => None,
            },
        }
    }

    /// The id of an account that is gone and of which nothing is left, if the row is sure to mean one: it states the id twice,
    /// as sheets that reseat writes do, or an interrupted run has worked on it. An id by itself may be a slip.
    pub(super) fn all_gone(&self, row: RowIndex, user: &UserRef) -> Option<UserId> {
        let UserRef::Id(id) = user else { return None };
        let is_stated = self.expected(row) == Some(**id);
        let is_on_the_way = || {
            self.begun
                .get(&self.sheet[row].key)
                .is_some_and(|begun| begun.is_on_the_way)
        };
        let is_gone = matches!(self.snapshot.user(user), Found::None { .. });
        (is_gone && (is_stated || is_on_the_way())).then_some(**id)
    }

    /// Whether the row may take the seat away, by its `unless_used_since`. Whoever is not there is for the operation to say.
    pub(super) fn may_take_the_seat(&mut self, index: RowIndex, row: &Row) -> Planned {
        let (Some(since), Some(user)) = (row.unless_used_since(), row.operation.named_user()) else {
            return Ok(());
        };
        let found = self.meant(index, user)?;
        let group = if let Operation::ReleaseLease { group, .. } = &row.operation {
            self.ruled(group)
        } else {
            None
        };
        let holder = match &found {
            Found::One(found) => Some(found.id),
            Found::None { .. } | Found::Many(_) => {
                let orphan = self.orphan_meant(index, user).map(|orphan| orphan.user);
                orphan.or_else(|| self.gone_holder(user, group?))
            }
        };
        let Some(holder) = holder else { return Ok(()) };
        let kept = unused_since(since, Seen::of(holder, group, self.snapshot), self.rules.as_of());
        if let (Err(kept), Found::One(found)) = (&kept, found) {
            let account = self.drafts.existing(found, Naming::user(index), self.snapshot);
            self.rows[index].account = Some(account);
            if kept.code == RowReason::UsedSince.into() {
                let by_rule = group.and_then(|group| self.snapshot.leases()?.of(group, holder));
                let held = match by_rule {
                    Some(lease) => lease.bundles.clone(),
                    None => self.drafts.get(account).now().direct.bundles(),
                };
                self.cautions.used_since.push((index, user.to_string(), held));
            }
        }
        kept
    }

    fn expected(&self, row: RowIndex) -> Option<UserId> {
        self.sheet[row].user_id()
    }
}

/// Whether this is one of the account's names.
fn goes_by(account: &User, user: &UserRef) -> bool {
    match user {
        UserRef::Id(id) => account.id == **id,
        UserRef::Name(name) => [account.email(), account.user_name()].map(fold).contains(&fold(name)),
    }
}
