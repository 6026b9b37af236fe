//! Where rows and cells are, and what is told of rows.

use proptest::prelude::*;

use super::{Parts, SeenRow, try_seen};
use crate::sheet::workbook::error::WorkbookError;

fn flags(parts: &Parts, flag: impl Fn(&SeenRow) -> bool) -> Vec<u32> {
    let rows = parts.seen().rows;
    rows.iter().filter(|row| flag(row)).map(|row| row.number).collect()
}

#[test]
fn cells_without_a_place_come_one_after_the_other() {
    let rows = "<row><c><v>1</v></c><c r=\"D1\"><v>4</v></c><c><v>5</v></c></row><row/><row><c><v>6</v></c></row>\
         <row r=\"9\"><c/><c><v>7</v></c></row><row><c r=\"A12\"><v>8</v></c></row><row><c><v>9</v></c></row>\
         <row r=\"5\"><c r=\"A5\"><v>10</v></c></row>";
    assert_eq!(
        Parts::rows(rows).seen().texts(),
        [
            (1, vec!["1", "", "", "4", "5"]),
            (3, vec!["6"]),
            (9, vec!["", "7"]),
            (12, vec!["8"]),
            (13, vec!["9"]),
            (5, vec!["10"]),
        ]
    );
}

#[test]
fn rows_that_say_the_same_number_are_rows_of_their_own() {
    let rows = "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2</v></c></row><row r=\"2\"/>\
         <row r=\"2\"><c r=\"A2\"><v>3</v></c></row><row r=\"3\"><c r=\"A2\"><v>4</v></c></row>";
    assert_eq!(
        Parts::rows(rows).seen().texts(),
        [(2, vec!["1", "2"]), (2, vec!["3"]), (2, vec!["4"])]
    );
}

#[test]
fn what_is_no_table_is_passed_over() {
    let worksheet = "<?xml version=\"1.0\"?><!-- <row> --><x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\">\
         <x:sheetPr><row><c><v>1</v></c></row></x:sheetPr><mc:AlternateContent><mc:Choice Requires=\"z\"><x:sheetData><x:row>\
         <x:c><x:v>2</x:v></x:c></x:row></x:sheetData></mc:Choice><mc:Fallback><x:sheetData><x:row><x:c><x:v>3</x:v></x:c>\
         <x:extLst><row><c><v>4</v></c></row></x:extLst></x:row></x:sheetData></mc:Fallback></mc:AlternateContent>\
         <x:extLst><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:extLst></x:worksheet>";
    assert_eq!(Parts::worksheet(worksheet).seen().texts(), [(1, vec!["3"])]);
}

#[test]
fn a_worksheet_that_ends_too_early_is_not_half_read() {
    let whole = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    for end in "<worksheet><sheetData><row r=\"1\">".len()..whole.len() {
        assert!(
            try_seen(&Parts::worksheet(&whole[..end]).packed()).is_err(),
            "{}",
            &whole[..end]
        );
    }
    let crossed = "<worksheet><sheetData><row><c><v>1</c></v></row></sheetData></worksheet>";
    assert!(try_seen(&Parts::worksheet(crossed).packed()).is_err());
}

#[test]
fn a_row_is_hidden_however_that_is_written() {
    let row = |attributes: &str| format!("<row {attributes}><c><v>1</v></c></row>");
    let attributes = [
        "hidden=\"1\"",
        "hidden='true'",
        "r=\"3\" hidden=\"on\"",
        "ht=\"0\" customHeight=\"1\"",
        "hidden = \"1\" collapsed=\"1\"",
        "hidden=\"0\"",
        "hidden=\"false\" ht=\"15\"",
        "collapsed=\"1\" outlineLevel=\"2\"",
        "",
    ];
    let rows: String = attributes.iter().map(|attributes| row(attributes)).collect();
    assert_eq!(flags(&Parts::rows(&rows), |row| row.is_hidden), [1, 2, 3, 4, 5]);
    let by_cell = "<row hidden=\"1\"><c r=\"A7\"><v>1</v></c></row><row hidden=\"1\"/><row><c><v>1</v></c></row>";
    assert_eq!(flags(&Parts::rows(by_cell), |row| row.is_hidden), [7]);
}

#[test]
fn a_row_is_struck_through_where_all_of_a_text_is_and_in_part_where_some_of_it_is() {
    let cell = |style: u8, index: u8| format!("<row><c s=\"{style}\" t=\"s\"><v>{index}</v></c></row>");
    let rows = [
        cell(0, 0),
        cell(1, 0),
        cell(2, 0),
        cell(0, 1),
        cell(1, 1),
        cell(0, 2),
        cell(1, 3),
        "<row><c s=\"1\"/><c><v>1</v></c></row>".to_owned(),
        "<row><c t=\"inlineStr\"><is><r><rPr><strike/></rPr><t>ann</t></r></is></c></row>".to_owned(),
        cell(1, 4),
        cell(0, 4),
    ];
    let mut parts = Parts::rows(&rows.concat());
    parts.strings = "<sst><si><t>plain</t></si>\
        <si><r><rPr><sz val=\"9\"/><strike/></rPr><t>gone</t></r><r><rPr/><t> </t></r></si>\
        <si><r><rPr><strike/></rPr><t>half </t></r><r><rPr><b/></rPr><t>gone</t></r></si>\
        <si><r><rPr><strike val=\"0\"/></rPr><t>not gone</t></r></si>\
        <si><r><t>as the cell </t></r><r><rPr><strike/></rPr><t>and gone</t></r></si></sst>";
    parts.styles = "<styleSheet><fonts><font/><font><sz val=\"11\"/><strike/></font><font><strike val=\"false\"/></font></fonts>\
        <cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/><xf fontId=\"2\"/></cellXfs></styleSheet>";
    assert_eq!(flags(&parts, |row| row.is_struck), [2, 4, 5, 9, 10]);
    assert_eq!(flags(&parts, |row| row.struck_parts == 1), [6, 11]);
}

#[test]
fn of_merged_cells_the_first_alone_is_shown() {
    let row =
        |row: u8| format!("<row><c r=\"A{row}\"><v>{row}</v></c><c r=\"B{row}\"><v>7</v></c><c r=\"C{row}\"/></row>");
    let rows: String = (1..4).map(row).collect();
    let worksheet = format!(
        "<worksheet><sheetData>{rows}</sheetData><mergeCells count=\"2\"><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B3:C3\"/>\
         </mergeCells></worksheet>"
    );
    let seen = Parts::worksheet(&worksheet).seen();
    assert_eq!(
        seen.texts(),
        [(1, vec!["1", "7"]), (2, vec!["", "7"]), (3, vec!["3", "7"])]
    );
    let covered: Vec<u32> = seen.rows.iter().map(|row| row.covered).collect();
    assert_eq!(covered, [0, 1, 0]);
}

#[test]
fn cells_further_away_than_any_worksheet_reaches_are_refused_or_told() {
    let cell = |place: &str| format!("<row><c r=\"A1\"><v>1</v></c><c r=\"{place}\"><v>2</v></c></row>");
    assert_eq!(Parts::rows(&cell("XFD1048576")).seen().rows.len(), 2);
    let told = try_seen(&Parts::rows(&cell("A1048577")).packed());
    assert!(matches!(told, Err(WorkbookError::TooWide)), "{told:?}");
    assert_eq!(flags(&Parts::rows(&cell("XFD1")), |row| row.is_too_long), [0; 0]);
    assert_eq!(flags(&Parts::rows(&cell("XFE1")), |row| row.is_too_long), [1]);
}

/// Pieces of worksheets, in any order.
const PIECES: [&str; 24] = [
    "<row>",
    "<row r=\"3\" hidden=\"1\">",
    "<row r=\"0\">",
    "</row>",
    "<c>",
    "<c r=\"B2\" s=\"9\" t=\"s\">",
    "<c t=\"inlineStr\">",
    "<c r=\"XFE1048577\" t=\"e\">",
    "</c>",
    "<v>",
    "</v>",
    "<v/>",
    "7",
    "_xD800__x",
    "&#0;",
    "&amp",
    "<f t=\"array\" ref=\"A1:XFD1048576\"/>",
    "<f>",
    "</f>",
    "<is><r><rPr><strike/></rPr><t>a</t></r></is>",
    "<is>",
    "<![CDATA[",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "</sheetData>",
];

proptest! {
    #[test]
    fn whatever_stands_in_a_worksheet_is_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24),
    ) {
        // Neither answer is wrong; a panic, or one that never comes, would be.
        let _ = try_seen(&Parts::rows(&pieces.concat()).packed());
    }
}

#[test]
fn cells_in_any_order_are_put_in_their_places_in_little_time() {
    let rows = "<row><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c><c r=\"B1\"><v>2</v></c><c r=\"A1\"/>\
                <c r=\"D1\"><v>4</v></c></row>";
    assert_eq!(Parts::rows(rows).seen().texts(), [(1, vec!["1", "2", "3", "4"])]);
    let again = "<c r=\"A1\"><v>1</v></c>".repeat(100_000);
    let seen = Parts::rows(&format!("<row><c r=\"XFD1\"><v>2</v></c>{again}</row>")).seen();
    assert!(seen.rows[0].is_too_long);
}

#[test]
fn what_is_not_shown_of_a_cell_says_nothing_about_its_row() {
    let merged = "<worksheet><sheetData><row><c s=\"1\"><v>1</v></c></row><row><c><v>2</v></c></row>\
                  <row><c s=\"1\"><v>3</v></c><c><v>4</v></c></row></sheetData>\
                  <mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>";
    let mut parts = Parts::worksheet(merged);
    parts.styles = "<styleSheet><fonts><font/><font><strike/></font></fonts>\
                    <cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/></cellXfs></styleSheet>";
    assert_eq!(flags(&parts, |row| row.is_struck), [1]);
}
