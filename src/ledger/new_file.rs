//! A results file that is written from the beginning, in the form that the old one has.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use fs_err::File;

use super::files;
use super::form::Form;

/// How much is written at once.
const AT_ONCE: usize = 256 << 10;

/// The file, while it is written.
#[derive(Debug)]
pub(super) struct NewFile<'a> {
    form: &'a Form,
    file: BufWriter<File>,
    /// How long it is.
    pub(super) length: u64,
}

impl<'a> NewFile<'a> {
    /// Creates the file, with what comes before the lines.
    pub(super) fn create(path: &Path, form: &'a Form) -> io::Result<Self> {
        let mut new = Self {
            form,
            file: BufWriter::with_capacity(AT_ONCE, files::create_new(path)?),
            length: 0,
        };
        new.write(&form.beginning()?)?;
        Ok(new)
    }

    /// Adds a line, which is as reseat writes it and lacks its end.
    pub(super) fn line(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        self.form.end_line(text, 0)?;
        self.write(text)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.length += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// The whole file, and how long it is.
    pub(super) fn finish(self) -> io::Result<(File, u64)> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok((file, self.length))
    }
}
