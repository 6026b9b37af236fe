//! Random sheets: the plan ends where reading row by row ends, and no call does what it must not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;
use reseat::plan::{OnShortage, Plan, plan};

use crate::calls::carry_out;
use crate::model::Account;
use crate::oracle::read_row_by_row;
use crate::random::{row, rules, said, saying, world};
use crate::sheets::sheet;

pub(crate) fn is_complete(plan: &Plan) -> bool {
    let told = |row: &reseat::plan::PlannedRow| row.verdict().is_some() || !row.steps().is_empty();
    plan.rows.iter().all(told)
}

type People = BTreeMap<String, Account>;

/// The accounts that are not the same in both.
pub(crate) fn differences(found: &People, expected: &People) -> Vec<(Option<Account>, Option<Account>)> {
    let emails: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let pairs = emails
        .into_iter()
        .map(|email| (found.get(email).cloned(), expected.get(email).cloned()));
    pairs.filter(|(found, expected)| found != expected).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn carrying_the_calls_out_ends_where_reading_row_by_row_does(
        world in world(),
        operations in proptest::collection::vec(row(), 1..9),
        said in proptest::collection::vec(said(), 9),
        seed in any::<usize>(),
    ) {
        let rows = saying(sheet(operations), &world, &said);
        let rules = rules(OnShortage::Stop);
        let mut plan = plan(&rows, &world.snapshot(), &HashMap::new(), &rules);
        prop_assert!(is_complete(&plan));
        prop_assert!(plan.short.is_empty(), "seats are without end");
        let mut end = world.clone();
        carry_out(&mut plan, &mut end, &rules.sizes, |calls| {
            let middle = seed % calls.len().max(1);
            calls.rotate_left(middle);
        });
        prop_assert_eq!(differences(&end.people(), &read_row_by_row(&world, &rows)), Vec::new());
    }
}
