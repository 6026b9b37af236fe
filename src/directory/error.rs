//! Why the organization's state could not be read.

use crate::api::CallError;
use crate::text::plural;

/// A read that failed; the text reads after "failed to".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// A call failed.
    #[error("read {what}: {source}")]
    Call {
        /// What was being read.
        what: &'static str,
        /// How it failed.
        source: CallError,
    },
    /// The installation has no way to tell who holds licences.
    #[error(
        "read who holds licences: licensed users are not listed here, and no call that this application may make tells \
         what the {} hold",
        plural(*accounts, "account")
    )]
    NoHolders {
        /// How many accounts there are.
        accounts: usize,
        /// What the listing answered, or else the call for many accounts.
        #[source]
        source: CallError,
    },
    /// No account at all is listed.
    #[error("read the users: the listing is empty, although every organization has somebody who administrates it")]
    Nobody,
    /// Users came without the groups that they are in.
    #[error("read which groups the accounts are in: the service left that out of its answer")]
    Groups,
    /// The installation has no way to read users' direct allocations.
    #[error(
        "read the direct licence allocations: no route of this installation tells them to this application, so no row \
         can run that has to know what a user holds"
    )]
    NoAllocations {
        /// The portal's answer; `None` if the deployment is known to lack it.
        #[source]
        source: Option<CallError>,
    },
}

impl ReadError {
    /// The call behind it, if one was made.
    pub fn call(&self) -> Option<&CallError> {
        match self {
            Self::Call { source, .. } | Self::NoHolders { source, .. } => Some(source),
            Self::Nobody | Self::Groups => None,
            Self::NoAllocations { source } => source.as_ref(),
        }
    }
}
