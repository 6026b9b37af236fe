//! What a plan costs, and how long it takes: the forecast of its calls, given the quota spent so far.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::chosen_rows::ChosenRows;
use super::organization::Organization;
use crate::directory::Snapshot;
use crate::engine::{Circumstances, Forecast, Reading, Timing, forecast};
use crate::plan::{Plan, Rules};
use crate::report::PlanView;

/// What a plan costs.
pub(super) struct Cost {
    pub(super) forecast: Forecast,
    pub(super) timing: Timing,
    ends: Zoned,
}

/// What is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Only the changes: the present state has already been read.
    Changes,
    /// A separate run, which reads the present state again; holds how long this command took to read it.
    WholeRun(Duration),
}

impl Cost {
    pub(super) fn of(
        choice: &ChosenRows,
        plan: &Plan,
        snapshot: &Snapshot,
        rules: &Rules,
        organization: &Organization,
        ahead: Ahead,
    ) -> Self {
        let stats = organization.client.stats();
        let circumstances = Circumstances {
            rows: &choice.rows,
            snapshot,
            rules,
            allocate_method: organization.allocate_method,
            concurrency: organization.read.concurrency,
            reads: &stats.calls,
            reading: match ahead {
                Ahead::Changes => Reading::Done,
                Ahead::WholeRun(reading) => Reading::Ahead(reading.saturating_sub(stats.waited)),
            },
            traffic: organization.client.simulated_traffic(),
        };
        let (forecast, timing) = forecast(plan, &circumstances);
        let ends = Timestamp::now()
            .checked_add(timing.takes)
            .unwrap_or(Timestamp::MAX)
            .to_zoned(jiff::tz::TimeZone::system());
        Self { forecast, timing, ends }
    }

    pub(super) fn view<'p>(&'p self, choice: &'p ChosenRows, plan: &'p Plan, snapshot: &'p Snapshot) -> PlanView<'p> {
        PlanView {
            rows: &choice.rows,
            plan,
            forecast: &self.forecast,
            timing: &self.timing,
            ends: &self.ends,
            snapshot,
            finished_before: choice.finished,
            invalid: choice.invalid(),
        }
    }
}
