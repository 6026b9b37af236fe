//! What an `.ods` holds that is a row of a worksheet, and what only looks like one.

use reseat::model::Shared;
use reseat::sheet::{CellKind, MalformedRow, Row, SheetError, Source, Under, Visit, Visitor};

use crate::support::{archive, ods};

/// What a visitor is shown, line by line: `[name]`, `name skipped: reason`, and rows with their cells.
#[derive(Default)]
struct Seen {
    lines: Vec<String>,
    kinds: Vec<(CellKind, bool)>,
    malformed: Vec<Option<MalformedRow>>,
}

impl Visitor for Seen {
    fn sheet(&mut self, name: &Shared<str>) -> Visit {
        self.lines.push(format!("[{name}]"));
        Visit::Rows
    }

    fn sheet_is_hidden(&mut self) {
        self.lines.push("hidden".to_owned());
    }

    fn columns_are_hidden(&mut self, (first, last): (usize, usize)) {
        self.lines.push(format!("columns {first} to {last} hidden"));
    }

    fn sheet_skipped(&mut self, name: &Shared<str>, reason: &str) {
        self.lines.push(format!("{name} skipped: {reason}"));
    }

    fn row(&mut self, row: &mut Row) -> Visit {
        let cells: Vec<&str> = row.cells().map(|cell| cell.text).collect();
        let mut line = format!("{} {}", row.number(), cells.join("|"));
        if row.is_hidden() {
            line.push_str(" hidden");
        }
        if row.covered() > 0 {
            line = format!("{line} {} covered", row.covered());
        }
        for Under { columns, top } in row.under() {
            line = format!("{line} {}-{} under {top}", columns.0, columns.1);
        }
        self.lines.push(line);
        self.malformed.push(row.malformed());
        self.kinds.extend(row.cells().map(|cell| (cell.kind, cell.is_formula)));
        Visit::Rows
    }
}

fn seen(bytes: &[u8]) -> Result<Seen, SheetError> {
    let mut seen = Seen::default();
    Source::from_reader(&mut &bytes[..])?.read(&mut seen)?;
    Ok(seen)
}

fn lines(tables: &str) -> Vec<String> {
    seen(&ods(tables)).unwrap().lines
}

fn cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

fn row(text: &str) -> String {
    format!("<table:table-row>{}</table:table-row>", cell(text))
}

fn table(name: &str, content: &str) -> String {
    format!("<table:table table:name=\"{name}\">{content}</table:table>")
}

#[test]
fn only_tables_right_in_the_spreadsheet_are_worksheets() {
    let other = table("Other", &row("eve"));
    for strange in [
        // What a formula has looked up in another file, on a disk, a share or a server.
        table("&apos;file:///data/staff.ods&apos;#Staff", &row("eve")),
        table("&apos;file://server/hr/staff.ods&apos;#$Staff", &row("eve")),
        table("&apos;https://x.example/staff.ods&apos;#Staff", &row("eve")),
        format!("<table:dde-links><table:dde-link><office:dde-source/>{other}</table:dde-link></table:dde-links>"),
        format!(
            "<table:tracked-changes><table:deletion><table:deletions/></table:deletion><table:cell-content-change>\
             <table:previous><table:change-track-table-cell office:value-type=\"string\"><text:p>eve</text:p>\
             </table:change-track-table-cell></table:previous></table:cell-content-change>{other}</table:tracked-changes>"
        ),
        format!("<table:consolidation>{other}</table:consolidation>"),
        format!("<table:named-expressions>{other}</table:named-expressions>"),
        row("eve"),
    ] {
        let tables = format!("{strange}{}{strange}", table("Leavers", &row("ann")));
        assert_eq!(lines(&tables), ["[Leavers]", "1 ann"], "{strange}");
    }
    // A worksheet that shows one of another file is one.
    let linked = table(
        "Linked",
        &format!("<table:table-source table:table-name=\"Staff\"/>{}", row("ann")),
    );
    assert_eq!(lines(&linked), ["[Linked]", "1 ann"]);
    assert_eq!(lines(&table("It's #1", &row("ann"))), ["[It's #1]", "1 ann"]);
    let scenario = table("Pessimistic", &format!("<table:scenario/>{}{}", row("eve"), row("bob")));
    let told = lines(&format!("{scenario}{}", table("Leavers", &row("ann"))));
    assert!(told[0].starts_with("Pessimistic skipped: it is a scenario"), "{told:?}");
    assert_eq!(told[1..], ["[Leavers]", "1 ann"]);
}

#[test]
fn what_stands_in_a_cell_or_over_the_table_is_no_row() {
    let inner = table("Inner", &row("eve"));
    for (content, shown) in [
        (format!("<text:p>ann</text:p>{inner}"), "ann"),
        (format!("{inner}<text:p>ann</text:p>"), "ann"),
        (
            "<office:annotation><text:p>left in May</text:p></office:annotation><text:p>ann</text:p>".to_owned(),
            "ann",
        ),
        (
            format!("<text:p>ann<draw:frame xmlns:draw=\"x\"><draw:object>{inner}</draw:object></draw:frame></text:p>"),
            "ann",
        ),
        (
            "<text:p><text:ruby><text:ruby-base>東京</text:ruby-base><text:ruby-text>とうきょう</text:ruby-text></text:ruby></text:p>"
                .to_owned(),
            "東京",
        ),
        ("<text:p>a<text:s text:c=\"2\"/>b<text:tab/>c<text:line-break/>d</text:p>".to_owned(), "a  b\tc\nd"),
        ("<text:p>a</text:p><text:p>b</text:p>".to_owned(), "a\nb"),
        ("<text:p>a<text:note><text:p>foot</text:p></text:note> b</text:p>".to_owned(), "a b"),
        ("<text:p>an<text:span>n</text:span><text:a>a</text:a></text:p>".to_owned(), "anna"),
        ("<text:p>\n  ann\n  lee</text:p>".to_owned(), "ann lee"),
        ("<text:p><![CDATA[a & b]]>&amp;&#67;</text:p>".to_owned(), "a & b&C"),
    ] {
        let content = format!("<table:table-cell office:value-type=\"string\">{content}</table:table-cell>");
        let content = format!("<table:table-row>{content}</table:table-row>{}", row("bob"));
        assert_eq!(lines(&table("T", &content)), ["[T]", &format!("1 {shown}"), "2 bob"], "{content}");
    }
    let shapes = format!("<table:shapes><draw:object xmlns:draw=\"x\">{inner}</draw:object></table:shapes>");
    let forms = format!("<office:forms>{inner}</office:forms>");
    assert_eq!(
        lines(&table("T", &format!("{shapes}{forms}{}{shapes}", row("ann")))),
        ["[T]", "1 ann"]
    );
}

#[test]
fn columns_that_are_hidden_by_themselves_or_in_a_group_are_told_before_the_rows() {
    let content = format!(
        "<table:table-header-columns><table:table-column table:number-columns-repeated=\"2\"/></table:table-header-columns>\
         <table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"2\"/><table:table-column/>\
         <table:table-column-group table:display=\"false\"><table:table-column/></table:table-column-group>{}",
        row("user")
    );
    assert_eq!(
        lines(&table("T", &content)),
        ["[T]", "columns 2 to 3 hidden", "columns 5 to 5 hidden", "1 user"]
    );
}

#[test]
fn cells_under_a_filled_one_of_a_row_above_are_told() {
    let spanning = |text: &str| {
        format!(
            "<table:table-cell table:number-rows-spanned=\"3\" table:number-columns-spanned=\"2\" office:value-type=\"string\">{text}\
             </table:table-cell><table:covered-table-cell/>"
        )
    };
    let covered = "<table:covered-table-cell table:number-columns-repeated=\"2\"/>";
    let rows = |text: &str| {
        let first = format!("<table:table-row>{}{}</table:table-row>", cell("ann"), spanning(text));
        let next = |user: &str| format!("<table:table-row>{}{covered}</table:table-row>", cell(user));
        format!("{first}{}<table:table-row/>{}", next("bob"), row("cid"))
    };
    assert_eq!(
        lines(&table("T", &rows("<text:p>HR</text:p>"))),
        ["[T]", "1 ann|HR", "2 bob 1-2 under 1", "4 cid"]
    );
    assert_eq!(lines(&table("T", &rows(""))), ["[T]", "1 ann", "2 bob", "4 cid"]);
}

#[test]
fn rows_are_read_in_whatever_groups_they_stand() {
    let content = format!(
        "<table:table-column/><table:table-header-rows>{}</table:table-header-rows><table:table-rows>{}</table:table-rows>\
         <table:table-row-group><table:table-row-group table:display=\"false\">{}</table:table-row-group>{}\
         </table:table-row-group>{}",
        row("user"),
        row("ann"),
        row("bob"),
        row("cid"),
        row("dan")
    );
    assert_eq!(
        lines(&table("T", &content)),
        ["[T]", "1 user", "2 ann", "3 bob hidden", "4 cid", "5 dan"]
    );
    let repeated = format!(
        "<table:table-row table:number-rows-repeated=\"3\"/><table:table-row table:number-rows-repeated=\"2\" \
         table:visibility=\"filter\">{}</table:table-row>{}",
        cell("ann"),
        row("bob")
    );
    assert_eq!(
        lines(&table("T", &repeated)),
        ["[T]", "4 ann hidden", "5 ann hidden", "6 bob"]
    );
    let covered = "<table:covered-table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>x</text:p>\
                   </table:covered-table-cell>";
    let merged = format!(
        "<table:table-row>{}{covered}{}</table:table-row>",
        cell("ann"),
        cell("bob")
    );
    assert_eq!(lines(&table("T", &merged)), ["[T]", "1 ann|||bob 2 covered"]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table with a line or five for each kind of cell")]
fn each_kind_of_cell_is_known_by_what_stands_in_the_file() {
    use CellKind::{Bool, Date, Error, Number, Text, Uncomputed, Unreadable};

    let formula = "table:formula=\"of:=X()\"";
    for (attributes, content, kind, text) in [
        (
            "office:value-type=\"float\" office:value=\"1234.50\"",
            "<text:p>1,234.5</text:p>",
            Number,
            "1234.5",
        ),
        (
            "office:value-type=\"percentage\" office:value=\"0.5\"",
            "<text:p>50%</text:p>",
            Number,
            "0.5",
        ),
        (
            "office:value-type=\"currency\" office:value=\"7\"",
            "<text:p>7 €</text:p>",
            Number,
            "7",
        ),
        (
            "office:value-type=\"float\" office:value=\"NaN\"",
            "<text:p>#NUM!</text:p>",
            Unreadable,
            "NaN",
        ),
        (
            "office:value-type=\"float\" office:value=\"INF\"",
            "",
            Unreadable,
            "INF",
        ),
        (
            "office:value-type=\"float\" office:value=\"twelve\"",
            "<text:p>12</text:p>",
            Unreadable,
            "twelve",
        ),
        (
            "office:value-type=\"date\" office:date-value=\"2026-03-01\"",
            "<text:p>1.3.26</text:p>",
            Date,
            "2026-03-01",
        ),
        (
            "office:value-type=\"date\" office:date-value=\"2026-03-01T09:30:00.500\"",
            "<text:p>1.3.26</text:p>",
            Date,
            "2026-03-01 09:30:00",
        ),
        (
            "office:value-type=\"date\" office:date-value=\"soon\"",
            "<text:p>1.3.26</text:p>",
            Unreadable,
            "soon",
        ),
        (
            "office:value-type=\"time\" office:time-value=\"PT09H30M00S\"",
            "<text:p>9:30 AM</text:p>",
            Date,
            "09:30:00",
        ),
        (
            "office:value-type=\"boolean\" office:boolean-value=\"true\"",
            "<text:p>WAHR</text:p>",
            Bool,
            "TRUE",
        ),
        (
            "office:value-type=\"boolean\" office:boolean-value=\"maybe\"",
            "",
            Unreadable,
            "maybe",
        ),
        (
            "office:value-type=\"string\" office:string-value=\"Ann\"",
            "<text:p>ANN</text:p>",
            Text,
            "Ann",
        ),
        (
            "office:value-type=\"matrix\"",
            "<text:p>ann</text:p>",
            Unreadable,
            "ann",
        ),
        ("", "<text:p>ann</text:p>", Text, "ann"),
        (
            "office:value-type=\"string\" calcext:value-type=\"error\"",
            "<text:p>Err:508</text:p>",
            Error,
            "Err:508",
        ),
        (
            &format!("{formula} office:value-type=\"float\" office:value=\"0\""),
            "<text:p>#N/A</text:p>",
            Error,
            "#N/A",
        ),
        (
            &format!("{formula} office:value-type=\"float\" office:value=\"0\""),
            "<text:p>0</text:p>",
            Number,
            "0",
        ),
        (&format!("{formula} office:value-type=\"float\""), "", Uncomputed, ""),
        (&format!("{formula} office:value-type=\"string\""), "", Uncomputed, ""),
        (&format!("{formula} office:value-type=\"boolean\""), "", Uncomputed, ""),
        (formula, "", Uncomputed, ""),
        (formula, "<text:p>ann</text:p>", Text, "ann"),
        (
            "office:value-type=\"string\"",
            "<text:p>&company;</text:p>",
            Unreadable,
            "",
        ),
    ] {
        let calc = "xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"";
        let content = format!(
            "<table:table-cell {calc} {attributes}>{content}</table:table-cell>{}",
            cell("next")
        );
        let content = table("T", &format!("<table:table-row>{content}</table:table-row>"));
        let seen = seen(&ods(&content)).unwrap();
        assert_eq!(seen.lines, ["[T]", &format!("1 {text}|next")], "{content}");
        assert_eq!(seen.kinds[0], (kind, attributes.contains("formula")), "{content}");
    }
    // What `LibreOffice` writes for a formula whose result is an empty text.
    let empty = format!(
        "<table:table-row><table:table-cell {formula}><text:p/></table:table-cell>{}</table:table-row>",
        cell("next")
    );
    let seen = seen(&ods(&table("T", &empty))).unwrap();
    assert_eq!(seen.kinds[0].0, Text);
}

#[test]
fn prefixes_and_encodings_are_the_writers_own() {
    let content = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><o:document-content \
                   xmlns:o=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                   xmlns=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
                   xmlns:t=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"><o:body><o:spreadsheet><table t:name=\"T\">\
                   <table-row><table-cell o:value-type=\"string\"><x:p \
                   xmlns:x=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">Zoë</x:p></table-cell></table-row></table>\
                   </o:spreadsheet></o:body></o:document-content>";
    let utf_16: Vec<u8> = content.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [vec![0xff, 0xfe], utf_16].concat();
    for content in [content.as_bytes(), &marked] {
        assert_eq!(
            seen(&archive(&[("content.xml", content)])).unwrap().lines,
            ["[T]", "1 Zoë"]
        );
    }
}

#[test]
fn an_open_document_with_a_password_is_called_encrypted() {
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    for parts in [
        &[("content.xml", &b"x"[..]), ("META-INF/manifest.xml", &manifest[..])][..],
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("encrypted-package", b"x"),
        ],
    ] {
        let told = seen(&archive(parts)).map(|seen| seen.lines);
        assert!(matches!(told, Err(SheetError::Encrypted { .. })), "{told:?}");
    }
}

#[test]
fn what_stands_where_no_spreadsheet_has_a_cell_is_told() {
    let text = "office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let row = |cells: &str, times: u64| {
        format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>")
    };
    let cells = |times: u64| format!("<table:table-cell table:number-columns-repeated=\"{times}\" {text}");
    for times in [100_000_000, 99_999_999_999] {
        let told = seen(&ods(&table("T", &row(&cells(1), times)))).map(|seen| seen.lines.len());
        assert!(matches!(told, Err(SheetError::TooWide { .. })), "{times}: {told:?}");
        let empty = [row("<table:table-cell/>", times), row("<table:table-cell/>", 1)].concat();
        assert_eq!(seen(&ods(&table("T", &empty))).unwrap().lines, ["[T]"], "{times}");
    }
    let far = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    for (cells, is_too_long) in [
        (cells(1), false),
        (cells(16_384), false),
        (cells(16_385), true),
        (cells(99_999_999_999), true),
        ([&cells(1), far, &cells(1)].concat(), true),
        ([&cells(1), far, far].concat(), false),
    ] {
        let seen = seen(&ods(&table("T", &row(&cells, 1)))).unwrap();
        assert_eq!(seen.malformed, [is_too_long.then_some(MalformedRow::TooLong)]);
    }
}
