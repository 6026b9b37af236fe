//! What single cells hold, as many writers write them.

use proptest::prelude::*;

use super::{Parts, SeenCell, try_seen};
use crate::sheet::row::CellKind::{self, Bool, Date, Error, Number, Text, Uncomputed, Unreadable};
use crate::sheet::workbook::error::WorkbookError;

const STRINGS: &str = "<sst count=\"99999999999\" uniqueCount=\"7\"><si><t>zero</t></si>\
     <si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">ch </t></r></si>\
     <si><t>山田</t><rPh sb=\"0\" eb=\"2\"><t>ヤマダ</t></rPh><phoneticPr fontId=\"1\"/></si>\
     <si><t>a_x000D_&#10;b</t></si><si><t>_x005F_x000D_</t></si><si/><si><t>Caf<![CDATA[é & ]]>&amp; Bar</t></si></sst>";

const STYLES: &str = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"46\"/>\
     <xf numFmtId=\"165\"/></cellXfs><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd&quot;. d&quot; mmm\"/>\
     <numFmt numFmtId=\"165\" formatCode=\"0&quot; days&quot;\"/></numFmts>\
     <dxfs><dxf><numFmt numFmtId=\"165\" formatCode=\"yyyy\"/><font><strike/></font></dxf></dxfs></styleSheet>";

/// The cell of this XML, after one that makes sure that there is a row.
fn cell(xml: &str, workbook: &'static str) -> Option<SeenCell> {
    let rows = format!("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>x</v></c>{xml}</row>");
    let mut parts = Parts::rows(&rows);
    (parts.workbook, parts.strings, parts.styles) = (workbook, STRINGS, STYLES);
    let mut seen = parts.seen();
    assert_eq!(seen.rows.len(), 1, "{xml}");
    seen.rows.remove(0).cells.into_iter().nth(1)
}

fn assert_cells(workbook: &'static str, table: &[(&str, Option<(CellKind, &str)>)]) {
    for (xml, expected) in table {
        let expected = expected.map(|(kind, text)| (kind, text.to_owned(), xml.contains("<f")));
        assert_eq!(cell(xml, workbook), expected, "{xml}");
    }
}

#[test]
fn a_cell_that_is_there_twice_has_no_value_unless_both_are_the_same() {
    for (first, second, read) in [
        ("<v>1</v>", "<v>2</v>", (Unreadable, "1 / 2")),
        ("<v>1</v>", "<v>1</v>", (Number, "1")),
        ("<v>1</v>", "", (Number, "1")),
        ("", "<v>2</v>", (Number, "2")),
    ] {
        let xml = format!("<c r=\"B1\">{first}</c><c r=\"B1\">{second}</c>");
        let (kind, text) = read;
        assert_eq!(cell(&xml, ""), Some((kind, text.to_owned(), false)), "{xml}");
    }
}

#[test]
fn a_cell_is_read_for_what_it_is_or_told_as_unreadable() {
    assert_cells(
        "",
        &[
            ("<c><v>42</v></c>", Some((Number, "42"))),
            ("<c r=\"b1\" t=\"n\"><v> 4.50 </v></c>", Some((Number, "4.5"))),
            ("<c t=\"n\"><v>1E3</v></c>", Some((Number, "1000"))),
            ("<c><v>&#52;2</v></c>", Some((Number, "42"))),
            ("<c><v><![CDATA[42]]></v></c>", Some((Number, "42"))),
            ("<x:c><x:v>42</x:v></x:c>", Some((Number, "42"))),
            ("<c><v>NaN</v></c>", Some((Unreadable, "NaN"))),
            ("<c><v>INF</v></c>", Some((Unreadable, "INF"))),
            ("<c><v>infinity</v></c>", Some((Unreadable, "infinity"))),
            ("<c><v>1e999</v></c>", Some((Unreadable, "1e999"))),
            ("<c t=\"n\"><v>1,5</v></c>", Some((Unreadable, "1,5"))),
            ("<c t=\"n\"><v>ann</v></c>", Some((Unreadable, "ann"))),
            ("<c t=\"s\"><v>0</v></c>", Some((Text, "zero"))),
            ("<c t=\"s\"><v>\n  0\n</v></c>", Some((Text, "zero"))),
            ("<c t=\"s\"><v>1</v></c>", Some((Text, "rich "))),
            ("<c t=\"s\"><v>2</v></c>", Some((Text, "山田"))),
            ("<c t=\"s\"><v>3</v></c>", Some((Text, "a\r\nb"))),
            ("<c t=\"s\"><v>4</v></c>", Some((Text, "_x000D_"))),
            ("<c t=\"s\"><v>5</v></c>", None),
            ("<c t=\"s\"><v>6</v></c>", Some((Text, "Café & & Bar"))),
            ("<c t=\"s\"><v>7</v></c>", Some((Unreadable, "7"))),
            ("<c t=\"s\"><v>-1</v></c>", Some((Unreadable, "-1"))),
            ("<c t=\"s\"><v>zero</v></c>", Some((Unreadable, "zero"))),
            ("<c t=\"s\"><v></v></c>", None),
            (
                "<c t=\"str\"><v> a &lt;b&gt; &nbsp;&#xe9;</v></c>",
                Some((Text, " a <b> &nbsp;é")),
            ),
            ("<c t=\"str\"><v>a_x0009_b</v></c>", Some((Text, "a\tb"))),
            ("<c t=\"inlineStr\"><is><t>ann</t></is></c>", Some((Text, "ann"))),
            (
                "<c t=\"inlineStr\"><is><r><t>a</t></r><r><t>nn</t></r><rPh><t>x</t></rPh></is></c>",
                Some((Text, "ann")),
            ),
            (
                "<c t=\"inlineStr\"><is><t>ann</t></is><v>0</v></c>",
                Some((Text, "ann")),
            ),
            ("<c t=\"inlineStr\"><v>ann</v></c>", Some((Text, "ann"))),
            ("<c><is><t>ann</t></is></c>", Some((Text, "ann"))),
            ("<c t=\"inlineStr\"><is/></c>", None),
            ("<c t=\"b\"><v>1</v></c>", Some((Bool, "TRUE"))),
            ("<c t=\"b\"><v>false</v></c>", Some((Bool, "FALSE"))),
            ("<c t=\"b\"><v>2</v></c>", Some((Unreadable, "2"))),
            ("<c t=\"e\"><v>#N/A</v></c>", Some((Error, "#N/A"))),
            ("<c t=\"e\"><v>#GETTING_DATA</v></c>", Some((Error, "#GETTING_DATA"))),
            ("<c t=\"e\"><v>#BEZUG!</v></c>", Some((Error, "#BEZUG!"))),
            ("<c t=\"d\"><v>2026-03-01</v></c>", Some((Date, "2026-03-01"))),
            ("<c t=\"d\"><v>2026-03-01T00:00:00</v></c>", Some((Date, "2026-03-01"))),
            (
                "<c t=\"d\"><v>2026-03-01T09:30:00.000Z</v></c>",
                Some((Date, "2026-03-01 09:30:00")),
            ),
            ("<c t=\"d\"><v>T09:30:00</v></c>", Some((Date, "09:30:00"))),
            ("<c t=\"d\"><v>tomorrow</v></c>", Some((Unreadable, "tomorrow"))),
            ("<c t=\"what\"><v>7</v></c>", Some((Unreadable, "7"))),
            ("<c s=\"1\"/>", None),
            ("<c><v/></c>", None),
            ("<c><extLst><ext><v>7</v></ext></extLst></c>", None),
        ],
    );
}

#[test]
fn a_number_is_a_date_where_its_style_shows_it_as_one() {
    assert_cells(
        "",
        &[
            ("<c s=\"1\"><v>46082</v></c>", Some((Date, "2026-03-01"))),
            ("<c s=\"2\"><v>46082.5</v></c>", Some((Date, "2026-03-01 12:00:00"))),
            ("<c s=\"4\"><v>46082</v></c>", Some((Number, "46082"))),
            ("<c s=\"99\"><v>46082</v></c>", Some((Number, "46082"))),
            ("<c s=\"1\"><v>-1</v></c>", Some((Number, "-1"))),
            ("<c s=\"1\"><v>1e300</v></c>", Some((Number, "1E+300"))),
        ],
    );
    assert_cells(
        "<workbookPr date1904=\"true\"/>",
        &[("<c s=\"1\"><v>44620</v></c>", Some((Date, "2026-03-01")))],
    );
}

#[test]
fn a_formula_has_the_value_that_is_stored_with_it() {
    let stored = [
        ("<c><f>A1</f><v>7</v></c>", Some((Number, "7"))),
        ("<c t=\"str\"><f>A1</f><v>ann</v></c>", Some((Text, "ann"))),
        ("<c t=\"b\"><f>A1</f><v>1</v></c>", Some((Bool, "TRUE"))),
        ("<c t=\"e\"><f>A1</f><v>#REF!</v></c>", Some((Error, "#REF!"))),
        ("<c><f>A1</f></c>", Some((Uncomputed, ""))),
        ("<c><f/></c>", Some((Uncomputed, ""))),
        ("<c><f>A1</f><v></v></c>", Some((Uncomputed, ""))),
        ("<c><f>A1</f><v/></c>", Some((Uncomputed, ""))),
        ("<c t=\"str\"><f>A1</f></c>", Some((Uncomputed, ""))),
        // No program stores it that does not compute: whoever wrote the formula gave it.
        ("<c t=\"b\"><f>A1</f><v>0</v></c>", Some((Bool, "FALSE"))),
    ];
    let fillers = ["<c><f>A1</f><v>0</v></c>", "<c t=\"str\"><f>A1</f><v></v></c>"];
    let values = [Some((Number, "0")), Some((Text, ""))];
    assert_cells("", &stored);
    assert_cells(
        "<calcPr calcId=\"191029\"/>",
        &[0, 1].map(|at| (fillers[at], values[at])),
    );
    let asks = "<calcPr calcId=\"124519\" fullCalcOnLoad=\"1\"/>";
    assert_cells(asks, &stored);
    assert_cells(asks, &fillers.map(|xml| (xml, Some((Uncomputed, "")))));
    assert_cells(asks, &[("<c><v>0</v></c>", Some((Number, "0")))]);
    // Some programs write their filler as a text.
    let text = "<c t=\"str\"><f>A1</f><v>0</v></c>";
    assert_cells("", &[(text, Some((Text, "0")))]);
    assert_cells(asks, &[(text, Some((Uncomputed, "")))]);
    assert_cells(asks, &[("<c t=\"str\"><v>0</v></c>", Some((Text, "0")))]);
}

#[test]
fn a_formula_over_several_cells_is_one_in_each_of_them() {
    let formula = "<c r=\"B1\"><f t=\"array\" ref=\"B1:B3\">C1:C3</f>";
    let cells = |first: &str| {
        let rows = format!(
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c>{formula}{first}</c></row>\
             <row r=\"2\"><c r=\"A2\"><v>2</v></c><c r=\"B2\"><v>8</v></c></row><row r=\"3\"><c r=\"A3\"><v>3</v></c></row>\
             <row r=\"4\"><c r=\"A4\"><v>4</v></c><c r=\"B4\"><v>0</v></c></row>"
        );
        let rows = Parts::rows(&rows).seen().rows;
        let second: Vec<Option<(CellKind, bool)>> = rows
            .iter()
            .map(|row| row.cells.get(1).map(|(kind, _, is_formula)| (*kind, *is_formula)))
            .collect();
        second
    };
    let (computed, uncomputed) = (Some((Number, true)), Some((Uncomputed, true)));
    let after = Some((Number, false));
    assert_eq!(cells("<v>7</v>"), [computed, computed, None, after]);
    assert_eq!(cells(""), [uncomputed, computed, uncomputed, after]);
}

#[test]
fn a_cell_that_says_nonsense_about_its_place_is_told() {
    for place in ["1", "A0", "AAAA1", "A1:B2", ""] {
        let told = try_seen(&Parts::rows(&format!("<row><c r=\"{place}\"><v>1</v></c></row>")).packed());
        assert!(matches!(told, Err(WorkbookError::Broken(_))), "{place}");
    }
}

#[test]
fn the_texts_that_cells_share_are_missed_only_by_cells_that_need_them() {
    let mut parts = Parts::rows("<row><c t=\"inlineStr\"><is><t>ann</t></is></c></row>");
    assert_eq!(parts.seen().texts(), [(1, vec!["ann"])]);
    parts.worksheet = parts
        .worksheet
        .replace("<c t=\"inlineStr\">", "<c t=\"s\"><v>0</v></c><c t=\"inlineStr\">");
    assert!(try_seen(&parts.packed()).is_err());
    parts.strings = "<sst><si><t>cut o";
    assert!(try_seen(&parts.packed()).is_err());
}

/// Cells as most programs write them, and as few do.
fn written_cell() -> impl Strategy<Value = String> {
    let attributes = [
        prop::sample::select(vec![
            "",
            " r=\"A1\"",
            " r=\"B1\"",
            " r=\"ab1\"",
            " r=\"C2\"",
            " r=\"1\"",
        ]),
        prop::sample::select(vec!["", " s=\"1\"", " s=\"9\"", " s=\"\""]),
        prop::sample::select(vec![
            "",
            " t=\"s\"",
            " t=\"str\"",
            " t=\"b\"",
            " t=\"e\"",
            " t=\"inlineStr\"",
            " t=\"x\"",
        ]),
    ];
    let content = prop::sample::select(vec![
        "/>",
        "></c>",
        "><v>1</v></c>",
        "><v> 0 </v></c>",
        "><v>2.50</v></c>",
        "><v></v></c>",
        "><v/></c>",
        "><v>a&amp;b</v></c>",
        "><v>é_x0041_</v></c>",
        "><v>a\r\nb</v></c>",
        "><f>1</f><v>1</v></c>",
        "><is><t>x</t></is></c>",
        "><v>1</v><!-- --></c>",
        "><v>1<b/>2</v></c>",
    ]);
    let gap = prop::sample::select(vec!["", "", "\n  ", "<!-- -->"]);
    (attributes, content, gap).prop_map(|(attributes, content, gap)| format!("<c{}{content}{gap}", attributes.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn cells_are_the_same_however_they_are_written(
        rows in prop::collection::vec(prop::collection::vec(written_cell(), 0..6), 0..5),
    ) {
        let row = |cells: &Vec<String>| format!("<row>{}</row>", cells.concat());
        let rows: String = rows.iter().map(row).collect();
        let seen = |rows: &str| {
            let parts = Parts {
                strings: STRINGS,
                styles: STYLES,
                ..Parts::rows(rows)
            };
            format!("{:?}", try_seen(&parts.packed()))
        };
        // A second space is as good as one, and unusual.
        prop_assert_eq!(seen(&rows), seen(&rows.replace("<c", "<c ")));
    }
}
