//! What a server says about when to come back: `Retry-After` and the `RateLimit` headers.

use std::cmp::Reverse;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longer than any sensible pause, and short enough to be added to any clock.
const LONGEST: Duration = Duration::from_hours(8784);

/// A reset above this is a point in time (seconds since 1970), not a number of seconds from now.
const EPOCH_SECONDS: u64 = 500_000_000;

/// One above this counts in milliseconds.
const EPOCH_MILLISECONDS: u64 = EPOCH_SECONDS * 1_000;

/// How long a `Retry-After` value asks to wait: a number of seconds, or an HTTP date in any of its three forms.
/// `None` if it is neither.
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    seconds(value).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default().min(LONGEST))
    })
}

/// What the `RateLimit` headers say of the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateLimitHeaders {
    /// How many calls are left.
    pub remaining: Option<u64>,
    /// When the budget is whole again.
    pub reset: Option<Duration>,
}

impl RateLimitHeaders {
    /// Reads the headers in each of their styles: `RateLimit-Remaining` and `RateLimit-Reset` (with or without `X-`),
    /// `RateLimit: limit=100, remaining=50, reset=5`, and `RateLimit: "default";r=50;t=30`, of which the tightest
    /// policy counts. `header` finds a header by its name in lower case; `now` is asked only where a reset is a time.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now: impl Fn() -> SystemTime) -> Self {
        let either = |plain: &str, marked: &str| header(plain).or_else(|| header(marked));
        let remaining = either("ratelimit-remaining", "x-ratelimit-remaining").and_then(count);
        let reset = either("ratelimit-reset", "x-ratelimit-reset").and_then(|value| reset(value, &now));
        let combined = header("ratelimit")
            .map(|value| combined(value, &now))
            .unwrap_or_default();
        Self {
            remaining: remaining.or(combined.remaining),
            reset: reset.or(combined.reset),
        }
    }
}

fn combined(value: &str, now: &impl Fn() -> SystemTime) -> RateLimitHeaders {
    let mut listed = RateLimitHeaders::default();
    let mut tightest: Option<RateLimitHeaders> = None;
    for item in value.split(',') {
        let mut policy = RateLimitHeaders::default();
        for (key, value) in item.split(';').filter_map(|part| part.split_once('=')) {
            match key.trim() {
                "r" => policy.remaining = count(value),
                "t" => policy.reset = reset(value, now),
                "remaining" => listed.remaining = count(value),
                "reset" => listed.reset = reset(value, now),
                _ => {}
            }
        }
        // Of those with as little left the one that takes longer to be whole again.
        let tighter = |known: RateLimitHeaders| {
            (policy.remaining, Reverse(policy.reset)) < (known.remaining, Reverse(known.reset))
        };
        if policy.remaining.is_some() && tightest.is_none_or(tighter) {
            tightest = Some(policy);
        }
    }
    tightest.unwrap_or(listed)
}

fn count(value: &str) -> Option<u64> {
    value.trim().parse().ok()
}

fn seconds(value: &str) -> Option<Duration> {
    if let Ok(whole) = value.parse::<u64>() {
        return Some(Duration::from_secs(whole).min(LONGEST));
    }
    let digits = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let fraction = value.parse::<f64>().ok().filter(|_| digits)?;
    Some(Duration::try_from_secs_f64(fraction).unwrap_or(LONGEST).min(LONGEST))
}

fn reset(value: &str, now: impl Fn() -> SystemTime) -> Option<Duration> {
    let asked = seconds(value.trim())?;
    match value.trim().parse::<u64>() {
        Ok(stamp) if stamp > EPOCH_SECONDS => {
            let since = if stamp > EPOCH_MILLISECONDS {
                Duration::from_millis(stamp)
            } else {
                Duration::from_secs(stamp)
            };
            let at = UNIX_EPOCH + since.min(LONGEST * 100);
            Some(at.duration_since(now()).unwrap_or_default().min(LONGEST))
        }
        _ => Some(asked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    fn then() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(784_111_777)
    }

    #[test]
    fn seconds_and_every_form_of_date_are_read() {
        for (value, asked) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("1.5", Some(1)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
            ("Sun Nov  6 08:51:37 1994", Some(120)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("inf", None),
            ("", None),
        ] {
            let read = retry_after(value, then()).map(|length| length.as_secs());
            assert_eq!(read, asked, "{value}");
        }
    }

    #[test]
    fn an_absurd_pause_can_still_be_added_to_a_clock() {
        for value in [
            "18446744073709551615",
            "99999999999999999999.9",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            let asked = retry_after(value, then()).unwrap();
            assert!(std::time::Instant::now().checked_add(asked).is_some(), "{value}");
        }
    }

    #[test]
    fn a_reset_may_be_a_point_in_time_in_every_style() {
        for (name, value) in [
            ("ratelimit-reset", "784111807"),
            ("x-ratelimit-reset", "784111807000"),
            ("ratelimit", "limit=100, remaining=0, reset=784111807"),
            ("ratelimit", "\"default\";r=0;t=784111807"),
        ] {
            let read = RateLimitHeaders::read(|asked| (asked == name).then_some(value), then);
            assert_eq!(read.reset, Some(Duration::from_secs(30)), "{name}: {value}");
        }
    }

    #[test]
    fn of_policies_with_as_little_left_the_longer_one_counts() {
        for value in [
            "\"burst\";r=0;t=1, \"day\";r=0;t=60",
            "\"day\";r=0;t=60, \"burst\";r=0;t=1",
        ] {
            let read = RateLimitHeaders::read(|name| (name == "ratelimit").then_some(value), then);
            assert_eq!(read.reset, Some(Duration::from_mins(1)), "{value}");
        }
    }

    #[test]
    fn each_style_of_rate_limit_header_says_the_same() {
        let expected = RateLimitHeaders {
            remaining: Some(50),
            reset: Some(Duration::from_secs(30)),
        };
        for headers in [
            vec![("ratelimit-remaining", "50"), ("ratelimit-reset", "30")],
            vec![("x-ratelimit-remaining", "50"), ("x-ratelimit-reset", "784111807")],
            vec![("ratelimit", "limit=100, remaining=50, reset=30")],
            vec![("ratelimit", "\"default\";r=50;t=30")],
            vec![("ratelimit", "\"day\";r=900;t=3600, \"burst\";r=50;t=30")],
        ] {
            let find = |name: &str| {
                headers
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| *value)
            };
            assert_eq!(RateLimitHeaders::read(find, then), expected, "{headers:?}");
        }
        assert_eq!(RateLimitHeaders::read(|_| None, then), RateLimitHeaders::default());
        assert_eq!(
            RateLimitHeaders::read(|_| Some("nonsense"), then),
            RateLimitHeaders::default()
        );
    }
}
