//! The net changes of a run: first state and last, for each account and each group.

use std::collections::BTreeMap;

use strum::{EnumIter, IntoStaticStr};

use super::group::{GroupMark, RuleState};
use super::held::Held;
use super::portrait::Portrait;
use crate::api::User;
use crate::intake::Column;
use crate::model::{BundleSet, Place, Status, UserId};

/// Everything that the records say was changed, newest first.
#[derive(Debug, Default)]
pub struct Changes {
    pub(super) accounts: Vec<AccountChange>,
    pub(super) rules: Vec<RuleChange>,
    pub(super) loose: Vec<Loose>,
    /// How many rows of the results file changed something, or may have.
    pub rows: usize,
}

impl Changes {
    /// Whether there is nothing that could be put back, or that has to be told.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.rules.is_empty() && self.loose.is_empty()
    }
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flip<T> {
    /// `None` where it was not recorded.
    pub(super) was: Option<T>,
    pub(super) is: T,
    /// What the runs left in between. A row that says what there was at the start of its run may tell one of these, and it
    /// is what there is where the last change has not come about.
    pub(super) between: Vec<T>,
}

impl<T> Flip<T> {
    pub(super) fn new(was: Option<T>, is: T) -> Self {
        Self {
            was,
            is,
            between: Vec::new(),
        }
    }
}

impl<T: PartialEq> Flip<T> {
    /// A later change of the same value. Where it does not begin with what the earlier one left, somebody has changed the
    /// value in between, and what that person left is what the run found.
    pub(super) fn then(slot: &mut Option<Self>, was: Option<T>, is: T) {
        match slot {
            None => *slot = Some(Self::new(was, is)),
            Some(flip) => flip.go_on(was, is),
        }
    }

    /// The same of a value that was changed before.
    pub(super) fn go_on(&mut self, was: Option<T>, is: T) {
        let goes_on = match (&was, &self.was) {
            (None, _) => true,
            (Some(was), first) => self.is_left_by_the_runs(was) || first.as_ref() == Some(was),
        };
        let left = std::mem::replace(&mut self.is, is);
        if goes_on {
            self.between.push(left);
        } else {
            self.was = was;
            self.between.clear();
        }
    }

    /// The same of a row that several runs may have gone on with, such as a move. Its line is of the last of them, so what
    /// other rows made of what it gave may be folded already.
    pub(super) fn of_several_runs(slot: &mut Option<Self>, was: Option<T>, is: T) {
        match slot {
            Some(flip) if flip.was.as_ref() == Some(&is) || flip.was.is_none() && was.is_none() => {
                flip.was = was;
                flip.between.push(is);
            }
            _ => Self::then(slot, was, is),
        }
    }

    /// Whether the runs left this at some time.
    pub(super) fn is_left_by_the_runs(&self, value: &T) -> bool {
        self.is == *value || self.between.contains(value)
    }

    /// Whether it came back to what it was.
    pub(super) fn is_nothing(&self) -> bool {
        self.was.as_ref() == Some(&self.is)
    }
}

/// A text of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum TextField {
    Name,
    Surname,
    DisplayName,
}

impl TextField {
    pub(super) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(super) fn column(self) -> Column {
        match self {
            Self::Name => Column::Name,
            Self::Surname => Column::Surname,
            Self::DisplayName => Column::DisplayName,
        }
    }

    pub(super) fn of(self, user: &User) -> &str {
        match self {
            Self::Name => user.name(),
            Self::Surname => user.surname(),
            Self::DisplayName => user.display_name(),
        }
    }
}

/// A yes or no of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum FlagField {
    Active,
    BypassBasicAuth,
    InvitationAccepted,
}

impl FlagField {
    pub(super) fn as_str(self) -> &'static str {
        self.into()
    }

    pub(super) fn column(self) -> Column {
        match self {
            Self::Active => Column::Active,
            Self::BypassBasicAuth => Column::BypassBasicAuth,
            Self::InvitationAccepted => Column::InvitationAccepted,
        }
    }

    pub(super) fn of(self, user: &User) -> bool {
        match self {
            Self::Active => user.is_active,
            Self::BypassBasicAuth => user.bypass_basic_auth,
            Self::InvitationAccepted => user.invitation_accepted,
        }
    }
}

/// A membership before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MembershipChange {
    pub(super) group: GroupMark,
    pub(super) was: bool,
    pub(super) is: bool,
    /// Whether the runs have left the account both in the group and out of it, one after the other.
    pub(super) is_to_and_fro: bool,
}

impl MembershipChange {
    pub(super) fn new(group: GroupMark, was: bool, is: bool) -> Self {
        Self {
            group,
            was,
            is,
            is_to_and_fro: false,
        }
    }
}

/// How an account was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Invited,
    Created,
}

/// Something that no row takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lasting {
    Password,
    FirstAddress(String),
    Lease { group: String, bundles: BundleSet },
}

/// What the records say became of an account whose person was moved to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parting {
    /// The run has kept it.
    Kept,
    /// The run may have deleted it: the row was taken up again after a run that was cut off.
    NotTold,
    /// The run has deleted it, or was about to.
    Deleted,
}

/// Whom a migration moved to this account.
#[derive(Debug, Clone)]
pub(super) struct Move {
    /// The account that was left.
    pub(super) left: Option<UserId>,
    /// What the person had before the runs changed anything: that account, or the first of several one after the other.
    pub(super) old: Portrait,
    /// The old account, as the sheet named it.
    pub(super) name: String,
    /// The rows that changed the account before it was left.
    pub(super) earlier: Vec<Place>,
    pub(super) parting: Parting,
}

/// What was changed about one account.
#[derive(Debug, Clone)]
pub(super) struct AccountChange {
    pub(super) id: UserId,
    /// How the sheet named it last.
    pub(super) label: String,
    /// The rows of the results file that changed it.
    pub(super) rows: Vec<Place>,
    /// The position of the last of them among all records.
    pub(super) last: usize,
    pub(super) made: Option<Made>,
    /// What it was like when it was deleted.
    pub(super) gone: Option<Portrait>,
    pub(super) held: Option<Flip<Held>>,
    pub(super) external: Option<Flip<bool>>,
    pub(super) groups: Vec<MembershipChange>,
    pub(super) texts: BTreeMap<TextField, Flip<String>>,
    pub(super) flags: BTreeMap<FlagField, Flip<bool>>,
    pub(super) lasting: Vec<Lasting>,
    /// One where a run made the account for somebody; more where several came together in it.
    pub(super) moved: Vec<Move>,
}

impl AccountChange {
    pub(super) fn new(id: UserId, label: &str) -> Self {
        Self {
            id,
            label: label.to_owned(),
            rows: Vec::new(),
            last: 0,
            made: None,
            gone: None,
            held: None,
            external: None,
            groups: Vec::new(),
            texts: BTreeMap::new(),
            flags: BTreeMap::new(),
            lasting: Vec::new(),
            moved: Vec::new(),
        }
    }
}

/// What was changed about a group's rule; `None` where there is no rule.
#[derive(Debug, Clone)]
pub(super) struct RuleChange {
    pub(super) group: GroupMark,
    pub(super) rows: Vec<Place>,
    pub(super) last: usize,
    pub(super) flip: Flip<Option<RuleState>>,
}

/// A record of which it is not known, or not recorded, what it changed about whom.
#[derive(Debug, Clone)]
pub(super) struct Loose {
    pub(super) place: Place,
    pub(super) last: usize,
    pub(super) user: String,
    pub(super) user_id: Option<UserId>,
    pub(super) status: Status,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What these changes, one after the other, come to.
    fn folded(changes: &[(Option<char>, char)]) -> (Option<char>, char) {
        let mut slot = None;
        for (was, is) in changes {
            Flip::then(&mut slot, *was, *is);
        }
        slot.map(|flip| (flip.was, flip.is)).unwrap()
    }

    #[test]
    fn changes_of_one_value_fold_into_the_first_state_and_the_last() {
        assert_eq!(folded(&[(Some('a'), 'b')]), (Some('a'), 'b'));
        assert_eq!(folded(&[(Some('a'), 'b'), (Some('b'), 'c')]), (Some('a'), 'c'));
        // Rows of one run both say what was there before the run.
        assert_eq!(folded(&[(Some('a'), 'b'), (Some('a'), 'c')]), (Some('a'), 'c'));
        assert_eq!(folded(&[(Some('a'), 'b'), (None, 'c')]), (Some('a'), 'c'));
        assert_eq!(folded(&[(Some('a'), 'b'), (Some('b'), 'a')]), (Some('a'), 'a'));
        // Two rows of a second run, which both say what the first had left.
        let second = [(Some('a'), 'b'), (Some('b'), 'c'), (Some('b'), 'd')];
        assert_eq!(folded(&second), (Some('a'), 'd'));
        let there_and_back = [(Some('a'), 'b'), (Some('b'), 'a'), (Some('b'), 'c')];
        assert_eq!(folded(&there_and_back), (Some('a'), 'c'));
    }

    #[test]
    fn what_a_row_of_several_runs_gave_comes_before_what_other_rows_made_of_it() {
        for (others, row, expected) in [
            (&[][..], (Some('-'), 'a'), (Some('-'), 'a')),
            (
                &[(Some('a'), 'b'), (Some('b'), 'c')],
                (Some('-'), 'a'),
                (Some('-'), 'c'),
            ),
            (&[(None, 'b')], (None, 'a'), (None, 'b')),
            // Given by a later run, after the other row.
            (&[(Some('-'), 'b')], (Some('-'), 'c'), (Some('-'), 'c')),
            (&[(Some('-'), 'b')], (Some('b'), 'c'), (Some('-'), 'c')),
            // Somebody else changed it in between.
            (&[(Some('a'), 'b')], (Some('x'), 'c'), (Some('x'), 'c')),
        ] {
            let mut slot = None;
            for (was, is) in others {
                Flip::then(&mut slot, *was, *is);
            }
            Flip::of_several_runs(&mut slot, row.0, row.1);
            let found = slot.map(|flip| (flip.was, flip.is)).unwrap();
            assert_eq!(found, expected, "{others:?}, then {row:?}");
        }
    }

    #[test]
    fn what_somebody_set_between_two_runs_is_what_the_second_found() {
        assert_eq!(folded(&[(Some('a'), 'b'), (Some('x'), 'c')]), (Some('x'), 'c'));
        assert_eq!(folded(&[(None, 'b'), (Some('x'), 'c')]), (Some('x'), 'c'));
    }
}
