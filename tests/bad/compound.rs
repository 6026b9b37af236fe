//! Compound files, in which `.xls` workbooks and encrypted ones are wrapped.

use crate::support::{check, folder_with};

const SECTOR: usize = 512;
const END: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;

/// A compound file of these streams: its table of sectors, its directory, and the streams, one after the other.
pub(crate) fn compound(streams: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut table = vec![0xffff_fffd, END];
    let mut directory = entry("Root Entry", 5, END, 0);
    let mut body = Vec::new();
    for (name, bytes) in streams {
        // Shorter streams would stand in sectors of sectors.
        let length = bytes.len().max(4096);
        let sectors = u32::try_from(length.div_ceil(SECTOR)).unwrap();
        let start = u32::try_from(table.len()).unwrap();
        directory.extend(entry(name, 2, start, u32::try_from(length).unwrap()));
        table.extend((start + 1..start + sectors).chain([END]));
        body.extend_from_slice(bytes);
        body.resize(body.len() + sectors as usize * SECTOR - bytes.len(), 0);
    }
    table.resize(SECTOR / 4, FREE);
    directory.resize(SECTOR, 0);
    let mut file = header();
    file.extend(table.into_iter().flat_map(u32::to_le_bytes));
    file.extend(directory);
    file.extend(body);
    file
}

fn header() -> Vec<u8> {
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(SECTOR, 0xff);
    header[8..76].fill(0);
    header[26] = 3;
    header[28..30].copy_from_slice(&[0xfe, 0xff]);
    header[30] = 9;
    header[32] = 6;
    header[44] = 1;
    header[48] = 1;
    header[60..64].copy_from_slice(&END.to_le_bytes());
    header[68..72].copy_from_slice(&END.to_le_bytes());
    header[76..80].fill(0);
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

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

fn text(bytes: &[u8]) -> Vec<u8> {
    let mut cell = u16::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
    cell.push(0);
    cell.extend_from_slice(bytes);
    cell
}

/// An `.xls` with one worksheet of these texts, which says of itself that it ends before `last` row and column.
pub(crate) fn xls(cells: &[(u16, u16, &str)], first_row: u32, last: (u32, u16)) -> Vec<u8> {
    let bof = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let end = record(0x000a, &[]);
    let mut name = vec![0, 0, 7, 0];
    name.extend(b"Joiners");
    let globals = |start: usize| {
        let mut sheet = u32::try_from(start).unwrap().to_le_bytes().to_vec();
        sheet.extend(&name);
        [bof(5), record(0x0085, &sheet), end.clone()].concat()
    };
    let mut workbook = globals(globals(0).len());
    workbook.extend(bof(0x10));
    let mut dimensions = [first_row.to_le_bytes(), last.0.to_le_bytes()].concat();
    dimensions.extend([0, 0]);
    dimensions.extend(last.1.to_le_bytes());
    dimensions.extend([0, 0]);
    workbook.extend(record(0x0200, &dimensions));
    for (row, column, shown) in cells {
        let mut cell = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
        cell.extend(text(shown.as_bytes()));
        workbook.extend(record(0x0204, &cell));
    }
    workbook.extend(end);
    compound(&[("Workbook", workbook)])
}

const CELLS: [(u16, u16, &str); 6] = [
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
    for (stream, what) in [
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a PowerPoint presentation"),
        ("Something", "an Office file of another kind"),
    ] {
        let folder = folder_with("joiners.xls", &compound(&[(stream, Vec::new())]));
        let told = check(folder.path(), "joiners.xls");
        let expected = format!("error: `joiners.xls` is {what}, not a sheet; save it as .xlsx or .csv\n");
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
fn cells_too_far_apart_to_be_held_are_refused_with_what_to_do() {
    let far = [CELLS.as_slice(), &[(65_535, 255, "x")]].concat();
    for file in [
        xls(&far, 0, (2, 3)),
        xls(&CELLS, 0, (65_536, 256)),
        xls(&CELLS, 9, (2, 3)),
        xls(&CELLS, 0, (u32::MAX, u16::MAX)),
    ] {
        let folder = folder_with("wide.xls", &file);
        let told = check(folder.path(), "wide.xls");
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(
            told.text.contains("delete what stands far away from the table"),
            "{}",
            told.text
        );
    }
}
