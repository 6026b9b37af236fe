//! What is told of a run when it ends, needs approval or stops: one object of numbers, words that reseat itself has chosen
//! and paths. Nothing in it comes from a sheet or from a server, so that it holds no personal data.

pub(super) mod delivery;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::after::RunOutcome;
use super::approval::files::ForApproval;
use super::conducted::Conducted;
use super::ending::{Ended, Ending, EndingStatus, Reason};
use super::failure::Failure;
use super::run_record::RunRecord;
use crate::model::{Status, to_the_second};
use crate::report::{of_each, write_json};
use crate::settings::Settings;
use crate::text::{number, plural};

/// The version of the object. Members may be added without a new one.
const FORMAT: u32 = 1;

/// The exit code of a process that a bug has ended.
const BUG: u8 = 101;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NoticeEvent {
    /// The sheet was run to its end.
    RunEnded,
    /// Nothing was sent: somebody has to approve the plan.
    ApprovalNeeded,
    /// It was not run to its end, or not at all.
    RunStopped,
}

/// One notice. `docs/json.md` is its contract; the member names are stable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Notice {
    format: u32,
    event: NoticeEvent,
    /// Which sheet, where, and what became of it, under the name that chat services show.
    text: String,
    status: String,
    reason: String,
    exit_code: u8,
    message: String,
    profile: Option<String>,
    organization: NoticeOrganization,
    #[serde(serialize_with = "as_shown")]
    sheet: PathBuf,
    run: Option<String>,
    rows: Option<BTreeMap<String, usize>>,
    #[serde(serialize_with = "as_shown_if_any")]
    results: Option<PathBuf>,
    #[serde(serialize_with = "as_shown_if_any")]
    failed_sheet: Option<PathBuf>,
    #[serde(serialize_with = "as_shown_if_any")]
    report: Option<PathBuf>,
    #[serde(serialize_with = "as_shown_if_any")]
    plan_page: Option<PathBuf>,
    started_at: Timestamp,
    finished_at: Timestamp,
    reseat: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct NoticeOrganization {
    id: Option<String>,
    name: Option<String>,
    uri: Option<String>,
}

/// What is known of a run before it ends.
pub(super) struct NoticeSubject<'a> {
    settings: &'a Settings,
    sheet: &'a Path,
    began_at: Timestamp,
}

impl<'a> NoticeSubject<'a> {
    /// A run that begins now.
    pub(super) fn now(settings: &'a Settings, sheet: &'a Path) -> Self {
        Self {
            settings,
            sheet,
            began_at: Timestamp::now(),
        }
    }

    /// What became of it.
    pub(super) fn of(&self, conducted: &Result<Conducted, Failure>, record: Option<&RunRecord<'_>>) -> Notice {
        match conducted {
            Ok(Conducted::Ran { outcome, .. }) => self.ran(outcome, record),
            Ok(Conducted::ForApproval(waits)) => self.waits(waits),
            Err(failure) => self.ended(failure.ended, record),
        }
    }

    /// The run has come to its end, or was stopped and has told so.
    fn ran(&self, outcome: &RunOutcome, record: Option<&RunRecord<'_>>) -> Notice {
        let notice = self.ended(outcome.ended, record);
        let rows = of_each(&outcome.counts).into_iter();
        Notice {
            text: format!("{} ({})", notice.text, in_words(&outcome.counts)),
            rows: Some(rows.map(|(status, count)| (status.to_owned(), count)).collect()),
            failed_sheet: outcome.failed_sheet.as_deref().map(absolute),
            ..notice
        }
    }

    /// It was refused, or broke off.
    fn ended(&self, ended: Ended, record: Option<&RunRecord<'_>>) -> Notice {
        let event = match ended.ending {
            Ending::Done | Ending::NeedsPerson | Ending::Waiting => NoticeEvent::RunEnded,
            Ending::CouldNotStart
            | Ending::SheetInvalid
            | Ending::Stopped
            | Ending::SignIn
            | Ending::HungUp
            | Ending::Interrupted
            | Ending::Terminated => NoticeEvent::RunStopped,
        };
        Notice {
            event,
            run: record.map(|record| record.run().to_string()),
            results: record.map(|record| absolute(&record.results)),
            ..self.so(ended, &sentence(ended))
        }
    }

    /// Somebody has to approve it.
    fn waits(&self, waits: &ForApproval) -> Notice {
        let what = format!("somebody has to approve it: {}", waits.why);
        Notice {
            event: NoticeEvent::ApprovalNeeded,
            plan_page: Some(absolute(&waits.page)),
            ..self.so(Ended::before(Ending::Stopped, waits.reason), &what)
        }
    }

    /// A bug in reseat ended it.
    pub(super) fn broke(&self) -> Notice {
        Notice {
            status: "stopped".to_owned(),
            reason: "bug".to_owned(),
            exit_code: BUG,
            ..self.notice("a bug in reseat ended the run")
        }
    }

    fn so(&self, ended: Ended, what: &str) -> Notice {
        Notice {
            status: ended.status().as_str().to_owned(),
            reason: ended.reason.as_str().to_owned(),
            exit_code: ended.ending.code(),
            ..self.notice(what)
        }
    }

    fn notice(&self, what: &str) -> Notice {
        let address = self.settings.address.as_ref();
        let name = address.map(|address| address.organization.clone());
        let on = name.as_ref().map_or_else(String::new, |name| format!(" on {name}"));
        let file = self.sheet.file_name().unwrap_or(self.sheet.as_os_str());
        Notice {
            format: FORMAT,
            event: NoticeEvent::RunStopped,
            text: format!("reseat, {}{on}: {what}", file.display()),
            message: what.to_owned(),
            status: String::new(),
            reason: String::new(),
            exit_code: 0,
            profile: self.settings.profile.clone(),
            organization: NoticeOrganization {
                id: address.and_then(|address| Some(address.organization_id?.to_string())),
                name,
                uri: address.map(|address| address.uri.to_string()),
            },
            sheet: absolute(self.sheet),
            run: None,
            rows: None,
            results: None,
            failed_sheet: None,
            report: None,
            plan_page: None,
            started_at: to_the_second(self.began_at),
            finished_at: to_the_second(Timestamp::now()),
            reseat: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl Notice {
    /// The same, with the report that was written of the run.
    pub(super) fn with_report(self, report: &Path) -> Self {
        Self {
            report: Some(absolute(report)),
            ..self
        }
    }

    /// The same, once the files have gone to where this says.
    pub(super) fn moved(self, place: impl Fn(&Path) -> PathBuf) -> Self {
        let moved = |path: Option<PathBuf>| path.map(|path| place(&path));
        Self {
            sheet: place(&self.sheet),
            results: moved(self.results),
            failed_sheet: moved(self.failed_sheet),
            report: moved(self.report),
            plan_page: moved(self.plan_page),
            ..self
        }
    }

    /// The object as it is sent.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut object = Vec::new();
        // Writing to a vector cannot fail, and neither can numbers and texts.
        let _ = write_json(self, &mut object);
        object
    }
}

/// What became of a run, for people.
fn sentence(ended: Ended) -> String {
    let why = match ended.reason {
        Reason::Shortage => "there are fewer free seats than the sheet needs",
        Reason::DeletionsUnconfirmed => "nobody has confirmed the deletions",
        Reason::AccessLostUnconfirmed => "more people would lose access than is allowed",
        Reason::NotConfirmed => "nobody has confirmed the plan",
        Reason::Guard => "a guard has stopped it",
        Reason::MaxFailures => "enough rows have failed to stop the run",
        Reason::SameFailure => "everything fails in the same way, or the organization does not answer",
        Reason::ChangedSincePlan => "the plan that was approved does not hold any more",
        Reason::Locked => "another run has the organization or the results file",
        Reason::SignIn => "the sign-in has failed",
        Reason::Permission => "a permission is missing",
        Reason::Settings => "the command line, a variable or the configuration is wrong",
        Reason::File => "a file cannot be read or written",
        Reason::None | Reason::Rows | Reason::SheetInvalid | Reason::Interrupted => {
            return ended.ending.meaning().to_owned();
        }
    };
    let how = match ended.status() {
        EndingStatus::Refused => "not run",
        EndingStatus::CouldNotStart => "could not start",
        EndingStatus::Stopped => "stopped",
        EndingStatus::Done | EndingStatus::NeedsPerson | EndingStatus::Waiting | EndingStatus::Interrupted => {
            ended.ending.meaning()
        }
    };
    format!("{how}: {why}")
}

fn in_words(counts: &BTreeMap<Status, usize>) -> String {
    let rows: usize = counts.values().sum();
    let each = counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(status, count)| format!("{} {}", number(*count), status.as_str()));
    let each: Vec<String> = each.collect();
    format!("{}: {}", plural(rows, "row"), each.join(", "))
}

/// A path that is no text is shown as well as it can be.
fn as_shown<S: Serializer>(path: &Path, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&path.display())
}

#[expect(clippy::ref_option, reason = "serde hands out references")]
fn as_shown_if_any<S: Serializer>(path: &Option<PathBuf>, out: S) -> Result<S::Ok, S::Error> {
    match path {
        Some(path) => as_shown(path, out),
        None => out.serialize_none(),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
