//! What an administrator's files become: rows with the numbers that the spreadsheet program shows.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use reseat::model::{RowKey, Shared};
use reseat::sheet::{
    CellKind, FailedRow, FailedRows, FailedSheet, LEFT_OUT, Row, SheetError, Source, Visit, Visitor, read_marks,
    write_failed_rows,
};
use reseat::text::unescape_formula;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tempfile::TempDir;

#[derive(Default)]
struct Seen {
    sheets: Vec<String>,
    rows: Vec<(u32, Vec<String>)>,
    kinds: Vec<Vec<CellKind>>,
}

impl Visitor for Seen {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.sheets.push(sheet.to_string());
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        self.rows
            .push((row.number(), row.cells().map(|cell| cell.text.to_owned()).collect()));
        self.kinds.push(row.cells().map(|cell| cell.kind).collect());
        Visit::Rows
    }
}

fn seen(path: &Path) -> Seen {
    let mut seen = Seen::default();
    Source::open(path).unwrap().read(&mut seen).unwrap();
    seen
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    path
}

fn utf_16(text: &str) -> Vec<u8> {
    let mark = [0xff, 0xfe].into_iter();
    mark.chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn workbook(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Joiners").unwrap();
    sheet.write_string(1, 1, "user").unwrap();
    sheet.write_string(1, 2, "active").unwrap();
    sheet.write_number(3, 1, 100_200_300).unwrap();
    sheet.write_boolean(3, 2, true).unwrap();
    sheet
        .write_formula(4, 1, Formula::new("=A1&\"@x.example\"").set_result("ann@x.example"))
        .unwrap();
    sheet
        .write_formula(4, 2, Formula::new("=NA()").set_result("#N/A"))
        .unwrap();
    let date = ExcelDateTime::from_ymd(2026, 3, 1).unwrap();
    sheet
        .write_datetime_with_format(5, 2, date, &Format::new().set_num_format("yyyy-mm-dd"))
        .unwrap();
    sheet.write_blank(1000, 0, &Format::new().set_bold()).unwrap();
    workbook
        .add_worksheet()
        .set_name("Hidden")
        .unwrap()
        .set_hidden(true)
        .write_string(0, 0, "user")
        .unwrap();
    workbook.save(&path).unwrap();
    path
}

/// The beginning of a text of which reseat looks at no more before it reads the rows.
fn long_beginning() -> String {
    format!("user;name\n{}", "zoe@x.example;Zoë\n".repeat(4000))
}

/// The rows of a text, and what was assumed of it.
type Reading = (Vec<(u32, Vec<String>)>, String);

/// What is seen by a visitor made for a source, and by one that is shown the source once all of it was looked at.
fn seen_both_ways(bytes: &[u8], encoding: Option<&str>) -> [Reading; 2] {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "long.csv", bytes);
    let open = || Source::open_in(&path, encoding.map(|name| name.parse().unwrap())).unwrap();
    let (presumed, looked_at) = (open(), open());
    let new = presumed.read_new(Seen::default).unwrap();
    let mut old = Seen::default();
    looked_at.read(&mut old).unwrap();
    [(new.rows, presumed.assumptions()), (old.rows, looked_at.assumptions())]
}

#[test]
fn a_long_text_is_in_the_encoding_that_its_end_shows() {
    let utf_8 = "cells separated by `;`";
    let windows = "read as windows-1252, cells separated by `;`";
    for (name, end, encoding, assumed, last) in [
        ("letters of ASCII", b"last;Lee\n".to_vec(), None, utf_8, "Lee"),
        ("other letters", "last;Zoë".into(), None, utf_8, "Zoë"),
        ("letters in quotes", "last;\"Zoë\"\n".into(), None, utf_8, "Zoë"),
        (
            "one spoilt letter among valid ones",
            b"last;Zo\xeb\n".to_vec(),
            None,
            utf_8,
            "Zo\u{fffd}",
        ),
        (
            "the same in quotes",
            b"last;\"Zo\xeb\"".to_vec(),
            None,
            utf_8,
            "Zo\u{fffd}",
        ),
        ("a letter cut off", b"last;Zo\xc3".to_vec(), None, utf_8, "Zo\u{fffd}"),
        (
            "many letters of Windows",
            [&b"a;\xeb\n".repeat(20_000)[..], b"last;Zo\xeb"].concat(),
            None,
            windows,
            "Zoë",
        ),
        (
            "the same below a quote",
            [&b"a;\"\xeb\"\n".repeat(20_000)[..], b"last;Zo\xeb"].concat(),
            None,
            windows,
            "Zoë",
        ),
        ("a named encoding", "last;Zoë".into(), Some("utf-8"), utf_8, "Zoë"),
        (
            "a named encoding that it is not all in",
            b"last;Zo\xeb".to_vec(),
            Some("utf-8"),
            utf_8,
            "Zo\u{fffd}",
        ),
        (
            "another named encoding",
            b"last;Zo\xeb".to_vec(),
            Some("windows-1252"),
            utf_8,
            "Zoë",
        ),
    ] {
        let bytes = [long_beginning().as_bytes(), &end].concat();
        let [new, old] = seen_both_ways(&bytes, encoding);
        assert_eq!(new.1, assumed, "{name}");
        assert_eq!(new.0.last().unwrap().1, ["last", last], "{name}");
        assert!(new == old, "{name}");
    }
}

#[test]
fn what_a_mark_says_of_a_long_text_holds_to_its_end() {
    let marked = format!("\u{feff}{}", long_beginning());
    for end in ["last;Lee".as_bytes(), &b"a;\xeb\n".repeat(20_000)] {
        let bytes = [marked.as_bytes(), end].concat();
        for encoding in [None, Some("utf-8"), Some("windows-1252")] {
            let [new, old] = seen_both_ways(&bytes, encoding);
            assert_eq!(new.0[0].1, ["user", "name"]);
            assert!(new == old, "{encoding:?}");
        }
    }
    let utf_16 = utf_16(&long_beginning());
    let [new, old] = seen_both_ways(&utf_16, None);
    assert!(new == old && new.1.contains("UTF-16LE"), "{}", new.1);
}

#[test]
fn letters_behind_a_quote_that_is_never_closed_count_as_well() {
    let unclosed = format!("{}last;\"{}", long_beginning(), "x".repeat(5 << 20));
    let bytes = [unclosed.as_bytes(), &b"a;\xeb\n".repeat(20_000)].concat();
    let [new, old] = seen_both_ways(&bytes, None);
    assert!(new == old && new.1.starts_with("read as windows-1252"), "{}", new.1);
}

#[test]
fn a_text_of_which_a_visitor_wants_no_more_is_looked_at_to_its_end_all_the_same() {
    struct Beginning;
    impl Visitor for Beginning {
        fn row(&mut self, _: &mut Row) -> Visit {
            Visit::Skip
        }
    }
    let folder = TempDir::new().unwrap();
    let bytes = [long_beginning().as_bytes(), &b"a;\xeb\n".repeat(20_000)].concat();
    let source = Source::open(&file(&folder, "long.csv", &bytes)).unwrap();
    source.read_new(|| Beginning).unwrap();
    assert!(source.assumptions().starts_with("read as windows-1252"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_text_is_read_alike_in_one_pass_and_in_two(
        ends in prop::collection::vec(
            prop::sample::select(vec![
                &b"a;b\n"[..], b"a;\"b\n", b"a;\"b\nc\"\n", b"\xeb;b\n", "ë;b\n".as_bytes(), b"\xc3", b"\n", b"\r", b"a;b\r\n",
            ]),
            0..9,
        ),
        filling in prop::sample::select(vec!["a;b\n", "ë;b\n", "\"a\";b\n"]),
        count in prop::sample::select(vec![1_usize, 9_000, 20_000]),
    ) {
        let filled = filling.repeat(count);
        let bytes: Vec<u8> = [b"user;name\n", filled.as_bytes()].concat().into_iter().chain(ends.concat()).collect();
        let [new, old] = seen_both_ways(&bytes, None);
        prop_assert!(new == old);
    }
}

#[test]
fn the_same_table_is_read_from_every_encoding_and_delimiter() {
    let folder = TempDir::new().unwrap();
    let expected = vec![
        (1, vec!["user".to_owned(), "name".to_owned()]),
        (3, vec!["zoe@x.example".to_owned(), "Zoë, née Müller".to_owned()]),
    ];
    let comma = "user,name\r\n\r\nzoe@x.example,\"Zoë, née Müller\"\r\n";
    let semicolon = "user;name\n\nzoe@x.example;Zoë, née Müller\n";
    let windows: Vec<u8> = semicolon
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    for (name, bytes) in [
        ("a.csv", comma.as_bytes().to_vec()),
        ("b.csv", format!("\u{feff}{comma}").into_bytes()),
        ("c.csv", semicolon.as_bytes().to_vec()),
        ("d.tsv", semicolon.replace(';', "\t").into_bytes()),
        ("e.txt", semicolon.replace(';', "|").into_bytes()),
        ("f.csv", utf_16(semicolon)),
        ("g.csv", utf_16(semicolon)[2..].to_vec()),
        ("h.csv", windows),
        ("i.xlsx", format!("sep=;\r\n{semicolon}").into_bytes()),
    ] {
        assert_eq!(seen(&file(&folder, name, &bytes)).rows, expected, "{name}");
    }
}

#[test]
fn a_workbook_keeps_its_row_numbers_and_shows_cells_as_they_were_typed() {
    let folder = TempDir::new().unwrap();
    let seen = seen(&workbook(&folder, "a.xlsx"));
    assert_eq!(seen.sheets, ["Joiners", "Hidden"]);
    let shown: Vec<_> = seen
        .rows
        .iter()
        .map(|(number, cells)| format!("{number}:{}", cells.join("|")))
        .collect();
    assert_eq!(
        shown,
        [
            "2:|user|active",
            "4:|100200300|TRUE",
            "5:|ann@x.example|#N/A",
            "6:||2026-03-01",
            "1:user"
        ]
    );
    assert_eq!(seen.kinds[1][1..], [CellKind::Number, CellKind::Bool]);
    assert_eq!(seen.kinds[3][2], CellKind::Date);
}

#[test]
fn the_content_tells_the_format_whatever_the_extension() {
    let folder = TempDir::new().unwrap();
    assert_eq!(seen(&workbook(&folder, "joiners.csv")).sheets.len(), 2);
}

#[test]
fn what_is_no_sheet_is_named_for_what_it_is() {
    let folder = TempDir::new().unwrap();
    for (name, bytes, word) in [
        (
            "a.xls",
            &b"<html><table><tr><td>user</td></tr></table>"[..],
            "a web page",
        ),
        ("b.csv", b"%PDF-1.7 ...", "a PDF"),
        ("c.csv", b"a\x00\x01\x02b\x00\x00\x00\x00\x03\x04c", "a binary file"),
        ("d.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        ("e.csv", b"", "is empty"),
        ("f.csv", b" \r\n \n", "is empty"),
        ("g.xlsx", b"\xd0\xcf\x11\xe0 and then nothing", "damaged"),
    ] {
        let path = file(&folder, name, bytes);
        let error = Source::open(&path)
            .and_then(|source| source.read(&mut Seen::default()))
            .unwrap_err()
            .to_string();
        assert!(error.contains(word) && error.contains(name), "{error}");
    }
    let error = Source::open(folder.path()).unwrap_err();
    assert!(matches!(error, SheetError::Directory { .. }));
}

#[test]
fn a_missing_file_is_answered_with_its_neighbours() {
    let folder = TempDir::new().unwrap();
    file(&folder, "joiners.xlsx", b"x");
    let error = Source::open(&folder.path().join("joiners.csv"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("joiners.xlsx"), "{error}");
}

#[test]
fn an_archive_that_unpacks_to_more_than_it_says_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bomb.xlsx");
    let mut zip = zip::ZipWriter::new(fs_err::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let workbook = format!(
        "<workbook xmlns:r=\"{kind}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{kind}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship \
         Id=\"rId2\" Type=\"{kind}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let worksheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>";
    for (part, content) in [
        ("xl/workbook.xml", workbook.as_str()),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/worksheets/sheet1.xml", worksheet),
    ] {
        zip.start_file(part, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    zip.write_all(&vec![b' '; 8 << 20]).unwrap();
    zip.finish().unwrap();
    let mut bytes = fs_err::read(&path).unwrap();
    // The declared size of the last part, in the central directory.
    let size = (8_u32 << 20).to_le_bytes();
    let positions: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == size).collect();
    for position in positions {
        bytes[position..position + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    fs_err::write(&path, bytes).unwrap();
    let error = Source::open(&path)
        .and_then(|source| source.read(&mut Seen::default()))
        .unwrap_err();
    assert!(
        matches!(error, SheetError::TooLarge { .. } | SheetError::Broken { .. }),
        "{error}"
    );
}

#[test]
fn standard_input_is_kept_so_that_it_can_be_read_again() {
    let source = Source::from_reader(&mut &b"user\nann\n"[..]).unwrap();
    for _ in 0..2 {
        let mut seen = Seen::default();
        source.read(&mut seen).unwrap();
        assert_eq!(seen.rows.len(), 2);
    }
    assert_eq!(source.name(), "standard input");
    assert_eq!(source.path(), Path::new("reseat"));
    assert!(source.is_piped());
}

#[test]
fn a_sheet_overwritten_meanwhile_is_refused_and_one_replaced_is_read_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"user\nann\n");
    let source = Source::open(&path).unwrap();
    let newer = file(&folder, "b.csv", b"user\nbob\ncid\n");
    fs_err::rename(newer, &path).unwrap();
    let mut seen = Seen::default();
    source.read(&mut seen).unwrap();
    assert_eq!(seen.rows[1].1, ["ann"]);

    let source = Source::open(&path).unwrap();
    fs_err::write(&path, b"user\n").unwrap();
    let error = source.read(&mut Seen::default()).unwrap_err();
    assert!(matches!(error, SheetError::Changed { .. }));
}

/// Writes a row more to the file whenever it sees one.
struct Feeder(std::fs::File);

impl Visitor for Feeder {
    fn row(&mut self, row: &mut Row) -> Visit {
        assert!(row.number() < 100, "the reader follows the writer");
        self.0.write_all(b"bob\n").unwrap();
        Visit::Rows
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_refused_instead_of_followed() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"user\nann\n");
    let source = Source::open(&path).unwrap();
    let writer = fs_err::OpenOptions::new().append(true).open(&path).unwrap();
    let error = source.read(&mut Feeder(writer.into_parts().0)).unwrap_err();
    assert!(matches!(error, SheetError::Changed { .. }), "{error}");
}

fn marks(rows: &[(&str, u32)]) -> FailedRows {
    let mark = |row: &u32| FailedRow {
        needs_secret: true,
        status: "not_found".into(),
        message: format!("nobody is called that, see row {row}"),
        key: RowKey::of("row", *row),
    };
    rows.iter()
        .map(|(sheet, row)| ((Shared::from(*sheet), *row), mark(row)))
        .collect::<HashMap<_, _>>()
}

/// Writes the rows of `a.csv`, or whatever it is called, without secrets; returns how many were left out.
fn write_failed(source: &Source, rows: &FailedRows, to: &Path) -> usize {
    write_secretly(source, rows, &HashMap::new(), to)
}

fn write_secretly(source: &Source, rows: &FailedRows, secrets: &HashMap<Shared<str>, usize>, to: &Path) -> usize {
    let mut headers = Headers::default();
    source.read(&mut headers).unwrap();
    let sheet = FailedSheet {
        rows,
        headers: &headers.rows,
        secrets,
        rewrites: &HashMap::new(),
        of: "a.csv",
    };
    write_failed_rows(source, &sheet, to).unwrap()
}

/// The first row of each worksheet.
#[derive(Default)]
struct Headers {
    sheet: Shared<str>,
    rows: HashMap<Shared<str>, u32>,
}

impl Visitor for Headers {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.sheet = sheet.clone();
        Visit::Rows
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        self.rows.insert(self.sheet.clone(), row.number());
        Visit::Skip
    }
}

/// The text with `#` for each key and each digest.
fn masked(text: &str) -> String {
    let is_hex = |word: &str| matches!(word.len(), 12 | 32) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive([' ', ';', ',', '\n']);
    words
        .map(|word| {
            let bare = word.trim_end_matches([' ', ';', ',', '\n']);
            if is_hex(bare) {
                word.replace(bare, "#")
            } else {
                word.to_owned()
            }
        })
        .collect()
}

#[test]
fn the_rows_that_need_a_person_are_written_with_their_own_columns() {
    let folder = TempDir::new().unwrap();
    let path = file(
        &folder,
        "a.csv",
        b"\xef\xbb\xbfUser;Name;Odd\r\nann;=cmd();x\r\n\r\nbob;\"a;b\"\r\ncid;C;y;z\r\n",
    );
    let source = Source::open(&path).unwrap();
    let to = folder.path().join("a.failed.csv");
    write_failed(&source, &marks(&[("", 2), ("", 4), ("", 5)]), &to);
    assert_eq!(
        masked(&fs_err::read_to_string(&to).unwrap()),
        "\u{feff}User;Name;Odd;;reseat_status;reseat_message;reseat_key\n\
         ann;'=cmd();x;;not_found;nobody is called that, see row 2;# # a.csv\n\
         bob;\"a;b\";;;not_found;nobody is called that, see row 4;# # a.csv\n\
         cid;C;y;z;not_found;nobody is called that, see row 5;# # a.csv\n"
    );
    let again = folder.path().join("again.csv");
    write_failed(&Source::open(&to).unwrap(), &marks(&[("", 2)]), &again);
    let header = fs_err::read_to_string(&again).unwrap();
    assert!(
        header.starts_with("\u{feff}User;Name;Odd;;reseat_status;reseat_message;reseat_key\n"),
        "{header}"
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_an_extract() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let source = Source::open(&file(&folder, "a.csv", b"user\nann\n")).unwrap();
    let to = folder.path().join("a.failed.csv");
    write_failed(&source, &marks(&[("", 2)]), &to);
    let mode = fs_err::metadata(to).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_extract_of_a_workbook_is_a_workbook_with_the_sheets_that_have_marks() {
    let folder = TempDir::new().unwrap();
    let source = Source::open(&workbook(&folder, "a.xlsx")).unwrap();
    let to = folder.path().join("a.failed.xlsx");
    write_failed(&source, &marks(&[("Joiners", 4), ("Joiners", 6)]), &to);
    let seen = seen(&to);
    assert_eq!(seen.sheets, ["Joiners"]);
    assert_eq!(
        seen.rows[0].1,
        ["", "user", "active", "reseat_status", "reseat_message", "reseat_key"]
    );
    assert_eq!(seen.rows[1].1[1..4], ["100200300", "TRUE", "not_found"]);
}

/// A cell of a workbook, and what is read of it.
#[derive(Debug, Clone)]
enum Typed {
    Text(String),
    Number(f64),
    Bool(bool),
    Day(f64),
    Time(f64),
}

fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![
        "[^\u{0}]{0,20}".prop_map(Typed::Text),
        "(_x[0-9A-F]{4}_?|_x005F_|x0041_){1,3}[a-z]{0,3}".prop_map(Typed::Text),
        // Markup of a workbook's own, which a writer may take for its own.
        "<r>[a-c<>&]{0,3}(_x0041_)?</r>".prop_map(Typed::Text),
        "[=+@#-][A-Z0-9()/!]{1,8}".prop_map(Typed::Text),
        any::<i32>().prop_map(|number| Typed::Number(f64::from(number))),
        (-1e12..1e12).prop_map(Typed::Number),
        any::<bool>().prop_map(Typed::Bool),
        (61_u32..2_900_000).prop_map(|day| Typed::Day(f64::from(day))),
        (61_u32..2_900_000, 0_u32..86_400)
            .prop_map(|(day, second)| Typed::Time(f64::from(day) + f64::from(second) / 86_400.0)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn the_cells_of_an_extract_are_those_of_the_workbook(
        rows in prop::collection::vec(prop::collection::vec(typed(), 1..5), 1..6),
    ) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.xlsx");
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "user").unwrap();
        let (day, time) = (Format::new().set_num_format("dd.mm.yyyy"), Format::new().set_num_format("d.m.yy h:mm"));
        for (row, cells) in (1..).zip(&rows) {
            sheet.write_string(row, 0, format!("user{row}")).unwrap();
            for (column, cell) in (1..).zip(cells) {
                match cell {
                    // The writer takes a text like this for one with formats of its own, unless it comes in parts.
                    Typed::Text(text) if text.starts_with("<r>") => {
                        let (plain, rest) = (Format::new(), text[2..].replace("_x", "_x005F_x"));
                        sheet.write_rich_string(row, column, &[(&plain, "<r"), (&plain, &rest)])
                    }
                    Typed::Text(text) => sheet.write_string(row, column, text),
                    Typed::Number(number) => sheet.write_number(row, column, *number),
                    Typed::Bool(value) => sheet.write_boolean(row, column, *value),
                    Typed::Day(number) => sheet.write_number_with_format(row, column, *number, &day),
                    Typed::Time(number) => sheet.write_number_with_format(row, column, *number, &time),
                }
                .unwrap();
            }
        }
        workbook.save(&path).unwrap();
        let source = Source::open(&path).unwrap();
        let before = seen(&path);
        let number = u32::try_from(rows.len()).unwrap() + 1;
        let all: Vec<_> = (2..=number).map(|row| ("Sheet1", row)).collect();
        let to = folder.path().join("a.failed.xlsx");
        write_failed(&source, &marks(&all), &to);
        let after = seen(&to);
        prop_assert_eq!(before.rows.len(), after.rows.len());
        for position in 0..before.rows.len() {
            let (_, cells) = &before.rows[position];
            for (column, text) in cells.iter().enumerate() {
                prop_assert_eq!(&after.rows[position].1[column], text);
                if !text.is_empty() {
                    prop_assert_eq!(after.kinds[position][column], before.kinds[position][column]);
                }
            }
        }
    }
}

#[test]
fn an_extract_is_written_whatever_the_worksheets_are_called() {
    let folder = TempDir::new().unwrap();
    let names = [
        "History",
        "Leute: alle [neu]/alt?",
        "'Anträge'",
        "Mitarbeitende mit Anspruch auf eine Lizenz",
    ];
    let row = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>ann</text:p></table:table-cell></table:table-row>";
    let tables = names.map(|name| format!("<table:table table:name=\"{name}\">{row}{row}</table:table>"));
    let tables = tables.concat();
    let uri = |name: &str| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\"");
    let content = format!(
        "<office:document-content {} {} {}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>\
         </office:document-content>",
        uri("office"),
        uri("table"),
        uri("text")
    );
    let path = folder.path().join("a.ods");
    let mut zip = zip::ZipWriter::new(fs_err::File::create(&path).unwrap());
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap();
    let rows: Vec<_> = names.iter().map(|name| (*name, 2)).collect();
    let to = folder.path().join("a.failed.xlsx");
    write_failed(&Source::open(&path).unwrap(), &marks(&rows), &to);
    assert_eq!(
        seen(&to).sheets,
        [
            "HistorySheet",
            "Leute_ alle _neu__alt_",
            "_Anträge_",
            "Mitarbeitende mit Anspruch auf "
        ]
    );
}

#[test]
fn whether_somebody_changed_an_extract_is_seen_whatever_they_changed_and_however_they_saved_it() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"user,name\nann,Ann\nbob,Bob\n");
    let to = folder.path().join("a.failed.csv");
    write_failed(&Source::open(&path).unwrap(), &marks(&[("", 2), ("", 3)]), &to);
    let text = fs_err::read_to_string(&to).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let marks_of = |text: &str| {
        let source = Source::from_reader(&mut text.as_bytes()).unwrap();
        read_marks(&source).unwrap().unwrap()
    };
    let as_written = marks_of(&text);
    assert!(as_written.is_as_written);
    assert_eq!(as_written.of.iter().collect::<Vec<_>>(), ["a.csv"]);
    assert_eq!(as_written.keys[&("".into(), 3)], RowKey::of("row", 3));

    // Saved by a spreadsheet program, and not changed.
    let resaved = text
        .replace(',', ";")
        .replace('\n', "\r\n")
        .replace("that; see", "that, see");
    assert!(marks_of(&format!("\u{feff}{resaved}")).is_as_written);

    for changed in [
        text.replace("Bob", "Rob"),
        text.replace("not_found", "found"),
        text.replace("name", "surname"),
        text.replace("a.csv", "b.csv"),
        [lines[0], lines[1], ""].join("\n"),
        [lines[0], lines[2], lines[1], ""].join("\n"),
        [lines[0], lines[1], lines[2], lines[2], ""].join("\n"),
        format!("{text}cid,Cid,,,\n"),
    ] {
        assert!(!marks_of(&changed).is_as_written, "{changed}");
    }
    let copied = marks_of(&format!("{text}{}\n", lines[2]));
    assert_eq!(copied.keys.len(), 2, "a copied row is a new one");
    assert_eq!(read_marks(&Source::open(&path).unwrap()).unwrap(), None);
}

#[test]
fn a_password_is_not_in_an_extract() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.csv", b"user,password\nann,S3cret!\nbob,\n");
    let to = folder.path().join("a.failed.csv");
    let source = Source::open(&path).unwrap();
    let secrets = HashMap::from([(Shared::default(), 1)]);
    assert_eq!(write_secretly(&source, &marks(&[("", 2), ("", 3)]), &secrets, &to), 1);
    let text = fs_err::read_to_string(&to).unwrap();
    assert!(
        !text.contains("S3cret") && text.contains(&format!("ann,{LEFT_OUT},not_found")),
        "{text}"
    );
    assert!(text.contains("bob,,not_found"), "{text}");
}

/// A row that is marked is found again, cell by cell, in the sheet of the rows that need attention.
fn cells_after_an_extract(source: &Source, to: &Path) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let cells = |source: &Source| {
        let mut seen = Seen::default();
        source.read(&mut seen).unwrap();
        seen
    };
    let before = cells(source);
    let sheet: Shared<str> = before.sheets[0].as_str().into();
    let mark = FailedRow {
        needs_secret: true,
        status: "rejected".into(),
        message: "no".into(),
        key: RowKey::of("row", 0),
    };
    let marks: FailedRows = before
        .rows
        .iter()
        .skip(1)
        .map(|(row, _)| ((sheet.clone(), *row), mark.clone()))
        .collect();
    write_failed(source, &marks, to);
    let marks = read_marks(&Source::open(to).unwrap()).unwrap().unwrap();
    assert!(marks.is_as_written, "whatever is in its cells, nobody has changed it");
    let after = cells(&Source::open(to).unwrap());
    let width = after.rows[0].1.len() - 3;
    let own = |rows: Vec<(u32, Vec<String>)>| -> Vec<Vec<String>> {
        rows.into_iter()
            .map(|(_, mut cells)| {
                cells.resize(width, String::new());
                cells
            })
            .collect()
    };
    (own(before.rows), own(after.rows))
}

#[derive(Default)]
struct Looks {
    fills: Vec<(u32, Vec<Option<u32>>)>,
    widths: Vec<((usize, usize), f64)>,
}

impl Visitor for Looks {
    fn columns_have_width(&mut self, columns: (usize, usize), width: f64) {
        self.widths.push((columns, width.round()));
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let fills = (0..row.len()).map(|position| row.fill(position)).collect();
        self.fills.push((row.number(), fills));
        Visit::Rows
    }
}

fn looks(path: &Path) -> Looks {
    let mut looks = Looks::default();
    Source::open(path).unwrap().read(&mut looks).unwrap();
    looks
}

#[test]
fn an_extract_of_a_workbook_has_the_colours_of_its_rows_and_the_widths_of_its_columns() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.xlsx");
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Joiners").unwrap();
    sheet.set_column_width(0, 33).unwrap().set_column_width(1, 7).unwrap();
    let grey = Format::new().set_background_color(0x00d9_d9d9);
    let red = Format::new().set_background_color(0x00ff_0000).set_num_format("0.00");
    sheet.write_with_format(0, 0, "user", &grey).unwrap();
    sheet.write(0, 1, "cost").unwrap();
    sheet.write(1, 0, "ann@x.example").unwrap();
    sheet.write_with_format(2, 0, "bob@x.example", &red).unwrap();
    sheet.write_with_format(2, 1, 7, &red).unwrap();
    workbook.save(&path).unwrap();
    assert_eq!(looks(&path).widths, [((0, 0), 33.0), ((1, 1), 7.0)]);
    let to = folder.path().join("a.failed.xlsx");
    write_failed(&Source::open(&path).unwrap(), &marks(&[("Joiners", 3)]), &to);
    let after = looks(&to);
    let (header, row) = (&after.fills[0].1, &after.fills[1].1);
    assert_eq!(header[..2], [Some(0x00d9_d9d9), None]);
    assert_eq!(row[..2], [Some(0x00ff_0000), Some(0x00ff_0000)]);
    assert!(row[2..].iter().all(Option::is_none), "what is added has no colour");
    assert_eq!(after.widths[..2], [((0, 0), 33.0), ((1, 1), 7.0)]);
}

/// Rows of a header and of cells with anything in them but NULs, which make a file no text.
fn any_table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = "['=+@;,|\"\t\r\n é-]{0,5}|[^\\x00]{0,6}|[a-z]{1,8}";
    let row = prop::collection::vec(cell, 3);
    prop::collection::vec(row, 1..6).prop_map(|mut rows| {
        rows.insert(0, ["user", "name", "note"].map(str::to_owned).to_vec());
        // An extract has a row at least.
        rows.push(["ann", "", ""].map(str::to_owned).to_vec());
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_extract_has_every_cell_as_the_sheet_had_it(table in any_table(), delimiter in prop::sample::select(b",;\t|".to_vec())) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let source = Source::from_reader(&mut writer.into_inner().unwrap().as_slice()).unwrap();
        let folder = TempDir::new().unwrap();
        let (before, mut after) = cells_after_an_extract(&source, &folder.path().join("failed.csv"));
        for cell in after.iter_mut().flatten() {
            *cell = unescape_formula(cell).to_owned();
        }
        prop_assert_eq!(before, after);
    }

    #[test]
    fn an_extract_of_a_workbook_has_every_cell_as_the_sheet_had_it(table in any_table()) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a.xlsx");
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for (row, cells) in (0..).zip(&table) {
            sheet.write_row(row, 0, cells).unwrap();
        }
        workbook.save(&path).unwrap();
        let (before, after) = cells_after_an_extract(&Source::open(&path).unwrap(), &folder.path().join("failed.xlsx"));
        prop_assert_eq!(before, after);
    }
}
