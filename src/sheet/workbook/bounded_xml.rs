//! XML in which no text and no tag is longer than any worksheet's can be.

use std::io::{self, Read};

/// How many bytes there may be between two `<`. A parser holds all of them in memory.
const LONGEST: usize = 16 << 20;

/// Passes on what `input` gives, and fails where a text or a tag goes on without end.
#[derive(Debug)]
pub(in crate::sheet) struct BoundedXml<R> {
    input: R,
    since_tag: usize,
}

impl<R> BoundedXml<R> {
    pub(in crate::sheet) fn new(input: R) -> Self {
        Self { input, since_tag: 0 }
    }
}

impl<R: Read> Read for BoundedXml<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(out)?;
        let mut parts = out[..length].rsplitn(2, |byte| *byte == b'<');
        let last = parts.next().map_or(0, <[u8]>::len);
        self.since_tag = if parts.next().is_some() {
            last
        } else {
            self.since_tag + last
        };
        if self.since_tag > LONGEST {
            return Err(io::Error::other(
                "a text in it is longer than any cell of a spreadsheet program",
            ));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_without_end_is_refused() {
        let read = |text: String| io::copy(&mut BoundedXml::new(text.as_bytes()), &mut io::sink());
        let cells = format!("<t>{}</t>", "a".repeat(LONGEST / 3)).repeat(6);
        assert!(read(cells).is_ok());
        assert!(read(format!("<t>{}</t>", "a".repeat(2 * LONGEST))).is_err());
    }
}
