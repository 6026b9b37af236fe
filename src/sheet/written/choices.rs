//! What a workbook offers to choose from.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Formula, Workbook, Worksheet, XlsxError};

use super::table::WrittenColumn;
use crate::sheet::workbook_text::{cell_text, cut_to, write_text};
use crate::sheet::worksheet_names::WorksheetNames;

/// Says, above whatever may look like a header, that a worksheet holds no rows to run: lists, or help.
pub const NOT_ROWS: &str = "reseat: nothing on this worksheet is run";

/// What the worksheet of lists is called.
const NAME: &str = "Lists";
/// For so many rows below the last, choices are offered too. A whole column of them costs other programs gigabytes.
const ROWS_TO_ADD: u32 = 1_000;
/// The last row of a worksheet, counted from 0.
pub(super) const LAST_ROW: u32 = 1_048_575;
/// How many rows a worksheet has below its header.
pub const MOST_ROWS: usize = LAST_ROW as usize;
/// How many letters a list may have that stands at its cells, by the format of the file.
const LONGEST_LIST: usize = 255;
/// How many UTF-16 units a hint may have, and its title; Excel takes a file with more for damaged.
const LONGEST_HINT: usize = 255;
const LONGEST_TITLE: usize = 32;
/// What is asked of whoever types something that is not offered.
const QUESTION: (&str, &str) = (
    "Not on the list",
    "The list offers something else. Keep this if it is meant.",
);
/// The row of the headers of the lists.
const HEADERS: u32 = 1;

/// The last row that somebody is helped to fill in, where there are so many under the header.
pub(super) fn last_row_to_fill(rows: u32) -> u32 {
    rows.saturating_add(ROWS_TO_ADD).min(LAST_ROW)
}

/// The lists that are too long, or too odd, to stand at the cells that offer them: each is written once, to a worksheet of
/// their own, and known by a name, since programs lose a range of another worksheet.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The header of the first column that offers a list, and the list's number, by what is in it.
    lists: BTreeMap<Vec<String>, (String, usize)>,
}

impl Lists {
    /// Offers the column's choices and its hint in its cells, and in some below.
    pub(super) fn offer(
        &mut self,
        sheet: &mut Worksheet,
        at: u16,
        column: &WrittenColumn<'_>,
        rows: u32,
    ) -> Result<(), XlsxError> {
        let mut validation = if column.choices.is_empty() {
            if column.hint.is_empty() {
                return Ok(());
            }
            DataValidation::new().allow_any_value()
        } else {
            let (title, text) = match &column.question {
                Some((title, text)) => (title.as_str(), text.as_str()),
                None => QUESTION,
            };
            self.choice(column)?
                .set_error_style(DataValidationErrorStyle::Warning)
                .set_error_title(cut_to(title, LONGEST_TITLE))?
                .set_error_message(cut_to(text, LONGEST_HINT))?
        };
        if !column.hint.is_empty() {
            validation = validation
                .set_input_title(cut_to(&column.header, LONGEST_TITLE))?
                .set_input_message(cut_to(&column.hint, LONGEST_HINT))?;
        }
        sheet.add_data_validation(1, at, last_row_to_fill(rows), at, &validation)?;
        Ok(())
    }

    fn choice(&mut self, column: &WrittenColumn<'_>) -> Result<DataValidation, XlsxError> {
        if stands_at_its_cells(&column.choices) {
            return DataValidation::new().allow_list_strings(&column.choices);
        }
        let number = self.lists.len() + 1;
        let (_, number) = self
            .lists
            .entry(column.choices.clone())
            .or_insert_with(|| (column.header.to_string(), number));
        Ok(DataValidation::new().allow_list_formula(Formula::new(format!("={}", list_name(*number)))))
    }

    /// Writes them, hidden; no worksheet where there are none.
    pub(super) fn write(&self, workbook: &mut Workbook, names: &mut WorksheetNames) -> Result<(), XlsxError> {
        if self.lists.is_empty() {
            return Ok(());
        }
        let mut lists: Vec<(&Vec<String>, &(String, usize))> = self.lists.iter().collect();
        lists.sort_by_key(|(_, (_, number))| *number);
        let name = names.name(NAME);
        let sheet = workbook.add_worksheet();
        sheet.set_name(&name)?;
        sheet.set_hidden(true);
        sheet.write_string(0, 0, NOT_ROWS)?;
        let bold = Format::new().set_bold();
        // Whoever deletes the first row leaves this one.
        let beside = u16::try_from(lists.len()).unwrap_or(u16::MAX);
        sheet.write_string(HEADERS, beside, NOT_ROWS)?;
        for (column, (choices, (header, _))) in (0..).zip(&lists) {
            write_text(sheet, (HEADERS, column), &cell_text(header), Some(&bold))?;
            for (row, choice) in (HEADERS + 1..).zip(*choices) {
                write_text(sheet, (row, column), &cell_text(choice), None)?;
            }
        }
        for (column, (choices, (_, number))) in (0_u16..).zip(lists) {
            let letters = rust_xlsxwriter::utility::column_number_to_name(column);
            let first = HEADERS + 2;
            let last = first as usize + choices.len() - 1;
            let range = format!("='{name}'!${letters}${first}:${letters}${last}");
            workbook.define_name(list_name(*number), &range)?;
        }
        Ok(())
    }
}

fn list_name(number: usize) -> String {
    format!("reseat_list_{number}")
}

/// A comma would part a choice in two, and some programs part at other signs or take off what surrounds a choice; one that
/// looks like a number, a date or a truth to a program is put into the cell as that.
fn stands_at_its_cells(choices: &[String]) -> bool {
    let letters: usize = choices.iter().map(|choice| choice.len() + 1).sum();
    let is_plain = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '-' | '_');
    let is_word = |choice: &String| {
        let is_truth = ["true", "false"].iter().any(|truth| choice.eq_ignore_ascii_case(truth));
        choice.starts_with(|letter: char| letter.is_ascii_alphabetic()) && choice.chars().all(is_plain) && !is_truth
    };
    letters <= LONGEST_LIST && choices.iter().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_list_of_plain_words_stands_at_its_cells() {
        let list = |choices: &[&str]| -> Vec<String> { choices.iter().map(|choice| (*choice).to_owned()).collect() };
        assert!(stands_at_its_cells(&list(&["yes", "no"])));
        assert!(!stands_at_its_cells(&list(&["Doe, John"])));
        assert!(!stands_at_its_cells(&list(&["Zoë"])));
        for number in ["007", "2026-03", "1E5", "-", "TRUE", "False", ""] {
            assert!(!stands_at_its_cells(&list(&["Ops", number])), "{number}");
        }
        assert!(!stands_at_its_cells(&vec!["x".repeat(51); 5]));
        assert!(stands_at_its_cells(&vec!["x".repeat(50); 5]));
    }
}
