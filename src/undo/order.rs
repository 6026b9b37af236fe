//! The order in which changes were made.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::recorded::Side;
use crate::ledger::{RunId, RunRecord};
use crate::model::{CHANGED_EARLIER, OperationKind, RowReport, UserId};

/// A change that a line of the results file tells of.
pub(super) struct Told {
    pub(super) report: RowReport,
    /// Whether it is what an earlier run of the row changed, and the line tells of a later one's change besides.
    pub(super) is_earlier: bool,
}

/// The changes as they were made: run by run; what one run does to one account as the states that its rows found and left
/// follow from each other, and else in the sheet's order. Rows may have been moved or taken out since.
pub(super) fn in_order(records: Vec<RunRecord>) -> Vec<Told> {
    // A run says to the second when it started, and of two in one second only their rows tell which was first.
    let mut first_row: HashMap<RunId, Timestamp> = HashMap::new();
    for RunRecord { record, run } in &records {
        if let Some(at) = record.started_at.or(record.finished_at) {
            let first = first_row.entry(run.clone()).or_insert(at);
            *first = at.min(*first);
        }
    }
    let began = |run: &RunId| (run.started(), first_row.get(run).copied());
    let runs: BTreeSet<_> = first_row.keys().map(began).collect();
    let mut worksheets: HashMap<_, usize> = HashMap::new();
    let mut keyed = Vec::with_capacity(records.len());
    for RunRecord { record, run } in records {
        let report = record.report;
        let next = worksheets.len();
        let worksheet = *worksheets.entry(report.place.sheet.clone()).or_insert(next);
        let place = (worksheet, report.place.row);
        for (at, report) in changed_earlier(&report) {
            let of_run = runs.iter().rev().find(|(_, first)| *first <= Some(at));
            // Of that run nothing else is left. Rounded like the start of the others, since it may have been in the same second.
            let to_the_second = Timestamp::from_second(at.as_second()).unwrap_or(at);
            let began = of_run.copied().unwrap_or((to_the_second, Some(at)));
            keyed.push((
                began,
                place,
                Told {
                    report,
                    is_earlier: true,
                },
            ));
        }
        let own = Told {
            report,
            is_earlier: false,
        };
        keyed.push((began(&run), place, own));
    }
    keyed.sort_by_key(|(began, place, _)| (*began, *place));
    let mut ordered = Vec::with_capacity(keyed.len());
    let mut of_run: Vec<Told> = Vec::new();
    let mut last = None;
    for (began, _, told) in keyed {
        if last.replace(began).is_some_and(|last| last != began) {
            ordered.extend(chained(std::mem::take(&mut of_run)));
        }
        of_run.push(told);
    }
    ordered.extend(chained(of_run));
    ordered
}

/// What earlier runs of the row changed, and when they began with it.
fn changed_earlier(report: &RowReport) -> Vec<(Timestamp, RowReport)> {
    let listed = report.after.as_ref().and_then(|after| after.get(CHANGED_EARLIER));
    let entries = listed.and_then(Value::as_array).into_iter().flatten();
    let of_entry = |entry: &Value| {
        let at = entry.get("at")?.as_str()?.parse().ok()?;
        let earlier = RowReport {
            before: entry.get("before").cloned(),
            after: entry.get("after").cloned(),
            ..report.clone()
        };
        Some((at, earlier))
    };
    entries.filter_map(of_entry).collect()
}

/// The changes of one run, those of an account as they follow from each other.
fn chained(changes: Vec<Told>) -> Vec<Told> {
    let mut by_account: HashMap<UserId, Vec<usize>> = HashMap::new();
    for (position, told) in changes.iter().enumerate() {
        for account in accounts(&told.report) {
            by_account.entry(account).or_default().push(position);
        }
    }
    by_account.retain(|_, positions| positions.len() > 1);
    if by_account.is_empty() {
        return changes;
    }
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut awaited: HashMap<usize, usize> = HashMap::new();
    for (account, positions) in by_account {
        let of = |position: usize| (position, Sides::of(&changes[position].report, account));
        let sides: Vec<(usize, Sides)> = positions.into_iter().map(of).collect();
        for (first, earlier) in &sides {
            for (then, later) in &sides {
                if first != then && earlier.leads_to(later) {
                    followers.entry(*first).or_default().push(*then);
                    *awaited.entry(*then).or_default() += 1;
                }
            }
        }
    }
    let mut left: Vec<Option<Told>> = changes.into_iter().map(Some).collect();
    let free = |position: &usize| !awaited.contains_key(position);
    let mut ready: BinaryHeap<Reverse<usize>> = (0..left.len()).filter(free).map(Reverse).collect();
    let mut ordered = Vec::with_capacity(left.len());
    let mut circles = 0..left.len();
    loop {
        // Those that follow from each other in a circle show no order, so that the sheet's counts.
        let Some(next) = ready.pop().map(|Reverse(next)| next).or_else(|| circles.next()) else {
            return ordered;
        };
        let Some(told) = left[next].take() else { continue };
        ordered.push(told);
        for follower in followers.remove(&next).unwrap_or_default() {
            if let Some(count) = awaited.get_mut(&follower) {
                *count -= 1;
                if *count == 0 {
                    ready.push(Reverse(follower));
                }
            }
        }
    }
}

/// The accounts that a row is about: that of a move, and the one that it leaves.
fn accounts(report: &RowReport) -> impl Iterator<Item = UserId> {
    let left = left_by_a_move(report).filter(|left| Some(*left) != report.user_id);
    report.user_id.into_iter().chain(left)
}

fn left_by_a_move(report: &RowReport) -> Option<UserId> {
    let left = Side::of(report.before.as_ref()).user_id();
    left.filter(|_| report.operation == Some(OperationKind::Migrate))
}

/// What an account was like for a row: as the row found it, and as it left it.
#[derive(Debug, Default)]
struct Sides {
    found: BTreeMap<String, Value>,
    left: BTreeMap<String, Value>,
}

impl Sides {
    fn of(report: &RowReport, account: UserId) -> Self {
        let (before, after) = (Side::of(report.before.as_ref()), Side::of(report.after.as_ref()));
        if report.operation != Some(OperationKind::Migrate) {
            Self {
                found: before.facts(),
                left: after.facts(),
            }
        } else if report.user_id == Some(account) {
            Self {
                found: before.inner("new_account").facts(),
                left: after.facts(),
            }
        } else {
            Self {
                found: before.facts(),
                left: BTreeMap::new(),
            }
        }
    }

    /// Whether the later row found what this one had made of something, which shows that it came after this one; not where
    /// the same could be said the other way round.
    fn leads_to(&self, later: &Self) -> bool {
        let mut is_shown = false;
        for (fact, left) in &self.left {
            match later.found.get(fact) {
                Some(found) if found != left => return false,
                Some(found) if self.found.get(fact) != Some(found) => {
                    let is_either_way = later.left.contains_key(fact) && later.left.get(fact) == self.found.get(fact);
                    is_shown |= !is_either_way;
                }
                Some(_) | None => {}
            }
        }
        is_shown
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::ledger::Record;
    use crate::model::{OrganizationId, Place, RowKey, Status};

    /// A line of the run that began on this day.
    fn line(day: i64, row: u32, operation: OperationKind, account: u128, sides: [Value; 2]) -> RunRecord {
        let began = Timestamp::UNIX_EPOCH + (day * 24).hours();
        let place = Place { sheet: "".into(), row };
        let [before, after] = sides.map(Some);
        let report = RowReport {
            operation: Some(operation),
            user_id: Some(UserId(Uuid::from_u128(account))),
            before,
            after,
            ..RowReport::blank(place, RowKey::of("row", row), Status::Done)
        };
        RunRecord {
            record: Record {
                started_at: Some(began),
                ..Record::from(report)
            },
            run: RunId::new(began, OrganizationId(Uuid::nil()), 7),
        }
    }

    fn licenses(day: i64, row: u32, before: &Value, after: &Value) -> RunRecord {
        let sides = [json!({"licenses": before}), json!({"licenses": after})];
        line(day, row, OperationKind::SetLicenses, 1, sides)
    }

    fn rows(records: Vec<RunRecord>) -> Vec<u32> {
        in_order(records).iter().map(|told| told.report.place.row).collect()
    }

    #[test]
    fn what_a_row_found_shows_which_of_a_run_was_before_it_wherever_the_rows_are_by_now() {
        let of_turns = [
            licenses(0, 9, &json!(null), &json!(["A"])),
            licenses(0, 7, &json!(["A"]), &json!(["A", "B"])),
            licenses(0, 8, &json!(["A", "B"]), &json!(["C"])),
        ];
        assert_eq!(rows(of_turns.into()), [9, 7, 8]);
        let (released, moved) = (
            line(
                0,
                5,
                OperationKind::ReleaseLicenses,
                1,
                [json!({"licenses": []}), json!({"licenses": null})],
            ),
            line(
                0,
                2,
                OperationKind::Migrate,
                2,
                [
                    json!({"user_id": Uuid::from_u128(1), "licenses": null}),
                    json!({"made": "invited"}),
                ],
            ),
        );
        assert_eq!(rows(vec![moved, released]), [5, 2]);
        let member = |row, was: bool| {
            let sides = [json!({"groups": {"HR": was}}), json!({"groups": {"HR": !was}})];
            line(0, row, OperationKind::Update, 1, sides)
        };
        // To and fro may be either way.
        assert_eq!(rows(vec![member(2, true), member(3, false)]), [2, 3]);
        assert_eq!(rows(vec![member(2, false), member(3, true)]), [2, 3]);
    }

    #[test]
    fn a_later_run_comes_later_whatever_it_found() {
        let records = vec![
            licenses(1, 2, &json!(null), &json!(["A"])),
            licenses(0, 3, &json!(["A"]), &json!(null)),
        ];
        assert_eq!(rows(records), [3, 2]);
    }

    #[test]
    fn what_an_earlier_run_of_a_row_changed_stands_with_what_else_that_run_did() {
        let first = json!({"at": Timestamp::UNIX_EPOCH, "before": {"licenses": null}, "after": {"licenses": ["Y"]}});
        let sides = [
            json!({"licenses": ["X"]}),
            json!({"licenses": ["X", "Y"], CHANGED_EARLIER: [first]}),
        ];
        let records = vec![
            licenses(0, 3, &json!(["Y"]), &json!(["Y", "Z"])),
            licenses(1, 2, &json!(["Y", "Z"]), &json!(["X"])),
            line(1, 4, OperationKind::AddLicenses, 1, sides),
        ];
        let told = in_order(records);
        let order: Vec<_> = told
            .iter()
            .map(|told| (told.report.place.row, told.is_earlier))
            .collect();
        assert_eq!(order, [(4, true), (3, false), (2, false), (4, false)]);
    }

    proptest! {
        #[test]
        fn no_change_is_lost_and_a_chain_is_found_from_any_order(
            order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let states: Vec<Value> = (0..9).map(|state| json!([format!("L{state}")])).collect();
            let records = order.iter().zip(2..).map(|(turn, row)| {
                licenses(0, row, &states[*turn], &states[turn + 1])
            });
            let found: Vec<Value> = in_order(records.collect())
                .into_iter()
                .map(|told| told.report.before.unwrap()["licenses"].clone())
                .collect();
            prop_assert_eq!(found, states[..8].to_vec());
        }
    }
}
