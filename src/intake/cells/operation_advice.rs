//! What to write instead of a text that names no operation: by what its words mean, so that nobody is advised the
//! opposite, or what replaces everything where something was to be added.

use strum::IntoEnumIterator;

use super::direction::Direction;
use crate::model::OperationKind;
use crate::text::{fold, nearest};

/// What a word says to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Invite,
    Create,
    Update,
    Delete,
    Undelete,
    Give,
    Take,
    Set,
    Release,
    Block,
    Unblock,
    Activate,
    Deactivate,
    Move,
    Leave,
    Nothing,
}

/// What a word says to do it to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    User,
    License,
    Lease,
    Rule,
    Group,
}

/// Words of people and of other tools, in comparison form: in English, German, French, Spanish, Portuguese, Italian, Dutch,
/// Polish and Japanese.
pub(super) const VERBS: [(Verb, &str); 16] = [
    (
        Verb::Invite,
        "invite onboard onboarding joiner starter hire rehire newhire newcomer eintritt wiedereintritt neueintritt neueinstellung \
         neuzugang zugang alta ingreso contratación contratacion incorporación incorporacion ingresso admissão admissao contratação \
         contratacao embauche arrivée arrivee arrivant assunzione indiensttreding zatrudnienie 入社 einladen inviter invitar convidar \
         invitare uitnodigen zaproś zaprosić zapros 招待",
    ),
    (
        Verb::Create,
        "create new make register anlegen erstellen créer creer crear criar creare aanmaken utwórz utworzyć 作成",
    ),
    (
        Verb::Update,
        "update edit change modify rename correct ändern aendern aktualisieren bearbeiten umbenennen modifier changer renommer \
         actualizar modificar cambiar atualizar alterar aggiornare modificare bijwerken wijzigen zmień zmienić aktualizuj 更新 変更",
    ),
    (
        Verb::Delete,
        "delete del erase destroy löschen loeschen supprimer effacer borrar eliminar excluir apagar eliminare cancellare \
         verwijderen wissen usuń usunąć usun skasuj 削除",
    ),
    (
        Verb::Undelete,
        "undelete restore undo recover recreate wiederherstellen restaurer restaurar restituir ripristinare herstellen przywróć 復元",
    ),
    (
        Verb::Give,
        "add assign give grant allocate allot attach provision license licence join hinzufügen hinzufuegen zuweisen vergeben \
         zuordnen erteilen lizenzieren ajouter attribuer assigner affecter añadir agregar asignar conceder adicionar atribuir \
         aggiungere assegnare attribuire toevoegen toewijzen toekennen dodaj dodać przypisz przypisać nadaj 追加 割り当て 付与",
    ),
    (
        Verb::Take,
        "remove revoke end unassign unallocate deallocate withdraw take drop strip detach unlicense deprovision reclaim \
         entfernen entziehen wegnehmen retirer enlever révoquer revoquer quitar retirar revocar remover revogar rimuovere togliere \
         revocare intrekken ontnemen afnemen odbierz odebrać cofnij 取り消し 解除",
    ),
    (
        Verb::Set,
        "set replace overwrite setzen ersetzen remplacer reemplazar substituir definir sostituire impostare vervangen ustaw zastąp 設定 置換",
    ),
    (
        Verb::Release,
        "release free freigeben libérer liberer liberar liberare vrijgeven zwolnij 解放",
    ),
    (
        Verb::Block,
        "block sperren blockieren bloquer bloquear bloccare blokkeren zablokuj ブロック",
    ),
    (
        Verb::Unblock,
        "unblock unlock entsperren débloquer debloquer desbloquear sbloccare deblokkeren odblokuj",
    ),
    (
        Verb::Activate,
        "activate enable reactivate reinstate aktivieren reaktivieren activer réactiver activar reactivar ativar reativar attivare \
         riattivare activeren aktywuj włącz 有効化",
    ),
    (
        Verb::Deactivate,
        "deactivate disable suspend lock deaktivieren stilllegen désactiver desactiver suspendre desactivar suspender desativar \
         disattivare sospendere deactiveren dezaktywuj wyłącz 無効化",
    ),
    (
        Verb::Move,
        "migrate move transfer umziehen migrieren migrer déplacer migrar mover migrare spostare migreren verhuizen migruj przenieś 移行 移動",
    ),
    (
        Verb::Leave,
        "offboard offboarding leaver leave exit terminate termination resignation resigned departure separation dismissal retirement \
         abmelden ausscheiden austritt abgang abgänge kündigung départ sortie démission demission licenciement baja salida dimisión dimision \
         despido saída demissão demissao desligar desligamento uscita cessazione dimissioni licenziamento uitdienst ontslag \
         zwolnienie 退職",
    ),
    (
        Verb::Nothing,
        "cancelled canceled done completed finished unchanged erledigt storniert abgesagt unverändert annulé terminé cancelado hecho \
         feito concluído annullato fatto geannuleerd klaar ongewijzigd anulowane zrobione 済み",
    ),
];

pub(super) const THINGS: [(Thing, &str); 5] = [
    (
        Thing::User,
        "user users account accounts member person employee benutzer konto mitarbeiter utilisateur compte usuario cuenta usuário \
         conta utente gebruiker użytkownik użytkownika ユーザー",
    ),
    (
        Thing::License,
        "license licenses licence licences seat seats bundle bundles sku lizenz lizenzen licencia licencias licença licenças \
         licenza licenze licentie licenties licencja licencje licencję ライセンス",
    ),
    (Thing::Lease, "lease leases リース"),
    (
        Thing::Rule,
        "rule rules grouprule regel regeln règle règles regla reglas regra regras regola regole regels reguła reguły ルール",
    ),
    (
        Thing::Group,
        "group groups team teams role roles membership gruppe gruppen groupe groupes grupo grupos gruppo gruppi groep groepen \
         grupa grupy グループ",
    ),
];

/// What turns the meaning of the word after it.
const TURNING: [&str; 15] = [
    "un", "re", "dis", "non", "not", "nicht", "ne", "keine", "kein", "aucun", "pas", "sin", "sem", "geen", "nie",
];

/// The same, where it is not a word that comes with places: `adicionar no grupo`.
const TURNING_AT_FIRST: [&str; 3] = ["de", "no", "in"];

/// What to write instead of a text that names no operation; to be read after it was said that it names none.
pub fn operation_help(text: &str) -> String {
    if text.trim_start().starts_with('#') {
        return "take the line out, or write `ignore`".to_owned();
    }
    if let Some(several) = several_operations(text) {
        return several;
    }
    let words = words(text);
    let things: Vec<Thing> = words.iter().filter_map(|word| meaning(word, &THINGS)).collect();
    if let Some(verb) = words.iter().find_map(|word| meaning(word, &VERBS)) {
        return format!("write {}", advice(verb, &things));
    }
    // A slip of the finger: the verb alone is compared, since what it is done to would make all of them alike. With two
    // slips `Promotion` would be `provision`.
    let near = words.iter().find_map(|word| {
        let verbs = VERBS.iter().flat_map(|(_, verbs)| verbs.split(' '));
        let near = nearest(word, verbs.filter(|verb| verb.chars().count() > 2))?;
        meaning(near, &VERBS).filter(|_| strsim::damerau_levenshtein(word, near) == 1)
    });
    match near {
        Some(verb) => format!("did you mean {}?", advice(verb, &things)),
        None => {
            let names: Vec<String> = OperationKind::iter().map(|kind| format!("`{kind}`")).collect();
            format!("write one of {}, or `ignore`", names.join(", "))
        }
    }
}

/// What to write where a cell names several operations: `add licence; add group`.
fn several_operations(text: &str) -> Option<String> {
    let mut advised = Vec::new();
    for part in text.split([';', ',', '+', '&', '\n']) {
        let words = words(part);
        let things: Vec<Thing> = words.iter().filter_map(|word| meaning(word, &THINGS)).collect();
        let verb = words.iter().find_map(|word| meaning(word, &VERBS))?;
        let advice = advice(verb, &things);
        if !advised.contains(&advice) {
            advised.push(advice);
        }
    }
    (advised.len() > 1).then(|| format!("give each its own row: {}", advised.join("; ")))
}

impl Verb {
    /// Whether somebody has more or less once it is done.
    pub(super) fn direction(self) -> Direction {
        match self {
            Self::Invite | Self::Create | Self::Undelete | Self::Give | Self::Unblock | Self::Activate => {
                Direction::Gives
            }
            Self::Delete | Self::Take | Self::Release | Self::Block | Self::Deactivate | Self::Leave => {
                Direction::Takes
            }
            Self::Update | Self::Set | Self::Move | Self::Nothing => Direction::Neither,
        }
    }
}

/// What the name of a worksheet says that becomes of the access of those on it, if it says one thing: `Leavers`, `Eintritte`.
pub(in crate::intake) fn direction_named(name: &str) -> Option<Direction> {
    /// Words that mean much else where they are no orders: `End users`, `Licences`, `del`, `Zugang`.
    const OF_OTHER_THINGS: [&str; 16] = [
        "end", "free", "drop", "take", "leave", "new", "make", "register", "block", "lock", "release", "license",
        "licence", "del", "set", "zugang",
    ];
    let verb = |word: &String| {
        let stems = ["", "s", "e", "en", "n"]
            .into_iter()
            .filter_map(|ending| word.strip_suffix(ending));
        let mut meant = stems.filter(|stem| !OF_OTHER_THINGS.contains(stem));
        meant.find_map(|stem| meaning(stem, &VERBS))
    };
    let words = words(name);
    let directions = words.iter().filter_map(verb).map(Verb::direction);
    let mut directions = directions.filter(|direction| *direction != Direction::Neither);
    let first = directions.next()?;
    directions.all(|other| other == first).then_some(first)
}

/// The words of a text in comparison form; `assignLicenses` and `addlicenses` are two, `un-delete` is one.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut turned = String::new();
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    for part in parts.filter(|part| !part.is_empty()) {
        let part = fold(part);
        let is_first = words.is_empty() && turned.is_empty();
        if TURNING.contains(&part.as_str()) || (is_first && TURNING_AT_FIRST.contains(&part.as_str())) {
            turned = part;
            continue;
        }
        let word = std::mem::take(&mut turned) + &part;
        match verb_and_thing(&word) {
            Some((verb, thing)) => words.extend([verb.to_owned(), thing.to_owned()]),
            None => words.push(word),
        }
    }
    // A language without spaces is looked through.
    if let [word] = words.as_slice()
        && !word.is_ascii()
        && meaning(word, &VERBS).is_none()
    {
        let parts = VERBS.iter().flat_map(|(_, verbs)| verbs.split(' '));
        let parts = parts.chain(THINGS.iter().flat_map(|(_, things)| things.split(' ')));
        let found: Vec<String> = parts
            .filter(|part| part.starts_with(|first: char| first >= '\u{3040}') && word.contains(part))
            .map(str::to_owned)
            .collect();
        words.extend(found);
    }
    words
}

/// The parts of a word that is written as one: `addlicenses`.
fn verb_and_thing(word: &str) -> Option<(&str, &str)> {
    if meaning(word, &VERBS).is_some() {
        return None;
    }
    let things = THINGS.iter().flat_map(|(_, things)| things.split(' '));
    things
        .filter_map(|thing| Some((word.strip_suffix(thing)?, &word[word.len() - thing.len()..])))
        .find(|(verb, _)| meaning(verb, &VERBS).is_some())
}

/// What a word in comparison form means by the table.
pub(super) fn meaning<M: Copy>(word: &str, table: &[(M, &str)]) -> Option<M> {
    let mut lines = table.iter();
    lines
        .find(|(_, words)| words.split(' ').any(|known| known == word))
        .map(|(meaning, _)| *meaning)
}

/// The operations that do this to these things; to be read after "write".
fn advice(verb: Verb, things: &[Thing]) -> &'static str {
    let license = things.contains(&Thing::License);
    let group = things.contains(&Thing::Group);
    let user = things.contains(&Thing::User);
    let (lease, rule) = (things.contains(&Thing::Lease), things.contains(&Thing::Rule));
    match verb {
        Verb::Take | Verb::Delete | Verb::Release if lease => "`release-lease`",
        Verb::Take | Verb::Delete | Verb::Release if rule => "`clear-group-licenses`",
        Verb::Give | Verb::Create | Verb::Set | Verb::Update if rule => "`set-group-licenses`",
        Verb::Take | Verb::Delete if license && group => {
            "`set-group-licenses` with all the licences that the group's rule is to keep, `clear-group-licenses` to take the \
             whole rule away, or `release-lease` for the seat of one member"
        }
        Verb::Release if license && group => "`release-lease` for the seat of one member, or `clear-group-licenses`",
        Verb::Give | Verb::Set if license && group => {
            "`set-group-licenses` with all the licences that the group's rule is to have"
        }
        Verb::Invite => "`invite`",
        Verb::Create => "`invite`, or `create` for a local account",
        Verb::Undelete => "`invite` or `create`, which make a new account: one that is deleted does not come back",
        Verb::Give if license => "`add-licenses`",
        Verb::Give if group => "`add-to-groups`",
        Verb::Give if user => "`invite` or `create`",
        Verb::Give => "`invite`, `add-licenses` or `add-to-groups`",
        Verb::Take | Verb::Delete if license => "`remove-licenses`",
        Verb::Take | Verb::Delete if group => "`remove-from-groups`",
        Verb::Delete => "`delete`",
        Verb::Take if user => "`delete`",
        Verb::Take => "`delete`, `remove-licenses` or `remove-from-groups`",
        Verb::Set if license => "`set-licenses`",
        Verb::Set if group => "`add-to-groups` and `remove-from-groups`",
        Verb::Set => "`set-licenses` or `set-group-licenses`",
        Verb::Release if group => "`remove-from-groups`",
        Verb::Release => "`release-licenses`",
        Verb::Block | Verb::Deactivate if license => "`block-licenses`",
        Verb::Block if user => "`update` with `no` in the column `active`",
        Verb::Block => "`block-licenses`, or `update` with `no` in the column `active`",
        Verb::Unblock | Verb::Activate if license => {
            "`release-licenses`, after which those of the groups apply again, or `add-licenses`"
        }
        Verb::Unblock if user => "`update` with `yes` in the column `active`",
        Verb::Unblock => "`release-licenses`, or `update` with `yes` in the column `active`",
        Verb::Activate => "`update` with `yes` in the column `active`",
        Verb::Deactivate => "`update` with `no` in the column `active`",
        Verb::Update => "`update`, or `migrate` for a new e-mail address",
        Verb::Move if group => "`add-to-groups` and `remove-from-groups`",
        Verb::Move if license => "`remove-licenses` for one user and `add-licenses` for the other",
        Verb::Move => {
            "`migrate` for a new e-mail address, or `add-to-groups` and `remove-from-groups` for another team"
        }
        Verb::Nothing => "`ignore` if the row is not to run",
        Verb::Leave if license => "`remove-licenses`",
        Verb::Leave if group => "`remove-from-groups`",
        Verb::Leave => "`offboard`, which keeps the account, or `delete`",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::intake::operation_named;

    #[test]
    fn a_word_with_advice_has_one_meaning_and_is_no_operation_unless_it_is_advised() {
        let mut seen = HashSet::new();
        for (verb, words) in VERBS {
            for word in words.split(' ') {
                assert_eq!(fold(word), word);
                assert!(seen.insert(word), "{word}");
                if let Some(kind) = operation_named(word) {
                    let advice = advice(verb, &[]);
                    assert!(
                        advice.contains(kind.as_str()),
                        "`{word}` is {kind} now, and not {advice}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_word_of_another_tool_or_language_is_answered_with_the_operation_that_means_it() {
        for (text, operation) in [
            ("Disable", "`update` with `no`"),
            ("assign-licenses", "`add-licenses`"),
            ("assignLicenses", "`add-licenses`"),
            ("give licences", "`add-licenses`"),
            ("Grant License", "`add-licenses`"),
            ("assing licences", "`add-licenses`"),
            ("groups add", "`add-to-groups`"),
            ("join group", "`add-to-groups`"),
            ("assign role", "`add-to-groups`"),
            ("unassign-licenses", "`remove-licenses`"),
            ("revoke licence", "`remove-licenses`"),
            ("remove user", "`delete`"),
            ("replace licences", "`set-licenses`"),
            ("unblock", "`release-licenses`"),
            ("unblock-licenses", "`release-licenses`"),
            ("löschen", "`delete`"),
            ("Einladen", "`invite`"),
            ("Lizenz zuweisen", "`add-licenses`"),
            ("Lizenzen entziehen", "`remove-licenses`"),
            ("Zur Gruppe hinzufügen", "`add-to-groups`"),
            ("aus Gruppe entfernen", "`remove-from-groups`"),
            ("Supprimer", "`delete`"),
            ("désactiver", "`update` with `no`"),
            ("eliminar", "`delete`"),
            ("convidar", "`invite`"),
            ("aggiungere al gruppo", "`add-to-groups`"),
            ("verwijderen", "`delete`"),
            ("zaproś", "`invite`"),
            ("削除", "`delete`"),
            ("ライセンス追加", "`add-licenses`"),
            ("leaver", "`offboard`"),
            ("Austritt", "`offboard`"),
            ("Exit", "`offboard`"),
            ("Leave", "`offboard`"),
            ("leave group", "`remove-from-groups`"),
            ("Rehire", "`invite`"),
            ("Eintritt", "`invite`"),
            ("Alta", "`invite`"),
            ("cancelled", "`ignore`"),
            ("Erledigt", "`ignore`"),
            ("Transfer", "`remove-from-groups`"),
            ("# end of file", "take the line out"),
            ("add licence; add group", "`add-licenses`; `add-to-groups`"),
            ("free lease", "`release-lease`"),
            ("end leases", "`release-lease`"),
            ("revoke lease", "`release-lease`"),
            ("remove rule", "`clear-group-licenses`"),
            ("delete licence rule", "`clear-group-licenses`"),
            ("Regel löschen", "`clear-group-licenses`"),
            ("set rule", "`set-group-licenses`"),
            ("remove group licences", "`clear-group-licenses`"),
            ("delet", "`delete`"),
            ("inivte", "`invite`"),
            ("updat", "`update`"),
            ("frobnicate", "`set-group-licenses`"),
        ] {
            let help = operation_help(text);
            assert!(help.contains(operation), "{text}: {help}");
        }
    }

    #[test]
    fn nobody_is_advised_the_opposite_or_to_replace_what_was_to_be_added() {
        for (text, never) in [
            ("undelete", "`delete`"),
            ("un-delete user", "`delete`"),
            ("de-activate", "`yes`"),
            ("do not delete", "write `delete`"),
            ("no borrar", "write `delete`"),
            ("restore", "`delete`"),
            ("unblock", "`block-licenses`"),
            ("unblock licences", "`block-licenses`"),
            ("activate", "`no`"),
            ("deactivate", "`yes`"),
            ("reactivate", "`no`"),
            ("enable", "`no`"),
            ("disable", "`yes`"),
            ("assign", "remove"),
            ("unassign", "add"),
            ("assign-licenses", "set-licenses"),
            ("give licences", "set-licenses"),
            ("grant", "remove"),
            ("revoke", "add"),
            ("add licence", "set"),
            ("uninvite", "did you mean"),
            ("disinvite", "did you mean"),
            ("unmigrate", "did you mean"),
            ("deprovision user", "invite"),
            ("unlicense", "add"),
            ("Rehire", "delete"),
            ("cancelled", "delete"),
            ("# end of file", "delete"),
            ("Keine Änderung", "did you mean"),
            ("no change", "did you mean"),
            ("sin cambios", "did you mean"),
            ("Promotion", "did you mean"),
            ("add licence; add group", "set-group-licenses"),
            ("remove rule", "set-group-licenses"),
            ("set rule", "clear-group-licenses"),
        ] {
            let help = operation_help(text);
            assert!(!help.contains(never), "{text}: {help}");
        }
    }
    #[test]
    fn a_name_of_people_says_whether_they_come_or_leave_and_a_name_of_things_says_nothing() {
        for name in [
            "Joiners",
            "Eintritte",
            "Starters 2026",
            "Add",
            "altas",
            "Einladen",
            "Nowi: zaprosić",
            "Onboarding",
            "Neuzugang",
        ] {
            assert_eq!(direction_named(name), Some(Direction::Gives), "{name}");
        }
        for name in [
            "Leavers",
            "Austritte Q4",
            "Abgänge",
            "départs",
            "Remove",
            "To delete",
            "bajas",
            "Resignations",
            "Offboarding",
            "Démissions",
            "退職",
        ] {
            assert_eq!(direction_named(name), Some(Direction::Takes), "{name}");
        }
        for name in [
            "All staff",
            "Sheet1",
            "Tabelle1",
            "End users",
            "Licences",
            "New",
            "Usuarios del equipo",
            "Joiners and leavers",
            "Release 3",
            "VPN-Zugang",
            "Annual leave",
            "HR",
            "2026-12",
        ] {
            assert_eq!(direction_named(name), None, "{name}");
        }
    }
}
