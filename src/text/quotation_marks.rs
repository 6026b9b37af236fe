//! Backticks, which are for terminals.

/// What stands between backticks, for a terminal, in quotation marks.
pub fn with_quotation_marks(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return text.to_owned();
    }
    let mut parts = text.split('`');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (position, part) in parts.enumerate() {
        out.push(if position.is_multiple_of(2) { '“' } else { '”' });
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_become_quotation_marks_where_they_stand_in_pairs() {
        for (text, shown) in [
            ("there is no user `a@x.example`", "there is no user “a@x.example”"),
            ("`a` and `b`", "“a” and “b”"),
            ("a ` alone", "a ` alone"),
            ("", ""),
        ] {
            assert_eq!(with_quotation_marks(text), shown);
        }
    }
}
