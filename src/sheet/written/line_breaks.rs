//! How many lines a text takes in a cell of a given width.

/// The width of a digit of the usual letters of a workbook (Calibri, 11 points), in which the widths of columns are
/// counted, in thousandths of the size of the letters of a page (Arial, 10 points): 7 pixels of 96 to the inch.
const DIGIT: u32 = 525;
/// So many percent of the width are counted on. Where there is no Arial, the letters that stand in are wider.
const SURE: u32 = 94;

/// The lines of the text in a column that is so many digits wide; at least one.
pub(super) fn lines(text: &str, width: u16) -> u16 {
    let room = u32::from(width) * DIGIT * SURE / 100;
    let count: u32 = text.split('\n').map(|line| lines_of_one(line, room)).sum();
    u16::try_from(count.max(1)).unwrap_or(u16::MAX)
}

/// As programs break it: at spaces, and in a word only where that is wider than the cell.
fn lines_of_one(line: &str, room: u32) -> u32 {
    let space = letter_width(' ');
    let mut count = 1;
    let mut used = 0;
    for word in line.split(' ') {
        let wide: u32 = word.chars().map(letter_width).sum();
        if used > 0 && used + wide > room {
            count += 1;
            used = 0;
        }
        count += wide.saturating_sub(1) / room;
        used += wide - wide.saturating_sub(1) / room * room + space;
    }
    count
}

/// How wide Arial has the letter or one like it, in thousandths of its size.
fn letter_width(letter: char) -> u32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' | '‘' | '’' => 222,
        ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | ']' | '\\' | 'f' | 't' => 278,
        '(' | ')' | '-' | '`' | 'r' | '"' | '„' | '“' | '”' | '*' | '{' | '}' => 333,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500,
        'm' | 'M' | 'W' | '%' | '—' | '…' | '→' => 889,
        'w' | 'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'R' | 'U' => 750,
        '@' | '\u{1100}'.. => 1015,
        letter if letter.is_uppercase() => 667,
        _ => 556,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_as_many_lines_as_its_letters_fill() {
        for (text, width, count) in [
            ("", 10, 1),
            ("one", 10, 1),
            ("one\ntwo", 10, 2),
            ("one\n\ntwo\n", 10, 4),
            // 8 of 556 and 7 of 1015, of 4935.
            ("aaaaaaaa", 10, 1),
            ("aaaaaaaaa", 10, 2),
            ("aaaa aaaaa", 10, 2),
            ("a a a a a", 10, 1),
            ("iiiiiiiiiiiiiiiiiiii", 10, 1),
            ("小小小小", 10, 1),
            ("小小小小小", 10, 2),
            ("小小小小小小小小小小", 10, 3),
        ] {
            assert_eq!(lines(text, width), count, "{text:?}");
        }
    }

    #[test]
    fn a_narrower_cell_never_takes_fewer_lines() {
        let text =
            "Groups that the person joins, with ; between them. Whoever-needs-several-writes-them-one-after-the-other.";
        let counts: Vec<u16> = (1..120).map(|width| lines(text, width)).collect();
        assert!(counts.is_sorted_by(|narrow, wide| narrow >= wide), "{counts:?}");
    }
}
