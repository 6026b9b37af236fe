//! Sheets to fill in: a header, examples that are never run, lists to choose from, and help in the reader's language.
//! Pure.

mod kind;
mod language;

pub use kind::TemplateKind;
pub use language::TemplateLanguage;
