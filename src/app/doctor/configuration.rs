//! The configuration, and whether its secret can be read.

use std::time::Instant;

use secrecy::{ExposeSecret, SecretString};

use super::findings::Findings;
use crate::app::failure::Failure;
use crate::app::first_steps::first_steps;
use crate::app::inputs::survey;
use crate::app::rights::Rights;
use crate::app::secret::read_secret;
use crate::doctor::{Likeness, SecretSeen, configuration, is_quoted, no_secret, secret, untold_of_runs};
use crate::settings::{Absence, NoticeAddress, Notify, Overrides, SecretSource, Survey};

/// Looks at it.
///
/// # Errors
/// If there is no working folder.
pub(super) fn look(overrides: &Overrides, absence: Absence, findings: &mut Findings<'_>) -> Result<Survey, Failure> {
    let known = survey(overrides, absence)?;
    let first = known.settings.as_ref().err().and_then(|problems| first_steps(problems));
    for finding in configuration(&known, first.as_ref()) {
        findings.add(finding);
    }
    if let Ok(settings) = &known.settings
        && let Some(Notify::File(path)) = &settings.notify
        && let Err(why) = NoticeAddress::read(path)
    {
        findings.add(untold_of_runs(&why));
    }
    Ok(known)
}

/// Reads the secret. What was read is there for signing in, so that nobody is asked twice.
pub(super) async fn look_at_secret(known: &Survey, findings: &mut Findings<'_>) -> Option<SecretString> {
    let Some(source) = &known.secret else {
        findings.add(no_secret());
        return None;
    };
    let connection = known
        .settings
        .as_ref()
        .ok()
        .and_then(|settings| settings.connection.as_ref());
    let credentials = connection.map(|connection| &connection.credentials);
    let begun = Instant::now();
    let read = read_secret(source, findings.console()).await;
    let seen = read.as_ref().map(|read| SecretSeen {
        is_quoted: is_quoted(read.expose_secret()),
        likeness: credentials.map_or(Likeness::None, |credentials| {
            Likeness::of(read.expose_secret(), credentials)
        }),
        open_mode: open_mode(source),
    });
    for finding in secret(source, seen) {
        findings.add(finding.after(begun.elapsed()));
    }
    read.ok()
}

/// The rights of the secret's file, where others than the owner have any.
fn open_mode(source: &SecretSource) -> Option<u32> {
    let SecretSource::File { path, .. } = source else {
        return None;
    };
    // Whoever has just read it can say why its rights cannot be asked for.
    let mode = Rights::of(&fs_err::metadata(path).ok()?)?.mode & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}
