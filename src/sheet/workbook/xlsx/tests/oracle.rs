//! What a writer of workbooks writes is read as another reader of them reads it.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::seen;
use crate::sheet::row::CellKind;
use crate::sheet::workbook::number::{write_date, write_number};

/// What is written into a cell.
#[derive(Debug, Clone)]
enum Written {
    Text(String),
    Number(f64),
    Bool(bool),
    /// A formula with the text that it gives.
    Formula(String),
    /// A day since the beginning of 1900, with this format.
    Date(f64, &'static str),
    Blank,
}

fn any_cell() -> impl Strategy<Value = Written> {
    let formats = [
        "yyyy-mm-dd",
        "dd/mm/yyyy hh:mm",
        "[$-407]d. mmmm yyyy;@",
        "h:mm AM/PM",
        "0.00",
        "0 \"days\"",
        "General",
    ];
    prop_oneof![
        // Some letters have to be written with escapes.
        "[ -~äß€\n\t]{0,12}".prop_map(Written::Text),
        "[a-z]{1,8}".prop_map(Written::Text),
        any::<f64>()
            .prop_filter("a number", |number| number.is_finite())
            .prop_map(Written::Number),
        (-1_000_000_i32..1_000_000).prop_map(|number| Written::Number(f64::from(number) / 100.0)),
        any::<bool>().prop_map(Written::Bool),
        "[a-z<&>\"]{1,8}|#N/A|#REF!|1[0-9]{0,3}".prop_map(Written::Formula),
        (1_u32..80_000, 0_u32..24, prop::sample::select(formats.to_vec()))
            .prop_map(|(day, hour, format)| Written::Date(f64::from(day) + f64::from(hour) / 24.0, format)),
        Just(Written::Blank),
    ]
}

fn packed(rows: &[Vec<Written>]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Written::Text(text) => sheet.write_string(row, column, text),
                Written::Number(number) => sheet.write_number(row, column, *number),
                Written::Bool(value) => sheet.write_boolean(row, column, *value),
                Written::Formula(result) => sheet.write_formula(row, column, Formula::new("=X()").set_result(result)),
                Written::Date(day, format) => {
                    let date = ExcelDateTime::from_serial_datetime(*day).unwrap();
                    sheet.write_datetime_with_format(row, column, date, &Format::new().set_num_format(*format))
                }
                Written::Blank => sheet.write_blank(row, column, &Format::new().set_bold()),
            }
            .unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// The cells that hold something, in order, as calamine reads them.
fn by_calamine(bytes: &[u8]) -> Vec<((u32, usize), CellKind, String)> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = workbook.worksheet_range("Sheet1").unwrap();
    let (top, left) = range.start().unwrap_or_default();
    let mut cells = Vec::new();
    for (row, column, value) in range.used_cells() {
        let mut text = String::new();
        let kind = match value {
            Data::Float(number) => {
                write_number(*number, &mut text);
                CellKind::Number
            }
            Data::DateTime(date) => {
                write_date(date, &mut text);
                CellKind::Date
            }
            Data::Bool(value) => {
                text = value.to_string().to_uppercase();
                CellKind::Bool
            }
            Data::Error(error) => {
                text = error.to_string();
                CellKind::Error
            }
            other => {
                text = other.to_string();
                CellKind::Text
            }
        };
        let position = (top + u32::try_from(row).unwrap() + 1, left as usize + column);
        cells.push((position, kind, text));
    }
    cells.retain(|(_, _, text)| !text.is_empty());
    cells
}

fn by_us(bytes: &[u8]) -> Vec<((u32, usize), CellKind, String)> {
    let mut cells = Vec::new();
    for row in seen(bytes).rows {
        for (column, (kind, text, _)) in row.cells.into_iter().enumerate() {
            if !text.is_empty() {
                cells.push(((row.number, column), kind, text));
            }
        }
    }
    cells
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_cell_is_read_as_another_reader_reads_it(
        rows in prop::collection::vec(prop::collection::vec(any_cell(), 1..6), 1..8),
    ) {
        let bytes = packed(&rows);
        let mut expected = by_calamine(&bytes);
        // A row of nothing but white space is no row.
        let has_more = |row: u32| expected.iter().any(|((at, _), _, text)| *at == row && !text.trim().is_empty());
        let rows: Vec<u32> = expected.iter().map(|((row, _), _, _)| *row).filter(|row| has_more(*row)).collect();
        expected.retain(|((row, _), _, _)| rows.contains(row));
        prop_assert_eq!(by_us(&bytes), expected);
    }
}
