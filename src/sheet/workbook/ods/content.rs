//! The part of an `.ods` that holds the tables, as a stream of elements and texts.

use std::borrow::Cow;
use std::io::{self, BufReader, Read};

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::NamespaceResolver;
use quick_xml::reader::NsReader;

use super::names::{Space, attribute, element};
use crate::sheet::workbook::bounded_xml::BoundedXml;
use crate::sheet::workbook::error::WorkbookError;
use crate::sheet::workbook::package::decoded;

const BUFFER: usize = 64 << 10;

/// What comes next in the part.
pub(super) enum Node<'c> {
    Start(Element<'c>),
    /// The end of the innermost element that was begun.
    End,
    /// Text between tags.
    Text(Cow<'c, str>),
    /// A letter that is written as a reference, so that it is no white space of the XML.
    Letter(char),
    /// A reference that only a DTD could explain.
    Unknown,
    /// The end of the part.
    Nothing,
}

/// An element that begins.
pub(super) struct Element<'c> {
    start: BytesStart<'c>,
    resolver: &'c NamespaceResolver,
}

impl Element<'_> {
    /// The namespace, and the name without its prefix.
    pub(super) fn name(&self) -> (Space, &str) {
        element(self.resolver, self.start.name())
    }

    /// Shows every attribute to `see`: its namespace, its name without prefix, and its value.
    pub(super) fn attributes(&self, mut see: impl FnMut(Space, &str, Cow<'_, str>)) -> Result<(), WorkbookError> {
        for found in self.start.attributes().with_checks(false) {
            let found: Attribute<'_> = found?;
            let (space, name) = attribute(self.resolver, found.key);
            if space != Space::Other {
                see(space, name, found.normalized_value(XmlVersion::Implicit1_0)?);
            }
        }
        Ok(())
    }

    /// The value of an attribute, where the element has it.
    pub(super) fn attribute(&self, space: Space, name: &str) -> Result<Option<String>, WorkbookError> {
        let mut value = None;
        self.attributes(|of, called, text| {
            if of == space && called == name {
                value = Some(text.into_owned());
            }
        })?;
        Ok(value)
    }
}

/// The part that holds the tables.
pub(super) struct Content<'a> {
    xml: NsReader<BufReader<BoundedXml<Box<dyn Read + 'a>>>>,
    buffer: Vec<u8>,
}

impl<'a> Content<'a> {
    /// Reads this part, in whatever encoding it is.
    pub(super) fn new(part: impl Read + 'a) -> io::Result<Self> {
        let text = BoundedXml::new(decoded(part)?);
        let mut xml = NsReader::from_reader(BufReader::with_capacity(BUFFER, text));
        xml.config_mut().expand_empty_elements = true;
        Ok(Self {
            xml,
            buffer: Vec::new(),
        })
    }

    /// What comes next; comments and instructions are left out.
    pub(super) fn next(&mut self) -> Result<Node<'_>, WorkbookError> {
        // The event borrows the buffer until the node is returned.
        let buffer = &mut self.buffer;
        buffer.clear();
        match self.xml.read_event_into(buffer)? {
            Event::Start(start) => Ok(Node::Start(Element {
                start,
                resolver: self.xml.resolver(),
            })),
            Event::End(_) => Ok(Node::End),
            Event::Text(text) => Ok(Node::Text(text.xml10_content())),
            Event::CData(text) => Ok(Node::Text(text.xml10_content())),
            Event::GeneralRef(reference) => letter(&reference),
            Event::Eof => Ok(Node::Nothing),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) | Event::Empty(_) => {
                Ok(Node::Text(Cow::Borrowed("")))
            }
        }
    }

    /// Goes past the end of the innermost element that was begun, whatever is in it.
    pub(super) fn skip(&mut self) -> Result<(), WorkbookError> {
        let mut open = 1_usize;
        while open > 0 {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Eof => return Err(cut_off()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn letter(reference: &BytesRef<'_>) -> Result<Node<'static>, WorkbookError> {
    if let Some(letter) = resolve_xml_entity(reference).and_then(|text| text.chars().next()) {
        return Ok(Node::Letter(letter));
    }
    Ok(reference.resolve_char_ref()?.map_or(Node::Unknown, Node::Letter))
}

/// The part ends before what was begun in it.
pub(super) fn cut_off() -> WorkbookError {
    WorkbookError::Broken("it ends in the middle of a table".into())
}
