//! Texts as cells of a workbook that every program reads back as they were.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::text::{escape_formula, unescape_formula};

/// How many UTF-16 units a cell of a spreadsheet program holds.
pub(in crate::sheet) const LONGEST: usize = 32_767;

/// The text as its cell has it: guarded only where it would be taken for something else when it is read, with line breaks
/// as programs write them.
pub(in crate::sheet) fn cell_text(text: &str) -> Cow<'_, str> {
    let text = read_text(text);
    if !text.starts_with('=') && unescape_formula(&text) == text {
        return text;
    }
    Cow::Owned(escape_formula(&text).into_owned())
}

/// The text as a cell has it that is only looked at: unguarded, since a cell of text is no formula in any program.
pub(in crate::sheet) fn read_text(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// How many UTF-16 units the text has, in which spreadsheet programs count.
pub(in crate::sheet) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// As much of the text as a cell holds, with `…` for the rest.
pub(in crate::sheet) fn cut(text: &str) -> Cow<'_, str> {
    cut_to(text, LONGEST)
}

/// As much of the text as there is room for in `room` UTF-16 units, of which there is at least one, with `…` for the rest.
pub(in crate::sheet) fn cut_to(text: &str, room: usize) -> Cow<'_, str> {
    if units(text) <= room {
        return Cow::Borrowed(text);
    }
    let mut room = room - 1;
    let fits = |letter: &char| {
        let is_room = letter.len_utf16() <= room;
        room = if is_room { room - letter.len_utf16() } else { 0 };
        is_room
    };
    let kept: String = text.chars().take_while(fits).collect();
    Cow::Owned(format!("{kept}…"))
}

/// Writes a text that fits; `format` shows it otherwise than the rest of its column.
pub(in crate::sheet) fn write_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    if let Some((first, rest)) = taken_for_markup(text) {
        // Parts are written without the escapes that a whole text gets.
        let rest = rest.replace("_x", "_x005F_x");
        let plain = Format::new();
        let parts = [(&plain, first), (&plain, rest.as_str())];
        match format {
            Some(format) => sheet.write_rich_string_with_format(row, column, &parts, format)?,
            None => sheet.write_rich_string(row, column, &parts)?,
        };
        return Ok(());
    }
    match format {
        Some(format) => sheet.write_string_with_format(row, column, text, format)?,
        None => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// The writer takes such a text for parts with formats of their own, ready written, and puts it into the file as it is. In
/// two parts it is safe.
fn taken_for_markup(text: &str) -> Option<(&str, &str)> {
    (text.starts_with("<r>") && text.ends_with("</r>")).then(|| text.split_at(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_be_read_otherwise_is_guarded() {
        for (text, cell) in [
            ("Ann", "Ann"),
            ("-Bar", "-Bar"),
            ("+Ops", "+Ops"),
            ("=1+1", "'=1+1"),
            ("'-Bar", "''-Bar"),
            ("'t Hooft", "'t Hooft"),
            ("=\"007\"", "'=\"007\""),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ] {
            assert_eq!(cell_text(text), cell);
            assert_eq!(read_text(text), text.replace("\r\n", "\n").replace('\r', "\n"));
        }
    }

    #[test]
    fn a_text_is_cut_between_letters_to_what_a_cell_holds() {
        let full = "x".repeat(LONGEST);
        assert_eq!(cut(&full), full);
        let over = format!("{full}y");
        assert_eq!(cut(&over), format!("{}…", &full[1..]));
        let bees = "🐝".repeat(LONGEST);
        assert_eq!(units(&cut(&bees)), LONGEST);
        let bees = format!("x{bees}");
        assert_eq!(units(&cut(&bees)), LONGEST - 1);
    }
}
