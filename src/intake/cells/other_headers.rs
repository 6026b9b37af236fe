//! Headers of columns that have addresses, or words that are licences, and mean something else.

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

fn has_one_of(key: &str, parts: &str) -> bool {
    parts.split_whitespace().any(|part| key.contains(part))
}
