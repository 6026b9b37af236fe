//! What somebody has to give back so that seats of theirs are free.

use crate::holdings::Holder;
use crate::model::{BundleCode, BundleSet, GroupId};

/// Somebody whose seats may be freed.
pub(super) struct Giver<'a> {
    pub(super) holder: &'a Holder<'a>,
    /// The bundles that are held, each once.
    pub(super) held: &'a BundleSet,
    /// What is left of an account that is gone is given back as a whole: nobody can be left a part of it.
    pub(super) is_whole: bool,
    /// Bundles of which no seat of theirs may come free, not even besides others.
    pub(super) bound: BundleSet,
    /// Those held directly that a group's rule would give again, so that nothing is gained by taking them.
    pub(super) given_again: BundleSet,
    /// Whether all that is held directly can be released. Where it cannot, a part of it still can be taken.
    pub(super) can_release: bool,
}

/// What is given back, and what comes free by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GivenBack {
    /// Of what is held directly.
    pub(super) direct: BundleSet,
    /// The groups by whose rules something is held.
    pub(super) groups: Vec<GroupId>,
    /// The bundles of which a seat is free then.
    pub(super) freed: BundleSet,
}

impl Giver<'_> {
    /// What has to be given back so that a seat of each of these bundles, all of them held, is free. `None` where that
    /// cannot be.
    ///
    /// Whoever holds a bundle in several ways takes one seat of it, which is free once all of them are given back. By a
    /// group's rule everything goes that is held by it.
    pub(super) fn give_back(&self, wanted: &BundleSet) -> Option<GivenBack> {
        let nothing = BundleSet::default();
        let held = self.holder.direct.unwrap_or(&nothing);
        if wanted.is_empty() {
            return Some(GivenBack::default());
        }
        if self.is_whole {
            let direct = if self.can_release { held } else { &nothing };
            let freed = self.held.minus(&held.minus(direct));
            return wanted.is_subset(&freed).then(|| GivenBack {
                direct: direct.clone(),
                groups: self.holder.by_groups.iter().map(|seat| seat.group).collect(),
                freed,
            });
        }
        let direct = held.common(wanted);
        if self.needs_release(&direct) && !self.can_release {
            return None;
        }
        if !direct.common(&self.given_again).is_empty() {
            return None;
        }
        // Of what comes from groups that are not told nothing can be given back.
        let unnamed = self.holder.by_unnamed_groups.unwrap_or(&nothing);
        let mut kept = held.minus(&direct).union(unnamed);
        let mut gone = direct.clone();
        let mut groups = Vec::new();
        for seat in &self.holder.by_groups {
            if seat.bundles.common(wanted).is_empty() {
                kept = kept.union(seat.bundles);
            } else {
                gone = gone.union(seat.bundles);
                groups.push(seat.group);
            }
        }
        let freed = gone.minus(&kept);
        let is_possible = wanted.is_subset(&freed) && freed.common(&self.bound).is_empty();
        is_possible.then_some(GivenBack { direct, groups, freed })
    }

    /// Whether nothing is left directly once these are given back.
    fn needs_release(&self, direct: &BundleSet) -> bool {
        !direct.is_empty() && self.holder.direct == Some(direct)
    }

    /// Whether a seat of this bundle stays only because what is held directly cannot be released.
    pub(super) fn lacks_release(&self, code: &BundleCode) -> bool {
        let held = self.holder.direct.filter(|held| held.contains(code));
        !self.can_release && held.is_some_and(|held| self.is_whole || held.len() == 1)
    }

    /// The same of one bundle.
    pub(super) fn give_back_one(&self, code: &BundleCode) -> Option<GivenBack> {
        self.give_back(&set_of(code))
    }
}

/// The set of this one bundle.
pub(super) fn set_of(code: &BundleCode) -> BundleSet {
    vec![code.clone()].into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::api::ToldTime;
    use crate::holdings::GroupSeat;
    use crate::model::UserId;

    fn set(codes: &str) -> BundleSet {
        codes.split_whitespace().map(BundleCode::new).collect()
    }

    #[test]
    fn nothing_can_be_given_back_of_what_comes_from_groups_that_are_not_told() {
        let (direct, by_sales, unnamed) = (set("A B"), set("C"), set("B C D"));
        let holder = Holder {
            id: UserId(Uuid::from_u128(1)),
            account: None,
            direct: Some(&direct),
            by_groups: vec![GroupSeat {
                group: GroupId(Uuid::from_u128(2)),
                bundles: &by_sales,
            }],
            by_unnamed_groups: Some(&unnamed),
            last_in_use: ToldTime::UNTOLD,
            is_orphan: false,
        };
        let held = holder.bundles();
        let giver = Giver {
            holder: &holder,
            held: &held,
            is_whole: false,
            bound: BundleSet::default(),
            given_again: BundleSet::default(),
            can_release: true,
        };
        let freed = |codes| giver.give_back(&set(codes)).map(|given| given.freed);
        assert_eq!(freed("A"), Some(set("A")));
        for codes in ["B", "C", "D", "A B"] {
            assert_eq!(freed(codes), None, "{codes}");
        }
    }
}
