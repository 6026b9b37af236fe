//! Who can administrate the organization while rows are planned.

use crate::model::{GroupId, ProfileChange};
use crate::plan::{AccountIndex, LastAdministrators, RowIndex};

/// Who can administrate: the active, accepted members of Administrators.
#[derive(Debug, Default)]
pub(super) struct AdministratorTally {
    pub(super) count: Option<Count>,
    /// Old accounts that migrations delete in this run.
    pub(super) going: Vec<AccountIndex>,
    /// Rows that make somebody an administrator.
    pub(super) newcomers: Vec<RowIndex>,
    /// What rests on it.
    pub(super) found: LastAdministrators,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    /// Before the sheet, as far as they are visible.
    pub(super) before: usize,
    /// Those of them who still are after the rows so far.
    pub(super) kept: usize,
    /// After the rows so far.
    pub(super) now: usize,
}

/// What a row makes of an account, as far as it matters to who administrates.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StandingChange<'c> {
    pub(super) joining: &'c [GroupId],
    pub(super) leaving: &'c [GroupId],
    pub(super) active: Option<bool>,
    pub(super) accepted: Option<bool>,
    /// Whether the account is deleted.
    pub(super) goes: bool,
}

impl<'c> StandingChange<'c> {
    /// An account that is deleted.
    pub(super) const GOES: Self = Self {
        joining: &[],
        leaving: &[],
        active: None,
        accepted: None,
        goes: true,
    };

    pub(super) fn of_update(profile: &ProfileChange, joining: &'c [GroupId], leaving: &'c [GroupId]) -> Self {
        Self {
            joining,
            leaving,
            active: profile.active,
            accepted: profile.invitation_accepted,
            goes: false,
        }
    }
}
