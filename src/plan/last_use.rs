//! Whether somebody has used their seat since a moment that a row names. Pure.

use jiff::Timestamp;

use super::settled::verdict;
use super::{RowReason, Verdict};
use crate::api::LastUse;
use crate::model::Status;

/// What is known of somebody's last use. The two are different facts: background use is no sign-in, and a sign-in may
/// use no licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// When a licence was last in use, as the licence service has it.
    pub in_use: LastUse,
    /// When the person last signed in, as the directory has it.
    pub signed_in: LastUse,
}

impl Seen {
    /// The same, with a later word on when a licence was in use.
    #[must_use]
    pub fn in_use_at(self, in_use: LastUse) -> Self {
        Self {
            in_use: if in_use.is_told() { in_use } else { self.in_use },
            ..self
        }
    }

    /// The same, with a later word on the last sign-in.
    #[must_use]
    pub fn signed_in_at(self, signed_in: LastUse) -> Self {
        Self {
            signed_in: if signed_in.is_told() { signed_in } else { self.signed_in },
            ..self
        }
    }

    /// The later of the two; `None` if there is no record of either.
    fn last(self) -> Option<Timestamp> {
        self.in_use.time().max(self.signed_in.time())
    }

    /// Whether anything was said of either.
    fn is_told(self) -> bool {
        self.in_use.is_told() || self.signed_in.is_told()
    }
}

/// Whether a row may go on that is only for whoever has not used the seat after `since`. Nobody is held to have used it of
/// whom there is no record.
///
/// # Errors
/// How the row ends, where the seat was used since, or where nothing tells.
pub fn unused_since(since: Timestamp, seen: Seen) -> Result<(), Verdict> {
    if !seen.is_told() {
        let message = "when the seat was last used cannot be read here, nor when the person last signed in, so whether \
                       it was used since cannot be told; empty the row's `unless_used_since` to do without";
        return Err(verdict(Status::Rejected, RowReason::UseUnreadable, message));
    }
    let Some(last) = seen.last().filter(|last| *last > since) else {
        return Ok(());
    };
    let words = |time: Option<Timestamp>| time.map_or_else(|| "no record".to_owned(), |time| time.to_string());
    let told = |used: LastUse| {
        if used.is_told() {
            words(used.time())
        } else {
            "unknown".to_owned()
        }
    };
    let message = format!(
        "the seat was used at {last}, after {since}, so it is kept (last in use: {}, last sign-in: {})",
        told(seen.in_use),
        told(seen.signed_in)
    );
    Err(verdict(Status::Skipped, RowReason::UsedSince, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        format!("{text}Z").parse().unwrap()
    }

    #[test]
    fn the_later_of_the_two_counts_and_no_record_never_does() {
        const SINCE: &str = "2026-10-01T00:00:00";
        let (before, after, far) = ("2026-09-30T23:59:59", "2026-10-01T00:00:01", "2199-01-01T00:00:00");
        let at = |text: &str| match text {
            "?" => LastUse::UNTOLD,
            "-" => LastUse::UNRECORDED,
            text => LastUse::at(time(text)),
        };
        for (in_use, signed_in, expected) in [
            (before, before, "goes on"),
            (after, before, "used_since"),
            (before, after, "used_since"),
            ("-", after, "used_since"),
            (after, "?", "used_since"),
            ("-", "-", "goes on"),
            ("-", "?", "goes on"),
            ("?", "-", "goes on"),
            (before, "-", "goes on"),
            (SINCE, SINCE, "goes on"),
            (far, before, "used_since"),
            ("?", "?", "use_unreadable"),
        ] {
            let seen = Seen {
                in_use: at(in_use),
                signed_in: at(signed_in),
            };
            let ends = match unused_since(time(SINCE), seen) {
                Ok(()) => "goes on".to_owned(),
                Err(verdict) => verdict.code.to_string(),
            };
            assert_eq!(ends, expected, "{in_use} {signed_in}");
        }
    }
}
