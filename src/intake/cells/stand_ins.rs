//! Texts that programs write where there is no value: the error words of spreadsheet programs, and the words of databases
//! for nothing.

/// The error words that are known to be some, from the tables of Excel in its languages and from other programs, online ones
/// among them.
pub(super) const KNOWN_ERRORS: &str = "#N/A #REF! #VALUE! #NAME? #DIV/0! #NULL! #NUM! #SPILL! #CALC! #GETTING_DATA #FIELD! #BLOCKED! #BUSY! \
    #CONNECT! #PYTHON! #EXTERNAL! #UNKNOWN! #ERROR! #NV #BEZUG! #WERT! #ZAHL! #ÜBERLAUF! #KALK! #VALEUR! \
    #NOMBRE! #NOM? #NUL! #RIF! #VALORE! #NOME? #N/D #¡VALOR! #¡NUM! #¡DIV/0! #¿NOMBRE? #¡REF! #¡NULO! \
    #VALOR! #NÚM! #VERW! #WAARDE! #GETAL! #DEEL/0! #NAAM? #N/B #LEEG! #ADR! #ARG! #LICZBA! #DZIEL/0! \
    #NAZWA? #N/D! #ZERO! #BRAK #VÆRDI! #I/T #NAVN? #VÄRDEFEL! #SAKNAS! #SKÄRNING! #ARVO! #PUUTTUU! \
    #TYHJÄ! #ЗНАЧ! #ЧИСЛО! #ДЕЛ/0! #ИМЯ? #Н/Д #ССЫЛКА! #ПУСТО! #HODNOTA! #DĚLENÍ_NULOU! #NÁZEV? \
    #NENÍ_K_DISPOZICI #NEDOSTUPNÝ #HIÁNYZIK #ΔΙΑΙΡ./0! #Δ/Υ #YOK #AD? #BAŞV! #エラー!";

/// The error words that have no mark of their own at the end, in capitals and in the languages that write them; and those of
/// databases for offices, which are not in capitals.
const UNMARKED_ERRORS: [&str; 27] = [
    "#NV",
    "#NA",
    "#YOK",
    "#BRAK",
    "#HIÁNYZIK",
    "#NEDOSTUPNÝ",
    "#NENÍ_K_DISPOZICI",
    "#NULL",
    "#REF",
    "#NUM",
    "#VALUE",
    "#NAME",
    "#ERR",
    "#ERROR",
    "#GETTING_DATA",
    "#DATEN_ABRUFEN",
    "#OBTENIENDO_DATOS",
    "#BEZUG",
    "#WERT",
    "#FEHLER",
    "#Fehler",
    "#Gelöscht",
    "#Deleted",
    "#Error",
    "#Name?",
    "#Num!",
    "#Div/0!",
];

/// What stands before the number of an error in free office suites, in lower case.
const ERROR_PREFIXES: [&str; 22] = [
    "err",
    "error",
    "erreur",
    "fehler",
    "erro",
    "errore",
    "fout",
    "błąd",
    "chyba",
    "hiba",
    "fel",
    "fejl",
    "feil",
    "virhe",
    "eroare",
    "greška",
    "hata",
    "ошибка",
    "σφάλμα",
    "エラー",
    "错误",
    "錯誤",
];

/// What online spreadsheets show while they compute, in lower case and without the dots.
const LOADING: [&str; 8] = [
    "loading",
    "wird geladen",
    "chargement",
    "cargando",
    "carregando",
    "caricamento",
    "laden",
    "ładowanie",
];

/// What databases and programs write for nothing, by their case: `Null` and `Nan` are names of people.
pub(super) const NOTHING: [&str; 28] = [
    "NULL",
    "null",
    "(NULL)",
    "(null)",
    "[NULL]",
    "[null]",
    "<NULL>",
    "<null>",
    "<nil>",
    "{null}",
    "[]",
    "{}",
    "\\N",
    "NaN",
    "nan",
    "NAN",
    "NaT",
    "NA",
    "<NA>",
    "N/A",
    "n/a",
    "None",
    "undefined",
    "-",
    "--",
    "–",
    "—",
    ".",
];

/// What programs write in the place of a value that they cannot write.
pub(super) const NOTHING_OF_PROGRAMS: [&str; 10] = [
    "[object Object]",
    "System.Object[]",
    "System.String[]",
    "1.#QNAN",
    "1.#IND",
    "-1.#IND",
    "-nan",
    "(blank)",
    "(none)",
    "(leer)",
];

/// What people write where somebody is to have none, in lower case; of a person or a group it could be the name.
const NONE: [&str; 30] = [
    "none",
    "no",
    "nil",
    "null",
    "0",
    "n/a",
    "na",
    "n.a.",
    "not applicable",
    "not needed",
    "no licence",
    "no license",
    "without",
    "keine",
    "kein",
    "nein",
    "ohne",
    "entfällt",
    "aucune",
    "aucun",
    "non",
    "ninguna",
    "ninguno",
    "nenhuma",
    "não",
    "nessuna",
    "geen",
    "nee",
    "brak",
    "なし",
];

/// What people write where a name is to stay as it is, or is not known yet.
pub(super) const NO_NAMES: [&str; 27] = [
    "\"",
    "?",
    "??",
    "???",
    "keep",
    "same",
    "as is",
    "unchanged",
    "no change",
    "none",
    "tbd",
    "TBD",
    "tba",
    "TBA",
    "tbc",
    "TBC",
    "n.n.",
    "N.N.",
    "n.a.",
    "k.A.",
    "unknown",
    "unbekannt",
    "dito",
    "ditto",
    "idem",
    "unverändert",
    "inchangé",
];

/// The longest of [`NOTHING`], in bytes.
pub(super) const LONGEST_NOTHING: usize = 9;

/// Whether the text is what a spreadsheet program shows for an error, in whichever language.
pub(super) fn is_error_word(text: &str) -> bool {
    match text.strip_prefix('#') {
        Some(rest) => is_marked_error(rest) || UNMARKED_ERRORS.contains(&text),
        None => is_numbered_error(text) || is_loading(text),
    }
}

/// Whether an error word is one only by its form, as `#VIP!` is, so that it may be a name.
pub(super) fn may_be_name(error: &str) -> bool {
    let is_word = error.starts_with('#') && !error.starts_with("##");
    is_word && !KNOWN_ERRORS.split(' ').any(|known| known == error)
}

/// Whether the text is an error word that is known, a number in too narrow a column, or a numbered error. Anything else may be
/// a password.
pub(super) fn is_certain_error(text: &str) -> bool {
    let is_too_narrow = || text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    KNOWN_ERRORS.split_whitespace().any(|known| known == text) || is_too_narrow() || is_numbered_error(text)
}

/// Whether the text is what databases and programs write for nothing.
pub(in crate::intake) fn is_nothing(text: &str) -> bool {
    text.len() <= LONGEST_NOTHING && NOTHING.contains(&text) || NOTHING_OF_PROGRAMS.contains(&text)
}

/// Whether the text is what people write where nothing is wanted.
pub(in crate::intake) fn is_none_wanted(text: &str) -> bool {
    NONE.contains(&text.trim().to_lowercase().as_str())
}

/// Whether the text is what people write where everything is wanted; of a group it could be the name.
pub(in crate::intake) fn is_everything(text: &str) -> bool {
    const ALL: [&str; 14] = [
        "all",
        "everything",
        "any",
        "*",
        "alle",
        "alles",
        "tous",
        "toutes",
        "todas",
        "todos",
        "tutte",
        "tutti",
        "wszystkie",
        "すべて",
    ];
    ALL.contains(&text.trim().to_lowercase().as_str())
}

/// Whether the text is what people write where a name is to stay, or is not known yet.
pub(in crate::intake) fn is_no_name(text: &str) -> bool {
    NO_NAMES.contains(&text)
}

/// What follows the `#` of `#NAME?`, `#¡REF!`, `#N/A`, `#ДЕЛ/0!`, or of a number in too narrow a column: `####`.
fn is_marked_error(rest: &str) -> bool {
    if rest.len() >= 2 && rest.bytes().all(|byte| byte == b'#') {
        return true;
    }
    let mut letters = rest.chars();
    if let (Some(one), Some('/'), Some(other), None) = (letters.next(), letters.next(), letters.next(), letters.next())
        && one.is_alphabetic()
        && other.is_alphabetic()
    {
        return true;
    }
    let word = rest.trim_start_matches(['¡', '¿']);
    let Some(word) = word
        .strip_suffix(['!', '?', '！', '？'])
        .or_else(|| word.strip_suffix("/0"))
    else {
        return false;
    };
    let is_of_a_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '/' | '.');
    word.chars().filter(|letter| letter.is_alphabetic()).count() >= 2
        && word
            .chars()
            .all(|letter| is_of_a_word(letter) && !letter.is_lowercase())
}

/// `Err:508`: some programs number their errors.
fn is_numbered_error(text: &str) -> bool {
    let Some((word, number)) = text.split_once(':') else {
        return false;
    };
    let is_number = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && ERROR_PREFIXES.contains(&word.trim_end().to_lowercase().as_str())
}

fn is_loading(text: &str) -> bool {
    let Some(word) = text.strip_suffix("...").or_else(|| text.strip_suffix('…')) else {
        return false;
    };
    LOADING.contains(&word.trim_end().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_recognised_in_any_language_and_of_any_program() {
        let others =
            "#n/a #DIV/0 ####### Err:508 Err:522 Fehler:502 Błąd:504 Ошибка:508 エラー:502 Loading... Chargement…";
        for word in KNOWN_ERRORS.split_whitespace().chain(others.split_whitespace()).chain([
            "Err :508",
            "Erreur\u{a0}:504",
            "Wird geladen...",
        ]) {
            assert!(is_error_word(word), "{word}");
        }
    }

    #[test]
    fn names_that_only_begin_like_an_error_are_names() {
        for word in [
            "#1 team",
            "#sales",
            "#sales!",
            "#Sales?",
            "#1!",
            "#",
            "##",
            "#IT",
            "#IT/Ops",
            "# N/A",
            "#VIP Team!",
            "Err",
            "Err:",
            "Err:50",
            "Err:5080",
            "Room:508",
            "Loading",
            "Loading dock...",
            "Ann ...",
            "ann:123",
        ] {
            assert!(!is_error_word(word), "{word}");
        }
    }

    #[test]
    fn what_programs_write_for_nothing_is_recognised_and_the_names_of_people_are_not() {
        for word in NOTHING {
            assert!(is_nothing(word), "{word} is longer than LONGEST_NOTHING says");
        }
        for name in ["Null", "Nan", "Na", "Nat", "none", "Nil", "N", ""] {
            assert!(!is_nothing(name), "{name}");
        }
    }
}
