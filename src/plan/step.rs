//! Steps: what must be done to one account or one group, and for which rows.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::{Direct, Holding, LicenseEdit, OneOrMany, Turn};
use crate::api::{GroupRule, Invitation, NewUser, UserUpdate};
use crate::model::{BundleSet, GroupId, Quota, Row, UserId, UserRef};

/// A row's position among the rows that are planned.
pub type RowIndex = usize;

/// An account's position in [`Plan::accounts`](super::Plan::accounts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountIndex(NonZeroU32);

impl AccountIndex {
    /// The index of this position.
    pub fn new(position: usize) -> Self {
        Self(narrow(position))
    }

    /// The position.
    pub fn position(self) -> usize {
        wide(self.0)
    }
}

/// A step's position in [`Plan::steps`](super::Plan::steps).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepIndex(NonZeroU32);

impl StepIndex {
    /// The index of this position.
    pub fn new(position: usize) -> Self {
        Self(narrow(position))
    }

    /// The position.
    pub fn position(self) -> usize {
        wide(self.0)
    }
}

/// Where the sheet names an account: by the row that names it first, as somebody who is there or as whom the row makes. There
/// may be a million, so it says where the name stands, and does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Naming(NonZeroU32);

impl Naming {
    /// The user that the row names.
    pub fn user(row: RowIndex) -> Self {
        Self(narrow(2 * row))
    }

    /// The account that the row makes.
    pub fn made(row: RowIndex) -> Self {
        Self(narrow(2 * row + 1))
    }

    /// The row.
    pub fn row(self) -> RowIndex {
        wide(self.0) / 2
    }

    /// The name, which is in the row of these.
    pub fn label(self, sheet: &[Row]) -> Cow<'_, str> {
        let operation = &sheet[self.row()].operation;
        let label = if wide(self.0) % 2 == 1 {
            operation.makes().map(Cow::Borrowed)
        } else {
            operation.named_user().map(UserRef::label)
        };
        label.unwrap_or_default()
    }
}

/// An account that the plan touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Where the sheet names it.
    pub naming: Naming,
    /// Its id; `None` until an invitation or a creation makes it.
    pub id: Option<UserId>,
    maker: Option<NonZeroU32>,
}

impl Account {
    /// An account of the organization, or, without an id, one to be made.
    pub fn new(naming: Naming, id: Option<UserId>) -> Self {
        let maker = None;
        Self { naming, id, maker }
    }

    /// The row that makes it, if one does.
    pub fn maker(&self) -> Option<RowIndex> {
        self.maker.map(wide)
    }

    pub(super) fn made_by(&mut self, row: RowIndex) {
        self.maker = Some(narrow(row));
    }
}

/// A position in half the space: no sheet has anywhere near four billion rows.
pub(super) fn narrow(position: usize) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(u32::try_from(position).unwrap_or(u32::MAX))
}

pub(super) fn wide(position: NonZeroU32) -> usize {
    position.get() as usize - 1
}

/// The order of steps: a stage begins once the previous one has ended.
///
/// New accounts come first because everything else needs their ids; steps that free seats come before those that take
/// them; an old account is deleted last, after its successor was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Invitations and creations.
    Enter,
    /// Profiles, memberships, group rules, licences that only free seats, deletions of accounts that
    /// nothing else touches.
    Change,
    /// Deletions of accounts that an earlier stage touched.
    Leave,
    /// Licences taken off accounts that were deactivated or taken out of groups for it: whoever is still active and in a
    /// group could take a licence of the group's at once.
    Release,
    /// Licences that take seats, in as many waves as full pools demand: each takes what is free once the previous one
    /// has ended.
    Grant(u16),
    /// Licences taken off an old account to be handed over to its successor.
    HandOver,
    /// The same licences given to the successor.
    TakeOver,
    /// Licences given back if the successor could not take them.
    GiveBack,
    /// Successors and leavers are read back.
    Verify,
    /// Old accounts, and those that a grant stage touched, are deleted.
    Farewell,
}

/// Whether a membership begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Membership {
    /// The account joins.
    Join,
    /// The account leaves.
    Leave,
}

/// A change of one account's direct allocation, merged from one or more rows. It names no account and no row, so that
/// steps which do the same share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicenseChange {
    /// What is held before.
    pub base: Holding,
    /// What each row does, in sheet order, by the row's place among those of the step.
    pub edits: Vec<(usize, LicenseEdit)>,
    /// What is held after all of them.
    pub target: Holding,
    /// The bundles that the account holds by groups' rules all the while, as far as is known: it takes one seat of each,
    /// whether it holds it directly besides or not.
    pub by_rules: BundleSet,
    /// What follows for the pools: it is asked again and again while seats are dealt out.
    turn: Turn,
}

impl LicenseChange {
    /// The change that these edits make to `base`.
    pub fn new(base: Holding, edits: Vec<(usize, LicenseEdit)>) -> Self {
        let target = edits.iter().fold(base.clone(), |held, (_, edit)| edit.apply(&held));
        let by_rules = BundleSet::default();
        Self {
            turn: turn(&base, &target, &by_rules),
            base,
            edits,
            target,
            by_rules,
        }
    }

    /// The change that these edits of some of a step's `rows` make to `base`.
    pub fn of_rows(rows: &[RowIndex], base: Holding, edits: impl IntoIterator<Item = (RowIndex, LicenseEdit)>) -> Self {
        let place = |row: RowIndex| rows.iter().position(|other| *other == row);
        let edits = edits.into_iter().filter_map(|(row, edit)| Some((place(row)?, edit)));
        Self::new(base, edits.collect())
    }

    /// What each of the step's `rows` does, in sheet order.
    pub fn edits_of<'a>(&'a self, rows: &'a [RowIndex]) -> impl Iterator<Item = (RowIndex, &'a LicenseEdit)> {
        let row = |place: usize| rows.get(place).copied();
        self.edits
            .iter()
            .filter_map(move |(place, edit)| Some((row(*place)?, edit)))
    }

    /// The same for an account that holds these bundles by groups' rules.
    #[must_use]
    pub fn beside(mut self, by_rules: BundleSet) -> Self {
        self.keep_beside(by_rules);
        self
    }

    /// The account holds these bundles by groups' rules.
    pub(super) fn keep_beside(&mut self, by_rules: BundleSet) {
        self.by_rules = by_rules;
        self.turn = turn(&self.base, &self.target, &self.by_rules);
    }

    /// Adds what the row at this place among those of the step does.
    pub(super) fn push(&mut self, place: usize, edit: LicenseEdit) {
        self.target = edit.apply(&self.target);
        self.edits.push((place, edit));
        self.turn = turn(&self.base, &self.target, &self.by_rules);
    }

    /// Whether nothing changes.
    pub fn is_nothing(&self) -> bool {
        self.base.is_like(&self.target)
    }

    /// Whether it may take seats.
    pub fn may_take(&self) -> bool {
        !self.target.direct.bundles().is_subset(&self.base.direct.bundles())
    }

    /// Bundles whose seats it takes; none if what is held before is unknown.
    pub fn gains(&self) -> &BundleSet {
        &self.turn.gains
    }

    /// Bundles whose seats it frees.
    pub fn frees(&self) -> &BundleSet {
        &self.turn.frees
    }

    /// What it does to the pools.
    pub fn turn(&self) -> &Turn {
        &self.turn
    }

    /// Bundles that are not held directly any more afterwards.
    pub fn loses(&self) -> BundleSet {
        self.base.direct.bundles().minus(&self.target.direct.bundles())
    }
}

/// What it does to the pools that an account holds the one and then the other directly, and these by groups' rules.
fn turn(base: &Holding, target: &Holding, by_rules: &BundleSet) -> Turn {
    let (before, after) = (base.direct.bundles(), target.direct.bundles());
    let gains = match base.direct {
        Direct::Unknown => BundleSet::default(),
        Direct::Holds(_) | Direct::Inherits => after.minus(&before).minus(by_rules),
    };
    let frees = before.minus(&after).minus(by_rules);
    Turn { gains, frees }
}

/// What reading back must show for a successor before its predecessor is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The address to look it up by.
    pub address: String,
    /// Memberships.
    pub groups: Vec<GroupId>,
    /// Direct bundles; ignored where allocations cannot be read.
    pub licenses: BundleSet,
    /// The old account.
    pub predecessor: Option<Predecessor>,
}

/// A migration's old account, as it was when the migration was planned: what it has been given since goes over too, and
/// it is not deleted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predecessor {
    /// Which account.
    pub user: UserId,
    /// The address to look it up by.
    pub address: String,
    /// The groups it was to be in; `None` if the row names the successor's.
    pub groups: Option<Vec<GroupId>>,
    /// The direct bundles it was to hold; `None` if the row names the successor's.
    pub licenses: Option<BundleSet>,
}

/// A local account to create.
#[derive(Debug, Clone)]
pub struct Creation {
    /// The account.
    pub user: NewUser,
    /// The groups it starts in.
    pub groups: Vec<GroupId>,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Work {
    /// Mails an invitation.
    Invite(Box<Invitation>),
    /// Makes a local account.
    Create(Box<Creation>),
    /// Changes the profile, and memberships in the same PUT; one part for each row, in sheet order.
    Update(Box<OneOrMany<(RowIndex, UserUpdate)>>),
    /// Joins or leaves one group, from the group's side. Its id is apart: of a million steps few have one.
    Member(Box<GroupId>, Membership),
    /// Changes the direct allocation.
    License(Arc<LicenseChange>),
    /// Replaces a group's licence rule.
    GroupRule(Box<GroupRuleChange>),
    /// Takes a group's licence rule away.
    RemoveRule(Box<RuleRemoval>),
    /// Gives back what the account holds by a group's licence rule.
    EndLease(Box<LeaseEnd>),
    /// Reads a successor back.
    Verify(Box<Expectation>),
    /// Reads somebody back who was offboarded.
    VerifyLeaver,
    /// Deletes the account.
    Delete,
}

impl Work {
    /// The direct allocation that it changes.
    pub fn license(&self) -> Option<&LicenseChange> {
        if let Self::License(change) = self {
            Some(change)
        } else {
            None
        }
    }

    /// What it gives back of what is held by a group's rule.
    pub fn lease_end(&self) -> Option<&LeaseEnd> {
        if let Self::EndLease(end) = self {
            Some(end)
        } else {
            None
        }
    }

    /// The group whose rule it replaces or takes away.
    pub fn ruled_group(&self) -> Option<GroupId> {
        match self {
            Self::GroupRule(change) => Some(change.group),
            Self::RemoveRule(removal) => Some(removal.group),
            _ => None,
        }
    }
}

/// A group's licence rule as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRuleChange {
    /// Whose.
    pub group: GroupId,
    /// The whole set.
    pub bundles: BundleSet,
    /// Limits; `None` uses the call without quotas.
    pub quotas: Option<Vec<Quota>>,
    /// `useExternalLicense` to send.
    pub external_license: bool,
}

impl GroupRuleChange {
    /// Whether this is the rule as it should be.
    pub fn is_so(&self, rule: &GroupRule) -> bool {
        let limits = |quotas: &[Quota]| {
            let mut quotas = quotas.to_vec();
            quotas.sort_by(|one, other| one.code.cmp(&other.code));
            quotas
        };
        rule.bundles == self.bundles
            && limits(&rule.quotas) == limits(self.quotas.as_deref().unwrap_or_default())
            && rule.external_license == self.external_license
    }
}

/// A group's licence rule that is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRemoval {
    /// Whose.
    pub group: GroupId,
    /// The group's name; its id where it has none.
    pub name: String,
    /// The bundles of the rule.
    pub bundles: BundleSet,
    /// How many people hold seats by it; `None` where that cannot be read.
    pub holders: Option<usize>,
}

/// Seats held by a group's licence rule that are given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseEnd {
    /// Whose rule.
    pub group: GroupId,
    /// What is held by it.
    pub bundles: BundleSet,
}

/// Something to do to one account or one group.
#[derive(Debug, Clone)]
pub struct Step {
    /// When.
    pub stage: Stage,
    /// To which account; `None` for a group's rule.
    pub account: Option<AccountIndex>,
    /// For which rows, in sheet order.
    pub rows: OneOrMany<RowIndex>,
    /// What.
    pub work: Work,
}

/// Of steps there may be a million.
const _: () = assert!(size_of::<Step>() <= 40);

/// A source of steps: a plan, or a run that has learned more than its plan says.
pub trait StepSource {
    /// One step.
    fn step(&self, index: StepIndex) -> &Step;
    /// The id of an account; `None` until an invitation or a creation has made it.
    fn account_id(&self, index: AccountIndex) -> Option<UserId>;
}
