//! Sheets that would fill the memory, checked in an address space that has no room for that.

#![cfg(unix)]

use std::fmt::Write;

use crate::compound::{CELLS, compound, labels, listed_over_and_over, record, workbook, xls};
use crate::support::{Told, archive, check_within, folder_with, ods, text_row, worksheet, xlsx};

/// The program, its threads' stacks and the shared libraries take most of this.
const MIB: u32 = 768;

const HEADER: [&str; 3] = ["operation", "user", "groups"];
const ANN: [&str; 3] = ["add-to-groups", "ann@corp.example", "Finance"];

fn told(name: &str, bytes: &[u8]) -> Told {
    check_within(MIB, folder_with(name, bytes).path(), name)
}

#[test]
fn a_zip_bomb_is_refused_unread() {
    const LENGTH: u32 = 12_345;
    let spaces = vec![b' '; LENGTH as usize];
    let mut bytes = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &spaces)]);
    // What it declares is enough.
    let declared: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..at + 4] == LENGTH.to_le_bytes())
        .collect();
    assert_eq!(declared.len(), 2, "before the part, and in the directory");
    for at in declared {
        bytes[at..at + 4].copy_from_slice(&(3000_u32 << 20).to_le_bytes());
    }
    let told = told("bomb.xlsx", &bytes);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(
        told.text
            .contains("unpacks to more than 2048 MiB; save the one worksheet"),
        "{}",
        told.text
    );
}

#[test]
fn a_text_without_end_is_refused() {
    let row = text_row(1, "", &["user", &"a".repeat(20 << 20)]);
    let told = told("bomb.xlsx", &xlsx(&worksheet(&row), ""));
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(
        told.text.contains(
            "is damaged (worksheet `Joiners`: a text in it is longer than any cell of a spreadsheet program)"
        ),
        "{}",
        told.text
    );
}

#[test]
fn how_many_strings_a_workbook_claims_to_have_counts_for_nothing() {
    let strings = "<sst uniqueCount=\"99999999999\"><si><t>user</t></si></sst>";
    let rows = [text_row(1, "", &HEADER), text_row(2, "", &ANN)].concat();
    let told = told("joiners.xlsx", &xlsx(&worksheet(&rows), strings));
    assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
}

#[test]
fn an_open_document_of_a_million_times_a_million_cells_is_refused() {
    let cell = "<table:table-cell table:number-columns-repeated=\"999999999\" office:value-type=\"string\"><text:p>user</text:p>\
         </table:table-cell>";
    let row = format!("<table:table-row table:number-rows-repeated=\"999999999\">{cell}</table:table-row>");
    let header = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>user</text:p></table:table-cell></table:table-row>";
    let told = told(
        "wide.ods",
        &ods(&format!("<table:table table:name=\"A\">{header}{row}</table:table>")),
    );
    assert!(matches!(told.code, Some(1 | 2)), "{told:?}");
    assert!(told.text.len() < 100_000);
}

/// The table of one shared string of this many letters.
fn shared_string(letters: u16) -> Vec<u8> {
    let mut table = vec![0; 8];
    table.extend(letters.to_le_bytes());
    table.push(0);
    table.resize(table.len() + usize::from(letters), b'x');
    record(0x00fc, &table)
}

#[test]
fn an_old_workbook_with_a_long_text_in_every_cell_is_read_cell_by_cell() {
    let row = |row: u16| {
        let place = [row.to_le_bytes(), [3, 0], [0, 0]].concat();
        let address = format!("ann{row}@corp.example");
        let texts = labels(&[(row, 0, "add-to-groups"), (row, 1, &address), (row, 2, "Finance")]);
        [texts, record(0x00fd, &[place, vec![0; 4]].concat())].concat()
    };
    let header = [labels(&CELLS), labels(&[(0, 3, "note")])].concat();
    let cells = header.into_iter().chain((2..25_000).flat_map(row));
    let stream = workbook(&shared_string(32_000), &[cells.collect()]);
    let told = told("long.xls", &compound(&[("Workbook", stream)]));
    assert_eq!(
        (told.code, told.text.as_str()),
        (Some(0), "24,999 rows: 24,999 add-to-groups\n")
    );
}

#[test]
fn what_an_old_workbook_says_of_its_size_is_not_believed() {
    for last in [(65_536, 256), (u32::MAX, u16::MAX), (2, 3)] {
        for first_row in [0, 9, u32::MAX] {
            let told = told("wide.xls", &xls(&CELLS, first_row, last));
            assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
        }
    }
    let corner = labels(&[(65_535, 255, "x")]);
    let told = told(
        "wide.xls",
        &compound(&[("Workbook", workbook(&[], &[[labels(&CELLS), corner].concat()]))]),
    );
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(
        told.text
            .contains("row 65536, column operation (column A): 1 row does not say what to do"),
        "{}",
        told.text
    );
}

#[test]
fn one_long_text_in_an_old_workbook_is_no_reason_to_refuse_it() {
    let cell = record(0x00fd, &[1, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
    let header = labels(&[(0, 3, "note")]);
    let stream = workbook(&shared_string(32_000), &[[labels(&CELLS), header, cell].concat()]);
    let told = told("long.xls", &compound(&[("Workbook", stream)]));
    assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
}

#[test]
fn an_old_workbook_that_lists_one_sector_over_and_over_is_damaged() {
    let file = listed_over_and_over(xls(&CELLS, 0, (2, 3)), 20_000, u32::MAX);
    let told = told("list.xls", &file);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert!(told.text.contains("is damaged (its table of sectors"), "{}", told.text);
}

#[test]
fn many_wrong_rows_give_a_hundred_findings_and_their_number() {
    let mut sheet = String::from("operation,user,groups\n");
    for row in 0..250_000 {
        writeln!(sheet, "add-to-groups,user{row}@corp,Finance").unwrap();
    }
    let told = told("wrong.csv", sheet.as_bytes());
    assert_eq!(told.code, Some(2), "{}", told.text);
    assert_eq!(told.text.matches("error[bad-email]").count(), 100);
    assert!(
        told.text
            .ends_with("250,000 errors; 249,900 more not shown\n250,000 rows: 250,000 add-to-groups\n")
    );
}

#[test]
fn a_cell_of_a_megabyte_is_told_in_a_line() {
    let long = "x".repeat(1 << 20);
    for sheet in [
        format!("operation,user,groups\nadd-to-groups,{long},Finance\n"),
        format!("operation,user,groups\nadd-to-groups,ann@corp.example,\"{long};é\"\n"),
        format!("operation,user,{long}\nadd-to-groups,ann@corp.example,Finance\n"),
        format!("{long}\n{long}\n"),
    ] {
        let told = told("long.csv", sheet.as_bytes());
        assert_eq!(told.code, Some(2), "{}", told.text.len());
        assert!(told.text.len() < 2000, "{}", told.text.len());
    }
}
