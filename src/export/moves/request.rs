//! What moves are asked for.

use thiserror::Error;

use super::addresses::Addresses;
use super::language::Language;
use super::pattern::Pattern;
use crate::export::Domain;

/// Which domain is left for which, and how the new addresses are made.
#[derive(Debug, Clone)]
pub struct MoveRequest {
    pub(super) from: Domain,
    pub(super) to: Domain,
    pub(super) pattern: Pattern,
    pub(super) language: Option<Language>,
    pub(super) addresses: Addresses,
}

/// What does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestError {
    /// Nobody would move anywhere.
    #[error("`--from` and `--to` are the same domain, `{0}`")]
    SameDomain(Domain),
    /// A language is named, and no name stands in the addresses.
    #[error(
        "`--language` is for names, and `{0}` has none in it; leave the flag out, or say with `--address` how addresses \
         are made of names, as in `{{name}}.{{surname}}`"
    )]
    NoNames(String),
    /// The pattern makes addresses of another domain.
    #[error(
        "`--address {pattern}` makes addresses of `{domain}`, and everybody moves to `{to}`; leave `@{domain}` out, or \
         write `--to {domain}`"
    )]
    OtherDomain {
        /// The pattern.
        pattern: String,
        /// Its domain.
        domain: String,
        /// The domain that everybody moves to.
        to: String,
    },
}

impl MoveRequest {
    /// Moves of everybody, with addresses made by this pattern; without one, what stands before the `@` stays.
    pub fn new(
        from: Domain,
        to: Domain,
        pattern: Option<Pattern>,
        language: Option<Language>,
    ) -> Result<Self, RequestError> {
        if from.is(&to) {
            return Err(RequestError::SameDomain(from));
        }
        let pattern = pattern.unwrap_or_else(Pattern::of_the_present);
        if language.is_some() && !pattern.has_names() {
            return Err(RequestError::NoNames(pattern.to_string()));
        }
        match &pattern.domain {
            Some(domain) if !domain.is(&to) => Err(RequestError::OtherDomain {
                pattern: pattern.to_string(),
                domain: domain.to_string(),
                to: to.to_string(),
            }),
            Some(_) | None => Ok(Self {
                from,
                to,
                pattern,
                language,
                addresses: Addresses::default(),
            }),
        }
    }

    /// The same with a list of real addresses, which go before the pattern.
    #[must_use]
    pub fn with_addresses(self, addresses: Addresses) -> Self {
        Self { addresses, ..self }
    }
}
