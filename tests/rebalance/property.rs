//! For random organizations and questions: the sheet does what the proposal says, takes from nobody from whom nothing may
//! be taken, and no more than is needed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use reseat::model::{BundleCode, BundleSet};
use reseat::rebalance::{Kept, Known, OwnGrant, Proposal, Rules, rebalance};

use crate::model::{CODES, Human, OPS, World, code, days_ago, terms, user_id, wanted};
use crate::oracle::{Oracle, Question, Source};
use crate::random::{direct_world, question, world};
use crate::sheet::{planned, read_back, turnover};

impl Question {
    fn rules(&self) -> Rules {
        Rules {
            orphans: self.orphans,
            all: self.all,
            only: self.only.clone(),
            free: self.free.clone(),
            reserve: self.reserve.clone(),
            swaps: self.swap.iter().cloned().collect(),
            ..terms()
        }
    }

    fn known(&self) -> Known {
        let grant = |(number, days): (&u8, &i64)| {
            let grant = OwnGrant {
                at: days_ago(*days),
                puts_back: false,
            };
            (user_id(*number), grant)
        };
        Known {
            grants: self.granted.iter().map(grant).collect(),
            ..Known::default()
        }
    }

    fn kept(&self) -> Vec<Kept> {
        let kept = self.kept.iter().map(|number| Kept {
            user: user_id(*number),
            reason: String::new(),
            until: None,
        });
        kept.collect()
    }

    fn asked_of(&self, snapshot: &reseat::directory::Snapshot) -> Proposal {
        let rows = self.wanted.iter().map(|(number, codes)| (*number, codes.as_str()));
        rebalance(snapshot, &wanted(rows), &self.kept(), &self.known(), &self.rules())
    }
}

/// What changed hands: who gave back what, and who gained which seats.
struct Turnover {
    given: BTreeMap<u8, BTreeSet<Source>>,
    gained: BTreeMap<u8, BundleSet>,
}

impl Turnover {
    fn between(before: &World, after: &World, question: &Question) -> Self {
        let (mut given, mut gained) = (BTreeMap::new(), BTreeMap::new());
        for number in before.people.keys() {
            let sources = |world: &World| -> BTreeSet<Source> {
                Oracle { world, question }.sources(*number).into_iter().collect()
            };
            let gone: BTreeSet<Source> = sources(before).difference(&sources(after)).cloned().collect();
            let new = after.people[number].seats().minus(&before.people[number].seats());
            if !gone.is_empty() {
                given.insert(*number, gone);
            }
            if !new.is_empty() {
                gained.insert(*number, new);
            }
        }
        Self { given, gained }
    }
}

/// How many of the sets have each bundle.
fn count<'a>(sets: impl Iterator<Item = &'a BundleSet>) -> BTreeMap<BundleCode, i64> {
    let mut counts = CODES
        .map(|name| (code(name), 0))
        .into_iter()
        .collect::<BTreeMap<_, _>>();
    for code in sets.flatten() {
        *counts.get_mut(code).unwrap() += 1;
    }
    counts
}

fn signed(seats: u64) -> i64 {
    i64::try_from(seats).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sheet_does_what_the_proposal_says(world in world(), question in question()) {
        let proposal = question.asked_of(&world.snapshot());
        let rows = read_back(&proposal.rows);
        let plan = planned(&rows, &world);
        prop_assert!(plan.short.is_empty(), "{:?}", plan.short);
        for (row, planned) in rows.iter().zip(&plan.rows) {
            prop_assert!(planned.verdict().is_none(), "{row:?}\n{:?}", planned.verdict());
        }
        let told = proposal.bundles.iter().map(|line| (line.code.clone(), (line.granted, line.freed + line.swapped)));
        let told: BTreeMap<_, _> = told.filter(|(_, (granted, freed))| granted + freed > 0).collect();
        prop_assert_eq!(&turnover(&plan), &told);
        let after = world.after(&rows);
        for line in proposal.bundles.iter().filter(|line| line.taken.is_some()) {
            let taken = after.taken(&line.code);
            prop_assert_eq!(line.taken_then(), Some(taken), "{:?}", line);
        }
        let missing: i64 = proposal.missing_out.iter().map(|missing| signed(missing.licenses.len() as u64)).sum();
        let short: i64 = proposal.bundles.iter().map(|line| signed(line.missing())).sum();
        prop_assert!(missing >= short, "{missing} of {short} are named");
    }

    #[test]
    fn the_numbers_are_those_of_the_documents(world in world(), question in question()) {
        let proposal = question.asked_of(&world.snapshot());
        let oracle = Oracle { world: &world, question: &question };
        let (needs, units) = (oracle.needs(), oracle.units());
        for line in &proposal.bundles {
            let code = &line.code;
            let of = |seats: &BTreeMap<BundleCode, u64>| signed(seats.get(code).copied().unwrap_or_default());
            let (free, freed) = (oracle.available(code), signed(line.freed));
            let needed = signed(needs.iter().filter(|(_, needed)| needed == code).count() as u64);
            let taking = signed(units.iter().filter(|(_, new, takes)| *takes && new == code).count() as u64);
            if !oracle.looks_at(code) {
                prop_assert_eq!((line.to_free, line.wanted, line.granted), (0, 0, 0));
                continue;
            }
            let swapped = signed(line.swapped);
            let seats = free + freed + swapped - of(&question.reserve);
            let unowned = signed(line.wanted) - needed - taking;
            prop_assert!(unowned == 0, "{line:?}");
            prop_assert_eq!(signed(line.granted), seats.clamp(0, needed + taking), "{:?}", line);
            let served = taking.min(seats.max(0));
            let lacking = needed + served + of(&question.reserve) - free - swapped;
            prop_assert_eq!(signed(line.to_free), of(&question.free) + lacking.max(0), "{:?}", line);
            if question.swap.as_ref().is_some_and(|swap| swap.old == *code) {
                let new = proposal.bundles.iter().find(|line| line.code == question.swap.as_ref().unwrap().new);
                let for_swaps = new.map_or(0, |new| {
                    let seats = oracle.available(&new.code) + signed(new.freed);
                    let seats = seats - signed(question.reserve.get(&new.code).copied().unwrap_or_default());
                    let takers = units.iter().filter(|(_, _, takes)| *takes).count() as u64;
                    signed(takers).min(seats.max(0))
                });
                let both = units.iter().filter(|(_, _, takes)| !takes).count() as u64;
                prop_assert_eq!(swapped, for_swaps + signed(both));
            } else {
                prop_assert_eq!(swapped, 0);
            }
        }
    }

    #[test]
    fn nothing_is_taken_from_whom_nothing_may_be_taken_and_no_more_than_is_needed(world in world(), question in question()) {
        let proposal = question.asked_of(&world.snapshot());
        let oracle = Oracle { world: &world, question: &question };
        let after = world.after(&read_back(&proposal.rows));
        let mut given = Turnover::between(&world, &after, &question).given;
        for (number, ..) in oracle.units() {
            given.remove(&number);
        }
        let mut freed: BTreeMap<u8, BundleSet> = BTreeMap::new();
        for (number, given) in &given {
            prop_assert!(oracle.rank(*number).is_some(), "{number} is asked: {:?}", world.people[number]);
            let seats = oracle.freed(*number, given);
            prop_assert!(seats.is_some(), "{number} may not give back {given:?}");
            freed.insert(*number, seats.unwrap());
        }
        let total = count(freed.values());
        let to_free: BTreeMap<BundleCode, i64> = proposal
            .bundles
            .iter()
            .map(|line| (line.code.clone(), if question.all { i64::MAX } else { signed(line.to_free) }))
            .collect();
        let enough = |total: &BTreeMap<BundleCode, i64>, left: &BTreeMap<BundleCode, i64>| {
            CODES.map(code).iter().all(|code| {
                let needed = if oracle.looks_at(code) { to_free.get(code).copied().unwrap_or_default() } else { 0 };
                left[code] >= needed.min(total[code])
            })
        };
        for number in world.people.keys().filter(|number| oracle.rank(**number).is_some()) {
            let present = given.get(number).cloned().unwrap_or_default();
            let seats = freed.get(number).cloned().unwrap_or_default();
            for way in oracle.ways(*number) {
                let other = oracle.freed(*number, &way).unwrap();
                let without = |name: &BundleCode| {
                    total[name] - i64::from(seats.contains(name)) + i64::from(other.contains(name))
                };
                let left: BTreeMap<BundleCode, i64> = total.keys().map(|name| (name.clone(), without(name))).collect();
                if way.is_subset(&present) && way != present {
                    prop_assert!(!enough(&total, &left), "{number} need give back no more than {way:?}, not {present:?}");
                }
                if present.is_subset(&way) {
                    let helps = other.minus(&seats).iter().any(|code| {
                        oracle.looks_at(code) && to_free.get(code).is_some_and(|needed| *needed > total[code])
                    });
                    prop_assert!(!helps, "{number} could give back {way:?}, not only {present:?}");
                }
            }
        }
    }

    #[test]
    fn of_those_who_hold_directly_the_first_in_rank_are_asked_and_exactly_as_many_as_are_needed(
        world in direct_world(),
        question in question(),
    ) {
        let proposal = question.asked_of(&world.snapshot());
        let oracle = Oracle { world: &world, question: &question };
        let after = world.after(&read_back(&proposal.rows));
        let mut given = Turnover::between(&world, &after, &question).given;
        for (number, ..) in oracle.units() {
            given.remove(&number);
        }
        let mut ranked: Vec<_> = world.people.keys().filter_map(|number| oracle.rank(*number)).collect();
        ranked.sort_unstable();
        for line in &proposal.bundles {
            let one: BTreeSet<Source> = [Source::Direct(line.code.clone())].into();
            let may = |number: &u8| {
                oracle.sources(*number).contains(&Source::Direct(line.code.clone())) && oracle.freed(*number, &one).is_some()
            };
            let may: Vec<u8> = ranked.iter().map(|(.., number)| *number).filter(may).collect();
            let needed = if question.all { u64::MAX } else { line.to_free };
            let first = usize::try_from(needed).unwrap_or(usize::MAX).min(may.len());
            let asked: BTreeSet<u8> = may[..first].iter().copied().collect();
            let gave = given.iter().filter(|(_, given)| given.contains(&Source::Direct(line.code.clone())));
            prop_assert_eq!(gave.map(|(number, _)| *number).collect::<BTreeSet<_>>(), asked, "{:?}", line);
            prop_assert_eq!(line.freed, first as u64);
            prop_assert_eq!(line.all_idle(), may.len() as u64);
        }
    }

    #[test]
    fn the_same_is_proposed_whatever_the_order_of_the_listings(world in world(), question in question()) {
        let reversed = world.snapshot_in_order(|numbers| numbers.reverse());
        let turned = world.snapshot_in_order(|numbers| {
            let middle = numbers.len() / 2;
            numbers.rotate_left(middle);
        });
        let proposal = question.asked_of(&world.snapshot());
        prop_assert_eq!(&question.asked_of(&reversed), &proposal);
        prop_assert_eq!(&question.asked_of(&turned), &proposal);
    }

    #[test]
    fn asked_again_after_the_run_nothing_more_is_proposed(mut world in world(), mut question in question()) {
        // That it is told when people were seen does not hang on those whose seats go.
        world.people.insert(9, Human::seen(5).holding("A").leasing(OPS, "A"));
        world.owned.entry(code("A")).and_modify(|owned| *owned += 1);
        // Seats besides are besides those that are free by now, and where none is told one is freed for each.
        question.free.clear();
        prop_assume!(!world.owned.is_empty());
        // Whoever holds both bundles of a swap is swapped without being given anything, and idle as before.
        prop_assume!(Oracle { world: &world, question: &question }.units().iter().all(|(_, _, takes)| *takes));
        // Whoever holds the old one in two ways is not swapped, until one of them is given back.
        let in_two_ways = |human: &Human, code: &BundleCode| {
            let direct = human.direct.as_ref().is_some_and(|held| held.contains(code));
            direct && human.leases.values().any(|lease| lease.contains(code))
        };
        let old = question.swap.as_ref().map(|swap| &swap.old);
        prop_assume!(old.is_none_or(|old| !world.people.values().any(|human| in_two_ways(human, old))));
        let rows = read_back(&question.asked_of(&world.snapshot()).rows);
        let after = world.after(&rows);
        let gained = Turnover::between(&world, &after, &question).gained;
        let mut again = question.clone();
        again.granted.extend(gained.keys().map(|number| (*number, 0)));
        let proposal = again.asked_of(&after.snapshot());
        let orders = proposal.rows.iter().filter(|row| row.operation.is_some()).count();
        prop_assert_eq!(orders, 0, "{}", crate::sheet::written(&proposal.rows));
    }

    #[test]
    fn seats_are_granted_in_the_order_of_the_wanted_rows(world in world(), question in question()) {
        let proposal = question.asked_of(&world.snapshot());
        let oracle = Oracle { world: &world, question: &question };
        let after = world.after(&read_back(&proposal.rows));
        let gained = Turnover::between(&world, &after, &question).gained;
        let mut missed = BTreeSet::new();
        for (number, code) in oracle.needs() {
            let is_given = gained.get(&number).is_some_and(|gained| gained.contains(&code));
            prop_assert!(!is_given || !missed.contains(&code), "{number} gets {code} before an earlier one");
            if !is_given {
                missed.insert(code);
            }
        }
        let unasked = gained.iter().any(|(number, gained)| {
            let units = oracle.units();
            let needs = oracle.needs();
            gained.iter().any(|code| {
                let is_need = needs.contains(&(*number, code.clone()));
                !is_need && !units.iter().any(|(who, new, _)| who == number && new == code)
            })
        });
        prop_assert!(!unasked, "somebody gets what nobody wants: {:?}", gained);
    }
}

#[test]
fn a_question_about_nothing_has_no_answer() {
    let proposal = Question::default().asked_of(&World::default().snapshot());
    assert_eq!(proposal, Proposal::default());
}
