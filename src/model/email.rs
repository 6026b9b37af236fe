//! E-mail addresses.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use unicode_normalization::char::is_combining_mark;

use crate::text::{fold, is_unsafe};

/// An e-mail address as it was written, compared without regard to case.
#[derive(Clone)]
pub struct Email(Box<str>);

/// Why a text is not an e-mail address; reads after "`…`".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// There is no `@`.
    #[error("has no `@`")]
    NoAt,
    /// There is more than one `@`.
    #[error("has more than one `@`")]
    ManyAts,
    /// What is before the `@` is empty, begins or ends with a dot, or has two in a row.
    #[error("has a misplaced dot, or nothing, before the `@`")]
    LocalPart,
    /// What follows the `@` has a character that no domain name has.
    #[error("has {} after the `@`, where no address has it", shown(*.0))]
    DomainLetter(char),
    /// What follows the `@` is not a domain name with at least one dot.
    #[error("has no full domain after the `@`")]
    Domain,
    /// It contains a character that no address has.
    #[error("has {} in it, which no address has", shown(*.0))]
    Letter(char),
    /// It is longer than 254 characters.
    #[error("is longer than the 254 characters an address may have")]
    Length,
}

fn shown(letter: char) -> String {
    match letter {
        '\n' => "a line break".to_owned(),
        letter if is_unsafe(letter) => "a letter that cannot be seen".to_owned(),
        letter => format!("`{letter}`"),
    }
}

impl Email {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What keeps `text`, padding aside, from being an address, if anything does.
    pub fn fault(text: &str) -> Option<EmailError> {
        if Self::is_ordinary(text) {
            return None;
        }
        check(text.trim()).err()
    }

    /// Whether this is an address at first sight, as nearly every one of a million is: not long, letters and digits of ASCII,
    /// singly parted by `.` `-` `_` and one `@`, and a dot but no `_` after it.
    pub fn is_ordinary(text: &str) -> bool {
        let (mut has_at, mut has_dot, mut may_part) = (false, false, false);
        for byte in text.as_bytes() {
            if IS_LETTER[usize::from(*byte)] {
                may_part = true;
                continue;
            }
            match byte {
                _ if !std::mem::take(&mut may_part) => return false,
                b'@' if !has_at => (has_at, has_dot) = (true, false),
                b'.' => has_dot = true,
                b'_' if !has_at => {}
                b'-' => {}
                _ => return false,
            }
        }
        may_part && has_at && has_dot && text.len() <= LONGEST
    }

    /// The form in which addresses are compared.
    pub fn fold(&self) -> String {
        fold(&self.0)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        check(text)?;
        Ok(Self(text.into()))
    }
}

/// How many bytes an address may have.
const LONGEST: usize = 254;

fn check(text: &str) -> Result<(), EmailError> {
    if text.len() > LONGEST {
        return Err(EmailError::Length);
    }
    let (local, domain) = text.split_once('@').ok_or(EmailError::NoAt)?;
    if domain.contains('@') {
        return Err(EmailError::ManyAts);
    }
    // A dot in the middle of the line is a letter of Catalan within a word.
    let bullet = text.chars().next().filter(|first| *first == '·');
    if let Some(letter) = text.chars().find(|letter| is_foreign(*letter)).or(bullet) {
        return Err(EmailError::Letter(letter));
    }
    if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(EmailError::LocalPart);
    }
    let labels_ok = domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            // A mark belongs to the letter before it; some letters have no form without one even when composed.
            && !label.starts_with(is_combining_mark)
    });
    if let Some(letter) = domain.chars().find(|letter| *letter != '.' && !is_of_a_label(*letter)) {
        return Err(EmailError::DomainLetter(letter));
    }
    if !domain.contains('.') || !labels_ok {
        return Err(EmailError::Domain);
    }
    Ok(())
}

/// Which bytes are letters or digits of ASCII.
static IS_LETTER: [bool; 256] = {
    let mut are = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        are[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    are
};

fn is_of_a_label(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-' || is_combining_mark(letter)
}

/// Whether the character is what texts put before or behind an address: a bullet, a footnote, a quotation mark.
fn is_of_a_text(letter: char) -> bool {
    matches!(
        letter,
        '¹' | '²' | '³' | '\u{2070}'
            ..='\u{209f}'
                | '…'
                | '•'
                | '‣'
                | '◦'
                | '▪'
                | '●'
                | '→'
                | '✓'
                | '✔'
                | '“'
                | '”'
                | '„'
                | '«'
                | '»'
                | '‹'
                | '›'
                | '©'
                | '®'
                | '™'
                | '†'
                | '‡'
                | '§'
                | '¶'
    )
}

fn is_foreign(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || is_of_a_text(letter)
        || matches!(letter, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']')
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.fold() == other.fold()
    }
}

impl Eq for Email {}

impl Hash for Email {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fold().hash(state);
    }
}

impl fmt::Display for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_keeps_its_spelling_and_is_compared_without_case() {
        let written: Email = " Ann.Lee@Corp.Example ".parse().unwrap();
        assert_eq!(written.as_str(), "Ann.Lee@Corp.Example");
        assert_eq!(written, "ann.lee@corp.example".parse().unwrap());
    }

    #[test]
    fn addresses_that_are_rare_but_right_are_taken() {
        for text in [
            "a@b.c",
            "ann_-lee+tag@corp-two.example",
            "o'brien@corp.example",
            "zoë@müller.example",
            "col·legi@corp.example",
            "o’brien@corp.example",
            "ann*lee@corp.example",
            "-ann-@corp.example",
            // The same letters composed and decomposed, and one that has no composed form.
            "zoe\u{308}@mu\u{308}ller.example",
            "ann@\u{916}\u{93c}\u{92c}\u{930}.example",
        ] {
            assert_eq!(Email::fault(text), None, "{text}");
        }
    }

    #[test]
    fn each_fault_of_an_address_is_named() {
        for (text, fault) in [
            ("ann", EmailError::NoAt),
            ("ann@b@c.example", EmailError::ManyAts),
            ("@corp.example", EmailError::LocalPart),
            ("ann..lee@corp.example", EmailError::LocalPart),
            ("ann.@corp.example", EmailError::LocalPart),
            ("ann@corp", EmailError::Domain),
            ("ann@corp.", EmailError::Domain),
            ("ann@corp-.example", EmailError::Domain),
            ("ann@corp_two.example", EmailError::DomainLetter('_')),
            ("ann@corp.example*", EmailError::DomainLetter('*')),
            ("ann@corp.example/", EmailError::DomainLetter('/')),
            ("ann@corp.example¹", EmailError::Letter('¹')),
            ("…ann@corp.example", EmailError::Letter('…')),
            ("“ann@corp.example”", EmailError::Letter('“')),
            ("·ann@corp.example", EmailError::Letter('·')),
            ("ann@-corp.example", EmailError::Domain),
            ("ann@\u{308}corp.example", EmailError::Domain),
            ("ann lee@corp.example", EmailError::Letter(' ')),
            ("<ann@corp.example>", EmailError::Letter('<')),
        ] {
            assert_eq!(text.parse::<Email>(), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_letter_that_would_act_on_a_terminal_is_told_in_words() {
        for (letter, told) in [
            ('\n', "a line break"),
            ('\u{1b}', "a letter that cannot be seen"),
            ('<', "`<`"),
        ] {
            assert_eq!(
                EmailError::Letter(letter).to_string(),
                format!("has {told} in it, which no address has")
            );
        }
    }

    proptest! {
        #[test]
        fn the_look_at_first_sight_agrees_with_the_whole_check(
            text in "[aZ9.@_-]{0,8}@[aZ9.@_-]{0,8}|[a-z]{240,250}@[a.-]{0,9}",
        ) {
            prop_assert_eq!(Email::fault(&text), text.parse::<Email>().err());
        }

        #[test]
        fn an_address_shown_is_the_same_address(text in r"\PC{1,9}@\PC{1,6}\.\PC{1,3}|[ -~]{1,5}@[!-~]{1,5}\.[a-z]{1,3} ?") {
            if let Ok(address) = text.parse::<Email>() {
                let shown = address.to_string();
                prop_assert_eq!(shown.parse::<Email>().map(|again| again.0), Ok(address.0.clone()));
                // Directories fold what they are given.
                prop_assert_eq!(address.fold().parse(), Ok(address));
            }
        }
    }
}
