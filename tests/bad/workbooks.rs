//! Workbooks as spreadsheet programs and exports leave them.

use std::fmt::Write;
use std::process::Command;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Note, Table, Workbook};

use crate::support::{self, Told, archive, check, folder_with, ods, text_row, worksheet, xlsx};

const HEADER: [&str; 3] = ["operation", "user", "groups"];
const ANN: [&str; 3] = ["add-to-groups", "ann@corp.example", "Finance"];
const BOB: [&str; 3] = ["add-to-groups", "bob@corp.example", "Finance"];

fn told(name: &str, bytes: &[u8]) -> Told {
    check(folder_with(name, bytes).path(), name)
}

fn written(write: impl FnOnce(&mut Workbook)) -> Told {
    let mut workbook = Workbook::new();
    write(&mut workbook);
    told("joiners.xlsx", &workbook.save_to_buffer().unwrap())
}

fn fill(workbook: &mut Workbook, rows: &[[&str; 3]]) {
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        sheet.write_row(row, 0, *cells).unwrap();
    }
}

#[test]
fn an_archive_packed_as_no_spreadsheet_program_does_is_refused_by_name() {
    let whole = xlsx(&worksheet(&text_row(1, "", &HEADER)), "");
    // Where an entry, and its line in the directory, say how it is packed and whether it is encrypted.
    let with = |method: u8, flags: u8| {
        let mut bytes = whole.clone();
        for at in 0..bytes.len() - 12 {
            let place = match &bytes[at..at + 4] {
                b"PK\x03\x04" => 6,
                b"PK\x01\x02" => 8,
                _ => continue,
            };
            bytes[at + place] |= flags;
            bytes[at + place + 2] = method;
        }
        told("joiners.xlsx", &bytes)
    };
    for (method, flags, what) in [
        (9, 0, "a zip archive packed with Deflate64"),
        (93, 0, "a zip archive packed with Zstandard"),
        (8, 1, "a zip archive with a password"),
    ] {
        let told = with(method, flags);
        assert!(
            told.text.starts_with(&format!("error: `joiners.xlsx` is {what}, ")),
            "{}",
            told.text
        );
    }
}

#[test]
fn a_workbook_cut_off_anywhere_is_called_damaged() {
    let whole = xlsx(&worksheet(&text_row(1, "", &HEADER)), "");
    for length in (30..whole.len()).step_by(41) {
        let told = told("joiners.xlsx", &whole[..length]);
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.text.contains("is damaged (it is cut off"), "{}", told.text);
    }
}

#[test]
fn a_worksheet_whose_packing_is_damaged_spoils_no_other_that_is_asked_for() {
    let mut workbook = Workbook::new();
    fill(&mut workbook, &[HEADER, BOB]);
    fill(&mut workbook, &[HEADER, ANN]);
    let mut bytes = workbook.save_to_buffer().unwrap();
    let part = b"xl/worksheets/sheet1.xml";
    let name = bytes.windows(part.len()).position(|name| name == part).unwrap();
    let begins = name + part.len() + 8;
    bytes[begins..begins + 40].fill(0xff);
    let folder = folder_with("joiners.xlsx", &bytes);
    let check_of = |sheet| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reseat"));
        support::told(command.args(["check", "joiners.xlsx", "--sheet", sheet]), folder.path())
    };
    let whole = check_of("Sheet2");
    assert!(whole.text.contains("1 row: 1 add-to-groups"), "{}", whole.text);
    assert_eq!(whole.code, Some(0));
    for damaged in [check_of("Sheet1"), check(folder.path(), "joiners.xlsx")] {
        assert!(
            damaged.text.contains("is damaged (worksheet `Sheet1`:"),
            "{}",
            damaged.text
        );
        assert_eq!(damaged.code, Some(1));
    }
}

#[test]
fn hidden_rows_and_worksheets_are_read_and_told() {
    let told = written(|workbook| {
        fill(
            workbook,
            &[HEADER, ANN, BOB, ["add-to-groups", "cy@corp.example", "HR"]],
        );
        workbook
            .worksheet_from_index(0)
            .unwrap()
            .set_row_hidden(2)
            .unwrap()
            .set_row_hidden(3)
            .unwrap();
        fill(workbook, &[HEADER, ["add-to-groups", "dee@corp.example", "HR"]]);
        workbook.worksheet_from_index(1).unwrap().set_hidden(true);
    });
    assert_eq!(told.code, Some(0));
    assert_eq!(
        told.text,
        "warning[hidden-rows]: sheet `Sheet1`, rows 3 and 4: 2 rows are hidden in the spreadsheet program\n  \
         help: hidden rows run like the others; `--visible-only` leaves them out\n\
         warning[hidden-sheet]: sheet `Sheet2`: the worksheet is hidden in the spreadsheet program\n  \
         help: its rows run like the others; `--visible-only` leaves them out, and `--sheet NAME` picks the worksheets that are meant\n\
         3 warnings in 2 messages\n4 rows: 4 add-to-groups\n"
    );
}

#[test]
fn a_hidden_row_is_found_however_large_the_worksheet_is() {
    let mut rows = text_row(1, "", &HEADER);
    for number in 2..6000 {
        let user = format!("user{number}@corp.example");
        let hidden = if number % 1000 == 0 {
            " spans=\"1:3\" hidden=\"1\""
        } else {
            " hidden=\"0\""
        };
        rows.push_str(&text_row(number, hidden, &["add-to-groups", &user, "Finance"]));
    }
    let told = told("joiners.xlsx", &xlsx(&worksheet(&rows), ""));
    assert!(
        told.text
            .contains("rows 1000, 2000, 3000, 4000 and 5000: 5 rows are hidden"),
        "{}",
        told.text
    );
}

#[test]
fn a_column_of_formulas_that_nobody_may_have_computed_is_told_once() {
    let row = |number: u32, value: &str| {
        let texts = text_row(number, "", &["update", &format!("user{number}@corp.example")]);
        let kind = if value.is_empty() { "str" } else { "n" };
        let formula = format!("<c r=\"C{number}\" t=\"{kind}\"><f>A1=1</f><v>{value}</v></c>");
        let name = format!("<c r=\"D{number}\" t=\"inlineStr\"><is><t>Ann</t></is></c></row>");
        texts.replace("</row>", &(formula + &name))
    };
    let header = text_row(1, "", &["operation", "user", "active", "name"]);
    let sheet = |values: [&str; 2]| {
        xlsx(
            &worksheet(&format!("{header}{}{}", row(2, values[0]), row(3, values[1]))),
            "",
        )
    };
    for (values, what) in [(["0", "0"], "has the value 0"), (["", ""], "is empty")] {
        let doubtful = told("joiners.xlsx", &sheet(values));
        assert_eq!(doubtful.code, Some(0));
        let warning = format!(
            "warning[doubtful-formulas]: sheet `Joiners`, rows 2 and 3, column active (column C): every formula of the column {what}"
        );
        assert!(doubtful.text.contains(&warning), "{}", doubtful.text);
    }
    assert!(
        !told("joiners.xlsx", &sheet(["0", "1"]))
            .text
            .contains("doubtful-formulas")
    );
}

#[test]
fn rows_struck_through_and_values_under_merged_cells_are_told() {
    let told = written(|workbook| {
        fill(
            workbook,
            &[HEADER, ANN, BOB, ["add-to-groups", "cy@corp.example", "HR"]],
        );
        let struck = Format::new().set_font_strikethrough();
        let sheet = workbook.worksheet_from_index(0).unwrap();
        sheet.write_string_with_format(2, 1, BOB[1], &struck).unwrap();
        sheet.merge_range(3, 2, 3, 3, "HR", &Format::new()).unwrap();
        sheet.write(3, 3, "not seen").unwrap();
    });
    for expected in [
        "warning[struck-rows]: sheet `Sheet1`, row 3: 1 row has cells struck through",
        "warning[covered-cells]: sheet `Sheet1`, row 4: 1 cell is covered by a merged cell, and left out",
    ] {
        assert!(told.text.contains(expected), "{expected}\n{}", told.text);
    }
}

#[test]
fn formulas_errors_dates_and_numbers_are_told_cell_by_cell() {
    let told = written(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write_row(0, 0, HEADER).unwrap();
        for row in 1..5 {
            sheet
                .write_row(row, 0, ["add-to-groups", "ann@corp.example", "HR"])
                .unwrap();
        }
        sheet
            .write_formula(1, 1, Formula::new("=NA()").set_result("#N/A"))
            .unwrap();
        let date = ExcelDateTime::from_ymd(2026, 3, 1).unwrap();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_datetime_with_format(2, 2, date, &day).unwrap();
        sheet.write_number(3, 1, 12_345_678_901_234_567_890.0).unwrap();
        sheet.write_string(4, 1, "1.2E+10").unwrap();
    });
    assert_eq!(told.code, Some(2));
    for expected in [
        "row 2, column user (column B): the cell shows the error `#N/A`",
        "row 4, column user (column B): `1.23456789012346E+19` is a long number that the spreadsheet program shortened",
        "row 5, column user (column B): `1.2E+10` is a long number",
        "row 3, column groups (column C): 1 cell is a number or a date to the spreadsheet program",
    ] {
        assert!(told.text.contains(expected), "{expected}\n{}", told.text);
    }
}

#[test]
fn merged_cells_notes_and_tables_do_not_disturb() {
    let told = written(|workbook| {
        fill(workbook, &[HEADER, ANN]);
        let sheet = workbook.worksheet_from_index(0).unwrap();
        sheet.insert_note(1, 1, &Note::new("is she not on leave?")).unwrap();
        sheet.merge_range(4, 0, 5, 2, "", &Format::new()).unwrap();
        sheet.add_table(0, 0, 1, 2, &Table::new()).unwrap();
        sheet.write_row(0, 0, HEADER).unwrap();
        sheet.write_string(2, 0, "add-to-groups").unwrap();
        sheet
            .merge_range(2, 1, 3, 1, "bob@corp.example", &Format::new())
            .unwrap();
        sheet.write_string(2, 2, "HR").unwrap();
        sheet.write_row(3, 0, ["add-to-groups"]).unwrap();
        sheet.write_string(3, 2, "Sales").unwrap();
    });
    // Only the first of merged cells holds the value: the row below has no user.
    assert!(
        told.text
            .contains("row 4, column user (column B): the cell lies under B3"),
        "{}",
        told.text
    );
    assert!(
        told.text.ends_with("1 error\n3 rows: 3 add-to-groups\n"),
        "{}",
        told.text
    );
}

#[test]
fn shared_strings_that_are_missing_or_cut_off_make_a_damaged_workbook() {
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>";
    for strings in ["", "<sst uniqueCount=\"1\"><si><t>user"] {
        let told = told("joiners.xlsx", &xlsx(&worksheet(rows), strings));
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(
            told.text.starts_with("error: `joiners.xlsx` is damaged ("),
            "{}",
            told.text
        );
    }
}

#[test]
fn a_shared_string_that_is_missing_spoils_its_cell_only() {
    let row = |number: u32, shared: &str| {
        let rest = text_row(number, "", &ANN[..2]).replace("</row>", "");
        format!("{rest}<c r=\"C{number}\" t=\"s\"><v>{shared}</v></c></row>")
    };
    let rows = [text_row(1, "", &HEADER), row(2, "\n0\n"), row(3, "7")].concat();
    let told = told(
        "joiners.xlsx",
        &xlsx(&worksheet(&rows), "<sst><si><t>Finance</t></si></sst>"),
    );
    assert_eq!(told.code, Some(2), "{told:?}");
    assert!(told.text.contains("row 3, column groups (column C)"), "{}", told.text);
    assert!(!told.text.contains("row 2"), "{}", told.text);
}

#[test]
fn the_dimension_that_a_worksheet_claims_counts_for_nothing() {
    let rows = [text_row(1, "", &HEADER), text_row(1_048_576, "", &ANN)].concat();
    let told = told("joiners.xlsx", &xlsx(&worksheet(&rows), ""));
    assert_eq!((told.code, told.text.as_str()), (Some(0), "1 row: 1 add-to-groups\n"));
}

#[test]
fn sixteen_thousand_columns_are_read_and_the_warnings_stay_few() {
    let mut header = String::from("user,operation,groups");
    for column in 3..16_384 {
        write!(header, ",extra{column}").unwrap();
    }
    let sheet = format!("{header}\nann@corp.example,add-to-groups,Finance\n");
    let told = told("wide.csv", sheet.as_bytes());
    assert_eq!(told.code, Some(0));
    assert!(told.text.contains("16,381 columns are not used"), "{}", told.text);
    assert!(told.text.contains("\n2 warnings"), "{}", told.text);
    let told = self::told(
        "wider.csv",
        format!("{header},one too many\nann@corp.example\n").as_bytes(),
    );
    assert!(told.text.contains("error[row-too-long]: row 1"), "{}", told.text);
}

fn ods_row(attributes: &str, cells: &[&str]) -> String {
    let cells = cells.iter().map(|text| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    });
    format!(
        "<table:table-row{attributes}>{}</table:table-row>",
        cells.collect::<String>()
    )
}

#[test]
fn an_open_document_is_read_with_its_hidden_rows_notes_and_repetitions() {
    let header = ods_row("", &HEADER);
    let gap = "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let note = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>add-to-groups</text:p></table:table-cell>\
         <table:table-cell office:value-type=\"string\"><office:annotation><text:p>on leave?</text:p></office:annotation>\
         <text:p>bob&amp;co@corp.example</text:p></table:table-cell><table:table-cell office:value-type=\"float\" \
         office:value=\"7\"><text:p>7,00</text:p></table:table-cell></table:table-row>";
    let hidden = ods_row(" table:visibility=\"filter\"", &ANN);
    let error = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>add-to-groups</text:p></table:table-cell>\
         <table:table-cell table:formula=\"of:=NA()\" office:value-type=\"string\" office:string-value=\"\" \
         calcext:value-type=\"error\"><text:p>#N/A</text:p></table:table-cell></table:table-row>";
    let rest = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row>";
    let table = format!(
        "<table:table table:name=\"Joiners\" table:style-name=\"ta1\">{header}{gap}{note}{hidden}{error}{rest}</table:table>"
    );
    let told = told("joiners.ods", &ods(&table));
    for expected in [
        "warning[hidden-sheet]: sheet `Joiners`: ",
        "row 6: 1 row is hidden",
        "row 7, column user (column B): the cell shows the error `#N/A`",
        "row 5, column groups (column C): 1 cell is a number",
        "3 rows: 3 add-to-groups",
    ] {
        assert!(told.text.contains(expected), "{expected}\n{}", told.text);
    }
    assert!(!told.text.contains("bad-email"), "{}", told.text);
}

#[test]
fn an_open_document_that_ends_too_early_is_damaged() {
    let whole = format!(
        "<table:table table:name=\"Joiners\">{}</table:table>",
        ods_row("", &HEADER)
    );
    let open_note = "<table:table table:name=\"Joiners\"><table:table-row><table:table-cell><office:annotation>";
    for table in [&whole[..whole.len() - 40], open_note] {
        let content = format!("<office:document-content>{table}");
        let bytes = archive(&[("mimetype", b"x"), ("content.xml", content.as_bytes())]);
        let told = told("joiners.ods", &bytes);
        assert_eq!(told.code, Some(1), "{told:?}");
        assert!(told.text.contains("is damaged ("), "{}", told.text);
    }
}

#[test]
fn an_encrypted_open_document_is_called_so() {
    let manifest =
        b"<manifest:manifest><manifest:file-entry manifest:full-path=\"content.xml\"><manifest:encryption-data/>";
    let bytes = archive(&[
        ("mimetype", b"x"),
        ("content.xml", b"\x8a\x01\x99"),
        ("META-INF/manifest.xml", manifest),
    ]);
    let told = told("joiners.ods", &bytes);
    assert_eq!(told.code, Some(1));
    assert!(told.text.contains("is encrypted with a password"), "{}", told.text);
}

#[test]
fn what_stands_in_the_failed_rows_for_a_value_that_was_none_does_not_run() {
    for word in ["#UNCOMPUTED!", "#UNREADABLE!", "#TOO_LONG!"] {
        let row = format!("operation,user,groups\nadd-to-groups,ann@corp.example,{word}\n");
        let told = told("joiners.failed.csv", row.as_bytes());
        assert_eq!(told.code, Some(2), "{}", told.text);
        assert!(told.text.contains("error[error-value]"), "{}", told.text);
    }
}

/// What is told of a workbook with these rows, in which the cells of the third column from the second row to the fourth
/// are merged and show `value`.
fn merged_down(rows: &[[&str; 3]], column: u16, value: &str) -> Told {
    written(|workbook| {
        fill(workbook, rows);
        let sheet = workbook.worksheet_from_index(0).unwrap();
        sheet.merge_range(1, column, 3, column, value, &Format::new()).unwrap();
    })
}

#[test]
fn nobody_goes_without_what_a_cell_shows_that_is_merged_over_several_rows() {
    let rows = |operation| {
        let row = |user| [operation, user, ""];
        [
            HEADER,
            row("ann@corp.example"),
            row("bob@corp.example"),
            row("cy@corp.example"),
        ]
    };
    for operation in ["invite", "add-to-groups", "remove-from-groups"] {
        let told = merged_down(&rows(operation), 2, "Finance");
        assert_eq!(told.code, Some(2), "{}", told.text);
        let expected = "error[merged-down]: sheet `Sheet1`, rows 3 and 4, column groups (column C): the cell lies under C2, which is \
                        merged with the cells below it: only that row has its value\n  help: unmerge the cells";
        assert!(told.text.contains(expected), "{}", told.text);
        assert!(!told.text.contains("missing-cell"), "{}", told.text);
    }
    // The operation is no other one because of it, and nobody's name is missing without a reason.
    let told = merged_down(&rows(""), 0, "delete");
    assert!(
        told.text.contains("rows 3 and 4, column operation (column A)"),
        "{}",
        told.text
    );
    assert!(!told.text.contains("no-operation"), "{}", told.text);
    let told = merged_down(
        &[HEADER, ["delete", "", ""], ["delete", "", ""], ["delete", "", ""]],
        1,
        "ann",
    );
    assert!(
        told.text
            .contains("error[merged-down]: sheet `Sheet1`, rows 3 and 4, column user"),
        "{}",
        told.text
    );
}

#[test]
fn cells_that_are_merged_for_the_looks_keep_no_row_from_running() {
    let row = |user| ["delete", user, ""];
    let people = [row("ann@corp.example"), row("bob@corp.example"), row("cy@corp.example")];
    for (header, value) in [
        // Nothing in them, not taken, for people, not known.
        (HEADER, ""),
        (HEADER, "Finance"),
        (["operation", "user", "note"], "leavers"),
        (["operation", "user", "Team"], "North"),
    ] {
        let told = merged_down(&[header, people[0], people[1], people[2]], 2, value);
        assert_eq!(told.code, Some(0), "{header:?} {}", told.text);
        assert!(!told.text.contains("merged-down"), "{}", told.text);
    }
    let told = written(|workbook| {
        fill(workbook, &[["", "", ""], ["", "", ""], ANN, BOB]);
        let sheet = workbook.worksheet_from_index(0).unwrap();
        for (column, header) in (0..).zip(HEADER) {
            sheet.merge_range(0, column, 1, column, header, &Format::new()).unwrap();
        }
    });
    assert_eq!(told.code, Some(0), "{}", told.text);
}

#[test]
fn the_total_row_of_a_table_is_nobody_and_a_row_below_a_table_that_has_grown_is_somebody() {
    let with_total = |last: [&str; 3]| {
        written(|workbook| {
            fill(workbook, &[HEADER, ANN, BOB]);
            let sheet = workbook.worksheet_from_index(0).unwrap();
            sheet.add_table(0, 0, 3, 2, &Table::new().set_total_row(true)).unwrap();
            sheet.write_row(0, 0, HEADER).unwrap();
            sheet.write_row(3, 0, last).unwrap();
        })
    };
    let told = with_total(["Total", "", "2"]);
    assert_eq!(told.code, Some(0), "{}", told.text);
    let expected =
        "warning[total-row]: sheet `Sheet1`, row 4: the row is the total row of a table, and is not read: `Total 2`";
    assert!(told.text.contains(expected), "{}", told.text);
    assert!(told.text.contains("2 rows: 2 add-to-groups"), "{}", told.text);
    let told = with_total(["add-to-groups", "cy@corp.example", "HR"]);
    assert!(told.text.contains("3 rows: 3 add-to-groups"), "{}", told.text);
}
