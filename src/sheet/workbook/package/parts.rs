//! The parts of a package, by name and by relationships.

use std::collections::HashMap;
use std::io::{self, Read, Seek};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::part_name::PartName;
use super::relationship::{self, Relationship};
use super::xml_part::{XmlPart, attribute};
use crate::sheet::workbook::error::WorkbookError;

/// Where the workbook is if nothing leads to it.
const USUAL_MAIN_PARTS: [&str; 2] = ["xl/workbook.xml", "xl/workbook.bin"];

/// No list of parts is longer; all of it is held in memory.
pub(in crate::sheet) const LIST_BYTES: u64 = 64 << 20;
/// A part that unpacks to no more than this is kept where it is needed twice.
const KEPT_BYTES: u64 = 32 << 20;

/// A zip file of parts, opened once.
pub(in crate::sheet) struct Package<R> {
    archive: ZipArchive<R>,
    entries: HashMap<PartName, usize>,
}

/// The bytes of a part; where more of them come out than the zip file says, that is an error.
pub(in crate::sheet) struct Part<'a, R: Read> {
    file: ZipFile<'a, R>,
    left: u64,
}

impl<R: Read> Read for Part<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(out)?;
        self.left = self
            .left
            .checked_sub(length as u64)
            .ok_or_else(|| io::Error::other("a part of it unpacks to more than it says"))?;
        Ok(length)
    }
}

impl<R: Read + Seek> Package<R> {
    /// Reads the zip file's list of parts.
    pub(in crate::sheet) fn open(file: R) -> Result<Self, ZipError> {
        Ok(Self::of(ZipArchive::new(file)?))
    }

    pub(in crate::sheet) fn into_archive(self) -> ZipArchive<R> {
        self.archive
    }

    /// The parts of a zip file that is open already.
    pub(in crate::sheet) fn of(archive: ZipArchive<R>) -> Self {
        let mut entries = HashMap::new();
        for (entry, name) in archive.file_names().enumerate() {
            if let Some(name) = name.ok().and_then(|name| PartName::of_entry(&name)) {
                entries.entry(name).or_insert(entry);
            }
        }
        Self { archive, entries }
    }

    /// Whether there is a part of this name.
    pub(in crate::sheet) fn has(&self, name: &PartName) -> bool {
        self.entries.contains_key(name)
    }

    /// Whether there is an entry of this name.
    pub(in crate::sheet) fn has_entry(&self, entry: &str) -> bool {
        PartName::of_entry(entry).is_some_and(|name| self.has(&name))
    }

    /// The bytes of the entry of this name; `None` if there is none.
    pub(in crate::sheet) fn entry(&mut self, entry: &str) -> Result<Option<Part<'_, R>>, WorkbookError> {
        match PartName::of_entry(entry) {
            Some(name) => self.part(&name),
            None => Ok(None),
        }
    }

    /// The part's bytes; `None` if there is none.
    pub(in crate::sheet) fn part(&mut self, name: &PartName) -> Result<Option<Part<'_, R>>, WorkbookError> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        let file = self.archive.by_index(*entry)?;
        let left = file.size();
        Ok(Some(Part { file, left }))
    }

    /// The bytes of a part that must be there.
    pub(in crate::sheet) fn needed(&mut self, name: &PartName) -> Result<Part<'_, R>, WorkbookError> {
        self.part(name)?
            .ok_or_else(|| WorkbookError::Broken(format!("its part `{name}` is missing")))
    }

    /// Shows a part to `first`, and then once more to `second`, with what `first` made of it. A small part is kept
    /// meanwhile, a large one unpacked again.
    pub(in crate::sheet) fn twice<T, U>(
        &mut self,
        name: &PartName,
        first: impl FnOnce(&mut dyn Read) -> Result<T, WorkbookError>,
        second: impl FnOnce(&mut dyn Read, T) -> Result<U, WorkbookError>,
    ) -> Result<U, WorkbookError> {
        let mut part = self.needed(name)?;
        if part.file.size() <= KEPT_BYTES {
            let mut kept = Vec::new();
            part.read_to_end(&mut kept)?;
            drop(part);
            let found = first(&mut kept.as_slice())?;
            second(&mut kept.as_slice(), found)
        } else {
            let found = first(&mut part)?;
            drop(part);
            second(&mut self.needed(name)?, found)
        }
    }

    /// The part that holds what the whole workbook `main` has of this kind, in a file with this ending. Some writers
    /// forget to say where it is, and have it where everybody has.
    pub(in crate::sheet) fn common_part(
        &mut self,
        (main, relationships): (&PartName, &[Relationship]),
        kind: &str,
        ending: &str,
    ) -> Result<Option<Part<'_, R>>, WorkbookError> {
        let related = relationships.iter().find(|related| related.kind == kind);
        let name = match related {
            Some(related) => Some(related.target.clone()),
            None => main.resolve(&format!("{kind}.{ending}")),
        };
        name.map_or(Ok(None), |name| self.part(&name))
    }

    /// A part that lists others, as XML; `None` if there is none. Of one without end, the beginning.
    pub(in crate::sheet) fn list(&mut self, name: &PartName) -> Result<Option<XmlPart<'_>>, WorkbookError> {
        match self.part(name)? {
            Some(part) => Ok(Some(XmlPart::new(part.take(LIST_BYTES))?)),
            None => Ok(None),
        }
    }

    /// The part's relationships to others; none if it has none.
    pub(in crate::sheet) fn relationships(&mut self, of: &PartName) -> Result<Vec<Relationship>, WorkbookError> {
        match self.list(&of.relationships())? {
            Some(part) => relationship::read(part, of),
            None => Ok(Vec::new()),
        }
    }

    /// The part that holds the document: the one to which the package as a whole leads, else the one whose content
    /// type says so, else the one that is called as usual.
    pub(in crate::sheet) fn main_part(&mut self) -> Result<Option<PartName>, WorkbookError> {
        let related = self.relationships(&PartName::root())?;
        let mut names: Vec<PartName> = related
            .into_iter()
            .filter(|related| related.kind == "officeDocument")
            .map(|related| related.target)
            .collect();
        if !names.iter().any(|name| self.has(name)) {
            names.extend(self.main_parts_by_content_type()?);
            names.extend(USUAL_MAIN_PARTS.into_iter().filter_map(PartName::of_entry));
        }
        Ok(names.into_iter().find(|name| self.has(name)))
    }

    fn main_parts_by_content_type(&mut self) -> Result<Vec<PartName>, WorkbookError> {
        let Some(types) = self.entry("[Content_Types].xml")? else {
            return Ok(Vec::new());
        };
        let mut types = XmlPart::new(types.take(LIST_BYTES))?;
        let mut names = Vec::new();
        loop {
            match types.next()? {
                Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Override" => {
                    let kind = attribute(&element, "ContentType")?.unwrap_or_default();
                    let is_main = kind.ends_with(".main+xml") || kind.ends_with(".sheet.binary.macroEnabled.main");
                    if is_main && let Some(name) = attribute(&element, "PartName")? {
                        names.extend(PartName::of_entry(&name));
                    }
                }
                Event::Eof => return Ok(names),
                _ => {}
            }
        }
    }
}
