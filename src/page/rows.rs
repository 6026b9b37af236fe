//! The rows of the table, written as they come.
//!
//! They are written once, in sections of tables that stand in a `noscript`: a browser without script shows these, and
//! the script reads its rows from the very text, a line each. One table of all rows would take a browser a minute.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use askama::filters::Escaper;

use super::html::{Shown, shown};
use super::{Column, ColumnKind, PageCell, PageTable, Tone};
use crate::text::number;

/// How many rows a section has: a longer table is slow to lay out.
const SECTION: usize = 200;

/// How many of the first rows are printed.
pub(super) const PRINTED_FIRST: usize = 100;

/// How many of the rows that need somebody are printed.
pub(super) const PRINTED_MARKED: usize = 400;

/// A column with more different words than these is no choice.
const MOST_CHOICES: usize = 40;

/// What was found out about the rows while they were written.
pub(super) struct Written {
    /// How many there are.
    pub(super) count: usize,
    /// How many need somebody: they have a cell that is bad or waiting.
    pub(super) marked: usize,
    /// How many of the rows are printed.
    pub(super) printed: usize,
    /// Whether rows that need somebody are left out in print.
    pub(super) is_marked_cut: bool,
    /// The columns that can be chosen from.
    pub(super) choices: Vec<Choices>,
    /// The columns in which no row has anything, counted from 0.
    pub(super) empty: Vec<usize>,
}

/// The words of a column, with how many rows have each.
pub(super) struct Choices {
    /// The column, counted from 0.
    pub(super) column: usize,
    pub(super) header: &'static str,
    pub(super) words: Vec<(String, String)>,
}

/// Writes the rows in sections.
pub(super) fn write_rows(table: &PageTable<'_>, out: &mut dyn io::Write) -> io::Result<Written> {
    let mut writer = RowWriter::new(table, out);
    table.rows.each(&mut |cells| writer.row(cells))?;
    writer.finish()
}

struct RowWriter<'a> {
    out: &'a mut dyn io::Write,
    columns: &'a [Column],
    head: String,
    /// The rows of the section that is not written yet.
    section: String,
    in_section: usize,
    is_section_printed: bool,
    count: usize,
    marked: usize,
    printed: usize,
    printed_marked: usize,
    /// `None` for a column that is no choice, or no longer.
    words: Vec<Option<BTreeMap<String, u64>>>,
    is_filled: Vec<bool>,
}

impl<'a> RowWriter<'a> {
    fn new(table: &'a PageTable<'_>, out: &'a mut dyn io::Write) -> Self {
        let columns = &table.columns;
        Self {
            out,
            columns,
            head: head(columns),
            section: String::new(),
            in_section: 0,
            is_section_printed: false,
            count: 0,
            marked: 0,
            printed: 0,
            printed_marked: 0,
            words: columns
                .iter()
                .map(|column| (column.kind == ColumnKind::Choice).then(BTreeMap::new))
                .collect(),
            is_filled: vec![false; columns.len()],
        }
    }

    fn row(&mut self, cells: &[PageCell<'_>]) -> io::Result<()> {
        let is_marked = cells.iter().any(|cell| matches!(cell.tone, Tone::Bad | Tone::Waiting));
        self.marked += usize::from(is_marked);
        let is_among_marked = is_marked && self.printed_marked < PRINTED_MARKED;
        self.printed_marked += usize::from(is_among_marked);
        let is_printed = self.count < PRINTED_FIRST || is_among_marked;
        self.printed += usize::from(is_printed);
        self.is_section_printed |= is_printed;
        self.section.push_str(if is_printed { "<tr class=p>" } else { "<tr>" });
        for position in 0..self.columns.len() {
            match cells.get(position) {
                Some(cell) => self.cell(position, cell)?,
                None => self.section.push_str("<td>"),
            }
        }
        self.section.push_str("</tr>\n");
        self.count += 1;
        self.in_section += 1;
        if self.in_section == SECTION {
            self.flush()?;
        }
        Ok(())
    }

    fn cell(&mut self, position: usize, cell: &PageCell<'_>) -> io::Result<()> {
        self.section.push_str(match cell.tone {
            Tone::Plain => "<td>",
            Tone::Good => "<td class=g>",
            Tone::Waiting => "<td class=w>",
            Tone::Bad => "<td class=b>",
        });
        let text = match self.columns[position].kind {
            ColumnKind::Moment => spaced(&cell.text),
            ColumnKind::Text | ColumnKind::Choice | ColumnKind::Number => Cow::Borrowed(cell.text.as_ref()),
        };
        Shown
            .write_escaped_str(&mut self.section, &text)
            .map_err(io::Error::other)?;
        if cell.text.is_empty() {
            return Ok(());
        }
        self.is_filled[position] = true;
        if let Some(words) = &mut self.words[position] {
            if let Some(rows) = words.get_mut(cell.text.as_ref()) {
                *rows += 1;
            } else if words.len() < MOST_CHOICES {
                words.insert(cell.text.clone().into_owned(), 1);
            } else {
                self.words[position] = None;
            }
        }
        Ok(())
    }

    /// Writes the section.
    fn flush(&mut self) -> io::Result<()> {
        if self.in_section == 0 {
            return Ok(());
        }
        let class = if self.is_section_printed { " class=p" } else { "" };
        let first = number(self.count - self.in_section + 1);
        let last = number(self.count);
        writeln!(
            self.out,
            "<section{class}><h3>Rows {first} to {last}</h3>\n<table class=\"rows\">{}<tbody>",
            self.head
        )?;
        self.out.write_all(self.section.as_bytes())?;
        self.out.write_all(b"</tbody></table></section>\n")?;
        self.section.clear();
        self.in_section = 0;
        self.is_section_printed = false;
        Ok(())
    }

    fn finish(mut self) -> io::Result<Written> {
        self.flush()?;
        let choices = self.columns.iter().zip(self.words).enumerate();
        let choices = choices.filter_map(|(position, (column, words))| {
            let mut as_shown = BTreeMap::<String, u64>::new();
            for (word, rows) in words? {
                *as_shown.entry(shown(&word)).or_default() += rows;
            }
            (as_shown.len() > 1).then_some(Choices {
                column: position,
                header: column.header,
                words: as_shown.into_iter().map(|(word, rows)| (word, number(rows))).collect(),
            })
        });
        let empty = self.is_filled.iter().enumerate();
        Ok(Written {
            count: self.count,
            marked: self.marked,
            printed: self.printed,
            is_marked_cut: self.marked > self.printed_marked,
            choices: choices.collect(),
            empty: empty
                .filter_map(|(position, is_filled)| (!is_filled).then_some(position))
                .collect(),
        })
    }
}

/// A moment as RFC 3339 lets people read it: with a space between day and time.
fn spaced(moment: &str) -> Cow<'_, str> {
    let is_day = |day: &str| day.len() == 10 && day.bytes().all(|letter| letter.is_ascii_digit() || letter == b'-');
    match moment.split_once('T') {
        Some((day, time)) if is_day(day) && time.as_bytes().get(2) == Some(&b':') => {
            Cow::Owned(format!("{day} {time}"))
        }
        _ => Cow::Borrowed(moment),
    }
}

/// The header of each section's table, without a line end: the script takes lines that begin with `<tr` for rows.
fn head(columns: &[Column]) -> String {
    let mut head = "<thead><tr>".to_owned();
    for column in columns {
        head.push_str("<th scope=col>");
        // Writing to a text cannot fail.
        let _ = Shown.write_escaped_str(&mut head, column.header);
    }
    let _ = write!(head, "</tr></thead>");
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_space_between_day_and_time_and_anything_else_stays() {
        assert_eq!(spaced("2026-11-29T10:15:00Z"), "2026-11-29 10:15:00Z");
        assert_eq!(spaced("2026-11-29T10:15:00.5+01:00"), "2026-11-29 10:15:00.5+01:00");
        for other in [
            "",
            "T",
            "2026-11-29",
            "Tuesday",
            "2026-11-29 10:15",
            "2026-11-29T",
            "ÄÄÄÄÄT10:00",
        ] {
            assert_eq!(spaced(other), other);
        }
    }
}
