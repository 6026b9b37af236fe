//! Questions about plain text, answered eight bytes at a time: they are asked of every cell of a
//! million rows.

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Whether the text is of visible ASCII letters and spaces only.
pub fn is_plain(text: &str) -> bool {
    // Above `~` or below the space, the top bit of a byte comes up; a borrow needs a byte below.
    no_top_bit(text, |word| {
        word | word.wrapping_sub(each(b' ')) | word.wrapping_add(each(1))
    })
}

/// Whether the text is ASCII without capitals, and so is its own lower case.
pub fn is_lower(text: &str) -> bool {
    // The top bit comes up from `A` on in the one sum, and from past `Z` on in the other.
    no_top_bit(text, |word| {
        word | word.wrapping_add(each(0x80 - b'A')) & !word.wrapping_add(each(0x80 - b'Z' - 1))
    })
}

/// Whether `judge` gives no word of the text, the last filled up with spaces, a byte with its top bit.
fn no_top_bit(text: &str, judge: impl Fn(u64) -> u64) -> bool {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut found = 0;
    for word in words {
        found |= judge(u64::from_le_bytes(*word));
    }
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    (found | judge(u64::from_le_bytes(last))) & each(0x80) == 0
}

#[cfg(test)]
mod tests {
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
}
