//! Where progress is drawn: a bar on a terminal, plain lines elsewhere.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::plain_lines::PlainLines;
use super::run_state::ProgressView;

/// What is over before this was never seen: a bar that comes and goes flickers.
const UNSHOWN: Duration = Duration::from_millis(300);

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
                if now >= UNSHOWN {
                    draw(bar, state);
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

fn draw(bar: &ProgressBar, state: &ProgressView) {
    let (position, length) = match (state.task, state.running) {
        (Some((task, _)), _) => (task.done, task.total),
        (None, Some(running)) => (running.ended as u64, Some(running.rows as u64)),
        (None, None) if state.wait.is_some() => (0, None),
        (None, None) => return,
    };
    let (template, columns) = layout(terminal_width(), length.is_some());
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.progress_chars("=> "));
    }
    if let Some(length) = length {
        bar.set_length(length);
    }
    bar.set_position(position);
    bar.set_message(state.line_within(columns));
    bar.tick();
}

/// The template for a terminal of this width, and how many columns it leaves to the words, which come first: where there
/// is little room, there is no bar.
fn layout(width: usize, is_counted: bool) -> (String, usize) {
    let bar = match (is_counted, width) {
        (true, NARROW..WIDE) => 12,
        (true, WIDE..) => 24,
        (true, _) => return ("{wide_msg}".to_owned(), width),
        (false, _) => return ("{spinner} {wide_msg}".to_owned(), width.saturating_sub(2)),
    };
    (format!("{{bar:{bar}}} {{wide_msg}}"), width.saturating_sub(bar + 1))
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
    use super::*;

    #[test]
    fn words_come_before_the_bar_on_a_narrow_terminal() {
        for (width, is_counted, template, columns) in [
            (30, true, "{wide_msg}", 30),
            (30, false, "{spinner} {wide_msg}", 28),
            (60, true, "{bar:12} {wide_msg}", 47),
            (200, true, "{bar:24} {wide_msg}", 175),
        ] {
            assert_eq!(layout(width, is_counted), (template.to_owned(), columns));
        }
    }
}
