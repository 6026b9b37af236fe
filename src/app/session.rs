//! The surroundings of one command that works on an organization.

use super::console::Console;
use super::relay::Relay;
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
