//! What a compound file is that holds no workbook.

use super::kind::{Cure, Foreign};

/// A stream or folder of each kind, and what has it.
const STREAMS: [(&str, Cure, &str); 8] = [
    ("WordDocument", Foreign::copied, "a Word document"),
    ("PowerPoint Document", Foreign::copied, "a PowerPoint presentation"),
    ("__properties_version1.0", Foreign::copied, "an Outlook message"),
    ("VisioDocument", Foreign::copied, "a Visio drawing"),
    ("NativeContent_MAIN", Foreign::opened, "a Quattro Pro workbook"),
    ("PerfectOffice_MAIN", Foreign::opened, "a WordPerfect Office file"),
    ("WksSSWorkBook", Foreign::opened, "a Works worksheet"),
    ("MatOST", Foreign::copied, "a Works document"),
];

/// Names a compound file by the streams that it has.
pub(in crate::sheet) fn foreign_compound(has: impl Fn(&str) -> bool) -> Foreign {
    STREAMS.iter().find(|(stream, ..)| has(stream)).map_or_else(
        || Foreign::opened("an Office file of another kind"),
        |(_, kind, what)| kind(what),
    )
}
