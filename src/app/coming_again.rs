//! Finished rows that are looked at again: what rows above them do to the same account counts before them, because the order
//! of the sheet decides, and those are run only now.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::HashSet;
use foldhash::fast::RandomState;

use crate::intake::Intake;
use crate::model::{Operation, UserRef};
use crate::text::folded;

/// What of an account rows change.
#[derive(Debug, Clone, Copy, Hash)]
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
}

impl Touched {
    /// Notes a row that is run.
    pub(super) fn note(&mut self, operation: &Operation) {
        self.seen.extend(hashes(&self.hasher, operation));
    }

    /// Whether a finished row comes after one that is run and that may take back what it did.
    pub(super) fn takes_back(&self, operation: &Operation) -> bool {
        !self.seen.is_empty()
            && comes_again(operation)
            && hashes(&self.hasher, operation).any(|hash| self.seen.contains(&hash))
    }
}

/// One for each thing that the row changes of its account.
fn hashes(hasher: &RandomState, operation: &Operation) -> impl Iterator<Item = u64> {
    let account = account(operation);
    facets(operation)
        .iter()
        .filter_map(move |facet| Some(hasher.hash_one((facet, account.as_ref()?))))
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
    match operation {
        Operation::Update(_)
        | Operation::SetLicenses { .. }
        | Operation::AddLicenses { .. }
        | Operation::RemoveLicenses { .. }
        | Operation::ReleaseLicenses { .. }
        | Operation::BlockLicenses { .. }
        | Operation::AddToGroups { .. }
        | Operation::RemoveFromGroups { .. }
        | Operation::SetGroups { .. } => true,
        Operation::Invite(_)
        | Operation::Create(_)
        | Operation::Migrate(_)
        | Operation::Delete { .. }
        | Operation::SetGroupLicenses(_)
        | Operation::ClearGroupLicenses { .. }
        | Operation::ReleaseLease { .. }
        | Operation::Offboard { .. } => false,
    }
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
        Operation::Delete { .. }
        | Operation::SetGroupLicenses(_)
        | Operation::ClearGroupLicenses { .. }
        | Operation::ReleaseLease { .. } => &[],
    }
}

/// What the account is called that the row changes: of a move the new one.
fn account(operation: &Operation) -> Option<Cow<'_, str>> {
    let name = match operation {
        Operation::Invite(invite) => invite.email.as_str(),
        Operation::Create(create) => create.user_name(),
        Operation::Migrate(migrate) => migrate.new_email.as_str(),
        other => match other.named_user()? {
            UserRef::Name(name) => name,
            UserRef::Id(id) => return Some(id.to_string().into()),
        },
    };
    Some(folded(name))
}
