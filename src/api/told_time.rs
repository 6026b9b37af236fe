//! Moments as the services tell them.

use jiff::Timestamp;
use serde_json::Value;

use super::json::{member, time};

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

    /// What the member of this name says; a text that is no time says nothing.
    pub(super) fn read(value: &Value, name: &str) -> Self {
        match member(value, &[name]) {
            Some(written) => time(written).map_or(Self::UNTOLD, Self::at),
            None if has_member(value, name) => Self::UNRECORDED,
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

fn has_member(value: &Value, name: &str) -> bool {
    let members = value.as_object();
    members.is_some_and(|members| members.keys().any(|key| key.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_told_from_no_record_and_both_from_no_word() {
        let read = |value: Value| ToldTime::read(&value, "lastInUse");
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
