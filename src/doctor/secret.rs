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
        }) => {
            let what = format!(
                "{} gives the same as `client_id`, so one of the two is in the wrong place",
                place(source)
            );
            let finding = Finding::new(Check::Secret, Outcome::Failed(Blame::SignIn), what);
            vec![finding.with_help(
                "the App ID is a GUID and stands beside the application under Admin, External Applications; the App Secret was \
                 shown once, when the application was added or a secret was made for it",
            )]
        }
        Ok(seen) => {
            let mut findings = vec![Finding::new(
                Check::Secret,
                Outcome::Ok,
                format!("read from {}", place(source)),
            )];
            findings.extend(doubts(source, seen));
            findings
        }
        Err(error) => vec![refused(source, error)],
    }
}

/// No secret is configured, which the configuration has told.
pub fn no_secret() -> Finding {
    Finding::new(Check::Secret, Outcome::Skipped, "none is configured")
}

fn place(source: &SecretSource) -> String {
    match source {
        SecretSource::Variable { name, .. } => format!("the variable `{name}`"),
        SecretSource::Command { key, .. } => format!("the command of `{key}`"),
        SecretSource::File { path, .. } => format!("the file `{}`", path.display()),
    }
}

fn doubts(source: &SecretSource, seen: SecretSeen) -> Vec<Finding> {
    let doubt = |what: String, help: String| Finding::new(Check::Secret, Outcome::Warning, what).with_help(help);
    let quoted = seen.is_quoted.then(|| {
        doubt(
            format!(
                "{} holds quotation marks around the secret, which are sent with it",
                place(source)
            ),
            "if sign-in fails, take them away: `set NAME=value` of Windows wants none".to_owned(),
        )
    });
    let open = match source {
        SecretSource::File { path, .. } => seen.open_mode.map(|mode| {
            doubt(
                format!("others can read the file `{}` (mode {mode:03o})", path.display()),
                format!("chmod 600 '{}'", path.display()),
            )
        }),
        SecretSource::Variable { .. } | SecretSource::Command { .. } => None,
    };
    let swapped = (seen.likeness == Likeness::Swapped).then(|| {
        doubt(
            format!(
                "{} gives a GUID, as App IDs are, and `client_id` is none",
                place(source)
            ),
            "they may have changed places: give the GUID as `client_id`, and the other as the App Secret".to_owned(),
        )
    });
    quoted.into_iter().chain(open).chain(swapped).collect()
}

fn refused(source: &SecretSource, error: &SecretError) -> Finding {
    let failed = Outcome::Failed(Blame::Surroundings);
    let mut finding = Finding::new(Check::Secret, failed, error.to_string());
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
}
