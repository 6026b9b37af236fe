//! What the rows say to whoever reviews them.

use jiff::Timestamp;

use super::class::Class;
use super::giving_back::GivenBack;
use super::people::Person;
use super::{Known, Rules, Untold};
use crate::api::User;
use crate::directory::Snapshot;
use crate::model::{BundleCode, BundleSet, GroupId};
use crate::text::{choose, number, plural};

/// Writes notes.
pub(super) struct Notes<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) rules: &'a Rules,
    pub(super) known: &'a Known,
    pub(super) untold: Untold,
}

impl Notes<'_> {
    /// What comes free although nobody asked for it.
    pub(super) fn besides(&self, wanted: &BundleSet, given: &GivenBack, row: &BundleSet) -> String {
        match given.freed.common(row).minus(wanted) {
            besides if besides.is_empty() || self.rules.all => String::new(),
            besides => format!("{besides} comes free besides, because this is given back as a whole"),
        }
    }

    /// That more seats of these bundles are taken than owned, for the sake of which some are freed whoever asked for them.
    pub(super) fn excess(&self, freed: &BundleSet) -> String {
        let excess = |code: &BundleCode| {
            let pool = self.snapshot.seats_of(code)?;
            let over = pool.allocated.checked_sub(pool.total).filter(|over| *over > 0)?;
            let are = choose(over, "is", "are");
            Some(format!("{} more of {code} {are} taken than owned", number(over)))
        };
        let words: Vec<String> = freed.iter().filter_map(excess).collect();
        words.join(", ")
    }

    /// Why this person.
    pub(super) fn why(&self, person: &Person<'_>) -> String {
        let days = plural(self.days_idle(person).unwrap_or_default(), "day");
        let words = match person.standing.class {
            Class::Orphan => "the account is gone".to_owned(),
            Class::Idle if person.standing.by_sign_in_alone => {
                format!("not signed in for {days}; when licences were last in use is not told here")
            }
            Class::Idle if self.untold.sign_ins => {
                format!("no licence used for {days}; when people last signed in is not told here")
            }
            Class::Idle => format!("neither signed in nor used a licence for {days}"),
            Class::Pending => format!("invited {days} ago and never came"),
            Class::NoRecord if person.standing.by_sign_in_alone => {
                "there is no record of a sign-in; when licences were last in use is not told here".to_owned()
            }
            Class::NoRecord => "there is no record that a licence was ever used".to_owned(),
            Class::LookAt => person.standing.doubt.to_owned(),
            Class::New => "is new".to_owned(),
            Class::InUse => "was seen of late".to_owned(),
        };
        let is_deactivated = person.holder.account.is_some_and(User::is_deactivated);
        let deactivated = if is_deactivated {
            "; the account is deactivated"
        } else {
            ""
        };
        format!("{words}{deactivated}")
    }

    /// That the person was given back their seat before.
    pub(super) fn put_back(&self, person: &Person<'_>) -> String {
        let grant = self.known.grants.get(&person.holder.id).filter(|grant| grant.puts_back);
        grant.map_or_else(String::new, |grant| {
            format!(
                "a seat was taken from this person before and put back on {}",
                self.day(grant.at)
            )
        })
    }

    /// What the groups give once nothing is held directly any more.
    pub(super) fn given_instead(&self, person: &Person<'_>, given: &BundleSet) -> String {
        let mut instead: Vec<(GroupId, BundleSet)> = Vec::new();
        for (group, bundles) in person.rules(self.snapshot) {
            let bundles = bundles.minus(given).minus(&person.holder.inherited());
            if !bundles.is_empty() {
                instead.push((group, bundles));
            }
        }
        let words: Vec<String> = instead
            .iter()
            .map(|(group, bundles)| format!("{bundles} by the rule of {}", self.snapshot.rule_name(*group)))
            .collect();
        match words.as_slice() {
            [] => String::new(),
            words => format!("the next sign-in would take {}", words.join(" and ")),
        }
    }

    /// For how many whole days nothing was seen of the person.
    pub(super) fn days_idle(&self, person: &Person<'_>) -> Option<u64> {
        let since = person.standing.idle_since?;
        let hours = self.rules.as_of.now.duration_since(since).as_hours();
        Some(u64::try_from(hours / 24).unwrap_or_default())
    }

    fn day(&self, time: Timestamp) -> String {
        time.to_zoned(self.rules.as_of.zone.clone()).date().to_string()
    }
}

/// Which seats the row with these bundles frees: by itself, and together with the person's other rows.
pub(super) fn freed_by(person: &Person<'_>, given: &GivenBack, row: &BundleSet, rows: usize) -> String {
    let holder = person.holder;
    let ways = |code: &BundleCode| {
        let direct = usize::from(holder.direct.is_some_and(|held| held.contains(code)));
        direct
            + holder
                .by_groups
                .iter()
                .filter(|seat| seat.bundles.contains(code))
                .count()
    };
    let freed = given.freed.common(row);
    let (once, often): (Vec<_>, Vec<_>) = freed.iter().cloned().partition(|code| ways(code) == 1);
    let (once, often): (BundleSet, BundleSet) = (once.into(), often.into());
    let alone = (!once.is_empty()).then(|| format!("frees {once}"));
    let together = (!often.is_empty()).then(|| {
        let all = if rows == 2 {
            "both rows".to_owned()
        } else {
            format!("all {}", plural(rows, "row"))
        };
        format!("one seat of {often}, held in several ways, is free once {all} of this person are done")
    });
    let parts: Vec<String> = alone.into_iter().chain(together).collect();
    parts.join("; ")
}

/// The rules of these groups, by their names.
pub(super) fn rules_of(snapshot: &Snapshot, groups: impl Iterator<Item = GroupId>) -> String {
    let names: Vec<String> = groups.map(|group| snapshot.rule_name(group)).collect();
    match names.as_slice() {
        [] => "a group's rule".to_owned(),
        names => format!("the rule of {}", names.join(" and ")),
    }
}
