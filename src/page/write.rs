//! A page written from top to bottom.

use std::io;

use askama::Template;
use url::form_urlencoded;

use super::html::shown;
use super::look::Look;
use super::rows::{PRINTED_FIRST, PRINTED_MARKED, Written, write_rows};
use super::{Cause, ColumnKind, Page, PageTable, SectionBody, Tone};
use crate::text::{number, plural};

/// Everything before the rows.
#[derive(Template)]
#[template(path = "before_rows.html")]
struct BeforeRows<'a> {
    page: &'a Page<'a>,
    look: &'a Look,
}

/// What follows the rows, about them.
#[derive(Template)]
#[template(path = "after_rows.html")]
struct AfterRows<'a> {
    table: &'a PageTable<'a>,
    written: &'a Written,
}

/// What follows the table.
#[derive(Template)]
#[template(path = "end.html")]
struct End<'a> {
    page: &'a Page<'a>,
    look: &'a Look,
}

/// Writes the page as one HTML file, which is complete once this has returned. The rows are asked for once and written as
/// they come. `out` gets many small pieces and ought to be buffered.
pub fn write_page(page: &Page<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let columns = page.table.as_ref().map_or(&[][..], |table| &table.columns);
    let look = Look::new(columns);
    BeforeRows { page, look: &look }.write_into(out)?;
    if let Some(table) = &page.table {
        let written = write_rows(table, out)?;
        AfterRows {
            table,
            written: &written,
        }
        .write_into(out)?;
    }
    End { page, look: &look }.write_into(out)?;
    // A template's own last line end does not count.
    out.write_all(b"\n")
}

impl Tone {
    /// What styles call it.
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
        }
    }

    /// Whether a shape stands beside it.
    fn has_shape(self) -> bool {
        self != Self::Plain
    }
}

impl ColumnKind {
    /// What the script calls it.
    fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice => "choice",
            Self::Number => "number",
            Self::Moment => "moment",
        }
    }
}

impl Written {
    fn rows_words(&self) -> String {
        plural(self.count, "row")
    }

    /// Which rows are printed, in words.
    fn printed_words(&self) -> String {
        let first = number(self.count.min(PRINTED_FIRST));
        let rows = self.rows_words();
        match (self.marked, self.is_marked_cut) {
            (0, _) => format!("the first {first} of {rows}"),
            (_, true) => format!(
                "the first {first} of {rows}, and {} that need somebody",
                number(PRINTED_MARKED)
            ),
            (_, false) => format!("the first {first} of {rows}, and all that need somebody"),
        }
    }

    /// The numbers of the columns in which nothing is.
    fn empty_columns(&self) -> String {
        let numbers: Vec<String> = self.empty.iter().map(ToString::to_string).collect();
        numbers.join(" ")
    }
}

impl Cause {
    fn row_count(&self) -> String {
        plural(self.rows, "row")
    }

    /// The part of an address that shows its rows.
    fn fragment(&self) -> Option<String> {
        let filter = shown(self.filter.as_deref()?);
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        Some(format!("filter={filter}"))
    }
}
