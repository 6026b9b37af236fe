//! The runtime that commands with a network run on.

use tokio::runtime::{Builder, Runtime};

use super::Ending;
use super::failure::Failure;

/// Starts it.
///
/// # Errors
/// The system gives no threads.
pub(super) fn start() -> Result<Runtime, Failure> {
    Builder::new_multi_thread().enable_all().build().map_err(|error| Failure {
        causes: vec![error.to_string()],
        ..Failure::new(Ending::CouldNotStart, "failed to start the runtime")
    })
}
