//! What a zip archive is that holds no workbook, or cannot be unpacked.

use std::io::{Read, Seek};

use zip::{CompressionMethod, ZipArchive};

use super::kind::Foreign;
use crate::text::{clean, joined};

/// Of the names of sheets in an archive, this many letters are shown.
const SHOWN: usize = 60;

/// Names an archive by its parts.
pub(in crate::sheet) fn foreign_archive<R: Read + Seek>(archive: &ZipArchive<R>) -> Foreign {
    let names: Vec<_> = archive.file_names().flatten().collect();
    let has = |part: &str| names.iter().any(|name| name.eq_ignore_ascii_case(part));
    let numbers = ["Index/Document.iwa", "Index.zip", "index.apxl"];
    if numbers.iter().any(|part| has(part)) {
        let cure = "open it in Numbers and export it (File, Export To) as Excel or CSV";
        return Foreign::beside("an Apple Numbers file", cure);
    }
    if has("word/document.xml") || has("word/document.bin") {
        return Foreign::copied("a Word document");
    }
    if has("ppt/presentation.xml") {
        return Foreign::copied("a PowerPoint presentation");
    }
    if has("visio/document.xml") {
        return Foreign::copied("a Visio drawing");
    }
    if has("META-INF/container.xml") {
        return Foreign::copied("an electronic book");
    }
    let sheets: Vec<String> = names
        .iter()
        .filter(|name| is_sheet(name))
        .map(|name| format!("`{}`", clean(name, SHOWN)))
        .collect();
    if sheets.is_empty() {
        Foreign::packed("a zip archive")
    } else {
        Foreign::with_sheets(&joined(&sheets, 3))
    }
}

/// Whether the name is a sheet's; macOS puts a companion beside every file.
fn is_sheet(name: &str) -> bool {
    const ENDINGS: [&str; 8] = ["csv", "tsv", "xlsx", "xlsm", "xltx", "xlsb", "xls", "ods"];
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let ending = file.rsplit_once('.').map_or("", |(_, ending)| ending);
    !file.starts_with("._")
        && !name.starts_with("__MACOSX/")
        && ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// A zip archive may be packed in many ways, of which spreadsheet programs use one; `None` for that.
pub(in crate::sheet) fn packed_with(method: CompressionMethod) -> Option<Foreign> {
    let what = match method {
        CompressionMethod::Stored | CompressionMethod::Deflated => return None,
        CompressionMethod::IMPLODE => "a zip archive packed with Implode",
        CompressionMethod::DEFLATE64 => "a zip archive packed with Deflate64",
        CompressionMethod::BZIP2 => "a zip archive packed with bzip2",
        CompressionMethod::LZMA => "a zip archive packed with LZMA",
        CompressionMethod::ZSTD => "a zip archive packed with Zstandard",
        CompressionMethod::XZ => "a zip archive packed with XZ",
        CompressionMethod::PPMD => "a zip archive packed with PPMd",
        _ => "a zip archive packed in a way that spreadsheet programs do not know",
    };
    let cure = "pack it again with Deflate, as zip programs do by themselves, or save the sheet as .csv";
    Some(Foreign::beside(what, cure))
}

/// A zip archive with parts that a password protects.
pub(in crate::sheet) fn with_password() -> Foreign {
    let cure = "unpack it with the password, or save the sheet without one";
    Foreign::beside("a zip archive with a password", cure)
}
