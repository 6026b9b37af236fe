//! Passes events on to the current progress display, because the client lives longer than one progress bar.

use std::sync::{Arc, Mutex, PoisonError};

use crate::event::{Event, Observer, silent};

/// An observer whose listener can be changed.
#[derive(Clone)]
pub(super) struct Relay(Arc<Mutex<Observer>>);

impl Default for Relay {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(silent())))
    }
}

impl Relay {
    /// Sends events here from now on.
    pub(super) fn to(&self, listener: Observer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = listener;
    }

    /// The observer to hand out.
    pub(super) fn observer(&self) -> Observer {
        let relay = self.clone();
        Arc::new(move |event: Event| {
            let listener = Arc::clone(&relay.0.lock().unwrap_or_else(PoisonError::into_inner));
            listener(event);
        })
    }
}
