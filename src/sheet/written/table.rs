//! A table of text cells that is to be written.

/// One worksheet, or a CSV.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenTable {
    /// The worksheet's name; a CSV has none.
    pub name: String,
    /// The columns.
    pub columns: Vec<WrittenColumn>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<String>>,
}

/// A column of such a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenColumn {
    /// Its header.
    pub header: String,
    /// What a workbook offers to choose from; nothing where this is empty. Another value only gets a warning.
    pub choices: Vec<String>,
}

impl WrittenColumn {
    /// A column without choices.
    pub fn new(header: impl Into<String>) -> Self {
        Self {
            header: header.into(),
            choices: Vec::new(),
        }
    }
}
