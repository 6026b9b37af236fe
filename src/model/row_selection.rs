//! Some rows of a sheet, as `--only` and its like name them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Place;
use crate::text::fold;

/// Rows chosen by number, of one worksheet or of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSelection(Vec<RowRange>);

/// Rows from one number to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRange {
    /// The worksheet; all if `None`.
    pub sheet: Option<String>,
    /// The first row, as the spreadsheet program numbers it.
    pub first: u32,
    /// The last row.
    pub last: u32,
}

impl RowSelection {
    /// The selection of the row at this place alone.
    pub fn of(place: &Place) -> Self {
        Self(vec![RowRange {
            sheet: (!place.sheet.is_empty()).then(|| place.sheet.to_string()),
            first: place.row,
            last: place.row,
        }])
    }

    /// Whether the row at this place is chosen.
    pub fn contains(&self, place: &Place) -> bool {
        self.0.iter().any(|range| {
            let same_sheet = |sheet: &String| fold(sheet) == fold(&place.sheet);
            (range.first..=range.last).contains(&place.row) && range.sheet.as_ref().is_none_or(same_sheet)
        })
    }

    /// The ranges of it, as typed, in which none of these places is.
    pub fn without<'a>(&self, places: &(impl Iterator<Item = &'a Place> + Clone)) -> Vec<String> {
        let ranges = self.0.iter().map(|range| Self(vec![range.clone()]));
        let empty = ranges.filter(|range| !places.clone().any(|place| range.contains(place)));
        empty.map(|range| range.to_string()).collect()
    }
}

impl FromStr for RowSelection {
    type Err = String;

    /// Comma-separated ranges, as in `2-10,15` or `Leavers!2-10,15,Joiners!3`; a worksheet's name applies until the
    /// next one.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut sheet = None;
        let ranges = text.split(',').map(|part| {
            let rows = match part.rsplit_once('!') {
                Some((name, rows)) => {
                    sheet = Some(name.trim().trim_matches('\'').to_owned());
                    rows
                }
                None => part,
            };
            let (first, last) = rows.split_once('-').unwrap_or((rows, rows));
            let number = |text: &str| text.trim().parse::<u32>().ok().filter(|row| *row > 0);
            match (number(first), number(last)) {
                (Some(first), Some(last)) if first <= last => Ok(RowRange {
                    sheet: sheet.clone(),
                    first,
                    last,
                }),
                _ => Err(format!(
                    "`{}` is no range of rows; write `2-10,15` or `Leavers!2-10`",
                    part.trim()
                )),
            }
        });
        ranges.collect::<Result<_, _>>().map(Self)
    }
}

/// As typed.
impl fmt::Display for RowSelection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sheet = None;
        for (position, range) in self.0.iter().enumerate() {
            if position > 0 {
                out.write_str(",")?;
            }
            if range.sheet.is_some() && range.sheet != sheet {
                write!(out, "{}!", range.sheet.as_deref().unwrap_or_default())?;
            }
            sheet.clone_from(&range.sheet);
            match (range.first, range.last) {
                (first, last) if first == last => write!(out, "{first}")?,
                (first, last) => write!(out, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl Serialize for RowSelection {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RowSelection {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(selection: &str, places: &[(&str, u32)]) -> Vec<bool> {
        let selection: RowSelection = selection.parse().unwrap();
        let place = |(sheet, row): &(&str, u32)| Place {
            sheet: (*sheet).into(),
            row: *row,
        };
        places.iter().map(|at| selection.contains(&place(at))).collect()
    }

    #[test]
    fn ranges_and_single_rows_are_chosen_with_both_ends() {
        let rows = [("", 1), ("", 2), ("", 10), ("", 11), ("", 15)];
        assert_eq!(chosen("2-10, 15", &rows), [false, true, true, false, true]);
    }

    #[test]
    fn a_worksheets_name_holds_until_another_is_named() {
        let rows = [("Leavers", 2), ("Leavers", 7), ("Joiners", 2), ("Joiners", 3)];
        assert_eq!(chosen("leavers!2,7,Joiners!3", &rows), [true, true, false, true]);
        assert_eq!(chosen("2", &rows), [true, false, true, false]);
        assert_eq!(chosen("'HR drop!'!2", &[("HR drop!", 2)]), [true]);
    }

    #[test]
    fn ranges_that_choose_nothing_are_named_as_they_are_typed() {
        let places = [("Leavers", 4), ("Leavers", 24)].map(|(sheet, row)| Place {
            sheet: sheet.into(),
            row,
        });
        let without = |selection: &str| selection.parse::<RowSelection>().unwrap().without(&places.iter());
        assert_eq!(without("4-24,44"), ["44"]);
        assert_eq!(without("20-1000"), [] as [&str; 0]);
        assert_eq!(without("Joiners!4,Leavers!4,5-9"), ["Joiners!4", "Leavers!5-9"]);
    }

    #[test]
    fn a_selection_is_shown_as_it_is_typed() {
        for text in ["2-10,15", "Leavers!2-10,15,Joiners!3", "HR drop!!2"] {
            let selection: RowSelection = text.parse().unwrap();
            assert_eq!(selection.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "0", "a", "5-2", "1-", "-3", "2,,3", "1-2-3", "Leavers!"] {
            assert!(text.parse::<RowSelection>().is_err(), "{text}");
        }
    }
}
