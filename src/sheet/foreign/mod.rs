//! Files that are handed over for a sheet and are none that reseat reads: what they are, and what makes a sheet of them.

mod archive;
mod binary;
mod compound;
mod kind;
mod markup;
mod text;

pub(in crate::sheet) use archive::{foreign_archive, packed_with, with_password};
pub(in crate::sheet) use binary::foreign_binary;
pub(in crate::sheet) use compound::foreign_compound;
pub(in crate::sheet) use kind::Foreign;
pub(in crate::sheet) use text::foreign_text;
