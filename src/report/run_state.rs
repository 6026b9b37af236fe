//! Events into the present state of a run, which progress is drawn from. Pure: the time is a parameter.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::forecast::quota_name;
use super::style::{ERROR, WARNING};
use crate::event::{Event, Method, Service, WaitReason};
use crate::model::{Place, Status};
use crate::text::{clean, duration, number};

/// How many failed rows are shown as they happen.
const FAILURES_SHOWN: usize = 20;
/// The period over which calls per second are counted.
const RATE_WINDOW: Duration = Duration::from_secs(10);
/// No rate is shown before this.
const SHORTEST_RATE: Duration = Duration::from_secs(1);
/// The time left is not estimated from the rows before this.
const SETTLED: Duration = Duration::from_secs(5);

/// For how long a wait counts as just begun.
const JUST_BEGUN: Duration = Duration::from_secs(1);

/// What has happened so far. Times count from the beginning.
#[derive(Debug, Default)]
pub(super) struct RunState {
    /// What is read or worked on, each thing once, the one that was told of last at the end.
    tasks: Vec<Task>,
    running: Option<Running>,
    forecast: Option<Duration>,
    calls: VecDeque<(u64, u64)>,
    /// Why, until when and since when something waits.
    waits: Vec<(WaitReason, Duration, Duration)>,
    answers: BTreeMap<(Service, u16), u64>,
    lines: Vec<String>,
    is_stopping: bool,
    is_over: bool,
}

/// Something that is read from the organization, or worked on without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) kind: TaskKind,
    pub(super) what: &'static str,
    /// How much of it is done; 0 where work is not counted.
    pub(super) done: u64,
    pub(super) total: Option<u64>,
    pub(super) since: Duration,
}

/// Of which kind it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskKind {
    /// `what` is read from the organization.
    Reading,
    /// `what` is done.
    Working,
}

impl Task {
    fn is_done(&self) -> bool {
        self.total.is_some_and(|total| self.done >= total)
    }
}

#[derive(Debug, Clone, Copy)]
struct Running {
    rows: usize,
    ended: usize,
    failed: usize,
    /// Rows that need attention, failed or not attempted.
    told: usize,
    since: Duration,
}

/// What progress shows at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct ProgressView {
    /// What is read or worked on, and for how long it has been.
    pub(super) task: Option<(Task, Duration)>,
    pub(super) running: Option<RunningNow>,
    /// The longest current wait, and how much of it is left.
    pub(super) wait: Option<(String, Duration)>,
    /// Whether it was stopped.
    pub(super) stop: Option<Stop>,
}

/// How far a stop has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// What is in flight is waited for.
    Begun,
    /// Nothing happens any more.
    Over,
}

/// Rows carried out so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RunningNow {
    pub(super) rows: usize,
    pub(super) ended: usize,
    pub(super) failed: usize,
    /// `None` while there is too little time for a rate, and where no call was sent lately.
    pub(super) calls_per_second: Option<f64>,
    pub(super) left: Option<Duration>,
}

impl RunState {
    /// How long the run is predicted to take.
    pub(super) fn expect(&mut self, forecast: Duration) {
        self.forecast = Some(forecast);
    }

    /// Records an event.
    pub(super) fn take(&mut self, event: Event, now: Duration) {
        match event {
            Event::Reading { what, read, total } => self.task(TaskKind::Reading, what, read, total, now),
            Event::Working { what, done, total } => self.task(TaskKind::Working, what, done, total, now),
            Event::RunStarted { rows } => {
                self.tasks.clear();
                self.running = Some(Running {
                    rows,
                    ended: 0,
                    failed: 0,
                    told: 0,
                    since: now,
                });
            }
            Event::CallSent { method, service } => self.call_sent(service, method, now),
            Event::CallEnded { service, status, .. } => {
                if let Some(status) = status {
                    *self.answers.entry((service, status)).or_default() += 1;
                }
            }
            Event::Waiting { reason, length } => {
                self.waits.retain(|(other, until, _)| *other != reason && *until > now);
                self.waits.push((reason, now + length, now));
            }
            Event::RowEnded { place, status, message } => self.row_ended(&place, status, &message),
            Event::Notice(text) => self
                .lines
                .push(format!("{WARNING}note{WARNING:#}: {}", clean(&text, 500))),
            Event::Stopping(reason) => {
                self.is_stopping = true;
                self.lines
                    .push(format!("{WARNING}stopping{WARNING:#}: {}", clean(&reason, 500)));
            }
        }
    }

    /// Nothing is waited for any more, and nothing is still to come.
    pub(super) fn end(&mut self) {
        self.is_over = true;
        self.waits.clear();
    }

    /// The lines added since the last call.
    pub(super) fn take_lines(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    /// Answers so far, by service and HTTP status.
    pub(super) fn answers(&self) -> BTreeMap<(Service, u16), u64> {
        self.answers.clone()
    }

    pub(super) fn view(&self, now: Duration) -> ProgressView {
        ProgressView {
            task: self.shown_task().map(|task| (task, now.saturating_sub(task.since))),
            running: self
                .running
                .filter(|running| running.rows > 0)
                .map(|running| RunningNow {
                    rows: running.rows,
                    ended: running.ended,
                    failed: running.failed,
                    calls_per_second: self.calls_per_second(now),
                    left: self.left(running, now).filter(|left| !self.is_outlasted(*left, now)),
                }),
            wait: self
                .waits
                .iter()
                .filter(|(_, until, _)| *until > now)
                .max_by_key(|(_, until, _)| *until)
                .map(|(reason, until, _)| (told(reason), until.saturating_sub(now))),
            stop: match (self.is_stopping, self.is_over) {
                (false, _) => None,
                (true, false) => Some(Stop::Begun),
                (true, true) => Some(Stop::Over),
            },
        }
    }

    /// Notes how far something is that is read or worked on. Work ends what came before it; several things are read at once.
    fn task(&mut self, kind: TaskKind, what: &'static str, done: u64, total: Option<u64>, now: Duration) {
        let since = match self
            .tasks
            .iter()
            .position(|task| task.kind == kind && task.what == what)
        {
            Some(known) => self.tasks.remove(known).since,
            None => now,
        };
        if kind == TaskKind::Working {
            self.tasks.clear();
        }
        self.tasks.push(Task {
            kind,
            what,
            done,
            total,
            since,
        });
    }

    /// Of several things the one that is told of as long as it lasts: the one that was begun first of those that are not
    /// done, so that a bar does not jump from one to the other.
    fn shown_task(&self) -> Option<Task> {
        let under_way = self.tasks.iter().filter(|task| !task.is_done());
        under_way.min_by_key(|task| task.since).or(self.tasks.last()).copied()
    }

    /// A call that leaves shows that its quota, or the server's pause, is over; unless the wait has only just begun: then
    /// the call had its turn before, and waited for the results file.
    fn call_sent(&mut self, service: Service, method: Method, now: Duration) {
        self.waits.retain(|(reason, until, since)| {
            let is_over = [WaitReason::Quota, WaitReason::Asked, WaitReason::SetBack]
                .iter()
                .any(|why| *reason == why(service, method));
            let has_lasted = now > *since + JUST_BEGUN;
            !(is_over && has_lasted) && *until > now
        });
        let second = now.as_secs();
        match self.calls.back_mut() {
            Some((of, count)) if *of == second => *count += 1,
            _ => self.calls.push_back((second, 1)),
        }
        while self
            .calls
            .front()
            .is_some_and(|(of, _)| of + RATE_WINDOW.as_secs() <= second)
        {
            self.calls.pop_front();
        }
    }

    fn row_ended(&mut self, place: &Place, status: Status, message: &str) {
        let Some(running) = &mut self.running else {
            return;
        };
        // A row that a stop left alone is recorded, but was never carried out.
        running.ended += usize::from(status != Status::NotRun);
        running.failed += usize::from(status.is_failure());
        if !status.needs_a_person() {
            return;
        }
        running.told += 1;
        if running.told <= FAILURES_SHOWN {
            self.lines
                .push(format!("{place}: {ERROR}{status}{ERROR:#}: {}", clean(message, 200)));
        } else if running.told == FAILURES_SHOWN + 1 {
            self.lines
                .push("further failed rows are counted, not shown; the results file has them all".to_owned());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
    fn calls_per_second(&self, now: Duration) -> Option<f64> {
        let since = self.running.map_or(Duration::ZERO, |running| running.since);
        let window = now.saturating_sub(since).min(RATE_WINDOW);
        if window < SHORTEST_RATE {
            return None;
        }
        let oldest = now.as_secs().saturating_sub(RATE_WINDOW.as_secs());
        let recent = self.calls.iter().filter(|(second, _)| *second >= oldest);
        let count: u64 = recent.map(|(_, count)| count).sum();
        (count > 0).then(|| count as f64 / window.as_secs_f64())
    }

    /// From the forecast at first, then increasingly from the rows done: rows end in bursts, so their early rate says
    /// little.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn left(&self, running: Running, now: Duration) -> Option<Duration> {
        if self.is_stopping || self.is_over {
            return None;
        }
        let elapsed = now.saturating_sub(running.since);
        let share = running.ended as f64 / running.rows.max(1) as f64;
        let by_rows = (running.ended > 0 && elapsed >= SETTLED).then(|| elapsed.mul_f64((1.0 - share) / share));
        let by_forecast = self.forecast.map(|forecast| forecast.saturating_sub(elapsed));
        match (by_forecast, by_rows) {
            (Some(forecast), Some(rows)) => Some(forecast.mul_f64(1.0 - share) + rows.mul_f64(share)),
            (forecast, rows) => forecast.or(rows),
        }
    }
}

impl RunState {
    /// Whether what this run has changed may take longer to show than what is predicted to be left.
    fn is_outlasted(&self, left: Duration, now: Duration) -> bool {
        let mut waits = self.waits.iter();
        waits.any(|(reason, until, _)| *reason == WaitReason::ReadBack && until.saturating_sub(now) > left)
    }
}

/// A reason to wait, as text before `: 41 s`.
fn told(reason: &WaitReason) -> String {
    match reason {
        WaitReason::Quota(service, method) => format!("the {}", quota_name(*service, *method)),
        WaitReason::Asked(service, method) => format!("a pause the server asked for ({} {method})", service.as_str()),
        WaitReason::SetBack(service, method) => {
            format!("the {} service to take {method} calls again", service.as_str())
        }
        WaitReason::Retry(fault) => format!("a retry after {}", clean(fault, 80)),
        WaitReason::ReadBack => "its own changes to show everywhere".to_owned(),
    }
}

impl ProgressView {
    /// The state in one line: `600 of 1,200 rows, 3 failed, 4.2 calls/s, 5 min left; waiting for PUT quota: 41 s`.
    pub(super) fn line(&self) -> String {
        let parts: Vec<String> = self.parts().into_iter().map(|part| part.words).collect();
        let wait = self
            .wait
            .as_ref()
            .map(|(reason, length)| format!("waiting for {reason}: {}", duration(*length)));
        let state = Some(parts.join(", ")).filter(|state| !state.is_empty());
        state.into_iter().chain(wait).collect::<Vec<_>>().join("; ")
    }

    /// The same in as many columns, leaving out what matters least.
    pub(super) fn line_within(&self, columns: usize) -> String {
        let whole = self.line();
        if whole.chars().count() <= columns {
            return whole;
        }
        let mut parts = self.parts();
        if let Some((_, length)) = &self.wait {
            parts.push(Part::new(1, format!("waiting {}", duration(*length))));
        }
        loop {
            let line = parts
                .iter()
                .map(|part| part.words.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            let least = parts.iter().enumerate().max_by_key(|(_, part)| part.rank);
            match least {
                Some((position, _)) if parts.len() > 1 && line.chars().count() > columns => parts.remove(position),
                _ => return line,
            };
        }
    }

    fn parts(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some((task, lasts)) = self.task {
            let counted = match (task.done, task.total) {
                (0, None) => String::new(),
                (done, None) => number(done),
                (done, Some(total)) => format!("{} of {}", number(done), number(total)),
            };
            let what = match (task.kind, counted.as_str()) {
                (TaskKind::Reading, "") => format!("reading {}", task.what),
                (TaskKind::Reading, counted) => format!("reading {} {counted}", task.what),
                (TaskKind::Working, "") => task.what.to_owned(),
                (TaskKind::Working, counted) => format!("{}: {counted}", task.what),
            };
            parts.push(Part::new(0, what));
            // Where nothing is counted, that it goes on is seen by the time.
            if counted.is_empty() && lasts >= SETTLED {
                let lasts = match lasts.as_secs() {
                    seconds @ ..60 => format!("{seconds} s"),
                    _ => duration(lasts),
                };
                parts.push(Part::new(2, lasts));
            }
        } else if let Some(running) = self.running {
            let (ended, rows) = (number(running.ended), number(running.rows));
            parts.push(Part::new(0, format!("{ended} of {rows} rows")));
            if running.failed > 0 {
                parts.push(Part::new(1, format!("{} failed", number(running.failed))));
            }
            if let Some(rate) = running.calls_per_second {
                parts.push(Part::new(4, format!("{rate:.1} calls/s")));
            }
            if let Some(left) = running.left.filter(|_| running.ended < running.rows) {
                parts.push(Part::new(3, format!("{} left", duration(left))));
            }
            match self.stop {
                None => {}
                Some(Stop::Begun) => parts.push(Part::new(2, "stopping".to_owned())),
                Some(Stop::Over) => parts.push(Part::new(2, "stopped".to_owned())),
            }
        }
        parts
    }
}

/// A part of a line.
struct Part {
    /// How soon it is left out where there is no room: the highest first.
    rank: u8,
    words: String,
}

impl Part {
    fn new(rank: u8, words: String) -> Self {
        Self { rank, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn row(status: Status) -> Event {
        Event::RowEnded {
            place: Place {
                sheet: "Joiners".into(),
                row: 7,
            },
            status,
            message: "no such\u{1b}[31m group".to_owned(),
        }
    }

    fn put() -> Event {
        Event::CallSent {
            method: Method::Put,
            service: Service::Identity,
        }
    }

    fn started(rows: usize) -> RunState {
        let mut run_state = RunState::default();
        run_state.take(Event::RunStarted { rows }, seconds(0));
        run_state
    }

    fn wait(reason: WaitReason, length: u64) -> Event {
        Event::Waiting {
            reason,
            length: seconds(length),
        }
    }

    #[test]
    fn reading_tells_how_far_it_is() {
        let mut run_state = RunState::default();
        for (total, line) in [
            (None, "reading users 3,000"),
            (Some(10_000), "reading users 3,000 of 10,000"),
        ] {
            let (what, read) = ("users", 3_000);
            run_state.take(Event::Reading { what, read, total }, seconds(1));
            assert_eq!(run_state.view(seconds(1)).line(), line);
        }
    }

    #[test]
    fn of_several_things_that_are_read_at_once_the_first_is_told_until_it_is_done() {
        let mut run_state = RunState::default();
        let mut read = |what, read, total, now| {
            run_state.take(Event::Reading { what, read, total }, seconds(now));
            run_state.view(seconds(now)).line()
        };
        assert_eq!(read("users", 1_000, Some(3_000), 1), "reading users 1,000 of 3,000");
        assert_eq!(read("groups", 50, Some(70), 2), "reading users 1,000 of 3,000");
        assert_eq!(read("users", 3_000, Some(3_000), 3), "reading groups 50 of 70");
        assert_eq!(read("groups", 70, Some(70), 4), "reading groups 70 of 70");
    }

    #[test]
    fn work_that_asks_nobody_is_told_with_its_count_or_how_long_it_lasts() {
        let mut run_state = RunState::default();
        let what = "reading the sheet";
        run_state.take(
            Event::Working {
                what,
                done: 0,
                total: None,
            },
            seconds(1),
        );
        assert_eq!(run_state.view(seconds(2)).line(), "reading the sheet");
        assert_eq!(run_state.view(seconds(13)).line(), "reading the sheet, 12 s");
        let what = "writing the page";
        let total = Some(100_000);
        run_state.take(
            Event::Working {
                what,
                done: 2_000,
                total,
            },
            seconds(14),
        );
        assert_eq!(run_state.view(seconds(14)).line(), "writing the page: 2,000 of 100,000");
    }

    #[test]
    fn what_matters_least_is_left_out_where_there_is_no_room() {
        let view = ProgressView {
            running: Some(RunningNow {
                rows: 1_200,
                ended: 301,
                failed: 1,
                calls_per_second: Some(2.0),
                left: Some(seconds(29)),
            }),
            wait: Some(("the PUT quota".to_owned(), seconds(41))),
            ..ProgressView::default()
        };
        for (columns, line) in [
            (
                200,
                "301 of 1,200 rows, 1 failed, 2.0 calls/s, 29 s left; waiting for the PUT quota: 41 s",
            ),
            (70, "301 of 1,200 rows, 1 failed, 2.0 calls/s, 29 s left, waiting 41 s"),
            (60, "301 of 1,200 rows, 1 failed, 29 s left, waiting 41 s"),
            (40, "301 of 1,200 rows, 1 failed, waiting 41 s"),
            (30, "301 of 1,200 rows, 1 failed"),
            (10, "301 of 1,200 rows"),
        ] {
            let line = line
                .strip_suffix(", waiting 41 s")
                .filter(|_| columns == 40)
                .unwrap_or(line);
            assert_eq!(view.line_within(columns), line, "{columns}");
        }
    }

    #[test]
    fn a_run_tells_rows_failures_calls_per_second_and_the_time_left() {
        let mut run_state = started(1_200);
        for _ in 0..300 {
            run_state.take(row(Status::Done), seconds(9));
        }
        run_state.take(row(Status::Rejected), seconds(9));
        for second in 0..10 {
            run_state.take(put(), seconds(second));
            run_state.take(put(), seconds(second));
        }
        assert_eq!(
            run_state.view(seconds(10)).line(),
            "301 of 1,200 rows, 1 failed, 2.0 calls/s, 29 s left"
        );
        assert_eq!(
            run_state
                .view(seconds(60))
                .running
                .and_then(|running| running.calls_per_second),
            None,
            "calls of long ago are no rate"
        );
    }

    #[test]
    fn a_moment_has_no_rate_and_a_run_without_rows_no_line() {
        let mut run_state = started(7);
        run_state.take(put(), seconds(0));
        assert_eq!(run_state.view(Duration::from_millis(100)).line(), "0 of 7 rows");
        assert_eq!(started(0).view(seconds(9)).line(), "");
    }

    #[test]
    fn the_forecast_is_believed_at_the_start_and_the_rows_at_the_end() {
        let mut run_state = started(100);
        assert_eq!(run_state.view(seconds(1)).running.unwrap().left, None);
        run_state.expect(seconds(100));
        let left = |run_state: &RunState, now| run_state.view(seconds(now)).running.unwrap().left.unwrap();
        assert_eq!(left(&run_state, 10), seconds(90));
        for _ in 0..50 {
            run_state.take(row(Status::Done), seconds(100));
        }
        assert_eq!(
            left(&run_state, 100),
            seconds(50),
            "half of 0 s by forecast, half of 100 s by rows"
        );
    }

    #[test]
    fn nothing_is_left_by_the_forecast_while_the_changes_are_longer_in_showing() {
        let mut run_state = RunState::default();
        run_state.take(Event::RunStarted { rows: 2 }, seconds(0));
        run_state.expect(seconds(10));
        let left = |run_state: &RunState, now| run_state.view(seconds(now)).running.unwrap().left;
        run_state.take(wait(WaitReason::ReadBack, 5), seconds(4));
        assert_eq!(left(&run_state, 4), Some(seconds(6)), "it is over by then");
        run_state.take(wait(WaitReason::ReadBack, 20), seconds(8));
        assert_eq!(left(&run_state, 8), None);
        assert_eq!(left(&run_state, 12), None);
    }

    #[test]
    fn the_longest_wait_is_told_until_it_is_over() {
        let mut run_state = started(10);
        let quota = WaitReason::Quota(Service::Identity, Method::Put);
        run_state.take(wait(WaitReason::Retry("a 503".to_owned()), 5), seconds(0));
        run_state.take(wait(quota, 41), seconds(0));
        let told = |run_state: &RunState, now| run_state.view(seconds(now)).wait;
        assert_eq!(told(&run_state, 0), Some(("the PUT quota".to_owned(), seconds(41))));
        // This one had its turn before the wait began.
        run_state.take(put(), seconds(1));
        assert_eq!(told(&run_state, 1), Some(("the PUT quota".to_owned(), seconds(40))));
        run_state.take(put(), seconds(2));
        assert_eq!(
            told(&run_state, 2),
            Some(("a retry after a 503".to_owned(), seconds(3)))
        );
        assert_eq!(told(&run_state, 5), None);
    }

    #[test]
    fn failed_rows_are_shown_as_they_happen_until_there_are_too_many() {
        let mut run_state = started(100);
        run_state.take(row(Status::Done), seconds(1));
        for _ in 0..30 {
            run_state.take(row(Status::Rejected), seconds(1));
        }
        let lines = run_state.take_lines();
        assert_eq!(lines.len(), FAILURES_SHOWN + 1);
        assert_eq!(
            anstream::adapter::strip_str(&lines[0]).to_string(),
            "Joiners row 7: rejected: no such [31m group"
        );
        assert!(lines[FAILURES_SHOWN].contains("counted, not shown"));
        assert_eq!(run_state.view(seconds(1)).running.unwrap().failed, 30);
    }

    #[test]
    fn a_run_that_is_stopped_counts_what_still_ended_and_not_what_it_left() {
        let mut run_state = started(60);
        run_state.expect(seconds(100));
        run_state.take(row(Status::Done), seconds(1));
        run_state.take(wait(WaitReason::Quota(Service::Identity, Method::Put), 200), seconds(1));
        run_state.take(Event::Stopping("interrupted".to_owned()), seconds(2));
        run_state.take(row(Status::Done), seconds(2));
        assert_eq!(
            run_state.view(seconds(2)).line(),
            "2 of 60 rows, stopping; waiting for the PUT quota: 3 min 19 s"
        );
        run_state.take(row(Status::Failed), seconds(3));
        for _ in 3..60 {
            run_state.take(row(Status::NotRun), seconds(3));
        }
        run_state.end();
        assert_eq!(run_state.view(seconds(3)).line(), "3 of 60 rows, 1 failed, stopped");
    }

    #[test]
    fn a_run_that_is_cut_off_has_nothing_left_to_come() {
        let mut run_state = started(60);
        run_state.expect(seconds(100));
        run_state.take(row(Status::Done), seconds(0));
        run_state.end();
        assert_eq!(run_state.view(seconds(0)).line(), "1 of 60 rows");
    }

    #[test]
    fn answers_are_counted_by_service_and_status() {
        let mut run_state = started(1);
        for status in [Some(403), Some(403), None] {
            run_state.take(
                Event::CallEnded {
                    method: Method::Put,
                    service: Service::License,
                    status,
                    took: seconds(1),
                },
                seconds(1),
            );
        }
        assert_eq!(run_state.answers(), BTreeMap::from([((Service::License, 403), 2)]));
    }
}
