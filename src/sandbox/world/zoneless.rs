//! Times as the services write them: seven digits of a second, in UTC, and no zone that says so (`uipath-api`, 10).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serializer, de};

/// The time as text.
pub(crate) fn text(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.7f")
        .to_string()
}

/// Also of a time with a zone, as earlier state files have it.
fn parse(text: &str) -> Option<Timestamp> {
    let zoned = || text.parse().ok();
    let civil: Option<DateTime> = text.parse().ok();
    zoned().or_else(|| Some(civil?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

fn read<E: de::Error>(text: &str) -> Result<Timestamp, E> {
    parse(text).ok_or_else(|| E::custom(format!("`{text}` is no time")))
}

pub(crate) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*time))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    read(&String::deserialize(deserializer)?)
}

/// The same of a time that may be missing.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, read, text};

    #[expect(clippy::ref_option, reason = "serde asks for this form")]
    pub(crate) fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_some(&text(*time)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read(&text)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_seven_digits_and_no_zone_and_is_read_back_with_or_without_one() {
        let time: Timestamp = "2025-08-12T06:41:10.0901663Z".parse().unwrap();
        assert_eq!(text(time), "2025-08-12T06:41:10.0901663");
        for written in ["2025-08-12T06:41:10.0901663", "2025-08-12T08:41:10.0901663+02:00"] {
            assert_eq!(parse(written), Some(time));
        }
        assert_eq!(
            text("2026-11-29T00:00:00Z".parse().unwrap()),
            "2026-11-29T00:00:00.0000000"
        );
        assert_eq!(parse("yesterday"), None);
    }
}
