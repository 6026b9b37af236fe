//! Questions about plain text that are asked of every cell of a million rows.

/// Whether the text is of visible ASCII letters and spaces only.
pub fn is_plain(text: &str) -> bool {
    all(text.as_bytes(), |byte| matches!(byte, b' '..=b'~'))
}

/// Whether the text is ASCII without capitals, and so is its own lower case.
pub fn is_lower(text: &str) -> bool {
    all(text.as_bytes(), |byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// Whether all are so. None is skipped, since many at a time are judged faster than one.
fn all(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |are, byte| are & is_so(*byte))
}

/// Tells where this byte is. It is so near and comes so often that eight bytes at a time are faster than a search that begins
/// anew for each.
pub fn each_place_of(wanted: u8, bytes: &[u8], mut tell: impl FnMut(usize)) {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    let sought = each(wanted);
    let (words, rest) = bytes.as_chunks();
    // What fills the last word up must not be found in it.
    let mut last = [!wanted; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut start = 0;
    for word in words.iter().chain([&last]) {
        let other = u64::from_le_bytes(*word) ^ sought;
        // The top bit of each byte that is 0: in any other the sum sets it, or it is set already.
        let mut found = !(((other & each(0x7f)) + each(0x7f)) | other) & each(0x80);
        while found != 0 {
            tell(start + found.trailing_zeros() as usize / 8);
            found &= found - 1;
        }
        start += 8;
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
                    assert_eq!(is_plain(&text), matches!(letter, ' '..='~'), "{text:?}");
                    let lower = letter.is_ascii() && !letter.is_ascii_uppercase();
                    assert_eq!(is_lower(&text), lower, "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn a_byte_is_found_wherever_it_is(
            bytes in prop::collection::vec(prop_oneof![Just(b','), Just(0), any::<u8>()], 0..40),
            wanted in prop::sample::select(vec![b',', 0, 0xff, 0x80, 0x01]),
        ) {
            let mut places = Vec::new();
            each_place_of(wanted, &bytes, |place| places.push(place));
            let expected = (0..bytes.len()).filter(|place| bytes[*place] == wanted);
            prop_assert_eq!(places, expected.collect::<Vec<_>>());
        }
    }
}
