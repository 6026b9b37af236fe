//! Questions about plain text that are asked of every cell of a million rows.

use std::ops::ControlFlow;

/// Whether the text is of visible ASCII letters and spaces only, without `?`, which may stand for a letter that was lost.
pub fn is_plain(text: &str) -> bool {
    all(text.as_bytes(), |byte| matches!(byte, b' '..=b'>' | b'@'..=b'~'))
}

/// Whether the text is ASCII without capitals, and so is its own lower case.
pub fn is_lower(text: &str) -> bool {
    all(text.as_bytes(), |byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// Whether all are so. None is skipped, since many at a time are judged faster than one.
fn all(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |are, byte| are & is_so(*byte))
}

/// Tells where either byte is, until `tell` breaks off. They are so near and come so often that eight bytes at a time are
/// faster than a search that begins anew for each.
pub fn each_place_of(wanted: [u8; 2], bytes: &[u8], mut tell: impl FnMut(usize) -> ControlFlow<()>) {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // The top bit of each byte that is 0: in any other the sum sets it, or it is set already.
    let zeros = |word: u64| !(((word & each(0x7f)) + each(0x7f)) | word) & each(0x80);
    let (words, rest) = bytes.as_chunks();
    let mut start = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let mut found = zeros(word ^ each(wanted[0])) | zeros(word ^ each(wanted[1]));
        while found != 0 {
            if tell(start + found.trailing_zeros() as usize / 8).is_break() {
                return;
            }
            found &= found - 1;
        }
        start += 8;
    }
    for (at, byte) in (start..).zip(rest) {
        if wanted.contains(byte) && tell(at).is_break() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_character_is_judged_rightly_at_every_place() {
        for letter in (0..=0x17f).filter_map(char::from_u32) {
            for before in 0..10 {
                for after in 0..10 {
                    let text = format!("{}{letter}{}", "a".repeat(before), "z".repeat(after));
                    assert_eq!(
                        is_plain(&text),
                        matches!(letter, ' '..='~') && letter != '?',
                        "{text:?}"
                    );
                    let lower = letter.is_ascii() && !letter.is_ascii_uppercase();
                    assert_eq!(is_lower(&text), lower, "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn two_bytes_are_found_wherever_they_are_up_to_the_one_that_was_sought(
            bytes in prop::collection::vec(prop_oneof![Just(b','), Just(0), any::<u8>()], 0..40),
            wanted in prop::sample::select(vec![[b',', b'\n'], [0, 0xff], [0x80, 0x01]]),
            most in 0_usize..9,
        ) {
            let mut places = Vec::new();
            each_place_of(wanted, &bytes, |place| {
                places.push(place);
                if places.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let expected = (0..bytes.len()).filter(|place| wanted.contains(&bytes[*place]));
            prop_assert_eq!(places, expected.take(most + 1).collect::<Vec<_>>());
        }
    }
}
