//! What a plan will cost: calls by endpoint, and the time that the quotas allow at best.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{BatchSizes, Plan, StepIndex, batch};
use crate::event::{Method, Service};

/// What a plan will cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Calls by what they do.
    pub by_label: BTreeMap<&'static str, u64>,
    /// Calls by service and method.
    pub calls: BTreeMap<(Service, Method), u64>,
    /// The calls that a tool with one call for each change would send.
    pub one_by_one: BTreeMap<(Service, Method), u64>,
}

impl Forecast {
    /// Calls in all.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }

    /// How long the quotas hold these calls back, if nobody else spends them: whole windows of the
    /// method that needs most. `limit` gives the calls of a method that one window takes.
    pub fn held_back(
        calls: &BTreeMap<(Service, Method), u64>,
        limit: impl Fn(Service, Method) -> Option<u64>,
        window: Duration,
    ) -> Duration {
        let windows = calls
            .iter()
            .filter_map(|((service, method), count)| {
                let limit = limit(*service, *method)?.max(1);
                Some(count.saturating_sub(1) / limit)
            })
            .max()
            .unwrap_or_default();
        window.saturating_mul(u32::try_from(windows).unwrap_or(u32::MAX))
    }
}

/// What the plan will cost if every step succeeds.
pub fn forecast(plan: &Plan, sizes: &BatchSizes) -> Forecast {
    let mut forecast = Forecast::default();
    for stage in plan.stages() {
        let steps: Vec<StepIndex> = plan.steps_of(stage).collect();
        for call in batch(plan, steps, sizes) {
            *forecast.by_label.entry(call.kind.label()).or_default() += 1;
            *forecast.calls.entry(call.kind.cost()).or_default() += 1;
            *forecast.one_by_one.entry(call.kind.cost()).or_default() += call.steps.len() as u64;
        }
    }
    forecast
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_within_one_window_wait_for_nothing_and_more_wait_for_whole_windows() {
        let limit = |_, method| (method == Method::Put).then_some(160);
        let held_back = |count| {
            let calls = BTreeMap::from([((Service::Identity, Method::Put), count)]);
            Forecast::held_back(&calls, limit, Duration::from_mins(5)).as_secs()
        };
        assert_eq!(
            [held_back(1), held_back(160), held_back(161), held_back(321)],
            [0, 0, 300, 600]
        );
    }
}
