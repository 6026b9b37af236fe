//! What to make of the secret. It is never shown, nor how long it is.

use std::error::Error;

use super::{Blame, Check, Finding, Outcome};
use crate::settings::{Credentials, SecretError, SecretSource, is_app_id};

/// What was found of a secret that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretSeen {
    /// Whether quotation marks are around it.
    pub is_quoted: bool,
    /// What it has in common with the App ID beside it.
    pub likeness: Likeness,
    /// The rights of its file, where others than the owner have any.
    pub open_mode: Option<u32>,
}

/// What an App Secret has in common with the App ID that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Nothing, as it should be.
    None,
    /// They are the same.
    Same,
    /// It is a GUID, as App IDs are, and the App ID is none.
    Swapped,
}

/// What a sign-in that the server refuses is most likely to fail for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// What is odd, in a sentence without a full stop. Never holds a secret.
    pub what: String,
    /// What to do about it.
    pub help: String,
}

impl Suspicion {
    /// What is odd about this secret and the App ID beside it, each by itself or together.
    pub fn of(secret: &str, credentials: &Credentials) -> Option<Self> {
        let source = credentials.secret();
        let likeness = Likeness::of(secret, credentials);
        let is_no_app_id =
            matches!(credentials, Credentials::ClientCredentials { client_id, .. } if !is_app_id(client_id));
        match likeness {
            Likeness::Same => Some(same(source)),
            Likeness::Swapped => Some(swapped(source)),
            Likeness::None if is_quoted(secret) => Some(quoted(source)),
            Likeness::None if is_no_app_id => Some(Self {
                what: "App IDs are GUIDs, and this `client_id` is none".to_owned(),
                help: "copy the App ID of the application once more, all of it, and see that it has not changed places with \
                       the secret"
                    .to_owned(),
            }),
            Likeness::None => None,
        }
    }

    fn told(self, outcome: Outcome) -> Finding {
        Finding::new(Check::Secret, outcome, self.what).with_help(self.help)
    }
}

/// Whether quotation marks are around it.
pub fn is_quoted(secret: &str) -> bool {
    let within = |mark: char| secret.len() > 1 && secret.starts_with(mark) && secret.ends_with(mark);
    within('"') || within('\'')
}

impl Likeness {
    /// Of this secret to the credentials that it belongs to.
    pub fn of(secret: &str, credentials: &Credentials) -> Self {
        match credentials {
            Credentials::ClientCredentials { client_id, .. } if client_id == secret => Self::Same,
            Credentials::ClientCredentials { client_id, .. } if is_app_id(secret) && !is_app_id(client_id) => {
                Self::Swapped
            }
            Credentials::ClientCredentials { .. } | Credentials::Token { .. } | Credentials::Ropc { .. } => Self::None,
        }
    }
}

/// Whether the secret can be read from where it is.
pub fn secret(source: &SecretSource, seen: Result<SecretSeen, &SecretError>) -> Vec<Finding> {
    match seen {
        Ok(SecretSeen {
            likeness: Likeness::Same,
            ..
        }) => vec![same(source).told(Outcome::Failed(Blame::SignIn))],
        Ok(seen) => {
            let mut findings = vec![Finding::ok(Check::Secret, format!("read from {}", place(source)))];
            findings.extend(doubts(source, seen));
            findings
        }
        Err(error) => vec![refused(source, error)],
    }
}

/// No secret is configured, which the configuration has told.
pub fn no_secret() -> Finding {
    Finding::skipped(Check::Secret, "none is configured")
}

fn place(source: &SecretSource) -> String {
    match source {
        SecretSource::Variable { name, .. } => format!("the variable `{name}`"),
        SecretSource::Command { key, .. } => format!("the command of `{key}`"),
        SecretSource::File { path, .. } => format!("the file `{}`", path.display()),
    }
}

fn doubts(source: &SecretSource, seen: SecretSeen) -> Vec<Finding> {
    let is_swapped = seen.likeness == Likeness::Swapped;
    let quoted = seen.is_quoted.then(|| quoted(source).told(Outcome::Warning));
    let open = match source {
        SecretSource::File { path, .. } => seen.open_mode.map(|mode| {
            let what = format!("others can read the file `{}` (mode {mode:03o})", path.display());
            let finding = Finding::warning(Check::Secret, what);
            finding.with_help(format!("chmod 600 '{}'", path.display()))
        }),
        SecretSource::Variable { .. } | SecretSource::Command { .. } => None,
    };
    let swapped = is_swapped.then(|| swapped(source).told(Outcome::Warning));
    quoted.into_iter().chain(open).chain(swapped).collect()
}

fn same(source: &SecretSource) -> Suspicion {
    Suspicion {
        what: format!(
            "{} gives the same as `client_id`, so one of the two is in the wrong place",
            place(source)
        ),
        help: "the App ID is a GUID and stands beside the application under Admin, External Applications; the App Secret was \
               shown once, when the application was added or a secret was made for it"
            .to_owned(),
    }
}

fn quoted(source: &SecretSource) -> Suspicion {
    Suspicion {
        what: format!(
            "{} holds quotation marks around the secret, which are sent with it",
            place(source)
        ),
        help: "take them away, unless they belong to the secret: `set NAME=value` of Windows wants none".to_owned(),
    }
}

fn swapped(source: &SecretSource) -> Suspicion {
    Suspicion {
        what: format!(
            "{} gives a GUID, as App IDs are, and `client_id` is none",
            place(source)
        ),
        help: "they may have changed places: give the GUID as `client_id`, and the other as the App Secret".to_owned(),
    }
}

fn refused(source: &SecretSource, error: &SecretError) -> Finding {
    let mut finding = Finding::failed(Check::Secret, Blame::Surroundings, error.to_string());
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    finding.details.extend(causes.map(ToString::to_string));
    let place = place(source);
    finding.with_help(match error {
        SecretError::File { .. } => {
            format!("{place} has to be there, with the secret alone in it, and readable to you")
        }
        SecretError::Run { key, .. } | SecretError::Failed { key, .. } => {
            format!("type the command of `{key}` yourself: it has to print the secret and end with 0")
        }
        SecretError::TooSlow { key } => {
            format!("type the command of `{key}` yourself: if it asks for something, unlock what it reads from first")
        }
        SecretError::Unfit { .. } => format!("{place} has to give the secret, all of it and nothing else"),
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn file() -> SecretSource {
        SecretSource::File {
            key: "client_secret_file",
            path: PathBuf::from("/secrets/reseat"),
        }
    }

    #[test]
    fn a_secret_that_can_be_read_says_where_from_and_what_is_odd_about_it() {
        let seen = SecretSeen {
            is_quoted: false,
            likeness: Likeness::None,
            open_mode: None,
        };
        let told = secret(&file(), Ok(seen));
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].what, "read from the file `/secrets/reseat`");
        let told = secret(
            &file(),
            Ok(SecretSeen {
                is_quoted: true,
                likeness: Likeness::None,
                open_mode: Some(0o644),
            }),
        );
        let outcomes: Vec<_> = told.iter().map(|finding| finding.outcome).collect();
        assert_eq!(outcomes, [Outcome::Ok, Outcome::Warning, Outcome::Warning]);
        assert!(told[2].what.contains("mode 644"), "{told:?}");
        assert_eq!(told[2].help, ["chmod 600 '/secrets/reseat'"]);
    }

    #[test]
    fn one_that_cannot_be_read_says_why_and_what_to_do() {
        let key = "client_secret_file";
        for (error, words, help) in [
            (
                SecretError::File {
                    key,
                    source: std::io::Error::other("no such file"),
                },
                "failed to read",
                "has to be there",
            ),
            (SecretError::TooSlow { key }, "did not end", "unlock"),
            (
                SecretError::Unfit {
                    key,
                    what: "is empty".to_owned(),
                },
                "is empty",
                "nothing else",
            ),
        ] {
            let told = secret(&file(), Err(&error));
            assert_eq!(told[0].outcome, Outcome::Failed(Blame::Surroundings));
            assert!(
                told[0].what.contains(words) && told[0].help[0].contains(help),
                "{told:?}"
            );
        }
    }

    #[test]
    fn what_is_odd_about_credentials_is_what_a_refusal_is_most_likely_due_to() {
        let id = "2f1e9c5d-9b3a-4a63-8b34-5f0c6f8f1a77";
        for (client_id, given, words) in [
            (id, "hunter2", None),
            (id, "\"hunter2\"", Some("quotation marks")),
            (id, "'hunter2'", Some("quotation marks")),
            (id, "'hunter2", None),
            (id, id, Some("the same as `client_id`")),
            ("hunter2", id, Some("gives a GUID")),
            (&id[..20], "hunter2", Some("App IDs are GUIDs")),
        ] {
            let credentials = Credentials::ClientCredentials {
                client_id: client_id.to_owned(),
                secret: file(),
                scopes: None,
            };
            let told = Suspicion::of(given, &credentials);
            match (&told, words) {
                (Some(told), Some(words)) => assert!(told.what.contains(words) && !told.help.is_empty(), "{told:?}"),
                _ => assert_eq!((&told, words), (&None, None), "{client_id}, {given}"),
            }
            assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        }
        assert_eq!(
            Suspicion::of("'x'", &Credentials::Token { token: file() }).map(|told| told.what.contains("quotation")),
            Some(true)
        );
    }
}
