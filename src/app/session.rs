//! The surroundings of one command that works on an organization.

use super::console::Console;
use super::failure::Failure;
use super::relay::Relay;
use super::runtime::block_on;
use super::signals::Signals;
use crate::settings::Settings;

/// The environment of one command, or of one sheet of many.
pub(super) struct Session<'a> {
    pub(super) settings: &'a Settings,
    pub(super) console: Console<'a>,
    pub(super) signals: Signals,
    pub(super) relay: Relay,
}

impl<'a> Session<'a> {
    pub(super) fn new(settings: &'a Settings, console: Console<'a>, signals: Signals) -> Self {
        Self {
            settings,
            console,
            signals,
            relay: Relay::default(),
        }
    }
}

/// Carries out what changes nothing in a session of its own, and gives it up at the first signal.
///
/// # Errors
/// If a signal came first, or the work fails.
pub(super) fn in_session<T>(
    settings: &Settings,
    console: Console<'_>,
    work: impl AsyncFnOnce(&Session<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    block_on(async {
        let signals = Signals::listen();
        let session = Session::new(settings, console, signals.clone());
        // Boxed, because it holds all that is read.
        signals.obeyed_by(Box::pin(work(&session))).await
    })
}
