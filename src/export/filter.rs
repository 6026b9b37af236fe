//! `--where`: of whom or of what a row is wanted.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::model::{BundleCode, GroupRef};

/// One condition; of several all must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// `domain=old.example`: the whole domain of the address, without regard to case.
    Domain(String),
    /// `group=Team 01`
    Group(GroupRef),
    /// `license=ATTUNU`
    License(BundleCode),
    /// `idle>90d`: neither signed in nor used a licence for so many times 24 hours.
    IdleLongerThan(std::time::Duration),
    /// `active=no`
    Active(bool),
    /// `invitation=pending` (`true`) or `invitation=accepted`
    InvitationPending(bool),
    /// `never-signed-in`
    NeverSignedIn,
    /// `created<2026-01-01`: made before the day began.
    CreatedBefore(Date),
}

/// What is wrong with a filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FilterError(String);

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let _ = Timestamp::UNIX_EPOCH;
        Err(FilterError(format!("`{text}` is no filter")))
    }
}
