//! How new addresses are made of names.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::export::Domain;
use crate::model::Email;
use crate::text::nearest;

/// A pattern as in `{name}.{surname}@new.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What makes up the local part.
    pub(super) pieces: Vec<Piece>,
    /// What follows the `@`; nothing has to.
    pub(super) domain: Option<Domain>,
    /// As it was typed.
    typed: Box<str>,
}

/// One piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// What stands there for everybody.
    Text(Box<str>),
    /// A part of the person's account.
    Part {
        part: Part,
        /// How many letters of it; all where `None`.
        most: Option<usize>,
    },
}

/// What of an account may stand in its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The first name.
    Name,
    /// The last name.
    Surname,
    /// What stands before the `@` now, as it is.
    Local,
}

const PARTS: [(&str, Part); 3] = [("name", Part::Name), ("surname", Part::Surname), ("local", Part::Local)];

impl Part {
    /// What it is in words.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Name => "first name",
            Self::Surname => "last name",
            Self::Local => "local part",
        }
    }
}

impl Pattern {
    /// `{local}`: what stands before the `@` stays.
    pub(super) fn of_the_present() -> Self {
        Self {
            pieces: vec![Piece::Part {
                part: Part::Local,
                most: None,
            }],
            domain: None,
            typed: "{local}".into(),
        }
    }

    /// Whether a first or last name stands in what it makes.
    pub(super) fn has_names(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Text(_) | Piece::Part { part: Part::Local, .. } => false,
            Piece::Part {
                part: Part::Name | Part::Surname,
                ..
            } => true,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.typed)
    }
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PatternError {
    /// A part in braces that is not known.
    #[error("`{{{0}}}` is nothing that an address can be made of; there are `{{name}}`, `{{surname}}`, `{{local}}`, and their first letters as in `{{name:1}}`{hint}", hint = did_you_mean(.0))]
    UnknownPart(String),
    /// How many letters of a part is no number from 1.
    #[error("`{{{0}}}`: write how many letters after the colon, as in `{{name:1}}`")]
    Letters(String),
    /// A brace without the other.
    #[error(
        "`{0}` has a brace without the other; what an address is made of stands in braces, as in `{{name}}.{{surname}}`"
    )]
    Brace(String),
    /// Nothing in it differs from person to person.
    #[error(
        "`{0}` makes the same address for everybody; write what it is made of in braces, as in `{{name}}.{{surname}}`"
    )]
    Constant(String),
    /// What follows the `@` is no domain.
    #[error("`{0}` is followed by no mail domain; it may end before the `@`, as in `{{name}}.{{surname}}`")]
    Domain(String),
    /// It cannot make an address of anything.
    #[error("`{0}` makes no address: it {1}")]
    NoAddress(String, String),
}

fn did_you_mean(word: &str) -> String {
    let names = PARTS.map(|(name, _)| name);
    let near = nearest(&word.to_lowercase(), names);
    near.map(|near| format!("; did you mean `{{{near}}}`?"))
        .unwrap_or_default()
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let typed = text.trim();
        let (local, domain) = match typed.split_once('@') {
            None => (typed, None),
            Some((local, domain)) => {
                let domain = domain.parse().map_err(|_| PatternError::Domain(typed.to_owned()))?;
                (local, Some(domain))
            }
        };
        let pieces = pieces(local, typed)?;
        let example: String = pieces.iter().map(Piece::example).collect();
        if let Some(fault) = Email::fault(&format!("{example}@new.example")) {
            return Err(PatternError::NoAddress(typed.to_owned(), fault.to_string()));
        }
        if !pieces.iter().any(|piece| matches!(piece, Piece::Part { .. })) {
            return Err(PatternError::Constant(typed.to_owned()));
        }
        Ok(Self {
            pieces,
            domain,
            typed: typed.into(),
        })
    }
}

fn pieces(local: &str, typed: &str) -> Result<Vec<Piece>, PatternError> {
    let brace = || PatternError::Brace(typed.to_owned());
    let mut pieces = Vec::new();
    let mut rest = local;
    while !rest.is_empty() {
        let (text, from) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        if text.contains('}') {
            return Err(brace());
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text.into()));
        }
        rest = from;
        if let Some(inside) = from.strip_prefix('{') {
            let (word, after) = inside.split_once('}').ok_or_else(brace)?;
            if word.contains('{') {
                return Err(brace());
            }
            pieces.push(part(word)?);
            rest = after;
        }
    }
    Ok(pieces)
}

fn part(word: &str) -> Result<Piece, PatternError> {
    let (name, most) = match word.split_once(':') {
        None => (word, None),
        Some((name, letters)) => {
            let letters = letters.trim().parse().ok().filter(|letters| *letters > 0);
            (
                name,
                Some(letters.ok_or_else(|| PatternError::Letters(word.to_owned()))?),
            )
        }
    };
    let name = name.trim();
    let meant = PARTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    let (_, part) = meant.ok_or_else(|| PatternError::UnknownPart(name.to_owned()))?;
    Ok(Piece::Part { part, most })
}

impl Piece {
    fn example(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Part { .. } => "x",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(part: Part, most: Option<usize>) -> Piece {
        Piece::Part { part, most }
    }

    #[test]
    fn a_pattern_is_read_into_its_pieces_with_a_domain_or_without() {
        let pattern: Pattern = " {name:1}{Surname}.x@New.example ".parse().unwrap();
        let pieces = [
            part(Part::Name, Some(1)),
            part(Part::Surname, None),
            Piece::Text(".x".into()),
        ];
        assert_eq!(pattern.pieces, pieces);
        assert_eq!(pattern.domain, "new.example".parse().ok());
        let plain: Pattern = "{local}".parse().unwrap();
        assert_eq!(plain, Pattern::of_the_present());
    }

    #[test]
    fn what_is_wrong_with_a_pattern_is_told_with_what_to_write() {
        for (text, words) in [
            ("{nam}.{surname}", "did you mean `{name}`?"),
            ("{first}.{surname}", "`{first}` is nothing"),
            ("{name:0}", "how many letters"),
            ("{name:a}", "how many letters"),
            ("{name", "a brace without the other"),
            ("{na{me}", "a brace without the other"),
            ("name}", "a brace without the other"),
            ("info@new.example", "the same address for everybody"),
            ("{name}@", "no mail domain"),
            ("{name}@{surname}", "no mail domain"),
            (".{name}", "makes no address: it has a misplaced dot"),
            ("{name} {surname}", "makes no address: it has ` ` in it"),
            ("", "makes no address"),
        ] {
            let told = text.parse::<Pattern>().unwrap_err().to_string();
            assert!(told.contains(words), "{text}: {told}");
        }
    }
}
