//! Worksheets, rows and what is wrong with a file.

use reseat::sheet::CellKind::{Bool, Error, Number, Text, Uncomputed};
use reseat::sheet::{CellKind, Row};

use crate::seen::Seen;
use crate::writer::{HIDDEN, Records, Sheet, Workbook, formula, rich, text};

fn seen(workbook: &Workbook) -> Seen {
    Seen::of(&workbook.bytes()).unwrap()
}

fn refusal(workbook: &Workbook) -> String {
    Seen::of(&workbook.bytes()).unwrap_err().to_string()
}

/// Adds a row with one text in the first column.
fn one(records: Records, row: u32, flags: u8, user: &str) -> Records {
    records.row(row, flags).cell(6, 0, 0, &text(user))
}

#[test]
fn a_row_that_is_hidden_or_has_no_height_is_told() {
    let mut records = one(Records::default(), 0, 0, "user");
    records = one(records, 1, HIDDEN, "ann");
    // The ninth and tenth byte are the height.
    let flat = [&2_u32.to_le_bytes()[..], &[0; 4], &[0, 0, 0, 0, 0], &[0; 4]].concat();
    records = records.add(0, &flat).cell(6, 0, 0, &text("bob"));
    records = one(records, 8, 0, "cid");
    let hidden: Vec<_> = seen(&Workbook::of(&records))
        .rows
        .iter()
        .map(|row| (row.number(), row.is_hidden()))
        .collect();
    assert_eq!(hidden, [(1, false), (2, true), (3, true), (9, false)]);
}

#[test]
fn a_row_is_struck_through_by_the_font_of_its_cell_or_of_all_its_letters() {
    let shared = |index: u32| index.to_le_bytes();
    let records = Records::default()
        .row(0, 0)
        .cell(6, 0, 1, &text("struck"))
        .row(1, 0)
        .cell(6, 0, 0, &text("not"))
        .row(2, 0)
        .cell(7, 0, 0, &shared(0))
        .row(3, 0)
        .cell(7, 0, 0, &shared(1))
        .row(4, 0)
        .cell(7, 0, 1, &shared(2));
    let workbook = Workbook {
        formats: vec!["General"],
        is_struck: true,
        strings: vec![
            rich("all of it", &[(0, 1), (3, 1)], None),
            rich("a part of it", &[(0, 0), (2, 1)], None),
            rich("the cell but not the text", &[(0, 0)], Some("reading")),
        ],
        ..Workbook::of(&records)
    };
    let struck: Vec<_> = seen(&workbook).rows.iter().map(Row::is_struck).collect();
    assert_eq!(struck, [true, false, true, false, false]);
    let parts: Vec<_> = seen(&workbook)
        .rows
        .iter()
        .map(|row| row.struck_parts().len())
        .collect();
    assert_eq!(parts, [0, 0, 0, 1, 0]);
}

#[test]
fn of_merged_cells_the_first_alone_has_a_value() {
    let rows = one(
        one(one(Records::default(), 0, 0, "user"), 1, 0, "ann"),
        2,
        0,
        "left over",
    );
    let merged = [1_u32, 2, 0, 0].map(u32::to_le_bytes).concat();
    let after = Records::default()
        .add(177, &[1, 0, 0, 0])
        .add(176, &merged)
        .add(178, &[]);
    let workbook = Workbook {
        sheets: vec![Sheet::of(&rows.clone().cell(6, 1, 0, &text("HR")), &after)],
        ..Workbook::default()
    };
    let seen = seen(&workbook);
    assert_eq!(seen.shown(), ["1: user", "2: ann", "3:  | HR"]);
    let covered: Vec<_> = seen.rows.iter().map(Row::covered).collect();
    assert_eq!(covered, [0, 0, 1]);
}

#[test]
fn a_sheet_without_a_table_is_named_and_the_others_are_read() {
    let good = Sheet::of(&one(Records::default(), 0, 0, "user"), &Records::default());
    let other = |name, kind| Sheet {
        name,
        kind,
        ..good.clone()
    };
    let workbook = Workbook {
        sheets: vec![
            other("Macro1", "xlMacrosheet"),
            other("Chart1", "chartsheet"),
            other("Dialog1", "dialogsheet"),
            other("Odd", "somethingNew"),
            Sheet {
                part: None,
                ..other("Lost", "worksheet")
            },
            Sheet {
                state: 2,
                ..good.clone()
            },
        ],
        ..Workbook::default()
    };
    let seen = seen(&workbook);
    assert_eq!(
        (seen.sheets.as_slice(), seen.hidden_sheets.as_slice()),
        (&["Joiners".to_owned()][..], &["Joiners".to_owned()][..])
    );
    let skipped: Vec<_> = seen
        .skipped
        .iter()
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    assert_eq!(
        skipped,
        [
            "Macro1: it is an Excel 4 macro sheet",
            "Chart1: it is a chart",
            "Dialog1: it is a dialog",
            "Odd: its part `xl/worksheets/sheet3.bin` is no worksheet",
            "Lost: its part `xl/worksheets/sheet4.bin` is missing from the file",
        ]
    );
    assert_eq!(seen.shown(), ["1: user"]);
}

/// Two rows of formulas: a text, two numbers, a truth and an error.
fn formulas(texts: [&str; 2], numbers: [[f64; 2]; 2]) -> Records {
    let mut records = Records::default();
    for (row, text_value) in (0..).zip(texts) {
        records = records.row(row, 0).cell(8, 0, 0, &formula(&text(text_value)));
        for (column, values) in (1..).zip(numbers) {
            let value = formula(&values[row as usize].to_le_bytes());
            records = records.cell(9, column, 0, &value);
        }
        records = records.cell(10, 3, 0, &formula(&[0])).cell(11, 4, 0, &formula(&[0x2a]));
    }
    records
}

#[test]
fn a_formula_that_nobody_computed_is_told_where_the_file_shows_it() {
    let kinds = |workbook: &Workbook| -> Vec<Vec<CellKind>> {
        let rows = seen(workbook).rows;
        assert!(rows.iter().all(|row| row.cells().all(|cell| cell.is_formula)));
        rows.iter()
            .map(|row| row.cells().map(|cell| cell.kind).collect())
            .collect()
    };
    let fillers = Workbook::of(&formulas(["", ""], [[0.0, 0.0], [0.0, 7.0]]));
    assert_eq!(
        kinds(&fillers),
        [[Text, Number, Number, Bool, Error]; 2],
        "they may be values"
    );
    let to_compute = Workbook {
        computes_on_load: true,
        ..fillers
    };
    assert_eq!(
        kinds(&to_compute),
        [
            [Uncomputed, Uncomputed, Uncomputed, Bool, Error],
            [Uncomputed, Uncomputed, Number, Bool, Error],
        ],
        "true or false and errors are nobody's filler"
    );
}

#[test]
fn records_that_nobody_knows_are_passed_over() {
    let rows = one(Records::default().add(16_000, &[1; 300]), 0, 0, "user")
        .add(426, &[0; 17])
        .add(49, &[0; 4])
        .short(17, 0, &text("groups"))
        .add(2_071, &[]);
    assert_eq!(seen(&Workbook::of(&rows)).shown(), ["1: user | groups"]);
}

#[test]
fn a_worksheet_that_is_cut_off_is_refused_wherever_that_is() {
    let rows = one(one(Records::default(), 0, 0, "user"), 1, 0, "ann").short(17, 0, &text("HR"));
    let whole = Sheet::of(&rows, &Records::default());
    let bytes = whole.part.clone().unwrap();
    let cut_at = |length: usize| Workbook {
        sheets: vec![Sheet {
            part: Some(bytes[..length].to_vec()),
            ..whole.clone()
        }],
        ..Workbook::default()
    };
    // The end of the rows and of the sheet take three bytes each.
    for length in 0..bytes.len() - 3 {
        let refusal = refusal(&cut_at(length));
        assert!(
            refusal.contains("is damaged (worksheet `Joiners`: it ends "),
            "{length}: {refusal}"
        );
    }
    assert_eq!(seen(&cut_at(bytes.len() - 3)).rows.len(), 2);
}

#[test]
fn cells_that_cannot_be_where_they_are_make_the_workbook_a_damaged_one() {
    let rows = one(one(Records::default(), 4, 0, "user"), 5, 0, "ann");
    for (rows, reason) in [
        (one(rows.clone(), 5, 0, "ann"), "its row 6 comes after row 6"),
        (one(rows.clone(), 2, 0, "ann"), "its row 3 comes after row 6"),
        (one(rows.clone(), 1 << 20, 0, "ann"), "it has a row 1048577, and no"),
        (one(rows.clone(), u32::MAX, 0, "ann"), "it has a row 4294967296, and no"),
        (
            rows.clone().cell(1, 0, 0, &[]),
            "its row 6 has a cell in a column where none can be",
        ),
        (
            rows.clone().cell(1, 1 << 14, 0, &[]),
            "its row 6 has a cell in a column where none can be",
        ),
        (
            rows.clone().cell(6, 1, 0, &[255; 7]),
            "a record of it is shorter than what it holds",
        ),
        (
            rows.clone().cell(5, 1, 0, &[0; 7]),
            "a record of it is shorter than what it holds",
        ),
        (
            rows.clone().add(7, &[0]),
            "a record of it is shorter than what it holds",
        ),
        (
            Records::default().cell(1, 0, 0, &[]),
            "it has a cell before its first row",
        ),
        (
            rows.clone().cell(7, 1, 0, &[0; 4]),
            "the part that holds its texts is missing",
        ),
    ] {
        let refusal = refusal(&Workbook::of(&rows));
        assert!(
            refusal.contains(&format!("is damaged (worksheet `Joiners`: {reason}")),
            "{refusal}"
        );
    }
}

#[test]
fn a_record_is_no_longer_than_a_cell_can_be_and_never_longer_than_the_file() {
    let row = Records::default().row(0, 0);
    let long = refusal(&Workbook::of(&row.clone().cell(6, 0, 0, &vec![0; 17 << 20])));
    assert!(long.contains("longer than any cell"), "{long}");
    let mut claimed = row;
    // A text of a quarter of a gigabyte, says its length.
    claimed.0.extend([6, 0xff, 0xff, 0xff, 0x7f]);
    let refusal = refusal(&Workbook::of(&claimed));
    assert!(refusal.contains("ends in the middle of a record"), "{refusal}");
}

#[test]
fn hidden_columns_are_told() {
    let columns = |first: u32, last: u32, width: u32, flags: u16| -> Vec<u8> {
        let fields = [first, last, width, 0];
        fields
            .iter()
            .flat_map(|field| field.to_le_bytes())
            .chain(flags.to_le_bytes())
            .collect()
    };
    let before = Records::default()
        .add(390, &[])
        .add(60, &columns(0, 0, 2560, 0))
        .add(60, &columns(1, 2, 2560, 1))
        .add(60, &columns(4, 4, 0, 0))
        .add(60, &[0; 3])
        .add(391, &[]);
    let sheet = Sheet::under(&before, &one(Records::default(), 0, 0, "user"), &Records::default());
    let seen = seen(&Workbook {
        sheets: vec![sheet],
        ..Workbook::default()
    });
    assert_eq!(seen.hidden_columns, [(1, 2), (4, 4)]);
    assert_eq!(seen.shown(), ["1: user"]);
}
