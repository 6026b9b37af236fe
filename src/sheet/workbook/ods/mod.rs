//! `.ods`, the `OpenDocument` format: a part of XML in a zip file.

mod cell;
mod content;
mod names;
mod read;
mod value;

pub(super) use read::read;
