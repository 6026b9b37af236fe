//! A group's licence rule put back.

use std::collections::{BTreeMap, BTreeSet};

use super::changes::RuleChange;
use super::group::RuleState;
use super::pen::{Named, Pen};
use super::present::Present;
use super::row::{RowKind, UndoRow, Why};
use super::told::{foreign, yes_no};
use crate::api::Group;
use crate::draft::licenses;
use crate::intake::Column;
use crate::model::{BundleCode, OperationKind};
use crate::text::{number, people};

/// The rows that put the rule back, and those that a person has to read.
pub(super) fn rule(change: &RuleChange, pen: Pen<'_>) -> Vec<UndoRow> {
    let decide = |why, note: String| {
        let row = UndoRow::new(RowKind::Decide(why), &change.rows);
        row.cell(Column::Group, change.group.name.as_str()).noting(note)
    };
    let Some(was) = &change.flip.was else {
        return vec![decide(
            Why::NotKnown,
            "what the rule was before the run was not recorded".to_owned(),
        )];
    };
    let name = match pen.group(&change.group) {
        Named::As(name) => name,
        Named::Everyone => change.group.name.clone(),
        Named::Gone(why) => return vec![decide(Why::Gone, format!("{why}, and its rule with it"))],
    };
    let left = &change.flip.is;
    let group = pen
        .present
        .and_then(|present| Some((present, present.group(&change.group)?)));
    let now = match group {
        Some((present, group)) => present.rule(group),
        None => left.clone(),
    };
    let read_as = group.map(|_| RuleState::unless_changed(now.as_ref()));
    let row = |operation| {
        let row = UndoRow::new(RowKind::PutsBack(operation), &change.rows).cell(Column::Group, name.as_str());
        row.cell(Column::UnlessChangedFrom, read_as.clone().unwrap_or_default())
    };
    if now == *was || was == left {
        return Vec::new();
    }
    let mut told = Vec::new();
    let target = match (was, &now) {
        (was, now) if now == left => was.clone(),
        // Somebody has made a rule where the run took one away, or took away the one it set.
        (_, None) => {
            told.push("the group has no rule any more; the run left one".to_owned());
            None
        }
        (was, Some(now)) => Some(merged(was.as_ref(), left.as_ref(), now, &mut told)),
    };
    let target = match (target, group) {
        (Some(rule), Some(pool)) => Some(within_use(rule, now.as_ref(), pool, &mut told)),
        (target, _) => target,
    };
    let mut rows = Vec::new();
    if target != now {
        rows.push(match target.filter(|rule| !rule.bundles.is_empty()) {
            None => row(OperationKind::ClearGroupLicenses),
            Some(rule) => row(OperationKind::SetGroupLicenses)
                .cell(Column::Licenses, licenses(&rule.bundles))
                .cell(Column::Quotas, quotas(&rule, now.as_ref()))
                .cell(Column::ExternalLicense, flag(&rule, now.as_ref())),
        });
    }
    if !told.is_empty() {
        rows.push(decide(Why::Changed, told.join("; ")));
    }
    rows
}

/// What the run changed taken back of a rule that somebody has changed since.
fn merged(was: Option<&RuleState>, left: Option<&RuleState>, now: &RuleState, told: &mut Vec<String>) -> RuleState {
    let none = RuleState::default();
    let (was, left) = (was.unwrap_or(&none), left.unwrap_or(&none));
    let given = left.bundles.minus(&was.bundles);
    let bundles = now.bundles.minus(&given).union(&was.bundles.minus(&left.bundles));
    let codes: BTreeSet<&BundleCode> = was.quotas.keys().chain(left.quotas.keys()).collect();
    let mut quotas = now.quotas.clone();
    for code in codes {
        let (before, after, is) = (was.quotas.get(code), left.quotas.get(code), now.quotas.get(code));
        if before == after || is == before {
            continue;
        }
        if is == after {
            match before {
                Some(limit) => quotas.insert(code.clone(), *limit),
                None => quotas.remove(code),
            };
        } else {
            let shown = |limit: Option<&u32>| limit.map_or_else(|| "unlimited".to_owned(), |limit| number(*limit));
            told.push(foreign(
                &format!("the quota of {code}"),
                shown(is),
                shown(after),
                shown(before),
            ));
        }
    }
    quotas.retain(|code, _| bundles.contains(code));
    let external = if now.external == left.external {
        was.external
    } else {
        now.external
    };
    RuleState {
        bundles,
        quotas,
        external,
    }
}

/// All limits of the rule. An empty cell would keep those that are there.
fn quotas(rule: &RuleState, now: Option<&RuleState>) -> String {
    let limits: &BTreeMap<BundleCode, u32> = &rule.quotas;
    if limits.is_empty() {
        let has_some = now.is_some_and(|now| !now.quotas.is_empty());
        return if has_some { "<clear>".to_owned() } else { String::new() };
    }
    let items: Vec<String> = limits.iter().map(|(code, limit)| format!("{code}={limit}")).collect();
    items.join("; ")
}

/// The rule without the limits that are below what is held by it at present, which the service refuses: they stay as they
/// are.
fn within_use(
    mut rule: RuleState,
    now: Option<&RuleState>,
    pool: (Present<'_>, &Group),
    told: &mut Vec<String>,
) -> RuleState {
    let (present, group) = pool;
    for (code, limit) in rule.quotas.clone() {
        let kept = now.and_then(|now| now.quotas.get(&code)).copied();
        let Some(holders) = present.holders_by_rule(group, &code) else {
            continue;
        };
        if kept == Some(limit) || usize::try_from(limit).is_ok_and(|limit| limit >= holders) {
            continue;
        }
        told.push(format!(
            "{} hold {code} by this rule at present, so that its limit cannot be {} again until seats are given back",
            people(holders),
            number(limit)
        ));
        match kept {
            Some(kept) => rule.quotas.insert(code, kept),
            None => rule.quotas.remove(&code),
        };
    }
    rule
}

fn flag(rule: &RuleState, now: Option<&RuleState>) -> &'static str {
    let is_other = now.is_some_and(|now| now.external != rule.external);
    if rule.external || is_other {
        yes_no(rule.external)
    } else {
        ""
    }
}
