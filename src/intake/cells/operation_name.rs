//! What the `operation` cell says, or the name of a worksheet.

use strum::IntoEnumIterator;

use crate::model::OperationKind;
use crate::text::header_key;

/// What to do with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Instruction {
    /// Run this operation.
    Run(OperationKind),
    /// Leave the row out.
    Ignore,
}

/// The operation that a text names, leniently: any case, spaces or `_` for `-`, `licence`, and the singular.
pub fn operation_named(text: &str) -> Option<OperationKind> {
    match instruction_named(text) {
        Some(Instruction::Run(kind)) => Some(kind),
        _ => None,
    }
}

/// What a text says to do, as leniently as [`operation_named`]; `None` if it says nothing of the kind.
pub(in crate::intake) fn instruction_named(text: &str) -> Option<Instruction> {
    let key = name_key(text);
    let exact = OperationKind::iter().find(|kind| name_key(kind.as_str()) == key);
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
        (Some(kind), _) => Some(Instruction::Run(kind)),
        (None, "ignore" | "skip") => Some(Instruction::Ignore),
        _ => None,
    }
}

/// A text as operation names are compared: a plural `s` does not count, so that `add-to-group` is understood.
fn name_key(text: &str) -> String {
    let key = header_key(text).replace("licence", "license");
    key.strip_suffix('s').unwrap_or(&key).to_owned()
}

/// What the operation cells seen so far say: a sheet has few different ones.
#[derive(Debug, Default)]
pub(in crate::intake) struct InstructionCache(Vec<(Box<str>, Option<Instruction>)>);

impl InstructionCache {
    const MOST: usize = 32;

    /// What an operation cell says.
    pub(in crate::intake) fn find(&mut self, text: &str) -> Option<Instruction> {
        if let Some((_, instruction)) = self.0.iter().find(|(known, _)| **known == *text) {
            return *instruction;
        }
        let instruction = instruction_named(text);
        if self.0.len() < Self::MOST {
            self.0.push((text.into(), instruction));
        }
        instruction
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
        assert_eq!(instruction_named("Skip"), Some(Instruction::Ignore));
        assert_eq!(operation_named("ignore"), None);
    }
}
