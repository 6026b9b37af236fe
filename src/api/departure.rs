//! A word before a call leaves.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

/// Asked once for a call that changes something, after every wait and before its first request leaves: says whether it
/// may. What has to be on disk before a call is put there meanwhile.
#[derive(Clone)]
pub struct DepartureGate(Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>);

impl DepartureGate {
    /// A gate that asks `may_leave`.
    pub fn new(may_leave: impl Fn() -> BoxFuture<'static, bool> + Send + Sync + 'static) -> Self {
        Self(Arc::new(may_leave))
    }

    pub(super) async fn may_leave(&self) -> bool {
        (self.0)().await
    }
}

impl fmt::Debug for DepartureGate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DepartureGate")
    }
}
