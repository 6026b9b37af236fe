//! Workbooks of the older format, record by record: what one odd record spoils, and in which code page texts are.

use std::process::Command;

use crate::compound::{CELLS, begin, compound, end, labels, record, workbook};
use crate::support::{Told, check, folder_with, told as told_by};

fn told(stream: &[u8], name: &str) -> Told {
    let folder = folder_with("old.xls", &compound(&[(name, stream.to_vec())]));
    check(folder.path(), "old.xls")
}

/// A workbook of Excel 97 with these records before one worksheet of these.
fn told_of(globals: &[u8], worksheet: &[u8]) -> Told {
    told(&workbook(globals, &[worksheet.to_vec()]), "Workbook")
}

fn place(row: u16, column: u16) -> Vec<u8> {
    [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat()
}

const ONE_ROW: (Option<i32>, &str) = (Some(0), "1 row: 1 add-to-groups\n");

#[test]
fn texts_since_excel_97_are_read_whatever_the_code_page_is_said_to_be() {
    for number in [437_u16, 1252, 10000, 1200, 0, 0xffff] {
        let code_page = record(0x0042, &number.to_le_bytes());
        let header = labels(&[(0, 0, "operation"), (0, 1, "user"), (0, 2, "active")]);
        let row = [
            labels(&[(1, 0, "update"), (1, 1, "ann@corp.example")]),
            wide_label(1, 2, "Łęcki 𠮷"),
        ];
        let told = told_of(&code_page, &[header, row.concat()].concat());
        assert!(
            told.text.contains("`Łęcki 𠮷` is neither yes nor no"),
            "{number}: {told:?}"
        );
    }
}

fn wide_label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut data = place(row, column);
    data.extend(u16::try_from(units.len()).unwrap().to_le_bytes());
    data.push(1);
    data.extend(units.into_iter().flat_map(u16::to_le_bytes));
    record(0x0204, &data)
}

/// A workbook of Excel 95 with a word where yes or no belongs, so that the answer shows its letters.
fn excel_95(code_page: Option<u16>, name: &[u8]) -> Vec<u8> {
    let label = |row: u16, column: u16, text: &[u8]| {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        record(0x0204, &[&place(row, column)[..], &length, text].concat())
    };
    let begin = |kind: u8| record(0x0809, &[0, 5, kind, 0, 0, 0, 0, 0]);
    let cells: [(u16, u16, &[u8]); 6] = [
        (0, 0, b"operation"),
        (0, 1, b"user"),
        (0, 2, b"active"),
        (1, 0, b"update"),
        (1, 1, b"ann@corp.example"),
        (1, 2, name),
    ];
    let cells = cells.iter().flat_map(|(row, column, text)| label(*row, *column, text));
    let worksheet = [begin(0x10), cells.collect(), end()].concat();
    let code_page = code_page.map(|number| record(0x0042, &number.to_le_bytes()));
    let globals = |start: u32| {
        let sheet = [&start.to_le_bytes()[..], &[0, 0, 4], b"Team"].concat();
        let code_page = code_page.clone().unwrap_or_default();
        [begin(5), code_page, record(0x0085, &sheet), end()].concat()
    };
    let start = u32::try_from(globals(0).len()).unwrap();
    [globals(start), worksheet].concat()
}

#[test]
fn texts_before_excel_97_are_read_in_the_code_page_of_the_workbook() {
    let cases: [(u16, &[u8], &str); 6] = [
        (1250, b"\xa3\xeacki", "Łęcki"),
        (932, b"\x8eR\x93c", "山田"),
        (437, b"J\x81rgen", "Jürgen"),
        (850, b"J\x81rgen", "Jürgen"),
        (10000, b"J\x9frgen", "Jürgen"),
        (0x8000, b"J\x9frgen", "Jürgen"),
    ];
    for (number, bytes, text) in cases {
        let told = told(&excel_95(Some(number), bytes), "Book");
        assert_eq!(told.code, Some(2), "{told:?}");
        assert!(told.text.contains(&format!("`{text}`")), "{number}: {}", told.text);
        assert!(!told.text.contains("--encoding"), "{number}: {}", told.text);
    }
}

#[test]
fn texts_without_a_known_code_page_are_read_as_they_are_said_to_be_or_doubted() {
    for code_page in [None, Some(1200), Some(0), Some(0xffff)] {
        let stream = excel_95(code_page, b"\xa3\xeacki");
        let folder = folder_with("old.xls", &compound(&[("Book", stream)]));
        let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
        let named = told_by(
            command.args(["check", "old.xls", "--encoding", "windows-1250"]),
            folder.path(),
        );
        assert!(named.text.contains("`Łęcki`"), "{}", named.text);
        let guessed = check(folder.path(), "old.xls");
        assert!(guessed.text.contains("`£êcki`"), "{}", guessed.text);
        assert!(guessed.text.contains("--encoding"), "{}", guessed.text);
    }
}

#[test]
fn an_encrypted_workbook_is_refused_however_it_is_encrypted() {
    // Obfuscation by XOR, RC4, and the keys of a newer system.
    for data in [
        &[0, 0, 1, 2, 3, 4][..],
        &[1, 0, 1, 0, 1, 0],
        &[1, 0, 4, 0, 2, 0],
        &[9, 9, 9, 9],
    ] {
        let told = told_of(&record(0x002f, data), &labels(&CELLS));
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(
            told.text.contains("is encrypted with a password; remove it"),
            "{}",
            told.text
        );
    }
}

#[test]
fn an_odd_cell_spoils_itself_and_only_where_it_is_used() {
    let error = |code: u8, kind: u8| record(0x0205, &[place(1, 3), vec![code, kind]].concat());
    let number = |value: f64| record(0x0203, &[place(1, 3), value.to_le_bytes().to_vec()].concat());
    let no_such_text = record(0x00fd, &[place(1, 3), vec![7, 0, 0, 0]].concat());
    let too_short = record(0x0204, &[place(1, 3), vec![9, 0, 0, b'x']].concat());
    let cells = [
        ("#N/A", error(0x2a, 1)),
        ("#ERROR99!", error(99, 1)),
        ("7", error(7, 0)),
        ("NaN", number(f64::NAN)),
        ("inf", number(f64::INFINITY)),
        ("7", no_such_text),
        ("x", too_short),
    ];
    for (shown, cell) in cells {
        let unused = [labels(&CELLS), labels(&[(0, 3, "note")]), cell.clone()].concat();
        let told = told_of(&[], &unused);
        assert_eq!((told.code, told.text.as_str()), ONE_ROW, "{shown}");
        let used = [labels(&CELLS), labels(&[(0, 3, "name")]), cell].concat();
        let told = told_of(&[], &used);
        assert_eq!(told.code, Some(2), "{shown}: {told:?}");
        assert!(
            told.text.contains("row 2") && told.text.contains(shown),
            "{shown}: {}",
            told.text
        );
    }
}

#[test]
fn an_odd_worksheet_spoils_itself_only() {
    let good = [begin(0x10), labels(&CELLS), end()].concat();
    let misplaced = [begin(0x10), record(0x0203, &[1, 0]), end()].concat();
    let run_without_its_end = [begin(0x10), record(0x00bd, &[0; 11]), end()].concat();
    let macros = [begin(0x40), labels(&CELLS), end()].concat();
    let sheets: [(u8, Option<&[u8]>, &str); 7] = [
        (1, Some(&macros), "it is a sheet of Excel 4 macros"),
        (2, Some(&macros), "it is a chart"),
        (6, Some(&macros), "it is a module of Visual Basic"),
        (9, Some(&good), "it is a sheet of a kind that is not known"),
        (0, None, "it is damaged: it is not where the workbook says"),
        (
            0,
            Some(&misplaced),
            "it is damaged: a cell in it does not say where it is",
        ),
        (
            0,
            Some(&run_without_its_end),
            "it is damaged: a cell in it does not say where it is",
        ),
    ];
    for (kind, odd, reason) in sheets {
        let globals = |starts: [usize; 2]| {
            let sheet = |start: usize, kind: u8, name: &[u8; 3]| {
                let start = u32::try_from(start).unwrap().to_le_bytes();
                record(0x0085, &[&start[..], &[0, kind, 3, 0], name].concat())
            };
            [
                begin(5),
                sheet(starts[0], kind, b"Odd"),
                sheet(starts[1], 0, b"Fit"),
                end(),
            ]
            .concat()
        };
        let start = globals([0, 0]).len();
        let bytes = odd.unwrap_or_default();
        let first = if odd.is_some() { start } else { 1 << 30 };
        let stream = [globals([first, start + bytes.len()]), bytes.to_vec(), good.clone()].concat();
        let told = told(&stream, "Workbook");
        assert_eq!(told.code, Some(0), "{reason}: {told:?}");
        assert!(
            told.text
                .contains(&format!("worksheet `Odd` skipped because {reason}\n")),
            "{}",
            told.text
        );
        assert!(told.text.ends_with("1 row: 1 add-to-groups\n"), "{}", told.text);
    }
}

#[test]
fn a_workbook_that_ends_within_a_worksheet_is_damaged() {
    let stream = workbook(&[], &[labels(&CELLS)]);
    // Without the end of the worksheet, and without a part of its last cell.
    for lost in [4, 5, 12] {
        let stream = &stream[..stream.len() - lost];
        // What follows in the last sector are zeros, which are records of no kind; none of them is an end.
        let told = told(stream, "Workbook");
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.text.contains("is damaged (it is cut off)"), "{}", told.text);
    }
}

#[test]
fn hidden_rows_and_cells_under_merged_ones_are_told() {
    let row = |height: u8, flags: u8| record(0x0208, &[1, 0, 0, 0, 3, 0, height, 0, 0, 0, 0, 0, flags, 1, 0, 0]);
    let (shown, hidden, flat) = (row(0xff, 0), row(0xff, 0x20), row(0, 0));
    let others_are_hidden = record(0x0225, &[2, 0, 0, 0]);
    for (records, is_hidden) in [
        (hidden, true),
        (flat, true),
        (shown.clone(), false),
        (others_are_hidden.clone(), true),
        ([others_are_hidden, shown].concat(), false),
    ] {
        let told = told_of(&[], &[records, labels(&CELLS)].concat());
        assert_eq!(told.code, Some(0), "{told:?}");
        assert_eq!(told.text.contains("hidden"), is_hidden, "{}", told.text);
    }
    // Behind the cells, as Excel writes it.
    let merged = record(0x00e5, &[1, 0, 1, 0, 1, 0, 2, 0, 3, 0]);
    let cells = [labels(&CELLS), labels(&[(0, 3, "note"), (1, 3, "under it")]), merged].concat();
    let told = told_of(&[], &cells);
    assert!(told.text.contains("merged"), "{}", told.text);
}

#[test]
fn a_worksheet_within_another_document_is_not_taken_for_the_file() {
    let mut file = compound(&[
        ("WordDocument", Vec::new()),
        ("Workbook", workbook(&[], &[labels(&CELLS)])),
    ]);
    // The directory stands behind the header and the table of sectors; the root's own is the first stream, alone.
    file[1024 + 76..1024 + 80].copy_from_slice(&1_u32.to_le_bytes());
    let folder = folder_with("letter.xls", &file);
    let told = check(folder.path(), "letter.xls");
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.text.contains("`letter.xls` is a Word document"), "{}", told.text);
}
