//! Sheets to fill in: a header, examples that are never run, lists to choose from, and help in the reader's language.
//! Pure.

mod column;
mod example;
mod help;
mod kind;
mod language;
mod lists;
mod sheet;
mod words;

pub use column::TemplateColumn;
pub use example::Example;
pub use kind::TemplateKind;
pub use language::TemplateLanguage;
pub use lists::{ListOrigin, TemplateLists};
pub use sheet::Template;
