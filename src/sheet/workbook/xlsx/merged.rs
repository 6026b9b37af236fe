//! Which cells of a worksheet were merged. It says so after its rows, which are given on as they are read.

use std::io::Read;

use memchr::memmem::Finder;

use super::cell_reference::area;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::merged::{Area, Merged};

const CHUNK: usize = 256 << 10;
/// No tag of merged cells is longer.
const OVERLAP: usize = 1 << 10;
const MARK: &[u8] = b"mergeCell";
/// What may stand between the beginning of the tag and the mark.
const LONGEST_PREFIX: usize = 256;
/// The merged cells of a worksheet's XML, in UTF-8. Looks for the rare mark alone: parsing a large worksheet twice would
/// take too long.
pub(super) fn merged_cells(xml: impl Read) -> Result<Merged, WorkbookError> {
    let mut merged = Merged::default();
    each_area(xml, |area| merged.add(area))?;
    Ok(merged)
}

fn each_area(
    mut xml: impl Read,
    mut found: impl FnMut(Area) -> Result<(), WorkbookError>,
) -> Result<(), WorkbookError> {
    let mark = Finder::new(MARK);
    let mut bytes = Vec::with_capacity(CHUNK + 2 * OVERLAP);
    // Where the part begins that has not been looked through.
    let mut start = 0;
    loop {
        let known = bytes.len();
        xml.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)?;
        let ends = bytes.len() == known;
        // A tag that may go on is looked at again with what follows.
        let end = if ends {
            bytes.len()
        } else {
            bytes.len().saturating_sub(OVERLAP)
        };
        let marks = mark.find_iter(&bytes[start..]).map(|at| start + at);
        for area in marks.take_while(|at| *at < end).filter_map(|at| merged(&bytes, at)) {
            found(area)?;
        }
        if ends {
            return Ok(());
        }
        let kept = end.saturating_sub(OVERLAP);
        bytes.drain(..kept);
        start = end.max(start + kept) - kept;
    }
}

/// The cells that the tag names in which the mark is at this place, if it is one of merged cells.
fn merged(bytes: &[u8], mark: usize) -> Option<Area> {
    let before = &bytes[mark.saturating_sub(LONGEST_PREFIX)..mark];
    let name = mark - before.iter().rev().position(|byte| *byte == b'<')?;
    let is_prefix = bytes[name..mark].is_empty() || bytes[mark - 1] == b':';
    let rest = &bytes[mark + MARK.len()..];
    let rest = &rest[..rest.len().min(OVERLAP)];
    if !is_prefix || !rest.first()?.is_ascii_whitespace() {
        return None;
    }
    let tag = str::from_utf8(&rest[..rest.iter().position(|byte| *byte == b'>')?]).ok()?;
    let value = tag.split_once("ref")?.1.trim_start().strip_prefix('=')?.trim_start();
    area(value.strip_prefix(['"', '\''])?.split(['"', '\'']).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_cells_are_found_wherever_they_are() {
        let tags = "<mergeCells count=\"2\"><mergeCell ref=\"A1:B2\"/><x:mergeCell\n ref = 'C3:C9' /></mergeCells>\
                    <c t=\"str\"><v>mergeCell ref=\"D1:D2\"</v></c><mergeCell/><mergeCell ref=\"none\"/>";
        for padding in [
            0,
            10,
            CHUNK - OVERLAP - 40,
            CHUNK - OVERLAP,
            CHUNK - 50,
            CHUNK - 20,
            CHUNK,
            3 * CHUNK - 60,
        ] {
            let xml = format!("{}{tags}{}", " ".repeat(padding), " ".repeat(CHUNK));
            let mut areas = Vec::new();
            each_area(xml.as_bytes(), |area| {
                areas.push(area);
                Ok(())
            })
            .unwrap();
            let expected = ["A1:B2", "C3:C9"].map(|reference| area(reference).unwrap());
            assert_eq!(areas, expected, "{padding}");
        }
    }
}
