//! What a foreign file is, in words.

use std::borrow::Cow;

/// A file that reseat does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sheet) struct Foreign {
    /// What it is, with its article.
    pub(in crate::sheet) what: &'static str,
    /// What to do, as a clause of its own.
    pub(in crate::sheet) cure: Cow<'static, str>,
}

/// How a file of a kind is made a sheet of.
pub(super) type Cure = fn(&'static str) -> Foreign;

impl Foreign {
    fn new(what: &'static str, cure: &'static str) -> Self {
        Self {
            what,
            cure: Cow::Borrowed(cure),
        }
    }

    /// A table that spreadsheet programs open.
    pub(in crate::sheet) fn opened(what: &'static str) -> Self {
        Self::new(what, "open it in the spreadsheet program and save it as .xlsx")
    }

    /// Data that the program which wrote it can write as a sheet.
    pub(in crate::sheet) fn exported(what: &'static str) -> Self {
        Self::new(what, "export the table as .csv or .xlsx from where it comes from")
    }

    /// A text in which a table may stand.
    pub(in crate::sheet) fn copied(what: &'static str) -> Self {
        Self::new(
            what,
            "copy the table in it into a spreadsheet program and save that as .xlsx",
        )
    }

    /// A file in which others are packed.
    pub(in crate::sheet) fn packed(what: &'static str) -> Self {
        Self::new(what, "unpack it and name the sheet in it")
    }

    /// A file that only leads to another, or lies beside it.
    pub(in crate::sheet) fn beside(what: &'static str, cure: &'static str) -> Self {
        Self::new(what, cure)
    }

    /// A zip archive in which these sheets are.
    pub(in crate::sheet) fn with_sheets(names: &str) -> Self {
        Self {
            what: "a zip archive",
            cure: Cow::Owned(format!("unpack it and name the sheet in it: {names}")),
        }
    }
}
