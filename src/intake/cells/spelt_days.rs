//! Days as people write them and columns of dates do not take them: `31-Dec-26`, `per 15.1.2027`, `31.12.26`.

use jiff::civil::{Date, Time};

use super::{DateOrder, Moment, Separator, WrittenDate, column_key, likely_date};

/// The months as they are called, as keys; any beginning of three letters and more will do.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "janner", "janvier", "enero", "janeiro", "gennaio", "januari", "stycznia", "styczen",
    ],
    &[
        "february",
        "februar",
        "fevrier",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
        "lutego",
        "luty",
    ],
    &[
        "march", "marz", "maerz", "mars", "marzo", "marco", "maart", "mrt", "marca", "marzec",
    ],
    &["april", "avril", "abril", "aprile", "kwietnia", "kwiecien"],
    &["may", "mai", "mayo", "maio", "maggio", "mei", "maja", "maj"],
    &[
        "june", "juni", "juin", "junio", "junho", "giugno", "czerwca", "czerwiec",
    ],
    &["july", "juli", "juillet", "julio", "julho", "luglio", "lipca", "lipiec"],
    &["august", "aout", "agosto", "augustus", "sierpnia", "sierpien"],
    &[
        "september",
        "septembre",
        "septiembre",
        "setiembre",
        "setembro",
        "settembre",
        "wrzesnia",
        "wrzesien",
    ],
    &[
        "october",
        "oktober",
        "octobre",
        "octubre",
        "outubro",
        "ottobre",
        "pazdziernika",
        "pazdziernik",
    ],
    &["november", "novembre", "noviembre", "novembro", "listopada", "listopad"],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dezembro",
        "dicembre",
        "grudnia",
        "grudzien",
    ],
];

/// What a cell says that is no date as `not_before` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum SpeltDay {
    /// A day, in words or with a word beside it.
    Day(WrittenDate),
    /// Three numbers that are a day if the last is a year of this century.
    ShortYear(WrittenDate),
    /// Three numbers parted like those of a day that are none.
    OtherNumbers,
}

/// Reads a cell of an unknown column as a day. It is asked of nearly every such cell beside a row that takes access away.
pub(in crate::intake) fn spelt_day(cell: &str) -> Option<SpeltDay> {
    /// `1.1.27`, and a weekday with a day in words.
    const LENGTHS: std::ops::RangeInclusive<usize> = 6..=40;
    let cell = cell.trim();
    if !LENGTHS.contains(&cell.len()) || !has_numbers_of_a_day(cell) {
        return None;
    }
    if let Some(day) = day_in_words(cell) {
        return Some(SpeltDay::Day(day));
    }
    let mut others = cell.split_whitespace().filter(|word| !stands_beside_a_day(word));
    let word = others.next()?.trim_end_matches(',');
    if others.next().is_some() {
        return None;
    }
    let are_of_days = |_: &SpeltDay| {
        let mut words = cell.split_whitespace();
        words.all(|other| other.starts_with(word) || is_of_days(other))
    };
    let short = || with_short_year(word).filter(are_of_days);
    likely_date(word).map(SpeltDay::Day).or_else(short)
}

/// Whether there are two or three numbers, none of more than four digits, which takes less time to see than a day to read.
fn has_numbers_of_a_day(cell: &str) -> bool {
    let (mut numbers, mut digits) = (0, 0);
    for byte in cell.bytes() {
        if byte.is_ascii_digit() {
            numbers += u32::from(digits == 0);
            digits += 1;
            if numbers > 3 || digits > 4 {
                return false;
            }
        } else {
            digits = 0;
        }
    }
    numbers > 1
}

/// The day, month and year of a date whose month is a word, `31. Dezember 2026` or `Dec 31st, 26`, each in lower case.
pub(super) fn words_of_a_day(cell: &str) -> Option<[String; 3]> {
    const BETWEEN: [&str; 3] = ["of", "de", "del"];
    let mut words: Vec<String> = cell
        .split(|letter: char| !letter.is_alphanumeric())
        .map(|word| {
            let word = word.to_lowercase();
            let day = word.trim_end_matches(char::is_alphabetic);
            let ending = &word[day.len()..];
            // `31st`
            if day.is_empty() || !matches!(ending, "st" | "nd" | "rd" | "th" | "er") {
                word
            } else {
                day.to_owned()
            }
        })
        .filter(|word| !word.is_empty() && !BETWEEN.contains(&word.as_str()))
        .take(5)
        .collect();
    if words.len() == 4 {
        if stands_beside_a_day(&words[0]) {
            words.remove(0);
        } else if stands_beside_a_day(&words[3]) {
            words.remove(3);
        }
    }
    let [first, second, year] = <[String; 3]>::try_from(words).ok()?;
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |word: &str| word.chars().all(char::is_alphabetic);
    match (is_day(&first), is_day(&second)) {
        (true, false) if is_month(&second) => Some([first, second, year]),
        (false, true) if is_month(&first) => Some([second, first, year]),
        _ => None,
    }
}

fn day_in_words(cell: &str) -> Option<WrittenDate> {
    if !cell.chars().any(char::is_alphabetic) {
        return None;
    }
    let [day, month, year] = words_of_a_day(cell)?;
    let key = column_key(&month);
    let is_called = |names: &&[&str]| key.len() > 2 && names.iter().any(|name| name.starts_with(key.as_str()));
    let month = MONTHS.iter().position(is_called)? + 1;
    let year = match year.len() {
        4 => year.parse().ok().filter(|year| (2000..=2100).contains(year))?,
        _ => year_of_this_century(&year)?,
    };
    let date = Date::new(year, i8::try_from(month).ok()?, day.parse().ok()?).ok()?;
    Some(WrittenDate::Sure(at_midnight(date)))
}

/// Whether a word may stand beside a day and says nothing else: `per`, `am`, `(Fr)`, a weekday.
fn stands_beside_a_day(word: &str) -> bool {
    const WEEKDAYS_END: [&str; 4] = ["day", "tag", "dag", "di"];
    let key = column_key(word);
    key.chars().all(char::is_alphabetic)
        && (key.chars().count() <= 3 || key == "erst" || WEEKDAYS_END.iter().any(|ending| key.ends_with(ending)))
}

/// The same of words that are of days alone: beside `Bld` or `Rm` three numbers are a room.
fn is_of_days(word: &str) -> bool {
    const WORDS: &str =
        "per zum am ab bis on by le au el al il em op tot do mo di mi fr sa so mon tue wed thu fri sat sun";
    let key = column_key(word);
    WORDS.split(' ').any(|known| known == key)
}

/// `31.12.26`, `12/31/26`.
fn with_short_year(word: &str) -> Option<SpeltDay> {
    let parts = [('.', Separator::Dot), ('/', Separator::Slash), ('-', Separator::Dash)];
    let (part, separator) = parts.into_iter().find(|(part, _)| word.contains(*part))?;
    let mut numbers = word.split(part);
    let (first, second, last) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let is_number = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if numbers.next().is_some() || ![first, second, last].iter().all(|text| is_number(text)) {
        return None;
    }
    if last == "99" {
        // For ever, as programs say it.
        return None;
    }
    let day = |day: &str, month: &str| {
        let date = Date::new(year_of_this_century(last)?, month.parse().ok()?, day.parse().ok()?).ok()?;
        Some(at_midnight(date))
    };
    let ordered = |order, day| SpeltDay::ShortYear(WrittenDate::Ordered(order, separator, day));
    Some(match (day(first, second), day(second, first)) {
        (Some(day), Some(same)) if day == same => SpeltDay::ShortYear(WrittenDate::Sure(day)),
        (Some(day), _) if separator == Separator::Dot => ordered(DateOrder::DayFirst, day),
        (Some(day_first), Some(month_first)) => SpeltDay::ShortYear(WrittenDate::Either {
            day_first,
            month_first,
            separator,
        }),
        (Some(day), None) => ordered(DateOrder::DayFirst, day),
        (None, Some(day)) => ordered(DateOrder::MonthFirst, day),
        (None, None) => SpeltDay::OtherNumbers,
    })
}

/// The day of three numbers such as `26/12/31`, if the first is the year.
pub(super) fn year_first(cell: &str) -> Option<Moment> {
    let mut numbers = cell.split(['/', '-']).map(str::trim);
    let (year, month, day) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let date = Date::new(year_of_this_century(year)?, month.parse().ok()?, day.parse().ok()?);
    date.ok().map(at_midnight)
}

/// Whether a header, by its key, is one under which three numbers are no day: a room, a telephone, a cost centre.
pub(in crate::intake) fn names_no_days(key: &str) -> bool {
    const WHOLE: &str = "ext extension durchwahl version tel fax";
    const PARTS: &str = "raum room zimmer buro buero bureau office desk telefon telephone telefono phone kst kostenst costcent \
         kostenplaats centrodecost centredecout ufficio kamer";
    let is_of = |list: &str, is_it: fn(&str, &str) -> bool| list.split_whitespace().any(|word| is_it(key, word));
    is_of(WHOLE, |key, word| key == word) || is_of(PARTS, |key, word| key.contains(word))
}

/// The year of two digits, if nobody was born in it who works today.
fn year_of_this_century(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok().filter(|year| digits.len() == 2 && *year < 50)?;
    Some(2000 + year)
}

fn at_midnight(day: Date) -> Moment {
    Moment::Local(day.to_datetime(Time::midnight()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Moment {
        at_midnight(text.parse().unwrap())
    }

    #[test]
    fn a_day_is_known_in_words_of_every_language_and_with_a_word_beside_it() {
        for cell in [
            "15-Jan-27",
            "15 JAN 2027",
            "January 15, 2027",
            "Friday, January 15th, 2027",
            "Freitag, 15. Januar 2027",
            "15. Jänner 2027",
            "vendredi 15 janvier 2027",
            "15 de enero de 2027",
            "15 de janeiro de 2027",
            "15 gennaio 2027",
            "vrijdag 15 januari 2027",
            "15 stycznia 2027",
            "per 15 Jan. 2027",
            "per 15.1.2027",
            "erst zum 15.1.2027",
            "15.1.2027 (Fr)",
            "Fri 2027-01-15",
        ] {
            let Some(SpeltDay::Day(written)) = spelt_day(cell) else {
                panic!("{cell}")
            };
            assert_eq!(written.day_first(), day("2027-01-15"), "{cell}");
        }
        for cell in [
            "Room 12 March",
            "12 Marketing 2027",
            "3 Decks 2027",
            "Laptop 15.1.2027",
            "Bld 3.4.27",
            "Rm 3.4.27",
            "Laptop back 15 January 2027",
            "3-May-71",
            "31.12.99",
            "KW 3 2027",
            "IT-12-Sales",
            "0041 79 123 45 67",
            "10.0.0.12",
            "",
            "–",
        ] {
            assert_eq!(spelt_day(cell), None, "{cell}");
        }
    }

    #[test]
    fn three_numbers_are_a_day_where_the_calendar_has_it() {
        use DateOrder::{DayFirst, MonthFirst};
        use Separator::{Dash, Dot, Slash};
        for (cell, written) in [
            ("15.1.27", WrittenDate::Ordered(DayFirst, Dot, day("2027-01-15"))),
            ("zum 15.1.27", WrittenDate::Ordered(DayFirst, Dot, day("2027-01-15"))),
            ("15.1.27, Fr", WrittenDate::Ordered(DayFirst, Dot, day("2027-01-15"))),
            ("1/15/27", WrittenDate::Ordered(MonthFirst, Slash, day("2027-01-15"))),
            ("31-12-26", WrittenDate::Ordered(DayFirst, Dash, day("2026-12-31"))),
            ("01/01/27", WrittenDate::Sure(day("2027-01-01"))),
        ] {
            assert_eq!(spelt_day(cell), Some(SpeltDay::ShortYear(written)), "{cell}");
        }
        for cell in ["12.03.84", "45-99-01", "3.0.112", "16.0.12"] {
            assert_eq!(spelt_day(cell), Some(SpeltDay::OtherNumbers), "{cell}");
        }
    }
}
