//! Under `--resend`: whose invitation is mailed once more, also for rows that earlier runs finished.

use super::builder::{Builder, Planned};
use super::migrate::successors_invitation;
use super::new_accounts::invitation;
use crate::api::User;
use crate::directory::Found;
use crate::model::{Operation, RowKey};
use crate::plan::{Naming, Pending, RowIndex, Work};

impl Builder<'_> {
    /// Whether `--resend` mails the account's person once more: the invitation is pending, and no such run has mailed
    /// it lately.
    pub(super) fn is_mail_due(&self, key: RowKey, user: &User) -> bool {
        let mailed = self.begun.get(&key).and_then(|begun| begun.mailed_at);
        let is_recent = |mailed| self.rules.mailed_since.is_none_or(|since| mailed >= since);
        self.rules.pending == Pending::Resend && !user.invitation_accepted && !mailed.is_some_and(is_recent)
    }

    /// A row that an earlier run finished: nothing of it is done again, but its person may be mailed once more.
    pub(super) fn mail_again(&mut self, row: RowIndex, operation: &Operation, key: RowKey) -> Planned {
        let begun = self.begun.get(&key);
        let Some((begun, finished)) = begun.and_then(|begun| Some((begun, begun.finished.as_deref()?))) else {
            return Ok(());
        };
        self.rows[row].more().earlier = Some(begun.clone());
        if operation.kind().takes_several_runs() {
            self.rows[row].more().captured.clone_from(&begun.before);
        }
        let (address, invitation) = match operation {
            Operation::Invite(invite) => (&invite.email, invitation(invite, &[])),
            Operation::Migrate(migrate) => (&migrate.new_email, successors_invitation(migrate, None, &[])),
            _ => return Err(finished.verdict.clone()),
        };
        let Found::One(user) = self.snapshot.account(address.as_str()) else {
            return Err(finished.verdict.clone());
        };
        let account = self
            .existing(Naming::made(row), user)
            .map_err(|_| finished.verdict.clone())?;
        if !self.is_mail_due(key, user) {
            return Err(finished.verdict.clone());
        }
        self.drafts
            .get_mut(account)
            .make(row, Work::Invite(Box::new(invitation)), &[]);
        Ok(())
    }
}
