//! What the headers of a row mean, each by itself and beside the others.

use crate::intake::cells::{Column, WordInContext, column_key, is_of_language, plain_meaning, words_in_context};

/// Headers in their comparison form, and the columns that they are said to mean.
pub(in crate::intake) type HeaderMap = Vec<(String, Column)>;

/// A header of `--map` in its comparison form; with `…` at its end where it was cut there, as messages cut long headers.
pub(in crate::intake) fn mapped_key(header: &str) -> String {
    let mut key = column_key(header);
    if header.ends_with('…') && !key.is_empty() {
        key.push('…');
    }
    key
}

/// Whether a header of `--map` is the one at `position` of these, all in their comparison forms; one that was cut, if no other
/// begins like that.
pub(in crate::intake) fn is_mapped(from: &str, keys: &[String], position: usize) -> bool {
    let Some(beginning) = from.strip_suffix('…') else {
        return from == keys[position];
    };
    let mut begun = (0..keys.len()).filter(|position| keys[*position].starts_with(beginning));
    keys[position] == beginning || begun.next() == Some(position) && begun.next().is_none()
}

/// Headers of first names that are often of whole ones, by their keys.
const WHOLE_NAMES: [&str; 3] = ["name", "nombre", "nome"];

/// What each header of a row means.
pub(super) struct Meanings {
    pub(super) columns: Vec<Option<Column>>,
    /// Which of them `--map` says.
    pub(super) mapped: Vec<bool>,
    pub(super) notices: Vec<Notice>,
}

/// A meaning that is worth a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// A header means `column` because one for `beside` stands beside it.
    Beside {
        position: usize,
        column: Column,
        beside: Column,
    },
    /// A header means `column`, though in the language of the others it is often another.
    Doubtful {
        position: usize,
        column: Column,
        often: Column,
    },
}

impl Notice {
    /// Where the header is.
    pub(super) fn position(self) -> usize {
        match self {
            Self::Beside { position, .. } | Self::Doubtful { position, .. } => position,
        }
    }
}

impl Meanings {
    pub(super) fn of(names: &[String], map: &HeaderMap) -> Self {
        let keys: Vec<String> = names.iter().map(|name| column_key(name)).collect();
        let mapped: Vec<Option<Column>> = keys
            .iter()
            .enumerate()
            .map(|(position, key)| {
                map.iter()
                    .find(|(from, _)| !key.is_empty() && is_mapped(from, &keys, position))
                    .map(|(_, column)| *column)
            })
            .collect();
        let by_themselves: Vec<Option<Column>> = keys
            .iter()
            .zip(&mapped)
            .map(|(key, mapped)| mapped.or_else(|| plain_meaning(key)))
            .collect();
        let mut meanings = Self {
            columns: by_themselves.clone(),
            mapped: mapped.iter().map(Option::is_some).collect(),
            notices: Vec::new(),
        };
        for (position, key) in keys
            .iter()
            .enumerate()
            .filter(|(position, _)| mapped[*position].is_none())
        {
            let neighbours = Neighbours {
                keys: &keys,
                columns: &by_themselves,
                position,
            };
            if WHOLE_NAMES.contains(&key.as_str()) && neighbours.have(Column::Name) && neighbours.have(Column::Surname)
            {
                meanings.is_whole_name(position, &neighbours);
            }
            for word in words_in_context(key) {
                meanings.weigh(position, word, &neighbours);
            }
        }
        meanings
    }

    /// A header of first names beside both parts of the name, in other columns: it is the whole name, as directories write
    /// it, unless another is.
    fn is_whole_name(&mut self, position: usize, neighbours: &Neighbours<'_>) {
        self.columns[position] = None;
        if !neighbours.have(Column::DisplayName) {
            self.columns[position] = Some(Column::DisplayName);
            self.notices.push(Notice::Beside {
                position,
                column: Column::DisplayName,
                beside: Column::Name,
            });
        }
    }

    fn weigh(&mut self, position: usize, word: WordInContext, neighbours: &Neighbours<'_>) {
        let WordInContext {
            column,
            beside,
            language,
        } = word;
        if neighbours.have(column) {
            return;
        }
        if neighbours.have_in(beside, language) {
            self.columns[position] = Some(column);
            self.notices.push(Notice::Beside {
                position,
                column,
                beside,
            });
        } else if let Some(usual) = self.columns[position]
            && !neighbours.have(usual)
            && neighbours.are_in(language)
        {
            self.notices.push(Notice::Doubtful {
                position,
                column: usual,
                often: column,
            });
        }
    }
}

/// The headers beside the one at `position`.
struct Neighbours<'h> {
    keys: &'h [String],
    columns: &'h [Option<Column>],
    position: usize,
}

impl Neighbours<'_> {
    fn all(&self) -> impl Iterator<Item = (&String, Option<Column>)> {
        let all = self.keys.iter().zip(self.columns.iter().copied()).enumerate();
        all.filter(|(position, _)| *position != self.position)
            .map(|(_, header)| header)
    }

    fn have(&self, column: Column) -> bool {
        self.all().any(|(_, other)| other == Some(column))
    }

    /// Whether one of them means `column` by a word of this language.
    fn have_in(&self, column: Column, language: &str) -> bool {
        self.all()
            .any(|(key, other)| other == Some(column) && is_of_language(key, language))
    }

    /// Whether one of them is of this language and not English.
    fn are_in(&self, language: &str) -> bool {
        self.all()
            .any(|(key, _)| !is_of_language(key, "en") && is_of_language(key, language))
    }
}
