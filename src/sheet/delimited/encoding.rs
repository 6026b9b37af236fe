//! Which encoding a text file is in.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What was found out about a text file's encoding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextEncoding {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// The length of the byte order mark.
    pub mark: u8,
    /// Whether every byte fits the encoding; where not, the odd ones become U+FFFD.
    pub is_valid: bool,
}

impl TextEncoding {
    /// Whether the bytes can be read as they are.
    pub(in crate::sheet) fn is_plain(self) -> bool {
        self.encoding == UTF_8 && self.is_valid
    }
}

/// Reads `input`, which begins with `head`, as far as needed to decide.
///
/// UTF-8 is what it says by its byte order mark or by being valid; bytes that are not valid make it
/// Windows-1252, unless there are more valid letters beyond ASCII than invalid bytes: then a single
/// spoilt name must not turn every other name into nonsense.
pub fn detect(head: &[u8], input: &mut impl Read) -> io::Result<TextEncoding> {
    let certain = |encoding, mark| TextEncoding {
        encoding,
        mark,
        is_valid: true,
    };
    if head.starts_with(&[0xff, 0xfe]) {
        return Ok(certain(UTF_16LE, 2));
    }
    if head.starts_with(&[0xfe, 0xff]) {
        return Ok(certain(UTF_16BE, 2));
    }
    if let Some(encoding) = unmarked_utf_16(head) {
        return Ok(certain(encoding, 0));
    }
    let mark = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    let count = count_letters(input)?;
    let encoding = if count.invalid > count.valid && mark == 0 {
        WINDOWS_1252
    } else {
        UTF_8
    };
    Ok(TextEncoding {
        encoding,
        mark,
        is_valid: encoding == WINDOWS_1252 || count.invalid == 0,
    })
}

/// UTF-16 without a mark shows in every other byte being zero: headers are ASCII letters.
fn unmarked_utf_16(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len().min(1024) / 2;
    let zeros = |offset: usize| (0..pairs).filter(|pair| head[pair * 2 + offset] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 3 > pairs && even * 20 <= pairs {
        Some(UTF_16LE)
    } else if even * 3 > pairs && odd * 20 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[derive(Debug, Default)]
struct Count {
    /// Bytes of letters beyond ASCII that are valid UTF-8.
    valid: u64,
    /// Bytes that are not.
    invalid: u64,
}

fn count_letters(input: &mut impl Read) -> io::Result<Count> {
    let mut count = Count::default();
    let mut buffer = vec![0; 64 << 10];
    let mut kept = 0;
    loop {
        let length = input.read(&mut buffer[kept..])?;
        let bytes = &buffer[..kept + length];
        if length == 0 {
            count.invalid += kept as u64;
            return Ok(count);
        }
        kept = 0;
        if bytes.is_ascii() {
            continue;
        }
        // Where the last letter is cut, it is looked at again with what follows.
        let whole = bytes.len() - cut_letter(bytes);
        for chunk in bytes[..whole].utf8_chunks() {
            count.valid += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count() as u64;
            count.invalid += chunk.invalid().len() as u64;
        }
        let end = bytes.len();
        kept = end - whole;
        buffer.copy_within(whole..end, 0);
    }
}

/// How many bytes at the end begin a letter that goes on past it.
fn cut_letter(bytes: &[u8]) -> usize {
    let last_chunk = bytes[bytes.len().saturating_sub(3)..].iter().rev();
    for (back, byte) in (1..).zip(last_chunk) {
        let length = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return 0,
        };
        return if length > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8]) -> TextEncoding {
        detect(&bytes[..bytes.len().min(1000)], &mut &bytes[..]).unwrap()
    }

    #[test]
    fn each_encoding_is_told_from_the_others() {
        let utf_16: Vec<u8> = "user;groups\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "user;groups\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [vec![0xff, 0xfe], utf_16.clone()].concat();
        for (bytes, encoding, mark) in [
            (b"user,groups\n".to_vec(), UTF_8, 0),
            ("user,Zoë\n".into(), UTF_8, 0),
            ("\u{feff}user\n".into(), UTF_8, 3),
            (b"user,Zo\xeb \x92\n".to_vec(), WINDOWS_1252, 0),
            (utf_16, UTF_16LE, 0),
            (big, UTF_16BE, 0),
            (marked, UTF_16LE, 2),
        ] {
            assert_eq!(
                detected(&bytes),
                TextEncoding {
                    encoding,
                    mark,
                    is_valid: true
                },
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn one_spoilt_name_does_not_make_the_other_names_nonsense() {
        let found = detected(
            "Zoë, Jürgen, \u{0}"
                .replace('\u{0}', "")
                .into_bytes()
                .into_iter()
                .chain([0xeb])
                .collect::<Vec<_>>()
                .as_slice(),
        );
        assert_eq!((found.encoding, found.is_valid), (UTF_8, false));
    }

    #[test]
    fn a_letter_across_two_reads_is_one_letter() {
        for length in [65_534, 65_535, 65_536] {
            let mut text = "x".repeat(length);
            text.push_str("ë€𝄞 and more");
            let found = detected(text.as_bytes());
            assert!(found.is_plain(), "{length}");
        }
    }

    #[test]
    fn a_windows_letter_far_into_the_file_is_seen() {
        let mut bytes = vec![b'x'; 200_000];
        bytes.push(0xfc);
        assert_eq!(detected(&bytes).encoding, WINDOWS_1252);
    }
}
