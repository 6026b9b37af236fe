//! Why a workbook cannot be read.

use crate::sheet::foreign::Foreign;

/// The most that a workbook may unpack to.
pub(in crate::sheet) const LIMIT_MIB: u64 = 2048;

/// Why a workbook cannot be read.
#[derive(Debug)]
pub(in crate::sheet) enum WorkbookError {
    Encrypted,
    Broken(String),
    /// Its cells are too far apart, or too many, to be held in memory.
    TooWide,
    /// Its texts would take more than this many MiB.
    TooMuchText {
        limit: u64,
    },
    /// It is something else in the same wrapping.
    Foreign(Foreign),
}

macro_rules! broken_from {
    ($($error:ty),*) => {
        $(impl From<$error> for WorkbookError {
            fn from(error: $error) -> Self {
                Self::Broken(error.to_string())
            }
        })*
    };
}

broken_from!(
    std::io::Error,
    zip::result::ZipError,
    quick_xml::events::attributes::AttrError
);

impl From<quick_xml::Error> for WorkbookError {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) => Self::Broken(error.to_string()),
            other => Self::Broken(other.to_string()),
        }
    }
}
