//! One row of cells, in a buffer that is reused from row to row.

use std::ops::{ControlFlow, Range};

use crate::text::{self, each_place_of};

/// What a cell held before it became text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellKind {
    /// Text, or any cell of a CSV.
    #[default]
    Text,
    /// A number of a workbook: whatever was typed, leading zeros and digits past the 15th are gone.
    Number,
    /// `TRUE` or `FALSE` of a workbook.
    Bool,
    /// A date or time of a workbook.
    Date,
    /// An error value, `#N/A` for instance.
    Error,
    /// A formula whose value was never computed and stored.
    Uncomputed,
    /// Something that is no value: a number that is not one, a kind of cell that nobody knows. Its text is what stands
    /// in the file.
    Unreadable,
}

/// Where the text of a workbook's cell comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Origin {
    pub(super) kind: CellKind,
    /// Whether the cell is a formula, and the text its result.
    pub(super) is_formula: bool,
}

impl From<CellKind> for Origin {
    fn from(kind: CellKind) -> Self {
        Self {
            kind,
            is_formula: false,
        }
    }
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'r> {
    /// What it shows.
    pub text: &'r str,
    /// What it held.
    pub kind: CellKind,
    /// Whether it is a formula of a workbook, and the text its result.
    pub is_formula: bool,
}

/// What is wrong with a row as a line of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MalformedRow {
    /// The double quote that opens the cell at this position (from 0) is not closed, or only by
    /// the quote of a later row; what follows it is lost in the cell.
    UnclosedQuote {
        /// The column, from 0.
        column: usize,
    },
    /// As [`UnclosedQuote`](Self::UnclosedQuote) if the row has not as many cells as the header, else in order: the quoted
    /// cell at this position (from 0) has several lines, and ends as what is before a cell does.
    PerhapsUnclosed {
        /// The column, from 0.
        column: usize,
    },
    /// The double quote that closes the cell at this position (from 0) is followed by text.
    TextAfterQuote {
        /// The column, from 0.
        column: usize,
    },
    /// The cell at this position (from 0) ends with a double quote that none opens; the quote is part of its text.
    StrayQuote {
        /// The column, from 0.
        column: usize,
        /// Whether the row looks like the rest of the one before it.
        is_rest: bool,
    },
    /// Spaces before the double quote of the cell at this position (from 0) make the quote a part of
    /// its text, so that it keeps nothing together.
    SpaceBeforeQuote {
        /// The column, from 0.
        column: usize,
    },
    /// The row is longer, or has more cells, than any sheet's row can have.
    TooLong,
}

/// Cells of a row that lie under a merged cell which begins in a row above and shows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Under {
    /// The first and the last of the cells, from 0.
    pub columns: (usize, usize),
    /// The number of the row in which the merged cell begins, in the first of these columns.
    pub top: u32,
}

/// More of them are not told.
const MOST_UNDER: usize = 64;

/// One row that is not empty.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Row {
    number: u32,
    /// The texts of the cells, in whatever order they came and with whatever parts them.
    text: String,
    /// Where in it the text of each cell is.
    cells: Vec<Range<u32>>,
    /// How many came after one further right, as no spreadsheet program writes them.
    late: usize,
    /// What the cells of a workbook held; empty for a CSV, whose cells are all text.
    origins: Vec<Origin>,
    is_plain: bool,
    is_line: bool,
    is_hidden: bool,
    is_struck: bool,
    is_total: bool,
    /// The positions of cells of whose text a part is struck through.
    struck_parts: Vec<usize>,
    covered: u32,
    under: Vec<Under>,
    /// The colours behind cells, by their positions; most cells have none.
    fills: Vec<(usize, u32)>,
    malformed: Option<MalformedRow>,
}

/// Among how many rows, from the first that is not empty, the header of a worksheet is looked for.
pub const HEADER_ROWS: u32 = 20;

/// No spreadsheet program has more columns.
pub(super) const MOST_COLUMNS: usize = 1 << 14;

/// A row longer than this, in bytes, is taken for an unclosed quote, or for no sheet at all.
pub(super) const LONGEST_ROW: usize = 4 << 20;

impl Row {
    /// The number that a spreadsheet program shows next to the row.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How many cells the row has, trailing empty ones of a CSV included.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no cell holds anything but white space or the dash that people put where there is nothing; of a formula that was
    /// never computed nobody knows.
    pub fn is_empty(&self) -> bool {
        // The first cell is nearly always enough.
        is_blank(self.text(0))
            && self
                .cells()
                .all(|cell| is_blank(cell.text) && cell.kind != CellKind::Uncomputed)
    }

    /// The cell at `position`, from 0; an empty one past the end.
    pub fn cell(&self, position: usize) -> Cell<'_> {
        let Origin { kind, is_formula } = self.origins.get(position).copied().unwrap_or_default();
        Cell {
            text: self.text(position),
            kind,
            is_formula,
        }
    }

    /// The text of the cell at `position`, from 0.
    pub fn text(&self, position: usize) -> &str {
        self.cells.get(position).map_or("", |cell| self.slice(cell))
    }

    /// Whether all cells are of visible ASCII letters and spaces only, and of a CSV.
    pub fn is_plain_text(&self) -> bool {
        self.is_plain && self.origins.is_empty()
    }

    /// The cells in order.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.cells.len()).map(|position| self.cell(position))
    }

    /// What stands around the cells at these positions, which rise: before the first, between each and the next, behind the
    /// last. Only of a row that is one line of text without quotes, which says all there is to know of its cells.
    pub fn line_around(&self, positions: &[usize]) -> Option<impl Iterator<Item = &str>> {
        if !self.is_line || self.malformed.is_some() {
            return None;
        }
        let cell = |position: &usize| self.cells.get(*position).map(|cell| (cell.start, cell.end));
        let mut start = 0;
        let ends = positions.iter().filter_map(cell).chain([(place(self.text.len()), 0)]);
        Some(ends.map(move |(end, next)| self.slice(&(std::mem::replace(&mut start, next)..end))))
    }

    fn slice(&self, cell: &Range<u32>) -> &str {
        &self.text[cell.start as usize..cell.end as usize]
    }

    /// Whether all cells are of visible ASCII letters and spaces only, as most are.
    pub fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Whether the spreadsheet program hides the row.
    pub fn is_hidden(&self) -> bool {
        self.is_hidden
    }

    /// Whether it is the total row of a table.
    pub fn is_total(&self) -> bool {
        self.is_total
    }

    /// Whether a cell of the row is struck through.
    pub fn is_struck(&self) -> bool {
        self.is_struck
    }

    /// The positions of the cells of whose text some is struck through and some is not.
    pub fn struck_parts(&self) -> &[usize] {
        &self.struck_parts
    }

    /// How many cells of the row have a value that a merged cell hides; the values are left out.
    pub fn covered(&self) -> u32 {
        self.covered
    }

    /// The cells that lie under merged cells of rows above.
    pub fn under(&self) -> &[Under] {
        &self.under
    }

    /// The colour behind the cell at `position`, from 0, as `0xRRGGBB`, if somebody has given it one.
    pub fn fill(&self, position: usize) -> Option<u32> {
        let found = self.fills.iter().find(|(at, _)| *at == position)?;
        Some(found.1)
    }

    /// What is wrong with the row as a line of cells, if anything is.
    pub fn malformed(&self) -> Option<MalformedRow> {
        self.malformed
    }

    /// How many bytes of text its cells have, and what parts them.
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Empties the row.
    pub(super) fn start(&mut self, number: u32) {
        self.number = number;
        self.text.clear();
        self.cells.clear();
        self.late = 0;
        self.origins.clear();
        self.is_plain = true;
        self.is_line = false;
        self.is_hidden = false;
        self.is_struck = false;
        self.is_total = false;
        self.struck_parts.clear();
        self.covered = 0;
        self.under.clear();
        self.fills.clear();
        self.malformed = None;
    }

    /// Takes the cells of a record of a CSV, as many as a spreadsheet program has columns.
    pub(super) fn take_record(&mut self, record: &csv::StringRecord) {
        self.text.push_str(record.as_slice());
        let mut end = 0;
        for cell in record.iter().take(MOST_COLUMNS) {
            let start = end;
            end += place(cell.len());
            self.cells.push(start..end);
        }
        if record.len() > MOST_COLUMNS {
            self.text.truncate(end as usize);
            self.malformed = Some(MalformedRow::TooLong);
        }
        self.is_plain = text::is_plain(&self.text);
    }

    /// Takes the cells of the first line of a text without quotes, as many as a spreadsheet program has columns, and tells how
    /// long the line is.
    pub(super) fn take_line(&mut self, text: &str, delimiter: u8) -> usize {
        let (mut start, mut length) = (0, text.len());
        each_place_of([delimiter, b'\n'], text.as_bytes(), |at| {
            if text.as_bytes()[at] == b'\n' {
                length = at;
                return ControlFlow::Break(());
            }
            self.take_cell(start..place(at));
            start = place(at) + 1;
            ControlFlow::Continue(())
        });
        let line = &text[..length];
        let line = line.strip_suffix('\r').unwrap_or(line);
        self.take_cell(start..place(line.len()));
        self.text.push_str(line);
        self.is_line = true;
        self.is_plain = match delimiter {
            b'\t' => self.cells().all(|cell| text::is_plain(cell.text)),
            _ => text::is_plain(line),
        };
        length
    }

    fn take_cell(&mut self, cell: Range<u32>) {
        if self.cells.len() < MOST_COLUMNS {
            self.cells.push(cell);
        } else {
            self.malformed = Some(MalformedRow::TooLong);
        }
    }

    pub(super) fn set_number(&mut self, number: u32) {
        self.number = number;
    }

    pub(super) fn hide(&mut self) {
        self.is_hidden = true;
    }

    pub(super) fn set_total(&mut self) {
        self.is_total = true;
    }

    pub(super) fn strike(&mut self) {
        self.is_struck = true;
    }

    pub(super) fn strike_part(&mut self, position: usize) {
        if self.struck_parts.len() < MOST_COLUMNS {
            self.struck_parts.push(position);
        }
    }

    pub(super) fn set_fill(&mut self, position: usize, colour: u32) {
        if self.fills.len() < MOST_COLUMNS {
            self.fills.push((position, colour));
        }
    }

    pub(super) fn add_covered(&mut self) {
        self.covered += 1;
    }

    pub(super) fn add_under(&mut self, under: Under) {
        if self.under.len() < MOST_UNDER {
            self.under.push(under);
        }
    }

    pub(super) fn set_malformed(&mut self, malformed: MalformedRow) {
        self.malformed = Some(malformed);
    }

    /// Puts a cell at `position`; cells may come in any order, gaps are empty cells.
    pub(super) fn put(&mut self, position: usize, origin: impl Into<Origin>, text: &str) {
        if position >= self.cells.len() {
            self.cells.resize(position + 1, 0..0);
            self.origins.resize(position + 1, Origin::default());
        } else if self.late < MOST_COLUMNS {
            self.late += 1;
        } else {
            self.malformed = Some(MalformedRow::TooLong);
            return;
        }
        let start = place(self.text.len());
        self.text.push_str(text);
        self.cells[position] = start..place(self.text.len());
        self.origins[position] = origin.into();
        self.is_plain &= text::is_plain(text);
    }

    /// Whether there is room for a cell of this length; where not, the row is too long.
    pub(super) fn has_room(&mut self, length: usize) -> bool {
        let fits = self.size() + length <= LONGEST_ROW;
        if !fits {
            self.malformed = Some(MalformedRow::TooLong);
        }
        fits
    }
}

/// A place in the text of a row, which is never longer than [`LONGEST_ROW`].
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Whether a cell holds nothing but white space, control characters and a dash. A line of dashes is a ruler, which tells of a
/// table as programs print it.
fn is_blank(cell: &str) -> bool {
    // The first byte is nearly always enough.
    if matches!(cell.as_bytes(), [b'!'..=b',' | b'.'..=b'~', ..]) {
        return false;
    }
    let cell = cell.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control());
    matches!(cell, "" | "-" | "--" | "–" | "—")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_come_out_of_order_and_gaps_are_empty() {
        let mut row = Row::default();
        row.start(7);
        row.put(2, CellKind::Bool, "TRUE");
        row.put(0, CellKind::Text, "ann");
        row.put(2, CellKind::Number, "12");
        row.put(1, CellKind::Text, "lee");
        let texts: Vec<_> = row.cells().map(|cell| cell.text).collect();
        assert_eq!(texts, ["ann", "lee", "12"]);
        assert_eq!(row.cell(2).kind, CellKind::Number);
        assert_eq!(row.cell(9).text, "");
        assert_eq!(row.number(), 7);
    }
}
