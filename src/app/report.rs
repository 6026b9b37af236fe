//! `reseat report`: what became of a job, for whoever asked for it. No network.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use super::Ending;
use super::console::{Console, deliver};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::next::typed_name;
use super::object::Object;
use super::runtime::{block_on, off_thread};
use super::sheet_place::is_same_file;
use super::signals::Signals;
use super::undo::refusals::not_results;
use super::undo::since::undone_since;
use crate::cli::{OutputFormat, ReportOptions};
use crate::ledger::{History, RunLog, run_log_path, writer_of};
use crate::page::write_page;
use crate::report::{Progress, write_json};
use crate::run_report::{People, ReportShape, ReportedFile, RowFault, RunReport, WrittenReport, fold, verdict};
use crate::sheet::{WrittenFormat, may_write_sheet, save_file, save_readings};
use crate::text::{number, plural, shown_path};

pub(super) fn report(options: &ReportOptions, console: Console<'_>) -> Result<Ending, Failure> {
    match &options.out {
        Some(out) => may_be_written(out, options)?,
        None if console.output == OutputFormat::Text && io::stdout().is_terminal() => {
            return Err(to_a_terminal(&options.paths));
        }
        None => {}
    }
    block_on(async {
        let signals = Signals::listen();
        let interrupted = || {
            let message = "interrupted: no report was written";
            Failure::new(signals.interrupted(), Reason::Interrupted, message)
        };
        let (asked, stop) = (options.clone(), signals.stop.clone());
        let busy = console.busy(READING);
        let material = off_thread(move || Material::of(&asked, &busy, &stop)).await?;
        if signals.stop.is_cancelled() {
            return Err(interrupted());
        }
        let (sentence, _) = verdict(&material.report);
        let (asked, stop, output) = (options.clone(), signals.stop.clone(), console.output);
        let busy = options.out.as_ref().map(|_| console.busy(WRITING));
        let (material, written) = off_thread(move || {
            let written = material.write(&asked, output, busy.as_ref(), &stop);
            (material, written)
        })
        .await;
        // A file that was begun is gone by now.
        if written.is_err() && signals.stop.is_cancelled() {
            return Err(interrupted());
        }
        written?;
        tell(&material, options, &sentence, console)
    })
}

/// What is said while it lasts.
const READING: &str = "reading the results";
const WRITING: &str = "writing the report";
/// After how many rows it is told how far it is.
const TOLD_EVERY: u64 = 1_000;

/// Tells how far it is, and says whether to go on.
fn told(
    busy: Option<&Progress>,
    what: &'static str,
    count: u64,
    total: u64,
    stop: &CancellationToken,
) -> ControlFlow<()> {
    if count.is_multiple_of(TOLD_EVERY)
        && let Some(busy) = busy
    {
        busy.working(what, count, Some(total));
    }
    if stop.is_cancelled() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// What a report is made from.
struct Material {
    files: Vec<ReportedFile>,
    report: RunReport,
    people: People,
    zone: TimeZone,
    now: Timestamp,
}

impl Material {
    fn of(options: &ReportOptions, busy: &Progress, stop: &CancellationToken) -> Result<Self, Failure> {
        let files = read_all(&options.paths)?;
        let total = files.iter().map(|file| file.history.len() as u64).sum();
        let mut tick = |count| told(Some(busy), READING, count, total, stop);
        let folded = fold(&files, options.masking, &mut tick);
        let (report, people) = folded.map_err(|error| not_results(&error, None))?;
        Ok(Self {
            files,
            report,
            people,
            zone: TimeZone::system(),
            now: Timestamp::now(),
        })
    }

    fn written<'a>(&'a self, tick: &'a (dyn Fn(u64) -> ControlFlow<()> + Sync)) -> WrittenReport<'a> {
        WrittenReport {
            report: &self.report,
            people: &self.people,
            files: &self.files,
            zone: self.zone.clone(),
            now: self.now,
            tick,
        }
    }

    /// Writes the report to its file, or, for people, to standard output.
    fn write(
        &self,
        options: &ReportOptions,
        output: OutputFormat,
        busy: Option<&Progress>,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let total = self.report.statuses.values().sum();
        let tick = |count| told(busy, WRITING, count, total, stop);
        let written = self.written(&tick);
        let saved = match (&options.out, output) {
            (None, OutputFormat::Json) => return Ok(()),
            (None, OutputFormat::Text) => return deliver(|out| write_page(&written.page(), out)),
            (Some(out), _) if WrittenFormat::of_path(out) == Some(WrittenFormat::Workbook) => {
                let fault = RowFault::default();
                save_readings(&written.worksheets(&fault), out, options.existing, || fault.is_none())
            }
            (Some(out), _) => save_file(out, options.existing, |file| write_page(&written.page(), file)),
        };
        saved.map_err(|error| Failure::of_file(&error))
    }
}

/// Nobody reads a web page as it is written.
fn to_a_terminal(results: &[PathBuf]) -> Failure {
    let name = results.first().and_then(|path| path.file_stem()).unwrap_or_default();
    let name = name.to_string_lossy();
    let page = format!("{}.html", name.strip_suffix(".results").unwrap_or(&name));
    let message = "the report is a web page, which a terminal does not show";
    Failure::in_settings(message).with_help(format!(
        "add `-o {}`; without `-o` the page can be piped on or sent to a file",
        typed_name(Path::new(&page))
    ))
}

/// Makes sure, before anything is read, that nothing is lost by writing there.
fn may_be_written(out: &Path, options: &ReportOptions) -> Result<(), Failure> {
    let logs: Vec<PathBuf> = options.paths.iter().map(|path| run_log_path(path)).collect();
    if options.paths.iter().chain(&logs).any(|path| is_same_file(path, out)) {
        let message = format!("`{}` is what the report is made from", out.display());
        return Err(Failure::in_settings(message).with_help("name another file with `-o`"));
    }
    may_write_sheet(out, options.existing).map_err(|error| Failure::of_file(&error))
}

/// Reads every file; what is wrong with any of them is told at once.
fn read_all(paths: &[PathBuf]) -> Result<Vec<ReportedFile>, Failure> {
    let mut files = Vec::new();
    let mut refusals: Vec<Failure> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        if paths[..at].iter().any(|other| is_same_file(other, path)) {
            let message = format!("`{}` is named twice", path.display());
            refusals
                .push(Failure::in_settings(message).with_help("name each results file once, or its rows count twice"));
            continue;
        }
        match read(path) {
            Ok(file) => files.push(file),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() {
        return Ok(files);
    }
    Err(together(refusals, paths.len()))
}

/// One refusal is told as it is; several are told one under another.
fn together(mut refusals: Vec<Failure>, files: usize) -> Failure {
    if refusals.len() == 1 {
        return refusals.remove(0);
    }
    let message = format!(
        "{} of {} cannot be reported on",
        number(refusals.len()),
        plural(files, "file")
    );
    let ending = if refusals.iter().all(|refusal| refusal.ended.ending == Ending::Stopped) {
        (Ending::Stopped, Reason::Locked)
    } else {
        (Ending::CouldNotStart, Reason::File)
    };
    let mut failure = Failure::new(ending.0, ending.1, message);
    for refusal in refusals {
        failure.details.push(refusal.message);
        for help in refusal.help {
            if !failure.help.contains(&help) {
                failure.help.push(help);
            }
        }
    }
    failure
}

fn read(path: &Path) -> Result<ReportedFile, Failure> {
    if let Some(writer) = writer_of(path) {
        let message = format!("a run is writing `{}` ({writer})", path.display());
        return Err(Failure::new(Ending::Stopped, Reason::Locked, message)
            .with_help("wait until it ends: only then is it known what became of every row"));
    }
    let history = History::read(path).map_err(|error| not_results(&error, None))?;
    let log = RunLog::read(path).map_err(|error| {
        let log = run_log_path(path);
        let message = format!("failed to read the records of runs in `{}`: {error}", log.display());
        Failure::in_file(message).with_help("let it be read, or move it away: the report can do without it")
    })?;
    let undone_by = undone_since(path).map(|undone| file_name(&undone.sheet));
    Ok(ReportedFile {
        name: file_name(path),
        history,
        log,
        undone_by,
    })
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// Says what the report comes to, and where it is.
fn tell(material: &Material, options: &ReportOptions, sentence: &str, console: Console<'_>) -> Result<Ending, Failure> {
    let shape = ReportShape::of(&material.report, options.out.as_deref().map(shown_path));
    let object = Object::of(Ended::DONE, sentence, &shape);
    match (&options.out, console.output) {
        (Some(_), _) => console.found(&object, |_| Ok(())),
        (None, OutputFormat::Json) => deliver(|out| write_json(&object, out))?,
        (None, OutputFormat::Text) => {}
    }
    console.tell(format!("{sentence}\n"));
    for gap in material.report.gaps() {
        console.tell(format!("note: {gap}\n"));
    }
    if let Some(out) = &options.out {
        console.tell(format!("the report is {}\n", shown_path(out)));
    }
    Ok(Ending::Done)
}
