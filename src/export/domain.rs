//! Mail domains.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Host;

use crate::model::Email;
use crate::text::fold;

/// A mail domain, which is the same however it is written: in capitals, with letters outside ASCII, or as `xn--…`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain {
    /// As it was given, in small letters.
    written: Box<str>,
    /// As the mail goes there.
    ascii: Box<str>,
}

/// Why a text is no mail domain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{given}` is no mail domain: write what follows the `@` of an address, as in `new.example`")]
pub struct DomainError {
    given: String,
}

impl Domain {
    /// The domain as it was given, in small letters.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// How accounts may be registered that have it: as it was given, and in the other form where there is one.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        let other = (self.written != self.ascii).then_some(&*self.ascii);
        [self.as_str()].into_iter().chain(other)
    }

    /// What stands before the `@` of an address of this very domain, not of one below it or one that only looks like it.
    pub fn local_part<'a>(&self, address: &'a str) -> Option<&'a str> {
        let (local, domain) = address.trim().rsplit_once('@')?;
        (!local.is_empty() && self.is_written(domain)).then_some(local)
    }

    /// Whether it is the same, however either is written.
    pub fn is(&self, other: &Self) -> bool {
        self.ascii == other.ascii
    }

    /// How many octets of an address it takes, in the longer of its forms.
    pub fn octets(&self) -> usize {
        self.written.len().max(self.ascii.len())
    }

    fn is_written(&self, domain: &str) -> bool {
        let folded = fold(domain);
        if folded.is_ascii() && !folded.contains("xn--") {
            *folded == *self.ascii
        } else {
            ascii(&folded).is_some_and(|ascii| *ascii == *self.ascii)
        }
    }
}

fn ascii(domain: &str) -> Option<String> {
    match Host::parse(domain) {
        Ok(Host::Domain(ascii)) => Some(ascii),
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => None,
    }
}

impl FromStr for Domain {
    type Err = DomainError;

    /// Reads `new.example`, and `@new.example` as the same.
    fn from_str(text: &str) -> Result<Self, DomainError> {
        let error = || DomainError { given: text.to_owned() };
        let written = fold(text.trim().trim_start_matches('@'));
        if Email::fault(&format!("a@{written}")).is_some() {
            return Err(error());
        }
        let ascii = ascii(&written).ok_or_else(error)?;
        Ok(Self {
            written: written.into(),
            ascii: ascii.into(),
        })
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Domain {
        text.parse().unwrap()
    }

    #[test]
    fn only_addresses_of_the_very_domain_are_of_it() {
        for (address, local) in [
            ("bob@old.example", Some("bob")),
            ("Bob+x@OLD.Example", Some("Bob+x")),
            ("bob@eu.old.example", None),
            ("eve@notold.example", None),
            ("eve@old.example.evil.example", None),
            ("eve@old-example", None),
            // The Cyrillic о.
            ("eve@\u{43e}ld.example", None),
            ("old.example", None),
            ("@old.example", None),
            ("", None),
        ] {
            assert_eq!(domain("old.example").local_part(address), local, "{address}");
        }
    }

    #[test]
    fn a_domain_is_the_same_with_its_letters_and_as_the_mail_goes_there() {
        let (letters, ascii) = (domain("Bücher.example"), domain("@xn--bcher-kva.example"));
        for address in ["a@bücher.example", "a@BU\u{308}CHER.example", "a@XN--bcher-kva.example"] {
            assert_eq!(letters.local_part(address), Some("a"), "{address}");
            assert_eq!(ascii.local_part(address), Some("a"), "{address}");
        }
        assert_eq!(letters.local_part("a@bucher.example"), None);
        assert!(letters.spellings().eq(["bücher.example", "xn--bcher-kva.example"]));
        assert!(ascii.spellings().eq(["xn--bcher-kva.example"]));
    }

    #[test]
    fn what_is_no_mail_domain_is_refused_with_what_to_write() {
        for text in [
            "",
            "example",
            "a b.example",
            "bob@old.example",
            "1.2.3.4",
            "-x.example",
            "a..example",
            "*.example",
        ] {
            let told = text.parse::<Domain>().unwrap_err().to_string();
            assert!(
                told.contains(&format!("`{text}`")) && told.contains("`new.example`"),
                "{told}"
            );
        }
    }
}
