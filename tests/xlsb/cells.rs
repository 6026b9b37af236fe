//! Every kind of cell.

use proptest::prelude::*;
use reseat::sheet::CellKind;

use crate::seen::Seen;
use crate::writer::{Records, Workbook, formula, rich, text};

/// What somebody typed into a cell.
#[derive(Debug, Clone)]
enum Typed {
    Nothing,
    /// Hundredths.
    Amount(i32),
    Whole(i64),
    Bool(bool),
    NotAvailable,
    Text(String),
}

/// In which of its forms the cell is written, if there are several.
#[derive(Debug, Clone, Copy)]
struct Form {
    is_short: bool,
    is_formula: bool,
    text: TextForm,
}

/// How a text is written that is no formula's.
#[derive(Debug, Clone, Copy, PartialEq)]
enum TextForm {
    Own,
    OwnRich,
    Shared,
    SharedRich,
}

impl Typed {
    /// What the cell shows, worked out without a floating point number.
    fn shown(&self) -> (String, CellKind) {
        match self {
            Self::Nothing => (String::new(), CellKind::Text),
            Self::Amount(hundredths) => {
                let sign = if *hundredths < 0 { "-" } else { "" };
                let size = hundredths.unsigned_abs();
                let shown = format!("{sign}{}.{:02}", size / 100, size % 100);
                let shown = shown.trim_end_matches('0').trim_end_matches('.').to_owned();
                (shown, CellKind::Number)
            }
            Self::Whole(number) => (number.to_string(), CellKind::Number),
            Self::Bool(value) => (value.to_string().to_uppercase(), CellKind::Bool),
            Self::NotAvailable => ("#N/A".into(), CellKind::Error),
            Self::Text(text) => (text.clone(), CellKind::Text),
        }
    }

    /// Adds the cell to a row.
    fn write(&self, form: Form, column: u32, records: Records, strings: &mut Vec<Vec<u8>>) -> Records {
        // The kinds of record: in full, short, of a formula.
        let (kinds, value): ((u16, u16, u16), Vec<u8>) = match self {
            Self::Nothing => ((1, 12, 1), Vec::new()),
            Self::Amount(hundredths) if form.is_formula => {
                ((5, 16, 9), (f64::from(*hundredths) / 100.0).to_le_bytes().into())
            }
            Self::Amount(hundredths) => ((2, 13, 2), (hundredths << 2 | 3).to_le_bytes().into()),
            #[expect(clippy::cast_precision_loss, reason = "it has no more than fifteen digits")]
            Self::Whole(number) => ((5, 16, 9), (*number as f64).to_le_bytes().into()),
            Self::Bool(value) => ((4, 15, 10), vec![u8::from(*value)]),
            Self::NotAvailable => ((3, 14, 11), vec![0x2a]),
            Self::Text(shown) if form.is_formula => ((6, 17, 8), text(shown)),
            Self::Text(shown) if matches!(form.text, TextForm::Shared | TextForm::SharedRich) => {
                let reading = (form.text == TextForm::SharedRich).then_some("reading");
                strings.push(rich(shown, &[], reading));
                let index = u32::try_from(strings.len() - 1).unwrap();
                ((7, 18, 7), index.to_le_bytes().into())
            }
            Self::Text(shown) if form.text == TextForm::OwnRich && !form.is_short => {
                let runs = [(0, 1), (1, 0)];
                ((62, 62, 62), rich(shown, &runs, Some("reading")))
            }
            Self::Text(shown) => ((6, 17, 8), text(shown)),
        };
        let is_formula = form.is_formula && !matches!(self, Self::Nothing);
        match (is_formula, form.is_short) {
            (true, _) => records.cell(kinds.2, column, 0, &formula(&value)),
            (false, true) => records.short(kinds.1, 0, &value),
            (false, false) => records.cell(kinds.0, column, 0, &value),
        }
    }
}

fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![
        Just(Typed::Nothing),
        (-99_999_999_i32..=99_999_999).prop_map(Typed::Amount),
        (-999_999_999_999_999_i64..=999_999_999_999_999).prop_map(Typed::Whole),
        any::<bool>().prop_map(Typed::Bool),
        Just(Typed::NotAvailable),
        "[ -~äß山😀\n\t]{1,20}".prop_map(Typed::Text),
    ]
}

fn form() -> impl Strategy<Value = Form> {
    let texts = vec![TextForm::Own, TextForm::OwnRich, TextForm::Shared, TextForm::SharedRich];
    (any::<bool>(), any::<bool>(), prop::sample::select(texts)).prop_map(|(is_short, is_formula, text)| Form {
        is_short,
        is_formula,
        text,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_form_a_cell_is_written_in_it_is_read_as_it_was_typed(
        rows in prop::collection::vec(
            (0_u32..3, prop::collection::vec((0_u32..3, typed(), form()), 1..6)),
            1..6,
        )
    ) {
        let mut records = Records::default();
        let mut strings = Vec::new();
        let mut expected = Vec::new();
        let mut row = 0;
        for (gap, cells) in &rows {
            row += gap;
            records = records.row(row, 0);
            let mut column = 0;
            let mut shown: Vec<(String, CellKind)> = Vec::new();
            for (gap, cell, form) in cells {
                // Only a cell beside another can be short, and the first one in the first column.
                let form = Form { is_short: form.is_short && *gap == 0, ..*form };
                column += gap;
                records = cell.write(form, column, records, &mut strings);
                shown.resize(column as usize, (String::new(), CellKind::Text));
                shown.push(cell.shown());
                column += 1;
            }
            while shown.last().is_some_and(|(text, _)| text.is_empty()) {
                shown.pop();
            }
            if shown.iter().any(|(text, _)| !text.trim().is_empty()) {
                expected.push((row + 1, shown));
            }
            row += 1;
        }
        let workbook = Workbook { strings, ..Workbook::of(&records) };
        let seen = Seen::of(&workbook.bytes()).unwrap();
        let read: Vec<(u32, Vec<(String, CellKind)>)> = seen
            .rows
            .iter()
            .map(|row| (row.number(), row.cells().map(|cell| (cell.text.to_owned(), cell.kind)).collect()))
            .collect();
        prop_assert_eq!(read, expected);
    }
}

/// The cells of one row.
fn cells(workbook: &Workbook) -> Vec<(String, CellKind)> {
    let seen = Seen::of(&workbook.bytes()).unwrap();
    seen.cells()
        .into_iter()
        .map(|(text, kind)| (text.to_owned(), kind))
        .collect()
}

fn row_of(cells: &[(u16, Vec<u8>)]) -> Records {
    let row = Records::default().row(0, 0);
    (0..)
        .zip(cells)
        .fold(row, |row, (column, (kind, value))| row.cell(*kind, column, 0, value))
}

#[test]
fn a_number_in_four_bytes_is_read_in_each_of_its_four_ways() {
    let upper_half = |number: f64| u32::try_from(number.to_bits() >> 32).unwrap();
    let written = [
        (12_u32 << 2) | 2,
        (1234 << 2) | 3,
        ((-5_i32) << 2).cast_unsigned() | 2,
        upper_half(0.75),
        upper_half(150.0) | 1,
    ];
    let row = row_of(&written.map(|number| (2, number.to_le_bytes().to_vec())));
    let shown = cells(&Workbook::of(&row));
    let expected = ["12", "12.34", "-5", "0.75", "1.5"].map(|text| (text.to_owned(), CellKind::Number));
    assert_eq!(shown, expected);
}

#[test]
fn every_error_is_an_error_even_one_that_nobody_knows() {
    let words = [
        (0x00, "#NULL!"),
        (0x07, "#DIV/0!"),
        (0x0f, "#VALUE!"),
        (0x17, "#REF!"),
        (0x1d, "#NAME?"),
        (0x24, "#NUM!"),
        (0x2a, "#N/A"),
        (0x2b, "#GETTING_DATA"),
        (0x2d, "#SPILL!"),
        (0x2f, "#BLOCKED!"),
        (0x31, "#FIELD!"),
        (0x32, "#CALC!"),
        (0xfe, "#ERROR254!"),
    ];
    let row = row_of(&words.map(|(code, _)| (3, vec![code])));
    assert_eq!(
        cells(&Workbook::of(&row)),
        words.map(|(_, word)| (word.to_owned(), CellKind::Error))
    );
}

#[test]
fn what_is_no_value_is_not_taken_for_one() {
    let row = row_of(&[
        (5, f64::NAN.to_le_bytes().into()),
        (5, f64::NEG_INFINITY.to_le_bytes().into()),
        (4, vec![7]),
        (7, 99_u32.to_le_bytes().into()),
    ]);
    let workbook = Workbook {
        strings: vec![rich("the only one", &[], None)],
        ..Workbook::of(&row)
    };
    let kinds: Vec<_> = cells(&workbook).into_iter().map(|(_, kind)| kind).collect();
    assert_eq!(kinds, [CellKind::Unreadable; 4]);
}

#[test]
fn half_a_letter_of_utf_16_is_shown_as_lost() {
    let unit = |unit: u16| [&1_u32.to_le_bytes()[..], &unit.to_le_bytes()].concat();
    let row = row_of(&[(6, unit(0xd83d)), (6, unit(0x61))]);
    assert_eq!(cells(&Workbook::of(&row))[0].0, "\u{fffd}");
}

#[test]
fn a_number_is_a_date_where_its_format_says_so_counted_from_the_workbooks_first_day() {
    let number = |number: f64| number.to_le_bytes();
    let row = Records::default()
        .row(0, 0)
        .cell(5, 0, 1, &number(1.5))
        .cell(5, 1, 2, &number(41.0))
        .cell(5, 2, 3, &number(46_082.0))
        .cell(5, 3, 4, &number(46_082.0))
        .cell(5, 4, 0, &number(46_082.0))
        .cell(5, 5, 4, &number(-1.0))
        .cell(5, 6, 4, &number(1e300));
    let workbook = Workbook {
        formats: vec!["0.00\" days\"", "General", "d. mmm yyyy"],
        ..Workbook::of(&row)
    };
    let expect = |cells: &[(&str, CellKind)]| -> Vec<_> {
        cells.iter().map(|(text, kind)| ((*text).to_owned(), *kind)).collect()
    };
    let numbers = [("1.5", CellKind::Number), ("41", CellKind::Number)];
    let others = [
        ("46082", CellKind::Number),
        ("-1", CellKind::Number),
        ("1E+300", CellKind::Number),
    ];
    let dates = |date| [(date, CellKind::Date); 2];
    let since_1900 = [&numbers[..], &dates("2026-03-01"), &others].concat();
    assert_eq!(cells(&workbook), expect(&since_1900));
    let since_1904 = [&numbers[..], &dates("2030-03-02"), &others].concat();
    let workbook = Workbook {
        is_1904: true,
        ..workbook
    };
    assert_eq!(cells(&workbook), expect(&since_1904));
}

#[test]
fn a_time_is_rounded_to_the_second_as_the_spreadsheet_program_shows_it() {
    let times = [
        41_224.999_988_368_06,
        46_082.999_999_999,
        0.395_833_333_333_333_3,
        0.999_999,
    ];
    let row = Records::default().row(0, 0);
    let row = (0..).zip(times).fold(row, |row, (column, time)| {
        row.cell(5, column, 1, &f64::to_le_bytes(time))
    });
    let workbook = Workbook {
        formats: vec!["yyyy-mm-dd hh:mm:ss"],
        ..Workbook::of(&row)
    };
    let shown = ["2012-11-11 23:59:59", "2026-03-02", "09:30:00", "23:59:59"];
    assert_eq!(cells(&workbook), shown.map(|text| (text.to_owned(), CellKind::Date)));
}
