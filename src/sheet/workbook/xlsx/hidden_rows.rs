//! Which rows of an `.xlsx` the spreadsheet program hides; calamine does not report it.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::sheet::workbook::bounded_xml::BoundedXml;

const CHUNK: usize = 256 << 10;
/// No tag of a row is longer.
const OVERLAP: usize = 1 << 10;
const MARK: &[u8] = b" hidden=\"";

/// The numbers of the hidden rows, ascending, by the worksheet's name. What cannot be read has none: the reader of
/// the workbook says what is wrong with it.
pub(in crate::sheet) fn hidden_rows(file: &mut (impl Read + Seek)) -> HashMap<String, Vec<u32>> {
    let found = file.rewind().ok().and_then(|()| {
        let mut archive = ZipArchive::new(&mut *file).ok()?;
        let mut hidden = HashMap::new();
        for (name, part) in parts(&mut archive)? {
            let numbers = rows_of(archive.by_name(&part).ok()?);
            if !numbers.is_empty() {
                hidden.insert(name, numbers);
            }
        }
        Some(hidden)
    });
    // If it cannot be rewound, the next read reports that.
    let _ = file.rewind();
    found.unwrap_or_default()
}

/// Each worksheet's name and the part of the archive that holds it.
fn parts(archive: &mut ZipArchive<impl Read + Seek>) -> Option<Vec<(String, String)>> {
    let mut targets = HashMap::new();
    each_element(archive, "xl/_rels/workbook.xml.rels", |element| {
        if element.local_name().into_inner() == "Relationship"
            && let (Some(id), Some(target)) = (value(element, "Id"), value(element, "Target"))
        {
            targets.insert(id, target);
        }
    })?;
    let mut parts = Vec::new();
    each_element(archive, "xl/workbook.xml", |element| {
        if element.local_name().into_inner() == "sheet"
            && let (Some(name), Some(id)) = (value(element, "name"), value(element, "r:id"))
            && let Some(target) = targets.get(&id)
        {
            let part = target
                .strip_prefix('/')
                .map_or_else(|| format!("xl/{target}"), str::to_owned);
            parts.push((name, part));
        }
    })?;
    Some(parts)
}

fn each_element(
    archive: &mut ZipArchive<impl Read + Seek>,
    part: &str,
    mut visit: impl FnMut(&BytesStart<'_>),
) -> Option<()> {
    let part = BoundedXml::new(archive.by_name(part).ok()?);
    let mut xml = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        match xml.read_event_into(&mut buffer).ok()? {
            Event::Start(element) | Event::Empty(element) => visit(&element),
            Event::Eof => return Some(()),
            _ => {}
        }
        buffer.clear();
    }
}

fn value(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
    Some(value.into_owned())
}

/// Looks for the rare mark alone: parsing a large worksheet twice would take too long.
fn rows_of(mut part: impl Read) -> Vec<u32> {
    let mark = memchr::memmem::Finder::new(MARK);
    let mut rows = Vec::new();
    let mut bytes = Vec::with_capacity(CHUNK + OVERLAP);
    loop {
        let known = bytes.len();
        let read = part.by_ref().take(CHUNK as u64).read_to_end(&mut bytes);
        let ends = read.is_err() || bytes.len() == known;
        // A tag that may go on is looked at again with what follows.
        let whole = if ends {
            bytes.len()
        } else {
            bytes.len().saturating_sub(OVERLAP)
        };
        for at in mark.find_iter(&bytes) {
            if (at < whole)
                && let Some(number) = hidden_row(&bytes, at)
            {
                rows.push(number);
            }
        }
        if ends {
            rows.sort_unstable();
            rows.dedup();
            return rows;
        }
        bytes.drain(..whole.saturating_sub(OVERLAP));
    }
}

/// The number of the row in whose tag the mark is, if its value is true.
fn hidden_row(bytes: &[u8], mark: usize) -> Option<u32> {
    let start = bytes[..mark].iter().rposition(|byte| *byte == b'<')?;
    let end = mark + bytes[mark..].iter().position(|byte| *byte == b'>')?;
    let tag = str::from_utf8(&bytes[start..end]).ok()?;
    let (element, _) = tag[1..].split_once(char::is_whitespace)?;
    let attribute = |name: &str| tag.split_once(name)?.1.split('"').next();
    let is_row = element == "row" || element.ends_with(":row");
    let is_hidden = matches!(attribute(" hidden=\""), Some("1" | "true"));
    if is_row && is_hidden {
        attribute(" r=\"")?.parse().ok()
    } else {
        None
    }
}
