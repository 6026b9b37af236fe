//! Where a part is in a package.

use std::fmt::{self, Display, Formatter};

use url::Url;

/// The path of a part in one form of the many that writers use: with slashes, from the root, without `.` and `..`, in
/// small letters, because names are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::sheet) struct PartName(String);

impl PartName {
    /// The name of an entry of the zip file; `None` where no part can be called so.
    pub(in crate::sheet) fn of_entry(entry: &str) -> Option<Self> {
        // In a name they are letters like others, in an address they are not.
        Self::root().resolve(&format!("/{}", entry.replace('?', "%3F").replace('#', "%23")))
    }

    /// What the package as a whole is called where its relationships are looked for.
    pub(in crate::sheet) fn root() -> Self {
        Self("/".to_owned())
    }

    /// The part that a relationship of this one names.
    pub(in crate::sheet) fn resolve(&self, target: &str) -> Option<Self> {
        // An address of the web knows all of that: backslashes, dots, and letters written as %20.
        let base = Url::parse("http://package").ok()?.join(&self.0).ok()?;
        let target = target.trim();
        let is_absolute = target.starts_with(['/', '\\']);
        let path = target.trim_start_matches(['/', '\\']);
        let found = if is_absolute {
            base.join(&format!("/{path}"))
        } else {
            base.join(&format!("./{path}"))
        };
        Some(Self(found.ok()?.path().to_ascii_lowercase()))
    }

    /// The part with this one's relationships.
    pub(in crate::sheet) fn relationships(&self) -> Self {
        let (folder, name) = self.0.rsplit_once('/').unwrap_or(("", &self.0));
        Self(format!("{folder}/_rels/{name}.rels"))
    }
}

impl Display for PartName {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.trim_start_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_however_its_place_is_written() {
        let workbook = PartName::of_entry("xl/workbook.xml").unwrap();
        for (target, entry) in [
            ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("worksheets\\sheet1.xml", "xl\\worksheets\\sheet1.xml"),
            ("/xl/worksheets/sheet1.xml", "XL/WorkSheets/Sheet1.xml"),
            ("\\xl\\worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("//xl/worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"),
            ("./worksheets/sheet1.xml", "xl/./worksheets/sheet1.xml"),
            ("../data/sheet1.xml", "data/sheet1.xml"),
            ("my%20sheet.xml", "xl/my sheet.xml"),
            ("Blätter/1.xml", "xl/Bl%C3%A4tter/1.xml"),
            ("a:b.xml", "xl/a:b.xml"),
            ("a%23b%3Fc.xml", "xl/a#b?c.xml"),
        ] {
            let found = workbook.resolve(target);
            assert_eq!(found, PartName::of_entry(entry), "{target}");
            assert!(found.is_some());
        }
    }

    #[test]
    fn relationships_are_beside_the_part_that_has_them() {
        let of = |name: &PartName| name.relationships().to_string();
        assert_eq!(of(&PartName::root()), "_rels/.rels");
        let workbook = PartName::of_entry("xl\\workbook.xml").unwrap();
        assert_eq!(of(&workbook), "xl/_rels/workbook.xml.rels");
    }
}
