//! Rows that contradict each other.

use std::collections::HashSet;

use super::column::Column;
use super::fact::{Claim, Fact, GROUP, RowNumber};
use super::fault::Fault;
use super::values::Values;
use crate::problem::{ProblemCode, Severity};

/// How two rows contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Contradiction {
    /// The same row twice.
    Duplicate,
    /// Two rows make an account of one address.
    AddressTwice,
    /// One row makes an account of an address, another deletes it.
    MadeAndDeleted,
    /// One row makes an account of an address, another moves away from it.
    MadeAndLeft,
    /// One user is moved twice.
    MovedTwice,
    /// One user is moved by one row and deleted by another.
    MovedAndDeleted,
    /// A user is worked on after being deleted.
    AfterDelete,
    /// A user is worked on after being moved.
    AfterMove,
    /// The direct licences become exactly this, and exactly that.
    DifferentLicenses,
    /// The direct licences become exactly this, and some more or fewer.
    LicensesInOrder,
    /// One user joins and leaves the same group.
    JoinsAndLeaves,
    /// One user is given and loses the same licence.
    GivenAndTaken,
    /// One profile field of one user becomes two things.
    DifferentValues(u8),
    /// One group gets two rules.
    TwoRules,
}

impl Contradiction {
    /// The finding about the later row; `other` is where the earlier one stands.
    pub(super) fn told_of(self, other: &str) -> Fault {
        let (severity, code, what, help) = self.words(other);
        Fault {
            severity,
            code,
            column: self.column(),
            what,
            help: help.to_owned(),
        }
    }

    /// Whether the rows cannot run.
    pub(super) fn is_error(self) -> bool {
        self.words("").0 == Severity::Error
    }

    fn column(self) -> Option<Column> {
        match self {
            Self::DifferentValues(field) => Values::FIELDS.get(usize::from(field)).copied(),
            _ => None,
        }
    }

    fn words(self, other: &str) -> (Severity, ProblemCode, String, &'static str) {
        use Severity::{Error, Warning};
        match self {
            Self::Duplicate => (
                Error,
                ProblemCode::DuplicateRow,
                format!("the row says the same as {other}"),
                "delete one of them",
            ),
            Self::AddressTwice => (
                Error,
                ProblemCode::AddressTwice,
                format!("this row and {other} both make an account of the same address"),
                "keep one of them",
            ),
            Self::MadeAndDeleted => (
                Error,
                ProblemCode::MadeAndDeleted,
                format!("of this row and {other}, one makes an account of an address and the other deletes it"),
                "delete first, in a sheet of its own, and invite or create in a second one",
            ),
            Self::MadeAndLeft => (
                Error,
                ProblemCode::MadeAndLeft,
                format!("of this row and {other}, one makes an account of an address and the other moves away from it"),
                "move each person once, to the last address",
            ),
            Self::MovedTwice => (
                Error,
                ProblemCode::MigrateTwice,
                format!("this row and {other} both move the same user"),
                "keep one of them",
            ),
            Self::MovedAndDeleted => (
                Error,
                ProblemCode::MigrateAndDelete,
                format!("of this row and {other}, one moves a user and the other deletes the same user"),
                "leave the deletion out: `migrate` deletes the old account (see `delete_when`)",
            ),
            Self::AfterDelete => (
                Error,
                ProblemCode::WorkAfterDelete,
                format!("the row works on a user whom {other} deletes"),
                "leave one of them out, or put this row above the deletion",
            ),
            Self::AfterMove => (
                Warning,
                ProblemCode::WorkAfterMigrate,
                format!("the row works on the old account of a user whom {other} moves to a new address"),
                "name the new address if the new account is meant",
            ),
            Self::DifferentLicenses => (
                Error,
                ProblemCode::DifferentLicenses,
                format!("this row and {other} each say what exactly the user's direct licences become, and differ"),
                "keep one of them",
            ),
            Self::LicensesInOrder => (
                Warning,
                ProblemCode::LicensesInOrder,
                format!("this row and {other} change the same user's licences; they run in the order of the sheet"),
                "say it in one `set-licenses` row to be sure",
            ),
            Self::JoinsAndLeaves => (
                Error,
                ProblemCode::JoinsAndLeaves,
                format!("of this row and {other}, one puts the user into a group that the other takes the user out of"),
                "leave the group out of one of them",
            ),
            Self::GivenAndTaken => (
                Error,
                ProblemCode::GivenAndTaken,
                format!("of this row and {other}, one gives the user a licence that the other takes away"),
                "leave the licence out of one of them",
            ),
            Self::DifferentValues(_) => (
                Error,
                ProblemCode::DifferentValues,
                format!("this row and {other} give the same user different values here"),
                "keep one of them",
            ),
            Self::TwoRules => (
                Error,
                ProblemCode::TwoRules,
                format!("this row and {other} each say what exactly the group's rule becomes, and differ"),
                "keep one of them",
            ),
        }
    }
}

/// Two rows, the earlier first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    pub(super) later: RowNumber,
    pub(super) earlier: RowNumber,
    pub(super) contradiction: Contradiction,
}

/// A repetition of an earlier row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Repetition {
    pub(super) row: RowNumber,
    pub(super) first: RowNumber,
    /// Which of the equal rows this is, from 1; the first is 0.
    pub(super) occurrence: u32,
}

/// The facts whose subject others may have as well, sorted: few, which saves sorting all.
pub(super) fn shared(facts: &[Vec<Fact>]) -> Vec<Fact> {
    // Whoever joins contradicts nobody but those who leave.
    let someone_loses = facts.iter().flatten().any(|fact| fact.claim() == Claim::Remove);
    let matters = |fact: &&Fact| someone_loses || fact.claim() != Claim::Add;
    let count = facts.iter().flatten().filter(matters).count();
    let bits = (count * 16).next_power_of_two().max(64);
    let mask = bits as u64 - 1;
    // Of each word's subjects, those seen once or more and those seen again: side by side, since memory is far away.
    let mut seen = vec![[0_u64; 2]; bits / 64];
    let place = |fact: &Fact| {
        let bit = fact.subject & mask;
        (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64))
    };
    for (word, bit) in facts.iter().flatten().filter(matters).map(place) {
        let [once, again] = &mut seen[word];
        *again |= *once & bit;
        *once |= bit;
    }
    let is_shared = |fact: &&Fact| {
        let (word, bit) = place(fact);
        seen[word][1] & bit != 0
    };
    let mut shared: Vec<Fact> = facts
        .iter()
        .flatten()
        .filter(matters)
        .filter(is_shared)
        .copied()
        .collect();
    shared.sort_unstable();
    shared
}

/// The rows that say the same as an earlier row. The facts are sorted.
pub(super) fn repetitions(facts: &[Fact]) -> Vec<Repetition> {
    let mut found = Vec::new();
    for about in facts.chunk_by(|one, other| one.subject == other.subject) {
        if about.len() < 2 || !about[0].claim().stands_for_row() {
            continue;
        }
        let mut equal: Vec<Fact> = about.to_vec();
        equal.sort_by_key(|fact| (fact.value, fact.row()));
        for equal in equal.chunk_by(|one, other| one.value == other.value) {
            for (occurrence, fact) in (0..).zip(equal).skip(1) {
                found.push(Repetition {
                    row: fact.row(),
                    first: equal[0].row(),
                    occurrence,
                });
            }
        }
    }
    // A row with two subjects is found twice.
    found.sort_unstable_by_key(|repetition| repetition.row);
    found.dedup_by_key(|repetition| repetition.row);
    found
}

/// The contradictions among rows, those in `left_out` aside, by the later row. The facts are sorted.
pub(super) fn contradictions(facts: &[Fact], left_out: &HashSet<RowNumber>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for about in facts.chunk_by(|one, other| one.subject == other.subject) {
        if about.len() < 2 {
            continue;
        }
        let mut earlier = Earlier::default();
        for fact in about
            .iter()
            .filter(|fact| left_out.is_empty() || !left_out.contains(&fact.row()))
        {
            pairs.extend(earlier.contradiction(*fact));
            earlier.note(*fact);
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// The first row that made each kind of claim on one subject.
#[derive(Debug, Default)]
struct Earlier {
    made: Option<Fact>,
    left: Option<Fact>,
    deleted: Option<Fact>,
    exact: Option<Fact>,
    changed: Option<Fact>,
    added: Option<Fact>,
    removed: Option<Fact>,
    value: Option<Fact>,
}

impl Earlier {
    fn slot(&mut self, claim: Claim) -> Option<&mut Option<Fact>> {
        Some(match claim {
            Claim::Invite | Claim::Create | Claim::MigrateTo => &mut self.made,
            Claim::MigrateFrom => &mut self.left,
            Claim::Delete => &mut self.deleted,
            Claim::SetLicenses | Claim::ReleaseLicenses | Claim::BlockLicenses => &mut self.exact,
            Claim::ChangeLicenses => &mut self.changed,
            Claim::Add => &mut self.added,
            Claim::Remove => &mut self.removed,
            Claim::Field(_) | Claim::Rule => &mut self.value,
            Claim::Work => return None,
        })
    }

    fn note(&mut self, fact: Fact) {
        if let Some(slot) = self.slot(fact.claim()) {
            slot.get_or_insert(fact);
        }
    }

    /// How a fact contradicts one noted before it.
    fn contradiction(&self, fact: Fact) -> Option<Pair> {
        let pair = |earlier: Option<Fact>, contradiction| {
            earlier
                .filter(|earlier| earlier.row() != fact.row())
                .map(|earlier| Pair {
                    later: fact.row(),
                    earlier: earlier.row(),
                    contradiction,
                })
        };
        let gone =
            || pair(self.deleted, Contradiction::AfterDelete).or_else(|| pair(self.left, Contradiction::AfterMove));
        match fact.claim() {
            Claim::Invite | Claim::Create | Claim::MigrateTo => pair(self.made, Contradiction::AddressTwice)
                .or_else(|| pair(self.deleted, Contradiction::MadeAndDeleted))
                .or_else(|| pair(self.left, Contradiction::MadeAndLeft)),
            Claim::MigrateFrom => pair(self.left, Contradiction::MovedTwice)
                .or_else(|| pair(self.made, Contradiction::MadeAndLeft))
                .or_else(|| pair(self.deleted, Contradiction::MovedAndDeleted)),
            Claim::Delete => pair(self.made, Contradiction::MadeAndDeleted)
                .or_else(|| pair(self.left, Contradiction::MovedAndDeleted)),
            Claim::SetLicenses | Claim::ReleaseLicenses | Claim::BlockLicenses => {
                let differs = |exact: &Fact| (exact.claim(), exact.value) != (fact.claim(), fact.value);
                pair(self.exact.filter(differs), Contradiction::DifferentLicenses)
                    .or_else(gone)
                    .or_else(|| pair(self.changed, Contradiction::LicensesInOrder))
            }
            Claim::ChangeLicenses => gone().or_else(|| pair(self.exact, Contradiction::LicensesInOrder)),
            Claim::Work => gone(),
            claim @ (Claim::Add | Claim::Remove) => {
                let other = if claim == Claim::Add { self.removed } else { self.added };
                let contradiction = if fact.value == GROUP {
                    Contradiction::JoinsAndLeaves
                } else {
                    Contradiction::GivenAndTaken
                };
                pair(other, contradiction)
            }
            Claim::Field(field) => {
                let differs = |value: &Fact| value.value != fact.value;
                pair(self.value.filter(differs), Contradiction::DifferentValues(field))
            }
            Claim::Rule => pair(self.value, Contradiction::TwoRules),
        }
    }
}
