//! One sheet run by nobody: with the profile's settings, without questions, its words in a text of its own.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::approval::Oversight;
use super::audience::Audience;
use super::conducted::Conducted;
use super::console::Console;
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::inputs::open_sheet;
use super::job::Job;
use super::next::Typed;
use super::notice::delivery::deliver_notice;
use super::notice::{Notice, NoticeSubject};
use super::panics::caught;
use super::report::report;
use super::run::{Errand, conduct};
use super::runtime::block_on;
use super::session::Session;
use super::signals::Signals;
use crate::cli::{Confirmation, EarlierResults, PlanningOptions, ReportOptions, RunOptions, WhenLocked};
use crate::run_report::Masking;
use crate::settings::Settings;
use crate::sheet::Existing;

/// A sheet that is to be run, in a folder of its own.
pub(super) struct SheetJob<'a> {
    /// Of the profile whose folder the sheet came to.
    pub(super) settings: &'a Settings,
    /// The sheet. Its results, failed sheet and pages are written beside it.
    pub(super) sheet: &'a Path,
    /// The plan that somebody has approved, if somebody has: it has to hold still. It stays beside the sheet as long as that
    /// has rows that wait.
    pub(super) approved: Option<&'a Path>,
    /// Stops the run as Ctrl-C does.
    pub(super) signals: &'a Signals,
}

/// What became of it.
#[derive(Debug)]
pub(super) struct SheetEnd {
    /// How it ended.
    pub(super) end: HowEnded,
    /// What a person would have seen on the terminal, plain; files beside the sheet are named without their folder, as
    /// they all go elsewhere together.
    pub(super) told: String,
    /// What is told to whom the profile names, once the files have gone to where they stay; `None` where there is nothing new
    /// to tell, as long as rows wait.
    pub(super) notice: Option<Notice>,
}

/// How a sheet ended.
#[derive(Debug)]
pub(super) enum HowEnded {
    /// As `run` ends.
    Ran(Ended),
    /// Nothing was sent: somebody would lose access, which nobody has approved.
    NeedsApproval {
        /// The plan to carry out once it is approved.
        plan: PathBuf,
        /// What it takes away beyond what is allowed.
        reason: Reason,
    },
    /// A bug in reseat ended it; what is recorded is valid, and running it again continues.
    Bug,
}

/// Tells whom the profile names, once the files of the sheet have gone to where `place` says. Why nobody could be told, if so.
pub(super) fn tell_of(
    notice: Notice,
    place: impl Fn(&Path) -> PathBuf,
    settings: &Settings,
    signals: &Signals,
) -> Option<String> {
    let notice = notice.moved(place);
    let audience = Audience::later(Typed::here());
    let console = Console::in_words(&audience);
    let delivered = block_on(async {
        deliver_notice(&notice, settings, console, signals).await;
        Ok(())
    });
    if let Err(failure) = delivered {
        console.complain(failure);
    }
    let told = audience.into_record();
    (!told.is_empty()).then_some(told)
}

/// Runs the sheet, or plans it where it has to be approved. Blocks its thread, so that organizations run side by side on
/// a thread each.
pub(super) fn run_sheet(job: &SheetJob<'_>) -> SheetEnd {
    let typed = Typed::here().unattended(job.sheet, job.settings.profile.as_deref());
    let audience = Audience::later(typed);
    let console = Console::in_words(&audience);
    let subject = NoticeSubject::now(job.settings, job.sheet);
    let (end, notice) = caught(|| attempt(job, &subject, console)).unwrap_or_else(|bug| {
        console.complain(bug);
        (HowEnded::Bug, Some(subject.broke()))
    });
    SheetEnd {
        end,
        told: without_folder(audience.into_record(), job.sheet),
        notice,
    }
}

/// The text without the folder of the sheet, in which nothing stays.
fn without_folder(text: String, sheet: &Path) -> String {
    match sheet.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => text.replace(&folder.join("").display().to_string(), ""),
        None => text,
    }
}

fn attempt(job: &SheetJob<'_>, subject: &NoticeSubject<'_>, console: Console<'_>) -> (HowEnded, Option<Notice>) {
    let (first, unusable) = Job::unattended(job.sheet, planning(job.settings), job.approved);
    if unusable.is_none() {
        let (conducted, notice) = conduct_once(job, &first, subject, console);
        let has_changed = first.saved.is_some() && reason(&conducted) == Reason::ChangedSincePlan;
        let end = how_ended(conducted, console);
        if !has_changed {
            return (end, notice);
        }
    }
    if let Some(failure) = unusable {
        console.complain(failure);
    }
    console.tell("what was approved does not hold any more, so the sheet is planned anew\n\n");
    let (anew, _) = Job::unattended(job.sheet, planning(job.settings), None);
    let (conducted, notice) = conduct_once(job, &anew, subject, console);
    (how_ended(conducted, console), notice)
}

fn reason(conducted: &Result<Conducted, Failure>) -> Reason {
    match conducted {
        Ok(Conducted::Ran { outcome, .. }) => outcome.ended.reason,
        Ok(Conducted::ForApproval(waits)) => waits.reason,
        Err(failure) => failure.ended.reason,
    }
}

/// How it ended; a failure is told.
fn how_ended(conducted: Result<Conducted, Failure>, console: Console<'_>) -> HowEnded {
    match conducted {
        Ok(Conducted::Ran { outcome, .. }) => HowEnded::Ran(outcome.ended),
        Ok(Conducted::ForApproval(waits)) => HowEnded::NeedsApproval {
            plan: waits.plan,
            reason: waits.reason,
        },
        Err(failure) => {
            console.complain(&failure);
            HowEnded::Ran(failure.ended)
        }
    }
}

fn conduct_once(
    job: &SheetJob<'_>,
    to_run: &Job,
    subject: &NoticeSubject<'_>,
    console: Console<'_>,
) -> (Result<Conducted, Failure>, Option<Notice>) {
    let settings = job.settings;
    let options = options(to_run, job);
    let signals = job.signals.for_one_run();
    let session = Session::new(settings, console, signals.clone());
    let recording = OnceLock::new();
    let conducted = block_on(async {
        let opening = open_sheet(&to_run.path, &to_run.planning.sheet, Ok(settings.clone()), console);
        let (source, _) = signals.obeyed_by(opening).await?;
        let errand = Errand {
            job: to_run,
            options: &options,
            oversight: Oversight::Approver(&settings.watch),
        };
        // Boxed, because it holds all that is read and planned.
        Box::pin(conduct(&session, source, &errand, &recording)).await
    });
    let notice = subject.of(&conducted, recording.get());
    let Ok(known) = &conducted else {
        return (conducted, Some(notice));
    };
    let report = recording
        .get()
        .and_then(|record| leave_report(&record.results, known, console));
    let notice = match report {
        Some(report) => notice.with_report(&report),
        None => notice,
    };
    let is_told = !known.is_old_news();
    (conducted, is_told.then_some(notice))
}

/// Leaves a report beside the results, for whoever asked for the job. One that is there is as good as new where no row was
/// worked on since.
fn leave_report(results: &Path, conducted: &Conducted, console: Console<'_>) -> Option<PathBuf> {
    let Conducted::Ran { outcome, .. } = conducted else {
        return None;
    };
    let name = results.file_name()?.to_str()?;
    let stem = name.strip_suffix(".results.csv")?;
    let out = results.with_file_name(format!("{stem}.report.html"));
    if outcome.worked_on == 0 && out.exists() {
        return Some(out);
    }
    let options = ReportOptions {
        paths: vec![results.to_owned()],
        out: Some(out.clone()),
        existing: Existing::Replaced,
        masking: Masking::Shown,
    };
    // What a report tells of itself is in it.
    let audience = Audience::later(console.typed().clone());
    let unheard = Console {
        audience: &audience,
        ..console
    };
    match report(&options, unheard) {
        Ok(_) => Some(out),
        Err(failure) => {
            console.tell(format!("warning: the report was not written: {}\n", failure.message));
            None
        }
    }
}

/// What shapes the plan of a sheet that nobody stands by.
fn planning(settings: &Settings) -> PlanningOptions {
    PlanningOptions {
        on_shortage: Some(settings.watch.on_shortage),
        ..PlanningOptions::default()
    }
}

/// What is allowed: all that is within the settings, and all that was approved.
fn options(to_run: &Job, job: &SheetJob<'_>) -> RunOptions {
    RunOptions {
        path: Some(to_run.path.clone()),
        planning: to_run.planning.clone(),
        saved_plan: to_run.saved.as_ref().map(|saved| saved.path.clone()),
        confirmation: Confirmation::Given,
        max_deletes: Some(u64::MAX),
        max_access_lost: None,
        max_failures: job.settings.watch.max_failures,
        when_locked: WhenLocked::Wait,
        earlier_results: EarlierResults::Resume,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_beside_the_sheet_are_named_without_a_folder_that_they_leave() {
        let told =
            "every row is in `/in box/.running/7/a.results.csv`; reseat run '/in box/.running/7/a.csv'".to_owned();
        assert_eq!(
            without_folder(told, Path::new("/in box/.running/7/a.csv")),
            "every row is in `a.results.csv`; reseat run 'a.csv'"
        );
        assert_eq!(without_folder("x/a.csv".to_owned(), Path::new("a.csv")), "x/a.csv");
    }
}
