//! Several items in one cell: how they are separated, and the groups of a cell.

use super::other_forms::list_of_a_program;
use super::stand_ins::{is_error_word, is_nothing};
use super::{UnplacedProblem, entry_of_a_directory, excerpt, hash, mangled};
use crate::model::{GroupRef, Shared};
use crate::problem::{ProblemCode, Severity};

/// One item, and what separates it from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    /// Whether it was in double quotes.
    pub(super) quoted: bool,
    /// The character after it; `None` for the last.
    pub(super) separator: Option<char>,
}

/// A double quote that opens an item is not closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OpenQuote;

/// The items of a cell, separated by `;`, `,`, `|` or a line break. An item with one of these in its name is in double
/// quotes, quotes in it doubled. Empty items are left out.
pub(super) fn split(cell: &str) -> Result<Vec<Item>, OpenQuote> {
    let mut items = Vec::new();
    let mut rest = cell;
    loop {
        let trimmed = rest.trim_start_matches(|letter: char| letter.is_whitespace() && letter != '\n');
        let mut text = String::new();
        let mut quoted = false;
        if let Some(inside) = trimmed.strip_prefix('"') {
            quoted = true;
            rest = unquote(inside, &mut text)?;
        }
        let end = rest.find(is_separator);
        let tail = &rest[..end.unwrap_or(rest.len())];
        text.push_str(if quoted { tail.trim_end() } else { tail.trim() });
        let separator = end.and_then(|end| rest[end..].chars().next());
        if !text.is_empty() {
            items.push(Item {
                text,
                quoted,
                separator,
            });
        }
        let Some(separator) = separator else {
            return Ok(items);
        };
        rest = &rest[end.unwrap_or(0) + separator.len_utf8()..];
    }
}

/// With the forms that an input method for Japanese or Chinese writes.
pub(super) fn is_separator(letter: char) -> bool {
    matches!(letter, ';' | ',' | '|' | '\n' | '；' | '，' | '、' | '｜')
}

/// Appends what is before the closing quote, and returns what is after it.
fn unquote<'c>(mut rest: &'c str, text: &mut String) -> Result<&'c str, OpenQuote> {
    loop {
        let (before, after) = rest.split_once('"').ok_or(OpenQuote)?;
        text.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                text.push('"');
                rest = after;
            }
            None => return Ok(after),
        }
    }
}

/// What is wrong with an item, or worth a look, whatever the list is of: it may be what programs write where there is no
/// value. What is in quotes is meant. An item that is the whole cell is judged as that.
pub(super) fn stand_in(item: &Item) -> Option<UnplacedProblem> {
    if item.quoted {
        None
    } else if is_error_word(&item.text) {
        Some(UnplacedProblem::error(
            ProblemCode::ErrorValue,
            format!("`{}` in the list is the error of a formula", excerpt(&item.text)),
            "fix the formula, or write the value in its place; in double quotes it is read as a name",
        ))
    } else if is_nothing(&item.text) {
        Some(UnplacedProblem::warning(
            ProblemCode::WordForNothing,
            format!(
                "`{}` in the list is what programs write for nothing, and is read as a name like any other",
                item.text
            ),
            "leave it out if nothing is meant",
        ))
    } else {
        None
    }
}

/// Whether an item is the beginning of a name in the quotation marks of a word processor, which has separators in it.
fn begins_in_curly_quotes(item: &Item) -> bool {
    !item.quoted && item.text.starts_with(['“', '„', '«']) && !item.text.ends_with(['”', '“', '»'])
}

/// The items of a cell as text; none where they cannot be told apart.
pub(in crate::intake) fn list_items(cell: &str) -> Vec<String> {
    split(cell)
        .unwrap_or_default()
        .into_iter()
        .map(|item| item.text)
        .collect()
}

/// Whether the cell has separators only, and no item.
pub(in crate::intake) fn is_empty_list(cell: &str) -> bool {
    split(cell).is_ok_and(|items| items.is_empty())
}

/// Items as a cell that is read back as these items.
pub fn print_list<T: AsRef<str>>(items: &[T]) -> String {
    let shown = items.iter().map(|item| {
        let item = item.as_ref();
        let padded = item.trim() != item;
        if padded || item.contains(is_separator) || item.contains('"') {
            format!("\"{}\"", item.replace('"', "\"\""))
        } else {
            item.to_owned()
        }
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// The groups of a cell, each once.
#[derive(Debug, Default)]
pub(in crate::intake) struct GroupList {
    /// As written.
    pub(in crate::intake) groups: Shared<[GroupRef]>,
    /// Sorted, in their comparison form: equal for cells that mean the same groups.
    pub(in crate::intake) canonical: String,
    /// The hash of each group, for comparing rows.
    pub(in crate::intake) hashes: Vec<u64>,
    /// What is worth a look.
    pub(in crate::intake) warnings: Vec<UnplacedProblem>,
}

impl GroupList {
    pub(in crate::intake) fn parse(cell: &str) -> Result<Self, UnplacedProblem> {
        if let Some(problem) = entry_of_a_directory(cell, "group").or_else(|| list_of_a_program(cell)) {
            return Err(problem);
        }
        let items = split(cell).map_err(|_| {
            UnplacedProblem::error(
                ProblemCode::ListQuote,
                format!("`{}` has a double quote that is not closed", excerpt(cell)),
                "close it after the item's name, or leave it out",
            )
        })?;
        let mut pairs: Vec<(String, GroupRef)> = Vec::new();
        let mut warnings: Vec<UnplacedProblem> = mangled(cell).into_iter().collect();
        let is_list = items.len() > 1;
        for item in items {
            match stand_in(&item).filter(|_| is_list) {
                Some(error) if error.severity == Severity::Error => return Err(error),
                found => warnings.extend(found),
            }
            if is_list && begins_in_curly_quotes(&item) {
                return Err(UnplacedProblem::error(
                    ProblemCode::ListQuote,
                    format!(
                        "`{}` begins with a quotation mark that keeps nothing together",
                        excerpt(&item.text)
                    ),
                    "put a name that has a `;` or `,` in it into straight quotes, as in \"Finance; EU\"",
                ));
            }
            let group = GroupRef::parse(&item.text);
            let folded = group.fold();
            if !pairs.iter().any(|(known, _)| *known == folded) {
                pairs.push((folded, group));
            }
        }
        let mut folded: Vec<&str> = pairs.iter().map(|(folded, _)| folded.as_str()).collect();
        folded.sort_unstable();
        Ok(Self {
            canonical: folded.join("\u{1f}"),
            hashes: folded.iter().map(|name| hash(*name)).collect(),
            groups: pairs.into_iter().map(|(_, group)| group).collect(),
            warnings,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::intake::cells::clean;

    fn texts(cell: &str) -> Vec<String> {
        split(cell).unwrap().into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn items_are_separated_by_any_of_the_separators() {
        for cell in [
            "Finance;HR",
            "Finance, HR",
            " Finance | HR ",
            "Finance\nHR",
            "Finance;;HR;",
            "Finance \n\n HR",
            "Finance\rHR",
            "Finance\r\nHR",
            "Finance\u{b}HR",
            "Finance\u{a0}\u{85}\u{a0}HR\u{2028}",
            "Finance；HR",
            "Finance，HR",
            "Finance、HR",
            "Finance｜HR",
        ] {
            assert_eq!(texts(&clean(cell)), ["Finance", "HR"], "{cell:?}");
        }
        assert_eq!(texts(" ; "), Vec::<String>::new());
    }

    #[test]
    fn an_item_in_quotes_may_have_anything_in_its_name() {
        assert_eq!(
            texts("\"Finance; EU\", \"say \"\"hi\"\"\"; HR"),
            ["Finance; EU", "say \"hi\"", "HR"]
        );
        assert_eq!(split("\"Finance; HR"), Err(OpenQuote));
        assert_eq!(texts("5\" screens"), ["5\" screens"]);
    }

    #[test]
    fn a_group_named_twice_counts_once_and_order_makes_no_difference() {
        let list = GroupList::parse("Finance; finance, HR").unwrap();
        assert_eq!(list.groups.len(), 2);
        assert_eq!(list.canonical, GroupList::parse("hr|FINANCE").unwrap().canonical);
    }

    proptest! {
        #[test]
        fn a_printed_list_is_read_back(items in prop::collection::vec("[a-z;,|、\" \n]{1,6}|(?s:.){1,4}", 0..5)) {
            prop_assert_eq!(texts(&print_list(&items)), items);
        }

        #[test]
        fn any_cell_is_split_or_refused_without_a_panic(cell in any::<String>()) {
            let _ = split(&cell);
        }
    }
}
