//! Lines as wide as a terminal.

/// The text in lines of at most so many characters, broken between words. A word that is longer stands alone and is whole:
/// it is an address, a path or an id that somebody copies.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        match lines.last_mut() {
            Some(line) if length + 1 + letters <= width => {
                line.push(' ');
                line.push_str(word);
                length += 1 + letters;
            }
            _ => {
                lines.push(word.to_owned());
                length = letters;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_wide_as_allowed_and_no_word_is_broken() {
        assert_eq!(wrapped("", 10), [""; 0]);
        assert_eq!(wrapped("one two  three", 100), ["one two three"]);
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(
            wrapped("see https://cloud.uipath.com/acme/ for", 10),
            ["see", "https://cloud.uipath.com/acme/", "for"]
        );
        assert_eq!(wrapped("ä ö ü", 3), ["ä ö", "ü"]);
    }
}
