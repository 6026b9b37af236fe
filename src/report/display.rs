//! Where progress is drawn: a bar on a terminal, plain lines elsewhere.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plain_lines::PlainLines;
use super::run_state::ProgressView;

/// What is over before this was never seen: a bar that comes and goes flickers.
const UNSHOWN: Duration = Duration::from_millis(300);

/// A sign that turns: plain letters, which every terminal has.
const TURNING: [&str; 4] = ["|", "/", "-", "\\"];

/// From this many columns on there is room for a short bar beside the words.
const NARROW: usize = 60;

/// From this many columns on there is room for a longer one.
const WIDE: usize = 100;

/// How many columns a terminal has that does not say.
const USUAL_WIDTH: usize = 80;

/// Draws states and lines. Write errors are ignored, because failing to show progress is no reason to stop a run.
pub(super) enum Display {
    /// A bar, redrawn in place.
    Bar(ProgressBar, Box<dyn Write + Send>),
    /// Occasional lines.
    Plain(PlainLines, Box<dyn Write + Send>),
}

impl Display {
    /// A bar on the standard error stream.
    pub(super) fn bar(out: Box<dyn Write + Send>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        // The line is made whole, so that nothing half-made is ever drawn; too long a one is cut.
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        Self::Bar(bar, out)
    }

    /// Plain lines.
    pub(super) fn plain(out: Box<dyn Write + Send>) -> Self {
        Self::Plain(PlainLines::default(), out)
    }

    /// How often it should be called.
    pub(super) fn interval(&self) -> Duration {
        match self {
            Self::Bar(..) => Duration::from_millis(100),
            Self::Plain(..) => Duration::from_millis(250),
        }
    }

    pub(super) fn show(&mut self, state: &ProgressView, lines: &[String], now: Duration) {
        match self {
            Self::Bar(bar, out) => {
                if !lines.is_empty() {
                    bar.suspend(|| write_lines(out, lines));
                }
                let frame = frame(state, terminal_width(), now);
                if let Some(frame) = frame.filter(|_| now >= UNSHOWN) {
                    bar.set_message(frame);
                }
            }
            Self::Plain(plain_lines, out) => {
                write_lines(out, lines);
                write_lines(out, plain_lines.next_line(state, now).as_slice());
            }
        }
    }

    /// Cleans up: removes the bar, prints the last line. Of a bar only what a stop left is worth one.
    pub(super) fn finish(&mut self, state: &ProgressView) {
        match self {
            Self::Bar(bar, out) => {
                bar.finish_and_clear();
                if state.stop.is_some() {
                    write_lines(out, &[state.line()]);
                }
            }
            Self::Plain(plain_lines, out) => write_lines(out, plain_lines.last_line(state).as_slice()),
        }
    }
}

/// The line of a terminal of this width: a bar where something is counted and there is room, a sign that turns where
/// nothing is, and the words.
fn frame(state: &ProgressView, width: usize, now: Duration) -> Option<String> {
    let (done, total) = match (state.task, state.running) {
        (Some((task, _)), _) => (task.done, task.total),
        (None, Some(running)) => (running.ended as u64, Some(running.rows as u64)),
        (None, None) if state.wait.is_some() => (0, None),
        (None, None) => return None,
    };
    let length = match width {
        ..NARROW => 0,
        NARROW..WIDE => 12,
        WIDE.. => 24,
    };
    let sign = match total {
        Some(total) if length > 0 => bar(length, done, total),
        Some(_) => return Some(state.line_within(width)),
        None => TURNING[usize::try_from(now.as_millis() / 100).unwrap_or_default() % TURNING.len()].to_owned(),
    };
    let room = width.saturating_sub(sign.chars().count() + 1);
    Some(format!("{sign} {}", state.line_within(room)))
}

/// As in `[====>   ]`.
fn bar(length: usize, done: u64, total: u64) -> String {
    let share = u128::from(done.min(total)) * length as u128 / u128::from(total.max(1));
    let filled = usize::try_from(share).unwrap_or(length);
    let tip = if filled < length { ">" } else { "" };
    format!("[{:length$}]", format!("{}{tip}", "=".repeat(filled)))
}

fn terminal_width() -> usize {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    size.map(|(width, _)| usize::from(width.0))
        .filter(|width| *width > 0)
        .unwrap_or(USUAL_WIDTH)
}

fn write_lines(out: &mut Box<dyn Write + Send>, lines: &[String]) {
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = out.flush();
}

#[cfg(test)]
mod tests {
    use super::super::run_state::{Task, TaskKind};
    use super::*;

    fn reading(done: u64, total: Option<u64>) -> ProgressView {
        let task = Task {
            kind: TaskKind::Reading,
            what: "users",
            done,
            total,
            since: Duration::ZERO,
        };
        ProgressView {
            task: Some((task, Duration::ZERO)),
            ..ProgressView::default()
        }
    }

    #[test]
    fn words_come_before_the_bar_on_a_narrow_terminal() {
        for (width, done, total, line) in [
            (30, 1_000, Some(3_000), "reading users 1,000 of 3,000"),
            (60, 1_000, Some(3_000), "[====>       ] reading users 1,000 of 3,000"),
            (
                200,
                3_000,
                Some(3_000),
                "[========================] reading users 3,000 of 3,000",
            ),
            (60, 0, Some(0), "[>           ] reading users 0 of 0"),
            (30, 1_000, None, "/ reading users 1,000"),
            (200, 1_000, None, "/ reading users 1,000"),
        ] {
            let now = Duration::from_millis(510);
            assert_eq!(frame(&reading(done, total), width, now).as_deref(), Some(line));
        }
        assert_eq!(
            frame(&ProgressView::default(), 80, Duration::ZERO),
            None,
            "nothing is done yet"
        );
    }
}
