//! Headers of the day on which somebody leaves, and what stands under them.

use jiff::Span;
use jiff::civil::{Date, date};

use super::spelt_days::{SpeltDay, spelt_day, words_of_a_day, year_first};
use super::{Moment, WrittenDate, clean, column_key, read_date};

/// Parts of headers of somebody's last day, as keys. Whoever leaves on a day has access until it is over, so none of them
/// is a header of `not_before`.
const LAST_DAYS: &[&str] = &[
    // English
    "lastday",
    "lastworkingday",
    "lastworkday",
    "finalday",
    "finalworkingday",
    "leavingdate",
    "leavingday",
    "leavedate",
    "leaverdate",
    "leavingon",
    "leaveson",
    "dateofleaving",
    "departuredate",
    "dateofdeparture",
    "separationdate",
    "dateofseparation",
    "resignationdate",
    "retirementdate",
    "termination",
    "terminatedon",
    "enddate",
    "endson",
    "exitdate",
    "dateofexit",
    "relievingdate",
    "relievingon",
    "contractend",
    "endofcontract",
    "endofthecontract",
    "contractexpir",
    "contractuntil",
    "endofemployment",
    "endofnotice",
    "noticeend",
    "noticeperiodend",
    "employmentend",
    "employeduntil",
    "validuntil",
    "validto",
    "accessuntil",
    "offboardingdate",
    "offboarddate",
    // German
    "austritt",
    "ausscheidedatum",
    "ausscheidungsdatum",
    "ausscheidenzum",
    "ausscheidenam",
    "letzterarbeitstag",
    "letztertag",
    "vertragsende",
    "endedesvertrag",
    "vertragbis",
    "vertragsablauf",
    "befristetbis",
    "beschaftigtbis",
    "beschaeftigtbis",
    "kundigungzum",
    "kuendigungzum",
    "kundigungper",
    "kuendigungper",
    "kundigungsdatum",
    "kuendigungsdatum",
    "gekundigtzum",
    "gekuendigtzum",
    "gekundigtper",
    "gekuendigtper",
    "gultigbis",
    "gueltigbis",
    "dienstende",
    "enddatum",
    "abgangsdatum",
    // French
    "dernierjour",
    "datedesortie",
    "datededepart",
    "datesortie",
    "datedepart",
    "datedefin",
    "datefin",
    "findecontrat",
    "finducontrat",
    "fincontrat",
    "valablejusqu",
    // Spanish
    "ultimodia",
    "fechadebaja",
    "fechadesalida",
    "fechadecese",
    "fechabaja",
    "fechasalida",
    "fechacese",
    "fechafin",
    "fechadefin",
    "fechadetermin",
    "findecontrato",
    "findelcontrato",
    "fincontrato",
    "terminodecontrato",
    "terminodelcontrato",
    "vencimientodecontrato",
    "vencimientodelcontrato",
    "validohasta",
    // Portuguese
    "datadesaida",
    "datadedesligamento",
    "datadedemissao",
    "datasaida",
    "datadesligamento",
    "datademissao",
    "datarescisao",
    "datadarescisao",
    "datafim",
    "datadefim",
    "datadofim",
    "datadetermino",
    "datadotermino",
    "fimdecontrato",
    "fimdocontrato",
    "terminodocontrato",
    "validoate",
    // Italian
    "ultimogiorno",
    "datadicessazione",
    "datadiuscita",
    "datacessazione",
    "datauscita",
    "datadimissioni",
    "datafine",
    "datadifine",
    "finecontratto",
    "finedelcontratto",
    "scadenzacontratto",
    "scadenzadelcontratto",
    "validofinoal",
    // Dutch
    "laatstewerkdag",
    "laatstedag",
    "uitdienst",
    "einddatum",
    "eindecontract",
    "eindevanhetcontract",
    "contracteinde",
    "eindedienst",
    "geldigtot",
    // Polish
    "ostatnidzien",
    "datazwolnienia",
    "datazakonczenia",
    "dataodejscia",
    "datarozwiazania",
    "koniecumowy",
    "koniecpracy",
    "waznedo",
    // Japanese
    "退職",
    "退社",
    "離職",
    "最終出勤",
    "最終勤務",
    "契約終了",
    "契約満了",
    "終了日",
];

/// Whole headers, as keys, that may be of the day at which access ends, and of something else as well: a cell under them
/// counts where it has a number.
const LIKELY_ENDS: &[&str] = &[
    // English
    "end",
    "ends",
    "exit",
    "lwd",
    "termdate",
    "until",
    "expiry",
    "expirydate",
    "expirationdate",
    "expires",
    "expireson",
    "deactivateon",
    "deactivationdate",
    "disableon",
    "deleteon",
    "deletiondate",
    "removeon",
    "removaldate",
    "dateleft",
    "leftdate",
    "lefton",
    // German
    "ende",
    "bis",
    "ablauf",
    "ablaufdatum",
    "loschdatum",
    "loeschdatum",
    "loschenam",
    "loeschenam",
    // French, Spanish, Portuguese, Italian
    "sortie",
    "echeance",
    "baja",
    "salida",
    "hasta",
    "vencimiento",
    "vencimento",
    "saida",
    "uscita",
    "scadenza",
    // Dutch, Polish
    "einde",
    "vertrek",
    "koniec",
];

/// Parts of headers of the day from which anything holds, as keys: they are of `not_before`, and are met here in headers
/// that say more than that, such as `Effective date (leaver)`.
const EFFECTIVE_DAYS: &[&str] = &[
    "effectivedate",
    "effectivefrom",
    "effectiveon",
    "notbefore",
    "wirksamab",
    "wirksamzum",
    "gultigab",
    "gueltigab",
    "stichtag",
    "datedeffet",
    "fechadeefecto",
    "datadevigencia",
    "decorrenza",
    "ingangsdatum",
    "datawejsciawzycie",
    "obowiazujeod",
    "適用日",
    "発効日",
];

/// Parts of headers that have such a word in them and tell something else: why or how somebody leaves, or how far that is.
/// A cell that is plainly a day to come counts under them as under any other header.
const NO_DAYS: &[&str] = &[
    "reason",
    "type",
    "initiated",
    "determination",
    "grund",
    "austrittsart",
    "categor",
    "kategor",
    "voluntary",
    "regrett",
    "notes",
    "comment",
    "letter",
    "fee",
    "interview",
    "confirmed",
    "handled",
    "processed",
    "reminder",
    "received",
    "terminatedby",
    "gesprach",
    "gespraech",
    "formular",
    "bestatig",
    "bestaetig",
    "gemeldet",
    "erledigt",
    "entretien",
    "confirme",
    "entrevista",
    "confirmad",
    "colloquio",
    "confermat",
    "gesprek",
    "bevestigd",
    "verwerkt",
    "rozmow",
    "potwierdz",
    "motif",
    "motivo",
    "reden",
    "powod",
    "przyczyn",
    "理由",
    "事由",
    "区分",
];

/// Whether a header, by its key, speaks of somebody's last day.
pub(in crate::intake) fn names_a_last_day(key: &str) -> bool {
    has_one_of(key, LAST_DAYS) && !has_one_of(key, NO_DAYS)
}

/// Whether a header speaks of a day at which access may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum EndHeader {
    /// It does, whatever stands under it, and is of nobody who comes.
    Sure,
    /// It does beside who leaves, and is the first day of who comes: `Effective date (leaver)`.
    Effective,
    /// It does where a number stands under it: `End`, `Exit`.
    Likely,
    No,
}

impl EndHeader {
    /// What a header, by its key, speaks of.
    pub(in crate::intake) fn of(key: &str) -> Self {
        if LIKELY_ENDS.contains(&key) {
            Self::Likely
        } else if has_one_of(key, NO_DAYS) {
            Self::No
        } else if has_one_of(key, LAST_DAYS) {
            Self::Sure
        } else if has_one_of(key, EFFECTIVE_DAYS) {
            Self::Effective
        } else {
            Self::No
        }
    }

    /// Whether it says nothing of the day on which somebody comes.
    pub(in crate::intake) fn is_of_leaving(self) -> bool {
        matches!(self, Self::Sure | Self::Likely)
    }
}

fn has_one_of(key: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| key.contains(part))
}

/// What a cell under a header of such a day says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum LeavingCell {
    /// Nothing; dashes alone are no more, nor is `n/a`, nor are words for a contract without an end.
    Empty,
    /// A date.
    Date(WrittenDate),
    /// What `not_before` does not take, and what cannot be later than this day.
    AtLatest(Moment),
    /// Anything else.
    Unclear,
}

/// Reads a cell under a header of the day on which somebody leaves.
pub(in crate::intake) fn leaving_cell(cell: &str) -> LeavingCell {
    let cell = clean(cell);
    if cell.chars().all(|letter| matches!(letter, '-' | '–' | '—' | ' ')) || is_without_end(&cell) || is_no_day(&cell)
    {
        return LeavingCell::Empty;
    }
    if let Ok(written) = read_date(&cell) {
        return LeavingCell::Date(written);
    }
    if let Some(moment) = latest(&cell) {
        return LeavingCell::AtLatest(moment);
    }
    match counted_day(&cell).or_else(|| end_of_year(&cell)) {
        Some(day) => LeavingCell::AtLatest(Moment::Local(day.at(0, 0, 0, 0))),
        None => LeavingCell::Unclear,
    }
}

/// Whether a cell says that there is no such day, as of contracts.
fn is_without_end(cell: &str) -> bool {
    const WORDS: &str = "unbefristet permanent indefinite indeterminee cdi indefinido indeterminado indeterminato tempoindeterminato \
         onbepaaldetijd bezterminowo bezterminowa na n/a nvt";
    let has_letters = cell
        .chars()
        .all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '/' | '.'));
    has_letters && WORDS.split_whitespace().any(|word| word == column_key(cell))
}

/// Whether a cell is what databases have for no day, and for the end of time: `00.00.0000`, `9999-12-31 00:00:00`.
fn is_no_day(cell: &str) -> bool {
    const DAYS: [&str; 4] = ["00000000", "99991231", "31129999", "12319999"];
    let day = cell.split([' ', 'T']).next().unwrap_or_default();
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    let is_numeric = day
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '/'));
    is_numeric && DAYS.contains(&digits.as_str())
}

/// The latest day that a cell can mean which has a day as people write it.
fn latest(cell: &str) -> Option<Moment> {
    let (SpeltDay::Day(written) | SpeltDay::ShortYear(written)) = spelt_day(cell)? else {
        return None;
    };
    let (day_first, month_first) = written.readings();
    let readings = [Some(day_first), Some(month_first), year_first(cell)];
    readings.into_iter().flatten().max_by_key(|moment| moment.day())
}

/// The day that a spreadsheet program counts like this, from 1904: those that count from 1900 mean an earlier one.
fn counted_day(cell: &str) -> Option<Date> {
    /// The first day of the year 2000, counted from 1900. Lower numbers are no days of people of today.
    const FIRST: i32 = 36_526;
    let whole = cell.split_once(['.', ',']).map_or(cell, |(whole, _)| whole);
    let is_likely = whole.len() == 5 && whole.bytes().all(|byte| byte.is_ascii_digit());
    let days: i32 = whole.parse().ok().filter(|days| is_likely && *days >= FIRST)?;
    let span = Span::new().try_days(days).ok()?;
    date(1904, 1, 1).checked_add(span).ok()
}

/// The end of the year of a date in words, `31. Dezember 2026` or `Dec 31st, 2026`, whatever the month is called.
fn end_of_year(cell: &str) -> Option<Date> {
    let [_, _, year] = words_of_a_day(cell)?;
    if year.len() != 4 {
        return None;
    }
    let year: i16 = year.parse().ok().filter(|year| (2000..=2100).contains(year))?;
    Date::new(year, 12, 31).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::cells::column_key;

    #[test]
    fn the_last_day_is_known_in_every_language_and_why_somebody_leaves_is_no_day() {
        for header in [
            "Last day",
            "Contract end",
            "Contract end date",
            "End of contract",
            "Valid until",
            "Vertragsende",
            "Ende des Vertrags",
            "Gültig bis",
            "Gueltig bis",
            "Fin de contrat",
            "Date de fin de contrat",
            "Fin del contrato",
            "Último día",
            "Fecha de término",
            "Fim do contrato",
            "Data de término",
            "Fine contratto",
            "Scadenza del contratto",
            "Einde contract",
            "Koniec umowy",
            "Data zakończenia",
            "退職日",
            "契約終了日",
            "Relieving date",
            "End of notice period",
            "Ausscheiden zum",
            "Kündigungsdatum",
            "Gekündigt per",
            "Date sortie",
            "Fecha baja",
            "Data demissão",
            "Data cessazione",
        ] {
            assert!(names_a_last_day(&column_key(header)), "{header}");
        }
        for header in [
            "Termination reason",
            "Austrittsgrund",
            "Motif de fin de contrat",
            "退職理由",
            "Determination",
            "Primary Termination Category",
            "Regrettable Termination",
            "Voluntary termination",
            "Termination letter",
            "Last day confirmed",
            "Contract end handled",
            "Terminated by",
            "Austrittsgespräch geführt",
            "Austritt gemeldet von",
            "Austritt bestätigt",
            "Uit dienst verwerkt",
            "Start date",
            "Vendor",
            "Team",
        ] {
            assert_eq!(EndHeader::of(&column_key(header)), EndHeader::No, "{header}");
        }
        for header in ["Effective date (leaver)", "Wirksam ab laut Personalabteilung"] {
            let key = column_key(header);
            assert!(
                EndHeader::of(&key) == EndHeader::Effective && !names_a_last_day(&key),
                "{header}"
            );
        }
    }

    #[test]
    fn a_day_that_cannot_be_read_is_over_only_where_every_way_to_read_it_is() {
        for (cell, at_latest) in [
            ("31 Dec 2026", "2026-12-31"),
            ("31. Dezember 2025", "2025-12-31"),
            ("31-Dec-2025", "2025-12-31"),
            ("December 3rd, 2025", "2025-12-03"),
            ("Friday, 13 November 2026", "2026-11-13"),
            ("15-Nov-2026", "2026-11-15"),
            ("3 de mayo de 2019", "2019-05-03"),
            ("1er mai 2019", "2019-05-01"),
            // Whatever the month is called.
            ("3. toukokuu 2019", "2019-12-31"),
            ("15.11.26", "2026-11-15"),
            ("31.12.25", "2025-12-31"),
            ("11/15/25", "2025-11-15"),
            ("10/11/25", "2025-11-10"),
            // The year may come first.
            ("31/12/26", "2031-12-26"),
            ("27-1-15", "2027-01-15"),
            // The last of December 2022, or four years and a day later.
            ("44926", "2027-01-01"),
            ("44926.5", "2027-01-01"),
        ] {
            let day: Date = at_latest.parse().unwrap();
            let moment = Moment::Local(day.at(0, 0, 0, 0));
            assert_eq!(leaving_cell(cell), LeavingCell::AtLatest(moment), "{cell}");
        }
        for cell in [
            "end of December",
            "Dec 2025",
            "FY 2025/26",
            "after 31 Dec 2025",
            "12345",
            "tbd",
            "9999-12-30",
            "0000",
            "1899-12-30",
            "31 Dec 9999",
            "?",
        ] {
            assert_eq!(leaving_cell(cell), LeavingCell::Unclear, "{cell}");
        }
        for cell in [
            "",
            " ",
            "-",
            "–",
            " — ",
            "unbefristet",
            "onbepaalde tijd",
            "CDI",
            "n/a",
            "00.00.0000",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "31.12.9999",
            "12/31/9999",
            "9999-12-31",
            "99991231",
        ] {
            assert_eq!(leaving_cell(cell), LeavingCell::Empty, "{cell}");
        }
        assert!(matches!(leaving_cell(" 31.12.2026 "), LeavingCell::Date(_)));
    }
}
