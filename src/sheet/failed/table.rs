//! The rows that need attention, as they stood in the sheet.

use super::contents::{FailedRow, FailedSheet, LEFT_OUT, Rewrite};
use super::marks::{MARK, Mark};
use crate::model::Shared;
use crate::sheet::row::{Cell, CellKind, Row};
use crate::sheet::visitor::{Visit, Visitor};
use crate::text::header_key;

const STATUS: &str = "reseat_status";
const MESSAGE: &str = "reseat_message";
/// Of so many groups of columns the widths are kept; no table that people fill in has more.
const MOST_WIDTHS: usize = 256;

/// A cell of the sheet, or one that is added.
#[derive(Debug, Clone, Default)]
pub(super) struct FailedCell {
    pub(super) text: String,
    pub(super) kind: CellKind,
    /// The colour behind it, as `0xRRGGBB`.
    pub(super) fill: Option<u32>,
}

impl FailedCell {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: CellKind::Text,
            fill: None,
        }
    }

    fn of(cell: Cell<'_>, fill: Option<u32>) -> Self {
        Self {
            text: cell.text.to_owned(),
            kind: cell.kind,
            fill,
        }
    }
}

/// One worksheet's header and marked rows.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: Shared<str>,
    /// The positions of the columns that an earlier run added.
    ours: Vec<usize>,
    /// The position of the column that holds secrets.
    secret: Option<usize>,
    /// The positions of the columns whose cells are written otherwise, and how.
    rewrites: Vec<(usize, Rewrite)>,
    rows: Vec<(Vec<FailedCell>, Option<FailedRow>)>,
    /// How wide columns are, from one position to another, in digits.
    widths: Vec<((usize, usize), f64)>,
}

impl Table {
    /// How many columns of the sheet's own there are.
    fn width(&self) -> usize {
        self.rows.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0)
    }

    /// The widths that columns had, by their positions among those that are the sheet's own.
    pub(super) fn widths(&self) -> impl Iterator<Item = (usize, f64)> {
        let length = self.width() + self.ours.len();
        let own = (0..length).filter(|position| !self.ours.contains(position));
        own.enumerate().filter_map(|(position, before)| {
            let mut widths = self.widths.iter();
            let (_, width) = widths.find(|((first, last), _)| (*first..=*last).contains(&before))?;
            Some((position, *width))
        })
    }

    /// Adds a row, or the header; returns how many secrets were left out.
    fn push(&mut self, row: &Row, failed: Option<FailedRow>) -> usize {
        let mut left_out = 0;
        let own = row
            .cells()
            .enumerate()
            .filter(|(position, _)| !self.ours.contains(position));
        let cells = own.map(|(position, cell)| {
            if let Some(failed) = &failed
                && self.secret == Some(position)
                && !cell.text.trim().is_empty()
            {
                left_out += usize::from(failed.needs_secret);
                FailedCell::text(LEFT_OUT)
            } else if failed.is_some()
                && let Some(rewritten) = self.rewritten(position, cell.text)
            {
                FailedCell {
                    text: rewritten,
                    ..FailedCell::of(cell, row.fill(position))
                }
            } else {
                FailedCell::of(cell, row.fill(position))
            }
        });
        let cells = cells.collect();
        self.rows.push((cells, failed));
        left_out
    }

    /// The cell as it is written where it means something else without its column.
    fn rewritten(&self, position: usize, text: &str) -> Option<String> {
        let mut of_column = self.rewrites.iter().filter(|(column, _)| *column == position);
        of_column.find_map(|(_, rewrite)| rewrite(text))
    }

    /// The header and the rows, of equal length, so that what is added is under its headers; they are of the sheet `of`,
    /// and bear the digits `digest`.
    pub(super) fn rows<'t>(&'t self, of: &'t str, digest: &'t str) -> impl Iterator<Item = Vec<FailedCell>> + 't {
        let width = self.width();
        self.rows.iter().map(move |(cells, failed)| {
            let mut cells = cells.clone();
            cells.resize(width, FailedCell::default());
            match failed {
                None => cells.extend([STATUS, MESSAGE, MARK].map(FailedCell::text)),
                Some(FailedRow {
                    status, message, key, ..
                }) => {
                    let mark = Mark {
                        key: *key,
                        digest: digest.to_owned(),
                        of: of.to_owned(),
                    };
                    cells.extend([status.clone(), message.clone(), mark.to_string()].map(FailedCell::text));
                }
            }
            cells
        })
    }
}

/// Gathers the rows that need attention from the sheet.
#[derive(Debug)]
pub(super) struct Tables<'m> {
    failed: &'m FailedSheet<'m>,
    /// The number of the header row of the worksheet.
    header: u32,
    found: Vec<Table>,
    left_out: usize,
}

impl<'m> Tables<'m> {
    pub(super) fn of(failed: &'m FailedSheet<'m>) -> Self {
        Self {
            failed,
            header: 0,
            found: Vec::new(),
            left_out: 0,
        }
    }

    /// The worksheets with such rows, and how many secrets were left out.
    pub(super) fn finish(mut self) -> (Vec<Table>, usize) {
        self.found.retain(|table| table.rows.len() > 1);
        (self.found, self.left_out)
    }
}

impl Visitor for Tables<'_> {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        let Some(header) = self.failed.headers.get(sheet) else {
            return Visit::Skip;
        };
        self.header = *header;
        self.found.push(Table {
            name: sheet.clone(),
            ours: Vec::new(),
            secret: self.failed.secrets.get(sheet).copied(),
            rewrites: self.failed.rewrites.get(sheet).cloned().unwrap_or_default(),
            rows: Vec::new(),
            widths: Vec::new(),
        });
        Visit::Rows
    }

    fn columns_have_width(&mut self, columns: (usize, usize), width: f64) {
        if let Some(table) = self.found.last_mut().filter(|table| table.widths.len() < MOST_WIDTHS) {
            table.widths.push((columns, width));
        }
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let Some(table) = self.found.last_mut() else {
            return Visit::Skip;
        };
        if table.rows.is_empty() {
            // What stands above the header is no row.
            if row.number() == self.header {
                let names = [STATUS, MESSAGE, MARK].map(header_key);
                let ours = row
                    .cells()
                    .enumerate()
                    .filter(|(_, cell)| names.contains(&header_key(cell.text)));
                table.ours = ours.map(|(position, _)| position).collect();
                table.push(row, None);
            }
        } else if let Some(failed) = self.failed.rows.get(&(table.name.clone(), row.number())) {
            self.left_out += table.push(row, Some(failed.clone()));
        }
        Visit::Rows
    }
}
