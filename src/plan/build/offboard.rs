//! Rows that take everything from a leaver but the account.

use super::administrator_tally::StandingChange;
use super::builder::{Builder, Planned};
use crate::api::{User, UserUpdate};
use crate::model::{Status, UserRef};
use crate::plan::settled::contradicts;
use crate::plan::{AccountIndex, Direct, LicenseEdit, Membership, RowCode, RowIndex, RowReason, Verdict};
use crate::problem::ProblemCode;

impl Builder<'_> {
    /// Deactivates the account, takes it out of all groups (Everyone apart) and releases its direct licences. A block is
    /// no licence, and stays.
    pub(super) fn offboard(&mut self, row: RowIndex, user: &UserRef) -> Planned {
        let account = self.account(row, user)?;
        let Some(found) = self.drafts.get(account).user else {
            let message = format!("`{user}` is made by this same sheet; leave one of the rows out");
            return Err(contradicts(ProblemCode::MadeAndOffboarded, message));
        };
        self.may_be_offboarded(found)?;
        self.knows_groups(account)?;
        self.is_given_nothing(account)?;
        let leaving = self.inheritable(&self.drafts.get(account).groups());
        let change = StandingChange {
            leaving: &leaving,
            active: Some(false),
            ..StandingChange::default()
        };
        self.keeps_an_administrator(row, &[(account, change)])?;
        let draft = self.drafts.get_mut(account);
        draft.offboard(row);
        if draft.standing().is_none_or(|(active, _)| active) {
            let update = UserUpdate {
                is_active: Some(false),
                ..UserUpdate::default()
            };
            draft.update(row, update);
        }
        self.membership(row, account, &leaving, Membership::Leave);
        match self.drafts.get(account).now().direct {
            Direct::Holds(bundles) if !bundles.is_empty() => {
                if self.may_release(row, account, &LicenseEdit::Release, user).is_ok() {
                    self.edit(row, account, LicenseEdit::Release);
                } else {
                    let words = "what the account holds directly stays with it, because only the portal releases that, and \
                                 no portal answers here: add a `block-licenses` row";
                    self.note(row, words);
                    self.cautions.unreleased_leavers.push((row, user.to_string()));
                }
            }
            Direct::Holds(_) | Direct::Inherits => {}
            // Nothing is held, and whether by a block does not matter.
            Direct::Unknown if self.snapshot.allocations().is_some() => {}
            Direct::Unknown => {
                let words = "what the account holds directly cannot be read on this deployment, so it was not released: \
                             look in the web interface";
                self.note(row, words);
                self.cautions.unreadable_leavers.push((row, user.to_string()));
            }
        }
        if found.from_directory {
            let words = "the organization's directory manages the account: disable it there, or it comes back";
            self.note(row, words);
            self.cautions.directory_leavers.push((row, user.to_string()));
        }
        Ok(())
    }

    fn may_be_offboarded(&self, user: &User) -> Planned {
        if self.snapshot.acting_user() == Some(user.id) {
            let message = "this is the account that reseat is signed in as, which it never deactivates";
            return Err(Verdict::new(Status::Skipped, RowReason::OwnAccount, message));
        }
        self.is_no_administrator(user, "offboard")
    }

    /// Whether no row so far moves the account's owner, or gives the account anything.
    fn is_given_nothing(&self, account: AccountIndex) -> Planned {
        let draft = self.drafts.get(account);
        if let Some(other) = draft.offboarded_by() {
            let message = format!("{} offboards the same account", self.place(other));
            let code = RowCode::Problem(ProblemCode::DuplicateRow);
            return Err(Verdict::new(Status::Duplicate, code, message));
        }
        let mover = draft.succession().map(|succession| succession.row);
        if let Some(other) = draft.left_by().or(mover) {
            let message = format!("{} moves the same user", self.place(other));
            return Err(contradicts(ProblemCode::MigrateAndOffboard, message));
        }
        match draft.given_by() {
            None => Ok(()),
            Some(other) => {
                let message = format!(
                    "{} gives something to the account that this row offboards",
                    self.place(other)
                );
                Err(contradicts(ProblemCode::GivenAndOffboarded, message))
            }
        }
    }

    /// Whether the account may be given something: no row so far offboards it.
    pub(super) fn stays(&self, account: AccountIndex) -> Planned {
        match self.drafts.get(account).offboarded_by() {
            None => Ok(()),
            Some(other) => Err(self.is_offboarded(other, ProblemCode::GivenAndOffboarded)),
        }
    }

    /// The account is offboarded by the `other` row, so that this one cannot run.
    pub(super) fn is_offboarded(&self, other: RowIndex, code: ProblemCode) -> Verdict {
        contradicts(code, format!("{} offboards the same account", self.place(other)))
    }
}
