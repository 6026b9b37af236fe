//! The request log: one line of JSON a request; no headers and no bodies, so neither tokens nor passwords.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fs_err::{File, OpenOptions};
use jiff::Timestamp;
use serde::Serialize;

use crate::files::private;

/// A line.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) time: Timestamp,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// Absent where the connection was closed without an answer.
    pub(super) status: Option<u16>,
    /// The answer's length.
    pub(super) bytes: usize,
    pub(super) fault: Option<String>,
}

/// An open log.
#[derive(Debug)]
pub(super) struct RequestLog(Mutex<Result<File, io::Error>>);

impl RequestLog {
    /// Opens a log to be added to; a new one is for its owner's eyes only.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = private(OpenOptions::new().create(true).append(true)).open(path)?;
        Ok(Self(Mutex::new(Ok(file))))
    }

    /// Adds a line. The first failure ends the log and is kept for [`finish`](Self::finish).
    pub(super) fn add(&self, line: &Line<'_>) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(file) = &mut *log
            && let Err(error) = write_line(file, line)
        {
            *log = Err(error);
        }
    }

    /// The first failure, if there was one.
    pub(super) fn finish(&self) -> io::Result<()> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *log {
            Ok(file) => file.flush(),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

fn write_line(file: &mut File, line: &Line<'_>) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    file.write_all(&text)
}
