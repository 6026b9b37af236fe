//! Workbooks of Office Open XML: parts in a zip file, which find each other by relationships.

mod part_name;
mod parts;
mod relationship;
mod sheets;
mod text_encoding;
mod xml_part;

pub(in crate::sheet) use part_name::PartName;
pub(in crate::sheet) use parts::{LIST_BYTES, Package};
pub(in crate::sheet) use relationship::Relationship;
pub(in crate::sheet) use sheets::{Sheet, Sheets};
pub(in crate::sheet) use text_encoding::decoded;
pub(in crate::sheet) use xml_part::{XmlPart, attribute, cut_off, is_true};
