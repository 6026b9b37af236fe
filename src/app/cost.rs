//! What a plan costs, and how long it takes: the forecast of its calls, rehearsed from what is spent of the quotas by now.

use std::time::Duration;

use jiff::{Timestamp, Zoned};

use super::choice::Choice;
use super::organization::Organization;
use crate::directory::Snapshot;
use crate::engine::{Script, SeatsKnown, rehearse_all};
use crate::plan::{Circumstances, Forecast, Plan, Rules, Timing, forecast};
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
    /// The changes: the present state has been read for them.
    Changes,
    /// A run of its own, which reads the present state again; so long this command took to read it.
    WholeRun(Duration),
}

impl Cost {
    pub(super) fn of(
        plan: &Plan,
        snapshot: &Snapshot,
        rules: &Rules,
        organization: &Organization,
        ahead: Ahead,
    ) -> Self {
        let concurrency = organization.read.concurrency;
        let tally = organization.client.tally();
        let forecast = forecast(
            plan,
            &Circumstances {
                snapshot,
                sizes: &rules.sizes,
                allocate_method: organization.allocate_method,
                concurrency,
                reads: &tally.calls,
            },
        );
        let script = Script {
            plan,
            sizes: &rules.sizes,
            read_back: &forecast.read_back,
            concurrency,
            seats: if snapshot.seats().is_some() {
                SeatsKnown::Yes
            } else {
                SeatsKnown::No
            },
        };
        let mut session = organization.client.rehearsal();
        let mut one_by_one = organization.client.rehearsal();
        if let Ahead::WholeRun(reading) = ahead {
            let busy = reading.saturating_sub(tally.waited);
            rehearse_all(&forecast.reads, &mut session);
            session.lasts(busy);
            rehearse_all(&forecast.reads, &mut one_by_one);
            one_by_one.lasts(busy);
        }
        script.rehearse(&mut session);
        rehearse_all(&forecast.one_by_one, &mut one_by_one);
        let timing = Timing {
            takes: session.elapsed(),
            waits: session.held().clone(),
            one_by_one: one_by_one.elapsed(),
        };
        let ends = Timestamp::now()
            .checked_add(timing.takes)
            .unwrap_or(Timestamp::MAX)
            .to_zoned(jiff::tz::TimeZone::system());
        Self { forecast, timing, ends }
    }

    pub(super) fn view<'p>(&'p self, choice: &'p Choice, plan: &'p Plan, snapshot: &'p Snapshot) -> PlanView<'p> {
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
