//! `.ods`, the format of LibreOffice: a part of XML in a zip file.

mod cell;
mod read;

pub(super) use read::read;
