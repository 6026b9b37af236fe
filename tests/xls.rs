//! Workbooks of the older format, as different programs write them, cell by cell.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use reseat::model::Shared;
use reseat::sheet::{Cell, CellKind, Row, SheetError, Source, Visit, Visitor};
use std::path::Path;

/// What is read, a line for each worksheet and row.
#[derive(Default)]
struct Seen(Vec<String>);

impl Visitor for Seen {
    fn sheet(&mut self, sheet: &Shared<str>) -> Visit {
        self.0.push(format!("# {sheet}"));
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        self.0.push("(hidden)".to_owned());
    }

    fn columns_are_hidden(&mut self, (first, last): (usize, usize)) {
        self.0.push(format!("(columns {first} to {last} hidden)"));
    }

    fn sheet_skipped(&mut self, sheet: &Shared<str>, reason: &str) {
        self.0.push(format!("# {sheet}: {reason}"));
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let marks = [(row.is_hidden(), " hidden"), (row.is_struck(), " struck")];
        let marks: String = marks
            .iter()
            .filter(|(is_so, _)| *is_so)
            .map(|(_, mark)| *mark)
            .collect();
        let cells: Vec<String> = row.cells().map(told).collect();
        self.0.push(format!("{}{marks}: {}", row.number(), cells.join(" | ")));
        Visit::Rows
    }
}

/// A cell in words: `=` before what a formula gives, the kind of what is no text behind it.
fn told(cell: Cell<'_>) -> String {
    let formula = if cell.is_formula { "=" } else { "" };
    let kind = match cell.kind {
        CellKind::Text => "",
        CellKind::Number => " number",
        CellKind::Bool => " bool",
        CellKind::Date => " date",
        CellKind::Error => " error",
        CellKind::Uncomputed => "uncomputed",
        CellKind::Unreadable => " unreadable",
    };
    format!("{formula}{}{kind}", cell.text)
}

fn read(name: &str) -> Result<Vec<String>, SheetError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/xls").join(name);
    let mut seen = Seen::default();
    Source::open(&path)?.read(&mut seen)?;
    Ok(seen.0)
}

fn seen(name: &str) -> Vec<String> {
    read(name).unwrap()
}

#[test]
fn cells_that_were_written_column_by_column_are_read_in_rows() {
    assert_eq!(
        seen("perl.xls"),
        [
            "# Joiners",
            "1: operation | email | name | active | groups | merged",
            "2: invite | p1@corp.example | Jürgen Łuk | =uncomputed | 2026-03-01 date",
            "3: invite | p2@corp.example | Jürgen Łuk | =2 number",
            "4 hidden struck: invite | p3@corp.example | Jürgen Łuk |  | gone",
            "# Hidden",
            "(hidden)",
            "1: x",
            "# Chart1: it is a chart",
        ]
    );
}

#[test]
fn formulas_that_a_program_left_to_excel_have_no_value() {
    assert_eq!(
        seen("xlwt.xls"),
        [
            "# Joiners",
            "1: operation | email | name | active | start",
            "2: invite | a@corp.example | Jürgen Łuk | =uncomputed | 2026-03-01 date",
            "3 hidden:  |  | TRUE bool | =uncomputed",
            "4: m",
            "5:  |  | Ann Bold",
        ]
    );
    assert_eq!(
        seen("jxl.xls"),
        [
            "# Joiners",
            "1: operation | email | name | active | start",
            "2: invite | a@corp.example | Jürgen Łuk | =uncomputed | 2026-03-01 12:00:00 date",
            "3 hidden:  | TRUE bool | 0.5 number | =uncomputed",
            "4: m",
            "# Hid",
            "(hidden)",
            "1: x",
        ]
    );
}

#[test]
fn formulas_that_were_computed_have_their_values_and_a_row_of_others_is_not_lost() {
    assert_eq!(
        seen("poi.xls"),
        [
            "# Joiners",
            "1: operation | email | name | active | start",
            "2: invite | a@corp.example | Jürgen Łuk | =uncomputed | =uncomputed",
            "3 hidden:  |  | =uncomputed | =uncomputed",
            "4: =2 number | =yes | =#N/A error | =TRUE bool",
            "5 struck:  |  | gone | #N/A error",
            "# Hid",
            "(hidden)",
        ]
    );
}

#[test]
fn a_zero_of_libreoffice_may_be_a_text_and_is_none_of_excels() {
    let formulas = |name| {
        let rows = seen(name);
        rows[2..4]
            .iter()
            .map(|row| row.split(" | ").nth(3).unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    // Gnumeric has computed the same workbook, and stores the text.
    assert_eq!(formulas("libreoffice.xls"), ["=uncomputed", "=2 number"]);
    assert_eq!(formulas("gnumeric-95.xls"), ["=yes", "=2 number"]);
}

#[test]
fn a_workbook_of_excel_95_is_read_in_its_code_page() {
    assert_eq!(
        seen("gnumeric-95.xls")[2],
        "2: invite | p1@corp.example | Jürgen ?uk | =yes | 2026-03-01 date",
        "windows-1252, which has no Ł"
    );
}

#[test]
fn a_workbook_with_its_streams_in_another_order_is_read() {
    assert_eq!(
        seen("sheetjs.xls"),
        [
            "# Joiners",
            "1: operation | email | name | active | start",
            "2: invite | a@corp.example | Jürgen Łuk | TRUE bool | 2026-03-01 date",
            "3: invite | b@corp.example | 0.5 number |  | #N/A error",
        ]
    );
}

#[test]
fn a_workbook_under_a_password_is_refused_as_encrypted() {
    let refused = read("poi-encrypted.xls");
    assert!(matches!(refused, Err(SheetError::Encrypted { .. })), "{refused:?}");
}

#[test]
fn hidden_columns_are_told() {
    let seen = seen("xlwt-hidden.xls");
    assert!(seen.contains(&"(columns 2 to 2 hidden)".to_owned()), "{seen:?}");
}
