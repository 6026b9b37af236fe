//! Characters that a text of a workbook has as `_x000D_`, because XML has no other way to hold them.

/// Puts the characters in the place of their escapes, from this byte on.
pub(super) fn unescape(text: &mut String, from: usize) {
    if !text[from..].contains("_x") {
        return;
    }
    let escaped = text.split_off(from);
    let mut rest = escaped.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, found) = rest.split_at(at);
        text.push_str(before);
        rest = found;
        // What does not fit into one unit of UTF-16 is written as two escapes.
        let mut units = Vec::new();
        while let Some((unit, after)) = unit(rest) {
            units.push(unit);
            rest = after;
        }
        if units.is_empty() {
            text.push_str("_x");
            rest = &rest[2..];
        }
        text.push_str(&String::from_utf16_lossy(&units));
    }
    text.push_str(rest);
}

/// The escape at the beginning, and what comes after it.
fn unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.strip_prefix("_x")?.split_at_checked(4)?;
    let is_hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let unit = u16::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)?;
    Some((unit, rest.strip_prefix('_')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_the_character_it_stands_for() {
        for (written, meant) in [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x0041__x0042_", "AB"),
            ("_xD834__xDD1E_", "𝄞"),
            ("_xD834_", "\u{fffd}"),
            ("_x_x00e9_", "_xé"),
            ("__x0041_", "_A"),
            ("my_xls_x00", "my_xls_x00"),
            ("_x+041_", "_x+041_"),
            ("_x00é_", "_x00é_"),
        ] {
            let mut text = format!("_x0041_{written}");
            unescape(&mut text, 7);
            assert_eq!(text, format!("_x0041_{meant}"));
        }
    }
}
