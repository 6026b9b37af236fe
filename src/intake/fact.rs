//! What rows say of their subjects, small enough to be kept for a million rows.

use super::hash::{hash, mix};
use super::values::Values;
use crate::model::OperationKind;
use crate::text::{fold, is_lower};

/// A hash of a text in its comparison form.
fn hash_folded(text: &str) -> u64 {
    if is_lower(text) { hash(text) } else { hash(&fold(text)) }
}

/// The kinds of thing that a fact is about. They keep the hashes of different kinds apart.
#[derive(Debug, Clone, Copy)]
enum Domain {
    User = 1,
    Group = 2,
    Bundle = 3,
    Field = 4,
    Rule = 5,
}

fn subject(domain: Domain, one: u64, other: u64) -> u64 {
    mix(mix(one, domain as u64), other)
}

/// What a row says of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Invite,
    Create,
    MigrateTo,
    MigrateFrom,
    Delete,
    /// The direct licences become exactly these.
    SetLicenses,
    ReleaseLicenses,
    BlockLicenses,
    /// Some licences more or fewer.
    ChangeLicenses,
    /// Profile or groups.
    Work,
    /// A user joins a group, or is given a licence.
    Add,
    /// The opposite.
    Remove,
    /// A group's rule becomes this.
    Rule,
    /// This profile field of a user becomes this.
    Field(u8),
}

impl Claim {
    const PLAIN: [Self; 13] = [
        Self::Invite,
        Self::Create,
        Self::MigrateTo,
        Self::MigrateFrom,
        Self::Delete,
        Self::SetLicenses,
        Self::ReleaseLicenses,
        Self::BlockLicenses,
        Self::ChangeLicenses,
        Self::Work,
        Self::Add,
        Self::Remove,
        Self::Rule,
    ];

    /// Whether the fact stands for the row: each has one, and equal rows have equal ones.
    pub(super) fn stands_for_row(self) -> bool {
        !matches!(self, Self::Add | Self::Remove | Self::Field(_))
    }

    fn tag(self) -> u8 {
        let plain = (0..).zip(Self::PLAIN).find(|(_, claim)| *claim == self);
        match (self, plain) {
            (_, Some((tag, _))) => tag,
            (Self::Field(field), None) => 13 + field,
            (_, None) => 0,
        }
    }

    fn of_tag(tag: u8) -> Self {
        Self::PLAIN
            .get(usize::from(tag))
            .copied()
            .unwrap_or(Self::Field(tag.saturating_sub(13)))
    }
}

/// The number of a row in the whole of the file: its worksheet's first number, and its own.
pub(super) type RowNumber = u32;

const TAG_BITS: u32 = 5;
/// The highest row number that facts can be kept for.
pub(super) const LAST_ROW: RowNumber = (1 << (32 - TAG_BITS)) - 1;

/// The value of an `Add` or `Remove` of a group; that of a licence is 0.
pub(super) const GROUP: u32 = 1;

/// One thing that one row says of one subject, in 16 bytes. Ordered by subject, then by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) subject: u64,
    /// Row and claim.
    packed: u32,
    /// What tells two claims of a kind apart: for claims about users and rules, a hash of the row's content.
    pub(super) value: u32,
}

impl Fact {
    fn new(subject: u64, row: RowNumber, claim: Claim, value: u32) -> Self {
        Self {
            subject,
            packed: row << TAG_BITS | u32::from(claim.tag()),
            value,
        }
    }

    pub(super) fn row(self) -> RowNumber {
        self.packed >> TAG_BITS
    }

    pub(super) fn claim(self) -> Claim {
        let [tag, ..] = self.packed.to_le_bytes();
        Claim::of_tag(tag & ((1 << TAG_BITS) - 1))
    }
}

/// Half a hash is enough to tell two values apart.
fn half(hash: u64) -> u32 {
    let [.., a, b, c, d] = hash.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// A row that can run, where no other row forbids it.
pub(super) struct ValidRow<'r, 'c> {
    pub(super) kind: OperationKind,
    pub(super) values: &'r Values<'c>,
    /// The row's canonical content.
    pub(super) content: &'r str,
    pub(super) number: RowNumber,
}

impl ValidRow<'_, '_> {
    /// Appends what a valid row says.
    pub(super) fn collect(&self, facts: &mut Vec<Fact>) {
        let Self {
            kind,
            values,
            content,
            number,
        } = *self;
        let mut push = |subject, claim, value| facts.push(Fact::new(subject, number, claim, value));
        let about = |user: u64| subject(Domain::User, user, 0);
        let content = half(hash(content));

        // Whom memberships and licences are about: the new account where there is one.
        let holder = match kind {
            OperationKind::SetGroupLicenses => {
                push(
                    subject(Domain::Rule, hash_folded(values.group), 0),
                    Claim::Rule,
                    content,
                );
                return;
            }
            OperationKind::Invite => hash_folded(values.email),
            OperationKind::Create if values.username.is_empty() => hash_folded(values.email),
            OperationKind::Create => hash_folded(values.username),
            OperationKind::Migrate => hash_folded(values.new_email),
            _ => hash(&values.user_key),
        };
        let claim = match kind {
            OperationKind::Invite => Claim::Invite,
            OperationKind::Create => Claim::Create,
            OperationKind::Migrate => Claim::MigrateTo,
            OperationKind::Delete => Claim::Delete,
            OperationKind::SetLicenses => Claim::SetLicenses,
            OperationKind::ReleaseLicenses => Claim::ReleaseLicenses,
            OperationKind::BlockLicenses => Claim::BlockLicenses,
            OperationKind::AddLicenses | OperationKind::RemoveLicenses => Claim::ChangeLicenses,
            _ => Claim::Work,
        };
        push(about(holder), claim, content);
        if kind == OperationKind::Migrate {
            push(about(hash(&values.user_key)), Claim::MigrateFrom, content);
        }
        if kind == OperationKind::Create && !values.username.is_empty() && !values.email.is_empty() {
            let address = hash_folded(values.email);
            if address != holder {
                push(about(address), Claim::Create, content);
            }
        }

        let group_claim = if kind == OperationKind::RemoveFromGroups {
            Claim::Remove
        } else {
            Claim::Add
        };
        for (list, claim) in [(&values.groups, group_claim), (&values.remove_groups, Claim::Remove)] {
            for group in list.iter().flat_map(|list| &list.hashes) {
                push(subject(Domain::Group, holder, *group), claim, GROUP);
            }
        }
        let bundle_claim = match kind {
            OperationKind::RemoveLicenses => Claim::Remove,
            OperationKind::SetLicenses => return,
            _ => Claim::Add,
        };
        for bundle in values.licenses.iter().flat_map(|list| &list.hashes) {
            push(subject(Domain::Bundle, holder, *bundle), bundle_claim, 0);
        }
        if kind == OperationKind::Update {
            for (field, value) in (0..).zip(values.fields()) {
                if let Some(value) = value {
                    push(
                        subject(Domain::Field, holder, field.into()),
                        Claim::Field(field),
                        half(hash(&value)),
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_keeps_row_claim_and_value_in_16_bytes() {
        assert_eq!(size_of::<Fact>(), 16);
        for claim in Claim::PLAIN.into_iter().chain((0..8).map(Claim::Field)) {
            let fact = Fact::new(7, LAST_ROW, claim, 9);
            assert_eq!((fact.row(), fact.claim(), fact.value), (LAST_ROW, claim, 9));
        }
    }
}
