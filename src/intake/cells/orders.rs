//! Cells of columns that are not used, and yet seem to say what is to be done with a row.

use super::column_key;
use super::dates::likely_date;
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
const JOINTS: &str = "to from of the user's zu zur zum aus von der die das au aux à de du des del al ao do da dai dal dei al aan uit van do z be te para per pour \
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

/// What says so of the whole row: `DO NOT RUN`, `bitte nicht ausführen`.
const NOT_TO_RUN: &str = "donotrun dontrun donotprocess dontprocess donotexecute dontexecute nichtausführen nichtausfuehren \
     nichtbearbeiten nichtverarbeiten nichtdurchführen nepasexécuter nepasexecuter nepastraiter noejecutar noprocesar nãoexecutar \
     naoexecutar nãoprocessar naoprocessar noneseguire nonelaborare nietuitvoeren nietverwerken niewykonywać nieprzetwarzać 実行しない \
     実行不可 処理しない";

/// What says so under a header such as `Status` alone: elsewhere access is revoked, and a cheque void.
const CLOSED: &str = "rescinded revoked void voided closedcancelled closedcanceled closedrejected closedskipped closeddeclined \
     closedwithdrawn closedwontdo wontdo willnotdo widerrufen abgebrochen révoqué révoquée revocado revocada revogado revogada revocato \
     revocata ingetrokken wycofano wycofane zrušeno отменено キャンセル";

/// Headers of columns of how far things are, by their keys; so is every one with `status` in it.
const STATES: &str = "state stage resolution outcome decision approval approvalstate requeststate zustand entscheidung etat statut estado \
     stato esito stan 状態 状況";

/// What directories and personnel departments have there of somebody who has left, or may not sign in.
const GONE: &str = "deprovisioned suspended terminated inactive disabled deactivated offboarded leaver resigned retired dismissed \
     gesperrt inaktiv deaktiviert ausgeschieden ausgetreten inactif désactivé suspendu inactivo desactivado suspendido inativo desativado \
     suspenso inattivo disattivato sospeso cessato inactief gedeactiveerd geblokkeerd uitdienst nieaktywny zwolniony 退職 退職済み 無効";

/// What they have there of somebody who is still there, and may sign in.
const HERE: &str = "active enabled employed aktiv actif activo activa ativo ativa attivo attiva actief aktywny aktywna beschäftigt \
     在職 在職中 在籍 有効";

/// Headers of whether an account can be used, by their keys, and of whether it cannot.
const ENABLED: &str = "stillemployed employed isemployed stillactive beschaeftigt nochbeschaeftigt accountenabled isenabled accountisenabled isactive accountactive";
const DISABLED: &str = "blockcredential suspended issuspended deactivated disabled isdisabled accountdisabled blocked isblocked terminated \
     leaver isleaver left hasleft offboarded resigned ausgeschieden ausgetreten";

/// Headers under which a yes, a mark or a day calls a row off, by their keys.
const CALLS_OFF: &str = "cancelled canceled iscancelled iscanceled cancelledon canceledon cancelledat canceledat skip exclude excluded \
     storniert storniertam ausgeschlossen ueberspringen annule annulee annulele exclu exclure cancelado cancelada excluido annullato \
     annullata escluso geannuleerd uitgesloten anulowano anulowane wykluczony 取消 取り消し キャンセル 除外";

/// The same, where rows take something away: who is on hold by the order of a court stays. There a cell that holds one of
/// these says so as well.
const KEEPS: &str = "litigationhold onlitigationhold litigationholdenabled litigationholddate legalhold onlegalhold legalholdenabled hold \
     onhold ediscoveryhold keep keepaccount keepuser retain behalten kontobehalten beibehalten conserver mantener conservar manter mantenere \
     behouden zachowac bleibt stays reste inuse stillinuse stillneeded stillrequired nochbenotigt nochbenoetigt encoreutile toujoursutilise enuso \
     aunnecesario emuso aindanecessario inuso ancoranecessario ingebruik nognodig wuzyciu nadalpotrzebne 使用中 継続利用";

/// The same, where it stands for a yes to come.
const PENDING: &str = "pending notyet open offen ausstehend nochnicht enattente pasencore pendiente pendente inattesa inafwachting nogniet \
     oczekuje 未承認 承認待ち";

/// What forbids what the word behind it says: `do not delete`, `bitte nicht löschen`.
const FORBIDDING: [&str; 9] = ["not", "t", "nicht", "pas", "no", "non", "não", "niet", "nie"];

/// Headers of columns that say by yes or no whether a row is to be done, by their keys.
const APPROVALS: &str = "approved approval include included authorised authorized signedoff signoff inscope toprocess tobeprocessed execute \
     genehmigt freigegeben bewilligt approuve approuvee aprobado aprobada aprovado aprovada approvato goedgekeurd zatwierdzone zatwierdzony \
     zatwierdzono 承認 genehmigung freigabe approbation aprobacion aprovacao approvazione goedkeuring zatwierdzenie selected ausgewaehlt";

/// What somebody gives or loses by a header of access, which is no thing of reseat's.
const ACCESSES: &str = "access zugriff accès acceso acesso accesso toegang dostęp アクセス";

/// What a cell orders that holds an operation, in people's words, and nothing else: `Remove`, `Zur Gruppe hinzufügen`.
pub(in crate::intake) fn order_in(cell: &str) -> Option<Direction> {
    if cell.is_empty() || cell.len() > LONGEST {
        return None;
    }
    let words = words(cell);
    let mut direction = None;
    // `A SUPPRIMER`; but `Block A` is a place.
    for word in words.strip_prefix(&["a".to_owned()]).unwrap_or(&words) {
        if is_one_of(NO_ORDERS, word) {
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
            None if meaning(word, &THINGS).is_some() || is_one_of(JOINTS, word) => {}
            None => return None,
        }
    }
    direction
}

/// Whether a header, by its key, is that of a column which says what happens to somebody.
pub(in crate::intake) fn names_what_happens(key: &str) -> bool {
    is_one_of(HEADERS, key)
}

/// Whether a cell under this header says that its row is not to be done, where all rows give something, or some take
/// something away.
pub(in crate::intake) fn says_not_to(header: &str, cell: &str, direction: Direction) -> bool {
    if cell.len() > LONGEST {
        return false;
    }
    let folded: String = fold(cell).chars().filter(|letter| letter.is_alphanumeric()).collect();
    let polite = ["bitte", "please"].iter().find_map(|word| folded.strip_prefix(word));
    let takes = direction == Direction::Takes;
    let stays = takes && is_one_of(KEEPS, &column_key(cell));
    if stays || is_one_of(WITHDRAWN, &folded) || is_one_of(NOT_TO_RUN, polite.unwrap_or(&folded)) || forbids(cell) {
        return true;
    }
    if parse_flag(cell) == Some(false) || is_one_of(PENDING, &folded) {
        return is_one_of(APPROVALS, &column_key(header)) || is_order_for(header, direction);
    }
    if parse_flag(cell) == Some(true) || is_mark(cell) || likely_date(cell).is_some() {
        let key = column_key(header);
        return is_one_of(CALLS_OFF, &key) || takes && (is_one_of(KEEPS, &key) || forbids(header));
    }
    is_one_of(CLOSED, &folded) && is_of_states(&column_key(header))
}

/// Whether somebody is still there, and may sign in, as far as a cell under this header says so.
pub(in crate::intake) fn is_still_there(header: &str, cell: &str) -> Option<bool> {
    if cell.len() > LONGEST {
        return None;
    }
    let key = column_key(header);
    match parse_flag(cell) {
        Some(flag) if is_one_of(ENABLED, &key) => Some(flag),
        Some(flag) if is_one_of(DISABLED, &key) => Some(!flag),
        None if is_of_states(&key) || key.ends_with("state") => {
            let folded = fold(cell).replace(' ', "");
            let is_gone = is_one_of(GONE, &folded);
            (is_gone || is_one_of(HERE, &folded)).then_some(!is_gone)
        }
        _ => None,
    }
}

fn is_one_of(list: &str, text: &str) -> bool {
    list.split_whitespace().any(|known| known == text)
}

/// Whether a header, by its key, is that of a column in which other systems have how far something has come.
fn is_of_states(key: &str) -> bool {
    key.contains("status") || is_one_of(STATES, key)
}

/// Whether a worksheet by its name is one of people from whom nothing is to be taken.
pub(in crate::intake) fn names_who_stays(worksheet: &str) -> bool {
    /// Exceptions, and what is not to be touched.
    const STAYING: &str = "exception exceptions donottouch ausnahme ausnahmen nichtanfassen exclure excepcion excepciones excecao excecoes \
         eccezione eccezioni uitzondering uitzonderingen wyjatek wyjatki exclusions ausschluss ausschluesse ausschlusse 例外";
    let key = column_key(worksheet);
    says_not_to("", worksheet, Direction::Takes) || is_one_of(STAYING, &key) || is_one_of(CALLS_OFF, &key)
}

/// Whether a cell is what people tick a box with.
fn is_mark(cell: &str) -> bool {
    matches!(cell.trim(), "x" | "X" | "✓" | "✔" | "☑" | "✅" | "×" | "○")
}

/// Whether a header is an order that rows of this direction carry out: `Delete?`, `Remove access`. What somebody does
/// oneself is none: who retires does not resign.
fn is_order_for(header: &str, direction: Direction) -> bool {
    let words = words(header).into_iter();
    let mut words: Vec<String> = words.filter(|word| !is_one_of(ACCESSES, word)).collect();
    // `To be removed`.
    if words.iter().any(|word| word == "be") {
        for word in &mut words {
            let mut stems = ["d", "ed"].into_iter().filter_map(|ending| word.strip_suffix(ending));
            if let Some(verb) = stems.find(|stem| meaning(stem, &VERBS).is_some()) {
                *word = verb.to_owned();
            }
        }
    }
    let is_event = |word: &String| matches!(meaning(word, &VERBS), Some(Verb::Leave | Verb::Invite));
    let is_ours = |word: &String| {
        matches!(
            word.as_str(),
            "offboard" | "offboarding" | "abmelden" | "invite" | "einladen" | "inviter"
        )
    };
    words.iter().all(|word| !is_event(word) || is_ours(word)) && order_in(&words.join(" ")) == Some(direction)
}

/// Whether a cell forbids to take something away.
fn forbids(cell: &str) -> bool {
    let folded = fold(cell);
    let words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let takes = |word: &str| {
        let verb = meaning(word, &VERBS).filter(|_| !is_one_of(NO_ORDERS, word));
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
            assert!(says_not_to(header, cell, Direction::Gives), "{header} {cell}");
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
            assert!(!says_not_to(header, cell, Direction::Takes), "{header} {cell}");
        }
    }

    #[test]
    fn somebody_has_left_or_not_by_a_word_of_states_or_by_a_flag_of_an_account() {
        for (header, cell) in [
            ("status", "DEPROVISIONED"),
            ("Status", "SUSPENDED"),
            ("Status [READ ONLY]", "Suspended"),
            ("Employment Status", "Inactive"),
            ("userState", "Disabled"),
            ("Statut", "Désactivé"),
            ("Mitarbeiterstatus", "Ausgeschieden"),
            ("accountEnabled", "FALSE"),
            ("Block credential", "True"),
        ] {
            assert_eq!(is_still_there(header, cell), Some(false), "{header} {cell}");
        }
        for (header, cell) in [
            ("status", "ACTIVE"),
            ("Beschäftigungsstatus", "aktiv"),
            ("Estado", "activo"),
            ("accountEnabled", "True"),
            ("Block credential", "False"),
        ] {
            assert_eq!(is_still_there(header, cell), Some(true), "{header} {cell}");
        }
        for (header, cell) in [
            ("status", "STAGED"),
            ("Status", "open"),
            ("Comment", "inactive"),
            ("Department", "Retired"),
            ("Comment", "active"),
            ("Department", "Active sourcing"),
            ("Remote", "no"),
            ("Status", ""),
        ] {
            assert_eq!(is_still_there(header, cell), None, "{header} {cell}");
        }
    }

    #[test]
    fn a_worksheet_of_exceptions_is_known_by_its_name() {
        for name in [
            "Do not delete",
            "Nicht löschen",
            "NE PAS SUPPRIMER",
            "Exceptions",
            "Ausnahmen",
            "Excepciones",
            "Litigation hold",
            "Cancelled",
            "On hold",
            "例外",
        ] {
            assert!(names_who_stays(name), "{name}");
        }
        for name in [
            "Tabelle1",
            "Delete",
            "Leavers",
            "Nicht Löschbare Teams im Überblick",
            "Ex-employees",
            "Holding",
            "",
        ] {
            assert!(!names_who_stays(name), "{name}");
        }
    }

    #[test]
    fn a_row_is_withdrawn_by_a_yes_under_a_header_that_calls_off_or_a_no_under_one_that_orders() {
        use Direction::{Gives, Neither, Takes};
        let says = |(header, cell, direction)| says_not_to(header, cell, direction);
        for row in [
            ("Cancelled", "yes", Gives),
            ("Canceled?", "x", Neither),
            ("Cancelled on", "2026-11-02", Takes),
            ("Storniert", "ja", Gives),
            ("Annulé", "oui", Takes),
            ("Exclude", "TRUE", Gives),
            ("Do not delete", "x", Takes),
            ("Do not delete", "31.12.2026", Takes),
            ("NICHT LÖSCHEN!", "ja", Takes),
            ("Ne pas supprimer", "oui", Takes),
            ("Litigation hold", "yes", Takes),
            ("LitigationHoldEnabled", "True", Takes),
            ("Legal hold", "✓", Takes),
            ("Behalten", "x", Takes),
            ("Manager response", "Keep", Takes),
            ("Recommendation", "zachować", Takes),
            ("Entscheidung", "noch benötigt", Takes),
            ("Still required?", "Y", Takes),
            ("Delete?", "no", Takes),
            ("Löschen?", "nein", Takes),
            ("Supprimer ?", "non", Takes),
            ("Remove access", "No", Takes),
            ("Remove license", "false", Takes),
            ("Offboard?", "not yet", Takes),
            ("Invite?", "no", Gives),
            ("Add to group", "no", Gives),
            ("Signed off", "no", Takes),
            ("State", "Rescinded", Takes),
            ("Request status", "Closed - Cancelled", Gives),
            ("Status", "Won’t do", Gives),
            ("Stan", "Wycofano", Takes),
            ("Comment", "DO NOT RUN!", Gives),
            ("Comment", "Please don't process", Takes),
            ("Bemerkung", "bitte nicht ausführen", Gives),
        ] {
            assert!(says(row), "{row:?}");
        }
        for row in [
            ("Cancelled", "no", Takes),
            ("Cancelled", "", Takes),
            ("Cancellation date", "2026-11-02", Takes),
            ("Do not delete", "no", Takes),
            ("Do not delete", "x", Gives),
            ("Manager response", "Keep", Gives),
            ("Still required?", "N", Takes),
            ("Comment", "keep the laptop", Takes),
            ("Do not call", "yes", Takes),
            ("Litigation hold", "False", Takes),
            ("Litigation hold", "yes", Gives),
            ("Hold music", "yes", Takes),
            ("Delete?", "yes", Takes),
            ("Delete?", "no", Gives),
            ("Deleted", "no", Takes),
            ("Resignation", "no", Takes),
            ("Leave", "no", Takes),
            ("License", "no", Takes),
            ("Zugang", "nein", Gives),
            ("New hire", "no", Gives),
            ("VPN access", "no", Takes),
            ("VPN", "Revoked", Takes),
            ("Badge", "void", Takes),
            ("Status", "Closed Complete", Takes),
            ("Status", "not void", Takes),
            ("Comment", "do not run the mail rule", Takes),
            ("Remote", "x", Takes),
        ] {
            assert!(!says(row), "{row:?}");
        }
    }
}
