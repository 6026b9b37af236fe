//! Keeps the organization's last administrator: whoever could still invite another one.

use super::administrator_tally::{Count, StandingChange};
use super::builder::{Builder, Planned};
use crate::model::{DeleteWhen, GroupId, Migrate, Status};
use crate::plan::{AccountIndex, Administrators, RowIndex, RowReason, Verdict};
use crate::text::fold;

impl Builder<'_> {
    /// Counts who administrates once the row has done this to the accounts; refused if nobody would.
    ///
    /// An account counts once it is there, active and accepted, by what the rows above do and not those below, so it
    /// is the last such row of the sheet that is refused. Nothing is refused where no administrator was visible before.
    pub(super) fn keeps_an_administrator(
        &mut self,
        row: RowIndex,
        changes: &[(AccountIndex, StandingChange<'_>)],
    ) -> Planned {
        self.knows_who_administrates(changes)?;
        let Some(group) = self.snapshot.administrators().map(|group| group.id) else {
            return Ok(());
        };
        let (mut gained, mut lost, mut lost_of_before) = (0, 0, 0);
        for (account, change) in changes {
            match (
                self.will_administrate(*account, group, &StandingChange::default()),
                self.will_administrate(*account, group, change),
            ) {
                (false, true) => gained += 1,
                (true, false) => {
                    lost += 1;
                    let user = self.drafts.get(*account).user;
                    lost_of_before += usize::from(user.is_some_and(|user| self.snapshot.can_administrate(user)));
                }
                (true, true) | (false, false) => {}
            }
        }
        if gained + lost == 0 {
            return Ok(());
        }
        let snapshot = self.snapshot;
        let count = self.administrators.count.get_or_insert_with(|| {
            let before = snapshot
                .users()
                .iter()
                .filter(|user| snapshot.can_administrate(user))
                .count();
            Count {
                before,
                kept: before,
                now: before,
            }
        });
        let left = (count.now + gained).saturating_sub(lost);
        if lost > 0 && left == 0 && count.before > 0 {
            if !snapshot.has_administrating_group() {
                let message = "the account is the last active member of Administrators that has accepted its \
                               invitation, so nobody could administrate the organization any more; make somebody else \
                               an administrator first";
                return Err(Verdict::new(Status::Skipped, RowReason::LastAdministrator, message));
            }
            if self.rules.administrators == Administrators::Protected {
                let message = "the account is the last administrator that is visible; a group of the directory is in \
                               Administrators too, so if somebody of it can administrate, add `--allow-admins`";
                return Err(Verdict::new(Status::Skipped, RowReason::LastAdministrator, message));
            }
            self.administrators.found.last.push(row);
        }
        count.now = left;
        count.kept = count.kept.saturating_sub(lost_of_before);
        if lost > 0 && count.kept == 0 && left > 0 && !self.administrators.newcomers.is_empty() {
            let newcomers = self.administrators.newcomers.clone();
            self.administrators.found.after.insert(row, newcomers);
            // The successor of a migration joins as early as ever.
            let leaving = changes.iter().filter(|(_, change)| change.joining.is_empty());
            let leaving = leaving.map(|(account, _)| *account);
            self.administrators.found.leaving.extend(leaving);
        }
        if gained > 0 {
            self.administrators.newcomers.push(row);
        }
        let goes = changes
            .iter()
            .filter(|(_, change)| change.goes)
            .map(|(account, _)| *account);
        self.administrators.going.extend(goes);
        Ok(())
    }

    /// Whether it is known of each account that the row takes out of use, or out of groups, if it is an administrator's.
    fn knows_who_administrates(&self, changes: &[(AccountIndex, StandingChange<'_>)]) -> Planned {
        let is_unknown = |(account, change): &(AccountIndex, StandingChange<'_>)| {
            let draft = self.drafts.get(*account);
            let stops = change.goes || [change.active, change.accepted].contains(&Some(false));
            let leaves = change.leaving.iter().any(|group| self.is_called_administrators(*group));
            (stops || leaves)
                && draft.standing().is_some_and(|(active, accepted)| active && accepted)
                && draft
                    .user
                    .is_some_and(|user| self.snapshot.is_perhaps_administrator(user))
        };
        if self.rules.administrators == Administrators::MayGo || !changes.iter().any(is_unknown) {
            return Ok(());
        }
        let message = "whether the account is the last administrator's is not told here; if somebody else can \
                       administrate the organization, add `--allow-admins`";
        Err(Verdict::new(Status::Skipped, RowReason::LastAdministrator, message))
    }

    /// Whether the group has the name of Administrators, although the listing may not show that it is built in.
    fn is_called_administrators(&self, group: GroupId) -> bool {
        let group = self.snapshot.group_by_id(group);
        group.is_some_and(|group| fold(&group.name) == "administrators")
    }

    /// The same of a migration to this account. Its successor counts if it has accepted.
    pub(super) fn migration_keeps_an_administrator(
        &mut self,
        row: RowIndex,
        migrate: &Migrate,
        (old, new): (Option<AccountIndex>, AccountIndex),
        groups: &[GroupId],
    ) -> Planned {
        let is_accepted = self.drafts.get(new).standing().is_some_and(|(_, accepted)| accepted);
        let goes = match migrate.delete_when {
            DeleteWhen::Accepted => is_accepted,
            DeleteWhen::Invited => true,
            DeleteWhen::Never => false,
        };
        let joins = StandingChange {
            joining: groups,
            ..StandingChange::default()
        };
        let old = old.filter(|_| goes && !self.gets_no_seat(row));
        let leaves = old.map(|old| (old, StandingChange::GOES));
        let changes: Vec<_> = std::iter::once((new, joins)).chain(leaves).collect();
        self.keeps_an_administrator(row, &changes)
    }

    /// Whether the account can administrate after the rows so far and this change.
    fn will_administrate(&self, account: AccountIndex, group: GroupId, change: &StandingChange<'_>) -> bool {
        let draft = self.drafts.get(account);
        let (Some(user), Some((active, accepted))) = (draft.user, draft.standing()) else {
            return false;
        };
        let stays = !change.goes && draft.deleted_by().is_none() && !self.administrators.going.contains(&account);
        // Where users come without their groups, the group's own listing says who is a member.
        let is_in = change.joining.contains(&group)
            || draft.is_in(group)
            || (!user.tells_groups && self.snapshot.is_administrator(user));
        stays
            && user.is_person()
            && change.active.unwrap_or(active)
            && change.accepted.unwrap_or(accepted)
            && is_in
            && !change.leaving.contains(&group)
    }
}
