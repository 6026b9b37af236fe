//! Ctrl-C, SIGTERM and SIGHUP: the first stops gracefully, the second at once.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use super::Ending;
use super::ending::Reason;
use super::failure::Failure;
use super::runtime::StopSignals;

/// What the signals have asked for so far.
#[derive(Clone, Default)]
pub(super) struct Signals {
    /// Cancelled by the first signal, and by a run that stops itself.
    pub(super) stop: CancellationToken,
    /// Cancelled by the second signal.
    pub(super) abort: CancellationToken,
    /// Cancelled by the first signal, and by nothing else.
    pub(super) asked: CancellationToken,
    first: Arc<OnceLock<Ending>>,
}

impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> Self {
        let signals = Self::default();
        // Without a handler the system's default applies: the process ends.
        let Ok(mut caught) = StopSignals::catch() else {
            return signals;
        };
        let listening = signals.clone();
        tokio::spawn(async move {
            let first = next(&mut caught).await;
            // Cannot be set already, because only this task sets it.
            let _ = listening.first.set(first);
            listening.asked.cancel();
            listening.stop.cancel();
            next(&mut caught).await;
            listening.abort.cancel();
        });
        signals
    }

    /// The same for one of several runs, which may stop itself and not the others.
    pub(super) fn for_one_run(&self) -> Self {
        Self {
            stop: self.stop.child_token(),
            abort: self.abort.child_token(),
            asked: self.asked.child_token(),
            first: Arc::clone(&self.first),
        }
    }

    /// Carries out what changes nothing, and gives it up at the first signal.
    ///
    /// # Errors
    /// If a signal came first, or the work fails.
    pub(super) async fn obeyed_by<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                let message = "interrupted; nothing was changed";
                Err(Failure::new(self.interrupted(), Reason::Interrupted, message))
            }
            done = work => done,
        }
    }

    /// How the command ends because of a signal.
    pub(super) fn interrupted(&self) -> Ending {
        self.first.get().copied().unwrap_or(Ending::Interrupted)
    }
}

async fn next(caught: &mut StopSignals) -> Ending {
    match caught.next().await {
        Ok(ending) => ending,
        Err(_) => std::future::pending().await,
    }
}
