//! Seats that were free when a plan was saved and are not now, or the other way round.

use crate::plan::SeatLine;

/// Bundles of which other numbers of seats are free than when the plan was saved, a sentence each. Worth
/// telling only where rows depend on it: what others hold is no concern of a plan.
pub fn seat_differences(saved: &[SeatLine], now: &[SeatLine]) -> Vec<String> {
    let free = |line: &SeatLine| Some(line.total?.saturating_sub(line.allocated?));
    now.iter()
        .filter_map(|line| {
            let then = free(saved.iter().find(|then| then.code == line.code)?)?;
            let is = free(line)?;
            (then != is).then(|| format!("of {} {is} seats are free now; the plan found {then}", line.code))
        })
        .collect()
}
