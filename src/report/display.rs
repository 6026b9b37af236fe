//! Where progress is drawn: a bar on a terminal, plain lines elsewhere.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plain_lines::PlainLines;
use super::run_state::ProgressView;

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
                draw(bar, state);
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

fn draw(bar: &ProgressBar, state: &ProgressView) {
    let (position, length) = match (state.reading, state.running) {
        (Some(reading), _) => (reading.read, reading.total),
        (None, Some(running)) => (running.ended as u64, Some(running.rows as u64)),
        (None, None) if state.wait.is_some() => (0, None),
        (None, None) => return,
    };
    let template = if length.is_some() {
        "{bar:24} {wide_msg}"
    } else {
        "{spinner} {wide_msg}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    if let Some(length) = length {
        bar.set_length(length);
    }
    bar.set_position(position);
    bar.set_message(state.line());
    bar.tick();
}

fn write_lines(out: &mut Box<dyn Write + Send>, lines: &[String]) {
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
    let _ = out.flush();
}
