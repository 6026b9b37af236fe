//! Workbooks whose parts are not where, or what, most are.

use super::{RELATIONSHIP, archive, relationships, seen, try_seen};

fn worksheet(text: &str) -> String {
    format!("<worksheet><sheetData><row><c t=\"str\"><v>{text}</v></c></row></sheetData></worksheet>")
}

/// A workbook that lists these worksheets, by the number in the relationship's id.
fn workbook(sheets: &[(&str, u8)]) -> String {
    let sheets = sheets
        .iter()
        .map(|(name, id)| format!("<sheet name=\"{name}\" sheetId=\"{id}\" rel:id=\"rId{id}\"/>"));
    format!(
        "<workbook xmlns:rel=\"{RELATIONSHIP}\"><sheets>{}</sheets></workbook>",
        sheets.collect::<String>()
    )
}

#[test]
fn parts_are_found_by_what_leads_to_them() {
    for (entries, root, target) in [
        (
            [
                "_rels/.rels",
                "xl/workbook.xml",
                "xl/_rels/workbook.xml.rels",
                "xl/a.xml",
            ],
            "xl/workbook.xml",
            "a.xml",
        ),
        (
            [
                "_rels\\.rels",
                "xl\\workbook.xml",
                "xl\\_rels\\workbook.xml.rels",
                "xl\\a.xml",
            ],
            "xl\\workbook.xml",
            ".\\a.xml",
        ),
        (
            [
                "_RELS/.RELS",
                "XL/WORKBOOK.XML",
                "XL/_RELS/WORKBOOK.XML.RELS",
                "XL/A.XML",
            ],
            "/xl/workbook.xml",
            "/xl/A.xml",
        ),
        (
            [
                "_rels/.rels",
                "book/main.xml",
                "book/_rels/main.xml.rels",
                "data/my a.xml",
            ],
            "/book/main.xml",
            "../data/my%20a.xml",
        ),
        (
            ["none", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/a.xml"],
            "",
            "a.xml",
        ),
    ] {
        let root = relationships(&[(1, "officeDocument", root)]);
        let book = relationships(&[(1, "worksheet", target)]);
        let parts = [root, workbook(&[("A", 1)]), book, worksheet("ann")];
        let parts: Vec<(&str, &[u8])> = entries
            .iter()
            .copied()
            .zip(parts.iter().map(String::as_bytes))
            .collect();
        assert_eq!(seen(&archive(&parts)).texts(), [(1, vec!["ann"])], "{entries:?}");
    }
}

#[test]
fn texts_and_styles_to_which_nothing_leads_are_looked_for_where_everybody_has_them() {
    let root = relationships(&[(1, "officeDocument", "xl/workbook.xml")]);
    let book = relationships(&[(1, "worksheet", "a.xml")]);
    let cells = "<c t=\"s\"><v>0</v></c><c s=\"0\"><v>46082</v></c>";
    let sheet = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let parts = [
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", &workbook(&[("A", 1)]).into_bytes()),
        ("xl/_rels/workbook.xml.rels", book.as_bytes()),
        ("xl/a.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", b"<sst><si><t>ann</t></si></sst>"),
        (
            "xl/styles.xml",
            b"<styleSheet><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
        ),
    ];
    assert_eq!(seen(&archive(&parts)).texts(), [(1, vec!["ann", "2026-03-01"])]);
}

#[test]
fn parts_may_be_in_other_encodings() {
    let wide = |text: &str| -> Vec<u8> {
        let mark = [0xff, 0xfe].into_iter();
        mark.chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let root = relationships(&[(1, "officeDocument", "xl/workbook.xml")]);
    let book = relationships(&[(1, "worksheet", "a.xml"), (2, "worksheet", "b.xml")]);
    let latin = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{}", worksheet("Zo@")).replace('@', "\u{eb}");
    let latin: Vec<u8> = latin
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let merged = worksheet("Zoë").replace(
        "</sheetData>",
        "</sheetData><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells>",
    );
    let seen = seen(&archive(&[
        ("_rels/.rels", &wide(&root)),
        ("xl/workbook.xml", &wide(&workbook(&[("Blätter", 1), ("B", 2)]))),
        ("xl/_rels/workbook.xml.rels", &wide(&book)),
        ("xl/a.xml", &wide(&merged)),
        ("xl/b.xml", &latin),
    ]));
    assert_eq!(seen.sheets, ["Blätter", "B"]);
    assert_eq!(seen.texts(), [(1, vec!["Zoë"]), (1, vec!["Zoë"])]);
}

#[test]
fn what_is_no_worksheet_spoils_no_other() {
    let root = relationships(&[(1, "officeDocument", "xl/workbook.xml")]);
    let book = relationships(&[
        (1, "worksheet", "a.xml"),
        (2, "xlMacrosheet", "m.xml"),
        (3, "chartsheet", "c.xml"),
        (4, "dialogsheet", "d.xml"),
        (5, "worksheet", "gone.xml"),
        (6, "worksheet", "junk.xml"),
        (7, "worksheet", "a.xml"),
        (9, "worksheet", "z.xml"),
    ]);
    let names = ["A", "Macro", "Chart", "Dialog", "Gone", "Junk", "Again", "Nowhere", "Z"];
    let listed: Vec<(&str, u8)> = names.into_iter().zip(1..).collect();
    let (a, z) = (worksheet("ann"), worksheet("zoe"));
    let seen = seen(&archive(&[
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook(&listed).as_bytes()),
        ("xl/_rels/workbook.xml.rels", book.as_bytes()),
        ("xl/a.xml", a.as_bytes()),
        ("xl/m.xml", b"<xm:macrosheet><sheetData/></xm:macrosheet>"),
        ("xl/c.xml", b"<chartsheet/>"),
        ("xl/d.xml", b"<dialogsheet/>"),
        ("xl/junk.xml", b"junk"),
        ("xl/z.xml", z.as_bytes()),
    ]));
    assert_eq!(seen.sheets, ["A", "Z"]);
    assert_eq!(seen.texts(), [(1, vec!["ann"]), (1, vec!["zoe"])]);
    let skipped: Vec<(&str, &str)> = seen
        .skipped
        .iter()
        .map(|(name, why)| (name.as_str(), why.as_str()))
        .collect();
    assert_eq!(
        skipped,
        [
            ("Macro", "it is an Excel 4 macro sheet"),
            ("Chart", "it is a chart"),
            ("Dialog", "it is a dialog"),
            ("Gone", "its part `xl/gone.xml` is missing from the file"),
            ("Junk", "its part `xl/junk.xml` is no worksheet"),
            ("Again", "it is worksheet `A` once more"),
            ("Nowhere", "the workbook does not say which of its parts it is"),
        ]
    );
}

#[test]
fn a_worksheet_too_large_to_be_kept_is_read_like_others() {
    let filler = format!("<!--{}-->", " ".repeat(1 << 20)).repeat(33);
    let rows = "<row hidden=\"1\"><c><v>1</v></c></row><row><c><v>2</v></c></row>";
    let large = format!(
        "<worksheet><sheetData>{filler}{rows}</sheetData><mergeCells><mergeCell ref=\"A1:A2\"/></mergeCells></worksheet>"
    );
    let seen = super::Parts::worksheet(&large).seen();
    assert_eq!(seen.texts(), [(1, vec!["1"])]);
    assert!(seen.rows[0].is_hidden);
}

#[test]
fn a_workbook_without_a_list_of_its_worksheets_is_broken() {
    let root = relationships(&[(1, "officeDocument", "xl/workbook.xml")]);
    assert!(try_seen(&archive(&[("_rels/.rels", root.as_bytes())])).is_err());
}
