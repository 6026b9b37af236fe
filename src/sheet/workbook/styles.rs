//! What the styles of a workbook of Excel say about the cells that have them.

use std::collections::HashMap;

use super::error::WorkbookError;
use super::number_format::NumberFormat;

/// Excel has 65,490 at most.
const MOST: usize = 1 << 20;

/// What a style says about the cells that have it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::sheet) struct Style {
    pub(in crate::sheet) format: NumberFormat,
    /// Whether its font is struck through.
    pub(in crate::sheet) is_struck: bool,
    /// The colour behind the cell, as `0xRRGGBB`, where it is one that does not depend on the workbook's theme.
    pub(in crate::sheet) fill: Option<u32>,
}

/// The styles of cells, and the fonts, by their numbers.
#[derive(Debug, Default)]
pub(in crate::sheet) struct Styles {
    styles: Vec<Style>,
    struck_fonts: Vec<bool>,
}

impl Styles {
    /// The style of this number, from 0; the plain one if there are not so many.
    pub(in crate::sheet) fn get(&self, number: usize) -> Style {
        self.styles.get(number).copied().unwrap_or_default()
    }

    /// Whether the font of this number, from 0, strikes its letters through.
    pub(in crate::sheet) fn is_font_struck(&self, font: u16) -> bool {
        is_struck(&self.struck_fonts, font)
    }
}

/// The numbers of what a style is made of.
#[derive(Debug, Clone, Copy)]
pub(in crate::sheet) struct StyleParts {
    pub(in crate::sheet) format: u16,
    pub(in crate::sheet) font: u16,
    /// `None` where fills are not read.
    pub(in crate::sheet) fill: Option<u16>,
}

/// The styles as they are written: they name formats, fonts and fills, which may come after them.
#[derive(Debug, Default)]
pub(in crate::sheet) struct WrittenStyles {
    formats: HashMap<u16, NumberFormat>,
    struck_fonts: Vec<bool>,
    fills: Vec<Option<u32>>,
    styles: Vec<StyleParts>,
}

impl WrittenStyles {
    /// Adds a format of numbers, by its own number and as it is written.
    pub(in crate::sheet) fn add_format(&mut self, number: u16, code: &str) {
        self.formats.insert(number, NumberFormat::of_code(code));
    }

    pub(in crate::sheet) fn add_font(&mut self, is_struck: bool) -> Result<(), WorkbookError> {
        add(&mut self.struck_fonts, is_struck)
    }

    /// Adds a fill, by its colour where it has a plain one.
    pub(in crate::sheet) fn add_fill(&mut self, colour: Option<u32>) -> Result<(), WorkbookError> {
        add(&mut self.fills, colour)
    }

    pub(in crate::sheet) fn add_style(&mut self, parts: StyleParts) -> Result<(), WorkbookError> {
        add(&mut self.styles, parts)
    }

    /// What the styles say, once all of them are there.
    pub(in crate::sheet) fn resolved(self) -> Styles {
        let style = |parts: &StyleParts| {
            let known = self.formats.get(&parts.format).copied();
            let fill = parts.fill.and_then(|fill| self.fills.get(usize::from(fill)));
            Style {
                format: known.unwrap_or_else(|| NumberFormat::built_in(parts.format)),
                is_struck: is_struck(&self.struck_fonts, parts.font),
                fill: fill.copied().flatten(),
            }
        };
        Styles {
            styles: self.styles.iter().map(style).collect(),
            struck_fonts: self.struck_fonts,
        }
    }
}

fn is_struck(struck_fonts: &[bool], font: u16) -> bool {
    struck_fonts.get(usize::from(font)).copied().unwrap_or_default()
}

fn add<T>(to: &mut Vec<T>, value: T) -> Result<(), WorkbookError> {
    if to.len() == MOST {
        return Err(WorkbookError::Broken("it has more than a million styles".into()));
    }
    to.push(value);
    Ok(())
}
