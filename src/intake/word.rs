//! The words of the `operation` column.

use strum::IntoEnumIterator;

use crate::model::OperationKind;
use crate::text::{header_key, nearest};

/// What an operation cell asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// This operation.
    Operation(OperationKind),
    /// To leave the row out.
    Ignore,
}

/// The operation that a word names, leniently: any case, spaces or `_` for `-`, `licence`, and the singular.
pub fn operation_named(word: &str) -> Option<OperationKind> {
    match word_named(word) {
        Some(Word::Operation(kind)) => Some(kind),
        _ => None,
    }
}

pub(super) fn word_named(text: &str) -> Option<Word> {
    let key = word_key(text);
    let exact = OperationKind::iter().find(|kind| word_key(kind.as_str()) == key);
    let kind = exact.or(match key.as_str() {
        "inviteuser" => Some(OperationKind::Invite),
        "createuser" => Some(OperationKind::Create),
        "updateuser" => Some(OperationKind::Update),
        "deleteuser" => Some(OperationKind::Delete),
        "migrateuser" | "migration" => Some(OperationKind::Migrate),
        "setuserlicense" => Some(OperationKind::SetLicenses),
        "release" => Some(OperationKind::ReleaseLicenses),
        "block" => Some(OperationKind::BlockLicenses),
        "setgrouprule" | "grouprule" | "grouplicense" => Some(OperationKind::SetGroupLicenses),
        "addgroup" => Some(OperationKind::AddToGroups),
        "removegroup" => Some(OperationKind::RemoveFromGroups),
        _ => None,
    });
    match (kind, key.as_str()) {
        (Some(kind), _) => Some(Word::Operation(kind)),
        (None, "ignore" | "skip") => Some(Word::Ignore),
        _ => None,
    }
}

fn word_key(text: &str) -> String {
    let key = header_key(text).replace("licence", "license");
    key.strip_suffix('s').unwrap_or(&key).to_owned()
}

/// The operation cells seen so far: a sheet has few different ones.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<(Box<str>, Option<Word>)>);

impl Words {
    const MOST: usize = 32;

    /// What an operation cell asks for.
    pub(super) fn find(&mut self, text: &str) -> Option<Word> {
        if let Some((_, word)) = self.0.iter().find(|(known, _)| **known == *text) {
            return *word;
        }
        let word = word_named(text);
        if self.0.len() < Self::MOST {
            self.0.push((text.into(), word));
        }
        word
    }
}

/// What to write instead of a word that names no operation.
pub(super) fn help(word: &str) -> String {
    let meant = match word_key(word).as_str() {
        "remove" | "revoke" | "drop" => "`delete`, `remove-licenses` or `remove-from-groups`",
        "add" | "assign" | "grant" => "`invite`, `add-licenses` or `add-to-groups`",
        "set" | "replace" => "`set-licenses` or `set-group-licenses`",
        "deactivate" | "disable" => "`update` with `no` in the column `active`",
        "activate" | "enable" => "`update` with `yes` in the column `active`",
        "rename" | "edit" | "change" | "modify" => "`update`, or `migrate` for a new e-mail address",
        "move" | "transfer" => "`migrate`",
        "new" | "onboard" | "joiner" => "`invite` or `create`",
        "offboard" | "leaver" | "terminate" => "`delete`, or `update` with `no` in the column `active`",
        _ => "",
    };
    if !meant.is_empty() {
        return format!("write {meant}");
    }
    match nearest(word, OperationKind::iter().map(OperationKind::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names: Vec<&str> = OperationKind::iter().map(OperationKind::as_str).collect();
            format!("write one of {}, or `ignore`", names.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_understood_in_any_spelling_people_use() {
        for kind in OperationKind::iter() {
            let name = kind.as_str();
            for word in [
                name.to_owned(),
                name.to_uppercase(),
                name.replace('-', " "),
                name.replace('-', "_"),
                format!(" {} ", name.replace("licenses", "licence")),
                name.replace("groups", "group"),
            ] {
                assert_eq!(operation_named(&word), Some(kind), "{word}");
            }
        }
        assert_eq!(word_named("Skip"), Some(Word::Ignore));
        assert_eq!(operation_named("ignore"), None);
    }

    #[test]
    fn a_word_of_another_tool_is_answered_with_ours() {
        assert!(help("Disable").contains("active"));
        assert!(help("delet").contains("`delete`"));
        assert!(help("frobnicate").contains("set-group-licenses"));
    }
}
