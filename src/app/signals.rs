//! Ctrl-C and SIGTERM: the first stops politely, the second at once.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use super::Ending;

/// What the signals have asked for so far.
#[derive(Clone, Default)]
pub(super) struct Signals {
    /// Cancelled by the first signal, and by a run that stops itself.
    pub(super) stop: CancellationToken,
    /// Cancelled by the second signal.
    pub(super) abort: CancellationToken,
    first: Arc<OnceLock<Ending>>,
}

impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> Self {
        let signals = Self::default();
        let listening = signals.clone();
        tokio::spawn(async move {
            let first = next().await;
            // Cannot be set already: this task alone sets it.
            let _ = listening.first.set(first);
            listening.stop.cancel();
            next().await;
            listening.abort.cancel();
        });
        signals
    }

    /// How the command ends if a signal came: by which one.
    pub(super) fn ending(&self) -> Option<Ending> {
        self.first.get().copied()
    }
}

#[cfg(unix)]
async fn next() -> Ending {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => Ending::Terminated,
            () = interrupt() => Ending::Interrupted,
        },
        Err(_) => {
            interrupt().await;
            Ending::Interrupted
        }
    }
}

#[cfg(not(unix))]
async fn next() -> Ending {
    interrupt().await;
    Ending::Interrupted
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the system's own way of stopping holds.
        std::future::pending::<()>().await;
    }
}
