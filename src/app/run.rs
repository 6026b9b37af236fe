//! `reseat run`: check, plan, confirm, carry out, record, summarise.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::after::{Aftermath, AgreedRun, Deleting, RunOutcome, after};
use super::approval::files::{ForApproval, PlanToApprove, leave_for_approval};
use super::approval::{Oversight, TakenAway};
use super::chosen_rows::{ChosenRows, choose};
use super::coming_again::may_come_again;
use super::conducted::Conducted;
use super::console::Console;
use super::cost::{Ahead, Cost};
use super::ending::Reason;
use super::failure::Failure;
use super::finished_rows::{are_finished, finished_rows, known_results, was_called_otherwise};
use super::guards::{Consent, Interactivity, Question, ask, may_ask, question};
use super::inputs::{catalogue, open_sheet, settings_for};
use super::job::Job;
use super::notice::NoticeSubject;
use super::notice::delivery::deliver_notice;
use super::organization::Organization;
use super::organization::label::OrganizationLabel;
use super::organization::lock::{self, Turn};
use super::prepare::{Loaded, order, rules, take_order, text};
use super::results::{Results, not_read, not_recorded};
use super::run_record::RunRecord;
use super::runtime::{block_on, catch_up, off_thread};
use super::seat_changes::SeatNotes;
use super::session::Session;
use super::signals::Signals;
use super::{Ending, panics};
use crate::api::Waited;
use crate::cli::{EarlierResults, RunOptions, Target, Verbosity, WhenLocked};
use crate::directory::Snapshot;
use crate::engine::{Engine, OnChange, Ran, Recheck};
use crate::ledger::{Completing, History, Journal, Record, ResultsFile, RunId};
use crate::model::{AsOf, Row};
use crate::plan::{Plan, PlannedSheet, Rules, TakingLater};
use crate::report::waiting_words;
use crate::saved_plan::SheetPlan;
use crate::settings::Overrides;
use crate::sheet::{STDIN, Source};
use crate::text::plural;

pub(super) fn run(options: &RunOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let job = Job::of(options)?;
    let settings = settings_for(job.planning.sheet.target, overrides, console);
    let known = settings.as_ref().ok().cloned();
    block_on(async {
        let signals = Signals::listen();
        let opening = open_sheet(&job.path, &job.planning.sheet, settings, console);
        let opened = signals.obeyed_by(opening).await;
        let Some(settings) = known else {
            // Refused with what is wrong with both.
            return opened.map(|_| Ending::CouldNotStart);
        };
        let subject = NoticeSubject::now(&settings, &job.path);
        let session = Session::new(&settings, console, signals.clone());
        let errand = Errand {
            job: &job,
            options,
            oversight: Oversight::Typed,
        };
        let recording = OnceLock::new();
        let conducted = match opened {
            Ok((source, _)) => Box::pin(conduct(&session, source, &errand, &recording)).await,
            Err(failure) => Err(failure),
        };
        let conducted = conducted.map_err(|failure| {
            // Before anybody else is told, which may take a while.
            console.complain(&failure);
            failure.told()
        });
        if job.planning.sheet.target == Target::Configured {
            let notice = subject.of(&conducted, recording.get());
            deliver_notice(&notice, &settings, console, &signals).await;
        }
        match conducted? {
            Conducted::Ran { outcome, .. } => Ok(outcome.ended.ending),
            Conducted::ForApproval(_) => Ok(Ending::Stopped),
        }
    })
}

/// A sheet to run, and who answers for it.
#[derive(Clone, Copy)]
pub(super) struct Errand<'a> {
    pub(super) job: &'a Job,
    pub(super) options: &'a RunOptions,
    pub(super) oversight: Oversight<'a>,
}

/// Carries out the errand, or abandons it at the second signal; `recording` gets the record of the run once it has begun.
pub(super) async fn conduct<'s>(
    session: &'s Session<'s>,
    source: Source,
    errand: &Errand<'_>,
    recording: &OnceLock<RunRecord<'s>>,
) -> Result<Conducted, Failure> {
    let console = session.console;
    if let Some(label) = OrganizationLabel::of(session.settings, errand.job.planning.sheet.target) {
        console.tell(format!("on {label}\n"));
    }
    let abort = session.signals.abort.clone();
    tokio::select! {
        conducted = carry_out(session, source, errand, recording) => conducted,
        () = abort.cancelled() => {
            Err(aborted(session.signals.interrupted(), recording.get(), console))
        }
    }
}

/// A run that is abandoned at once: its results file is valid as it is. There is none before it begins.
fn aborted(ending: Ending, record: Option<&RunRecord<'_>>, console: Console<'_>) -> Failure {
    let Some(record) = record else {
        return Failure::new(ending, Reason::Interrupted, "aborted before anything was sent");
    };
    let message = format!(
        "aborted: every row that has ended is in `{}`, and what became of the calls that were on their way is looked up \
         by the next run",
        record.results.display()
    );
    let command = console.typed().again();
    console.complain(format!("{message}\nnext: {command}\n"));
    let failure = Failure::new(ending, Reason::Interrupted, message)
        .with_help(command)
        .once_begun()
        .told();
    record.abandon(failure.ended);
    failure
}

/// Carries out the job; `recording` gets the record of the run once it has begun.
async fn carry_out<'s>(
    session: &'s Session<'s>,
    source: Source,
    errand: &Errand<'_>,
    recording: &OnceLock<RunRecord<'s>>,
) -> Result<Conducted, Failure> {
    let Errand { job, options, .. } = *errand;
    let began = Instant::now();
    let settings = session.settings;
    // Held to the end: what the organization's memory keeps is written under it, too.
    let mut turn: Option<Turn> = None;
    let known = known_results(session, &source, job, options.earlier_results).await;
    let finished = finished_rows(known.as_ref());
    let mut loaded = session
        .load(source, &job.planning, job.as_of(settings), finished)
        .await?;
    job.check_organization(&loaded.organization)?;
    let (path, run) = place_of_results(&loaded, job, options)?;
    let label = loaded.organization.label.clone();
    let known = known.and_then(Arc::into_inner);
    let results = open_results(session, &path, &run, options, &label, known).await?;
    if !are_finished(&loaded, results.history()) || may_come_again(&loaded.intake) {
        loaded.read_all().await?;
    }
    let rows = std::mem::take(&mut loaded.intake.rows);
    let deleting = deleting(&rows, &loaded.as_of);
    let later = TakingLater::of(&rows, &loaded.as_of);
    let (results, mut choice) = choose_rows(session.console, rows, &mut loaded, results, job, &path, options).await?;
    let history = results.history();
    let interactivity = errand.interactivity();
    if !choice.rows.is_empty() && !may_ask(options, interactivity, !deleting.is_empty()) {
        // Taken before the organization is read, so that no other run makes what is read out of date. Every run locks
        // its results first, so that no two wait for each other.
        turn = Some(take_turn(session, &loaded.organization, job, options).await?);
    }

    session.look_again(&loaded.organization, &mut choice, history).await?;
    let rules = rules(settings, &job.planning, &choice, &loaded.organization);
    let consent = Consent {
        options,
        interactivity,
        label: &label,
        typed: session.console.typed(),
    };
    loaded.asks_by_name = choice.rows.is_empty() && was_called_otherwise(&path, &label);
    let (snapshot, plan) = session.plan(&mut loaded, &choice, &rules).await?;
    let proposal = Proposal {
        session,
        errand,
        loaded: &loaded,
        choice: &choice,
        rules: &rules,
        planned: PlannedSheet {
            rows: &choice.rows,
            plan: &plan,
            snapshot: &snapshot,
        },
        history,
        later: &later,
        results: &path,
    };
    let (takes, hesitated) = match agree(proposal, consent).await? {
        Agreed::GoOn { takes, hesitated } => (takes, hesitated),
        Agreed::OnceApproved(waits) => return Ok(Conducted::ForApproval(waits)),
    };
    let mut recheck = recheck(&loaded.organization, hesitated, job);
    if turn.is_none() && !plan.steps.is_empty() {
        turn = Some(take_turn(session, &loaded.organization, job, options).await?);
        // Another run may have ended since the state was read, even if this one did not have to wait for it.
        recheck.waited = Waited::Long;
    }
    let waited = turn.as_ref().map_or(Duration::ZERO, |turn| turn.waited);

    let begins = history.is_none_or(History::is_empty);
    let before = history.map(History::counts);
    let file = results.begin(&run, session.console, &label)?;
    panics::results_are(&path);
    let record = recording.get_or_init(|| {
        RunRecord::of(&path, &run, &job.path, &loaded.organization, session.console)
            .beginning_the_file(begins)
            .with_seats(&plan, &snapshot, &catalogue(settings))
            .begin(choice.rows.len())
    });
    let execution = Execution {
        run: AgreedRun {
            session,
            loaded: &loaded,
            record,
            deleting: &deleting,
            job,
            options,
            interactivity,
        },
        rules: &rules,
        recheck,
        takes,
        file,
        began,
        idle: hesitated.unwrap_or_default() + waited,
    };
    let outcome = execute(execution, choice, snapshot, plan).await;
    if let Err(failure) = &outcome {
        record.break_off(failure.ended, &loaded.organization.client.stats());
    }
    outcome.map(|outcome| Conducted::Ran { outcome, before })
}

impl Errand<'_> {
    fn interactivity(&self) -> Interactivity {
        match self.oversight {
            Oversight::Typed => Interactivity::here(self.job.path.as_os_str() == STDIN),
            Oversight::Approver(_) => Interactivity::Unattended,
        }
    }
}

/// A plan that somebody has to agree to.
struct Proposal<'a> {
    session: &'a Session<'a>,
    errand: &'a Errand<'a>,
    loaded: &'a Loaded,
    choice: &'a ChosenRows,
    rules: &'a Rules,
    planned: PlannedSheet<'a>,
    history: Option<&'a History>,
    later: &'a TakingLater,
    /// The results file.
    results: &'a Path,
}

/// Whether the plan may be carried out.
enum Agreed {
    /// It may.
    GoOn {
        /// How long it takes, as far as that is known.
        takes: Duration,
        /// How long the answer took; `None` if there was nothing to ask.
        hesitated: Option<Duration>,
    },
    /// Once somebody has approved it.
    OnceApproved(ForApproval),
}

/// Shows the plan, and has it confirmed.
async fn agree(proposal: Proposal<'_>, consent: Consent<'_>) -> Result<Agreed, Failure> {
    let Proposal {
        session,
        errand: Errand { job, oversight, .. },
        loaded,
        choice,
        rules,
        planned,
        history,
        later,
        results,
    } = proposal;
    let order = || order(&loaded.intake, choice);
    let console = session.console;
    if let Some(saved) = &job.saved {
        let now = SheetPlan {
            order: &order(),
            planned,
            not_attempted: &choice.left,
        };
        saved.check(now, &rules.sizes, history)?;
        console.tell(format!("{}\n", saved.still_holds()));
    }
    let busy = console.busy("planning");
    let cost = Cost::of(planned, rules, &loaded.organization, Ahead::Changes);
    drop(busy);
    let view = cost.view(planned, choice, loaded, console.typed());
    if choice.rows.is_empty() {
        console.tell(nothing_to_do(history, choice, results, job, &loaded.as_of));
    } else {
        console.tell(text(|out| view.write_text(out)));
    }
    let question = question(&view, rules, consent);
    if let (Oversight::Approver(allowed), None, Ok(_)) = (oversight, &job.saved, &question)
        && let Some(why) = TakenAway::of(planned, choice, later).unapproved(allowed)
    {
        console.tell(format!(
            "nothing was sent: {}; somebody has to approve it first\n",
            why.0
        ));
        let waits = leave_for_approval(PlanToApprove {
            why,
            later,
            sheet: &job.path,
            session,
            loaded,
            planning: &job.planning,
            rules,
            view: &view,
            now: SheetPlan {
                order: &order(),
                planned,
                not_attempted: &choice.left,
            },
        })?;
        return Ok(Agreed::OnceApproved(waits));
    }
    let hesitated = confirm(session, question).await?;
    Ok(Agreed::GoOn {
        takes: cost.timing.takes,
        hesitated,
    })
}

/// How a run that was agreed to is carried out.
struct Execution<'a> {
    run: AgreedRun<'a>,
    rules: &'a Rules,
    recheck: Recheck,
    /// How long it takes, as far as that is known.
    takes: Duration,
    file: ResultsFile,
    began: Instant,
    /// How long it has waited for an answer or for another run since.
    idle: Duration,
}

/// Carries the plan out, and says how that went.
async fn execute(
    execution: Execution<'_>,
    mut choice: ChosenRows,
    snapshot: Snapshot,
    mut plan: Plan,
) -> Result<RunOutcome, Failure> {
    // Whoever agreed has read them, and each names its rows.
    plan.warnings = Vec::new();
    let AgreedRun {
        session,
        loaded,
        options,
        ..
    } = execution.run;
    execution.file.expect(choice.rows.len() + choice.others.len());
    let notes = Arc::new(SeatNotes::new(execution.file.journal()));
    let journal = Completing {
        journal: notes.clone(),
        earlier: std::mem::take(&mut choice.earlier),
        origins: std::mem::take(&mut choice.origins),
    };
    journal
        .append(std::mem::take(&mut choice.left))
        .await
        .map_err(|error| not_recorded(&error))?;
    let progress = session.progress();
    progress.expect(execution.takes);
    let engine = Engine {
        rows: &choice.rows,
        snapshot: &snapshot,
        rules: execution.rules,
        read_back: session.read_back(&loaded.organization),
        journal: &journal,
        max_failures: options.max_failures,
        concurrency: session.settings.limits.concurrency as usize,
        recheck: execution.recheck,
    };
    catch_up().await;
    let ran = engine.run(&plan).await;
    let answers = progress.finish();
    drop(journal);
    // What was done is recorded by now, and putting the results in order needs the memory.
    drop((plan, snapshot));
    let order = take_order(&loaded.intake, &mut choice);
    let chosen = choice.into_keys();
    let ran: Ran = ran.map_err(|error| not_recorded(&error).once_begun())?;
    after(Aftermath {
        run: execution.run,
        file: execution.file,
        order: &order,
        ran,
        answers,
        seats: notes.take(),
        elapsed: execution.began.elapsed().saturating_sub(execution.idle),
        chosen,
    })
}

/// When what was read is read again: an answer may have taken any time.
fn recheck(organization: &Organization, hesitated: Option<Duration>, job: &Job) -> Recheck {
    let after = organization.recheck;
    Recheck {
        after,
        waited: match hesitated {
            Some(_) => Waited::Long,
            None => Waited::of(organization.client.stats().waited, after),
        },
        on_change: match &job.saved {
            Some(_) => OnChange::Refuse,
            None => OnChange::PlanAnew,
        },
    }
}

/// The rows that delete an account, now or later; those that are not due yet aside.
fn deleting(rows: &[Row], as_of: &AsOf) -> Deleting {
    let due = rows.iter().filter(|row| as_of.until(row).is_none());
    let deleting = due.filter(|row| row.operation.deletes());
    deleting
        .map(|row| (row.key, row.operation.deletes_once_accepted()))
        .collect()
}

/// Where the results of a sheet are, and what this run is called in them.
fn place_of_results(loaded: &Loaded, job: &Job, options: &RunOptions) -> Result<(PathBuf, RunId), Failure> {
    let (family, given) = (&loaded.family, job.planning.results.as_deref());
    family.may_start_over(options.earlier_results, given)?;
    let run = RunId::new(Timestamp::now(), loaded.organization.id, rand::random());
    Ok((family.results(given), family.named(run)))
}

/// This run's turn on the organization; a simulated one is nobody else's.
async fn take_turn(
    session: &Session<'_>,
    organization: &Organization,
    job: &Job,
    options: &RunOptions,
) -> Result<Turn, Failure> {
    match job.planning.sheet.target {
        Target::Sandbox => Ok(Turn::default()),
        Target::Configured => {
            let place = organization.place.as_ref();
            let (console, signals) = (session.console, &session.signals);
            lock::take_turn(place, &job.path, options.when_locked, console, signals).await
        }
    }
}

/// Locks and reads the results file, once no other run is writing it if the user wants to wait for that.
async fn open_results(
    session: &Session<'_>,
    path: &Path,
    run: &RunId,
    options: &RunOptions,
    label: &OrganizationLabel,
    mut known: Option<History>,
) -> Result<Results, Failure> {
    let mut is_waiting = false;
    loop {
        let (file, run, earlier) = (path.to_owned(), run.clone(), options.earlier_results);
        let (label, known) = (label.clone(), known.take());
        let busy = session.console.busy("reading the results");
        let opened = off_thread(move || Results::of(&file, &run, earlier, &label, known)).await;
        drop(busy);
        let refusal = match opened {
            Ok(results) => {
                if let Some(notice) = results.notice() {
                    session.console.tell(format!("{notice}\n"));
                }
                return Ok(results);
            }
            Err(refusal) => refusal,
        };
        if refusal.ended.reason != Reason::Locked || options.when_locked == WhenLocked::Refuse {
            return Err(refusal);
        }
        if !is_waiting {
            session.console.tell(lock::waiting_for(&format!(
                "another run is writing `{}`",
                path.display()
            )));
            is_waiting = true;
        }
        lock::wait(&session.signals).await?;
    }
}

/// The rows to run, by what the results file knows of them.
async fn choose_rows(
    console: Console<'_>,
    rows: Vec<Row>,
    loaded: &mut Loaded,
    results: Results,
    job: &Job,
    path: &Path,
    options: &RunOptions,
) -> Result<(Results, ChosenRows), Failure> {
    let finished = std::mem::take(&mut loaded.intake.finished);
    let refused = loaded.intake.refused.iter().cloned().map(Record::from).collect();
    let selection = job.selection(loaded.as_of.clone());
    let family = Arc::clone(&loaded.family);
    if job.planning.results.is_none() && options.earlier_results == EarlierResults::Resume {
        family.check(results.history(), path)?;
    }
    let _busy = console.busy("comparing with the results");
    off_thread(move || {
        let choice = choose(rows, finished, refused, results.history(), &selection, &family);
        Ok((results, choice.map_err(|error| not_read(&error))?))
    })
    .await
}

/// Asks whether to go on, and says how long the answer took; `None` if there was nothing to ask.
async fn confirm(session: &Session<'_>, question: Result<Question, Failure>) -> Result<Option<Duration>, Failure> {
    let question = question.map_err(|refusal| match session.console.verbosity {
        Verbosity::Quiet => refusal,
        // The plan, which was just shown, names the rows.
        Verbosity::Normal | Verbosity::Verbose => refusal.without_details(),
    })?;
    let asked = Instant::now();
    ask(&question, session.console, &session.signals).await?;
    Ok((question != Question::None).then(|| asked.elapsed()))
}

fn nothing_to_do(history: Option<&History>, choice: &ChosenRows, path: &Path, job: &Job, as_of: &AsOf) -> String {
    let waiting = match choice.waiting.count {
        0 => String::new(),
        _ => format!("{}; no row is due\n", waiting_words(choice.waiting, as_of)),
    };
    let is_all = choice.left.is_empty() && choice.elsewhere == 0;
    let finished = match choice.finished {
        0 if !waiting.is_empty() => return waiting,
        0 => return "there is no row to run\n".to_owned(),
        1 if is_all => "the one row is".to_owned(),
        1 => "one row is".to_owned(),
        count if is_all => format!("all {} are", plural(count, "row")),
        count => format!("{} are", plural(count, "row")),
    };
    // Whoever started over would forget what was begun for those that have left the sheet, and a saved plan is of its rows as
    // they were.
    let advice = if choice.left_behind.is_empty() && job.saved.is_none() {
        "; add `--again` to start over"
    } else {
        ""
    };
    let when = history
        .and_then(History::last_run)
        .map_or_else(String::new, |run| format!(" (last run {})", run.started()));
    format!(
        "{finished} already done or unchanged{when}, according to `{}`{advice}\n{waiting}",
        path.display()
    )
}
