//! Whether a text is of lines that can be taken apart at any line feed.

use std::io::{self, Read};

use memchr::{memchr2_iter, memrchr};

/// No line is longer than this and a piece that is read at once.
const LONGEST_LINE: usize = 1 << 20;

/// Passes on what `input` gives, and looks for what keeps a line break from being the end of a row, or makes it hard to
/// number rows: quotes, carriage returns without a line feed, lines without end.
#[derive(Debug)]
pub(super) struct LayoutScan<R> {
    input: R,
    is_plain: bool,
    /// Whether the line feed of a carriage return is still to come.
    after_return: bool,
    /// How long the line is that is not at its end.
    open_line: usize,
}

impl<R> LayoutScan<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            is_plain: true,
            after_return: false,
            open_line: 0,
        }
    }

    /// Whether every row of what was passed on is a line of its own.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain && !self.after_return
    }

    fn look_at(&mut self, bytes: &[u8]) {
        let (Some(first), true) = (bytes.first(), self.is_plain) else {
            return;
        };
        let is_torn = self.after_return && *first != b'\n';
        let is_lone = |at: usize| bytes.get(at + 1).is_some_and(|next| *next != b'\n');
        self.after_return = bytes.ends_with(b"\r");
        self.open_line = match memrchr(b'\n', bytes) {
            Some(at) => bytes.len() - at,
            None => self.open_line + bytes.len(),
        };
        let is_odd = |at| bytes[at] == b'"' || is_lone(at);
        self.is_plain = !is_torn && self.open_line <= LONGEST_LINE && !memchr2_iter(b'"', b'\r', bytes).any(is_odd);
    }
}

impl<R: Read> Read for LayoutScan<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(out)?;
        self.look_at(&out[..length]);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quotes_lone_returns_and_lines_without_end_keep_lines_from_being_rows() {
        for (text, is_plain) in [
            ("", true),
            ("a,b\nc,d", true),
            ("a,b\r\nc,d\r\n\r\n", true),
            ("a,\"b\"\n", false),
            ("a,b\rc,d\n", false),
            ("a,b\r\r\n", false),
            ("a,b\r", false),
            (&"x".repeat(LONGEST_LINE + 1), false),
            (&"x\n".repeat(LONGEST_LINE), true),
        ] {
            for step in [1, 2, 3, 1000] {
                let mut scan = LayoutScan::new(text.as_bytes());
                let mut piece = vec![0; step];
                while scan.read(&mut piece).unwrap() > 0 {}
                assert_eq!(
                    scan.is_plain(),
                    is_plain,
                    "{} in steps of {step}",
                    &text[..text.len().min(20)]
                );
            }
        }
    }
}
