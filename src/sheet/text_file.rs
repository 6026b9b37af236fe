//! A CSV, from its bytes to its rows.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, mpsc};
use std::thread;

use super::decode::DecodingReader;
use super::delimiter::{self, Dialect};
use super::encoding::{self, TextEncoding};
use super::record::RecordReader;
use super::row::Row;
use super::source::{Visit, Visitor};

/// How much of the file the delimiter is told by.
const HEAD: u64 = 64 << 10;

/// How the bytes of a text file are to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextFormat {
    pub(super) encoding: TextEncoding,
    pub(super) dialect: Dialect,
}

/// Finds out how the file is to be read; goes through the whole of it once.
pub(super) fn detect(file: &mut (impl Read + Seek)) -> io::Result<TextFormat> {
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(HEAD).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let encoding = encoding::detect(&head, file)?;
    let (text, _) = encoding
        .encoding
        .decode_without_bom_handling(&head[usize::from(encoding.mark)..]);
    Ok(TextFormat {
        encoding,
        dialect: delimiter::detect(&text),
    })
}

/// Gives every row that is not empty to `visitor`.
pub(super) fn read(
    file: &mut (impl Read + Seek + Send),
    format: TextFormat,
    sheet: &Arc<str>,
    visitor: &mut dyn Visitor,
) -> io::Result<()> {
    file.seek(SeekFrom::Start(format.encoding.mark.into()))?;
    if visitor.sheet(sheet) == Visit::Skip {
        return Ok(());
    }
    if format.encoding.is_plain() {
        read_rows(file, format.dialect, visitor)
    } else {
        read_rows(
            DecodingReader::new(file, format.encoding.encoding),
            format.dialect,
            visitor,
        )
    }
}

/// How many rows are handed over at a time, and how many times that many are on their way at most.
const BATCH: usize = 512;
const BATCHES: usize = 4;

/// Rows that are handed over together; the buffers go back and forth.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    filled: usize,
}

/// Reads on one thread while the visitor works on this one.
fn read_rows(input: impl Read + Send, dialect: Dialect, visitor: &mut dyn Visitor) -> io::Result<()> {
    let (full, batches) = mpsc::sync_channel(BATCHES);
    let (give_back, empty) = mpsc::channel();
    thread::scope(|scope| {
        let reader = scope.spawn(move || parse_rows(input, dialect, &full, &empty));
        'batches: for batch in &batches {
            let batch: Batch = batch;
            for row in &batch.rows[..batch.filled] {
                if visitor.row(row) == Visit::Skip {
                    break 'batches;
                }
            }
            // The reader may be through already.
            let _ = give_back.send(batch);
        }
        // Ends the reader, should it still have rows that nobody wants.
        drop(batches);
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn parse_rows(
    input: impl Read,
    dialect: Dialect,
    full: &mpsc::SyncSender<Batch>,
    empty: &mpsc::Receiver<Batch>,
) -> io::Result<()> {
    let mut reader = RecordReader::new(input, dialect.delimiter);
    if dialect.skip_line {
        reader.skip_line()?;
    }
    loop {
        let mut batch = empty.try_recv().unwrap_or_default();
        batch.filled = 0;
        while batch.filled < BATCH {
            if batch.rows.len() == batch.filled {
                batch.rows.push(Row::default());
            }
            if !reader.read(&mut batch.rows[batch.filled])? {
                break;
            }
            batch.filled += 1;
        }
        let is_last = batch.filled < BATCH;
        if full.send(batch).is_err() || is_last {
            return Ok(());
        }
    }
}
