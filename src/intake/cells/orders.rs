//! Cells of columns that are not used, and yet seem to say what is to be done with a row.

use super::column_key;
use super::direction::Direction;
use super::operation_advice::{THINGS, VERBS, Verb, meaning, words};
use super::scalar::parse_flag;
use crate::text::fold;

/// A longer text is a remark.
const LONGEST: usize = 40;

/// Words that also say what something is, rather than what is to be done: `Type` is `New`, or `License`. Beside another they
/// make no difference: a `New hire` comes.
const NO_ORDERS: &str = "new license licence free lock end leave leaves set make correct";

/// What may stand between the words of an order.
const JOINTS: &str = "to from of the user's zu zur zum aus von der die das au aux à de du des del al ao do da dai dal dei al aan uit van do z \
     neue neuer neuen nouvelle nouveau nouvel nueva nuevo nova novo nuova nuovo nieuwe";

/// Headers of columns that say what happens to somebody, by their keys; those of exports for people among them.
const HEADERS: &str = "type class used event eventtype change changetype request requesttype movement typ art ereignis aenderung anderung \
     antrag antragsart auftrag evenement mouvement changement demande typededemande tipo evento movimiento cambio solicitud movimento \
     alteracao pedido solicitacao richiesta modifica soort gebeurtenis wijziging verzoek rodzaj zdarzenie zmiana wniosek 種別 種類 区分 変更";

/// What people write beside a row that is not to be done after all.
const WITHDRAWN: &str = "cancelled canceled rejected declined denied withdrawn storniert abgelehnt zurückgezogen annulé annulée refusé refusée \
     rejeté cancelado cancelada rechazado rechazada denegado rejeitado recusado annullato rifiutato respinto geannuleerd afgewezen \
     anulowano anulowane odrzucono odrzucone 取消 取り消し済み 却下 onhold hold postponed deferred zurückgestellt verschoben reporté \
     reportée aplazado aplazada pospuesto adiado adiada rimandato rinviato uitgesteld odroczone 保留 延期";

/// The same, where it stands for a yes to come.
const PENDING: &str = "pending notyet open offen ausstehend nochnicht enattente pasencore pendiente pendente inattesa inafwachting nogniet \
     oczekuje 未承認 承認待ち";

/// What forbids what the word behind it says: `do not delete`, `bitte nicht löschen`.
const FORBIDDING: [&str; 9] = ["not", "t", "nicht", "pas", "no", "non", "não", "niet", "nie"];

/// Headers of columns that say by yes or no whether a row is to be done, by their keys.
const APPROVALS: &str = "approved approval include included genehmigt freigegeben bewilligt approuve approuvee aprobado aprobada aprovado \
     aprovada approvato goedgekeurd zatwierdzone zatwierdzony zatwierdzono 承認";

/// What a cell orders that holds an operation, in people's words, and nothing else: `Remove`, `Zur Gruppe hinzufügen`.
pub(in crate::intake) fn order_in(cell: &str) -> Option<Direction> {
    if cell.is_empty() || cell.len() > LONGEST {
        return None;
    }
    let words = words(cell);
    let is_in = |list: &str, word: &String| list.split_whitespace().any(|known| known == *word);
    let mut direction = None;
    for word in &words {
        if is_in(NO_ORDERS, word) {
            continue;
        }
        let verb = meaning(word, &VERBS);
        if verb == Some(Verb::Nothing) {
            // What is done, or called off, is no order.
            return None;
        }
        match verb.map(Verb::direction) {
            Some(one) if direction.is_none_or(|other| other == one) => direction = Some(one),
            Some(_) => direction = Some(Direction::Neither),
            None if meaning(word, &THINGS).is_some() || is_in(JOINTS, word) => {}
            None => return None,
        }
    }
    direction
}

/// Whether a header, by its key, is that of a column which says what happens to somebody.
pub(in crate::intake) fn names_what_happens(key: &str) -> bool {
    HEADERS.split_whitespace().any(|known| known == key)
}

/// Whether a cell under this header says that its row is not to be done.
pub(in crate::intake) fn says_not_to(header: &str, cell: &str) -> bool {
    if cell.len() > LONGEST {
        return false;
    }
    let folded: String = fold(cell).split_whitespace().collect();
    let is_one_of = |list: &str, text: &str| list.split_whitespace().any(|known| known == text);
    let is_refused = || parse_flag(cell) == Some(false) || is_one_of(PENDING, &folded);
    is_one_of(WITHDRAWN, &folded) || is_refused() && is_one_of(APPROVALS, &column_key(header)) || forbids(cell)
}

/// Whether a cell forbids to take something away.
fn forbids(cell: &str) -> bool {
    let folded = fold(cell);
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let takes = |word: &str| {
        let verb = meaning(word, &VERBS).filter(|_| !NO_ORDERS.split(' ').any(|known| known == word));
        verb.filter(|verb| verb.direction() == Direction::Takes)
    };
    let Some((position, verb)) = (words.iter().enumerate()).find_map(|(position, word)| Some((position, takes(word)?)))
    else {
        return false;
    };
    // `No exit interview`, `no termination letter`
    let is_none = |word: &str| matches!(word, "no" | "non" | "não") && verb == Verb::Leave;
    let before = position.checked_sub(1).map_or("", |before| words[before]);
    FORBIDDING.contains(&before) && !is_none(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_a_cell_of_words_for_operations_and_nothing_else() {
        for (cell, direction) in [
            ("Add", Direction::Gives),
            ("Remove", Direction::Takes),
            ("remove from group", Direction::Takes),
            ("Zur Gruppe hinzufügen", Direction::Gives),
            ("Löschen", Direction::Takes),
            ("Austritt", Direction::Takes),
            ("Supprimer", Direction::Takes),
            ("baja", Direction::Takes),
            ("Leaver", Direction::Takes),
            ("Joiner", Direction::Gives),
            ("New Hire", Direction::Gives),
            ("New starter", Direction::Gives),
            ("new joiner", Direction::Gives),
            ("Onboarding", Direction::Gives),
            ("Neueinstellung", Direction::Gives),
            ("Neuzugang", Direction::Gives),
            ("Zugang", Direction::Gives),
            ("Nouvelle embauche", Direction::Gives),
            ("Nouvel arrivant", Direction::Gives),
            ("Nueva alta", Direction::Gives),
            ("Nuevo ingreso", Direction::Gives),
            ("Nuova assunzione", Direction::Gives),
            ("Admissão", Direction::Gives),
            ("Reinstate", Direction::Gives),
            ("remove license", Direction::Takes),
            ("Resignation", Direction::Takes),
            ("Offboarding", Direction::Takes),
            ("Departure", Direction::Takes),
            ("Separation", Direction::Takes),
            ("Retirement", Direction::Takes),
            ("Démission", Direction::Takes),
            ("Dimisión", Direction::Takes),
            ("Ontslag", Direction::Takes),
            ("add-licenses", Direction::Gives),
            ("offboard", Direction::Takes),
            ("Add/Remove", Direction::Neither),
            ("Transfer", Direction::Neither),
            ("削除", Direction::Takes),
        ] {
            assert_eq!(order_in(cell), Some(direction), "{cell}");
        }
        for cell in [
            "",
            "New",
            "License",
            "local",
            "DirectoryUser",
            "Member",
            "Guest",
            "Leave",
            "Full-time",
            "idle",
            "3",
            "not removed",
            "Remove the laptop",
            "to be added",
            "Team lead",
            "Externe",
            "New user",
            "New team",
            "End user",
            "Free license",
            "Leave of absence",
            "Completed",
            "done",
            "Block A",
            "Nueva cuenta",
            "VPN-Zugang",
            "New hire laptop",
            "free",
        ] {
            assert_eq!(order_in(cell), None, "{cell}");
        }
    }

    #[test]
    fn a_row_is_withdrawn_by_a_word_or_by_a_no_under_a_header_of_approval() {
        for (header, cell) in [
            ("Status", "Cancelled"),
            ("état", "Annulé"),
            ("Approved?", "no"),
            ("Genehmigt", "Nein"),
            ("Status", "On hold"),
            ("Status", "zurückgestellt"),
            ("Approved?", "pending"),
            ("Approved?", "not yet"),
            ("Comment", "Do not delete"),
            ("Comment", "please don't remove (sick)"),
            ("Bemerkung", "NICHT abmelden"),
            ("Remarque", "ne pas supprimer"),
            ("Observaciones", "no borrar"),
        ] {
            assert!(says_not_to(header, cell), "{header} {cell}");
        }
        for (header, cell) in [
            ("Status", "done"),
            ("Remote", "no"),
            ("Approved", "yes"),
            ("Status", "not cancelled"),
            ("Status", "pending"),
            ("Approved", "Paula Jansen"),
            ("Comment", "not removed yet"),
            ("Comment", "not on leave"),
            ("Comment", "laptop not returned"),
            ("Comment", "delete, not block"),
            ("Comment", "no exit interview"),
            ("Approved", ""),
        ] {
            assert!(!says_not_to(header, cell), "{header} {cell}");
        }
    }
}
