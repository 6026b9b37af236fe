//! What a file in a drop folder is, by its name.

/// The endings of sheets. What the file holds is found out when it is read.
const SHEETS: [&str; 8] = ["csv", "tsv", "tab", "xlsx", "xlsm", "xlsb", "xls", "ods"];

/// The endings of files that a browser or a program for transfers is still writing, or that a program keeps while it saves.
const PASSING: [&str; 10] = [
    "part",
    "tmp",
    "temp",
    "filepart",
    "crdownload",
    "partial",
    "download",
    "opdownload",
    "swp",
    "bak",
];

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileName<'a> {
    /// A sheet, once it has come whole.
    Sheet,
    /// The sign that somebody has a sheet open: its name, as far as the sign tells it.
    LockOf(&'a str),
    /// None of ours to touch, and nothing to tell of.
    Passing,
    /// What reseat itself leaves beside a sheet.
    Ours,
    /// Something that is no sheet.
    Other,
}

/// Whether it is the lock of a results file, which nobody holds once its run has ended.
pub fn is_lock(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending == "lock")
}

/// Why a file that stays where it is will never be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeftAlone {
    /// Its ending is that of no sheet.
    NoSheet,
    /// Its name cannot be written as text.
    OddName,
    /// With what belongs to its results it would be longer than names can be.
    LongName,
    /// A link, a pipe or a device.
    NoFile,
    /// It is named as results are, and holds none.
    NamedAsResults,
}

impl LeftAlone {
    /// In words that follow "left alone: ".
    pub fn words(self) -> &'static str {
        match self {
            Self::NoSheet => "its ending is that of no sheet (.csv, .tsv, .xlsx, .xlsm, .xlsb, .xls, .ods)",
            Self::OddName => "its name is not text in UTF-8; rename it",
            Self::LongName => "its name is too long for those of its results; give it a shorter one",
            Self::NamedAsResults => {
                "it is named as results are, and holds none; if it is a sheet, give it another name"
            }
            Self::NoFile => "it is a link or no ordinary file; put the file itself here",
        }
    }
}

/// So many bytes may the name of a sheet have: file systems take 255, and the name of a record beside its results, with the
/// times that both may get, is longer by some sixty.
const LONGEST: usize = 180;

/// Whether the name of a sheet leaves room for what is added to it.
pub fn is_too_long(name: &str) -> bool {
    name.len() > LONGEST
}

/// Judges a name.
pub fn file_name(name: &str) -> FileName<'_> {
    if let Some(of) = name.strip_prefix(".~lock.").and_then(|rest| rest.strip_suffix('#')) {
        return FileName::LockOf(of);
    }
    if let Some(of) = name.strip_prefix("~$") {
        return FileName::LockOf(of);
    }
    let lower = name.to_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    if name.starts_with('.') || name.ends_with('~') || PASSING.contains(&ending) {
        return FileName::Passing;
    }
    if is_ours(&lower) {
        return FileName::Ours;
    }
    if SHEETS.contains(&ending) {
        FileName::Sheet
    } else {
        FileName::Other
    }
}

/// Whether the name of a sign that a sheet is open (`~$…`, without these two letters) can mean this sheet. Word and
/// Excel leave out the first two letters of longer names.
pub fn is_lock_of(sign: &str, sheet: &str) -> bool {
    let mut shortened = sheet.chars();
    shortened.next();
    shortened.next();
    let (sign, sheet) = (sign.to_lowercase(), sheet.to_lowercase());
    sign == sheet || sign == shortened.as_str().to_lowercase()
}

/// Whether reseat leaves files of such a name beside a sheet.
fn is_ours(lower: &str) -> bool {
    let endings = [
        ".report.html",
        ".plan.html",
        ".plan.json",
        ".note.txt",
        ".runs.jsonl",
        ".lock",
        ".rewriting",
    ];
    endings.iter().any(|ending| lower.ends_with(ending))
        || lower.ends_with(".results.csv")
        // Set aside under its date.
        || lower.split_once(".results.").is_some_and(|(_, rest)| rest.rsplit_once('.').is_some_and(|(_, ending)| ending == "csv"))
}

/// `joiners` of `joiners.failed.csv` and `joiners.failed-2.xlsx`: the sheet whose failed rows these are, by name.
pub fn parent_stem(name: &str) -> Option<&str> {
    let (stem, _) = name.rsplit_once('.')?;
    let (parent, ending) = stem.rsplit_once('.')?;
    let number = ending.strip_prefix("failed")?;
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let is_failed = number.is_empty() || number.strip_prefix('-').is_some_and(is_number);
    (is_failed && !parent.is_empty()).then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for name in [
            "joiners.csv",
            "JOINERS.XLSX",
            "joiners.failed.csv",
            "joiners.failed-2.xlsx",
            "q4.licences.ods",
            "results.csv",
            "joiners.undo.csv",
            "小明.xls",
            "a.tsv",
            "report.xlsb",
            "macro.xlsm",
        ] {
            assert_eq!(file_name(name), FileName::Sheet, "{name}");
        }
        for name in [
            ".joiners.csv.Xa81bQ",
            ".hidden.csv",
            "joiners.csv.part",
            "joiners.csv.filepart",
            "joiners.xlsx.crdownload",
            "lu12345abc.tmp",
            ".~tmp~",
            "x.TMP",
            "joiners.csv~",
            ".reseat",
        ] {
            assert_eq!(file_name(name), FileName::Passing, "{name}");
        }
        for name in [
            "joiners.results.csv",
            "joiners.results.csv.lock",
            "joiners.results.csv.rewriting",
            "joiners.results.csv.runs.jsonl",
            "joiners.results.2026-11-29T10-15-00Z.csv",
            "Joiners.Report.html",
            "joiners.plan.html",
            "joiners.note.txt",
        ] {
            assert_eq!(file_name(name), FileName::Ours, "{name}");
        }
        for name in ["joiners.pdf", "README", "notes.txt", "5A2B1C00", "csv"] {
            assert_eq!(file_name(name), FileName::Other, "{name}");
        }
        assert_eq!(file_name("~$joiners.xlsx"), FileName::LockOf("joiners.xlsx"));
        assert_eq!(file_name(".~lock.joiners.ods#"), FileName::LockOf("joiners.ods"));
    }

    #[test]
    fn a_name_leaves_room_for_all_that_is_called_after_it() {
        let longest = "x".repeat(LONGEST);
        assert!(!is_too_long(&longest) && is_too_long(&format!("{longest}x")));
        let record = format!("{longest}-2026-11-29T101500-99.results.2026-11-29T10-15-00Z.csv.runs.jsonl");
        assert!(record.len() <= 255);
    }

    #[test]
    fn a_sign_that_a_sheet_is_open_means_the_sheet_of_that_name_also_shortened() {
        assert!(is_lock_of("joiners.xlsx", "joiners.xlsx"));
        assert!(is_lock_of("iners.xlsx", "joiners.xlsx"));
        assert!(is_lock_of("Joiners.XLSX", "joiners.xlsx"));
        assert!(!is_lock_of("leavers.xlsx", "joiners.xlsx"));
    }

    #[test]
    fn a_sheet_of_failed_rows_names_the_sheet_they_came_from() {
        for (name, stem) in [
            ("joiners.failed.csv", Some("joiners")),
            ("joiners.failed-12.xlsx", Some("joiners")),
            ("q4.licences.failed.csv", Some("q4.licences")),
            ("joiners.csv", None),
            ("joiners.failed-.csv", None),
            ("joiners.failed-x.csv", None),
            (".failed.csv", None),
        ] {
            assert_eq!(parent_stem(name), stem, "{name}");
        }
    }
}
