//! Text whose cells are parted by a delimiter: CSV and its relatives.

mod decode;
mod delimiter;
mod encoding;
mod file;
mod lines;
mod quotes;
mod raw_reader;
mod record;

pub use decode::DecodingReader;
pub use encoding::{TextEncoding, detect as detect_encoding};
pub(in crate::sheet) use file::{Extent, TextFormat, detect, presume, read};
pub use lines::Lines;
