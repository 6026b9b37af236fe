//! The proposal as rows: what is freed, swaps, grants, and what is only to be read.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::choice::Chosen;
use super::class::{Class, tells_direct};
use super::giving_back::{Giver, set_of};
use super::matching::Matching;
use super::notes::{Notes, freed_by, rules_of};
use super::people::Person;
use super::swaps::Reason;
use super::wants::{Want, WantedBy};
use super::{Known, Swap, Untold};
use crate::api::{ReleaseRoute, ToldTime};
use crate::draft::{DraftRow, group_name, licenses};
use crate::intake::{Column, FactColumn, print_list, print_state};
use crate::model::{BundleCode, BundleSet, GroupId, OperationKind, UserId, WrittenState};
use crate::sheet::WrittenCell;

/// Before any use that a service may tell of.
const LONG_AGO: Timestamp = Timestamp::constant(946_684_800, 0);

/// What is held directly, for a row that is only done while it is that.
fn as_held(held: &BundleSet) -> String {
    print_state(&WrittenState::Licenses(Some(held.clone())))
}

/// Writes the rows.
pub(super) struct Sheet<'m> {
    matching: &'m Matching<'m>,
    wanted: &'m WantedBy,
    notes: Notes<'m>,
    /// What is granted to people by wanted rows.
    granted: BTreeMap<UserId, BundleSet>,
    /// The people who are swapped: the bundles that go, and those that come.
    swapped: BTreeMap<usize, (BundleSet, BundleSet)>,
}

impl<'m> Sheet<'m> {
    pub(super) fn of(matching: &'m Matching<'m>, wanted: &'m WantedBy, known: &'m Known, untold: Untold) -> Self {
        let mut granted: BTreeMap<UserId, BundleSet> = BTreeMap::new();
        for want in matching.wants.iter().filter(|want| !want.granted.is_empty()) {
            if let Some(user) = want.user {
                let all = granted.entry(user.id).or_default();
                *all = all.union(&want.granted);
            }
        }
        let mut swapped: BTreeMap<usize, (BundleSet, BundleSet)> = BTreeMap::new();
        for unit in matching.swaps.units.iter().filter(|unit| unit.is_granted) {
            let (old, new) = swapped.entry(unit.person).or_default();
            *old = old.union(&unit.old);
            *new = new.union(&set_of(unit.new));
        }
        Self {
            matching,
            wanted,
            notes: Notes {
                snapshot: matching.snapshot,
                rules: matching.rules,
                known,
                untold,
            },
            granted,
            swapped,
        }
    }

    pub(super) fn rows(&self) -> Vec<DraftRow> {
        let mut rows = Vec::new();
        for chosen in &self.matching.chosen {
            self.free(chosen, &mut rows);
        }
        rows.extend(
            self.swapped
                .iter()
                .map(|(person, (old, new))| self.swap(*person, old, new)),
        );
        let (grants, others): (Vec<_>, Vec<_>) = self
            .matching
            .wants
            .iter()
            .flat_map(|want| self.want(want))
            .partition(|row| row.operation.is_some());
        rows.extend(grants);
        rows.extend(others);
        self.unswapped(&mut rows);
        self.left_alone(&mut rows);
        rows
    }

    /// The rows by which one person gives back.
    fn free(&self, chosen: &Chosen, rows: &mut Vec<DraftRow>) {
        let matching = self.matching;
        let person = &matching.people[matching.ranked[chosen.giver]];
        let (holder, given) = (person.holder, &chosen.given);
        let count = usize::from(!given.direct.is_empty()) + given.groups.len();
        let note = |row: DraftRow, bundles: &BundleSet| {
            row.noting(freed_by(person, given, bundles, count))
                .noting(self.notes.besides(&chosen.wanted, given, bundles))
                .noting(self.notes.excess(&given.freed.common(bundles)))
                .noting(self.notes.why(person))
                .noting(self.notes.put_back(person))
        };
        if let Some(held) = holder.direct.filter(|_| !given.direct.is_empty()) {
            let rest = held.minus(&given.direct);
            let is_granted = self.granted.contains_key(&holder.id);
            let row = match (rest.is_empty(), is_granted) {
                (true, false) => DraftRow::new(OperationKind::ReleaseLicenses),
                (false, false) => DraftRow::new(OperationKind::SetLicenses).cell(Column::Licenses, licenses(&rest)),
                // Beside a row that adds, what is taken has to be said, and not what is left.
                (_, true) => {
                    DraftRow::new(OperationKind::RemoveLicenses).cell(Column::Licenses, licenses(&given.direct))
                }
            };
            // Whoever is given something while the sheet lies in review keeps it.
            let row = row.cell(Column::UnlessChangedFrom, as_held(held));
            let mut row = note(self.about(person, row), &given.direct);
            if !rest.is_empty() {
                row = row.noting(format!(
                    "keeps {rest}: when a licence was last in use is told of the person and not of each licence"
                ));
            } else if !is_granted {
                row = row.noting(self.notes.given_instead(person, &given.freed));
            }
            rows.push(self.unless_used(person, row, tells_direct(matching.snapshot, holder)));
        }
        for seat in holder
            .by_groups
            .iter()
            .filter(|seat| given.groups.contains(&seat.group))
        {
            let row = DraftRow::new(OperationKind::ReleaseLease).cell(Column::Group, self.group(seat.group));
            let mut row = note(self.about(person, row), seat.bundles);
            if person.standing.class != Class::Orphan {
                let rule = rules_of(matching.snapshot, [seat.group].into_iter());
                row = row.noting(format!("held by {rule}, which gives it again at the next sign-in"));
            }
            rows.push(self.unless_used(person, row, self.tells_lease(person, seat.group)));
        }
    }

    /// Everything that a person becomes who is swapped, in one row.
    fn swap(&self, person: usize, old: &BundleSet, new: &BundleSet) -> DraftRow {
        let person = &self.matching.people[person];
        let held = person.holder.direct.cloned().unwrap_or_default();
        let granted = self.granted.get(&person.holder.id).cloned().unwrap_or_default();
        // A run that gave somebody directly what a group's rule gives would count a seat for it.
        let had = new.common(&person.holder.bundles());
        let then = held.minus(old).union(&new.minus(&had)).union(&granted);
        let row = if then.is_empty() {
            DraftRow::new(OperationKind::ReleaseLicenses)
        } else {
            DraftRow::new(OperationKind::SetLicenses).cell(Column::Licenses, licenses(&then))
        };
        let row = row.cell(Column::UnlessChangedFrom, as_held(&held));
        let mut row = self.about(person, row).noting(format!("{new} instead of {old}"));
        if !had.is_empty() {
            row = row.noting(format!("holds {had} already, so no seat of it is needed"));
        }
        if !granted.is_empty() {
            row = row.noting(format!("and {granted}, which is wanted"));
        }
        row
    }

    /// The row that grants what a wanted row gets, and the one that says what becomes of the rest.
    fn want(&self, want: &Want<'_>) -> Vec<DraftRow> {
        let place = &want.row.place;
        let person = self.holder(want);
        let start = |row: DraftRow| match (person, want.user) {
            (Some(person), _) => self.about(&self.matching.people[person], row),
            (None, Some(user)) => row.about(self.matching.snapshot, user),
            (None, None) => row.cell(Column::User, want.row.user.label().to_string()),
        };
        let mut rows = Vec::new();
        let is_in_swap = person.is_some_and(|person| self.swapped.contains_key(&person));
        if !want.granted.is_empty() && !is_in_swap {
            let row = DraftRow::new(OperationKind::AddLicenses).cell(Column::Licenses, licenses(&want.granted));
            let mut row = start(row).noting(format!("wanted in {place}"));
            if person.is_some_and(|person| self.matching.people[person].holder.is_blocked()) {
                row = row.noting("was blocked from every licence until now");
            }
            rows.push(row);
        }
        let reasons = self.why_not_granted(want, is_in_swap);
        if !reasons.is_empty() {
            let others = want.row.licenses.minus(&want.granted);
            let row = start(DraftRow::ignored()).cell(Column::Licenses, licenses(&others));
            let row = row.noting(format!("wanted in {place}"));
            rows.push(reasons.iter().fold(row, DraftRow::noting));
        }
        rows
    }

    /// The position among the people of the one whom the row wants a seat for, if that one holds any.
    fn holder(&self, want: &Want<'_>) -> Option<usize> {
        let people = self.matching.people;
        let id = want.user?.id;
        people.binary_search_by_key(&id, |person| person.holder.id).ok()
    }

    /// What becomes of what the row wants and does not get, in words; nothing where all is granted by a row of its own.
    fn why_not_granted(&self, want: &Want<'_>, is_in_swap: bool) -> Vec<String> {
        if let Some((_, words)) = &want.obstacle {
            return vec![words.clone()];
        }
        let by = |bundles: &BundleSet| {
            let person = self.holder(want).map(|position| &self.matching.people[position]);
            let seats = person.into_iter().flat_map(|person| &person.holder.by_groups);
            let giving = seats.filter(|seat| !seat.bundles.common(bundles).is_empty());
            rules_of(self.matching.snapshot, giving.map(|seat| seat.group))
        };
        let said = |bundles: &BundleSet, words: &dyn Fn() -> String| (!bundles.is_empty()).then(words);
        let short = want.needs.minus(&want.granted);
        let in_swap = if is_in_swap {
            want.granted.clone()
        } else {
            BundleSet::default()
        };
        let parts = [
            said(&short, &|| format!("misses out on {short}: no seat is left")),
            said(&want.unowned, &|| {
                format!("the organization does not own {}", want.unowned)
            }),
            said(&want.holds, &|| format!("holds {} already", want.holds)),
            said(&want.inherits, &|| {
                format!("holds {} already, by {}", want.inherits, by(&want.inherits))
            }),
            said(&want.repeated, &|| {
                format!("an earlier row wants {} as well", want.repeated)
            }),
            said(&want.swapped, &|| format!("{} is a matter of the swap", want.swapped)),
            said(&in_swap, &|| format!("{in_swap} is in the row of the swap")),
            said(&want.outside, &|| {
                format!("{} is not among what is looked at", want.outside)
            }),
        ];
        parts.into_iter().flatten().collect()
    }

    /// Who keeps what was to be swapped.
    fn unswapped(&self, rows: &mut Vec<DraftRow>) {
        let swaps = &self.matching.swaps;
        for unit in swaps.units.iter().filter(|unit| !unit.is_granted) {
            let row = self.about(&self.matching.people[unit.person], DraftRow::ignored());
            rows.push(row.noting(format!(
                "keeps {}: no seat of {} is left for the swap",
                unit.old, unit.new
            )));
        }
        for kept in &swaps.unswapped {
            let row = self.about(&self.matching.people[kept.person], DraftRow::ignored());
            let Swap { old, new } = kept.swap;
            let why = match &kept.why {
                Reason::OwnTo(words) => words.clone(),
                Reason::NotOwned => format!("the organization does not own {new}"),
            };
            rows.push(row.noting(format!("is left out of the swap of {old} for {new}: {why}")));
        }
    }

    /// Who would have been asked for a seat that was looked for, had there not been a reason against it.
    fn left_alone(&self, rows: &mut Vec<DraftRow>) {
        let matching = self.matching;
        let mut reasons: BTreeMap<usize, String> = BTreeMap::new();
        for (position, giver) in matching.ranked.iter().zip(matching.givers) {
            let person = &matching.people[*position];
            let kept = person.held.iter().filter(|code| matching.is_sought(code));
            let kept = kept.filter(|code| giver.give_back_one(code).is_none());
            let words = kept.filter_map(|code| self.why_kept(person, giver, code));
            let words: Vec<String> = words.collect();
            if !words.is_empty() {
                reasons.insert(*position, words.join("; "));
            }
        }
        for (position, person) in matching.people.iter().enumerate() {
            let is_sought = || person.held.iter().any(|code| matching.is_sought(code));
            let reason = match person.standing.class {
                Class::LookAt => Some("look at this one".to_owned()),
                Class::Orphan | Class::Idle | Class::Pending | Class::NoRecord | Class::New | Class::InUse => {
                    person.protection.clone()
                }
            };
            if let Some(reason) = reason
                && is_sought()
            {
                reasons.insert(position, reason);
            }
        }
        rows.extend(reasons.into_iter().map(|(position, reason)| {
            let person = &matching.people[position];
            let row = self
                .about(person, DraftRow::ignored())
                .noting(format!("left alone: {reason}"));
            row.noting(self.notes.why(person))
        }));
    }

    /// Why the seat of this bundle stays with somebody whose seats may be freed; nothing where it is theirs because they
    /// want it.
    fn why_kept(&self, person: &Person<'_>, giver: &Giver<'_>, code: &BundleCode) -> Option<String> {
        let snapshot = self.matching.snapshot;
        let wanted = self.wanted.get(&person.holder.id);
        if wanted.is_some_and(|wanted| wanted.contains(code)) {
            return None;
        }
        if person
            .holder
            .by_unnamed_groups
            .is_some_and(|unnamed| unnamed.contains(code))
        {
            return Some(format!(
                "{code} comes from a group as well, and from which is not told here"
            ));
        }
        if giver.lacks_release(code) {
            return Some(match snapshot.release_route() {
                ReleaseRoute::LicenseService => {
                    format!(
                        "{code} is held directly, and there is no portal here, which alone releases that for administrators"
                    )
                }
                ReleaseRoute::MissingPortal | ReleaseRoute::Portal => {
                    format!("{code} is held directly, and the portal, which alone releases that, does not answer")
                }
            });
        }
        let seats = person.holder.by_groups.iter();
        let giving: Vec<GroupId> = seats
            .filter(|seat| seat.bundles.contains(code))
            .map(|seat| seat.group)
            .collect();
        if giving.is_empty() {
            let rules = rules_of(snapshot, person.givers_of(snapshot, code).into_iter());
            return Some(format!(
                "nothing is gained by taking {code}, because {rules} gives it again"
            ));
        }
        Some(format!(
            "{code} is held by {}, together with licences that are wanted or not looked at",
            rules_of(snapshot, giving.into_iter())
        ))
    }

    /// The row with who it is about, and how things stand with that person.
    fn about(&self, person: &Person<'_>, row: DraftRow) -> DraftRow {
        let holder = person.holder;
        let row = match holder.account {
            Some(account) => row.about(self.matching.snapshot, account),
            None => row
                .cell(Column::User, holder.id.to_string())
                .cell(Column::UserId, holder.id.to_string()),
        };
        let groups: Vec<String> = holder
            .by_groups
            .iter()
            .map(|seat| self.matching.snapshot.rule_name(seat.group))
            .collect();
        let direct = holder.direct.map_or_else(String::new, licenses);
        // As in an export: without a record it is not known for how long.
        let days = self
            .notes
            .days_idle(person)
            .filter(|_| person.standing.seen.last().is_some());
        row.fact(FactColumn::Class, WrittenCell::text(person.standing.class.as_str()))
            .fact(FactColumn::LastInUse, self.time(person.standing.seen.in_use))
            .fact(FactColumn::LastLogin, self.time(person.standing.seen.signed_in))
            .fact(
                FactColumn::DaysIdle,
                days.map_or(WrittenCell::Empty, WrittenCell::Number),
            )
            .fact(FactColumn::DirectLicenses, WrittenCell::text(direct))
            .fact(FactColumn::Inherited, WrittenCell::text(licenses(&holder.inherited())))
            .fact(FactColumn::InheritedFrom, WrittenCell::text(print_list(&groups)))
    }

    /// The group's name, or its id where the group is gone, as an orphan's may be.
    fn group(&self, group: GroupId) -> String {
        let snapshot = self.matching.snapshot;
        match snapshot.group_by_id(group) {
            Some(_) => group_name(snapshot, group, &snapshot.rule_name(group)),
            None => group.to_string(),
        }
    }

    /// The row, for somebody who has used nothing since what was seen. Where a run cannot tell, it would refuse the row.
    fn unless_used(&self, person: &Person<'_>, row: DraftRow, is_told: bool) -> DraftRow {
        let Some(account) = person.holder.account else {
            return row;
        };
        if !is_told {
            return row.noting(
                "when this was last in use is not told here, so whoever comes back before the run loses the seat all the same",
            );
        }
        let seen = person.standing.seen.last();
        let since = seen.or(account.created.time()).unwrap_or(LONG_AGO);
        row.cell(Column::UnlessUsedSince, self.matching.rules.as_of.show(since))
    }

    /// Whether a run can tell when a seat held by this group's rule was last in use.
    fn tells_lease(&self, person: &Person<'_>, group: GroupId) -> bool {
        let snapshot = self.matching.snapshot;
        let lease = snapshot.leases().and_then(|leases| leases.of(group, person.holder.id));
        let is_told = lease.is_some_and(|lease| lease.last_in_use.is_told());
        is_told || snapshot.last_in_use(person.holder.id).time().is_some()
    }

    fn time(&self, told: ToldTime) -> WrittenCell {
        told.time().map_or(WrittenCell::Empty, |time| {
            WrittenCell::Time(time.to_zoned(self.matching.rules.as_of.zone.clone()).datetime())
        })
    }
}
