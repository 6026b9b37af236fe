//! When a run without a terminal reports its progress. Pure: the time is a parameter.

use std::time::Duration;

use super::run_state::ProgressView;

/// A line is printed at least this often.
const MOST_SILENCE: Duration = Duration::from_secs(10);
/// And at most this often, unless a new phase begins.
const LEAST_SILENCE: Duration = Duration::from_secs(2);
/// While rows are carried out, a wait longer than this is reported when it begins.
const LONG_WAIT: Duration = Duration::from_secs(1);

/// Decides which states are worth a line.
#[derive(Debug, Default)]
pub(super) struct PlainLines {
    at: Duration,
    phase: Option<&'static str>,
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
        let wait = state
            .wait
            .as_ref()
            .filter(|(_, length)| state.running.is_none() || *length > LONG_WAIT)
            .map(|(reason, _)| reason.clone());
        let since = now.saturating_sub(self.at);

        let is_new_phase = self.phase != Some(phase);
        let is_new_wait = wait.is_some() && wait != self.wait;
        let is_due = since >= MOST_SILENCE || (since >= LEAST_SILENCE && (is_new_wait || tenths > self.tenths));
        if state.wait.is_none() {
            self.wait = None;
        }
        if !is_new_phase && !is_due {
            return None;
        }
        self.at = now;
        self.phase = Some(phase);
        self.tenths = tenths;
        if wait.is_some() {
            self.wait = wait;
        }
        self.last = Some(state.line());
        self.last.clone()
    }

    /// The closing line, unless it was the last that was printed.
    pub(super) fn last_line(&mut self, state: &ProgressView) -> Option<String> {
        Some(state.line()).filter(|line| !line.is_empty() && self.last.as_ref() != Some(line))
    }
}

/// What the run is doing; `None` before anything begins.
fn phase(state: &ProgressView) -> Option<&'static str> {
    match (state.reading, state.running) {
        (Some(reading), _) => Some(reading.what),
        (None, Some(_)) => Some("rows"),
        (None, None) => state.wait.as_ref().map(|_| "waiting"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_state::{Reading, RunningNow};
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
    fn a_line_comes_at_the_start_then_every_ten_seconds_or_tenth_of_the_rows() {
        let mut plain_lines = PlainLines::default();
        let told: Vec<u64> = [
            (0, 0),
            (1, 10),
            (2, 110),
            (3, 120),
            (9, 130),
            (12, 140),
            (14, 390),
            (16, 395),
        ]
        .into_iter()
        .filter_map(|(now, ended)| plain_lines.next_line(&running(ended), seconds(now)).map(|_| now))
        .collect();
        assert_eq!(told, [0, 2, 12, 14]);
    }

    #[test]
    fn a_fast_run_does_not_flood_a_log() {
        let mut plain_lines = PlainLines::default();
        let lines = (0..=1_000)
            .filter_map(|ended| plain_lines.next_line(&running(ended), Duration::from_micros(ended as u64)))
            .count();
        assert_eq!(lines, 1);
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
    fn a_long_wait_is_told_when_it_begins_and_a_short_one_is_not() {
        let mut plain_lines = PlainLines::default();
        assert!(plain_lines.next_line(&running(0), seconds(0)).is_some());
        assert_eq!(plain_lines.next_line(&waiting("another try", 1), seconds(3)), None);
        assert_eq!(
            plain_lines
                .next_line(&waiting("the PUT quota", 41), seconds(4))
                .as_deref(),
            Some("0 of 1,000 rows, 1.0 calls/s; waiting for the PUT quota: 41 s")
        );
        assert_eq!(plain_lines.next_line(&waiting("the PUT quota", 40), seconds(7)), None);
        assert_eq!(plain_lines.next_line(&running(0), seconds(8)), None);
        assert!(
            plain_lines
                .next_line(&waiting("the PUT quota", 41), seconds(9))
                .is_some(),
            "another wait for the same thing"
        );
    }

    #[test]
    fn before_and_while_the_organization_is_read_every_wait_is_told_with_its_reason() {
        let mut plain_lines = PlainLines::default();
        let waiting = |reading| ProgressView {
            reading,
            wait: Some(("a retry after a 503".to_owned(), seconds(1))),
            ..ProgressView::default()
        };
        assert_eq!(
            plain_lines.next_line(&waiting(None), seconds(0)).as_deref(),
            Some("waiting for a retry after a 503: 1.0 s")
        );
        assert_eq!(plain_lines.next_line(&waiting(None), seconds(3)), None, "told already");
        let reading = Reading {
            what: "users",
            read: 9,
            total: None,
        };
        let state = ProgressView {
            reading: Some(reading),
            ..ProgressView::default()
        };
        assert!(plain_lines.next_line(&state, seconds(4)).is_some());
        assert_eq!(
            plain_lines.next_line(&waiting(Some(reading)), seconds(7)).as_deref(),
            Some("reading users 9; waiting for a retry after a 503: 1.0 s")
        );
    }

    #[test]
    fn each_thing_that_is_read_is_told_when_it_begins() {
        let mut plain_lines = PlainLines::default();
        let reading = |what| ProgressView {
            reading: Some(Reading {
                what,
                read: 1,
                total: None,
            }),
            ..ProgressView::default()
        };
        assert_eq!(
            plain_lines.next_line(&reading("users"), seconds(1)).as_deref(),
            Some("reading users 1")
        );
        assert_eq!(plain_lines.next_line(&reading("users"), seconds(2)), None);
        assert_eq!(
            plain_lines.next_line(&reading("groups"), seconds(2)).as_deref(),
            Some("reading groups 1")
        );
    }
}
