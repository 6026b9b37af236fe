//! `.xlsx` and `.xlsm`: parts of XML in a zip file.

mod book;
mod cell;
mod cell_reference;
mod escapes;
mod formulas;
mod merged;
mod read;
mod rich_text;
mod shared_strings;
mod styles;
mod tables;
mod worksheet;

pub(super) use read::read;

#[cfg(test)]
mod tests;
