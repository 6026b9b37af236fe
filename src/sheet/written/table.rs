//! A table that is to be written.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::DateTime;

/// One worksheet, or a CSV.
pub struct WrittenTable<'a> {
    /// The worksheet's name; a CSV has none.
    pub name: Cow<'a, str>,
    /// The columns.
    pub columns: Vec<WrittenColumn<'a>>,
    /// Makes the rows, each with a cell for every column. They are asked for as they are written, and perhaps twice, so
    /// that a large table is never held whole; each time they are the same.
    pub rows: Box<dyn Fn() -> WrittenRows<'a> + Send + Sync + 'a>,
}

/// Rows on their way into a sheet.
pub type WrittenRows<'a> = Box<dyn Iterator<Item = Vec<WrittenCell>> + 'a>;

impl fmt::Debug for WrittenTable<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<_> = (self.rows)().collect();
        let mut shown = out.debug_struct("WrittenTable");
        shown.field("name", &self.name).field("columns", &self.columns);
        shown.field("rows", &rows).finish()
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WrittenCell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, whatever it looks like.
    Text(String),
    /// A number for people, so that the column sorts by it.
    Number(u64),
    /// A date with a time, in whole seconds, on the clocks of the sheet's readers. In a CSV `2026-11-30 08:41:10`.
    Time(DateTime),
}

impl WrittenCell {
    /// A cell with this text; an empty one where there is none.
    pub fn text(text: impl Into<String>) -> Self {
        match text.into() {
            text if text.is_empty() => Self::Empty,
            text => Self::Text(text),
        }
    }

    /// The cell as a CSV has it.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(time) => Cow::Owned(time.strftime("%Y-%m-%d %H:%M:%S").to_string()),
        }
    }
}

/// A column of such a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenColumn<'a> {
    /// Its header.
    pub header: Cow<'a, str>,
    /// What a workbook offers to choose from; nothing where this is empty. Another value only gets a warning.
    pub choices: Vec<String>,
    /// What a workbook says of the column as soon as one of its cells is selected, cut to 255 UTF-16 units with `…`;
    /// nothing where this is empty.
    pub hint: String,
    /// The title and the text of what a workbook asks whoever types something that is not offered, cut as a hint is; in
    /// English where there is none.
    pub question: Option<(String, String)>,
    /// Whether a run leaves the column alone. A workbook shows such a column in another colour, and cuts a text in it that
    /// no cell can hold, with `…`; in any other column that is an error.
    pub is_for_people: bool,
    /// Whether the column is for moments. A workbook then takes what is typed into it for one, and shows which: otherwise
    /// whoever reads `3/1/2026` has to guess. What is written to it is what its cells are.
    pub holds_times: bool,
    /// A workbook shows a row in grey as long as its cell in this column says this, in any case of letters; nothing where
    /// this is empty.
    pub grey_word: Cow<'a, str>,
    /// A workbook draws the column's numbers as bars behind them. Columns with bars that stand side by side share a scale.
    pub has_bars: bool,
}

impl<'a> WrittenColumn<'a> {
    /// A column without choices.
    pub fn new(header: impl Into<Cow<'a, str>>) -> Self {
        Self {
            header: header.into(),
            ..Self::default()
        }
    }

    /// The same column, which a run leaves alone.
    #[must_use]
    pub fn for_people(mut self) -> Self {
        self.is_for_people = true;
        self
    }

    /// The same column with these choices.
    #[must_use]
    pub fn offering(mut self, choices: Vec<String>) -> Self {
        self.choices = choices;
        self
    }

    /// The same column, which says this of itself where somebody types.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same column, which asks this of whoever types something that is not offered.
    #[must_use]
    pub fn asking(mut self, title: impl Into<String>, text: impl Into<String>) -> Self {
        self.question = Some((title.into(), text.into()));
        self
    }

    /// The same column, for moments.
    #[must_use]
    pub fn of_times(mut self) -> Self {
        self.holds_times = true;
        self
    }

    /// The same column, with bars behind its numbers.
    #[must_use]
    pub fn with_bars(mut self) -> Self {
        self.has_bars = true;
        self
    }

    /// The same column, whose rows are grey where it says `word`.
    #[must_use]
    pub fn greying_rows(mut self, word: impl Into<Cow<'a, str>>) -> Self {
        self.grey_word = word.into();
        self
    }
}
