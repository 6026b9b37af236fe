//! A part of XML, element by element.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion::Implicit1_0;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use super::text_encoding::decoded;
use crate::sheet::row::LONGEST_ROW;
use crate::sheet::workbook::bounded_xml::BoundedXml;
use crate::sheet::workbook::error::WorkbookError;

const BUFFER: usize = 64 << 10;

/// A part of XML as it is read; its elements are told by their names without the prefix, which every writer chooses
/// for itself.
pub(in crate::sheet) struct XmlPart<'a> {
    xml: Reader<BufReader<BoundedXml<Box<dyn Read + 'a>>>>,
    buffer: Vec<u8>,
    /// How many elements are open.
    depth: usize,
}

impl<'a> XmlPart<'a> {
    /// Reads this part, in whatever encoding it is.
    pub(in crate::sheet) fn new(part: impl Read + 'a) -> io::Result<Self> {
        let text = BoundedXml::new(decoded(part)?);
        Ok(Self {
            xml: Reader::from_reader(BufReader::with_capacity(BUFFER, text)),
            buffer: Vec::new(),
            depth: 0,
        })
    }

    /// What comes next; the end only after the end of every element.
    pub(in crate::sheet) fn next(&mut self) -> Result<Event<'_>, WorkbookError> {
        self.buffer.clear();
        let event = self.xml.read_event_into(&mut self.buffer)?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(cut_off()),
            _ => {}
        }
        Ok(event)
    }

    /// The text that is in memory already, for whoever knows how most programs write the next elements. Only between the
    /// end of one element and the beginning of another, or straight after a beginning.
    pub(in crate::sheet) fn buffered(&mut self) -> io::Result<&[u8]> {
        self.xml.get_mut().fill_buf()
    }

    /// Leaves out so many bytes of that text, which must be whole elements.
    pub(in crate::sheet) fn leave_out(&mut self, bytes: usize) {
        self.xml.get_mut().consume(bytes);
    }

    /// Passes over the rest of the element that has just begun.
    pub(in crate::sheet) fn skip(&mut self) -> Result<(), WorkbookError> {
        self.each_within(|_| ())
    }

    /// Appends the text of the element that has just begun, of a text without end the beginning; elements within it are
    /// passed over.
    pub(in crate::sheet) fn text(&mut self, text: &mut String) -> Result<(), WorkbookError> {
        let start = text.len();
        self.each_within(|piece| {
            if text.len() - start <= LONGEST_ROW {
                text.push_str(piece);
            }
        })
    }

    fn each_within(&mut self, mut piece: impl FnMut(&str)) -> Result<(), WorkbookError> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                Event::Eof => return Err(cut_off()),
                _ if depth > 0 => {}
                Event::Text(text) => piece(&text.xml10_content()),
                Event::CData(text) => piece(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    if let Some(text) = resolve_xml_entity(&reference) {
                        piece(text);
                    } else if let Some(letter) = reference.resolve_char_ref()? {
                        piece(letter.encode_utf8(&mut [0; 4]));
                    } else {
                        // One that only a document type could explain.
                        piece(&format!("&{};", &*reference));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The value of an attribute, by its name without the prefix.
pub(in crate::sheet) fn attribute<'e>(
    element: &'e BytesStart<'_>,
    name: &str,
) -> Result<Option<Cow<'e, str>>, WorkbookError> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute?;
        if attribute.key.local_name().as_ref() == name {
            return Ok(Some(attribute.normalized_value(Implicit1_0)?));
        }
    }
    Ok(None)
}

/// Whether a value of an attribute or a cell means yes.
pub(in crate::sheet) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "TRUE" | "True" | "on")
}

/// What is wrong with a part that ends within an element.
pub(in crate::sheet) fn cut_off() -> WorkbookError {
    WorkbookError::Broken("a part of it ends in the middle".into())
}
