//! The asynchronous side of a command, started only by the commands that need it.

use std::future::Future;
use std::io;

use super::Ending;
use super::failure::Failure;

/// Carries a command's asynchronous part out; what it leaves behind in the background is not waited for.
///
/// # Errors
/// The runtime cannot be started, or the part fails.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::of(Ending::CouldNotStart, &error))?;
    let worked = runtime.block_on(work);
    runtime.shutdown_background();
    worked
}

/// Waits until the user (Ctrl-C) or the system (SIGTERM) asks for an end, and says which.
///
/// # Errors
/// The system does not let us listen.
pub(super) async fn asked_to_stop() -> io::Result<Ending> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            asked = tokio::signal::ctrl_c() => asked.map(|()| Ending::Interrupted),
            _ = terminate.recv() => Ok(Ending::Terminated),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| Ending::Interrupted)
}
