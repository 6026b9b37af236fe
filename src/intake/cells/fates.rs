//! What a header says of the things under it: whether people had them, keep them, get them or lose them.

use super::direction::Direction;
use super::header_key::header_words;
use super::operation_advice::direction_named;

/// What becomes of the things under a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Fate {
    /// People have or had them until now: `Old licences`, `Gruppe bisher`, `Current group`.
    Past,
    /// People lose them: `Groups removed`.
    Goes,
    /// People keep them: `Licences to keep`.
    Stays,
    /// People get them: `New licence`, `Lizenz Soll`.
    Comes,
}

/// Words, and beginnings of words, of each; in comparison form.
struct Words {
    whole: &'static str,
    beginnings: &'static str,
}

const PAST: Words = Words {
    whole: "old before from until ist von vor bis alt alte alter altes alten avant av oud oude van stary stara stare przed",
    beginnings: "former previous prior current existing present oldlic oldgroup bisher vorher vorig aktuell derzeit ehemalig \
                 bestehend altlizenz altgruppe istlizenz ancien precedent actuel anterior antigu antigo actual atual previo vigente \
                 vecchi attual huidig bestaand vroeger poprzedn obecn dotychczas aktualn gammel gammal tidlig tidigare nuvarande 旧 \
                 現在 現行 変更前",
};

const GOES: Words = Words {
    whole: "left lost ex",
    beginnings: "remov revok return denied exclud entfern entzieh entzog weggenommen zuruckgegeb verlass retir supprim enlev elimin \
                 quitad rimoss tolt verwijder ingetrok usun odebran 削除",
};

const STAYS: Words = Words {
    whole: "keep keeps kept stay stays",
    beginnings: "remain retain verbleib behalt bleib conserv garder gard restant manten mantien mantid behoud blijv pozosta zachow",
};

const COMES: Words = Words {
    whole: "new neu neue neuer neues neuen soll ziel then after later cible destino doel nowy nowa nowe",
    beginnings: "target requested required recommended wanted desired planned proposed future newlic newgroup geplant gewunscht \
                 kunftig zukunftig beantragt neuelizenz nouve nuev novo nova nuov nieuw demande solicitad richiest aangevraagd \
                 gewenst docelow wnioskowan 新 変更後",
};

impl Words {
    fn has(&self, word: &str) -> bool {
        self.whole.split_whitespace().any(|whole| word == whole)
            || self
                .beginnings
                .split_whitespace()
                .any(|beginning| word.starts_with(beginning))
    }
}

impl Fate {
    /// What a header says; `None` if it says nothing of it, or that people had one thing and get another.
    pub(in crate::intake) fn of(header: &str) -> Option<Self> {
        let words: Vec<String> = header_words(header).map(|(_, word)| word).collect();
        let has = |list: &Words| words.iter().any(|word| list.has(word));
        let named = direction_named(header);
        match (has(&PAST), has(&COMES)) {
            _ if has(&STAYS) => Some(Self::Stays),
            _ if has(&GOES) || named == Some(Direction::Takes) => Some(Self::Goes),
            (true, true) => None,
            (true, false) => Some(Self::Past),
            (false, true) => Some(Self::Comes),
            (false, false) => (named == Some(Direction::Gives)).then_some(Self::Comes),
        }
    }
}

/// What a header is about that says of it that it is to come: `surname` of `New surname`.
pub(in crate::intake) fn what_comes(header: &str) -> Option<String> {
    let (coming, rest): (Vec<_>, Vec<_>) = header_words(header).partition(|(_, word)| COMES.has(word));
    let rest: Vec<&str> = rest.into_iter().map(|(written, _)| written).collect();
    (!coming.is_empty() && !rest.is_empty()).then(|| rest.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_becomes_of_what_is_under_it() {
        let said = |fate, headers: &[&str]| {
            for header in headers {
                assert_eq!(Fate::of(header), fate, "{header}");
            }
        };
        said(
            Some(Fate::Past),
            &[
                "Old licences",
                "OldLicense",
                "current group",
                "Lizenz Ist",
                "Gruppe bisher",
                "Licence précédente",
                "旧ライセンス",
            ],
        );
        said(
            Some(Fate::Goes),
            &[
                "Groups removed",
                "Licences to remove",
                "Zu entziehende Lizenz",
                "Groupes retirés",
                "Left groups",
            ],
        );
        said(
            Some(Fate::Stays),
            &["Licences to keep", "Remaining licence", "Verbleibende Lizenzen"],
        );
        said(
            Some(Fate::Comes),
            &[
                "New licence",
                "Lizenz Soll",
                "Target group",
                "Nachname neu",
                "Licences to add",
                "Licencia solicitada",
                "新ライセンス",
            ],
        );
        said(
            None,
            &[
                "Licences",
                "Istanbul",
                "Team",
                "Old/new licence",
                "Start licences",
                "Licence key",
            ],
        );
    }

    #[test]
    fn what_is_to_come_is_named_by_the_rest_of_the_header() {
        for (header, rest) in [
            ("New surname", Some("surname")),
            ("Nachname neu", Some("Nachname")),
            ("Target group", Some("group")),
            ("new", None),
            ("Surname", None),
        ] {
            assert_eq!(what_comes(header).as_deref(), rest, "{header}");
        }
    }
}
