//! What rows say of their subjects, small enough to be kept for a million rows.

use super::hash::{hash, mix};
use super::values::Values;
use crate::model::OperationKind;
use crate::text::fold;

/// A hash of a text in its comparison form.
fn hash_folded(text: &str) -> u64 {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        hash(text)
    } else {
        hash(&fold(text))
    }
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

/// The value of a membership; that of a licence is 0.
pub(super) const GROUP: u32 = 1;

/// One thing that one row says of one subject, in 16 bytes. Ordered by subject, then by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) subject: u64,
    /// Row and claim.
    packed: u32,
    /// What tells two claims of a kind apart.
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

/// Appends what a valid row says.
pub(super) fn collect(kind: OperationKind, values: &Values<'_>, row: RowNumber, facts: &mut Vec<Fact>) {
    let mut push = |subject, claim, value| facts.push(Fact::new(subject, row, claim, value));
    let user = |name: &str| hash_folded(name);
    let about = |user: u64| subject(Domain::User, user, 0);

    // Whom memberships and licences are about: the new account where there is one.
    let holder = match kind {
        OperationKind::SetGroupLicenses => {
            push(subject(Domain::Rule, hash_folded(values.group), 0), Claim::Rule, 0);
            return;
        }
        OperationKind::Invite => user(values.email),
        OperationKind::Create if values.username.is_empty() => user(values.email),
        OperationKind::Create => user(values.username),
        OperationKind::Migrate => user(values.new_email),
        _ => user(&values.user_key),
    };
    match kind {
        OperationKind::Invite => push(about(holder), Claim::Invite, 0),
        OperationKind::Create => {
            push(about(holder), Claim::Create, 0);
            if !values.username.is_empty() && !values.email.is_empty() && user(values.email) != holder {
                push(about(user(values.email)), Claim::Create, 0);
            }
        }
        OperationKind::Migrate => {
            push(about(user(&values.user_key)), Claim::MigrateFrom, 0);
            push(about(holder), Claim::MigrateTo, 0);
        }
        OperationKind::Delete => push(about(holder), Claim::Delete, 0),
        OperationKind::SetLicenses => {
            let licenses = values.licenses.as_ref().map_or(0, |list| hash(&list.normal));
            let external = values.external_license.map_or(0, |value| 1 + u32::from(value));
            push(about(holder), Claim::SetLicenses, half(licenses) ^ external);
        }
        OperationKind::ReleaseLicenses => push(about(holder), Claim::ReleaseLicenses, 0),
        OperationKind::BlockLicenses => push(about(holder), Claim::BlockLicenses, 0),
        OperationKind::AddLicenses | OperationKind::RemoveLicenses => {
            push(about(holder), Claim::ChangeLicenses, 0);
        }
        OperationKind::Update | OperationKind::AddToGroups | OperationKind::RemoveFromGroups => {
            push(about(holder), Claim::Work, 0);
        }
        OperationKind::SetGroupLicenses => {}
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
