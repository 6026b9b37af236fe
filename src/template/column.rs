//! A column of a template.

use crate::intake::Column;

/// A column of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateColumn {
    /// Which one it is.
    pub column: Column,
    /// Its header, in the reader's language.
    pub header: String,
    /// What its cells hold, in a sentence or two.
    pub hint: String,
    /// What it offers to choose from; empty where it may hold anything.
    pub choices: Vec<String>,
}
