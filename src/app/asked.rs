//! Whether a command that can do without an organization asks it, and the asking.

use super::console::Console;
use super::ending::Reason;
use super::failure::Failure;
use super::inputs::{settings, survey, tell_warnings};
use super::organization::{Doorway, Organization};
use super::session::{Session, in_session};
use crate::cli::{Asking, Target};
use crate::problem::Severity;
use crate::settings::{Absence, Finding, Overrides, Reach, Settings};
use crate::text::joined;

/// Of what is missing beyond these only the number is told.
const MOST_MISSING: usize = 3;

/// Whom such a command asks.
pub(super) enum Asked {
    /// The organization of these settings, or the simulated one.
    Organization(Box<Settings>),
    /// Nobody.
    Nobody {
        settings: Box<Settings>,
        /// Why it is not asked, as the beginning of a sentence; `None` where that is wanted.
        why: Option<String>,
    },
}

/// The organization is asked where all that it takes is configured. Where some of it is missing, that is no mistake; what is
/// configured and wrong is one.
///
/// # Errors
/// Everything wrong with the configuration; `without` then says how to do without the organization.
pub(super) fn asked(
    (target, asking): (Target, Asking),
    without: &str,
    overrides: &Overrides,
    console: Console<'_>,
) -> Result<Asked, Failure> {
    let load = |reach| settings(overrides, reach, console).map(Box::new);
    match (target, asking) {
        (_, Asking::Never) => {
            let settings = load(Reach::Offline)?;
            return Ok(Asked::Nobody { settings, why: None });
        }
        (Target::Sandbox, Asking::IfConfigured) => return load(Reach::Offline).map(Asked::Organization),
        (Target::Configured, Asking::IfConfigured) => {}
    }
    let findings = match survey(overrides, Absence::Fault)?.settings {
        Ok(settings) => {
            tell_warnings(&settings, console);
            return Ok(Asked::Organization(Box::new(settings)));
        }
        Err(findings) => findings,
    };
    let errors = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    let (missing, wrong): (Vec<Finding>, Vec<Finding>) = errors.partition(Finding::is_absence);
    if !wrong.is_empty() {
        return Err(Failure::configuration(wrong).with_help(without));
    }
    let settings = load(Reach::Offline)?;
    let missing: Vec<&str> = missing.iter().map(|finding| finding.what.as_str()).collect();
    let why = match &settings.address {
        None => "no organization is configured".to_owned(),
        Some(address) => {
            let missing = joined(&missing, MOST_MISSING);
            format!("`{}` was not asked ({missing})", address.organization)
        }
    };
    let why = Some(why);
    Ok(Asked::Nobody { settings, why })
}

/// What `read` finds out of the organization.
///
/// # Errors
/// If it cannot be asked; `without` then says how to do without it.
pub(super) fn ask<T>(
    settings: &Settings,
    target: Target,
    without: &str,
    console: Console<'_>,
    read: impl AsyncFnOnce(&Session<'_>, &Organization) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let found = in_session(settings, console, async |session: &Session<'_>| {
        let doorway = Doorway::of(session, target).await?;
        let organization = doorway.open().await?;
        organization.check_id(session).await?;
        read(session, &organization).await
    });
    found.map_err(|failure| match (failure.ended.reason, target) {
        (Reason::Interrupted, _) | (_, Target::Sandbox) => failure,
        (_, Target::Configured) => failure.with_help(without),
    })
}
