//! The command to type after a run. Pure.

use std::path::Path;

/// What was typed, and what is needed to continue it.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    /// The command line, the program's own name first.
    pub(super) words: Vec<String>,
    /// The sheet, as it was typed; `None` if a saved plan named it.
    pub(super) sheet: Option<&'a Path>,
    /// The flags that came from a saved plan.
    pub(super) planned: Vec<String>,
    /// How many deletions the next run may make, if `--max-deletes` has to allow them.
    pub(super) deletions: Option<usize>,
}

impl Typed<'_> {
    /// The command line of this process, for typing again.
    pub(super) fn same_command() -> String {
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        shell(&without(words.collect(), &["--again"], &[]))
    }

    /// The same command, to continue.
    pub(super) fn again(self) -> String {
        let allowed = self.deletions;
        shell(&with_deletions(without(self.words, &["--again"], &[]), allowed))
    }

    /// The same command for the sheet of failed rows, which has its own row numbers and results, and no saved plan.
    pub(super) fn with_sheet(self, failed: &Path) -> String {
        let mut words = without(self.words, &["--again"], &["--only", "--results", "--plan"]);
        let failed = failed.display().to_string();
        let typed = self.sheet.map(|sheet| sheet.to_string_lossy());
        match words.iter_mut().rfind(|word| typed.as_deref() == Some(word.as_str())) {
            Some(word) => *word = failed,
            None => words.push(failed),
        }
        words.extend(self.planned);
        shell(&with_deletions(words, self.deletions))
    }
}

/// The words without these flags; `valued` ones are removed together with their values.
fn without(words: Vec<String>, plain: &[&str], valued: &[&str]) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let is_joined = |flag: &&str| word.strip_prefix(*flag).is_some_and(|rest| rest.starts_with('='));
        if valued.contains(&word.as_str()) {
            words.next();
        } else if !plain.contains(&word.as_str()) && !valued.iter().any(is_joined) {
            kept.push(word);
        }
    }
    kept
}

fn with_deletions(words: Vec<String>, allowed: Option<usize>) -> Vec<String> {
    let Some(count) = allowed.filter(|count| *count > 0) else {
        return words;
    };
    let mut words = without(words, &[], &["--max-deletes"]);
    words.extend(["--max-deletes".to_owned(), count.to_string()]);
    words
}

fn shell(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A word, quoted for a shell.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./=:@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &[&str], deletions: Option<usize>) -> Typed<'static> {
        Typed {
            words: words.iter().copied().map(str::to_owned).collect(),
            sheet: Some(Path::new("drop/joiners.csv")),
            planned: Vec::new(),
            deletions,
        }
    }

    #[test]
    fn words_with_spaces_are_quoted_for_the_shell() {
        assert_eq!(quoted("samples/onboarding.csv"), "samples/onboarding.csv");
        assert_eq!(quoted("Work e-mail=user"), "'Work e-mail=user'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn the_failed_sheet_is_run_with_the_flags_that_mean_it_too() {
        let words = [
            "reseat",
            "--profile",
            "p",
            "run",
            "drop/joiners.csv",
            "--map",
            "Work e-mail=user",
            "--only",
            "2-10",
            "--results=out.csv",
            "--again",
            "--yes",
        ];
        assert_eq!(
            typed(&words, None).with_sheet(Path::new("drop/joiners.failed.csv")),
            "reseat --profile p run drop/joiners.failed.csv --map 'Work e-mail=user' --yes"
        );
    }

    #[test]
    fn the_failed_sheet_of_a_saved_plan_is_run_without_the_plan_and_with_its_flags() {
        let command = Typed {
            sheet: None,
            planned: ["--operation", "delete"].map(str::to_owned).to_vec(),
            ..typed(&["reseat", "run", "--plan", "drop/plan.json", "--yes"], None)
        };
        assert_eq!(
            command.with_sheet(Path::new("drop/joiners.failed.csv")),
            "reseat run --yes drop/joiners.failed.csv --operation delete"
        );
    }

    #[test]
    fn the_same_command_allows_the_deletions_that_are_still_to_come() {
        let words = ["reseat", "run", "drop/joiners.csv", "--max-deletes", "9", "--again"];
        for (words, deletions, expected) in [
            (&words[..], Some(3), "reseat run drop/joiners.csv --max-deletes 3"),
            (&words[..3], Some(3), "reseat run drop/joiners.csv --max-deletes 3"),
            (&words[..], Some(0), "reseat run drop/joiners.csv --max-deletes 9"),
            (&words[..3], None, "reseat run drop/joiners.csv"),
        ] {
            assert_eq!(typed(words, deletions).again(), expected);
        }
    }
}
