//! When a run without a terminal reports its progress. Pure: the time is a parameter.

use std::collections::BTreeSet;
use std::time::Duration;

use super::run_state::ProgressView;

/// A line is printed at least this often.
const MOST_SILENCE: Duration = Duration::from_secs(10);
/// And at most this often.
const LEAST_SILENCE: Duration = Duration::from_secs(2);
/// Nothing is said of what is over before this, unless it waits for longer.
const SHORT_WORK: Duration = Duration::from_secs(3);
/// A wait longer than this is reported when it begins.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// Decides which states are worth a line.
#[derive(Debug, Default)]
pub(super) struct PlainLines {
    /// When the last line was printed.
    at: Option<Duration>,
    /// What lines have told of.
    phases: BTreeSet<&'static str>,
    tenths: usize,
    wait: Option<String>,
    last: Option<String>,
}

impl PlainLines {
    /// The line to print now, if there is one.
    pub(super) fn next_line(&mut self, state: &ProgressView, now: Duration) -> Option<String> {
        let phase = phase(state)?;
        let tenths = state
            .running
            .map_or(0, |running| running.ended * 10 / running.rows.max(1));
        let wait = state.wait.as_ref().filter(|(_, length)| *length > LONG_WAIT);
        let is_new_wait = wait.is_some_and(|(reason, _)| self.wait.as_ref() != Some(reason));
        if state.wait.is_none() {
            self.wait = None;
        }
        let is_due = match self.at {
            Some(at) => {
                let since = now.saturating_sub(at);
                let is_news = is_new_wait || tenths > self.tenths || !self.phases.contains(phase);
                since >= MOST_SILENCE || (since >= LEAST_SILENCE && is_news)
            }
            None => now >= SHORT_WORK || wait.is_some_and(|(_, length)| *length >= SHORT_WORK),
        };
        if !is_due {
            return None;
        }
        self.at = Some(now);
        self.phases.insert(phase);
        self.tenths = tenths;
        if let Some((reason, _)) = wait {
            self.wait = Some(reason.clone());
        }
        self.last = Some(state.line());
        self.last.clone()
    }

    /// The closing line, unless it was the last that was printed. What was over so soon that nothing was said of it gets none,
    /// unless it was stopped.
    pub(super) fn last_line(&mut self, state: &ProgressView) -> Option<String> {
        let is_said = self.at.is_some() || state.stop.is_some();
        Some(state.line()).filter(|line| is_said && !line.is_empty() && self.last.as_ref() != Some(line))
    }
}

/// What the run is doing; `None` before anything begins.
fn phase(state: &ProgressView) -> Option<&'static str> {
    match (state.task, state.running) {
        (Some((task, _)), _) => Some(task.what),
        (None, Some(_)) => Some("rows"),
        (None, None) => state.wait.as_ref().map(|_| "waiting"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_state::{RunningNow, Stop, Task, TaskKind};
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn running(ended: usize) -> ProgressView {
        ProgressView {
            running: Some(RunningNow {
                rows: 1_000,
                ended,
                failed: 0,
                calls_per_second: Some(1.0),
                left: None,
            }),
            ..ProgressView::default()
        }
    }

    fn waiting(reason: &str, length: u64) -> ProgressView {
        ProgressView {
            wait: Some((reason.to_owned(), seconds(length))),
            ..running(0)
        }
    }

    #[test]
    fn nothing_is_said_before_anything_begins() {
        assert_eq!(
            PlainLines::default().next_line(&ProgressView::default(), seconds(60)),
            None
        );
    }

    #[test]
    fn a_line_comes_after_three_seconds_then_every_ten_or_with_a_tenth_of_the_rows() {
        let mut plain_lines = PlainLines::default();
        let told: Vec<u64> = [
            (0, 0),
            (2, 10),
            (3, 20),
            (4, 110),
            (5, 120),
            (9, 130),
            (15, 140),
            (16, 390),
            (17, 395),
        ]
        .into_iter()
        .filter_map(|(now, ended)| plain_lines.next_line(&running(ended), seconds(now)).map(|_| now))
        .collect();
        assert_eq!(told, [3, 5, 15, 17]);
    }

    #[test]
    fn a_fast_run_says_nothing_and_a_slow_one_how_it_ended() {
        let mut plain_lines = PlainLines::default();
        let lines = (0..=1_000)
            .filter_map(|ended| plain_lines.next_line(&running(ended), Duration::from_micros(ended as u64)))
            .count();
        assert_eq!(lines, 0);
        assert_eq!(plain_lines.last_line(&running(1_000)), None);
        assert!(plain_lines.next_line(&running(900), seconds(4)).is_some());
        assert_eq!(
            plain_lines.last_line(&running(1_000)).as_deref(),
            Some("1,000 of 1,000 rows, 1.0 calls/s")
        );
        assert!(plain_lines.next_line(&running(1_000), seconds(60)).is_some());
        assert_eq!(
            plain_lines.last_line(&running(1_000)),
            None,
            "it was the last line anyway"
        );
    }

    #[test]
    fn how_far_a_run_came_that_was_stopped_is_said_however_soon_that_was() {
        let stopped = ProgressView {
            stop: Some(Stop::Over),
            ..running(7)
        };
        assert_eq!(
            PlainLines::default().last_line(&stopped).as_deref(),
            Some("7 of 1,000 rows, 1.0 calls/s, stopped")
        );
    }

    #[test]
    fn a_long_wait_is_told_when_it_begins_and_a_short_one_is_not() {
        let mut plain_lines = PlainLines::default();
        assert_eq!(plain_lines.next_line(&waiting("another try", 2), seconds(0)), None);
        assert_eq!(
            plain_lines
                .next_line(&waiting("the PUT quota", 41), seconds(1))
                .as_deref(),
            Some("0 of 1,000 rows, 1.0 calls/s; waiting for the PUT quota: 41 s")
        );
        assert_eq!(plain_lines.next_line(&waiting("the PUT quota", 40), seconds(4)), None);
        assert_eq!(plain_lines.next_line(&running(0), seconds(5)), None);
        assert_eq!(plain_lines.next_line(&waiting("another try", 1), seconds(6)), None);
        assert!(
            plain_lines
                .next_line(&waiting("the PUT quota", 41), seconds(7))
                .is_some(),
            "another wait for the same thing"
        );
    }

    fn reading(what: &'static str) -> ProgressView {
        let task = Task {
            kind: TaskKind::Reading,
            what,
            done: 1,
            total: None,
            since: seconds(0),
        };
        ProgressView {
            task: Some((task, seconds(1))),
            ..ProgressView::default()
        }
    }

    #[test]
    fn each_thing_that_is_read_is_told_once_when_it_begins_however_they_take_turns() {
        let mut plain_lines = PlainLines::default();
        let told: Vec<(u64, String)> = (0..20)
            .filter_map(|now| {
                let what = if now % 2 == 0 { "users" } else { "groups" };
                Some((now, plain_lines.next_line(&reading(what), seconds(now))?))
            })
            .collect();
        let told: Vec<(u64, &str)> = told.iter().map(|(now, line)| (*now, line.as_str())).collect();
        assert_eq!(
            told,
            [(3, "reading groups 1"), (6, "reading users 1"), (16, "reading users 1")]
        );
    }
}
