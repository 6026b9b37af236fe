//! Several items in one cell.

/// One item, and what parts it from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    /// Whether it stood in double quotes.
    pub(super) quoted: bool,
    /// The character after it; `None` for the last.
    pub(super) separator: Option<char>,
}

/// A double quote that opens an item is not closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OpenQuote;

/// The items of a cell: parted by `;`, `,`, `|` or a line break; one with one of these in its name
/// stands in double quotes, quotes in it doubled. Empty items are left out.
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

fn is_separator(letter: char) -> bool {
    matches!(letter, ';' | ',' | '|' | '\n')
}

/// Appends what stands before the closing quote, and gives what stands after it.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(cell: &str) -> Vec<String> {
        split(cell).unwrap().into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn items_are_parted_by_any_of_the_four_separators() {
        for cell in [
            "Finance;HR",
            "Finance, HR",
            " Finance | HR ",
            "Finance\nHR",
            "Finance;;HR;",
            "Finance \n\n HR",
        ] {
            assert_eq!(texts(cell), ["Finance", "HR"], "{cell:?}");
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

    proptest! {
        #[test]
        fn a_printed_list_is_read_back(items in prop::collection::vec("[a-z;,|\" \n]{1,6}|(?s:.){1,4}", 0..5)) {
            prop_assert_eq!(texts(&print_list(&items)), items);
        }

        #[test]
        fn any_cell_is_split_or_refused_without_a_panic(cell in any::<String>()) {
            let _ = split(&cell);
        }
    }
}
