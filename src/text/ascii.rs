//! Questions about plain text that are asked of every cell of a million rows.

/// Whether the text is of visible ASCII letters and spaces only.
pub fn is_plain(text: &str) -> bool {
    all(text.as_bytes(), |byte| matches!(byte, b' '..=b'~'))
}

/// The same of each of its lines.
pub fn has_plain_lines(text: &str) -> bool {
    all(text.as_bytes(), |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r'))
}

/// Whether the text is ASCII without capitals, and so is its own lower case.
pub fn is_lower(text: &str) -> bool {
    all(text.as_bytes(), |byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// Whether all are so. None is skipped, since many at a time are judged faster than one.
fn all(bytes: &[u8], is_so: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |are, byte| are & is_so(*byte))
}

/// Where one of these two bytes is, neither of which is 0. What is searched for is so near that eight bytes at a time are
/// faster than a search that begins anew for each.
pub fn places_of([one, other]: [u8; 2], bytes: &[u8]) -> impl Iterator<Item = usize> {
    const fn each(byte: u8) -> u64 {
        u64::from_le_bytes([byte; 8])
    }
    // The top bit of each byte that is not 0: it is set, or the sum sets it.
    let others = |word: u64| ((word & each(0x7f)) + each(0x7f)) | word;
    let (one, other) = (each(one), each(other));
    let (words, rest) = bytes.as_chunks();
    let last = || {
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        last
    };
    let words = words.iter().copied().chain(std::iter::once_with(last));
    words.zip((0..).step_by(8)).flat_map(move |(word, start)| {
        let word = u64::from_le_bytes(word);
        let mut found = !(others(word ^ one) & others(word ^ other)) & each(0x80);
        std::iter::from_fn(move || {
            let place = (found != 0).then(|| start + found.trailing_zeros() as usize / 8);
            found &= found.wrapping_sub(1);
            place
        })
    })
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
                    assert_eq!(has_plain_lines(&text), matches!(letter, ' '..='~' | '\n' | '\r'));
                    let lower = letter.is_ascii() && !letter.is_ascii_uppercase();
                    assert_eq!(is_lower(&text), lower, "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn both_bytes_are_found_wherever_they_are(
            bytes in prop::collection::vec(prop_oneof![Just(b','), Just(b'\n'), any::<u8>()], 0..40),
            pair in prop::sample::select(vec![[b',', b'\n'], [b'\n', b'\t'], [0xff, 0x01], [0x80, b'-']]),
        ) {
            let places: Vec<usize> = places_of(pair, &bytes).collect();
            let expected = (0..bytes.len()).filter(|place| pair.contains(&bytes[*place]));
            prop_assert_eq!(places, expected.collect::<Vec<_>>());
        }
    }
}
