//! Accounts that the sheet makes, but not yet: the rows that make them wait for their date.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{RowReason, Verdict};
use crate::model::{AsOf, Place, Row, Status, UserRef};
use crate::text::fold;

/// The accounts that rows make which are not due yet. Rows about them wait as well, and are not refused for want of an
/// account.
#[derive(Debug, Clone, Default)]
pub struct Awaited {
    as_of: AsOf,
    accounts: HashMap<String, (Place, Timestamp)>,
}

impl Awaited {
    /// None yet, of a sheet that is planned as of then.
    pub fn none(as_of: AsOf) -> Self {
        Self {
            as_of,
            accounts: HashMap::new(),
        }
    }

    /// As of when the sheet is planned.
    pub(super) fn as_of(&self) -> &AsOf {
        &self.as_of
    }

    /// Adds what a row makes that is due at this instant.
    pub fn add(&mut self, row: &Row, due: Timestamp) {
        for name in row.operation.names_made() {
            self.accounts
                .entry(fold(name))
                .or_insert_with(|| (row.place.clone(), due));
        }
    }

    /// The row that makes the user's account, if it is not due yet.
    pub(super) fn maker(&self, user: &UserRef) -> Option<&Place> {
        self.accounts.get(&user.fold()).map(|(place, _)| place)
    }

    /// The end of a row about somebody who has no account, if a row makes one that is not due yet.
    pub(super) fn verdict(&self, user: &UserRef) -> Option<Verdict> {
        let (place, due) = self.accounts.get(&user.fold())?;
        let message = format!(
            "`{}` has no account yet; {place}, which makes it, {}",
            user.label(),
            waits_until(*due, &self.as_of)
        );
        Some(Verdict::new(Status::Waiting, RowReason::NotBefore, message))
    }
}

/// What is said of a row that is due at this instant.
pub fn waits_until(due: Timestamp, as_of: &AsOf) -> String {
    format!("waits until {}", as_of.show(due))
}
