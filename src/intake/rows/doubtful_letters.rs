//! Letters beyond ASCII in a sheet whose encoding is in doubt: a person has to see whether they are right.

use super::header::Header;
use super::worksheet::Worksheet;
use crate::intake::cells::{Column, UnplacedProblem, excerpt};
use crate::problem::ProblemCode;
use crate::sheet::{EncodingDoubt, NamedEncoding, Row};

/// How many values are shown.
const SHOWN: usize = 2;

/// The first values of one worksheet that have doubtful letters.
#[derive(Debug, Default)]
pub(in crate::intake) struct DoubtfulLetters {
    found: Vec<Found>,
}

#[derive(Debug)]
struct Found {
    doubt: EncodingDoubt,
    row: u32,
    column: Column,
    value: String,
}

impl DoubtfulLetters {
    /// Remembers the values of a row, read in spite of the doubt; where they are proven wrong, they are problems.
    pub(super) fn note(
        &mut self,
        doubt: EncodingDoubt,
        header: &Header,
        row: &Row,
        problems: &mut Vec<UnplacedProblem>,
    ) {
        for (column, position) in header.present.iter().filter(|(column, _)| column.is_meaningful()) {
            // As it was read: a letter of the right encoding may be a control character or a blank in the wrong one, which
            // a cleaned cell does not have.
            let text = row.cell(*position).text;
            let value = match doubt {
                EncodingDoubt::Disproved { .. } | EncodingDoubt::NotUtf8 { .. } => text,
                // No-break spaces around a value are a habit of web pages, and seldom a letter.
                EncodingDoubt::Guessed { .. } | EncodingDoubt::IsUtf8 { .. } => text.trim(),
            };
            if value.is_ascii() {
                continue;
            }
            if self.found.len() < SHOWN && *column != Column::Password {
                self.found.push(Found {
                    doubt,
                    row: row.number(),
                    column: *column,
                    value: value.to_owned(),
                });
            }
            if let Some((what, help)) = lost(doubt) {
                // Each letter need not be told of, too.
                let is_of_letters = |code| matches!(code, ProblemCode::LostLetters | ProblemCode::DoubtfulEncoding);
                problems.retain(|problem| !is_of_letters(problem.code) || problem.column != Some(*column));
                problems.push(UnplacedProblem::error(ProblemCode::LostLetters, what, help).at(*column));
            }
        }
    }

    /// Adds those of the rows after these.
    pub(super) fn append(&mut self, later: Self) {
        let room = SHOWN.saturating_sub(self.found.len());
        self.found.extend(later.found.into_iter().take(room));
    }

    /// What there is to look at, and the row of the first value.
    pub(in crate::intake) fn into_problem(self) -> Option<(u32, UnplacedProblem)> {
        let first = self.found.first()?;
        let values: Vec<&str> = self.found.iter().map(|found| found.value.as_str()).collect();
        let (what, help) = match first.doubt {
            EncodingDoubt::Guessed { suggestion } | EncodingDoubt::Disproved { suggestion } => {
                let what = format!(
                    "nothing says the encoding of the sheet; read as Windows-1252 it has {}{}",
                    quoted(values.iter().copied()),
                    otherwise(first.doubt, suggestion, &values),
                );
                let right = match first.doubt {
                    EncodingDoubt::Disproved { .. } => "",
                    _ => "; if it is right, --encoding windows-1252 says so",
                };
                let help = format!("if that is wrong, name the encoding, {}{right}", flag(suggestion));
                (what, help)
            }
            EncodingDoubt::IsUtf8 { named } => {
                let utf_8 = NamedEncoding::from(encoding_rs::UTF_8);
                let what = format!(
                    "the sheet was read as {named}, as it was told, and has {}, but it is valid UTF-8{}",
                    quoted(values.iter().copied()),
                    otherwise(first.doubt, Some(utf_8), &values),
                );
                (what, "if that is wrong, write --encoding utf-8".to_owned())
            }
            // Each of them is an error.
            EncodingDoubt::NotUtf8 { .. } => return None,
        };
        let problem = UnplacedProblem::warning(ProblemCode::DoubtfulEncoding, what, help).at(first.column);
        Some((first.row, problem))
    }
}

/// Why the letters beyond ASCII are not those that were written, if that is certain, and what to do.
fn lost(doubt: EncodingDoubt) -> Option<(&'static str, String)> {
    match doubt {
        EncodingDoubt::Guessed { .. } | EncodingDoubt::IsUtf8 { .. } => None,
        EncodingDoubt::Disproved { suggestion } => Some((
            "the letters beyond ASCII are not those that were written: \
             the sheet was read as Windows-1252, and has bytes that Windows-1252 does not have",
            format!(
                "name the encoding it was saved in, {}, or save it as CSV UTF-8",
                flag(suggestion)
            ),
        )),
        EncodingDoubt::NotUtf8 { suggestion } => Some((
            "the letters beyond ASCII are lost: the sheet was read as UTF-8, as it was told, and is not",
            format!(
                "leave --encoding utf-8 out, so that the encoding is looked for, or name the one it was saved in, {}",
                flag(suggestion)
            ),
        )),
    }
}

/// Whether a problem of a cell is the doubt about the encoding once more, which is told of the whole sheet. What is ASCII is
/// the same in every encoding.
pub(super) fn is_of_the_sheet(problem: &UnplacedProblem, worksheet: &Worksheet, row: &Row) -> bool {
    let has_doubtful_letters = || {
        let position = problem.column.and_then(|column| worksheet.header.position(column));
        position.is_some_and(|position| !row.text(position).is_ascii())
    };
    matches!(worksheet.doubt, Some(EncodingDoubt::IsUtf8 { .. }))
        && problem.code == ProblemCode::DoubtfulEncoding
        && has_doubtful_letters()
}

/// What to do about headers that mean nothing and have letters beyond ASCII: to say what they mean would be to keep the
/// wrong letters. `None` where the encoding is as likely to be right as any.
pub(in crate::intake) fn help_for_headers(doubt: EncodingDoubt) -> Option<String> {
    let encoding = match doubt {
        EncodingDoubt::Guessed { suggestion: None } => return None,
        EncodingDoubt::Guessed { suggestion } | EncodingDoubt::Disproved { suggestion } => {
            format!("name the encoding of the sheet, {}", flag(suggestion))
        }
        EncodingDoubt::IsUtf8 { .. } => "write --encoding utf-8".to_owned(),
        EncodingDoubt::NotUtf8 { .. } => "leave --encoding utf-8 out".to_owned(),
    };
    Some(format!("if these are not the letters that were written, {encoding}"))
}

/// The flag that names this encoding, or an example.
fn flag(suggestion: Option<NamedEncoding>) -> String {
    match suggestion {
        Some(likely) => format!("perhaps --encoding {likely}"),
        None => "as in --encoding windows-1250 or --encoding cp850".to_owned(),
    }
}

/// What the values are in the other encoding; nothing if they are no text in it.
fn otherwise(doubt: EncodingDoubt, other: Option<NamedEncoding>, values: &[&str]) -> String {
    let Some(other) = other else {
        return String::new();
    };
    let read: Option<Vec<String>> = values.iter().map(|value| doubt.reread(value, other)).collect();
    read.map_or_else(String::new, |read| {
        format!(" (as {other} {})", quoted(read.iter().map(String::as_str)))
    })
}

fn quoted<'v>(values: impl Iterator<Item = &'v str>) -> String {
    let shown: Vec<String> = values.map(|value| format!("`{}`", excerpt(value))).collect();
    shown.join(" and ")
}
