//! Finished rows that are looked at again: what rows above them do to the same account counts before them, because the order
//! of the sheet decides, and those are run only now.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::HashSet;
use foldhash::fast::RandomState;

use crate::directory::Snapshot;
use crate::intake::Intake;
use crate::model::{Operation, Row, UserId, UserRef};
use crate::text::folded;

/// What of an account rows change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Facet {
    Licenses,
    Groups,
    Profile,
}

/// What the rows of a run change, by account.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Hashes, because there may be a million: a row that is looked at again for nothing is found unchanged.
    seen: HashSet<u64>,
    hasher: RandomState,
    /// A bit for each set of [`ways`] in which some of them name their account.
    ways: u8,
}

/// A finished row of which the organization tells whether it comes after one that is run: they name their accounts in
/// different ways.
#[derive(Debug)]
pub(super) struct Doubtful {
    pub(super) row: Row,
    /// How many rows that are run come before it.
    pub(super) before: usize,
}

impl Touched {
    /// Notes a row that is run.
    pub(super) fn note(&mut self, row: &Row) {
        self.seen.extend(hashes(&self.hasher, row));
        self.ways |= 1 << ways(row);
    }

    /// Whether a finished row comes after one that is run and that may take back what it did.
    pub(super) fn takes_back(&self, row: &Row) -> bool {
        !self.seen.is_empty()
            && comes_again(&row.operation)
            && hashes(&self.hasher, row).any(|hash| self.seen.contains(&hash))
    }

    /// Whether that may be so although they do not name the same account: one says its id alone, and the other its address.
    pub(super) fn may_take_back(&self, row: &Row) -> bool {
        if self.seen.is_empty() || !comes_again(&row.operation) {
            return false;
        }
        let own = ways(row);
        (1..8).any(|ways| self.ways & (1 << ways) != 0 && ways & own == 0)
    }
}

/// Those of these rows that come after one that changes the same of the same account.
pub(super) fn coming_again(rows: &[Row], doubtful: Vec<Doubtful>, snapshot: &Snapshot) -> Vec<Doubtful> {
    let mut seen: HashSet<(Facet, UserId)> = HashSet::default();
    let mut noted = 0;
    let is_after = |doubtful: &Doubtful| {
        seen.extend(
            rows[noted..doubtful.before]
                .iter()
                .flat_map(|row| changes(row, snapshot)),
        );
        noted = doubtful.before;
        changes(&doubtful.row, snapshot).any(|change| seen.contains(&change))
    };
    doubtful.into_iter().filter(is_after).collect()
}

fn changes(row: &Row, snapshot: &Snapshot) -> impl Iterator<Item = (Facet, UserId)> {
    let users: Vec<UserId> = match worked_on(&row.operation) {
        Some(UserRef::Id(id)) => vec![**id],
        Some(name) => snapshot.user(name).one().map(|user| user.id).into_iter().collect(),
        None => {
            let made = row.operation.names_made();
            made.filter_map(|name| Some(snapshot.account(name).one()?.id)).collect()
        }
    };
    let of_user = |user| facets(&row.operation).iter().map(move |facet| (*facet, user));
    users.into_iter().flat_map(of_user)
}

/// In which ways the row names its account, a bit for each: by an id, an address, a user name.
fn ways(row: &Row) -> u8 {
    const ID: u8 = 1;
    const ADDRESS: u8 = 2;
    const NAME: u8 = 4;
    if facets(&row.operation).is_empty() {
        return 0;
    }
    let of_a_name = |name: &str| if name.contains('@') { ADDRESS } else { NAME };
    let named = match worked_on(&row.operation) {
        Some(UserRef::Id(_)) => ID,
        Some(UserRef::Name(name)) => of_a_name(name),
        None => row.operation.names_made().map(of_a_name).fold(0, |all, way| all | way),
    };
    named | id_beside(row).map_or(0, |_| ID)
}

/// The id beside the name of the row's account; that of a move is the old account's.
fn id_beside(row: &Row) -> Option<UserId> {
    row.user_id().filter(|_| row.operation.makes().is_none())
}

/// One for each thing that the row changes of its account, by each name of this.
fn hashes(hasher: &RandomState, row: &Row) -> impl Iterator<Item = u64> {
    let worked_on: Option<Cow<'_, str>> = worked_on(&row.operation).map(|user| match user {
        UserRef::Name(name) => folded(name),
        UserRef::Id(id) => id.to_string().into(),
    });
    let beside = id_beside(row).map(|id| id.to_string().into());
    let made = row.operation.names_made().map(folded);
    made.chain(worked_on).chain(beside).flat_map(move |account| {
        let of_account = facets(&row.operation).iter();
        of_account.map(move |facet| hasher.hash_one((facet, &account)))
    })
}

/// Whether finished rows stand below rows that are not, so that some of them may have to be looked at again.
pub(super) fn may_come_again(intake: &Intake) -> bool {
    let Some(first) = intake.rows.iter().find(|row| !facets(&row.operation).is_empty()) else {
        return false;
    };
    let is_below = |row, sheet| row > first.place.row || sheet != &first.place.sheet;
    intake
        .finished
        .iter()
        .any(|(_, place)| is_below(place.row, &place.sheet))
}

/// Whether doing the row once more does no harm: nobody is mailed, and nothing is made or deleted.
fn comes_again(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Update(_)
            | Operation::SetLicenses { .. }
            | Operation::AddLicenses { .. }
            | Operation::RemoveLicenses { .. }
            | Operation::ReleaseLicenses { .. }
            | Operation::BlockLicenses { .. }
            | Operation::AddToGroups { .. }
            | Operation::RemoveFromGroups { .. }
            | Operation::SetGroups { .. }
    )
}

fn facets(operation: &Operation) -> &'static [Facet] {
    match operation {
        Operation::Invite(_) | Operation::Create(_) | Operation::Migrate(_) | Operation::Offboard { .. } => {
            &[Facet::Licenses, Facet::Groups, Facet::Profile]
        }
        Operation::Update(_) => &[Facet::Groups, Facet::Profile],
        Operation::SetLicenses { .. }
        | Operation::AddLicenses { .. }
        | Operation::RemoveLicenses { .. }
        | Operation::ReleaseLicenses { .. }
        | Operation::BlockLicenses { .. } => &[Facet::Licenses],
        Operation::AddToGroups { .. } | Operation::RemoveFromGroups { .. } | Operation::SetGroups { .. } => {
            &[Facet::Groups]
        }
        _ => &[],
    }
}

/// The account that the row works on, unless it makes one: of a move only the new one counts.
fn worked_on(operation: &Operation) -> Option<&UserRef> {
    operation.named_user().filter(|_| operation.makes().is_none())
}
