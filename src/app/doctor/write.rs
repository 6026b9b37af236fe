//! The configuration file that is written from what was found.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::calls::Found;
use super::findings::Findings;
use crate::app::next::Typed;
use crate::doctor::{Check, FileOutcome, file};
use crate::settings::{FoundOut, NewProfile, Overrides, Survey, System};

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

/// Writes it, if sign-in has worked. A file that is there keeps every byte: a profile is added behind, or none at all.
pub(super) fn write(known: &Survey, found: &Found, overrides: &Overrides, findings: &mut Findings) {
    let name = known.profile.as_deref().unwrap_or_default();
    let is_sound = !NEEDED.iter().any(|check| findings.has_failed(*check)) && findings.has_passed(Check::Token);
    let settings = known.settings.as_ref().ok().filter(|_| is_sound);
    let found = FoundOut {
        organization_id: found.organization_id,
        license_route: found.license_route.clone(),
    };
    let profile = settings.and_then(|settings| NewProfile::of(name, settings, overrides, &found));
    let text = profile.as_ref().map(|profile| profile.text(System::here()));
    let text = text.unwrap_or_default();
    let outcome = profile.map_or(FileOutcome::Untried, |profile| outcome(known, &profile, &text));
    let next = Typed::here().plan_with_the_profile();
    findings.add(file(&known.place, name, outcome, &text, &next));
}

fn outcome(known: &Survey, profile: &NewProfile, text: &str) -> FileOutcome {
    if known.has_profile {
        let differences = profile.differences(&known.place);
        return if differences.is_empty() {
            FileOutcome::TheSame
        } else {
            FileOutcome::Different(differences)
        };
    }
    let written = match &known.file {
        Some(file) => add(file, profile, text),
        None => make(&known.place, text),
    };
    written.unwrap_or_else(|error| FileOutcome::Refused(error.to_string()))
}

/// A new file, private, whole or not at all, and never over one that appeared meanwhile.
fn make(path: &Path, text: &str) -> io::Result<FileOutcome> {
    let mut file = beside(path)?;
    let begin = "# Written by `reseat doctor --write`. docs/configuration.md explains every key.\n\n";
    file.write_all(begin.as_bytes())?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(FileOutcome::Made)
}

/// The same file with the profile behind what it has, with the rights that it has.
fn add(path: &Path, profile: &NewProfile, text: &str) -> io::Result<FileOutcome> {
    // What a link points to is replaced, and not the link.
    let path: PathBuf = fs_err::canonicalize(path)?;
    let mut bytes = fs_err::read(&path)?;
    let line_end = if bytes.windows(2).any(|pair| pair == b"\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.extend(line_end.as_bytes());
    }
    bytes.extend(line_end.as_bytes());
    bytes.extend(text.replace('\n', line_end).as_bytes());
    let mut file = beside(&path)?;
    file.write_all(&bytes)?;
    fs_err::set_permissions(file.path(), fs_err::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    if !profile.differences(file.path()).is_empty() {
        return Ok(FileOutcome::Unfit);
    }
    file.persist(&path)?;
    Ok(FileOutcome::Added)
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".reseat-").tempfile_in(folder)
}
