//! What a cell's number format makes of its number: the Excel formats store dates as numbers.

/// What a number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::sheet) enum NumberFormat {
    #[default]
    Number,
    /// A date, a time of day, or both.
    Date,
    /// A length of time, whose hours may be more than a day's.
    Duration,
}

impl NumberFormat {
    /// The format that has this number in every workbook without being written into it.
    pub(in crate::sheet) fn built_in(id: u16) -> Self {
        match id {
            // The second, third and last range are of Chinese, Japanese, Korean and Thai.
            14..=22 | 27..=36 | 45 | 47 | 50..=58 | 71..=81 => Self::Date,
            46 => Self::Duration,
            _ => Self::Number,
        }
    }

    /// The format that is written like this: `yyyy-mm-dd`, `0.00 "h"`, `[h]:mm`.
    pub(in crate::sheet) fn of_code(code: &str) -> Self {
        let mut rest = code;
        while let Some(letter) = rest.chars().next() {
            let after = &rest[letter.len_utf8()..];
            rest = match letter {
                // The next character is shown, or as much space as it takes, or as often as fits.
                '\\' | '_' | '*' => skip_letter(after),
                '"' => after.split_once('"').map_or("", |(_, rest)| rest),
                '[' => {
                    let (bracket, rest) = after.split_once(']').unwrap_or((after, ""));
                    if is_elapsed(bracket) {
                        return Self::Duration;
                    }
                    rest
                }
                'G' | 'g' if starts_with_general(rest) => &rest[GENERAL.len()..],
                // Of an exponent; alone it is a year.
                'E' | 'e' if after.starts_with(['+', '-']) => after,
                'E' | 'e' | 'Y' | 'y' | 'M' | 'm' | 'D' | 'd' | 'H' | 'h' | 'S' | 's' => return Self::Date,
                _ => after,
            };
        }
        Self::Number
    }
}

const GENERAL: &str = "General";

fn starts_with_general(text: &str) -> bool {
    text.get(..GENERAL.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(GENERAL))
}

fn skip_letter(text: &str) -> &str {
    let mut letters = text.chars();
    letters.next();
    letters.as_str()
}

/// Hours, minutes or seconds that go on counting: `h`, `mm`.
fn is_elapsed(bracket: &str) -> bool {
    let is_all = |wanted: u8| bracket.bytes().all(|letter| letter.eq_ignore_ascii_case(&wanted));
    !bracket.is_empty() && (is_all(b'h') || is_all(b'm') || is_all(b's'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers_whatever_else_the_format_shows() {
        for (code, format) in [
            ("", NumberFormat::Number),
            ("General", NumberFormat::Number),
            ("GENERAL\" days\"", NumberFormat::Number),
            ("0.00E+00", NumberFormat::Number),
            ("##0.0e-0", NumberFormat::Number),
            ("0\" days\"", NumberFormat::Number),
            ("0\\d", NumberFormat::Number),
            ("_d* 0_)", NumberFormat::Number),
            ("[Red]-0;[Yellow]0", NumberFormat::Number),
            ("[$USD-409] #,##0", NumberFormat::Number),
            ("@", NumberFormat::Number),
            ("\"never closed d", NumberFormat::Number),
            ("[never closed d", NumberFormat::Number),
            ("\\", NumberFormat::Number),
            ("yyyy-mm-dd", NumberFormat::Date),
            ("DD.MM.YYYY", NumberFormat::Date),
            ("[$-F800]dddd, mmmm dd, yyyy", NumberFormat::Date),
            ("[$-411]ggge\"年\"", NumberFormat::Date),
            ("\"am \"d. mmm", NumberFormat::Date),
            ("h:mm AM/PM", NumberFormat::Date),
            ("[=0]\"\";yyyy-mm-dd", NumberFormat::Date),
            ("[h]:mm:ss", NumberFormat::Duration),
            ("[MM]:ss.00", NumberFormat::Duration),
        ] {
            assert_eq!(NumberFormat::of_code(code), format, "{code}");
        }
    }

    #[test]
    fn formats_without_a_code_are_known_by_their_number() {
        let dates = [14, 22, 27, 36, 45, 47, 50, 58, 71, 81];
        assert!(dates.iter().all(|id| NumberFormat::built_in(*id) == NumberFormat::Date));
        assert_eq!(NumberFormat::built_in(46), NumberFormat::Duration);
        let numbers = [0, 1, 13, 23, 37, 44, 48, 49, 59, 70, 82, 164];
        assert!(
            numbers
                .iter()
                .all(|id| NumberFormat::built_in(*id) == NumberFormat::Number)
        );
    }
}
