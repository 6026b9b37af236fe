//! Whether the rows of a plan are still as they were when it was saved, and what has changed.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::facts::{Fact, Name, State, facts};
use super::sheet_plan::RowPlan;
use crate::model::{NOT_BEFORE, OperationKind, Place, RowKey, Status};
use crate::plan::{Fate, RowReason};
use crate::text::fold;

/// Something that no longer matches the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row's place; for one that is no longer in the sheet, the place it had.
    pub at: Place,
    /// What is different, in a sentence without a full stop.
    pub message: String,
}

/// What has happened since a plan was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// No run of the sheet has started.
    NothingRan,
    /// One has, and may have attempted any row: a run that was killed has no record of the calls whose answers it did
    /// not see.
    ARunBegan,
}

/// What has changed since the plan with the rows `saved` was made, given what a plan made `now` says about the same
/// sheet: rows that were added, removed or rewritten, and rows whose accounts are in a different state.
///
/// A row that has been finished since counts as matching. If a run has worked on its account `since`, a row differs
/// only where a value is neither the one that the saved plan found nor the one that it wanted.
pub fn differences(saved: &[RowPlan], now: impl IntoIterator<Item = RowPlan>, since: Since) -> Vec<Difference> {
    let by_key: HashMap<RowKey, &RowPlan> = saved.iter().map(|row| (row.report.key, row)).collect();
    let touched = (since == Since::ARunBegan).then(|| Touched::new(saved));
    let mut met: HashSet<RowKey> = HashSet::new();
    let (mut differences, mut newcomers) = (Vec::new(), Vec::new());
    for row in now {
        let Some(earlier) = by_key.get(&row.report.key) else {
            newcomers.push(row);
            continue;
        };
        met.insert(row.report.key);
        if let Some(words) = change(earlier, &row, touched.as_ref()) {
            differences.push(Difference {
                at: row.report.place,
                message: words,
            });
        }
    }
    let left = saved.iter().filter(|row| !met.contains(&row.report.key)).collect();
    differences.extend(exchanged(left, newcomers));
    differences
}

/// Rows that left the sheet and rows that are new in it; if both are in the same place, the row was rewritten.
fn exchanged(left: Vec<&RowPlan>, newcomers: Vec<RowPlan>) -> Vec<Difference> {
    let place = |at: &Place| (at.sheet.clone(), at.row);
    let mut by_place: HashMap<_, &RowPlan> = left.iter().map(|row| (place(&row.report.place), *row)).collect();
    let mut differences = Vec::new();
    for new in newcomers {
        let message = match by_place.remove(&place(&new.report.place)) {
            Some(old) if named(old) == named(&new) => {
                format!("the row was rewritten: {} as before, with other values", named(old))
            }
            Some(old) => format!("the row was rewritten: {} before, {} now", named(old), named(&new)),
            None => format!("the row is new in the sheet: {}", named(&new)),
        };
        differences.push(Difference {
            at: new.report.place,
            message,
        });
    }
    for old in left {
        if by_place.contains_key(&place(&old.report.place)) {
            let message = format!("the row is no longer in the sheet: {}", named(old));
            let at = old.report.place.clone();
            differences.push(Difference { at, message });
        }
    }
    differences
}

/// A row by what it asks for.
fn named(row: &RowPlan) -> String {
    let words = [
        row.report.operation.map(|operation| operation.to_string()),
        (!row.report.user.is_empty()).then(|| format!("`{}`", row.report.user)),
        (!row.report.target.is_empty()).then(|| format!("`{}`", row.report.target)),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    match (words.is_empty(), row.fate) {
        (false, _) => words.join(" "),
        (true, Fate::Finished) => "finished".to_owned(),
        (true, _) => "not readable".to_owned(),
    }
}

fn change(saved: &RowPlan, now: &RowPlan, touched: Option<&Touched>) -> Option<String> {
    match (saved.fate, now.fate) {
        (_, Fate::Finished) => None,
        (Fate::Finished, _) => {
            Some("the plan found the row finished, and the results file no longer says so".to_owned())
        }
        (Fate::LeftOut, Fate::LeftOut) | (Fate::Invalid, Fate::Invalid) => None,
        (_, Fate::Invalid) => Some(format!("the row is invalid now: {}", now.report.message)),
        (Fate::Invalid, _) => Some(format!("the row is valid now; for the plan, {}", saved.report.message)),
        (_, Fate::LeftOut) | (Fate::LeftOut, _) => Some("the plan was made for other rows".to_owned()),
        // Its day has come, as the plan said that it would.
        (Fate::Waits, _) if saved.report.code == NOT_BEFORE => None,
        _ if is_short(saved) && now.status() == Some(Status::Done) => Some(other_end(saved, now)),
        _ => another_account(saved, now).or_else(|| match touched {
            Some(touched) => touched.change(saved, now),
            None => changed_state(saved, now),
        }),
    }
}

/// Whether the plan has no seat for the row.
fn is_short(row: &RowPlan) -> bool {
    row.report.code.parse() == Ok(RowReason::SeatsShort)
}

/// The difference, if the name now means another account.
fn another_account(saved: &RowPlan, now: &RowPlan) -> Option<String> {
    let (then, is) = (saved.report.user_id?, now.report.user_id?);
    (then != is).then(|| format!("{} now names the account {is}; the plan meant {then}", subject(now)))
}

/// What is different between a row as it was planned and as it would be planned now.
fn changed_state(saved: &RowPlan, now: &RowPlan) -> Option<String> {
    let subject = subject(now);
    let settled = |row: &RowPlan| matches!(row.fate, Fate::CannotRun | Fate::Waits);
    if settled(saved) || settled(now) {
        return other_settled_end(saved, now);
    }
    if saved.deletes != now.deletes {
        return Some(other_deletion(now));
    }
    let made = (String::from("made"), None);
    let (then, is) = (facts(saved), facts(now));
    if then.contains_key(&made) != is.contains_key(&made) {
        return Some(if is.contains_key(&made) {
            format!("there is no account {subject} any more; the plan found one")
        } else {
            format!("there is already an account {subject}; the plan was to create it")
        });
    }
    let mut words = Vec::new();
    let names: BTreeSet<&Name> = then.keys().chain(is.keys()).collect();
    for name in names {
        let (then, is) = (then.get(name), is.get(name));
        // If one plan leaves a fact alone, what it finds is compared with what the other one wants.
        let found = |own: Option<&Fact>, other: Option<&Fact>| match own {
            Some(fact) => fact.before.clone(),
            None => other.and_then(|fact| fact.after.clone()),
        };
        let (was_found, is_found) = (found(then, is), found(is, then));
        if was_found != is_found {
            words.push(found_otherwise(name, was_found.as_ref(), is_found.as_ref()));
        } else if let (Some(then), Some(is)) = (then, is)
            && then.after != is.after
        {
            words.push(wanted_otherwise(name, then.after.as_ref(), is.after.as_ref()));
        }
    }
    if words.is_empty() && saved.status() != now.status() {
        return Some(other_end(saved, now));
    }
    (!words.is_empty()).then(|| format!("{subject} {}", words.join(", and ")))
}

/// The difference between the ends of rows of which one cannot run or waits.
fn other_settled_end(saved: &RowPlan, now: &RowPlan) -> Option<String> {
    let is_same = (saved.fate, saved.status(), &saved.report.code) == (now.fate, now.status(), &now.report.code);
    (!is_same).then(|| other_end(saved, now))
}

fn found_otherwise(name: &Name, then: Option<&Value>, is: Option<&Value>) -> String {
    let (then, is) = (State::of(name, then), State::of(name, is));
    format!("now {}; the plan expected it to {}", is.it(), then.to())
}

fn wanted_otherwise(name: &Name, then: Option<&Value>, is: Option<&Value>) -> String {
    let (then, is) = (State::of(name, then), State::of(name, is));
    format!("would now {}; the plan was for it to {}", is.to(), then.to())
}

/// The accounts and groups that a run may have worked on since the plan was saved, and what the plan says about them:
/// they need no longer be as the plan found them.
struct Touched {
    /// For each fact of an account, the values that the plan found or wanted.
    known: HashMap<String, Vec<(Name, Option<Value>)>>,
}

impl Touched {
    fn new(saved: &[RowPlan]) -> Self {
        let mut known: HashMap<String, Vec<(Name, Option<Value>)>> = HashMap::new();
        for row in saved.iter().filter(|row| row.is_planned()) {
            let names: Vec<String> = names(row).collect();
            for (fact, value) in facts(row) {
                for name in &names {
                    let values = known.entry(name.clone()).or_default();
                    values.push((fact.clone(), value.before.clone()));
                    values.push((fact.clone(), value.after.clone()));
                }
            }
        }
        Self { known }
    }

    /// Values that the plan neither found nor wanted.
    fn change(&self, saved: &RowPlan, now: &RowPlan) -> Option<String> {
        match now.fate {
            _ if saved.fate == Fate::CannotRun && now.fate != Fate::CannotRun => return Some(other_end(saved, now)),
            Fate::AlreadySo => return None,
            Fate::Waits if saved.status() == Some(Status::Waiting) => return None,
            // What could be done of a row that cannot be finished is done by now.
            Fate::CannotRun | Fate::Waits if saved.is_planned() => {
                let ends_alike = (saved.status(), &saved.report.code) == (now.status(), &now.report.code);
                return (!ends_alike).then(|| other_end(saved, now));
            }
            Fate::CannotRun | Fate::Waits => return other_settled_end(saved, now),
            _ => {}
        }
        // A migration that was to wait for its invitation comes to its end once that is accepted.
        let goes_on = saved.status() == Some(Status::Waiting);
        if now.deletes && !saved.deletes && !goes_on {
            return Some(other_deletion(now));
        }
        let planned = facts(saved);
        let mut words = Vec::new();
        for (name, fact) in facts(now) {
            if is_of_the_making(&name) {
                continue;
            }
            let planned = planned.get(&name);
            let meant = planned.and_then(|fact| fact.after.as_ref());
            if let Some(found) = &fact.before
                && !self.is_known(saved, &name, found)
            {
                let then = planned.and_then(|fact| fact.before.as_ref());
                words.push(found_otherwise(&name, then, Some(found)));
            } else if fact.after.is_some() && fact.after.as_ref() != meant && !(goes_on && meant.is_none()) {
                words.push(wanted_otherwise(&name, meant, fact.after.as_ref()));
            }
        }
        (!words.is_empty()).then(|| format!("{} {}", subject(now), words.join(", and ")))
    }

    fn is_known(&self, row: &RowPlan, fact: &Name, value: &Value) -> bool {
        names(row).any(|name| {
            let known = self.known.get(&name).into_iter().flatten();
            known
                .filter(|(of, _)| of == fact)
                .any(|(_, known)| known.as_ref().unwrap_or(&Value::Null) == value)
        })
    }
}

/// Facts that change when an account is made, and the list of all its groups, which changes with any membership.
fn is_of_the_making((name, part): &Name) -> bool {
    matches!((name.as_str(), part), ("made" | "user_id", _) | ("groups", None))
}

/// Everything a row may be about, by every name it has in the plan.
fn names(row: &RowPlan) -> impl Iterator<Item = String> {
    let id = row.report.user_id.map(|id| id.to_string());
    // A migration works on the old account and on the new one.
    let old = row
        .report
        .before
        .as_ref()
        .and_then(|before| before.get("user_id")?.as_str());
    let is_target = row.report.operation.is_some_and(OperationKind::is_about_its_target);
    let names = [
        id,
        old.map(str::to_owned),
        Some(fold(&row.report.user)),
        is_target.then(|| fold(&row.report.target)),
    ];
    names.into_iter().flatten().filter(|name| !name.is_empty())
}

/// Whom or what a row is about.
fn subject(row: &RowPlan) -> String {
    let name = if row.report.user.is_empty() {
        &row.report.target
    } else {
        &row.report.user
    };
    format!("`{name}`")
}

fn other_deletion(now: &RowPlan) -> String {
    let subject = subject(now);
    match (now.deletes, now.fate) {
        (true, _) => format!("{subject} would be deleted now; the plan was not to"),
        (false, Fate::AlreadySo) => format!("{subject} would no longer be deleted: {}", now.report.message),
        (false, _) => format!("{subject} would no longer be deleted"),
    }
}

/// The difference, if a row would now end differently.
fn other_end(saved: &RowPlan, now: &RowPlan) -> String {
    format!("the row {}; for the plan, it {}", end(now), end(saved))
}

fn end(row: &RowPlan) -> String {
    let because = if row.report.message.is_empty() {
        String::new()
    } else {
        format!(" ({})", row.report.message)
    };
    match (row.fate, row.status()) {
        (Fate::ToChange, Some(Status::Done) | None) => "could be carried out".to_owned(),
        (Fate::ToChange, Some(status)) => format!("would end as {status}{because}"),
        (Fate::AlreadySo, _) => "is so already".to_owned(),
        (Fate::Waits, _) => "waits for its invitation to be accepted".to_owned(),
        (_, Some(status)) => format!("cannot run: {status}{because}"),
        (_, None) => "cannot run".to_owned(),
    }
}
