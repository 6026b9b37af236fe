//! The checks between a plan and the first write: confirmation, deletions, seats.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Ending;
use super::chosen_rows::ChosenRows;
use super::console::complain;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::signals::Signals;
use crate::cli::{Confirmation, RunOptions};
use crate::model::Status;
use crate::plan::{OnShortage, Plan, Rules, Verdict};
use crate::report::PlanView;
use crate::text::plural;

/// Whether the user can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interactivity {
    /// On a terminal.
    Interactive,
    /// There is nobody to ask.
    Unattended,
}

impl Interactivity {
    /// Whether somebody is at this process's terminal; a sheet on standard input leaves no way to answer.
    pub(super) fn here(sheet_on_stdin: bool) -> Self {
        let interactive = !sheet_on_stdin && io::stdin().is_terminal() && io::stderr().is_terminal();
        if interactive {
            Self::Interactive
        } else {
            Self::Unattended
        }
    }
}

/// What to ask before the plan may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// Nothing.
    None,
    /// Whether to carry out what is said in short.
    GoOn(String),
    /// The number of deletions, typed, of what is said in short.
    Deletions(String, usize),
}

/// How a run of the plan would end at best: stopped by a shortage or a guard, with rows that need a person, or well.
/// What is only to be confirmed does not count. Pure.
pub(super) fn outlook(plan: &Plan, choice: &ChosenRows, rules: &Rules, max_access_lost: Option<u64>) -> Ended {
    let is_short = !plan.short.is_empty();
    if is_short && rules.on_shortage == OnShortage::Stop {
        return Ended::before(Ending::Stopped, Reason::Shortage);
    }
    if exceeds(plan.access_lost.people, max_access_lost) {
        return Ended::before(Ending::Stopped, Reason::AccessLostUnconfirmed);
    }
    let mut verdicts = plan.rows.iter().filter_map(|row| row.verdict.as_deref());
    let left = choice.left.iter().map(|record| record.report.status);
    if is_short || verdicts.any(Verdict::needs_a_person) || left.into_iter().any(Status::needs_a_person) {
        Ended::before(Ending::NeedsPerson, Reason::Rows)
    } else {
        Ended::DONE
    }
}

/// Whether there are more than may be.
fn exceeds(count: usize, most: Option<u64>) -> bool {
    most.is_some_and(|most| count as u64 > most)
}

/// Whether a plan whose rows may delete accounts, or may not, could lead to a question. Pure.
pub(super) fn may_ask(options: &RunOptions, interactivity: Interactivity, deletes: bool) -> bool {
    let is_confirmed = options.confirmation == Confirmation::Given && (!deletes || options.max_deletes.is_some());
    interactivity == Interactivity::Interactive && !is_confirmed
}

/// Decides what to ask, or why the plan may not be carried out. Pure.
pub(super) fn question(
    view: &PlanView<'_>,
    rules: &Rules,
    options: &RunOptions,
    interactivity: Interactivity,
) -> Result<Question, Failure> {
    let plan = view.sheet.plan;
    if !plan.short.is_empty() && rules.on_shortage == OnShortage::Stop {
        let message = format!(
            "there are not enough seats for {}, so nothing was sent",
            plural(plan.short.len(), "row")
        );
        let refusal = Failure::new(Ending::Stopped, Reason::Shortage, message).with_details(view.short_rows());
        return Err(refusal.with_help(
            "free some seats, remove rows, or add `--on-shortage fill` to give the seats out in the sheet's order",
        ));
    }
    let deletions = plan.deletions.len();
    let most = options
        .max_deletes
        .map(|most| usize::try_from(most).unwrap_or(usize::MAX));
    let unconfirmed = |message: String| {
        let refusal =
            Failure::new(Ending::Stopped, Reason::DeletionsUnconfirmed, message).with_details(view.deletions());
        refusal.with_help(format!(
            "review the deletions, then allow them with `--max-deletes {deletions}`"
        ))
    };
    match (deletions, most) {
        (0, _) => {}
        (_, Some(most)) if most >= deletions => {}
        (_, Some(most)) => {
            let message = format!(
                "the plan deletes {}, more than the {most} that `--max-deletes` allows, so nothing was sent",
                plural(deletions, "account")
            );
            return Err(unconfirmed(message));
        }
        (_, None) if interactivity == Interactivity::Interactive => {}
        (_, None) => {
            let message = format!(
                "the plan deletes {}, which nobody confirmed, so nothing was sent",
                plural(deletions, "account")
            );
            return Err(unconfirmed(message));
        }
    }
    let lost = plan.access_lost;
    if exceeds(lost.people, options.max_access_lost) {
        let message = format!(
            "{} by this plan, more than the {} that `--max-access-lost` allows, so nothing was sent",
            lost.people(),
            options.max_access_lost.unwrap_or_default()
        );
        let refusal =
            Failure::new(Ending::Stopped, Reason::AccessLostUnconfirmed, message).with_details(vec![lost.ways()]);
        return Err(refusal.with_help(format!(
            "review who loses access, then allow it with `--max-access-lost {}`",
            lost.people
        )));
    }
    if deletions > 0 && most.is_none() {
        return Ok(Question::Deletions(in_short(view, options), deletions));
    }
    match (plan.steps.is_empty(), options.confirmation, interactivity) {
        (true, _, _) | (_, Confirmation::Given, _) => Ok(Question::None),
        (_, Confirmation::Ask, Interactivity::Interactive) => Ok(Question::GoOn(in_short(view, options))),
        (_, Confirmation::Ask, Interactivity::Unattended) => Err(Failure::new(
            Ending::Stopped,
            Reason::NotConfirmed,
            "nobody can be asked to confirm the plan, so nothing was sent",
        )
        .with_help("review the plan with `reseat plan`, then add `--yes`")),
    }
}

/// Why a plan is refused whose question was not answered as it should be.
fn reason_unless_answered(question: &Question) -> Reason {
    match question {
        Question::None | Question::GoOn(_) => Reason::NotConfirmed,
        Question::Deletions(..) => Reason::DeletionsUnconfirmed,
    }
}

/// The plan in a sentence, and where it is if it was not just shown in full.
fn in_short(view: &PlanView<'_>, options: &RunOptions) -> String {
    match &options.saved_plan {
        Some(file) => format!("The plan in `{}`: {}", file.display(), view.in_short()),
        None => format!("The plan: {}", view.in_short()),
    }
}

/// Asks on the terminal; any other answer than the expected one ends the command, and so does a signal.
pub(super) async fn ask(question: &Question, signals: &Signals) -> Result<(), Failure> {
    answered(question, signals, || {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    })
    .await
}

/// The same, with another way to `read` the answer; a separate thread waits for it, so that signals are still noticed.
async fn answered(
    question: &Question,
    signals: &Signals,
    read: impl FnOnce() -> io::Result<String> + Send + 'static,
) -> Result<(), Failure> {
    let (prompt, wanted) = match question {
        Question::None => return Ok(()),
        Question::GoOn(plan) => (format!("\n{plan}\nCarry this plan out? Type `yes`: "), "yes".to_owned()),
        Question::Deletions(plan, count) => (
            format!("\n{plan}\nType the number of accounts that will be deleted ({count}) to carry this plan out: "),
            count.to_string(),
        ),
    };
    complain(prompt);
    let _ = io::stderr().flush();
    let answer = tokio::select! {
        biased;
        () = signals.stop.cancelled() => {
            complain("\n");
            let ending = signals.interrupted();
            let message = "interrupted before the plan was confirmed, so nothing was sent";
            return Err(Failure::new(ending, Reason::Interrupted, message));
        }
        answer = tokio::task::spawn_blocking(read) => answer,
    };
    match answer {
        Ok(Ok(answer)) if answer.trim() == wanted => Ok(()),
        _ => Err(Failure::new(
            Ending::Stopped,
            reason_unless_answered(question),
            "the plan was not confirmed, so nothing was sent",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_wanted_answer_carries_a_plan_out() {
        let signals = Signals::default();
        for (question, answer, expected) in [
            (Question::None, "", Ok(())),
            (Question::GoOn("The plan".to_owned()), "yes\n", Ok(())),
            (Question::GoOn("The plan".to_owned()), "y\n", Err(Ending::Stopped)),
            (Question::GoOn("The plan".to_owned()), "", Err(Ending::Stopped)),
            (Question::Deletions("The plan".to_owned(), 12), " 12\n", Ok(())),
            (
                Question::Deletions("The plan".to_owned(), 12),
                "yes\n",
                Err(Ending::Stopped),
            ),
        ] {
            let given = answered(&question, &signals, || Ok(answer.to_owned())).await;
            assert_eq!(
                given.map_err(|failure| failure.ending),
                expected,
                "{question:?} {answer}"
            );
        }
    }

    #[tokio::test]
    async fn a_signal_ends_the_question_at_once() {
        let signals = Signals::default();
        let (nobody_answers, answers) = std::sync::mpsc::channel::<String>();
        let question = Question::GoOn("The plan".to_owned());
        let asked = answered(&question, &signals, move || answers.recv().map_err(io::Error::other));
        let interrupt = async { signals.stop.cancel() };
        let (ended, ()) = tokio::join!(asked, interrupt);
        drop(nobody_answers);
        assert_eq!(ended.map_err(|failure| failure.ending), Err(Ending::Interrupted));
    }
}
