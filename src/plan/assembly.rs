//! A plan in the making.

use std::collections::HashMap;

use super::seat_count::SeatCount;
use super::seat_denials::Denied;
use super::{AccountIndex, Holding, OneOrMany, Plan, RowIndex, Rules, Stage, Step, Work};
use crate::model::BundleSet;

/// A plan in the making, and what is only known until it is made.
pub(super) struct Assembly<'a> {
    pub(super) rules: &'a Rules,
    pub(super) plan: Plan,
    pub(super) seats: SeatCount,
    /// What migrations' old accounts hold once the steps so far have been made.
    pub(super) holdings: HashMap<AccountIndex, Holding>,
    /// What those hold in the end that are deleted, where it is something.
    pub(super) leaving: HashMap<AccountIndex, BundleSet>,
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
