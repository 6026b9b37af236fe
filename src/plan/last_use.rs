//! Whether somebody has used their seat since a moment that a row names. Pure.

use jiff::Timestamp;

use super::{RowReason, Verdict};
use crate::api::ToldTime;
use crate::directory::Snapshot;
use crate::model::{AsOf, GroupId, Status, UserId};

/// What is known of somebody's last use. The two are different facts: background use is no sign-in, and a sign-in may
/// use no licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// When a licence was last in use, as the licence service has it.
    pub in_use: ToldTime,
    /// When the person last signed in, as the directory has it.
    pub signed_in: ToldTime,
}

impl Seen {
    /// What was read of the user; for a row about what is held by this group's rule, also of that seat.
    pub fn of(user: UserId, group: Option<GroupId>, snapshot: &Snapshot) -> Self {
        let direct = snapshot.last_in_use(user);
        let in_use = match group.and_then(|group| snapshot.leases()?.of(group, user)) {
            None => direct,
            // That nothing else was used says nothing of this seat.
            Some(lease) if !lease.last_in_use.is_told() && direct.time().is_none() => ToldTime::UNTOLD,
            Some(lease) => direct.max(lease.last_in_use),
        };
        let signed_in = snapshot.user_by_id(user).map(|user| user.last_login);
        Self {
            in_use,
            signed_in: signed_in.unwrap_or_default(),
        }
    }

    /// The same, with another word on when a licence was in use.
    #[must_use]
    pub fn in_use_at(self, in_use: ToldTime) -> Self {
        Self {
            in_use: self.in_use.max(in_use),
            ..self
        }
    }

    /// The same, with another word on the last sign-in.
    #[must_use]
    pub fn signed_in_at(self, signed_in: ToldTime) -> Self {
        Self {
            signed_in: self.signed_in.max(signed_in),
            ..self
        }
    }

    /// The later of the two; `None` if there is no record of either.
    fn last(self) -> Option<Timestamp> {
        self.in_use.time().max(self.signed_in.time())
    }
}

/// Whether a row may go on that is only for whoever has not used the seat after `since`. Nobody is held to have used it of
/// whom there is no record; where uses are not told at all, who has not signed in may have used it all the same. Times are
/// told as the sheet's clocks show them.
///
/// # Errors
/// How the row ends, where the seat was used since, or where nothing tells.
pub fn unused_since(since: Timestamp, seen: Seen, as_of: &AsOf) -> Result<(), Verdict> {
    let Some(last) = seen.last().filter(|last| *last > since) else {
        if seen.in_use.is_told() {
            return Ok(());
        }
        let message = "when the seat was last used cannot be read here, so whether it was used since cannot be told; empty \
                       the row's `unless_used_since` to do without";
        return Err(Verdict::new(Status::Rejected, RowReason::UseUnreadable, message));
    };
    let words = |time: Option<Timestamp>| time.map_or_else(|| "no record".to_owned(), |time| as_of.show(time));
    let told = |used: ToldTime| {
        if used.is_told() {
            words(used.time())
        } else {
            "unknown".to_owned()
        }
    };
    let how = if seen.in_use.time() == Some(last) {
        "a licence was in use"
    } else {
        "the person signed in"
    };
    let message = format!(
        "{how} at {}, after {}, so the seat is kept (last in use: {}, last sign-in: {})",
        as_of.show(last),
        as_of.show(since),
        told(seen.in_use),
        told(seen.signed_in)
    );
    Err(Verdict::new(Status::Skipped, RowReason::UsedSince, message))
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
            "?" => ToldTime::UNTOLD,
            "-" => ToldTime::UNRECORDED,
            text => ToldTime::at(time(text)),
        };
        for (in_use, signed_in, expected) in [
            (before, before, "goes on"),
            (after, before, "used_since"),
            (before, after, "used_since"),
            ("-", after, "used_since"),
            (after, "?", "used_since"),
            ("-", "-", "goes on"),
            ("-", "?", "goes on"),
            ("?", after, "used_since"),
            ("?", before, "use_unreadable"),
            ("?", "-", "use_unreadable"),
            (before, "-", "goes on"),
            (SINCE, SINCE, "goes on"),
            (far, before, "used_since"),
            ("?", "?", "use_unreadable"),
        ] {
            let seen = Seen {
                in_use: at(in_use),
                signed_in: at(signed_in),
            };
            let ends = match unused_since(time(SINCE), seen, &AsOf::default()) {
                Ok(()) => "goes on".to_owned(),
                Err(verdict) => verdict.code.to_string(),
            };
            assert_eq!(ends, expected, "{in_use} {signed_in}");
        }
    }

    #[test]
    fn the_message_says_which_of_the_two_keeps_the_seat_by_the_clocks_of_the_sheet() {
        let told = |in_use, signed_in| {
            let seen = Seen { in_use, signed_in };
            let as_of = AsOf {
                zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(2)),
                ..AsOf::default()
            };
            unused_since(time("2026-09-30T22:00:00"), seen, &as_of)
                .unwrap_err()
                .message
        };
        let (early, late) = (time("2026-10-02T00:00:00"), time("2026-10-03T00:00:00"));
        assert_eq!(
            told(ToldTime::at(late), ToldTime::at(early)),
            "a licence was in use at 2026-10-03T02:00:00+02:00, after 2026-10-01T00:00:00+02:00, so the seat is kept \
             (last in use: 2026-10-03T02:00:00+02:00, last sign-in: 2026-10-02T02:00:00+02:00)"
        );
        assert_eq!(
            told(ToldTime::UNRECORDED, ToldTime::at(late)),
            "the person signed in at 2026-10-03T02:00:00+02:00, after 2026-10-01T00:00:00+02:00, so the seat is kept \
             (last in use: no record, last sign-in: 2026-10-03T02:00:00+02:00)"
        );
    }
}
