//! What the user should know before confirming a plan.

use super::{AccountIndex, Direct, LicenseChange, OnShortage, Plan, RowIndex, Rules, Stage, Work};
use crate::directory::Snapshot;
use crate::text::{joined, plural};

/// How many accounts a warning names.
const NAMED: usize = 4;

/// Something that the user should know before confirming a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A code in kebab case.
    pub code: &'static str,
    /// What to know, in a sentence without a full stop.
    pub message: String,
    /// The rows that it is about, in sheet order.
    pub rows: Vec<RowIndex>,
}

pub(super) fn warnings(plan: &Plan, snapshot: &Snapshot, rules: &Rules) -> Vec<Warning> {
    let warnings = [
        administrators(plan, snapshot),
        overriding(plan),
        releasing(plan),
        missing_out(plan, rules),
    ];
    warnings.into_iter().flatten().collect()
}

fn administrators(plan: &Plan, snapshot: &Snapshot) -> Option<Warning> {
    let is_administrator = |id| {
        snapshot
            .user_by_id(id)
            .is_some_and(|user| snapshot.is_administrator(user))
    };
    let deleted = plan.deletions.iter().filter(|deletion| is_administrator(deletion.user));
    let (rows, labels): (Vec<RowIndex>, Vec<&str>) =
        deleted.map(|deletion| (deletion.row, deletion.label.as_str())).unzip();
    warn("administrators-deleted", rows, |count| {
        format!(
            "{} of Administrators will be deleted: {}",
            plural(count, "member"),
            joined(&labels, NAMED)
        )
    })
}

fn overriding(plan: &Plan) -> Option<Warning> {
    let (rows, accounts) = licenses(plan, |_, account, change| {
        let exists = plan.account(account).id.is_some();
        exists && change.base.direct == Direct::Inherits && matches!(change.target.direct, Direct::Holds(_))
    });
    warn("overrides-inherited", rows, |_| {
        let (get, them) = if accounts.len() == 1 {
            ("gets", "it")
        } else {
            ("get", "them")
        };
        format!(
            "{} {get} a first direct allocation, which overrides what groups give {them}: {}",
            plural(accounts.len(), "account"),
            joined(&accounts, NAMED)
        )
    })
}

fn releasing(plan: &Plan) -> Option<Warning> {
    let (rows, accounts) = licenses(plan, |stage, _, change| {
        // What is released in a later stage is taken again, or handed over.
        change.target.direct == Direct::Inherits && stage == Stage::Change
    });
    warn("released-may-return", rows, |_| {
        let (lose, their) = if accounts.len() == 1 {
            ("loses", "its")
        } else {
            ("lose", "their")
        };
        format!(
            "{} {lose} {their} direct allocation; group rules apply again, and a licence they give may be taken \
             again at the next sign-in: {}",
            plural(accounts.len(), "account"),
            joined(&accounts, NAMED)
        )
    })
}

fn missing_out(plan: &Plan, rules: &Rules) -> Option<Warning> {
    if rules.on_shortage != OnShortage::Fill {
        return None;
    }
    let rows = plan.short.iter().map(|(row, _)| *row).collect();
    warn("seats-short", rows, |count| {
        let miss = if count == 1 { "misses" } else { "miss" };
        format!("{} {miss} out on seats", plural(count, "row"))
    })
}

/// A warning about these rows, if there are any; the message is made from their number.
fn warn(code: &'static str, mut rows: Vec<RowIndex>, message: impl FnOnce(usize) -> String) -> Option<Warning> {
    rows.sort_unstable();
    rows.dedup();
    let message = (!rows.is_empty()).then(|| message(rows.len()))?;
    Some(Warning { code, message, rows })
}

/// The rows and the accounts of the licence changes that are so.
fn licenses(plan: &Plan, is_so: impl Fn(Stage, AccountIndex, &LicenseChange) -> bool) -> (Vec<RowIndex>, Vec<&str>) {
    let (mut rows, mut accounts) = (Vec::new(), Vec::new());
    for step in &plan.steps {
        if let (Work::License(change), Some(account)) = (&step.work, step.account)
            && is_so(step.stage, account, change)
        {
            rows.extend(&step.rows);
            accounts.push(&*plan.account(account).label);
        }
    }
    (rows, accounts)
}
