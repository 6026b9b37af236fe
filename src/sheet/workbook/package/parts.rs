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

impl<R: Read> Part<'_, R> {
    /// How many bytes the part has, by what the zip file says.
    pub(in crate::sheet) fn size(&self) -> u64 {
        self.file.size()
    }
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

    /// The part's bytes; `None` if there is none.
    pub(in crate::sheet) fn part(&mut self, name: &PartName) -> Result<Option<Part<'_, R>>, WorkbookError> {
        let Some(entry) = self.entries.get(name) else {
            return Ok(None);
        };
        let file = self.archive.by_index(*entry)?;
        let left = file.size();
        Ok(Some(Part { file, left }))
    }

    /// The part as XML; `None` if there is none.
    pub(in crate::sheet) fn xml(&mut self, name: &PartName) -> Result<Option<XmlPart<'_>>, WorkbookError> {
        match self.part(name)? {
            Some(part) => Ok(Some(XmlPart::new(part)?)),
            None => Ok(None),
        }
    }

    /// The part's relationships to others; none if it has none.
    pub(in crate::sheet) fn relationships(&mut self, of: &PartName) -> Result<Vec<Relationship>, WorkbookError> {
        match self.xml(&of.relationships())? {
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
        let types = PartName::of_entry("[Content_Types].xml");
        let Some(mut types) = types.map_or(Ok(None), |types| self.xml(&types))? else {
            return Ok(Vec::new());
        };
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
