//! Moments as the services tell them.

use jiff::Timestamp;

use super::document::Json;
use super::json::{members, time};

/// When something last was (a sign-in, the use of a licence, the making of an account), as far as an answer tells: to the
/// second, and small, because an organization may have a million users.
///
/// A null means that there is no record: never, longer ago than records are kept, or not filled in yet. Of two words on one
/// use the greater counts: any time more than that there is no record, and that more than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldTime(u32);

/// 2000-01-01, in seconds: what is earlier stands for never (0001-01-01, 1970-01-01).
const FIRST: i64 = 946_684_800;

/// The seconds from [`FIRST`] begin above what stands for no time.
const FIRST_SECOND: u32 = 2;

impl ToldTime {
    /// The answer says nothing of it.
    pub const UNTOLD: Self = Self(0);
    /// The answer says that there is no record.
    pub const UNRECORDED: Self = Self(1);

    /// At this time, up to the year 2136; one long before the service began stands for none.
    pub fn at(time: Timestamp) -> Self {
        match time.as_second() - FIRST {
            ..0 => Self::UNRECORDED,
            seconds => Self(u32::try_from(seconds).unwrap_or(u32::MAX).saturating_add(FIRST_SECOND)),
        }
    }

    /// What the member of this name says.
    pub(super) fn read(value: Json<'_>, name: &str) -> Self {
        let [member] = members(value, [name]);
        Self::said(member)
    }

    /// What this member says; a text that is no time says nothing.
    pub(super) fn said(member: Option<Json<'_>>) -> Self {
        match member {
            Some(null) if null.is_null() => Self::UNRECORDED,
            Some(written) => time(written).map_or(Self::UNTOLD, Self::at),
            None => Self::UNTOLD,
        }
    }

    /// Whether the answer said anything of it, be it that there is no record.
    pub fn is_told(self) -> bool {
        self != Self::UNTOLD
    }

    /// When it was; `None` if there is no record, or nothing was said.
    pub fn time(self) -> Option<Timestamp> {
        let seconds = self.0.checked_sub(FIRST_SECOND)?;
        Timestamp::from_second(FIRST + i64::from(seconds)).ok()
    }
}

impl Default for ToldTime {
    fn default() -> Self {
        Self::UNTOLD
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::document::Document;

    #[test]
    fn a_time_is_told_from_no_record_and_both_from_no_word() {
        let read = |value: Value| ToldTime::read(Document::of(&value).json(), "lastInUse");
        let time = |text: &str| ToldTime::at(text.parse().unwrap());
        for written in ["2026-10-30T08:41:10.0901663", "2026-10-30T10:41:10+02:00"] {
            assert_eq!(read(json!({"LastInUse": written})), time("2026-10-30T08:41:10Z"));
        }
        for never in [json!(null), json!("0001-01-01T00:00:00"), json!("1970-01-01T00:00:00Z")] {
            assert_eq!(read(json!({"lastInUse": never})), ToldTime::UNRECORDED);
        }
        for untold in [json!({}), json!({"lastInUse": "yesterday"}), json!({"lastInUse": 3})] {
            assert!(!read(untold).is_told());
        }
        assert_eq!(
            time("2026-10-30T08:41:10Z").time(),
            Some("2026-10-30T08:41:10Z".parse().unwrap())
        );
        assert_eq!((ToldTime::UNTOLD.time(), ToldTime::UNRECORDED.time()), (None, None));
    }
}
