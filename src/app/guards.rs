//! The checks between a plan and the first write: confirmation, deletions, seats.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Ending;
use super::chosen_rows::ChosenRows;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::next::Typed;
use super::organization::label::OrganizationLabel;
use super::shortage::ways_to_seats;
use super::signals::Signals;
use crate::cli::{Confirmation, RunOptions};
use crate::model::Status;
use crate::plan::{OnShortage, Plan, Rules, Verdict};
use crate::report::PlanView;
use crate::text::{number, plural};

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
    GoOn(Asked),
    /// The number of deletions, typed, of what is said in short.
    Deletions(Asked, usize),
}

/// What is to be carried out, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The plan in a sentence, and where it is if it was not just shown in full.
    plan: String,
    /// The organization.
    on: OrganizationLabel,
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
    let mut verdicts = plan.rows.iter().filter_map(|row| row.verdict());
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

/// What has been allowed beforehand, by whom, and for which organization.
#[derive(Clone, Copy)]
pub(super) struct Consent<'a> {
    /// What was typed.
    pub(super) options: &'a RunOptions,
    /// Whether more can be asked.
    pub(super) interactivity: Interactivity,
    /// Where it is for.
    pub(super) label: &'a OrganizationLabel,
    /// The command line that commands to type next are made from.
    pub(super) typed: &'a Typed,
}

/// Decides what to ask, or why the plan may not be carried out. Pure.
pub(super) fn question(view: &PlanView<'_>, rules: &Rules, consent: Consent<'_>) -> Result<Question, Failure> {
    let Consent {
        options,
        interactivity,
        label,
        typed,
    } = consent;
    let plan = view.sheet.plan;
    if !plan.short.is_empty() && rules.on_shortage == OnShortage::Stop {
        let message = format!(
            "there are not enough seats for {}, so nothing was sent",
            plural(plan.short.len(), "row")
        );
        let refusal = Failure::new(Ending::Stopped, Reason::Shortage, message).with_details(view.short_rows());
        let (ways, _) = ways_to_seats(&plan.seats, typed, |command| format!("`{command}`"));
        return Err(refusal.with_help(format!(
            "{ways}, remove rows, or add `--on-shortage fill` to give the seats out in the sheet's order"
        )));
    }
    let deletions = plan.deletions.len();
    let most = options.max_deletes;
    let why = match most {
        _ if deletions == 0 => None,
        Some(_) if !exceeds(deletions, most) => None,
        Some(most) => Some(format!(", more than the {} that `--max-deletes` allows", number(most))),
        None if interactivity == Interactivity::Interactive => None,
        None => Some(", which nobody confirmed".to_owned()),
    };
    if let Some(why) = why {
        let deleted = plural(deletions, "account");
        let message = format!("the plan deletes {deleted}{why}, so nothing was sent");
        let refusal = Failure::new(Ending::Stopped, Reason::DeletionsUnconfirmed, message);
        return Err(refusal.with_details(view.deletions()).with_help(format!(
            "review the deletions, then allow them with `--max-deletes {deletions}`"
        )));
    }
    let lost = plan.access_lost;
    if exceeds(lost.people, options.max_access_lost) {
        let message = format!(
            "{} by this plan, more than the {} that `--max-access-lost` allows, so nothing was sent",
            lost.people(),
            number(options.max_access_lost.unwrap_or_default())
        );
        let refusal =
            Failure::new(Ending::Stopped, Reason::AccessLostUnconfirmed, message).with_details(vec![lost.ways()]);
        return Err(refusal.with_help(format!(
            "review who loses access, then allow it with `--max-access-lost {}`",
            lost.people
        )));
    }
    if deletions > 0 && most.is_none() {
        return Ok(Question::Deletions(asked(view, options, label), deletions));
    }
    match (plan.steps.is_empty(), options.confirmation, interactivity) {
        (true, _, _) | (_, Confirmation::Given, _) => Ok(Question::None),
        (_, Confirmation::Ask, Interactivity::Interactive) => Ok(Question::GoOn(asked(view, options, label))),
        (_, Confirmation::Ask, Interactivity::Unattended) => Err(Failure::new(
            Ending::Stopped,
            Reason::NotConfirmed,
            "nobody can be asked to confirm the plan, so nothing was sent",
        )
        .with_help("review the plan with `reseat plan`, then add `--yes`")),
    }
}

fn asked(view: &PlanView<'_>, options: &RunOptions, label: &OrganizationLabel) -> Asked {
    let plan = match &options.saved_plan {
        Some(file) => format!("The plan in `{}`: {}", file.display(), view.in_short()),
        None => format!("The plan: {}", view.in_short()),
    };
    Asked {
        plan,
        on: label.clone(),
    }
}

/// Asks on the terminal. Whoever answers something else than what is expected is asked once more; the second such answer,
/// no answer at all, and a signal end the command.
pub(super) async fn ask(question: &Question, console: Console<'_>, signals: &Signals) -> Result<(), Failure> {
    answered(question, console, signals, || {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    })
    .await
}

/// The same, with another way to `read` the answer; a separate thread waits for it, so that signals are still noticed.
async fn answered(
    question: &Question,
    console: Console<'_>,
    signals: &Signals,
    read: impl Fn() -> io::Result<String> + Clone + Send + 'static,
) -> Result<(), Failure> {
    let (prompt, once_more, wanted, unless) = match question {
        Question::None => return Ok(()),
        Question::GoOn(Asked { plan, on }) => (
            format!("\n{plan}\nCarry this plan out on {on}? Type `yes`: "),
            "Nothing was sent yet. Type `yes` in full to carry this plan out, anything else to end: ".to_owned(),
            vec!["yes".to_owned()],
            Reason::NotConfirmed,
        ),
        Question::Deletions(Asked { plan, on }, count) => (
            format!(
                "\n{plan}\nType the number of accounts that will be deleted ({count}) to carry this plan out on {on}: "
            ),
            format!("Nothing was sent yet. Type {count} to carry this plan out, anything else to end: "),
            // The plan above the question has the commas.
            vec![count.to_string(), number(*count)],
            Reason::DeletionsUnconfirmed,
        ),
    };
    for prompt in [prompt, once_more] {
        console.complain(prompt);
        let _ = io::stderr().flush();
        let answer = tokio::select! {
            biased;
            () = signals.stop.cancelled() => {
                console.complain("\n");
                let ending = signals.interrupted();
                let message = "interrupted before the plan was confirmed, so nothing was sent";
                return Err(Failure::new(ending, Reason::Interrupted, message));
            }
            answer = tokio::task::spawn_blocking(read.clone()) => answer,
        };
        match answer {
            Ok(Ok(answer)) if wanted.iter().any(|wanted| answer.trim() == wanted) => return Ok(()),
            // Whoever says no means it, and without a line nobody is there.
            Ok(Ok(answer)) if !answer.is_empty() && !is_no(&answer) => {}
            _ => break,
        }
    }
    Err(Failure::new(
        Ending::Stopped,
        unless,
        "the plan was not confirmed, so nothing was sent",
    ))
}

fn is_no(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "n" | "no")
}

#[cfg(test)]
mod tests {
    use super::super::audience::Audience;
    use super::*;

    fn the_plan() -> Asked {
        Asked {
            plan: "The plan".to_owned(),
            on: OrganizationLabel::Simulated,
        }
    }

    /// Whether these answers, one after another, carry the plan out, and how many of them were heard.
    async fn given(question: &Question, answers: &[&str]) -> (Result<(), Ending>, usize) {
        let (sender, receiver) = std::sync::mpsc::channel::<String>();
        for answer in answers {
            sender.send((*answer).to_owned()).unwrap();
        }
        drop(sender);
        let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
        let left = std::sync::Arc::clone(&receiver);
        let signals = Signals::default();
        let audience = Audience::later(Typed::here());
        let console = Console::in_words(&audience);
        let answered = answered(question, console, &signals, move || {
            Ok(receiver.lock().unwrap().recv().unwrap_or_default())
        });
        let answered = answered.await.map_err(|failure| failure.ended.ending);
        (answered, answers.len() - left.lock().unwrap().try_iter().count())
    }

    #[tokio::test]
    async fn only_the_wanted_answer_carries_a_plan_out_and_a_slip_is_asked_about_once() {
        let (go_on, twelve) = (Question::GoOn(the_plan()), Question::Deletions(the_plan(), 12));
        let many = Question::Deletions(the_plan(), 1200);
        let stopped = Err(Ending::Stopped);
        for (question, answers, expected) in [
            (&Question::None, &["y\n"][..], (Ok(()), 0)),
            (&go_on, &["yes\n", "no\n"], (Ok(()), 1)),
            (&go_on, &["y\n", "yes\n"], (Ok(()), 2)),
            (&go_on, &["\n", "yes\n"], (Ok(()), 2)),
            (&go_on, &["y\n", "y\n", "yes\n"], (stopped, 2)),
            (&go_on, &["no\n", "yes\n"], (stopped, 1)),
            (&go_on, &["N\n", "yes\n"], (stopped, 1)),
            (&go_on, &[], (stopped, 0)),
            (&twelve, &[" 12\n"], (Ok(()), 1)),
            (&twelve, &["yes\n", "12\n"], (Ok(()), 2)),
            (&twelve, &["yes\n", "yes\n"], (stopped, 2)),
            (&many, &["1200\n"], (Ok(()), 1)),
            (&many, &["1,200\n"], (Ok(()), 1)),
            (&many, &["12,00\n", "1.200\n"], (stopped, 2)),
        ] {
            assert_eq!(given(question, answers).await, expected, "{question:?} {answers:?}");
        }
    }

    #[tokio::test]
    async fn a_signal_ends_the_question_at_once() {
        let signals = Signals::default();
        let (nobody_answers, answers) = std::sync::mpsc::channel::<String>();
        let question = Question::GoOn(the_plan());
        let answers = std::sync::Arc::new(std::sync::Mutex::new(answers));
        let audience = Audience::later(Typed::here());
        let asked = answered(&question, Console::in_words(&audience), &signals, move || {
            answers.lock().unwrap().recv().map_err(io::Error::other)
        });
        let interrupt = async { signals.stop.cancel() };
        let (ended, ()) = tokio::join!(asked, interrupt);
        drop(nobody_answers);
        assert_eq!(ended.map_err(|failure| failure.ended.ending), Err(Ending::Interrupted));
    }
}
