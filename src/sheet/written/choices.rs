//! What a workbook offers to choose from.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Formula, Workbook, Worksheet, XlsxError};

use super::table::WrittenColumn;
use crate::sheet::workbook_text::{cell_text, write_text};
use crate::sheet::worksheet_names::WorksheetNames;

/// The first cell of a worksheet that holds no rows to run: lists, or help.
pub const NOT_ROWS: &str = "reseat: nothing on this worksheet is run";

/// What the worksheet of lists is called.
const NAME: &str = "Lists";
/// For so many rows below the last, choices are offered too. A whole column of them costs other programs gigabytes.
const ROWS_TO_ADD: u32 = 1_000;
/// The last row of a worksheet, counted from 0.
pub(super) const LAST_ROW: u32 = 1_048_575;
/// How many letters a list may have that stands at its cells, by the format of the file.
const LONGEST_LIST: usize = 255;
/// The row of the headers of the lists.
const HEADERS: u32 = 1;

/// The lists that are too long, or too odd, to stand at the cells that offer them: each is written once, to a worksheet of
/// their own, and known by a name, since programs lose a range of another worksheet.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The header of the first column that offers a list, and the list's number, by what is in it.
    lists: BTreeMap<Vec<String>, (String, usize)>,
}

impl Lists {
    /// Offers the column's choices in its cells, and in some below.
    pub(super) fn offer(
        &mut self,
        sheet: &mut Worksheet,
        at: u16,
        column: &WrittenColumn<'_>,
        rows: u32,
    ) -> Result<(), XlsxError> {
        if column.choices.is_empty() {
            return Ok(());
        }
        let list = if stands_at_its_cells(&column.choices) {
            DataValidation::new().allow_list_strings(&column.choices)?
        } else {
            let number = self.lists.len() + 1;
            let (_, number) = self
                .lists
                .entry(column.choices.clone())
                .or_insert_with(|| (column.header.to_string(), number));
            DataValidation::new().allow_list_formula(Formula::new(format!("={}", list_name(*number))))
        };
        let validation = list
            .set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("Not on the list")?
            .set_error_message(
                "The list offers something else. Keep this if it is meant, or if there are several with ; between them.",
            )?;
        let end = rows.saturating_add(ROWS_TO_ADD).min(LAST_ROW);
        sheet.add_data_validation(1, at, end, at, &validation)?;
        Ok(())
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

/// A comma would part a choice in two, and some programs part at other signs or take off what surrounds a choice.
fn stands_at_its_cells(choices: &[String]) -> bool {
    let letters: usize = choices.iter().map(|choice| choice.len() + 1).sum();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    letters <= LONGEST_LIST && choices.iter().all(|choice| choice.chars().all(is_plain))
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
        assert!(!stands_at_its_cells(&vec!["x".repeat(51); 5]));
        assert!(stands_at_its_cells(&vec!["x".repeat(50); 5]));
    }
}
