//! The clock of the client.

use std::time::Instant;

/// The clock that quotas, pauses and tokens go by: the runtime's, which tests may set.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
