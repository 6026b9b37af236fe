//! Aligned columns of text.

use std::io::{self, Write};

use super::style::HEADING;

/// How a column's cells are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A small table: a heading, and rows with a cell for each column.
#[derive(Debug, Clone)]
pub struct Table<const N: usize> {
    columns: [(&'static str, Align); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// An empty table with these columns. If every name is empty, there is no heading line.
    pub fn new(columns: [(&'static str, Align); N]) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// Writes the table, two spaces between columns and none at the end of a line.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let widths: [usize; N] = std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| width(&row[column]));
            cells.chain([width(self.columns[column].0)]).max().unwrap_or_default()
        });
        let names = self.columns.map(|(name, _)| name);
        if names.iter().any(|name| !name.is_empty()) {
            writeln!(out, "{HEADING}{}{HEADING:#}", self.line(names, widths))?;
        }
        for row in &self.rows {
            writeln!(out, "{}", self.line(row.each_ref().map(String::as_str), widths))?;
        }
        Ok(())
    }

    fn line(&self, cells: [&str; N], widths: [usize; N]) -> String {
        let mut line = String::new();
        for (column, cell) in cells.into_iter().enumerate() {
            if column > 0 {
                line.push_str("  ");
            }
            let padding = " ".repeat(widths[column] - width(cell));
            match self.columns[column].1 {
                Align::Left => line.extend([cell, &padding]),
                Align::Right => line.extend([&padding, cell]),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_text_to_the_left_and_numbers_to_the_right() {
        let mut table = Table::new([("code", Align::Left), ("seats", Align::Right), ("name", Align::Left)]);
        table.push(["ATTUNU", "1,200", "Attended"].map(str::to_owned));
        table.push(["Ü", "7", ""].map(str::to_owned));
        let mut out = anstream::StripStream::new(Vec::new());
        table.write(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out.into_inner()).unwrap(),
            "code    seats  name\nATTUNU  1,200  Attended\nÜ           7\n"
        );
    }
}
