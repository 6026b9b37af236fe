//! Carries what earlier runs changed for a row into the lines that later runs write for it: a row that lost its
//! licences in one run and gets others in the next still records what it had originally.

use serde_json::{Map, Value, json};

use super::{Prior, Record};
use crate::model::{CHANGED_EARLIER, Status, UNCLEAR};

/// The earliest `before` counts, unless somebody else has changed it since, and the latest `after`.
pub(super) fn carry(prior: &Prior, record: &mut Record) {
    let is_another = |account| record.report.user_id.is_some_and(|now| now != account);
    if prior.user_id.is_some_and(is_another) {
        // The name now belongs to another account, and none of this was done to that one.
        return;
    }
    // An account that is gone by now is found by nothing else.
    record.report.user_id = record.report.user_id.or(prior.user_id);
    let since = changed_since(prior, record);
    let earliest = without_what_others_changed(prior, record.report.before.as_ref());
    record.report.before = overlaid(record.report.before.take(), earliest);
    record.report.after = overlaid(prior.after.clone(), record.report.after.take());
    if let Some(since) = since
        && let Some(Value::Object(after)) = &mut record.report.after
        && let Value::Array(earlier) = after.entry(CHANGED_EARLIER).or_insert_with(|| json!([]))
    {
        earlier.push(since);
    }
    if prior.status == Status::Done && record.report.status == Status::Unchanged {
        // What it did is still there.
        record.report.status = Status::Done;
        record.report.code.clone_from(&prior.code);
        record.report.message.clone_from(&prior.message);
    }
    if matches!(record.report.status, Status::Done | Status::Unchanged)
        && let Some(Value::Object(after)) = &mut record.report.after
    {
        // The present state has shown what became of the call whose answer was lost.
        after.remove(UNCLEAR);
    } else if prior.is_on_the_way()
        && record.report.status != Status::Started
        && let Some(Value::Object(after)) = &mut record.report.after
    {
        // The row did not come so far as to show it.
        after.insert(UNCLEAR.to_owned(), Value::Bool(true));
    }
}

/// What the earlier run changed of that which this one found changed since and changes as well. Who changed it since cannot
/// be told from here: a row above may have done so in this very run, and says what it found.
fn changed_since(prior: &Prior, record: &Record) -> Option<Value> {
    let is_about_one_account = prior.user_id.is_some()
        && record
            .report
            .operation
            .is_some_and(|operation| !operation.takes_several_runs());
    if prior.is_on_the_way() || !is_about_one_account {
        return None;
    }
    let found = record.report.before.as_ref()?.as_object()?;
    let (before, after) = (prior.before.as_ref()?.as_object()?, prior.after.as_ref()?.as_object()?);
    let [was, mut left] = differing([before, after], found)?;
    if left.contains_key("groups") {
        left.extend(after.get("group_ids").map(|ids| ("group_ids".to_owned(), ids.clone())));
    }
    Some(json!({"at": prior.started_at?, "before": was, "after": left}))
}

/// Both sides of what was changed, as far as it was found otherwise than it was left.
fn differing([was, left]: [&Map<String, Value>; 2], found: &Map<String, Value>) -> Option<[Map<String, Value>; 2]> {
    let (mut of_was, mut of_left) = (Map::new(), Map::new());
    for (name, now) in found {
        match (was.get(name), left.get(name), now) {
            (Some(Value::Object(was)), Some(Value::Object(left)), Value::Object(now)) => {
                if let Some([was, left]) = differing([was, left], now) {
                    of_was.insert(name.clone(), was.into());
                    of_left.insert(name.clone(), left.into());
                }
            }
            (Some(was), Some(left), now) if ![was, now].contains(&left) => {
                of_was.insert(name.clone(), was.clone());
                of_left.insert(name.clone(), left.clone());
            }
            _ => {}
        }
    }
    (!of_left.is_empty()).then_some([of_was, of_left])
}

/// The earlier `before` without what this run found to be neither as it was before the earlier one nor as that one wanted it:
/// somebody else has changed that between the two. Of groups each is either way.
fn without_what_others_changed(prior: &Prior, found: Option<&Value>) -> Option<Value> {
    let mut before = prior.before.clone();
    if let (Some(Value::Object(facts)), Some(Value::Object(after)), Some(Value::Object(found))) =
        (&mut before, &prior.after, found)
    {
        for (name, now) in found.iter().filter(|(name, _)| *name != "groups") {
            if let (Some(was), Some(wanted)) = (facts.get(name), after.get(name))
                && ![was, wanted].contains(&now)
                && !is_given_up(was, wanted, now)
            {
                facts.remove(name);
            }
        }
    }
    before
}

/// Whether these are licences of which some were to be replaced, and those have been given up for the others, which are not
/// there yet.
fn is_given_up(was: &Value, wanted: &Value, now: &Value) -> bool {
    let (Some(was), Some(wanted)) = (was.as_array(), wanted.as_array()) else {
        return false;
    };
    let is_kept = |code: &&Value| wanted.contains(code);
    now.as_array()
        .map_or(now.is_null(), |now| now.iter().eq(was.iter().filter(is_kept)))
}

fn overlaid(below: Option<Value>, above: Option<Value>) -> Option<Value> {
    match (below, above) {
        (Some(Value::Object(mut facts)), Some(Value::Object(above))) => {
            for (name, value) in above {
                let fact = match facts.remove(&name) {
                    // Each group is a separate fact; everything else was read and changed as one value.
                    Some(groups) if name == "groups" => overlaid(Some(groups), Some(value)),
                    _ => Some(value),
                };
                facts.extend(fact.map(|fact| (name, fact)));
            }
            Some(Value::Object(facts))
        }
        (below, above) => above.or(below),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{CHANGING, OperationKind, Place, RowKey, RowReport, UserId};

    const BEGAN: &str = "2026-11-21T10:00:00Z";

    fn carried(earlier: [Option<Value>; 2], later: [Option<Value>; 2], account: u128) -> [Option<Value>; 2] {
        carried_from((Status::Conflict, ""), earlier, later, account)
    }

    /// The same of a call that was on its way when the earlier run was killed.
    fn carried_on(earlier: [Option<Value>; 2], later: [Option<Value>; 2]) -> [Option<Value>; 2] {
        carried_from((Status::Started, CHANGING), earlier, later, 1)
    }

    fn carried_from(
        (status, code): (Status, &str),
        earlier: [Option<Value>; 2],
        later: [Option<Value>; 2],
        account: u128,
    ) -> [Option<Value>; 2] {
        let place = Place {
            sheet: "Joiners".into(),
            row: 2,
        };
        let with = |status, [before, after]: [Option<Value>; 2], account| Record {
            started_at: BEGAN.parse().ok(),
            ..Record::from(RowReport {
                operation: Some(OperationKind::Update),
                before,
                after,
                user_id: Some(UserId(uuid::Uuid::from_u128(account))),
                ..RowReport::blank(place.clone(), RowKey::of("row", 2), status)
            })
        };
        let mut record = with(Status::Conflict, later, account);
        let mut prior = Prior::from(with(status, earlier, 1));
        code.clone_into(&mut prior.code);
        carry(&prior, &mut record);
        [record.report.before, record.report.after]
    }

    #[test]
    fn the_earliest_before_and_the_latest_after_of_each_fact_count() {
        let released = || [Some(json!({"licenses": ["A"]})), Some(json!({"licenses": null}))];
        let granted = [Some(json!({"licenses": null})), Some(json!({"licenses": ["B"]}))];
        assert_eq!(
            carried(released(), granted, 1),
            [Some(json!({"licenses": ["A"]})), Some(json!({"licenses": ["B"]}))]
        );
        assert_eq!(carried(released(), [None, None], 1), released());
        let joined = [
            Some(json!({"name": "Anna", "groups": {"X": false}})),
            Some(json!({"name": "Annika", "groups": {"X": true}})),
        ];
        let left = [
            Some(json!({"groups": {"Y": true}})),
            Some(json!({"groups": {"Y": false}})),
        ];
        assert_eq!(
            carried(joined, left, 1),
            [
                Some(json!({"name": "Anna", "groups": {"X": false, "Y": true}})),
                Some(json!({"name": "Annika", "groups": {"X": true, "Y": false}})),
            ]
        );
    }

    #[test]
    fn what_somebody_else_changed_between_two_runs_is_part_of_what_was_there() {
        let licenses =
            |before: Value, after: Value| [Some(json!({"licenses": before})), Some(json!({"licenses": after}))];
        let killed = || licenses(json!(["A"]), json!(["A", "B"]));
        let given = licenses(json!(["A", "C"]), json!(["A", "B", "C"]));
        let [before, after] = carried_on(killed(), given);
        assert_eq!(before, Some(json!({"licenses": ["A", "C"]})));
        assert_eq!(after, Some(json!({"licenses": ["A", "B", "C"], UNCLEAR: true})));
        // It came about, or did not.
        for found in [json!(["A"]), json!(["A", "B"])] {
            let rerun = licenses(found, json!(["A", "B"]));
            assert_eq!(carried_on(killed(), rerun)[0], killed()[0]);
        }
        let named = |before: &str, after: &str| {
            let other = json!({"groups": {"X": false}, "surname": "Berg", "display_name": before});
            let made = json!({"groups": {"X": true}, "surname": "Beck", "display_name": after});
            [Some(other), Some(made)]
        };
        let [before, _] = carried_on(named("Anna", "Annika"), named("Ann", "Annika"));
        assert_eq!(
            before,
            Some(json!({"groups": {"X": false}, "surname": "Berg", "display_name": "Ann"}))
        );
    }

    #[test]
    fn what_a_run_has_given_up_for_what_it_did_not_come_to_give_is_nobody_elses_doing() {
        let licenses = |before: Value| [Some(json!({"licenses": before})), Some(json!({"licenses": ["B", "X"]}))];
        for given_up in [json!(null), json!(["X"])] {
            let [before, _] = carried_on(licenses(json!(["A", "X"])), licenses(given_up));
            assert_eq!(before, Some(json!({"licenses": ["A", "X"]})));
        }
        for changed in [json!([]), json!(["A"]), json!(["X", "Y"])] {
            let [before, _] = carried_on(licenses(json!(["A", "X"])), licenses(changed.clone()));
            assert_eq!(before, Some(json!({"licenses": changed})));
        }
    }

    #[test]
    fn what_a_row_changed_and_a_later_run_found_changed_is_told_with_what_that_run_changed() {
        let licenses =
            |before: Value, after: Value| [Some(json!({"licenses": before})), Some(json!({"licenses": after}))];
        let first = json!({"at": BEGAN, "before": {"licenses": null}, "after": {"licenses": ["Y"]}});
        let second = carried(
            licenses(json!(null), json!(["Y"])),
            licenses(json!(["X"]), json!(["X", "Y"])),
            1,
        );
        assert_eq!(
            second,
            [
                Some(json!({"licenses": ["X"]})),
                Some(json!({"licenses": ["X", "Y"], CHANGED_EARLIER: [first]}))
            ]
        );
        // What is as it was left is not told twice.
        let third = carried(second.clone(), licenses(json!(["X", "Y"]), json!(["Y"])), 1);
        assert_eq!(
            third,
            [
                Some(json!({"licenses": ["X"]})),
                Some(json!({"licenses": ["Y"], CHANGED_EARLIER: [first]}))
            ]
        );
        let last = json!({"at": BEGAN, "before": {"licenses": ["X"]}, "after": {"licenses": ["X", "Y"]}});
        let third = carried(second, licenses(json!([]), json!(["Y"])), 1);
        assert_eq!(
            third[1],
            Some(json!({"licenses": ["Y"], CHANGED_EARLIER: [first, last]}))
        );
        // Of groups each is told by itself.
        let joined = |was: bool| Some(json!({"groups": {"A": was, "B": false}}));
        let after = Some(json!({"groups": {"A": true, "B": true}, "group_ids": {"A": "1", "B": "2"}}));
        let before = Some(json!({"groups": {"A": false, "B": true}}));
        let earlier = json!({"at": BEGAN, "before": {"groups": {"A": false}},
            "after": {"groups": {"A": true}, "group_ids": {"A": "1", "B": "2"}}});
        let [_, again] = carried([joined(false), after.clone()], [before, after], 1);
        assert_eq!(again.unwrap()[CHANGED_EARLIER], json!([earlier]));
    }

    #[test]
    fn nothing_is_carried_to_an_account_that_took_the_name_over() {
        let earlier = [Some(json!({"licenses": ["A"]})), Some(json!({"licenses": null}))];
        assert_eq!(carried(earlier, [None, None], 2), [None, None]);
    }
}
