//! What one cell of an `.ods` workbook holds and shows.

use super::content::{Content, Element, Node, cut_off};
use super::names::Space;
use super::value::Value;
use crate::sheet::row::{CellKind, LONGEST_ROW, Origin};
use crate::sheet::workbook::error::WorkbookError;

/// A cell that was read.
#[derive(Debug)]
pub(super) struct OdsCell {
    pub(super) origin: Origin,
    pub(super) text: String,
}

impl OdsCell {
    /// Reads the rest of a cell whose attributes say `value`.
    pub(super) fn read(content: &mut Content<'_>, value: Value) -> Result<Self, WorkbookError> {
        let mut shown = Shown::default();
        shown.read(content)?;
        let is_formula = value.is_formula;
        let is_odd = shown.is_odd;
        let (kind, text) = value.finish(shown.has_paragraph.then_some(shown.text));
        let kind = if is_odd { CellKind::Unreadable } else { kind };
        Ok(Self {
            origin: Origin { kind, is_formula },
            text,
        })
    }

    /// Whether there is nothing in the cell, not even a formula.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
            && !matches!(
                self.origin.kind,
                CellKind::Uncomputed | CellKind::Error | CellKind::Unreadable
            )
    }
}

/// The paragraphs of a cell as the person sees them.
#[derive(Debug, Default)]
struct Shown {
    text: String,
    has_paragraph: bool,
    /// Whether the last letter is white space of which more is not shown.
    is_after_space: bool,
    /// Whether there is something that only a DTD could explain.
    is_odd: bool,
}

impl Shown {
    /// Reads the paragraphs to the end of the cell; notes, drawings and tables in it are no part of what it shows.
    fn read(&mut self, content: &mut Content<'_>) -> Result<(), WorkbookError> {
        // How many elements are open in the cell, and how many of them when a paragraph began.
        let (mut open, mut paragraph) = (0_usize, None);
        loop {
            match content.next()? {
                Node::Start(element) => {
                    if self.begin(&element, paragraph.is_some())? {
                        if is_paragraph(&element) && paragraph.is_none() {
                            paragraph = Some(open);
                        }
                        open += 1;
                    } else {
                        content.skip()?;
                    }
                }
                Node::End if open == 0 => return Ok(()),
                Node::End => {
                    open -= 1;
                    if paragraph == Some(open) {
                        paragraph = None;
                    }
                }
                Node::Text(text) if paragraph.is_some() => self.push_text(&text),
                Node::Letter(letter) if paragraph.is_some() => self.push(letter.encode_utf8(&mut [0; 4])),
                Node::Unknown if paragraph.is_some() => self.is_odd = true,
                Node::Text(_) | Node::Letter(_) | Node::Unknown => {}
                Node::Nothing => return Err(cut_off()),
            }
        }
    }

    /// Takes note of an element; `false` if what is in it is not shown.
    fn begin(&mut self, element: &Element<'_>, is_in_paragraph: bool) -> Result<bool, WorkbookError> {
        let (Space::Text, name) = element.name() else {
            return Ok(false);
        };
        match name {
            "p" | "h" if !is_in_paragraph => {
                if self.has_paragraph {
                    self.push("\n");
                }
                self.has_paragraph = true;
                self.is_after_space = true;
            }
            "s" => {
                let count = element.attribute(Space::Text, "c")?;
                let count = count.and_then(|count| count.trim().parse().ok()).unwrap_or(1);
                let room = LONGEST_ROW.saturating_sub(self.text.len());
                self.push(&" ".repeat(count.min(room + 1)));
            }
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            // How a word is read, footnotes, and what is hidden.
            "ruby-text" | "note" | "hidden-text" | "hidden-paragraph" | "script" => return Ok(false),
            _ => {}
        }
        Ok(true)
    }

    /// Text between tags, in which white space is shown as one space.
    fn push_text(&mut self, text: &str) {
        let is_space = |letter: char| matches!(letter, ' ' | '\t' | '\n' | '\r');
        for (position, word) in text.split(is_space).enumerate() {
            if position > 0 && !self.is_after_space {
                self.push(" ");
                self.is_after_space = true;
            }
            if !word.is_empty() {
                self.push(word);
            }
        }
    }

    /// More of what the cell shows; of a text without end, the beginning.
    fn push(&mut self, text: &str) {
        if self.text.len() <= LONGEST_ROW {
            self.text.push_str(text);
        }
        self.is_after_space = false;
    }
}

fn is_paragraph(element: &Element<'_>) -> bool {
    matches!(element.name(), (Space::Text, "p" | "h"))
}
