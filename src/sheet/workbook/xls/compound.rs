//! A compound file, which wraps an `.xls` and every encrypted workbook: whether it can be read without harm.
//!
//! The reader of workbooks follows the chains of sectors wherever they lead, in a circle too, and lays out every
//! worksheet in memory. This looks at both before.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};

use encoding_rs::UTF_16LE;

use super::biff;
use crate::sheet::workbook::error::WorkbookError;

const HEADER: usize = 512;
/// A larger workbook would be held in memory several times.
const LARGEST: u64 = 256 << 20;
/// Sector numbers from here on mean something else.
const RESERVED: u32 = 0xffff_fffa;
/// Streams shorter than this are stored in mini sectors.
const SHORT: u64 = 4096;

/// Refuses files that are encrypted, not a workbook, inconsistent, or would fill the memory.
pub(in crate::sheet) fn check(file: &mut (impl Read + Seek)) -> Result<(), WorkbookError> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    file.seek(SeekFrom::Start(0))?;
    if bytes.len() as u64 > LARGEST {
        return Err(WorkbookError::TooWide);
    }
    let compound = Compound::read(&bytes)?;
    if compound.entry("EncryptedPackage").is_some() {
        return Err(WorkbookError::Encrypted);
    }
    // The reader turns to the second where the first does not hold together.
    let workbooks: Vec<&Entry> = ["Workbook", "Book"]
        .into_iter()
        .filter_map(|name| compound.entry(name))
        .collect();
    if workbooks.is_empty() {
        let strangers = [
            ("WordDocument", "a Word document"),
            ("PowerPoint Document", "a PowerPoint presentation"),
            ("__properties_version1.0", "an Outlook message"),
        ];
        let stranger = strangers.into_iter().find(|(name, _)| compound.entry(name).is_some());
        return Err(WorkbookError::NotASheet(
            stranger.map_or("an Office file of another kind", |(_, what)| what),
        ));
    }
    workbooks
        .into_iter()
        .try_for_each(|workbook| biff::check(&compound.stream(workbook)?))
}

/// A stream of the file, by the sector it begins in.
#[derive(Debug)]
struct Entry {
    name: String,
    start: u32,
    length: u64,
}

/// Pieces of one size, each of which may be followed by any other.
#[derive(Debug)]
struct Sectors<'b> {
    /// The pieces, one after the other.
    bytes: Cow<'b, [u8]>,
    size: usize,
    /// Of each piece, which follows it.
    next: Vec<u32>,
}

impl Sectors<'_> {
    fn count(&self) -> usize {
        self.bytes.len() / self.size + 1
    }

    /// The piece; the last may be cut short.
    fn at(&self, sector: u32) -> Result<&[u8], WorkbookError> {
        let start = sector as usize * self.size;
        let end = (start + self.size).min(self.bytes.len());
        self.bytes.get(start..end).ok_or_else(cut_off)
    }

    /// The pieces from `start` on, at most this many bytes.
    fn chain(&self, start: u32, most: u64) -> Result<Vec<u8>, WorkbookError> {
        let mut chain = Vec::new();
        let mut sector = start;
        for _ in 0..self.count() {
            if sector >= RESERVED {
                return Ok(chain);
            }
            chain.extend_from_slice(self.at(sector)?);
            if chain.len() as u64 >= most {
                chain.truncate(usize::try_from(most).unwrap_or(usize::MAX));
                return Ok(chain);
            }
            sector = *self.next.get(sector as usize).ok_or_else(cut_off)?;
        }
        Err(circle())
    }
}

#[derive(Debug)]
struct Compound<'b> {
    sectors: Sectors<'b>,
    /// Of short streams.
    short: Sectors<'b>,
    entries: Vec<Entry>,
}

impl<'b> Compound<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, WorkbookError> {
        let header = bytes.get(..HEADER).ok_or_else(cut_off)?;
        let size = match header[30] {
            9 => 512,
            12 => 4096,
            _ => return Err(broken("its sectors have a size that does not exist")),
        };
        let mut sectors = Sectors {
            bytes: bytes.get(size..).unwrap_or_default().into(),
            size,
            next: Vec::new(),
        };
        sectors.next = sector_table(header, &sectors)?;
        let directory = sectors.chain(number(header, 48), u64::MAX)?;
        let entries: Vec<Entry> = directory.chunks_exact(128).map(|bytes| entry(bytes, size)).collect();
        let root = entries.first().ok_or_else(cut_off)?;
        let mut short = Sectors {
            bytes: Vec::new().into(),
            size: 64,
            next: Vec::new(),
        };
        if number(header, 64) > 0 {
            short.bytes = sectors.chain(root.start, root.length)?.into();
            let length = u64::from(number(header, 64)) * size as u64;
            short.next = numbers(&sectors.chain(number(header, 60), length)?).collect();
        }
        Ok(Self {
            sectors,
            short,
            entries,
        })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn stream(&self, entry: &Entry) -> Result<Vec<u8>, WorkbookError> {
        let sectors = if entry.length < SHORT {
            &self.short
        } else {
            &self.sectors
        };
        sectors.chain(entry.start, entry.length)
    }
}

/// The table of which sector follows which; its own sectors are listed in the header and, for a large file, in a
/// chain of further sectors.
fn sector_table(header: &[u8], sectors: &Sectors<'_>) -> Result<Vec<u32>, WorkbookError> {
    let mut listed: Vec<u32> = numbers(&header[76..]).collect();
    // The unused places of the header are filled with anything, by some programs.
    let most = sectors.count() + listed.len();
    let mut more = number(header, 68);
    let mut left = sectors.count();
    while more < RESERVED {
        left = left.checked_sub(1).ok_or_else(circle)?;
        listed.extend(numbers(sectors.at(more)?));
        more = listed.pop().unwrap_or(RESERVED);
    }
    listed.retain(|sector| *sector < RESERVED);
    if listed.len() > most {
        // The reader copies each, and would copy the same one as often as it is listed.
        return Err(broken("its table of sectors is larger than it is itself"));
    }
    let mut table = Vec::new();
    for sector in listed {
        table.extend(numbers(sectors.at(sector)?));
    }
    Ok(table)
}

fn entry(bytes: &[u8], sector_size: usize) -> Entry {
    // A byte order mark is no part of it, to the reader.
    let (name, _, _) = UTF_16LE.decode(&bytes[..64]);
    // Files of small sectors leave what lies beyond 32 bits undefined.
    let beyond = if sector_size == 512 { 0 } else { number(bytes, 124) };
    Entry {
        name: name.split('\0').next().unwrap_or_default().to_owned(),
        start: number(bytes, 116),
        length: u64::from(number(bytes, 120)) | u64::from(beyond) << 32,
    }
}

fn cut_off() -> WorkbookError {
    broken("it is cut off")
}

fn circle() -> WorkbookError {
    broken("its parts refer to each other in a circle")
}

fn broken(reason: &str) -> WorkbookError {
    WorkbookError::Broken(reason.to_owned())
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|bytes| number(bytes, 0))
}
