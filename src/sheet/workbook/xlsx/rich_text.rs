//! A text that may be made of runs of different looks, with the reading of its letters beside it.

use quick_xml::events::{BytesStart, Event};

use super::escapes::unescape;
use crate::sheet::row::LONGEST_ROW;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::{XmlPart, attribute, cut_off, is_true};
use crate::sheet::workbook::struck::Struck;

/// An element of a text.
enum Piece {
    Text,
    Run,
    Look,
    /// The reading of the letters, and whatever else is no part of the text.
    Other,
}

/// Appends the text of the `si` or `is` element that has just begun. Answers how much of it is struck through; `None`
/// where the font of the cell says that.
pub(super) fn read(part: &mut XmlPart<'_>, text: &mut String) -> Result<Option<Struck>, WorkbookError> {
    let begin = text.len();
    let mut is_in_run = false;
    let mut run = None;
    let mut whole = None;
    let mut is_first = true;
    loop {
        let piece = match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => Piece::Text,
                "r" => Piece::Run,
                "rPr" => Piece::Look,
                _ => Piece::Other,
            },
            Event::End(_) if is_in_run => {
                is_in_run = false;
                run = None;
                continue;
            }
            Event::End(_) => return Ok(whole),
            Event::Eof => return Err(cut_off()),
            _ => continue,
        };
        match piece {
            Piece::Text if text.len() - begin > LONGEST_ROW => part.skip()?,
            Piece::Text => {
                let start = text.len();
                part.text(text)?;
                unescape(text, start);
                if !text[start..].trim().is_empty() {
                    whole = if is_first { run } else { Struck::both(whole, run) };
                    is_first = false;
                }
            }
            Piece::Run => is_in_run = true,
            Piece::Look => run = Some(Struck::of(is_struck(part)?)),
            Piece::Other => part.skip()?,
        }
    }
}

/// Whether the font, or the look of a run, that has just begun is struck through.
pub(super) fn is_struck(part: &mut XmlPart<'_>) -> Result<bool, WorkbookError> {
    let mut is_struck = false;
    let mut depth = 0_usize;
    loop {
        match part.next()? {
            Event::Start(element) => {
                depth += 1;
                is_struck |= strikes(&element)?;
            }
            Event::Empty(element) => is_struck |= strikes(&element)?,
            Event::End(_) if depth == 0 => return Ok(is_struck),
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(cut_off()),
            _ => {}
        }
    }
}

fn strikes(element: &BytesStart<'_>) -> Result<bool, WorkbookError> {
    Ok(element.local_name().as_ref() == "strike" && attribute(element, "val")?.is_none_or(|value| is_true(&value)))
}
