//! Column letters.

use rust_xlsxwriter::utility::column_number_to_name;

/// The letters that a spreadsheet program shows above the column at `position`, from 0: `A`, `Z`, `AA`.
pub fn column_letters(position: usize) -> String {
    // A row has at most 16,384 cells.
    column_number_to_name(u16::try_from(position).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_lettered_as_a_spreadsheet_program_does() {
        for (position, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letters(position), letters);
        }
    }
}
