//! Writes `.xlsb` workbooks as the specification has them, \[MS-XLSB\], down to the bit.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The bytes of records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records(pub(crate) Vec<u8>);

impl Records {
    /// Adds a record: its kind in one or two bytes and its length in up to four, seven bits in each.
    pub(crate) fn add(mut self, kind: u16, content: &[u8]) -> Self {
        let [low, high] = [kind & 0x7f, kind >> 7].map(|part| u8::try_from(part).unwrap());
        if high == 0 {
            self.0.push(low);
        } else {
            self.0.extend([low | 0x80, high]);
        }
        let mut length = content.len();
        loop {
            let part = u8::try_from(length & 0x7f).unwrap();
            length >>= 7;
            self.0.push(if length == 0 { part } else { part | 0x80 });
            if length == 0 {
                break;
            }
        }
        self.0.extend(content);
        self
    }

    /// Begins a row, from 0, with these flags.
    pub(crate) fn row(self, row: u32, flags: u8) -> Self {
        let row = [&row.to_le_bytes()[..], &[0; 4], &[0x2c, 1], &[0, flags, 0], &[0; 4]];
        self.add(0, &row.concat())
    }

    /// Adds a cell of this kind in this column, whose format is the one with this number.
    pub(crate) fn cell(self, kind: u16, column: u32, style: u32, value: &[u8]) -> Self {
        self.add(kind, &[&column.to_le_bytes()[..], &style.to_le_bytes(), value].concat())
    }

    /// Adds a short cell, which is in the column after the last one.
    pub(crate) fn short(self, kind: u16, style: u32, value: &[u8]) -> Self {
        self.add(kind, &[&style.to_le_bytes()[..], value].concat())
    }
}

/// A row that is hidden; the flags of `row`.
pub(crate) const HIDDEN: u8 = 1 << 4;

/// A text: how many units of UTF-16, and these.
pub(crate) fn text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(units.len()).unwrap().to_le_bytes();
    length
        .into_iter()
        .chain(units.into_iter().flat_map(u16::to_le_bytes))
        .collect()
}

/// What follows the value of a formula: its flags, and no more of it than its two lengths.
pub(crate) fn formula(value: &[u8]) -> Vec<u8> {
    [value, &[0; 2 + 4 + 4]].concat()
}

/// A rich text: its flags, runs from these positions in these fonts, and how it is pronounced.
pub(crate) fn rich(shown: &str, runs: &[(u16, u16)], pronounced: Option<&str>) -> Vec<u8> {
    let mut bytes = vec![u8::from(!runs.is_empty()) | u8::from(pronounced.is_some()) << 1];
    bytes.extend(text(shown));
    if !runs.is_empty() {
        bytes.extend(u32::try_from(runs.len()).unwrap().to_le_bytes());
        bytes.extend(
            runs.iter()
                .flat_map(|(start, font)| [start.to_le_bytes(), font.to_le_bytes()].concat()),
        );
    }
    if let Some(pronounced) = pronounced {
        bytes.extend(text(pronounced));
        bytes.extend([0; 4]);
    }
    bytes
}

/// One sheet of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    /// 0 is visible, 1 hidden, 2 very hidden.
    pub(crate) state: u32,
    /// The last word of its relationship's type.
    pub(crate) kind: &'static str,
    /// `None` if the part is missing.
    pub(crate) part: Option<Vec<u8>>,
}

impl Sheet {
    /// A visible worksheet of these rows, followed by these records.
    pub(crate) fn of(rows: &Records, after: &Records) -> Self {
        Self::under(&Records::default(), rows, after)
    }

    /// The same, with these records before the rows.
    pub(crate) fn under(before: &Records, rows: &Records, after: &Records) -> Self {
        let mut part = Records::default().add(129, &[]).0;
        part.extend(&before.0);
        part.extend(Records::default().add(145, &[]).0);
        part.extend(&rows.0);
        part.extend(Records::default().add(146, &[]).0);
        part.extend(&after.0);
        part.extend(Records::default().add(130, &[]).0);
        Self {
            name: "Joiners",
            state: 0,
            kind: "worksheet",
            part: Some(part),
        }
    }
}

/// A workbook.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workbook {
    pub(crate) sheets: Vec<Sheet>,
    /// Rich texts.
    pub(crate) strings: Vec<Vec<u8>>,
    /// The codes of number formats; that of the cell format 1 is the first.
    pub(crate) formats: Vec<&'static str>,
    /// Whether the second cell format, number 1, is in a font that is struck through; it is font 1.
    pub(crate) is_struck: bool,
    pub(crate) is_1904: bool,
    pub(crate) computes_on_load: bool,
}

impl Workbook {
    /// A workbook of one worksheet with these rows.
    pub(crate) fn of(rows: &Records) -> Self {
        Self {
            sheets: vec![Sheet::of(rows, &Records::default())],
            ..Self::default()
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut relationships = String::new();
        let mut relate = |id: usize, kind: &str, target: &str| {
            relationships.push_str(&relationship(&format!("rId{id}"), kind, target));
        };
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for (number, sheet) in self.sheets.iter().enumerate() {
            relate(number, sheet.kind, &format!("worksheets/sheet{number}.bin"));
            if let Some(part) = &sheet.part {
                parts.push((format!("xl/worksheets/sheet{number}.bin"), part.clone()));
            }
        }
        relate(1000, "styles", "styles.bin");
        parts.push(("xl/styles.bin".into(), self.styles()));
        if !self.strings.is_empty() {
            relate(1001, "sharedStrings", "sharedStrings.bin");
            let counts = [u32::try_from(self.strings.len()).unwrap().to_le_bytes(); 2].concat();
            let begin = Records::default().add(159, &counts);
            let strings = self.strings.iter().fold(begin, |part, string| part.add(19, string));
            parts.push(("xl/sharedStrings.bin".into(), strings.add(160, &[]).0));
        }
        parts.push(("xl/workbook.bin".into(), self.workbook()));
        parts.push(("xl/_rels/workbook.bin.rels".into(), related(&relationships)));
        let root = relationship("rId1", "officeDocument", "xl/workbook.bin");
        parts.push(("_rels/.rels".into(), related(&root)));
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &parts {
            zip.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn workbook(&self) -> Vec<u8> {
        let properties = [&u32::from(self.is_1904).to_le_bytes()[..], &[0; 4], &text("")].concat();
        let mut part = Records::default().add(131, &[]).add(153, &properties).add(143, &[]);
        for (number, sheet) in self.sheets.iter().enumerate() {
            let id = u32::try_from(number + 1).unwrap().to_le_bytes();
            let relation = text(&format!("rId{number}"));
            let sheet = [&sheet.state.to_le_bytes()[..], &id, &relation, &text(sheet.name)].concat();
            part = part.add(156, &sheet);
        }
        let calculation = [&[0; 24][..], &u16::from(self.computes_on_load).to_le_bytes()].concat();
        part.add(144, &[]).add(157, &calculation).add(132, &[]).0
    }

    /// The cell formats: a plain one, one for each number format, and one of the dates that every workbook has.
    fn styles(&self) -> Vec<u8> {
        let mut part = Records::default().add(278, &[]);
        for (id, code) in (164_u16..).zip(&self.formats) {
            part = part.add(44, &[&id.to_le_bytes()[..], &text(code)].concat());
        }
        let font = |flags: u16| [&[220, 0][..], &flags.to_le_bytes(), &[0; 17], &text("Calibri")].concat();
        part = part.add(43, &font(0)).add(43, &font(1 << 3));
        let cell =
            |format: u16, font: u16| [&[0, 0][..], &format.to_le_bytes(), &font.to_le_bytes(), &[0; 10]].concat();
        // A format of styles, which cells do not refer to.
        part = part.add(626, &[1, 0, 0, 0]).add(47, &cell(14, 1)).add(627, &[]);
        part = part.add(617, &[0; 4]).add(47, &cell(0, 0));
        let formats = if self.formats.is_empty() {
            0..1
        } else {
            164..164 + u16::try_from(self.formats.len()).unwrap()
        };
        for id in formats {
            part = part.add(47, &cell(id, u16::from(self.is_struck)));
        }
        part.add(47, &cell(14, 0)).add(618, &[]).add(279, &[]).0
    }
}

fn relationship(id: &str, kind: &str, target: &str) -> String {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    format!("<Relationship Id=\"{id}\" Type=\"{office}/{kind}\" Target=\"{target}\"/>")
}

fn related(relationships: &str) -> Vec<u8> {
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("<Relationships xmlns=\"{package}\">{relationships}</Relationships>").into_bytes()
}
