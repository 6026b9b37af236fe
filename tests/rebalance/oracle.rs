//! What may be freed and has to be freed, worked out again from the documents by trying everything: only fit for small
//! organizations.

use std::collections::{BTreeMap, BTreeSet};

use reseat::api::UserKind;
use reseat::model::{BundleCode, BundleSet};
use reseat::rebalance::Swap;

use crate::model::{ADMINISTRATORS, EVERYONE, Human, Told, World, bundles};

/// A question: what is wanted, and on which terms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Question {
    /// Who wants which bundles, in order of priority. There may be nobody of the number.
    pub(crate) wanted: Vec<(u8, String)>,
    pub(crate) kept: BTreeSet<u8>,
    /// Who was granted a seat by reseat so many days ago.
    pub(crate) granted: BTreeMap<u8, i64>,
    pub(crate) orphans: bool,
    pub(crate) all: bool,
    pub(crate) only: BTreeSet<BundleCode>,
    pub(crate) free: BTreeMap<BundleCode, u64>,
    pub(crate) reserve: BTreeMap<BundleCode, u64>,
    pub(crate) swap: Option<Swap>,
}

/// A way in which somebody holds something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Direct(BundleCode),
    Lease(u8),
}

/// The question asked of an organization.
pub(crate) struct Oracle<'a> {
    pub(crate) world: &'a World,
    pub(crate) question: &'a Question,
}

impl Oracle<'_> {
    pub(crate) fn looks_at(&self, code: &BundleCode) -> bool {
        self.question.only.is_empty() || self.question.only.contains(code)
    }

    fn is_owned(&self, code: &BundleCode) -> bool {
        self.world.owned.is_empty() || self.world.owned.contains_key(code)
    }

    /// Seats that are free; negative where too many are taken, none where nothing is told.
    pub(crate) fn available(&self, code: &BundleCode) -> i64 {
        let count = |seats: u64| i64::try_from(seats).unwrap();
        let owned = self.world.owned.get(code);
        owned.map_or(0, |owned| count(*owned) - count(self.world.taken(code)))
    }

    /// The seats that somebody needs for a wanted row, each once, in their order.
    pub(crate) fn needs(&self) -> Vec<(u8, BundleCode)> {
        let mut needs = Vec::new();
        for (number, codes) in &self.question.wanted {
            let Some(human) = self.world.people.get(number).filter(|human| !human.is_gone) else {
                continue;
            };
            if human.kind != UserKind::Person || !human.is_active && human.accepted {
                continue;
            }
            for code in &bundles(codes) {
                let need = (*number, code.clone());
                let is_there = human.seats().contains(code) || needs.contains(&need);
                let comes = self.units().iter().any(|(who, new, _)| who == number && new == code);
                if !is_there && !comes && self.looks_at(code) && self.is_owned(code) {
                    needs.push(need);
                }
            }
        }
        needs
    }

    /// The bundles that somebody wants who can be given what they want.
    pub(crate) fn wants(&self, number: u8) -> BundleSet {
        let mut wants = BundleSet::default();
        let mut before = BundleSet::default();
        let Some(human) = self.world.people.get(&number).filter(|human| !human.is_gone) else {
            return wants;
        };
        let may_get = human.kind == UserKind::Person && (human.is_active || !human.accepted);
        for (_, codes) in self.question.wanted.iter().filter(|(who, _)| *who == number) {
            let codes = bundles(codes);
            let new = codes.minus(&human.seats()).minus(&before);
            before = before.union(&codes);
            let needs_one = new.iter().any(|code| self.looks_at(code) && self.is_owned(code));
            if may_get || !needs_one {
                wants = wants.union(&codes);
            }
        }
        wants
    }

    /// Who is to be swapped: who, what for, and whether that takes a seat.
    pub(crate) fn units(&self) -> Vec<(u8, BundleCode, bool)> {
        let Some(swap) = &self.question.swap else {
            return Vec::new();
        };
        if !self.looks_at(&swap.old) || !self.looks_at(&swap.new) {
            return Vec::new();
        }
        let mut units = Vec::new();
        for (number, human) in &self.world.people {
            let held = human.direct.clone().unwrap_or_default();
            let is_given = !held.contains(&swap.new);
            // Who holds it by a group's rule takes no second seat.
            let takes = is_given && !human.leases.values().any(|lease| lease.contains(&swap.new));
            let by_group = human.leases.values().any(|lease| lease.contains(&swap.old));
            let is_left = human.is_gone
                || human.kind != UserKind::Person
                || self.question.kept.contains(number)
                || self.wants(*number).contains(&swap.old)
                || is_given && !human.is_active && human.accepted
                || is_given && !self.is_owned(&swap.new);
            if held.contains(&swap.old) && !by_group && !is_left {
                units.push((*number, swap.new.clone(), takes));
            }
        }
        units
    }

    /// In which rank somebody's seats may be freed, the least first; `None` where they may not.
    pub(crate) fn rank(&self, number: u8) -> Option<(u8, i64, u8)> {
        let human = &self.world.people[&number];
        if self.question.kept.contains(&number) || self.units().iter().any(|(who, ..)| *who == number) {
            return None;
        }
        if human.is_gone {
            return self.question.orphans.then_some((0, 0, number));
        }
        let is_left = human.kind != UserKind::Person
            || human.groups.contains(&ADMINISTRATORS)
            || self.world.acting == Some(number);
        if is_left {
            return None;
        }
        let days = |told: Told| if let Told::Ago(days) = told { Some(days) } else { None };
        let created = days(human.created);
        let start = [created, self.question.granted.get(&number).copied()];
        let start = start.into_iter().flatten().min();
        if start.is_some_and(|start| start <= 30) {
            return None;
        }
        let idle = [human.in_use, human.signed_in, human.created]
            .into_iter()
            .filter_map(days)
            .min();
        let class =
            if !human.accepted && !human.from_directory && days(human.in_use).max(days(human.signed_in)).is_none() {
                (created? > 60).then_some(2)
            } else {
                self.class_by_records(human, created, start.is_some())
            };
        class.map(|class| (class, -idle.unwrap_or(-1), number))
    }

    fn class_by_records(&self, human: &Human, created: Option<i64>, has_start: bool) -> Option<u8> {
        let people = || self.world.people.values();
        let directly = |human: &Human| human.direct.as_ref().is_some_and(|held| !held.is_empty());
        let by_group = |human: &Human| !human.leases.is_empty();
        let tells = |holds: &dyn Fn(&Human) -> bool| {
            people().any(|other| holds(human) && holds(other) && other.in_use != Told::Nothing)
        };
        let uses = human.in_use != Told::Nothing || tells(&directly) || tells(&by_group);
        let sign_ins = people()
            .filter(|human| !human.is_gone)
            .any(|human| human.signed_in != Told::Nothing);
        let is_old = |told: Told| match told {
            Told::Ago(days) => days.min(created.unwrap_or(i64::MAX)) > 90,
            Told::Never | Told::Nothing => false,
        };
        let (in_use, signed_in) = (human.in_use, human.signed_in);
        match (uses, sign_ins) {
            (false, false) => None,
            (true, false) if is_old(in_use) => Some(1),
            (false, true) if is_old(signed_in) => Some(1),
            (true, true) if is_old(in_use) && is_old(signed_in) => Some(1),
            (true, false) if in_use == Told::Never && has_start => Some(3),
            (false, true) if signed_in == Told::Never && has_start => Some(3),
            (true, true) if in_use == Told::Never && (signed_in == Told::Never || is_old(signed_in)) && has_start => {
                Some(3)
            }
            _ => None,
        }
    }

    /// In which ways somebody holds something.
    pub(crate) fn sources(&self, number: u8) -> Vec<Source> {
        let human = &self.world.people[&number];
        let direct = human.direct.iter().flatten().cloned().map(Source::Direct);
        direct.chain(human.leases.keys().copied().map(Source::Lease)).collect()
    }

    /// Which seats come free where somebody gives these back; `None` where they may not be given back.
    pub(crate) fn freed(&self, number: u8, given: &BTreeSet<Source>) -> Option<BundleSet> {
        let human = &self.world.people[&number];
        if given.is_empty() {
            return Some(BundleSet::default());
        }
        let sources = self.sources(number);
        let mut kept = BundleSet::default();
        for source in sources.iter().filter(|source| !given.contains(source)) {
            let more = match source {
                Source::Direct(code) => vec![code.clone()].into(),
                Source::Lease(group) => human.leases[group].clone(),
            };
            kept = kept.union(&more);
        }
        let freed = human.seats().minus(&kept);
        if human.is_gone {
            return (given.len() == sources.len()).then_some(freed);
        }
        let leased = human
            .leases
            .values()
            .fold(BundleSet::default(), |all, lease| all.union(lease));
        let in_groups = human.groups.iter().copied().chain([EVERYONE]);
        let rules: Vec<&BundleSet> = in_groups.filter_map(|group| self.world.rules.get(&group)).collect();
        let comes_again = given.iter().any(|source| match source {
            Source::Direct(code) => !leased.contains(code) && rules.iter().any(|rule| rule.contains(code)),
            Source::Lease(_) => false,
        });
        let wants = self.wants(number);
        let is_bound = freed.iter().any(|code| wants.contains(code) || !self.looks_at(code));
        (!comes_again && !is_bound).then_some(freed)
    }

    /// Everything that somebody may give back.
    pub(crate) fn ways(&self, number: u8) -> Vec<BTreeSet<Source>> {
        let sources = self.sources(number);
        let subsets = (0..1_u32 << sources.len()).map(|bits| -> BTreeSet<Source> {
            let chosen = sources.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, source)| source.clone()).collect()
        });
        subsets.filter(|given| self.freed(number, given).is_some()).collect()
    }
}
