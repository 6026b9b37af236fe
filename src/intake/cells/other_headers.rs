//! Headers of columns that have addresses, or words that are licences, and mean something else.

use crate::text::fold;

/// Whether a header, by its key, says that the column is about somebody else than the row, or how to reach the person
/// elsewhere.
pub(in crate::intake) fn names_somebody_else(key: &str) -> bool {
    const PARTS: &str = "manager supervisor superior boss lead head chef approv request owner contact partner sponsor mentor buddy \
         delegate deput assist sender author createdby changedby modifiedby reported reportsto priva personal \
         home alternat secondary backup recovery vorgesetzt leiter leitung genehmig vertret responsab jefe \
         gerente przelozon kierownik antragstell bestell bestall demandeur hierarchique solicitant richiedent \
         referent aanvrag leidinggev openedby raisedby updatedby assigned reportingto linemgr hrbp 上司";
    has_one_of(key, PARTS)
}

/// Whether a header, by its key, speaks of what somebody is by profession: a `Tester`.
pub(in crate::intake) fn names_a_profession(key: &str) -> bool {
    const PARTS: &str = "title titel titre position funktion fonction funcion puesto cargo mansione functie stanowisko beruf poste \
         qualifica";
    has_one_of(key, PARTS)
}

/// Whether a header, by its key, speaks of licences and has something else: what they cost, or until when they are paid.
pub(in crate::intake) fn tells_of_licenses(key: &str) -> bool {
    const PARTS: &str = "cost kosten coste costo cout price preis prix precio prezzo fee key schlussel schluessel driv conduc date \
         datum fecha expir laufzeit ablauf count anzahl aantal";
    has_one_of(key, PARTS)
}

/// Whether a header says that the column has what was, or still is, and not what is to be: `Old licences`, `Gruppe bisher`,
/// `Current group`.
pub(in crate::intake) fn names_the_past(header: &str) -> bool {
    /// Words that mean it by themselves only: `Ist`, and not `Istanbul`.
    const WORDS: &str = "old before from until ist von vor bis alt alte alter altes alten avant av oud oude van stary stara stare \
         starý stará staré przed";
    /// Beginnings of words.
    const STEMS: &str = "former previous prior current existing present oldlic oldgroup bisher vorher vorig aktuell derzeit ehemalig \
         bestehend altlizenz altgruppe istlizenz ancien precedent actuel anterior antigu antigo actual atual previo vigente vecchi \
         attual huidig bestaand vroeger poprzedn obecn dotychczas aktualn gammel gammal tidlig tidigare nuvarande";
    /// Of languages without spaces.
    const PARTS: &str = "旧 現在 現行 変更前";
    let words = header.split(|letter: char| !letter.is_alphanumeric()).map(fold);
    let mut words = words.filter(|word| !word.is_empty());
    words.any(|word| {
        WORDS.split_whitespace().any(|past| word == past)
            || STEMS.split_whitespace().any(|stem| word.starts_with(stem))
            || has_one_of(&word, PARTS)
    })
}

fn has_one_of(key: &str, parts: &str) -> bool {
    parts.split_whitespace().any(|part| key.contains(part))
}
