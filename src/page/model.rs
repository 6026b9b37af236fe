//! What a page says, from top to bottom. Every text is plain: whatever is in it is shown as it is.

use std::borrow::Cow;
use std::io;

use crate::text::number;

/// How something is meant to be taken. Never told by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// As it was asked for.
    Good,
    /// Not over yet, or to be looked at.
    Waiting,
    /// Wrong, or to be mended by a person.
    Bad,
}

/// A page, from top to bottom.
pub struct Page<'a> {
    /// What the browser's tab says, and the heading, as in `joiners.xlsx`.
    pub title: String,
    /// What the page is, above the title, as in `Report` or `Plan, nothing is changed yet`.
    pub kind: &'static str,
    /// What it comes to, in one sentence that a head of department understands.
    pub verdict: String,
    /// How that sentence is meant.
    pub tone: Tone,
    /// Where, when, by which run: a line each, below the verdict.
    pub facts: Vec<Fact>,
    /// The numbers to look at first; few.
    pub figures: Vec<Figure>,
    /// What follows, in this order.
    pub sections: Vec<Section>,
    /// Every row.
    pub table: Option<PageTable<'a>>,
    /// What is folded away below the table.
    pub folded: Vec<Folded>,
    /// The last line: by what and when the page was made.
    pub footer: String,
}

/// Something that is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, as in `organization`.
    pub label: String,
    /// What is so.
    pub value: String,
}

impl Fact {
    /// This is so of that.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        let (label, value) = (label.into(), value.into());
        Self { label, value }
    }
}

/// A number to look at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The number, as it is shown.
    pub value: String,
    /// Of what, as in `done`.
    pub label: String,
    /// How it is meant.
    pub tone: Tone,
}

impl Figure {
    /// So many of these.
    pub fn new(count: u64, label: &str, tone: Tone) -> Self {
        Self {
            value: number(count),
            label: label.to_owned(),
            tone,
        }
    }
}

/// A part of a page under a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// A sentence or two before what follows; may be empty.
    pub lead: String,
    /// What it shows.
    pub body: SectionBody,
}

impl Section {
    /// A section without a sentence before what it shows.
    pub fn new(heading: impl Into<String>, body: SectionBody) -> Self {
        Self {
            heading: heading.into(),
            lead: String::new(),
            body,
        }
    }

    /// The same after a sentence or two.
    #[must_use]
    pub fn with_lead(self, lead: impl Into<String>) -> Self {
        let lead = lead.into();
        Self { lead, ..self }
    }
}

/// What a section shows.
#[derive(Debug, Clone, PartialEq)]
pub enum SectionBody {
    /// Nothing but the sentences.
    Nothing,
    /// Points, in order.
    Points(Vec<String>),
    /// Seats as a picture, with the same numbers as a table.
    Seats(Vec<SeatBar>),
    /// Causes with what to do.
    Causes(Vec<Cause>),
    /// Things that are so.
    Facts(Vec<Fact>),
    /// Commands to type, a line each.
    Commands(Vec<String>),
}

/// The seats of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatBar {
    /// The bundle's name, or its code where it has none.
    pub name: String,
    /// The bundle's code.
    pub code: String,
    /// How many there are; `None` where that is not known or there is no end to them.
    pub owned: Option<u64>,
    /// How many were taken; `None` where that is not known.
    pub before: Option<u64>,
    /// How many are, or will be; `None` where that is not known.
    pub after: Option<u64>,
    /// How many people get one.
    pub given: u64,
    /// How many people lose one.
    pub taken_away: u64,
    /// What else is to be said, as in `2 people miss out`; may be empty.
    pub note: String,
}

/// Rows that have something in common, and what to do about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What they have in common, in a sentence.
    pub what: String,
    /// How many rows.
    pub rows: u64,
    /// What to do; may be empty.
    pub help: String,
    /// How it is meant.
    pub tone: Tone,
    /// Which word finds these rows in the table: a cell that they all have.
    pub filter: Option<String>,
}

/// Something that is folded away.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// What it is about.
    pub summary: String,
    /// What is in it.
    pub sections: Vec<Section>,
}

/// A table of any number of rows, which filters and sorts.
pub struct PageTable<'a> {
    /// The heading.
    pub heading: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, made as they are written.
    pub rows: &'a dyn PageRows,
}

/// A column of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub header: &'static str,
    /// What is in it.
    pub kind: ColumnKind,
}

/// What is in a column: how it sorts, and how it is filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Any text.
    Text,
    /// One of a few words, which can be chosen.
    Choice,
    /// Whole numbers.
    Number,
    /// A moment, RFC 3339.
    Moment,
}

/// The rows of a table. They are asked for once, from first to last.
pub trait PageRows {
    /// Passes each row on, with one cell for each column.
    ///
    /// # Errors
    /// Those of `write`, and of reading what the rows are made of.
    fn each(&self, write: &mut dyn FnMut(&[PageCell<'_>]) -> io::Result<()>) -> io::Result<()>;
}

/// A cell of the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageCell<'a> {
    /// What it says.
    pub text: Cow<'a, str>,
    /// How it is meant.
    pub tone: Tone,
}

impl From<String> for PageCell<'_> {
    fn from(text: String) -> Self {
        Self {
            text: text.into(),
            tone: Tone::Plain,
        }
    }
}
