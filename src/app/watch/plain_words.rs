//! What a run has said, for whoever put its sheet into a folder: they type no commands, and have others to ask who do.

use std::borrow::Cow;

/// What is said of commands, and what somebody can do who has a folder.
const OF_COMMANDS: [(&str, &str); 9] = [
    ("; run the same command again later", ""),
    ("; run the same command again then", ""),
    ("; run the sheet, and not its plan, then", ""),
    ("run the same command again", "put the sheet into the drop folder again"),
    ("the same command", "putting the sheet into the drop folder again"),
    ("run that sheet again", "put that sheet into the drop folder again"),
    ("run the sheet again", "put the sheet into the drop folder again"),
    (
        "run it if they are corrected there",
        "put it into the drop folder once they are corrected there",
    ),
    (
        "before you run it, or run the sheet itself",
        "before you put it into the drop folder",
    ),
];

/// What is said of flags in sentences that are no advice, and the same without them.
const OF_FLAGS: [(&str, &str); 3] = [
    ("enough for `--max-failures` to stop the run", "enough to stop the run"),
    (", or try every row with `--max-failures 100%`", ""),
    (
        "and run the same command again",
        "and put the sheet into the drop folder again",
    ),
];

/// A sentence without flags and commands, and without the parts that are about them.
pub(super) fn without_flags(line: &str) -> Cow<'_, str> {
    let mut line = Cow::Borrowed(line);
    for (flags, instead) in OF_FLAGS {
        if line.contains(flags) {
            line = line.replace(flags, instead).into();
        }
    }
    while let Some(flag) = first_flag(&line)
        && let Some(start) = line[..flag].rfind("; ")
    {
        let end = line[flag..].find("; ").map_or(line.len(), |end| flag + end);
        line = format!("{}{}", &line[..start], &line[end..]).into();
    }
    line
}

/// The same without commands and flags.
pub(super) fn without_commands(told: &str) -> String {
    let lines: Vec<Cow<'_, str>> = told.lines().filter_map(without_command).collect();
    lines.join("\n")
}

fn without_command(line: &str) -> Option<Cow<'_, str>> {
    let text = line.trim_start();
    let is_for_a_terminal = text.starts_with("next: ") || text.starts_with('`') && text.contains("` lists ");
    // The note itself says that.
    let is_said = text.starts_with("hint: correct ") || text == "help: each error says what to do";
    if is_for_a_terminal || is_said {
        return None;
    }
    let label = ["help: ", "hint: ", "warning: "]
        .into_iter()
        .find(|label| text.starts_with(label));
    let mut line = without_kept_plan(line);
    let Some(label) = label else {
        return Some(without_flags(&line).into_owned().into());
    };
    if label == "hint: " {
        for (command, instead) in OF_COMMANDS {
            if line.contains(command) {
                line = line.replace(command, instead).into();
            }
        }
    }
    let Some(flag) = first_flag(&line) else {
        return Some(line);
    };
    let start = line.find(label).unwrap_or_default() + label.len();
    let advice = &line[start..flag];
    let ends =
        ["; ", ", or ", ", which ", "? "].map(|part| advice.rfind(part).map(|at| at + usize::from(part == "? ")));
    let kept = ends.into_iter().flatten().max().map_or("", |end| &advice[..end]);
    // Of a parenthesis only the end may be about the command.
    let open = kept.matches('(').count() > kept.matches(')').count();
    let (label, close) = (&line[..start], if open { ")" } else { "" });
    Some(if kept.is_empty() {
        format!("{label}ask whoever runs reseat").into()
    } else if kept.ends_with('?') {
        format!("{label}{kept} For anything else ask whoever runs reseat").into()
    } else {
        format!("{label}{kept}{close}; for anything else ask whoever runs reseat").into()
    })
}

/// A sentence without the path of a plan that is kept where whoever drops a sheet cannot look.
fn without_kept_plan(line: &str) -> Cow<'_, str> {
    for before in [", saved in `", " in `"] {
        if let Some((start, rest)) = line.split_once(before)
            && let Some((path, end)) = rest.split_once('`')
            && path.contains(".reseat")
            && path.contains("approvals")
        {
            return format!("{start}{}", end.trim_start_matches(',')).into();
        }
    }
    Cow::Borrowed(line)
}

/// Where the first flag or command stands.
fn first_flag(line: &str) -> Option<usize> {
    let is_flag = |at: &usize| {
        let begins = line[..*at]
            .chars()
            .next_back()
            .is_none_or(|before| " `(\"".contains(before));
        begins && line[at + 2..].starts_with(|letter: char| letter.is_ascii_lowercase())
    };
    let flag = line.match_indices("--").map(|(at, _)| at).find(is_flag);
    flag.into_iter().chain(line.find("`reseat ")).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_commands_and_flags_is_left_out_and_the_rest_kept() {
        for (told, kept) in [
            (
                "error[bad-email]: row 3: `bob --x@x` has no full domain",
                "error[bad-email]: row 3: `bob --x@x` has no full domain",
            ),
            ("  help: write one address", "  help: write one address"),
            (
                "  help: --map \"Exit=not_before\" has each row wait; where that day is still worked, write the day after",
                "  help: ask whoever runs reseat",
            ),
            (
                "  help: head one `user`, `email` or `group`, or say which it is: --map \"HEADER=user\"; a header further down is \
                 named by --header-row",
                "  help: head one `user`, `email` or `group`; for anything else ask whoever runs reseat",
            ),
            (
                "  help: did you mean `ATTUNU`? `acme` has `ATTUNU`, `ACNU` and 7 more, which `reseat codes` lists",
                "  help: did you mean `ATTUNU`? `acme` has `ATTUNU`, `ACNU` and 7 more; for anything else ask whoever runs reseat",
            ),
            (
                "  help: did you mean `groups`? --map \"Gruppn=groups\" says so without a change",
                "  help: did you mean `groups`? For anything else ask whoever runs reseat",
            ),
            (
                "help: correct the sheet, or add `--skip-invalid` to run the other rows",
                "help: correct the sheet; for anything else ask whoever runs reseat",
            ),
            (
                "warning: 2 rows miss out on seats, so a run stops here; `--on-shortage fill` gives the seats that there are",
                "warning: 2 rows miss out on seats, so a run stops here; for anything else ask whoever runs reseat",
            ),
            (
                "help: buy seats (of PMD 1 more would be needed, and the organization owns none; `reseat rebalance --only PMD` finds \
                 idle ones), or remove rows",
                "help: buy seats (of PMD 1 more would be needed, and the organization owns none); for anything else ask whoever runs \
                 reseat",
            ),
            (
                "help: free some seats (`reseat rebalance --only PMD` finds idle ones), or remove rows",
                "help: ask whoever runs reseat",
            ),
            (
                "hint: 3 rows were not reached; the same command continues there",
                "hint: 3 rows were not reached; putting the sheet into the drop folder again continues there",
            ),
            (
                "all 3 rows are already done or unchanged, according to `x.results.csv`; add `--again` to start over",
                "all 3 rows are already done or unchanged, according to `x.results.csv`",
            ),
            (
                "stopped: 1 row failed, enough for `--max-failures` to stop the run",
                "stopped: 1 row failed, enough to stop the run",
            ),
            (
                "row 2: not_found: there is no group `Fnance`; `reseat export groups` lists them; done before that: invited",
                "row 2: not_found: there is no group `Fnance`; done before that: invited",
            ),
            (
                "`x.results.csv` is not a reseat results file; give another path with `--results`",
                "`x.results.csv` is not a reseat results file",
            ),
            (
                "5 rows were refused for the same reason and none of their kind passed: no; fix what they have in common and run the \
                 same command again, or try every row with `--max-failures 100%`",
                "5 rows were refused for the same reason and none of their kind passed: no; fix what they have in common and put \
                 the sheet into the drop folder again",
            ),
            (
                "the plan of 2026-12-03T05:39:04Z, saved in `/in/.reseat/approvals/ab.approved.json`, still holds",
                "the plan of 2026-12-03T05:39:04Z still holds",
            ),
            (
                "error: 1 thing has changed since the plan was saved in `/in/.reseat/approvals/ab.approved.json` (T), so nothing was sent",
                "error: 1 thing has changed since the plan was saved (T), so nothing was sent",
            ),
            (
                "hint: 1 row failed because of the service; the same command tries again",
                "hint: 1 row failed because of the service; putting the sheet into the drop folder again tries again",
            ),
            (
                "hint: 1 row waits for its date; run the same command again then",
                "hint: 1 row waits for its date",
            ),
        ] {
            assert_eq!(without_commands(told), kept);
        }
        let told = "2 rows: 1 done\nhint: correct x.failed.csv before you run it, or run that again\nnext: reseat run x.failed.csv\n\
                    `reseat plan x.csv --output json` lists all rows of each warning\nhelp: each error says what to do\n";
        assert_eq!(without_commands(told), "2 rows: 1 done");
    }
}
