//! What the user should know before confirming a plan.

use std::collections::HashSet;
use std::fmt::Display;

use super::RowReason;
use super::not_owned;
use super::{
    AccountIndex, Direct, Ending, LicenseChange, OnShortage, Plan, RowIndex, Rules, Stage, Step, Warning, Work,
};
use crate::directory::Snapshot;
use crate::model::{BundleSet, Row};
use crate::text::{choose, joined_first, number, people, plural};

/// How many accounts a warning lists.
pub const NAMED_IN_A_WARNING: usize = 4;

pub(super) fn warnings(sheet: &[Row], plan: &Plan, snapshot: &Snapshot, rules: &Rules) -> Vec<Warning> {
    let allocations = AllocationChanges::of(sheet, plan);
    let warnings = [
        administrators(plan, snapshot),
        administrators_offboarded(sheet, plan, snapshot),
        last_administrator(plan),
        unblocking(&allocations),
        overriding(&allocations),
        releasing(&allocations, snapshot),
        giving_back(sheet, plan, snapshot),
        rules_removed(plan),
        nobody_there(plan),
        not_bought(plan),
        missing_out(plan, rules),
        in_excess(plan),
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
            named(&labels)
        )
    })
}

/// The steps that read back those who are offboarded.
fn leavers(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| matches!(step.work, Work::VerifyLeaver))
}

fn administrators_offboarded(sheet: &[Row], plan: &Plan, snapshot: &Snapshot) -> Option<Warning> {
    let (mut rows, mut labels) = (Vec::new(), Vec::new());
    for step in leavers(plan) {
        let account = step.account.map(|account| plan.account(account));
        let user = account.and_then(|account| snapshot.user_by_id(account.id?));
        if user.is_some_and(|user| snapshot.is_administrator(user)) {
            rows.extend(step.rows.iter().copied());
            labels.extend(account.map(|account| account.naming.label(sheet)));
        }
    }
    warn("administrators-offboarded", rows, |count| {
        format!(
            "{} of Administrators will be offboarded: {}",
            plural(count, "member"),
            named(&labels)
        )
    })
}

fn last_administrator(plan: &Plan) -> Option<Warning> {
    warn("last-administrator", plan.last_administrators.last.clone(), |_| {
        "no administrator remains who is visible here: make sure that somebody of the directory's group in \
         Administrators can sign in and administrate"
            .to_owned()
    })
}

/// Accounts that somebody once barred from licences on purpose.
fn unblocking(allocations: &AllocationChanges<'_>) -> Option<Warning> {
    let is_blocked = |direct: &Direct| matches!(direct, Direct::Holds(bundles) if bundles.is_empty());
    let (rows, accounts) = allocations.matching(|change| is_blocked(change.before) && !is_blocked(change.after));
    warn("unblocks", rows, |_| {
        let (is, them) = choose(accounts.len(), ("is", "it"), ("are", "them"));
        format!(
            "{} {is} blocked from every licence now, and this unblocks {them}: {}",
            plural(accounts.len(), "account"),
            allocations.named(&accounts)
        )
    })
}

fn overriding(allocations: &AllocationChanges<'_>) -> Option<Warning> {
    let (rows, accounts) = allocations.matching(|change| {
        let exists = allocations.plan.account(change.account).id.is_some();
        exists && *change.before == Direct::Inherits && matches!(change.after, Direct::Holds(_))
    });
    warn("overrides-inherited", rows, |_| {
        let (get, them) = choose(accounts.len(), ("gets", "it"), ("get", "them"));
        format!(
            "{} {get} a first direct allocation, which overrides what groups give {them}: {}",
            plural(accounts.len(), "account"),
            allocations.named(&accounts)
        )
    })
}

fn releasing(allocations: &AllocationChanges<'_>, snapshot: &Snapshot) -> Option<Warning> {
    let plan = allocations.plan;
    // Those who are offboarded do not sign in again, and what they hold in the end is read.
    let leavers: HashSet<AccountIndex> = leavers(plan).filter_map(|step| step.account).collect();
    let (rows, accounts) = allocations.matching(|change| {
        let is_released = *change.before != Direct::Inherits && *change.after == Direct::Inherits;
        is_released && !leavers.contains(&change.account) && signs_in(plan, snapshot, change.account)
    });
    warn("released-may-return", rows, |_| {
        let (lose, their) = choose(accounts.len(), ("loses", "its"), ("lose", "their"));
        format!(
            "{} {lose} {their} direct allocation; group rules apply again, and a licence they give may be taken \
             again at the next sign-in: {}",
            plural(accounts.len(), "account"),
            allocations.named(&accounts)
        )
    })
}

/// Whether the account can sign in: what is left of one that is gone cannot.
fn signs_in(plan: &Plan, snapshot: &Snapshot, account: AccountIndex) -> bool {
    let id = plan.account(account).id;
    id.is_none_or(|id| snapshot.user_by_id(id).is_some())
}

/// Seats that come back by themselves, as long as the group's rule gives them.
fn giving_back(sheet: &[Row], plan: &Plan, snapshot: &Snapshot) -> Option<Warning> {
    let ends = plan.steps.iter().filter(|step| {
        let signs_in = |account| signs_in(plan, snapshot, account);
        matches!(step.work, Work::EndLease(_)) && step.account.is_some_and(signs_in)
    });
    let (mut rows, mut accounts) = (Vec::new(), Vec::new());
    for step in ends {
        rows.extend(&step.rows);
        accounts.extend(step.account.map(|account| plan.account(account).naming.label(sheet)));
    }
    accounts.dedup();
    warn("lease-may-return", rows, |_| {
        let (give, their) = choose(accounts.len(), ("gives", "its"), ("give", "their"));
        format!(
            "{} {give} back a seat that {their} group's licence rule gives; it may be taken again at the next sign-in: {}",
            plural(accounts.len(), "account"),
            named(&accounts)
        )
    })
}

/// People who lose what a group's rule gave them, whoever they are.
fn rules_removed(plan: &Plan) -> Option<Warning> {
    let (mut rows, mut words) = (Vec::new(), Vec::new());
    for step in &plan.steps {
        if let Work::RemoveRule(removal) = &step.work {
            rows.extend(&step.rows);
            let who = match removal.holders {
                None => "an unknown number of people".to_owned(),
                Some(some) => people(some),
            };
            words.push(format!("{who} of `{}` ({})", removal.name, removal.bundles));
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    warn("rule-taken-away", rows, |count| {
        let (rules, it) = choose(count, ("a licence rule", "it"), ("licence rules", "them"));
        format!(
            "{rules} will be taken away, and with {it} the seats that are held by {it}: {}; nobody takes one by {it} any more",
            named(&words)
        )
    })
}

/// Deletions that match no account: if the name is misspelt, that user keeps account and licences.
fn nobody_there(plan: &Plan) -> Option<Warning> {
    let verdicts = plan.rows.iter().map(|row| row.verdict());
    let gone = verdicts.enumerate().filter_map(|(row, verdict)| Some((row, verdict?)));
    let gone = gone.filter(|(_, verdict)| verdict.code == RowReason::AlreadyGone.into());
    let (rows, words): (Vec<RowIndex>, Vec<&str>) = gone.map(|(row, verdict)| (row, verdict.message.as_str())).unzip();
    warn("nobody-to-delete", rows, |count| {
        let find = choose(count, "finds", "find");
        format!(
            "{} {find} no account to delete: {}",
            plural(count, "row"),
            named(&words)
        )
    })
}

/// Bundles that rows want and the organization does not own.
fn not_bought(plan: &Plan) -> Option<Warning> {
    let wanted = plan
        .rows
        .iter()
        .enumerate()
        .filter_map(|(row, planned)| match planned.ending() {
            Ending::NotOwned(bundles) => Some((row, bundles)),
            _ => None,
        });
    let (mut rows, mut all) = (Vec::new(), BundleSet::default());
    for (row, bundles) in wanted {
        rows.push(row);
        all = all.union(bundles);
    }
    warn("codes-not-owned", rows, |count| {
        let want = choose(count, "wants", "want");
        format!("{}, which {} {want}", not_owned(&all), plural(count, "row"))
    })
}

fn missing_out(plan: &Plan, rules: &Rules) -> Option<Warning> {
    let rows = plan.short.iter().map(|(row, _)| *row).collect();
    warn("seats-short", rows, |count| {
        let miss = choose(count, "misses", "miss");
        let ending = match rules.on_shortage {
            OnShortage::Fill => "",
            OnShortage::Stop => {
                ", so a run stops here and sends nothing; `--on-shortage fill` gives the seats that there are to the \
                 rows that come first"
            }
        };
        format!("{} {miss} out on seats{ending}", plural(count, "row"))
    })
}

/// Migrations that cannot hand their licences over once their old account may go.
fn in_excess(plan: &Plan) -> Option<Warning> {
    warn("seats-in-excess", plan.in_excess.clone(), |count| {
        let (account, finds) = choose(count, ("new account", "finds"), ("new accounts", "find"));
        format!(
            "{} {account} {finds} no seat even once the invitation is accepted, because more are taken than owned: free seats, or buy \
             more, before then",
            number(count)
        )
    })
}

/// The first few, and how many more there are.
fn named<T: Display>(labels: &[T]) -> String {
    named_first(labels.iter())
}

/// The same of names that are made one by one.
fn named_first<T: Display>(labels: impl ExactSizeIterator<Item = T>) -> String {
    joined_first(labels, NAMED_IN_A_WARNING)
}

/// A warning about these rows, if there are any; the message is built from their number.
pub(super) fn warn(
    code: &'static str,
    mut rows: Vec<RowIndex>,
    message: impl FnOnce(usize) -> String,
) -> Option<Warning> {
    rows.sort_unstable();
    rows.dedup();
    let message = (!rows.is_empty()).then(|| message(rows.len()))?;
    Some(Warning { code, message, rows })
}

/// One account's direct allocation before and after all of its changes.
struct AllocationChange<'a> {
    account: AccountIndex,
    before: &'a Direct,
    after: &'a Direct,
}

/// The changes of accounts that sheets name, and what each account holds directly in the end. There may be a million, so
/// nothing is put together that no warning names.
struct AllocationChanges<'a> {
    sheet: &'a [Row],
    plan: &'a Plan,
    /// By the accounts' positions.
    ends: Vec<Option<&'a Direct>>,
}

impl<'a> AllocationChanges<'a> {
    fn of(sheet: &'a [Row], plan: &'a Plan) -> Self {
        let ends = vec![None; plan.accounts.len()];
        let mut changes = Self { sheet, plan, ends };
        for (account, _, change) in Self::steps(plan) {
            changes.ends[account.position()] = Some(&change.target.direct);
        }
        changes
    }

    /// The steps, by stage. What is given up only to be taken again is no loss, and what a migration takes along existed
    /// before.
    fn steps(plan: &'a Plan) -> impl Iterator<Item = (AccountIndex, &'a Step, &'a LicenseChange)> {
        let is_migration = |row: &RowIndex| plan.rows[*row].captured().is_some();
        let steps = plan.steps.iter().filter(|step| step.stage != Stage::GiveBack);
        steps.filter_map(move |step| match (&step.work, step.account) {
            (Work::License(change), Some(account)) if !step.rows.iter().all(is_migration) => {
                Some((account, step, &**change))
            }
            _ => None,
        })
    }

    /// The rows and accounts of the changes that match, the accounts in the order of their first step.
    fn matching(&self, is_so: impl Fn(&AllocationChange<'_>) -> bool) -> (Vec<RowIndex>, Vec<AccountIndex>) {
        let (mut rows, mut accounts) = (Vec::new(), Vec::new());
        let mut known: Vec<Option<bool>> = vec![None; self.ends.len()];
        for (account, step, first) in Self::steps(self.plan) {
            let position = account.position();
            let is_matching = *known[position].get_or_insert_with(|| {
                let before = &first.base.direct;
                let after = self.ends[position].unwrap_or(before);
                let is_matching = is_so(&AllocationChange { account, before, after });
                if is_matching {
                    accounts.push(account);
                }
                is_matching
            });
            if is_matching {
                rows.extend(&step.rows);
            }
        }
        (rows, accounts)
    }

    /// The first few of these accounts.
    fn named(&self, accounts: &[AccountIndex]) -> String {
        let label = |account: &AccountIndex| self.plan.account(*account).naming.label(self.sheet);
        named_first(accounts.iter().map(label))
    }
}
