//! Rows whose accounts a run has worked on since the plan was saved: they are no longer as the plan found
//! them, and need not be.

use std::collections::HashMap;

use serde_json::Value;

use super::compare::{other_deletion, other_end, subject};
use super::facts::{Name, facts};
use super::state::State;
use super::{Fate, RowPlan};
use crate::model::{OperationKind, Status};
use crate::text::fold;

/// The accounts and groups that runs may have worked on since, and what the plan has to say of them.
pub(super) struct Touched {
    /// What the plan found, or was to bring about, of each fact of an account.
    known: HashMap<String, Vec<(Name, Option<Value>)>>,
}

impl Touched {
    pub(super) fn new(saved: &[RowPlan]) -> Self {
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

    /// What neither the plan found nor what it was to bring about.
    pub(super) fn change(&self, saved: &RowPlan, now: &RowPlan) -> Option<String> {
        match now.fate {
            _ if saved.fate == Fate::CannotRun && now.fate != Fate::CannotRun => return Some(other_end(saved, now)),
            Fate::AlreadySo => return None,
            Fate::Waits if saved.status == Some(Status::Waiting) => return None,
            Fate::CannotRun | Fate::Waits => {
                let is_same = (saved.fate, saved.status, &saved.code) == (now.fate, now.status, &now.code);
                return (!is_same).then(|| other_end(saved, now));
            }
            _ => {}
        }
        // A migration that was to wait for its invitation comes to its end once that is accepted.
        let goes_on = saved.status == Some(Status::Waiting);
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
                let is = State::of(&name, Some(found));
                let then = State::of(&name, planned.and_then(|fact| fact.before.as_ref()));
                words.push(format!("now {}; the plan took it to {}", is.it(), then.to()));
            } else if fact.after.is_some() && fact.after.as_ref() != meant && !(goes_on && meant.is_none()) {
                let (is, then) = (State::of(&name, fact.after.as_ref()), State::of(&name, meant));
                words.push(format!(
                    "would now come to {}; the plan was for it to {}",
                    is.to(),
                    then.to()
                ));
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

/// What changes with the making of an account, and the list of all groups that an account is in, which any
/// membership of it changes.
fn is_of_the_making((name, part): &Name) -> bool {
    matches!((name.as_str(), part), ("made" | "user_id", _) | ("groups", None))
}

/// Everything that a row may be about, by every name it has in the plan.
fn names(row: &RowPlan) -> impl Iterator<Item = String> {
    let id = row.user_id.map(|id| id.to_string());
    // A migration works on the old account and on the new one.
    let old = row.before.as_ref().and_then(|before| before.get("user_id")?.as_str());
    let is_target = matches!(
        row.operation,
        Some(OperationKind::Migrate | OperationKind::SetGroupLicenses)
    );
    let names = [
        id,
        old.map(str::to_owned),
        Some(fold(&row.user)),
        is_target.then(|| fold(&row.target)),
    ];
    names.into_iter().flatten().filter(|name| !name.is_empty())
}
