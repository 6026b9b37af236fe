//! The way to the service: proxy, name, connection, certificate, clock.

use super::findings::Findings;
use crate::settings::Survey;

/// Looks at the way to each host that the settings name, as far as they are known.
pub(super) async fn look(known: &Survey, findings: &mut Findings) {
    let _ = (known, findings);
}
