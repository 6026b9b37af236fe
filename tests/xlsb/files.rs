//! The files of `tests/data/xlsb`, which other programs wrote.

use std::path::Path;

use reseat::sheet::{CellKind, Row};

use crate::seen::Seen;

fn seen(name: &str) -> Seen {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/xlsb");
    Seen::of(&fs_err::read(folder.join(name)).unwrap()).unwrap()
}

#[test]
fn a_workbook_of_sheetjs_is_read_whole_with_its_texts_inline_or_shared() {
    for name in ["sheetjs-inline.xlsb", "sheetjs-shared.xlsb"] {
        let seen = seen(name);
        assert_eq!(seen.sheets, ["Joiners", "Old"]);
        assert_eq!(seen.hidden_sheets, ["Old"]);
        assert_eq!(
            seen.shown(),
            [
                "1: operation | user | active | note | not_before | quota",
                "2: update | zoë@corp.example | TRUE | Zoë, née Müller |  | 7",
                "3: update | 山田@corp.example | FALSE | line one\nline two | 2026-03-01 | -12.34",
                "4: update | bob@corp.example | TRUE | #N/A | 2026-03-01 09:30:00 | 0.0000001",
                "5: update | cid@corp.example | #VALUE! |  |  | 123456789012",
                "6:  | dee@corp.example |  | 😀",
                "1: user",
                "2: eve@corp.example",
            ],
            "{name}"
        );
        let hidden: Vec<_> = seen
            .rows
            .iter()
            .filter(|row| row.is_hidden())
            .map(Row::number)
            .collect();
        assert_eq!(hidden, [3]);
        let kinds: Vec<_> = seen.rows[3].cells().map(|cell| cell.kind).collect();
        assert_eq!(
            kinds,
            [
                CellKind::Text,
                CellKind::Text,
                CellKind::Bool,
                CellKind::Error,
                CellKind::Date,
                CellKind::Number
            ]
        );
    }
}
