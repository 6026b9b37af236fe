//! A compound file, which wraps an `.xls` and every encrypted workbook: the stream of records in it.
//!
//! Only the stream of the workbook is held in memory. Chains of sectors are followed as far as the file has sectors,
//! so that a damaged file is told from a long one.

use std::io::{Read, Seek, SeekFrom};

use encoding_rs::UTF_16LE;

use super::bytes::{long, longs, short};
use crate::sheet::foreign::foreign_compound;
use crate::sheet::workbook::error::WorkbookError;

const HEADER: usize = 512;
/// A longer stream of records is refused, in MiB.
const LONGEST: u64 = 256;
/// Of a longer directory, in bytes, the beginning is read.
const LONGEST_DIRECTORY: u64 = 16 << 20;
/// Sector numbers from here on mean something else.
const RESERVED: u32 = 0xffff_fffa;
/// Streams shorter than this are stored in mini sectors.
const SHORT: u64 = 4096;
const MINI_SECTOR: u64 = 64;

/// The records of the workbook. Refuses files that are encrypted, no workbook, or inconsistent.
pub(super) fn workbook_stream(file: impl Read + Seek) -> Result<Vec<u8>, WorkbookError> {
    let mut compound = Compound::open(file)?;
    if compound.entry("EncryptedPackage").is_some() {
        return Err(WorkbookError::Encrypted);
    }
    // A file for two generations of Excel has both; the first is the newer.
    let workbook = ["Workbook", "Book"].into_iter().find_map(|name| compound.entry(name));
    match workbook.cloned() {
        Some(workbook) => compound.stream(&workbook),
        None => Err(WorkbookError::Foreign(foreign_compound(|name| {
            compound.entry(name).is_some()
        }))),
    }
}

/// What the directory says of a stream or a storage.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    is_stream: bool,
    /// The entries before it, after it and under it; numbers that do not exist where there are none.
    links: [u32; 3],
    start: u32,
    length: u64,
}

struct Compound<R> {
    file: R,
    /// Of a sector, in bytes.
    size: u64,
    /// How many sectors the file has; the last may be cut short.
    count: usize,
    /// Of each sector, which follows it.
    next: Vec<u32>,
    header: Vec<u8>,
    root: Option<Entry>,
    /// The streams that are not inside another document.
    streams: Vec<Entry>,
}

impl<R: Read + Seek> Compound<R> {
    fn open(mut file: R) -> Result<Self, WorkbookError> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut compound = Self {
            file,
            size: HEADER as u64,
            count: 0,
            next: Vec::new(),
            header: Vec::new(),
            root: None,
            streams: Vec::new(),
        };
        let mut header = Vec::new();
        compound.append(0, HEADER as u64, &mut header)?;
        compound.header = header;
        if compound.header.len() < HEADER {
            return Err(cut_off());
        }
        compound.size = match compound.header[30] {
            9 => 512,
            12 => 4096,
            _ => return Err(broken("its sectors have a size that does not exist")),
        };
        // The header takes the place of the first sector.
        let sectors = length.div_ceil(compound.size).saturating_sub(1);
        compound.count = usize::try_from(sectors).unwrap_or(usize::MAX).min(RESERVED as usize);
        compound.next = compound.sector_table()?;
        let start = long(&compound.header, 48).unwrap_or(RESERVED);
        let directory = compound.chain(start, LONGEST_DIRECTORY)?;
        let entries = directory.chunks_exact(128);
        let entries: Vec<Entry> = entries.map(|bytes| entry(bytes, compound.size)).collect();
        compound.root = Some(entries.first().ok_or_else(cut_off)?.clone());
        compound.streams = streams(&entries);
        Ok(compound)
    }

    /// Appends so many bytes of the file, or as many as it has.
    fn append(&mut self, at: u64, length: u64, bytes: &mut Vec<u8>) -> Result<(), WorkbookError> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.by_ref().take(length).read_to_end(bytes)?;
        Ok(())
    }

    /// Appends so many sectors.
    fn append_sectors(&mut self, first: u32, many: usize, bytes: &mut Vec<u8>) -> Result<(), WorkbookError> {
        if first as usize + many > self.count {
            return Err(cut_off());
        }
        self.append((u64::from(first) + 1) * self.size, many as u64 * self.size, bytes)
    }

    fn sector(&mut self, number: u32) -> Result<Vec<u8>, WorkbookError> {
        let mut bytes = Vec::new();
        self.append_sectors(number, 1, &mut bytes)?;
        Ok(bytes)
    }

    /// The table of which sector follows which; its own sectors are listed in the header and, for a large file, in a
    /// chain of further sectors.
    fn sector_table(&mut self) -> Result<Vec<u32>, WorkbookError> {
        let sectors_of = |bytes: &[u8]| -> Vec<u32> { longs(bytes).filter(|sector| *sector < RESERVED).collect() };
        let mut listed = sectors_of(&self.header[76..]);
        // The unused places of the header are filled with anything, by some programs.
        let most = self.count + listed.len();
        let mut total = listed.len();
        let mut more = long(&self.header, 68).unwrap_or(RESERVED);
        let mut left = self.count;
        while more < RESERVED {
            left = left.checked_sub(1).ok_or_else(circle)?;
            let list = self.sector(more)?;
            let (list, next) = list.split_at(list.len().saturating_sub(4));
            more = long(next, 0).unwrap_or(RESERVED);
            let sectors = sectors_of(list);
            total += sectors.len();
            if listed.len() < self.count {
                listed.extend(sectors);
            }
        }
        if total > most {
            return Err(broken("its table of sectors is larger than it is itself"));
        }
        let mut table = Vec::new();
        for sector in listed {
            // Each tells of a hundred and more; nobody asks for sectors that the file has not.
            if table.len() >= self.count {
                break;
            }
            table.extend(longs(&self.sector(sector)?));
        }
        Ok(table)
    }

    /// The bytes of the sectors from `start` on, at most as many.
    fn chain(&mut self, start: u32, most: u64) -> Result<Vec<u8>, WorkbookError> {
        let numbers = chain(&self.next, start, most.div_ceil(self.size))?;
        let mut bytes = Vec::new();
        // Sectors that stand one after the other are read at once.
        for run in numbers.chunk_by(|sector, next| sector + 1 == *next) {
            self.append_sectors(run[0], run.len(), &mut bytes)?;
        }
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.streams.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn stream(&mut self, entry: &Entry) -> Result<Vec<u8>, WorkbookError> {
        if entry.length > LONGEST << 20 {
            return Err(WorkbookError::TooMuchText { limit: LONGEST });
        }
        if entry.length < SHORT {
            self.short_stream(entry)
        } else {
            self.chain(entry.start, entry.length)
        }
    }

    /// A stream in mini sectors, which stand in the stream of the root and have a table of their own.
    fn short_stream(&mut self, entry: &Entry) -> Result<Vec<u8>, WorkbookError> {
        let root = self.root.as_ref().map_or(RESERVED, |root| root.start);
        let places = chain(&self.next, root, u64::MAX)?;
        let sectors = u64::from(long(&self.header, 64).unwrap_or(0));
        let table = self.chain(
            long(&self.header, 60).unwrap_or(RESERVED),
            sectors.saturating_mul(self.size).min(LONGEST << 20),
        )?;
        let table: Vec<u32> = longs(&table).collect();
        let mut bytes = Vec::new();
        for number in chain(&table, entry.start, entry.length.div_ceil(MINI_SECTOR))? {
            let at = u64::from(number) * MINI_SECTOR;
            let place = usize::try_from(at / self.size).ok().and_then(|place| places.get(place));
            let sector = u64::from(*place.ok_or_else(cut_off)?) + 1;
            self.append(sector * self.size + at % self.size, MINI_SECTOR, &mut bytes)?;
        }
        bytes.truncate(usize::try_from(entry.length).unwrap_or(usize::MAX));
        Ok(bytes)
    }
}

/// The numbers of the sectors from `start` on, at most as many.
fn chain(next: &[u32], start: u32, most: u64) -> Result<Vec<u32>, WorkbookError> {
    let mut numbers = Vec::new();
    let mut sector = start;
    while sector < RESERVED && (numbers.len() as u64) < most {
        if numbers.len() > next.len() {
            return Err(circle());
        }
        numbers.push(sector);
        sector = match next.get(sector as usize) {
            Some(next) => *next,
            // Nobody asks which sector follows the last.
            None if numbers.len() as u64 == most => break,
            None => return Err(cut_off()),
        };
    }
    Ok(numbers)
}

/// The streams of the root's own; a document that is embedded has further ones, which are another's.
fn streams(entries: &[Entry]) -> Vec<Entry> {
    let mut is_seen = vec![false; entries.len()];
    let mut waiting = Vec::new();
    let mut own = Vec::new();
    let mut look_at = entries.first().map(|root| root.links[2]);
    while let Some(number) = look_at {
        if let Some(entry) = entries.get(number as usize)
            && number > 0
            && !std::mem::replace(&mut is_seen[number as usize], true)
        {
            waiting.extend([entry.links[1], entry.links[0]]);
            own.push(number as usize);
        }
        look_at = waiting.pop();
    }
    if own.is_empty() {
        // Some programs list the streams and leave the tree out.
        own = (0..entries.len()).collect();
    }
    own.sort_unstable();
    let own = own.into_iter().filter_map(|number| entries.get(number));
    own.filter(|entry| entry.is_stream).cloned().collect()
}

fn entry(bytes: &[u8], sector_size: u64) -> Entry {
    let (name, _) = UTF_16LE.decode_without_bom_handling(&bytes[..64]);
    // Files of small sectors leave what lies beyond 32 bits undefined.
    let beyond = if sector_size == 512 { None } else { long(bytes, 124) };
    let number = |at| long(bytes, at).unwrap_or(RESERVED);
    Entry {
        name: name.split('\0').next().unwrap_or_default().to_owned(),
        is_stream: short(bytes, 66).is_some_and(|kind| kind & 0xff == 2),
        links: [number(68), number(72), number(76)],
        start: number(116),
        length: u64::from(number(120)) | u64::from(beyond.unwrap_or(0)) << 32,
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
