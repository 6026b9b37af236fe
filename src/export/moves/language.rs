//! Whose way of writing letters is meant.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::letter_rules::languages_with_rules;

/// The languages for whose names the rules that hold everywhere are the right ones.
const WITHOUT_RULES: [&str; 36] = [
    "az", "ca", "cs", "cy", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hu", "hy", "is", "it", "ka", "kk",
    "lt", "lv", "mt", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sv", "tr", "vi",
];

/// A language by its code of two letters, as in `de`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Language(&'static str);

impl Language {
    /// Every language that may be named, by its code.
    pub fn all() -> BTreeSet<Self> {
        languages_with_rules().chain(WITHOUT_RULES).map(Self).collect()
    }

    /// The code.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)
    }
}

/// There are no rules for this language.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` is no language that there are rules for; there are {known}")]
pub struct UnknownLanguage {
    given: String,
    known: String,
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads `de`, and `de-AT` or `de_AT` as the same.
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let code = text.trim().split(['-', '_']).next().unwrap_or_default();
        let known = Self::all();
        let meant = known.iter().find(|language| language.0.eq_ignore_ascii_case(code));
        meant.copied().ok_or_else(|| UnknownLanguage {
            given: text.to_owned(),
            known: known.iter().map(|language| language.0).collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_named_by_its_code_whatever_country_follows() {
        for text in ["de", "DE", "de-AT", "de_CH"] {
            assert_eq!(text.parse::<Language>().map(Language::as_str), Ok("de"), "{text}");
        }
        let told = "klingon".parse::<Language>().unwrap_err().to_string();
        assert!(told.contains("`klingon`") && told.contains("da, de, el"), "{told}");
    }

    #[test]
    fn no_language_is_said_to_be_without_rules_that_has_some() {
        let with_rules: BTreeSet<&str> = languages_with_rules().collect();
        assert!(WITHOUT_RULES.iter().all(|language| !with_rules.contains(language)));
    }
}
