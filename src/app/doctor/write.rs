//! The configuration file that is written from what was found.

use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::findings::Findings;
use crate::app::next::Typed;
use crate::doctor::{Check, FileOutcome, file};
use crate::files::{self, Existing, folder_of};
use crate::settings::{Comparison, Entry, FoundOut, NewProfile, Overrides, Survey, System};

/// What a profile rests on: a value that may be wrong must not be written down.
const NEEDED: [Check; 7] = [
    Check::Configuration,
    Check::Secret,
    Check::Proxy,
    Check::Dns,
    Check::Tls,
    Check::Token,
    Check::Organization,
];

/// Writes it, if sign-in has worked. A file that is there keeps every byte: what it lacks is added, and nothing if it says
/// otherwise.
pub(super) fn write(known: &Survey, found: &FoundOut, overrides: &Overrides, findings: &mut Findings<'_>) {
    let name = known.profile.as_deref().unwrap_or_default();
    let is_sound = !NEEDED.iter().any(|check| findings.has_failed(*check)) && findings.has_passed(Check::Token);
    let settings = known.settings.as_ref().ok().filter(|_| is_sound);
    let profile = settings.and_then(|settings| NewProfile::of(name, settings, overrides, found));
    let outcome = profile.map_or(FileOutcome::Untried, |profile| outcome(known, &profile));
    let next = Typed::here().plan_with_the_profile();
    findings.add(file(&known.place, name, outcome, &next));
}

fn outcome(known: &Survey, profile: &NewProfile) -> FileOutcome {
    match &known.file {
        None => make(&known.place, profile),
        Some(file) if known.has_profile => complete(file, profile),
        Some(file) => add(file, profile),
    }
}

/// A new file, private, whole or not at all, and never over one that appeared meanwhile.
fn make(path: &Path, profile: &NewProfile) -> FileOutcome {
    let text = profile.text(System::here());
    let lines = uncommented(&text);
    let write = || {
        let file = beside(path)?;
        let begin = "# Written by `reseat doctor --write`. docs/configuration.md explains every key.";
        files::fill(&file, |out| write!(out, "{begin}\n\n{text}"))?;
        files::finish(file, path, Existing::Kept)?;
        Ok(FileOutcome::Made)
    };
    write().unwrap_or_else(|error: io::Error| refused(&error, lines))
}

/// The same file with the profile behind what it has.
fn add(path: &Path, profile: &NewProfile) -> FileOutcome {
    let system = System::here();
    let change = |text: &str| Some(profile.behind(text, system));
    let lines = uncommented(&profile.text(system));
    match replace(path, profile, change) {
        Ok(true) => FileOutcome::Added,
        Ok(false) => FileOutcome::Unfit(lines),
        Err(error) => refused(&error, lines),
    }
}

/// The same file with what its profile does not say yet.
fn complete(path: &Path, profile: &NewProfile) -> FileOutcome {
    let Comparison {
        missing,
        contradictions,
    } = profile.compared(path);
    // What is missing may belong to the other organization that is contradicted.
    if !contradictions.is_empty() {
        return FileOutcome::Contradicted(contradictions);
    }
    if missing.is_empty() {
        return FileOutcome::TheSame;
    }
    let lines = missing.iter().map(Entry::dotted_line).collect();
    match replace(path, profile, |text| profile.added_to(text, &missing)) {
        Ok(true) => FileOutcome::Completed(lines),
        Ok(false) => FileOutcome::Unfit(lines),
        Err(error) => refused(&error, lines),
    }
}

/// The file with its text changed so, and the rights that it has. `false`, and nothing is written, if it would not say
/// then what the profile says.
fn replace(path: &Path, profile: &NewProfile, change: impl FnOnce(&str) -> Option<String>) -> io::Result<bool> {
    // What a link points to is replaced, and not the link.
    let path: PathBuf = fs_err::canonicalize(path)?;
    let Some(text) = change(&fs_err::read_to_string(&path)?) else {
        return Ok(false);
    };
    let file = beside(&path)?;
    files::fill(&file, |out| out.write_all(text.as_bytes()))?;
    fs_err::set_permissions(file.path(), fs_err::metadata(&path)?.permissions())?;
    let is_fit = profile.compared(file.path()).is_same();
    if is_fit {
        files::finish(file, &path, Existing::Replaced)?;
    }
    Ok(is_fit)
}

/// A file that is yet to get its name. Nobody has heard of the name that it has until then, so errors tell the folder.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    files::temporary_beside(path).map_err(|error| {
        let folder = folder_of(path).display();
        let what = match error.kind() {
            io::ErrorKind::NotFound => format!("there is no folder `{folder}`; make it, or name another"),
            kind => format!("cannot make a file in the folder `{folder}`: {kind}"),
        };
        io::Error::new(error.kind(), what)
    })
}

fn refused(error: &io::Error, lines: Vec<String>) -> FileOutcome {
    FileOutcome::Refused {
        reason: error.to_string(),
        lines,
    }
}

/// The lines that say something.
fn uncommented(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}
