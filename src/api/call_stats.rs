//! What a run has cost so far.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::event::{Method, Service};

/// Counts for the summary and the results file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallStats {
    /// Requests sent, retries included.
    pub calls: BTreeMap<(Service, Method), u64>,
    /// Requests sent again after a fault.
    pub retries: u64,
    /// Answers with status 429.
    pub throttled: u64,
    /// Those of them that came although a limit is known and was kept.
    pub throttled_within_limits: u64,
    /// For how long some call was held back by a quota or by the server's wish; calls held back together count once.
    pub waited: Duration,
}

impl CallStats {
    /// Every request of one method, over the services other than sign-in.
    pub fn of(&self, method: Method) -> u64 {
        self.calls
            .iter()
            .filter(|((service, of), _)| *of == method && *service != Service::Token)
            .map(|(_, count)| count)
            .sum()
    }
}
