//! Headers of columns that have addresses, or words that are licences, and mean something else.

use super::header_key::{column_key, header_words};

/// Whether a header says that the column is about somebody else than the row, or how to reach the person elsewhere.
pub(in crate::intake) fn names_somebody_else(header: &str) -> bool {
    const PARTS: &str = "manager supervisor superior boss lead head chef approv owner contact partner sponsor mentor buddy \
         delegate deput assist sender author createdby changedby modifiedby reported reportsto priva personal \
         home alternat secondary backup recovery vorgesetzt leiter leitung genehmig vertret responsab jefe \
         gerente przelozon kierownik hierarchique referent leidinggev updatedby assigned reportingto linemgr hrbp successor \
         nachfolg 上司";
    /// Who asks for something does so for others, too.
    const ASKING: &str =
        "request antragstell bestell bestall demandeur solicitant richiedent aanvrag openedby raisedby submit";
    const FOR: [&str; 8] = ["for", "fur", "fuer", "pour", "para", "per", "voor", "dla"];
    let key = column_key(header);
    let mut words = header_words(header);
    has_one_of(&key, PARTS) || has_one_of(&key, ASKING) && !words.any(|(_, word)| FOR.contains(&word.as_str()))
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

/// Whether a header says that something is until the day under it: `Needed until`, `Lizenz bis`.
pub(in crate::intake) fn names_an_end(header: &str) -> bool {
    const WORDS: [&str; 9] = ["until", "till", "bis", "hasta", "ate", "fino", "tot", "jusque", "jusqu"];
    const PARTS: &str = "expir ablauf scaden vence vencim verval wygas";
    /// Elsewhere they say to whom or where: `Mail to`.
    const ALONE: [&str; 4] = ["to", "au", "al", "do"];
    ALONE.contains(&column_key(header).as_str())
        || header_words(header).any(|(_, word)| WORDS.contains(&word.as_str()) || has_one_of(&word, PARTS))
}

fn has_one_of(key: &str, parts: &str) -> bool {
    parts.split_whitespace().any(|part| key.contains(part))
}
