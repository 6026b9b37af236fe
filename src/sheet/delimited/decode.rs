//! A reader that turns a text of any encoding into UTF-8 as it goes.

use std::io::{self, Read};

use encoding_rs::CoderResult;

use crate::sheet::named_encoding::{Decoder, NamedEncoding};

const BUFFER: usize = 64 << 10;

/// Decodes what `input` gives; bytes that fit no letter become U+FFFD.
pub struct DecodingReader<R> {
    input: R,
    decoder: Decoder,
    raw: Buffer,
    text: Buffer,
    at_end: bool,
    finished: bool,
}

struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    fn new() -> Self {
        Self {
            bytes: vec![0; BUFFER],
            start: 0,
            end: 0,
        }
    }

    fn pending(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }
}

impl<R: Read> DecodingReader<R> {
    /// Decodes `input`, which has no byte order mark.
    pub fn new(input: R, encoding: impl Into<NamedEncoding>) -> Self {
        Self {
            input,
            decoder: encoding.into().decoder(),
            raw: Buffer::new(),
            text: Buffer::new(),
            at_end: false,
            finished: false,
        }
    }

    /// Fills `text`, which is used up; it stays empty only at the end.
    fn decode(&mut self) -> io::Result<()> {
        // A decoder that has seen the end must not be called again.
        while !self.finished {
            if self.raw.pending().is_empty() && !self.at_end {
                self.raw.start = 0;
                self.raw.end = self.input.read(&mut self.raw.bytes)?;
                self.at_end = self.raw.end == 0;
            }
            let (result, read, written) = self
                .decoder
                .decode(self.raw.pending(), &mut self.text.bytes, self.at_end);
            self.raw.start += read;
            (self.text.start, self.text.end) = (0, written);
            self.finished = self.at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                break;
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for DecodingReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.text.pending().is_empty() {
            self.decode()?;
        }
        let length = self.text.pending().len().min(out.len());
        out[..length].copy_from_slice(&self.text.pending()[..length]);
        self.text.start += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{UTF_8, UTF_16LE, WINDOWS_1252};

    use super::*;

    fn decoded(bytes: &[u8], encoding: impl Into<NamedEncoding>) -> String {
        let mut text = String::new();
        DecodingReader::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_encoding_comes_out_as_utf_8() {
        let utf_16: Vec<u8> = "Zoë 𝄞".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&utf_16, UTF_16LE), "Zoë 𝄞");
        assert_eq!(decoded(b"Zo\xeb \x92s", WINDOWS_1252), "Zoë ’s");
        assert_eq!(decoded(b"Zo\xeb!", UTF_8), "Zo\u{fffd}!");
    }

    #[test]
    fn a_file_of_dos_longer_than_the_buffer_is_decoded_whole() {
        let dos: NamedEncoding = "cp437".parse().unwrap();
        let letters: Vec<u8> = (0x80..=0xff).collect();
        let text = decoded(&letters.repeat(1000), dos);
        assert_eq!(text, dos.decode(&letters).repeat(1000));
        assert!(text.starts_with("Çüéâäà"));
    }

    #[test]
    fn a_file_longer_than_the_buffer_is_decoded_whole() {
        let text = "Zoë;".repeat(100_000);
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&utf_16, UTF_16LE), text);
    }
}
