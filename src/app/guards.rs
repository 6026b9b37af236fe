//! What stands between a plan and the first write: confirmation, deletions, seats.

use std::io::{BufRead, IsTerminal, Write};

use super::Ending;
use super::console::complain;
use super::failure::Failure;
use crate::cli::{Confirmation, RunOptions};
use crate::plan::{OnShortage, Plan, Rules};
use crate::text::plural;

/// How a person can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Desk {
    /// On a terminal.
    Attended,
    /// Nobody is there.
    Unattended,
}

impl Desk {
    /// Whether a person sits at this process's terminal; a sheet on standard input leaves nobody to ask.
    pub(super) fn here(sheet_on_stdin: bool) -> Self {
        let attended = !sheet_on_stdin && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if attended { Self::Attended } else { Self::Unattended }
    }
}

/// What has to be asked before the plan may be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Nothing.
    None,
    /// Whether to go on.
    GoOn,
    /// The number of deletions, typed.
    Deletions(usize),
}

/// Decides what has to be asked, or why the plan may not be carried out. Pure.
pub(super) fn question(plan: &Plan, rules: &Rules, options: &RunOptions, desk: Desk) -> Result<Question, Failure> {
    if !plan.short.is_empty() && rules.on_shortage == OnShortage::Stop {
        let message = format!(
            "there are not enough seats for {}, so nothing was sent",
            plural(plan.short.len(), "row")
        );
        return Err(Failure::new(Ending::Stopped, message).with_help(
            "free seats, take rows out, or add `--on-shortage fill` to give the seats out in the sheet's order",
        ));
    }
    let deletions = plan.deletions.len();
    let most = options
        .max_deletes
        .map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    match (deletions, most) {
        (0, _) => {}
        (_, Some(most)) if most >= deletions => {}
        (_, Some(most)) => {
            let message = format!(
                "the plan deletes {}, more than the {most} that `--max-deletes` allows, so nothing was sent",
                plural(deletions, "account")
            );
            return Err(Failure::new(Ending::Stopped, message).with_help(format!(
                "look the deletions through, then add `--max-deletes {deletions}`"
            )));
        }
        (_, None) if desk == Desk::Attended => return Ok(Question::Deletions(deletions)),
        (_, None) => {
            let message = format!(
                "the plan deletes {}, which nobody confirmed, so nothing was sent",
                plural(deletions, "account")
            );
            return Err(Failure::new(Ending::Stopped, message).with_help(format!(
                "look the deletions through, then add `--max-deletes {deletions}`"
            )));
        }
    }
    match (plan.steps.is_empty(), options.confirmation, desk) {
        (true, _, _) | (_, Confirmation::Given, _) => Ok(Question::None),
        (_, Confirmation::Ask, Desk::Attended) => Ok(Question::GoOn),
        (_, Confirmation::Ask, Desk::Unattended) => Err(Failure::new(
            Ending::Stopped,
            "nobody is here to confirm the plan, so nothing was sent",
        )
        .with_help("look the plan through with `reseat plan`, then add `--yes`")),
    }
}

/// Asks on the terminal; an answer other than the wanted one ends the command.
pub(super) fn ask(question: Question) -> Result<(), Failure> {
    let (prompt, wanted) = match question {
        Question::None => return Ok(()),
        Question::GoOn => ("\nCarry this plan out? Type `yes`: ".to_owned(), "yes".to_owned()),
        Question::Deletions(count) => (
            format!("\nType the number of accounts that will be deleted ({count}) to carry this plan out: "),
            count.to_string(),
        ),
    };
    complain(prompt);
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == wanted {
        return Ok(());
    }
    Err(Failure::new(
        Ending::Stopped,
        "the plan was not confirmed, so nothing was sent",
    ))
}
