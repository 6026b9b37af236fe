//! How old what calls rest on is: after a long wait it is read again before they leave.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use strum::{EnumIter, IntoEnumIterator};

use crate::api::Waited;
use crate::engine::recheck::Recheck;
use crate::plan::Family;

/// What calls rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter)]
pub(super) enum Facts {
    /// What accounts hold directly: a licence PUT replaces it.
    Allocations,
    /// The names of groups: a group PUT sets the name.
    GroupNames,
    /// That there is no account yet.
    Addresses,
    /// That an account may be deleted, that somebody else can administrate where an administrator is deactivated or leaves
    /// Administrators, that somebody who is moved is still active, what somebody who is offboarded is in,
    /// that somebody whose seat is taken for not being used has not signed in since, and what somebody is in whose groups
    /// are said exactly.
    People,
    /// That somebody who is to lose what it holds for not using it has not used it since.
    LastUses,
    /// That somebody whose seat by a group's rule is taken for not being used has not used it since.
    Leases,
    /// That a group's rule is as it was when the sheet was written, where a row asks for that.
    Rules,
}

impl Facts {
    /// What the calls of a family rest on. Profiles are set to what the sheet says, whatever they are, and what is held by a
    /// rule is given back all the same; but leavers leave all groups that they are in by then.
    fn of(family: Family) -> &'static [Self] {
        match family {
            Family::Invite => &[Self::Addresses, Self::People],
            Family::Create => &[Self::Addresses],
            Family::Members => &[Self::GroupNames],
            Family::Allocate | Family::Release => &[Self::Allocations],
            Family::Delete | Family::Update => &[Self::People],
            Family::GroupRule | Family::RemoveRule => &[Self::Rules],
            Family::EndLeases => &[],
        }
    }

    /// The same in a run with rows that are only for whoever has not used the seat, or that say exactly which groups
    /// somebody is in.
    fn with_people(family: Family) -> &'static [Self] {
        match family {
            Family::Allocate | Family::Release => &[Self::Allocations, Self::People, Self::LastUses],
            Family::Delete | Family::Update => &[Self::People, Self::LastUses],
            Family::Members => &[Self::GroupNames, Self::People],
            Family::EndLeases => &[Self::People, Self::Leases],
            Family::Invite | Family::Create | Family::GroupRule | Family::RemoveRule => Self::of(family),
        }
    }
}

/// For what reasons people are read again whose calls rest on nothing otherwise.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PeopleAsked {
    /// Rows are only for whoever has not used the seat, or say exactly which groups somebody is in.
    pub(super) by_rows: bool,
    /// Somebody is offboarded.
    pub(super) of_leavers: bool,
    /// Somebody who can administrate is deactivated, or taken out of Administrators.
    pub(super) of_administrators: bool,
}

/// When what was read, and when the run last waited for long; times count from the beginning of the run.
#[derive(Debug)]
pub(super) struct Freshness {
    recheck: Duration,
    asked: PeopleAsked,
    /// Whether the state had waited already when the run began.
    was_stale: bool,
    read: HashMap<Facts, Duration>,
    last_wait: Duration,
    reading: HashSet<Facts>,
    /// What was read again and no call has rested on since. Reading may spend the very quota that the call waits for, so
    /// without this it could be read again for ever.
    unused: HashSet<Facts>,
}

impl Freshness {
    pub(super) fn new(recheck: Recheck, asked: PeopleAsked) -> Self {
        Self {
            recheck: recheck.after,
            asked,
            was_stale: recheck.waited == Waited::Long,
            read: HashMap::new(),
            last_wait: Duration::ZERO,
            reading: HashSet::new(),
            unused: HashSet::new(),
        }
    }

    /// What the calls of a family rest on in this run.
    pub(super) fn facts_of(&self, family: Family) -> &'static [Facts] {
        let PeopleAsked {
            by_rows,
            of_leavers,
            of_administrators,
        } = self.asked;
        match family {
            Family::Update if !by_rows && !of_leavers && !of_administrators => &[],
            Family::Members if of_administrators => Facts::with_people(family),
            _ if by_rows => Facts::with_people(family),
            _ => Facts::of(family),
        }
    }

    /// Whether calls of the family rest on it.
    pub(super) fn carries(&self, facts: Facts, family: Family) -> bool {
        self.facts_of(family).contains(&facts)
    }

    /// A long wait has just ended.
    pub(super) fn waited(&mut self, now: Duration) {
        self.last_wait = now;
    }

    /// Whether they were read too long before the end of the last wait.
    pub(super) fn are_stale(&self, facts: Facts) -> bool {
        match self.read.get(&facts) {
            None if self.was_stale => true,
            _ if self.unused.contains(&facts) => false,
            // What the run was planned against was read just before it began.
            read => self.last_wait > read.copied().unwrap_or_default() + self.recheck,
        }
    }

    pub(super) fn begin_reading(&mut self, facts: Facts) {
        self.reading.insert(facts);
    }

    pub(super) fn end_reading(&mut self, facts: Facts, now: Duration) {
        self.reading.remove(&facts);
        self.unused.insert(facts);
        self.read.insert(facts, now);
    }

    /// A call that rests on them has left.
    pub(super) fn were_used(&mut self, facts: Facts) {
        self.unused.remove(&facts);
    }

    pub(super) fn are_being_read(&self, facts: Facts) -> bool {
        self.reading.contains(&facts)
    }

    /// Whether anything is being read, or has to be.
    pub(super) fn is_anything_due(&self) -> bool {
        !self.reading.is_empty() || Facts::iter().any(|facts| self.are_stale(facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn begun(waited: Waited) -> Freshness {
        let recheck = Recheck {
            waited,
            ..Recheck::at_once(at(10))
        };
        Freshness::new(recheck, PeopleAsked::default())
    }

    #[test]
    fn a_run_that_never_waits_reads_nothing_twice() {
        assert!(!begun(Waited::Briefly).is_anything_due());
    }

    #[test]
    fn everything_is_stale_after_a_question_and_fresh_once_it_was_read() {
        let mut freshness = begun(Waited::Long);
        for facts in Facts::iter() {
            assert!(freshness.are_stale(facts), "{facts:?}");
            freshness.begin_reading(facts);
            freshness.end_reading(facts, at(1));
            assert!(!freshness.are_stale(facts), "{facts:?}");
        }
        assert!(!freshness.is_anything_due());
    }

    #[test]
    fn what_was_read_again_is_not_read_once_more_before_a_call_has_rested_on_it() {
        let mut freshness = begun(Waited::Long);
        freshness.end_reading(Facts::Addresses, at(1));
        freshness.waited(at(300));
        assert!(!freshness.are_stale(Facts::Addresses));
        freshness.were_used(Facts::Addresses);
        assert!(freshness.are_stale(Facts::Addresses));
    }

    #[test]
    fn only_what_was_read_longer_before_the_end_of_a_wait_than_allowed_is_read_again() {
        let mut freshness = begun(Waited::Briefly);
        freshness.waited(at(10));
        assert!(!freshness.are_stale(Facts::Allocations));
        freshness.waited(at(11));
        assert!(freshness.are_stale(Facts::Allocations));
        freshness.end_reading(Facts::Allocations, at(12));
        freshness.were_used(Facts::Allocations);
        freshness.waited(at(20));
        assert!(!freshness.are_stale(Facts::Allocations));
        assert!(freshness.are_stale(Facts::GroupNames));
        freshness.waited(at(300));
        assert!(freshness.are_stale(Facts::Allocations));
    }
}
