//! What to do where seats are short, as far as the plan's counts tell. Pure.

use super::next::Typed;
use crate::plan::SeatLine;
use crate::text::{joined, number};

/// How many bundles are named of which more is missing than could be freed.
const NAMED: usize = 5;

/// How to get the seats that are missing, for the beginning of a sentence, and the command that finds idle ones where any
/// could be freed; `shown` is how that command stands in the sentence.
pub(super) fn ways_to_seats(
    seats: &[SeatLine],
    typed: &Typed,
    shown: impl Fn(&str) -> String,
) -> (String, Option<String>) {
    let words = |line: &SeatLine| {
        let owned = match line.total {
            Some(0) | None => "none".to_owned(),
            Some(owned) => format!("{} in all", number(owned)),
        };
        let (short, code) = (number(line.short), &line.code);
        format!("of {code} {short} more would be needed, and the organization owns {owned}")
    };
    let (later, seats) = without_later(seats);
    let beyond: Vec<String> = seats
        .iter()
        .filter(|line| line.short > line.freeable())
        .map(words)
        .collect();
    let freeing = typed.freeing(&seats);
    let idle = freeing
        .as_deref()
        .map(|command| format!("{} finds idle ones", shown(command)));
    let mut ways = Vec::new();
    match (beyond.as_slice(), idle) {
        // The next run is enough.
        ([], None) if !later.is_empty() => {}
        ([], idle) => ways.push(format!("free some seats ({})", idle.unwrap_or_default())),
        (beyond, Some(idle)) => ways.push(format!("buy seats ({}; {idle})", joined(beyond, NAMED))),
        (beyond, None) => ways.push(format!("buy seats ({})", joined(beyond, NAMED))),
    }
    if !later.is_empty() {
        ways.push(format!(
            "run it with `--on-shortage fill` and then once more, for the seats that it frees only at its end ({})",
            joined(&later, NAMED)
        ));
    }
    (ways.join(", "), freeing)
}

/// The seats that are missing only until the sheet has been carried out, in words, and what is missing besides: old accounts
/// are deleted last, and what they hold is free for the next run.
fn without_later(seats: &[SeatLine]) -> (Vec<String>, Vec<SeatLine>) {
    let mut later = Vec::new();
    let besides = seats.iter().cloned().map(|mut line| {
        let left = line
            .total
            .zip(line.taken_after())
            .map_or(0, |(owned, taken)| owned.saturating_sub(taken));
        let soon = left.min(line.short);
        if soon > 0 {
            later.push(format!("{} of {}", number(soon), line.code));
        }
        line.short -= soon;
        line
    });
    let besides = besides.collect();
    (later, besides)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::model::BundleCode;

    fn line(code: &str, (owned, taken, frees, short): (u64, u64, u64, u64)) -> SeatLine {
        SeatLine {
            code: BundleCode::new(code),
            total: Some(owned),
            allocated: Some(taken),
            // What is freed in time is taken.
            taken: frees,
            freed: frees,
            short,
        }
    }

    fn ways(seats: &[SeatLine]) -> String {
        let typed = Typed::of(["reseat", "plan", "a.csv"].map(OsString::from).into());
        ways_to_seats(seats, &typed, |command| format!("`{command}`")).0
    }

    #[test]
    fn no_more_seats_are_to_be_freed_than_there_are() {
        assert_eq!(
            ways(&[line("ACNU", (40, 40, 0, 3))]),
            "free some seats (`reseat rebalance --only ACNU --free 'ACNU=3' -o free.xlsx` finds idle ones)"
        );
        assert_eq!(
            ways(&[line("ACNU", (32, 32, 4, 13_331))]),
            "buy seats (of ACNU 13,331 more would be needed, and the organization owns 32 in all; \
             `reseat rebalance --only ACNU --free 'ACNU=28' -o free.xlsx` finds idle ones)"
        );
        assert_eq!(
            ways(&[line("ACNU", (32, 32, 0, 40)), line("PMD", (9, 9, 0, 1))]),
            "buy seats (of ACNU 40 more would be needed, and the organization owns 32 in all; \
             `reseat rebalance --only ACNU --free 'ACNU=32' --only PMD --free 'PMD=1' -o free.xlsx` finds idle ones)"
        );
    }

    #[test]
    fn what_the_sheet_frees_at_its_end_is_given_by_the_next_run() {
        let late = |short, frees| SeatLine {
            taken: 0,
            ..line("ACNU", (40, 40, frees, short))
        };
        assert_eq!(
            ways(&[late(2, 2)]),
            "run it with `--on-shortage fill` and then once more, for the seats that it frees only at its end (2 of ACNU)"
        );
        assert_eq!(
            ways(&[late(3, 1), line("PMD", (0, 0, 0, 1))]),
            "buy seats (of PMD 1 more would be needed, and the organization owns none; \
             `reseat rebalance --only ACNU --free 'ACNU=2' -o free.xlsx` finds idle ones), run it with `--on-shortage fill` and \
             then once more, for the seats that it frees only at its end (1 of ACNU)"
        );
    }

    #[test]
    fn where_none_can_be_freed_no_command_is_named() {
        assert_eq!(
            ways(&[line("ACNU", (0, 0, 0, 2))]),
            "buy seats (of ACNU 2 more would be needed, and the organization owns none)"
        );
        assert_eq!(
            ways(&[line("ACNU", (5, 5, 5, 7))]),
            "buy seats (of ACNU 7 more would be needed, and the organization owns 5 in all)"
        );
    }
}
