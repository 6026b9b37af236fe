//! What a plan costs, and how long it takes: the forecast of its calls, given the quota spent so far.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::chosen_rows::ChosenRows;
use super::next::Typed;
use super::organization::Organization;
use super::prepare::Loaded;
use crate::engine::{Circumstances, Forecast, Reading, Timing, forecast};
use crate::plan::{PlannedSheet, Rules};
use crate::report::{NotDueRows, PlanView};

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
    pub(super) fn of(sheet: PlannedSheet<'_>, rules: &Rules, organization: &Organization, ahead: Ahead) -> Self {
        let stats = organization.client.stats();
        let mut reads = stats.calls.clone();
        if matches!(ahead, Ahead::WholeRun(_)) && organization.remembers() {
            for (of, probes) in sheet.snapshot.probes() {
                let made = reads.entry(*of).or_default();
                *made = made.saturating_sub(*probes);
            }
            reads.retain(|_, count| *count > 0);
        }
        let circumstances = Circumstances {
            sheet,
            rules,
            concurrency: organization.read.concurrency,
            reads: &reads,
            reading: match ahead {
                Ahead::Changes => Reading::Done,
                Ahead::WholeRun(reading) => Reading::Ahead(reading.saturating_sub(stats.waited)),
            },
            recheck: organization.recheck,
            traffic: organization.client.simulated_traffic(),
        };
        let (forecast, timing) = forecast(&circumstances);
        let ends = Timestamp::now()
            .checked_add(timing.takes)
            .unwrap_or(Timestamp::MAX)
            .to_zoned(jiff::tz::TimeZone::system());
        Self { forecast, timing, ends }
    }

    pub(super) fn view<'p>(
        &'p self,
        sheet: PlannedSheet<'p>,
        choice: &'p ChosenRows,
        loaded: &'p Loaded,
        typed: &Typed,
    ) -> PlanView<'p> {
        PlanView {
            sheet,
            forecast: &self.forecast,
            timing: &self.timing,
            ends: &self.ends,
            finished_before: choice.finished,
            invalid: choice.invalid(),
            hidden: loaded.intake.hidden,
            not_due: NotDueRows {
                waiting: choice.waiting,
                among: &choice.left,
                due: &choice.due,
                as_of: &loaded.as_of,
            },
            is_ahead_of_time: false,
            listing_all: typed.listing_all(loaded.source.path()),
        }
    }
}
