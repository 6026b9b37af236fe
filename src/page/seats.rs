//! The seats of a bundle as a picture, and in words.

use super::SeatBar;
use crate::text::number;

/// A bundle's seats, as they are drawn. Lengths are percentages of the picture's width.
pub(super) struct SeatPicture {
    /// The frame: all seats there are.
    pub(super) frame: Option<String>,
    /// The upper bar: the seats taken before.
    pub(super) before: Option<String>,
    /// The lower bar: the seats taken after, as far as there are any.
    pub(super) after: Option<String>,
    /// Where the lower bar goes beyond the frame, and how far.
    pub(super) beyond: Option<(String, String)>,
    /// What the picture shows, for those who do not see it.
    pub(super) label: String,
}

impl SeatBar {
    pub(super) fn picture(&self) -> SeatPicture {
        let all = [self.owned, self.before, self.after];
        let longest = all.into_iter().flatten().max().unwrap_or(0).max(1);
        let length = |seats: u64| percent(seats, longest);
        let (within, beyond) = match (self.owned, self.after) {
            (Some(owned), Some(after)) if after > owned => (Some(owned), Some((length(owned), length(after - owned)))),
            (_, after) => (after, None),
        };
        SeatPicture {
            frame: self.owned.map(length),
            before: self.before.map(length),
            after: within.map(length),
            beyond,
            label: self.label(),
        }
    }

    fn label(&self) -> String {
        let known = |seats: Option<u64>| seats.map_or_else(|| "not known".to_owned(), number);
        let owned = self
            .owned
            .map_or_else(String::new, |owned| format!(", of {} seats", number(owned)));
        format!(
            "{}: taken before {}, after {}{owned}",
            self.name,
            known(self.before),
            known(self.after)
        )
    }

    /// The same in numbers, each with the header of its column: before, after, all seats, and what is left.
    pub(super) fn numbers(&self) -> [(&'static str, String); 4] {
        let known = |seats: Option<u64>| seats.map_or_else(|| "–".to_owned(), number);
        [
            ("Before", known(self.before)),
            ("After", known(self.after)),
            ("Seats", known(self.owned)),
            ("Left", self.left()),
        ]
    }

    fn left(&self) -> String {
        match (self.owned, self.after) {
            (Some(owned), Some(after)) if after > owned => format!("{} too few", number(after - owned)),
            (Some(owned), Some(after)) => number(owned - after),
            _ => "–".to_owned(),
        }
    }

    /// Who gets a seat and who loses one, and what else is to be said; empty where there is nothing.
    pub(super) fn remarks(&self) -> String {
        let given = (self.given > 0).then(|| format!("{} given", number(self.given)));
        let taken = (self.taken_away > 0).then(|| format!("{} taken away", number(self.taken_away)));
        let moves = [given, taken].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let parts = [moves, self.note.clone()];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("; ")
    }
}

/// A part of a whole, as a percentage with two places.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(owned: Option<u64>, before: Option<u64>, after: Option<u64>) -> SeatBar {
        SeatBar {
            name: "Attended".to_owned(),
            code: "ATTUNU".to_owned(),
            owned,
            before,
            after,
            given: 0,
            taken_away: 0,
            note: String::new(),
        }
    }

    #[test]
    fn bars_are_as_long_as_the_seats_they_stand_for() {
        let picture = bar(Some(50), Some(42), Some(47)).picture();
        assert_eq!(picture.frame.as_deref(), Some("100.00%"));
        assert_eq!(picture.before.as_deref(), Some("84.00%"));
        assert_eq!(picture.after.as_deref(), Some("94.00%"));
        assert_eq!(picture.beyond, None);
        assert_eq!(picture.label, "Attended: taken before 42, after 47, of 50 seats");
    }

    #[test]
    fn more_seats_taken_than_there_are_stand_out_of_the_frame() {
        let over = bar(Some(8), Some(8), Some(10));
        let picture = over.picture();
        assert_eq!(picture.frame.as_deref(), Some("80.00%"));
        assert_eq!(picture.after.as_deref(), Some("80.00%"));
        assert_eq!(picture.beyond, Some(("80.00%".to_owned(), "20.00%".to_owned())));
        assert_eq!(over.left(), "2 too few");
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let picture = bar(None, None, Some(3)).picture();
        assert_eq!((picture.frame, picture.before), (None, None));
        assert_eq!(picture.label, "Attended: taken before not known, after 3");
        let nothing = bar(Some(0), Some(0), Some(0));
        assert_eq!(nothing.picture().after.as_deref(), Some("0.00%"));
        assert_eq!(nothing.left(), "0");
        assert_eq!(
            bar(Some(u64::MAX), Some(u64::MAX), Some(1)).picture().after.as_deref(),
            Some("0.00%")
        );
    }
}
