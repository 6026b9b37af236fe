//! Which encoding a text file is in.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::sheet::encoding_doubt::{EncodingDoubt, EncodingGuesser};
use crate::sheet::named_encoding::NamedEncoding;

/// What was found out about a text file's encoding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextEncoding {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// The length of the byte order mark.
    pub mark: u8,
    /// Whether every byte fits the encoding; where not, the odd ones become U+FFFD.
    pub is_valid: bool,
    /// Whether it may be another encoding.
    pub doubt: Option<EncodingDoubt>,
}

/// How to read a text file's bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::sheet) struct Reading {
    pub(in crate::sheet) encoding: NamedEncoding,
    /// The length of the byte order mark.
    pub(in crate::sheet) mark: u8,
    /// Whether the bytes are valid UTF-8, and so can be read as they are.
    pub(in crate::sheet) is_plain: bool,
    pub(in crate::sheet) doubt: Option<EncodingDoubt>,
    /// The encoding that was named, if the byte order mark says another.
    pub(in crate::sheet) overruled: Option<NamedEncoding>,
}

impl Reading {
    /// What the beginning of a longer text makes likely: UTF-8, if nothing in it is against that. Whether all of the text is
    /// valid shows as it is read.
    pub(in crate::sheet) fn presumed(head: &[u8], named: Option<NamedEncoding>) -> Option<Self> {
        let mark = match marked(head) {
            Some((encoding, mark)) if encoding == UTF_8 => mark,
            None if named.is_none_or(|named| named == UTF_8) && unmarked_utf_16(head).is_none() => 0,
            _ => return None,
        };
        str::from_utf8(&head[..head.len() - cut_letter(head)]).ok()?;
        Some(Self {
            encoding: UTF_8.into(),
            mark,
            is_plain: true,
            doubt: None,
            overruled: named.filter(|named| *named != UTF_8),
        })
    }

    /// Reads `input`, which begins with `head`, as far as needed to decide. The encoding is the one that is `named`, unless
    /// a byte order mark says another; without a name it is detected.
    pub(in crate::sheet) fn of(head: &[u8], input: &mut impl Read, named: Option<NamedEncoding>) -> io::Result<Self> {
        let is_marked = marked(head).is_some();
        let Some(named) = named.filter(|_| !is_marked) else {
            let TextEncoding {
                encoding,
                mark,
                is_valid,
                doubt,
            } = detect(head, input)?;
            return Ok(Self {
                encoding: encoding.into(),
                mark,
                is_plain: encoding == UTF_8 && is_valid,
                doubt,
                overruled: named.filter(|named| *named != encoding),
            });
        };
        let is_wide = named == UTF_16LE || named == UTF_16BE;
        let count = if is_wide {
            Count::default()
        } else {
            count_letters(input)?
        };
        let is_utf_8 = count.valid > 0 && count.invalid == 0;
        let doubt = if named == UTF_8 {
            count.is_other().then(|| EncodingDoubt::NotUtf8 {
                suggestion: count.guesser.likely(),
            })
        } else {
            is_utf_8.then_some(EncodingDoubt::IsUtf8 { named })
        };
        Ok(Self {
            encoding: named,
            mark: 0,
            is_plain: named == UTF_8 && count.invalid == 0,
            doubt,
            overruled: None,
        })
    }
}

/// Reads `input`, which begins with `head`, as far as needed to decide.
///
/// UTF-8 is what it says by its byte order mark or by being valid; bytes that are not valid make it
/// Windows-1252, unless there are more valid letters beyond ASCII than invalid bytes: then a single
/// spoilt name must not turn every other name into nonsense.
pub fn detect(head: &[u8], input: &mut impl Read) -> io::Result<TextEncoding> {
    let known = marked(head).or_else(|| Some((unmarked_utf_16(head)?, 0)));
    if let Some((encoding, mark)) = known.filter(|(encoding, _)| *encoding != UTF_8) {
        return Ok(TextEncoding {
            encoding,
            mark,
            is_valid: true,
            doubt: None,
        });
    }
    let mark = known.map_or(0, |(_, mark)| mark);
    let count = count_letters(input)?;
    let is_guessed = count.is_other() && mark == 0;
    Ok(TextEncoding {
        encoding: if is_guessed { WINDOWS_1252 } else { UTF_8 },
        mark,
        is_valid: is_guessed || count.invalid == 0,
        doubt: is_guessed.then(|| count.guesser.doubt()),
    })
}

/// The encoding that the byte order mark says, and the mark's length.
fn marked(head: &[u8]) -> Option<(&'static Encoding, u8)> {
    match head {
        [0xff, 0xfe, ..] => Some((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => Some((UTF_16BE, 2)),
        [0xef, 0xbb, 0xbf, ..] => Some((UTF_8, 3)),
        _ => None,
    }
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

#[derive(Default)]
struct Count {
    /// Bytes of letters beyond ASCII that are valid UTF-8.
    valid: u64,
    /// Bytes that are not.
    invalid: u64,
    /// What the text may be if it is not UTF-8.
    guesser: EncodingGuesser,
}

impl Count {
    /// Whether the text is not UTF-8, rather than UTF-8 with a letter spoilt here and there.
    fn is_other(&self) -> bool {
        self.invalid > self.valid
    }
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
            count.guesser.feed(bytes);
            return Ok(count);
        }
        kept = 0;
        if bytes.is_ascii() {
            continue;
        }
        // Where the last letter is cut, it is looked at again with what follows.
        let whole = bytes.len() - cut_letter(bytes);
        let invalid = count.invalid;
        for chunk in bytes[..whole].utf8_chunks() {
            count.valid += chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count() as u64;
            count.invalid += chunk.invalid().len() as u64;
        }
        if count.invalid > invalid {
            count.guesser.feed(&bytes[..whole]);
        } else {
            count.guesser.note_lost_letters(&bytes[..whole]);
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
                    is_valid: true,
                    doubt: (encoding == WINDOWS_1252).then_some(EncodingDoubt::Guessed { suggestion: None }),
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
            assert!(found.encoding == UTF_8 && found.is_valid, "{length}");
        }
    }

    #[test]
    fn a_windows_letter_far_into_the_file_is_seen() {
        let mut bytes = vec![b'x'; 200_000];
        bytes.push(0xfc);
        assert_eq!(detected(&bytes).encoding, WINDOWS_1252);
    }
}
