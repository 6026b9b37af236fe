//! Where progress is drawn: a bar on a terminal, plain lines elsewhere.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::narrator::Narrator;
use super::tracker::Snapshot;

/// Draws states and lines. A stream that cannot be written to is no reason to stop a run, so what it
/// refuses is left undrawn.
pub(super) enum Painter {
    /// A bar, drawn again and again in its place.
    Bar(ProgressBar, Box<dyn Write + Send>),
    /// A line now and then.
    Plain(Narrator, Box<dyn Write + Send>),
}

impl Painter {
    /// A bar on the standard error stream.
    pub(super) fn bar(out: Box<dyn Write + Send>) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
        Self::Bar(bar, out)
    }

    /// Plain lines.
    pub(super) fn plain(out: Box<dyn Write + Send>) -> Self {
        Self::Plain(Narrator::default(), out)
    }

    /// How often it wants to be asked.
    pub(super) fn interval(&self) -> Duration {
        match self {
            Self::Bar(..) => Duration::from_millis(100),
            Self::Plain(..) => Duration::from_millis(250),
        }
    }

    pub(super) fn paint(&mut self, state: &Snapshot, lines: &[String], now: Duration) {
        match self {
            Self::Bar(bar, out) => {
                if !lines.is_empty() {
                    bar.suspend(|| write_lines(out, lines));
                }
                draw(bar, state);
            }
            Self::Plain(narrator, out) => {
                write_lines(out, lines);
                write_lines(out, narrator.tell(state, now).as_slice());
            }
        }
    }

    /// Leaves the stream as a person wants to find it: no bar, the last line printed.
    pub(super) fn finish(&mut self, state: &Snapshot) {
        match self {
            Self::Bar(bar, _) => bar.finish_and_clear(),
            Self::Plain(narrator, out) => write_lines(out, narrator.last_word(state).as_slice()),
        }
    }
}

fn draw(bar: &ProgressBar, state: &Snapshot) {
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
