//! What a message says to type.

use crate::text::{clean, shell_flag};

/// A header is shown whole where it is to be typed; of a longer one the beginning is enough for `--map`.
const LONGEST_HEADER: usize = 200;

/// The flag that says what a header means.
pub(in crate::intake) fn map_flag(header: &str, column: &str) -> String {
    shell_flag("--map", &format!("{}={column}", clean(header, LONGEST_HEADER)))
}

/// The flag that picks the worksheet of this name.
pub(in crate::intake) fn sheet_flag(name: &str) -> String {
    shell_flag("--sheet", name)
}
