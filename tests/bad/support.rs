//! Runs `reseat check`, and writes workbooks part by part.

use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What became of a check.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

/// `reseat check` of a file in `folder`, whose name is told without the folder.
pub(crate) fn check(folder: &Path, name: &str) -> Told {
    told(Command::new(env!("CARGO_BIN_EXE_reseat")).args(["check", name]), folder)
}

/// Likewise, in an address space of this many MiB: whoever wants more is ended, which no test takes for an answer.
#[cfg(unix)]
pub(crate) fn check_within(mib: u32, folder: &Path, name: &str) -> Told {
    let limited = format!("ulimit -v {} && exec \"$0\" check \"$1\"", mib * 1024);
    told(
        Command::new("sh").args(["-c", &limited, env!("CARGO_BIN_EXE_reseat"), name]),
        folder,
    )
}

pub(crate) fn told(command: &mut Command, folder: &Path) -> Told {
    let output = command.current_dir(folder).output().unwrap();
    let mut text = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    // How far it is, is said where the machine is slow.
    text.extend(
        told.split_inclusive('\n')
            .filter(|line| !line.starts_with("reading the sheet")),
    );
    Told {
        code: output.status.code(),
        text,
    }
}

/// A folder with this one file.
pub(crate) fn folder_with(name: &str, bytes: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs_err::write(folder.path().join(name), bytes).unwrap();
    folder
}

/// A zip archive of these parts.
pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An `.xlsx` with one worksheet of this XML and these shared strings.
pub(crate) fn xlsx(worksheet: &str, shared_strings: &str) -> Vec<u8> {
    let relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{relationship}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{relationship}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let workbook = format!(
        "<workbook xmlns:r=\"{relationship}\"><sheets><sheet name=\"Joiners\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let root = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{relationship}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let mut parts = vec![
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", worksheet.as_bytes()),
    ];
    if !shared_strings.is_empty() {
        parts.push(("xl/sharedStrings.xml", shared_strings.as_bytes()));
    }
    archive(&parts)
}

/// The XML of a worksheet: the rows as they are, after a dimension and before whatever closes it.
pub(crate) fn worksheet(rows: &str) -> String {
    format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>")
}

/// A row of texts, written into its cells.
pub(crate) fn text_row(number: u32, attributes: &str, cells: &[&str]) -> String {
    let cells = ('A'..)
        .zip(cells)
        .map(|(column, text)| format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"));
    format!("<row r=\"{number}\"{attributes}>{}</row>", cells.collect::<String>())
}

/// An `.ods` whose tables are this XML.
pub(crate) fn ods(tables: &str) -> Vec<u8> {
    let namespaces = ["office", "style", "table", "text"]
        .map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .join(" ");
    let content = format!(
        "<office:document-content {namespaces}><office:automatic-styles><style:style style:name=\"ta1\"><style:table-properties \
         table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
    ])
}
