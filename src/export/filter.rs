//! `--where`: of whom or of what rows are wanted, as it is typed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Date;
use thiserror::Error;

use super::Domain;
use crate::model::{BundleCode, GroupRef};
use crate::text::nearest;

/// One condition; of several all must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// `domain=old.example`: this very domain, and none below it.
    Domain(Domain),
    /// `group=Team 01`
    Group(GroupRef),
    /// `license=ATTUNU`
    License(BundleCode),
    /// `idle>90d`: neither signed in nor used a licence for more than so many times 24 hours.
    IdleLongerThan(Duration),
    /// `active=no`
    Active(bool),
    /// `invitation=pending` (`true`) or `invitation=accepted`
    InvitationPending(bool),
    /// `never-signed-in`
    NeverSignedIn,
    /// `created<2026-01-01`: made before the day began.
    CreatedBefore(Date),
}

/// What is wrong with a filter: in a sentence, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct FilterError(pub(super) String);

/// What there is to write, as examples.
const EXAMPLES: [(&str, &str); 8] = [
    ("domain", "domain=old.example"),
    ("group", "group=Team 01"),
    ("license", "license=ATTUNU"),
    ("idle", "idle>90d"),
    ("active", "active=no"),
    ("invitation", "invitation=pending"),
    ("never-signed-in", "never-signed-in"),
    ("created", "created<2026-01-01"),
];

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let text = text.trim();
        let (key, sign, value) = parts(text);
        match (key.to_ascii_lowercase().as_str(), sign) {
            ("domain", "=") => domain(value),
            ("group", "=") if !value.is_empty() => Ok(Self::Group(GroupRef::parse(value))),
            ("license", "=") if !value.is_empty() => Ok(Self::License(BundleCode::new(value))),
            ("idle", ">") => idle(value),
            ("active", "=") => yes_or_no(value).map(Self::Active),
            ("invitation", "=") => match value.to_ascii_lowercase().as_str() {
                "pending" => Ok(Self::InvitationPending(true)),
                "accepted" => Ok(Self::InvitationPending(false)),
                _ => Err(FilterError(
                    "an invitation is `pending` or `accepted`: write `invitation=pending`".to_owned(),
                )),
            },
            ("never-signed-in", "") => Ok(Self::NeverSignedIn),
            ("created", "<") => value.parse().map(Self::CreatedBefore).map_err(|_| {
                FilterError(format!(
                    "`{value}` is no date; write the year first, as in `created<2026-01-01`"
                ))
            }),
            (known, _) => Err(unknown(known, sign, value)),
        }
    }
}

/// The name of what is compared, how, and with what.
fn parts(text: &str) -> (&str, &str, &str) {
    let is_sign = |letter: char| matches!(letter, '=' | '<' | '>' | '!');
    let Some(start) = text.find(is_sign) else {
        return (text, "", "");
    };
    let rest = &text[start..];
    let end = rest.find(|letter| !is_sign(letter)).unwrap_or(rest.len());
    (text[..start].trim(), &rest[..end], rest[end..].trim())
}

fn unknown(key: &str, sign: &str, value: &str) -> FilterError {
    let example = |key: &str| {
        EXAMPLES
            .iter()
            .find(|(known, _)| *known == key)
            .map(|(_, example)| *example)
    };
    FilterError(match example(key) {
        // An unquoted `>` makes the shell write a file.
        Some(example) if sign.is_empty() && example.contains(['<', '>']) => {
            format!("`{key}` is compared with something: write it in quotation marks, `--where '{example}'`")
        }
        Some(example) if value.is_empty() && !example.ends_with(key) => format!("write `{example}`"),
        Some(example) => format!("`{key}{sign}` is not understood: write `{example}`"),
        None => {
            let near = nearest(key, EXAMPLES.iter().map(|(known, _)| *known)).and_then(example);
            match near {
                Some(near) => format!("there is no filter `{key}`; did you mean `{near}`?"),
                None => {
                    let all: Vec<String> = EXAMPLES.iter().map(|(_, example)| format!("`{example}`")).collect();
                    format!("there is no filter `{key}`; there are {}", all.join(", "))
                }
            }
        }
    })
}

fn domain(value: &str) -> Result<Filter, FilterError> {
    value.parse().map(Filter::Domain).map_err(|_| {
        FilterError("write what stands behind the `@` of the addresses, as in `domain=old.example`".to_owned())
    })
}

fn yes_or_no(value: &str) -> Result<bool, FilterError> {
    match value.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(FilterError(
            "an account is active or it is not: write `active=yes` or `active=no`".to_owned(),
        )),
    }
}

fn idle(value: &str) -> Result<Filter, FilterError> {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at(digits);
    let seconds = match unit.trim() {
        "h" => Some(HOUR),
        "d" => Some(DAY),
        _ => None,
    };
    let length = number.parse().ok().and_then(|number: u64| number.checked_mul(seconds?));
    // No account is older than a thousand years, and no clock goes back so far.
    match length.filter(|seconds| *seconds <= 1_000 * 366 * DAY) {
        Some(seconds) => Ok(Filter::IdleLongerThan(Duration::from_secs(seconds))),
        None => Err(FilterError(format!(
            "`{value}` is no number of days; write `idle>90d`, or hours as in `idle>36h`"
        ))),
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(domain) => write!(out, "domain={domain}"),
            Self::Group(group) => write!(out, "group={group}"),
            Self::License(code) => write!(out, "license={code}"),
            Self::IdleLongerThan(length) => match length.as_secs() {
                seconds if seconds.is_multiple_of(DAY) => write!(out, "idle>{}d", seconds / DAY),
                seconds => write!(out, "idle>{}h", seconds / HOUR),
            },
            Self::Active(active) => write!(out, "active={}", if *active { "yes" } else { "no" }),
            Self::InvitationPending(true) => out.write_str("invitation=pending"),
            Self::InvitationPending(false) => out.write_str("invitation=accepted"),
            Self::NeverSignedIn => out.write_str("never-signed-in"),
            Self::CreatedBefore(date) => write!(out, "created<{date}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_is_read_as_it_is_shown() {
        for text in [
            "domain=old.example",
            "group=Team 01",
            "group=A=B>C",
            "license=ATTUNU",
            "idle>90d",
            "idle>36h",
            "active=no",
            "active=yes",
            "invitation=pending",
            "invitation=accepted",
            "never-signed-in",
            "created<2026-01-01",
        ] {
            let filter: Filter = text.parse().unwrap();
            assert_eq!(filter.to_string(), text);
        }
        for (text, same) in [
            (" Domain = @Old.example ", "domain=old.example"),
            ("active=FALSE", "active=no"),
            ("idle > 48h", "idle>2d"),
        ] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), same);
        }
    }

    #[test]
    fn a_filter_that_is_none_says_what_to_write() {
        for (text, said) in [
            ("licence=ATTUNU", "did you mean `license=ATTUNU`?"),
            ("colour=red", "there are `domain=old.example`, `group=Team 01`"),
            ("idle", "`--where 'idle>90d'`"),
            ("idle>=90d", "`idle>=` is not understood: write `idle>90d`"),
            ("idle=90d", "write `idle>90d`"),
            ("idle>90", "`90` is no number of days"),
            ("idle>99999999999999999999d", "is no number of days"),
            ("idle>9999999999999d", "is no number of days"),
            ("created>2026-01-01", "write `created<2026-01-01`"),
            ("created<01.02.2026", "write the year first"),
            ("created<2026-02-30", "write the year first"),
            ("active=maybe", "`active=no`"),
            ("active!=no", "write `active=no`"),
            ("invitation=sent", "`invitation=pending`"),
            ("never-signed-in=yes", "write `never-signed-in`"),
            ("domain=", "behind the `@`"),
            ("domain=ann@old.example", "behind the `@`"),
            ("domain=*.example", "behind the `@`"),
            ("group=", "write `group=Team 01`"),
            ("", "there are `domain=old.example`"),
        ] {
            let error = text.parse::<Filter>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
