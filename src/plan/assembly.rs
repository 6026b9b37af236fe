//! A plan under construction.

use std::collections::{HashMap, HashSet};

use super::seat_count::SeatCount;
use super::seat_denials::Denied;
use super::{AccountIndex, Holding, OneOrMany, Plan, RowIndex, Rules, Stage, Step, Work};
use crate::model::BundleSet;

/// A plan under construction, with what is only needed until it is complete.
pub(super) struct Assembly<'a> {
    pub(super) rules: &'a Rules,
    /// Whether all that an account holds directly can be taken off it.
    pub(super) can_release: bool,
    pub(super) plan: Plan,
    pub(super) seats: SeatCount,
    /// What migrations' old accounts hold after the steps so far.
    pub(super) holdings: HashMap<AccountIndex, Holding>,
    /// What deleted accounts hold in the end, if anything.
    pub(super) leaving: HashMap<AccountIndex, BundleSet>,
    /// The accounts whose licences are released after they were deactivated or taken out of groups.
    pub(super) released_late: HashSet<AccountIndex>,
    /// The rows that make accounts.
    pub(super) makers: Vec<(AccountIndex, RowIndex)>,
    pub(super) denied: Denied,
}

impl Assembly<'_> {
    /// Adds a step; its rows are put in sheet order, each once.
    pub(super) fn push(
        &mut self,
        stage: Stage,
        account: Option<AccountIndex>,
        mut rows: OneOrMany<RowIndex>,
        work: Work,
    ) {
        if rows.len() > 1 {
            let mut list = Vec::from(rows);
            list.sort_unstable();
            list.dedup();
            rows = list.into();
        }
        self.plan.steps.push(Step {
            stage,
            account,
            rows,
            work,
        });
    }
}
