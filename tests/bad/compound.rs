//! Compound files, in which `.xls` workbooks and encrypted ones are wrapped.

use crate::support::{check, folder_with};

const SECTOR: usize = 512;
const END: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;

/// A compound file of these streams: its table of sectors, its directory, and the streams, one after the other.
pub(crate) fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    // Shorter streams would stand in sectors of sectors.
    let length = |bytes: &Vec<u8>| bytes.len().max(4096);
    let sectors: usize = streams.iter().map(|(_, bytes)| length(bytes).div_ceil(SECTOR)).sum();
    let tables = (1 + sectors).div_ceil(SECTOR / 4 - 1);
    let mut table = vec![0xffff_fffd; tables];
    table.push(END);
    let mut directory = entry("Root Entry", 5, END, 0);
    let mut body = Vec::new();
    for (name, bytes) in streams {
        let length = length(bytes);
        let sectors = u32::try_from(length.div_ceil(SECTOR)).unwrap();
        let start = u32::try_from(table.len()).unwrap();
        directory.extend(entry(name, 2, start, u32::try_from(length).unwrap()));
        table.extend((start + 1..start + sectors).chain([END]));
        body.extend_from_slice(bytes);
        body.resize(body.len() + sectors as usize * SECTOR - bytes.len(), 0);
    }
    table.resize(tables * SECTOR / 4, FREE);
    directory.resize(SECTOR, 0);
    let mut file = header(u32::try_from(tables).unwrap());
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(directory);
    file.extend(body);
    file
}

/// The same file with further sectors that list those of its table: in each, every place names the first sector.
/// The last is followed by the sector `end` after the first of them.
pub(crate) fn listed_over_and_over(mut file: Vec<u8>, sectors: u32, end: u32) -> Vec<u8> {
    let first = u32::try_from(file.len() / SECTOR - 1).unwrap();
    file[68..72].copy_from_slice(&first.to_le_bytes());
    for sector in 1..=sectors {
        let next = if sector == sectors {
            first.saturating_add(end)
        } else {
            first + sector
        };
        file.resize(file.len() + SECTOR - 4, 0);
        file.extend(next.to_le_bytes());
    }
    file
}

fn header(tables: u32) -> Vec<u8> {
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(SECTOR, 0xff);
    header[8..76].fill(0);
    header[26] = 3;
    header[28..30].copy_from_slice(&[0xfe, 0xff]);
    header[30] = 9;
    header[32] = 6;
    header[44..48].copy_from_slice(&tables.to_le_bytes());
    header[48..52].copy_from_slice(&tables.to_le_bytes());
    header[60..64].copy_from_slice(&END.to_le_bytes());
    header[68..72].copy_from_slice(&END.to_le_bytes());
    for (place, table) in header[76..].chunks_exact_mut(4).zip(0..tables) {
        place.copy_from_slice(&table.to_le_bytes());
    }
    header
}

fn entry(name: &str, kind: u8, start: u32, length: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry.resize(64, 0);
    entry.extend(u16::try_from(name.len() * 2 + 2).unwrap().to_le_bytes());
    entry.extend([kind, 1]);
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend(length.to_le_bytes());
    entry.resize(128, 0);
    entry
}

pub(crate) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let mut cell = u16::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
    cell.push(0);
    cell.extend_from_slice(bytes);
    cell
}

/// Where something of its own begins: a workbook, a worksheet, a chart.
pub(crate) fn begin(kind: u8) -> Vec<u8> {
    record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

pub(crate) fn end() -> Vec<u8> {
    record(0x000a, &[])
}

/// The records of these texts.
pub(crate) fn labels(cells: &[(u16, u16, &str)]) -> Vec<u8> {
    let label = |(row, column, shown): &(u16, u16, &str)| {
        let mut cell = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        cell.extend(text(shown.as_bytes()));
        record(0x0204, &cell)
    };
    cells.iter().flat_map(label).collect()
}

fn dimensions(first_row: u32, last: (u32, u16)) -> Vec<u8> {
    let mut dimensions = [first_row.to_le_bytes(), last.0.to_le_bytes()].concat();
    dimensions.extend([0, 0]);
    dimensions.extend(last.1.to_le_bytes());
    dimensions.extend([0, 0]);
    record(0x0200, &dimensions)
}

/// The stream of a workbook: these records for all of it, then each worksheet's.
pub(crate) fn workbook(shared: &[u8], worksheets: &[Vec<u8>]) -> Vec<u8> {
    let globals = |starts: &[usize]| {
        let mut globals = begin(5);
        for (number, start) in starts.iter().enumerate() {
            let mut sheet = u32::try_from(*start).unwrap().to_le_bytes().to_vec();
            sheet.extend([0, 0, 8, 0]);
            sheet.extend(format!("Joiners{number}").bytes());
            globals.extend(record(0x0085, &sheet));
        }
        globals.extend(shared);
        globals.extend(end());
        globals
    };
    let mut starts = vec![0; worksheets.len()];
    let mut start = globals(&starts).len();
    let mut body = Vec::new();
    for (place, records) in starts.iter_mut().zip(worksheets) {
        let worksheet = [begin(0x10), records.clone(), end()].concat();
        *place = start;
        start += worksheet.len();
        body.extend(worksheet);
    }
    [globals(&starts), body].concat()
}

/// An `.xls` of these worksheets.
fn xls_of(worksheets: &[Vec<u8>]) -> Vec<u8> {
    compound(&[("Workbook", workbook(&[], worksheets))])
}

/// An `.xls` with one worksheet of these texts, which says of itself that it ends before `last` row and column.
pub(crate) fn xls(cells: &[(u16, u16, &str)], first_row: u32, last: (u32, u16)) -> Vec<u8> {
    xls_of(&[[dimensions(first_row, last), labels(cells)].concat()])
}

pub(crate) const CELLS: [(u16, u16, &str); 6] = [
    (0, 0, "operation"),
    (0, 1, "user"),
    (0, 2, "groups"),
    (1, 0, "add-to-groups"),
    (1, 1, "ann@corp.example"),
    (1, 2, "Finance"),
];

#[test]
fn a_workbook_of_the_older_format_is_read() {
    let folder = folder_with("old.xls", &xls(&CELLS, 0, (2, 3)));
    let told = check(folder.path(), "old.xls");
    assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
}

#[test]
fn a_workbook_under_a_password_is_called_encrypted() {
    let streams = [("EncryptionInfo", Vec::new()), ("EncryptedPackage", vec![7; 5000])];
    let folder = folder_with("joiners.xlsx", &compound(&streams));
    let told = check(folder.path(), "joiners.xlsx");
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.text,
        "error: `joiners.xlsx` is encrypted with a password; remove it in the spreadsheet program (File, Info, Protect \
         Workbook) and save\n"
    );
}

#[test]
fn another_office_file_is_named_for_what_it_is() {
    let copy = "copy the table in it into a spreadsheet program and save that as .xlsx";
    let open = "open it in the spreadsheet program and save it as .xlsx";
    for (stream, what, cure) in [
        ("WordDocument", "a Word document", copy),
        ("PowerPoint Document", "a PowerPoint presentation", copy),
        ("Something", "an Office file of another kind", open),
    ] {
        let folder = folder_with("joiners.xls", &compound(&[(stream, Vec::new())]));
        let told = check(folder.path(), "joiners.xls");
        let expected = format!("error: `joiners.xls` is {what}, not a sheet that reseat reads; {cure}\n");
        assert_eq!((told.code, told.text), (Some(1), expected));
    }
}

#[test]
fn a_file_that_refers_to_itself_in_a_circle_is_damaged() {
    let mut file = xls(&CELLS, 0, (2, 3));
    // The directory's sector is followed by itself.
    file[SECTOR + 4..SECTOR + 8].copy_from_slice(&1_u32.to_le_bytes());
    let folder = folder_with("circle.xls", &file);
    let told = check(folder.path(), "circle.xls");
    assert_eq!(told.code, Some(1));
    assert!(
        told.text
            .contains("is damaged (its parts refer to each other in a circle)"),
        "{}",
        told.text
    );
}

#[test]
fn a_file_cut_off_anywhere_is_damaged_or_read_and_never_a_bug() {
    let file = xls(&CELLS, 0, (2, 3));
    for length in (8..file.len()).step_by(97) {
        let folder = folder_with("cut.xls", &file[..length]);
        let told = check(folder.path(), "cut.xls");
        assert!(matches!(told.code, Some(0..=2)), "{length}: {told:?}");
        assert!(!told.text.contains("bug in reseat"), "{length}: {told:?}");
    }
}

#[test]
fn a_list_of_sectors_that_never_ends_is_damaged() {
    let file = listed_over_and_over(xls(&CELLS, 0, (2, 3)), 1, 0);
    let folder = folder_with("circle.xls", &file);
    let told = check(folder.path(), "circle.xls");
    assert!(
        told.text
            .contains("is damaged (its parts refer to each other in a circle)"),
        "{}",
        told.text
    );
}

#[test]
fn a_long_worksheet_and_a_wide_one_are_both_read() {
    let long = [
        dimensions(0, (40_000, 10)),
        labels(&CELLS),
        labels(&[
            (0, 9, "note"),
            (39_999, 0, "add-to-groups"),
            (39_999, 1, "bob@corp.example"),
            (39_999, 2, "Finance"),
        ]),
    ]
    .concat();
    let wide = [dimensions(0, (1, 250)), labels(&[(0, 0, "x"), (0, 249, "x")])].concat();
    let folder = folder_with("two.xls", &xls_of(&[long, wide]));
    let told = check(folder.path(), "two.xls");
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.text.ends_with("2 rows: 2 add-to-groups\n"), "{}", told.text);
}

#[test]
fn what_stands_in_a_chart_counts_for_nothing_and_what_stands_after_it_counts() {
    let chart = [begin(0x20), labels(&[(1, 2, "Robots"), (7, 0, "invite")]), end()].concat();
    let after = labels(&[(2, 0, "add-to-groups"), (2, 1, "bob@corp.example"), (2, 2, "Finance")]);
    let folder = folder_with("chart.xls", &xls_of(&[[labels(&CELLS), chart, after].concat()]));
    let told = check(folder.path(), "chart.xls");
    assert_eq!((told.code, told.text.as_str()), (Some(0), "2 rows: 2 add-to-groups\n"));
}

#[test]
fn of_two_generations_in_one_file_the_newer_is_read() {
    let newer = workbook(&[], &[labels(&CELLS)]);
    let older = workbook(&[], &[labels(&[(0, 0, "operation"), (1, 0, "invite")])]);
    for streams in [
        [("Book", older.clone()), ("Workbook", newer.clone())],
        [("Workbook", newer), ("Book", older)],
    ] {
        let folder = folder_with("two.xls", &compound(&streams));
        let told = check(folder.path(), "two.xls");
        assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
    }
}
