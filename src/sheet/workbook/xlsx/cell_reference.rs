//! Places in a worksheet as they are written: `B12`, `A1:C3`.

use crate::sheet::workbook::merged::Area;

/// The row and the column of `B12`, from 0; `None` where it is nothing of that kind.
pub(super) fn position(reference: &str) -> Option<(u32, u32)> {
    let reference = reference.trim().as_bytes();
    let letters = reference.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (letters, digits) = reference.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .iter()
        .fold(0, |column, letter| column * 26 + u32::from(letter & 0x1f));
    Some((row(digits)?, column - 1))
}

/// The row of `12`, from 0.
pub(super) fn row(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let number = digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
    })?;
    number.checked_sub(1)
}

/// The cells of `A1:C3`, or of `A1` alone.
pub(super) fn area(reference: &str) -> Option<Area> {
    let (first, last) = reference.split_once(':').unwrap_or((reference, reference));
    let (first, last) = (position(first)?, position(last)?);
    Some(Area::of((first.0, last.0), (first.1, last.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_row_and_a_column() {
        assert_eq!(position("A1"), Some((0, 0)));
        assert_eq!(position("xfd1048576"), Some((1_048_575, 16_383)));
        assert_eq!(position("AA10"), Some((9, 26)));
        for wrong in ["", "A", "1", "A0", "ABCD1", "A1B", "A-1", "A9999999999", "É1"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
        assert_eq!(area("C3:A1"), Some(Area::of((0, 2), (0, 2))));
    }
}
