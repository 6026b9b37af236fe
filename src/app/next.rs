//! The command to type next. Pure, but for asking how this process was started, and whether a file is there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::cli::{self, Command, FLAGS_FOR_ROWS};
use crate::plan::SeatLine;
use crate::settings::{self, is_app_id};
use crate::text::shell_word;

/// A command line as it was typed, the program's own name first.
#[derive(Debug, Clone)]
pub(super) struct Typed(Vec<OsString>);

impl Typed {
    /// The command line of this process, without what may be a secret.
    pub(super) fn here() -> Self {
        Self::of(std::env::args_os().collect())
    }

    /// The command that a person would type to run this sheet with these settings: where this process was told where they
    /// are, the command tells it, too.
    pub(super) fn unattended(&self, sheet: &Path, profile: Option<&str>) -> Self {
        let mut words = self.words([OsString::from("run"), beside_no_flag(sheet)], &["--config"], &[]);
        if let Some(profile) = profile {
            words.extend([OsString::from("--profile"), profile.into()]);
        }
        Self(words)
    }

    /// These words. What stands in the place of an App ID and is none may be the App Secret, and is not repeated.
    pub(super) fn of(mut words: Vec<OsString>) -> Self {
        let flags = words.iter().position(|word| word == "--").unwrap_or(words.len());
        for at in 0..flags {
            let word = words[at].to_string_lossy();
            if let Some(id) = word.strip_prefix(CLIENT_ID_IS) {
                if !is_app_id(id) {
                    words[at] = format!("{CLIENT_ID_IS}{AN_APP_ID}").into();
                }
            } else if word == CLIENT_ID
                && let Some(id) = words.get(at + 1)
                && !is_app_id(&id.to_string_lossy())
            {
                words[at + 1] = AN_APP_ID.into();
            }
        }
        Self(words)
    }

    /// The same command, to go on: the earlier results were set aside once, and must not be again.
    pub(super) fn again(&self) -> String {
        shell(&without(&self.0, &["--again"], &[]))
    }

    /// The same command for all rows of the sheet.
    pub(super) fn for_all_rows(&self) -> String {
        shell(&without(&self.0, &["--again"], &FLAGS_OF_A_PART))
    }

    /// Which flags were typed that choose a part of the rows.
    pub(super) fn flags_of_a_part(&self) -> Vec<&'static str> {
        let words = || self.0.iter().take_while(|word| *word != "--");
        let is_typed = |flag: &&str| words().any(|word| word == flag || is_joined(word, flag));
        FLAGS_OF_A_PART.into_iter().filter(is_typed).collect()
    }

    /// The same command, word for word.
    pub(super) fn as_typed(&self) -> String {
        shell(&self.0)
    }

    /// The command that runs this sheet on the organization that was typed.
    pub(super) fn run_of(&self, sheet: &Path) -> String {
        self.command_of("run", sheet)
    }

    /// The command that shows what running this sheet would do.
    pub(super) fn plan_of(&self, sheet: &Path) -> String {
        self.command_of("plan", sheet)
    }

    /// The command that checks this sheet, which asks no organization.
    pub(super) fn check_of(&self, sheet: &Path) -> String {
        shell(&self.words(["check".into(), beside_no_flag(sheet)], &FLAGS_OF_SETTINGS, &[]))
    }

    /// The plan that was typed, as if this moment had come.
    pub(super) fn as_of(&self, moment: &str) -> String {
        let mut words = without(&self.0, &FLAGS_OF_A_PLANS_PAGE, &FILES_OF_A_PLAN);
        add_flags(&mut words, ["--as-of", moment].map(OsString::from));
        shell(&words)
    }

    /// The command that runs the sheet whose plan was typed, with the flags that were typed for it.
    pub(super) fn run_as_planned(&self) -> Option<String> {
        let words = without(&self.0, &FLAGS_OF_A_PLANS_PAGE, &FILES_OF_A_PLAN);
        let run = as_command(&words, "plan", "run", |command| matches!(command, Command::Run(_)));
        let sheet = || self.sheet().map(|sheet| self.run_of(&sheet));
        run.map(|words| shell(&words)).or_else(sheet)
    }

    /// The command that lists for programs all that is planned for this sheet, with the flags that were typed for it.
    pub(super) fn listing_all(&self, sheet: &Path) -> String {
        let words = without(&self.0, &FLAGS_OF_A_RUN, &VALUES_OF_A_RUN);
        let words = without(&words, &FLAGS_OF_A_PLANS_PAGE, &["--save", "--out", "-o", "--output"]);
        let is_a_plan = |command: &Command| matches!(command, Command::Plan(_));
        let planned = as_command(&words, "plan", "plan", is_a_plan);
        let planned = planned.or_else(|| as_command(&words, "run", "plan", is_a_plan));
        let mut words = planned.unwrap_or_else(|| {
            let words = ["plan".into(), beside_no_flag(sheet)];
            self.words(words, &FLAGS_OF_THE_ORGANIZATION, &["--sandbox"])
        });
        add_flags(&mut words, ["--output", "json"].map(OsString::from));
        shell(&words)
    }

    /// The command that carries out this saved plan.
    pub(super) fn run_of_plan(&self, plan: &Path) -> String {
        let words = ["run".into(), "--plan".into(), plan.as_os_str().to_owned()];
        shell(&self.words(words, &FLAGS_OF_THE_ORGANIZATION, &[]))
    }

    /// The same command against the simulated organization, or a plan if it has no such flag.
    pub(super) fn on_the_sandbox(&self) -> String {
        let mut words = self.0.clone();
        add_flags(&mut words, ["--sandbox".into()]);
        if cli::parse(words.clone()).is_ok() {
            return shell(&words);
        }
        shell(&[self.program(), "plan".into(), "SHEET".into(), "--sandbox".into()])
    }

    /// The command that looks at what is configured and writes it down, with the flags that were typed and these.
    pub(super) fn doctor_writing(&self, missing: &[&str]) -> String {
        let mut words = self.words(["doctor".into()], &FLAGS_OF_THE_ORGANIZATION, &[]);
        words.extend(missing.iter().map(OsString::from));
        words.push(OsString::from("--write"));
        shell(&words)
    }

    /// The command that says what is wrong with the way to the organization that was typed.
    pub(super) fn doctor(&self) -> String {
        shell(&self.words(["doctor".into()], &FLAGS_OF_THE_ORGANIZATION, &[]))
    }

    /// The command that writes the sheet which frees as many idle seats as are missing, or as there are, and none of other
    /// licences; `None` where there are none.
    pub(super) fn freeing(&self, seats: &[SeatLine]) -> Option<String> {
        let mut words = vec!["rebalance".to_owned()];
        for line in seats {
            let freed = line.short.min(line.freeable());
            if freed == 0 {
                continue;
            }
            words.extend(["--only".to_owned(), line.code.to_string()]);
            // `rebalance` cures an excess without being asked to.
            let besides = freed.saturating_sub(line.excess());
            if besides > 0 {
                words.extend(["--free".to_owned(), format!("{}={besides}", line.code)]);
            }
        }
        if words.len() == 1 {
            return None;
        }
        words.extend(["-o", "free.xlsx"].map(str::to_owned));
        let words = words.into_iter().map(OsString::from);
        Some(shell(&self.words(words, &FLAGS_OF_THE_ORGANIZATION, &["--sandbox"])))
    }

    /// The command that plans the sheet that was typed, or one yet to be named, with the profile that was typed.
    pub(super) fn plan_with_the_profile(&self) -> String {
        let sheet = self
            .sheet()
            .map_or_else(|| OsString::from("SHEET"), PathBuf::into_os_string);
        shell(&self.words(["plan".into(), sheet], &FLAGS_OF_SETTINGS, &[]))
    }

    /// The same command with the configuration file that is beside its sheet; `None` where there is none.
    pub(super) fn with_file_beside_the_sheet(&self) -> Option<String> {
        let file = self.sheet()?.with_file_name(settings::FILE_NAME);
        if !file.is_file() {
            return None;
        }
        let mut words = self.0.clone();
        add_flags(&mut words, ["--config".into(), file.into_os_string()]);
        cli::parse(words.clone()).is_ok().then(|| shell(&words))
    }

    /// The sheet that was typed, of a command that plans or runs one.
    fn sheet(&self) -> Option<PathBuf> {
        match cli::parse(self.0.clone()).map(|invocation| invocation.command) {
            Ok(Command::Plan(options)) => Some(options.path),
            Ok(Command::Run(options)) => options.path,
            _ => None,
        }
    }

    fn program(&self) -> OsString {
        self.0.first().cloned().unwrap_or_else(|| OsString::from("reseat"))
    }

    fn command_of(&self, command: &str, sheet: &Path) -> String {
        let words = [command.into(), beside_no_flag(sheet)];
        shell(&self.words(words, &FLAGS_OF_THE_ORGANIZATION, &["--sandbox"]))
    }

    /// Another command of the program, with these flags as they were typed, the `valued` ones with their values.
    fn words(&self, words: impl IntoIterator<Item = OsString>, valued: &[&str], plain: &[&str]) -> Vec<OsString> {
        let program = std::iter::once(self.program());
        let kept = kept_flags(&self.0, valued, plain);
        program.chain(words).chain(kept).collect()
    }

    /// The same command for the sheet of failed rows, which has row numbers of its own, so that what was allowed for one
    /// row would be allowed for another, and is in no saved plan. What that plan said beside the sheet is typed in its
    /// place, as `planned`.
    pub(super) fn with_sheet(&self, failed: &Path, planned: &[OsString]) -> String {
        let mut words = self.0.clone();
        let position = sheet_position(&words);
        if let Some(position) = position {
            failed.as_os_str().clone_into(&mut words[position]);
        }
        let words = without(&words, &["--again"], &["--plan"]);
        let mut words = without(&words, &[], &FLAGS_FOR_ROWS);
        if position.is_none() {
            words.push(beside_no_flag(failed));
        }
        add_flags(&mut words, planned.iter().cloned());
        shell(&words)
    }
}

/// The flag that names the configuration file beside this sheet; `None` where there is none.
pub(super) fn config_beside(sheet: &Path) -> Option<String> {
    let file = sheet.with_file_name(settings::FILE_NAME);
    let is_there = file.is_file();
    is_there.then(|| shell(&[OsString::from("--config"), file.into_os_string()]))
}

/// The words with another command in the place of this one, if they are such a command then. The sheet, or the value of a
/// flag, may read the same as the command.
fn as_command(words: &[OsString], from: &str, to: &str, is_one: impl Fn(&Command) -> bool) -> Option<Vec<OsString>> {
    let mut changed = (0..words.len()).filter(|at| words[*at] == from).map(|at| {
        let mut words = words.to_vec();
        words[at] = OsString::from(to);
        words
    });
    changed.find(|words| cli::parse(words.clone()).is_ok_and(|invocation| is_one(&invocation.command)))
}

/// Adds flags before a `--`, behind which they would be taken for a sheet.
fn add_flags(words: &mut Vec<OsString>, flags: impl IntoIterator<Item = OsString>) {
    let at = words.iter().position(|word| word == "--").unwrap_or(words.len());
    words.splice(at..at, flags);
}

/// The sheet as a word that is not taken for a flag.
fn beside_no_flag(sheet: &Path) -> OsString {
    let is_flag = sheet.as_os_str().as_encoded_bytes().starts_with(b"-");
    let here = if is_flag { Path::new(".") } else { Path::new("") };
    here.join(sheet).into_os_string()
}

/// Which word is the sheet: the one whose change changes the sheet, as a value of a flag may read the same.
fn sheet_position(words: &[OsString]) -> Option<usize> {
    const OTHER: &str = "another sheet";
    let sheet = |words: Vec<OsString>| match cli::parse(words).map(|invocation| invocation.command) {
        Ok(Command::Run(options)) => options.path,
        _ => None,
    };
    let typed = sheet(words.to_vec())?;
    let reads_like_it = |position: &usize| words[*position] == typed;
    (0..words.len()).rev().filter(reads_like_it).find(|position| {
        let mut changed = words.to_vec();
        changed[*position] = OTHER.into();
        sheet(changed).is_some_and(|sheet| sheet == Path::new(OTHER))
    })
}

/// The flags of `plan` with a value that say where it goes, or as of when it is.
const FILES_OF_A_PLAN: [&str; 4] = ["--save", "--out", "-o", "--as-of"];

/// The flags that choose a part of the rows.
const FLAGS_OF_A_PART: [&str; 2] = ["--only", "--limit"];

/// The flags about the page of a plan.
const FLAGS_OF_A_PLANS_PAGE: [&str; 2] = ["--force", "--mask"];

/// The flags of `run` that `plan` has not.
const FLAGS_OF_A_RUN: [&str; 4] = ["--yes", "-y", "--wait", "--again"];

/// Those of them with a value.
const VALUES_OF_A_RUN: [&str; 3] = ["--max-deletes", "--max-failures", "--plan"];

const CLIENT_ID: &str = "--client-id";
const CLIENT_ID_IS: &str = "--client-id=";
/// What is shown in the place of an App ID that is none.
const AN_APP_ID: &str = "ID";

/// The flags that say which settings are meant.
const FLAGS_OF_SETTINGS: [&str; 2] = ["--profile", "--config"];

/// The flags with a value that say which organization is meant.
const FLAGS_OF_THE_ORGANIZATION: [&str; 6] = [
    "--profile",
    "--config",
    "--uri",
    "--organization",
    "--organization-id",
    CLIENT_ID,
];

/// Whether the word is this flag with its value behind a `=`.
fn is_joined(word: &OsStr, flag: &str) -> bool {
    let rest = word.as_encoded_bytes().strip_prefix(flag.as_bytes());
    rest.is_some_and(|rest| rest.starts_with(b"="))
}

/// These flags as they were typed, the `valued` ones with their values.
fn kept_flags(words: &[OsString], valued: &[&str], plain: &[&str]) -> Vec<OsString> {
    let mut kept = Vec::new();
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        let is_joined = |flag: &&str| is_joined(word, flag);
        if valued.iter().any(|flag| word == flag) {
            kept.push(word.clone());
            kept.extend(words.next().cloned());
        } else if plain.iter().any(|flag| word == flag) || valued.iter().any(is_joined) {
            kept.push(word.clone());
        }
    }
    kept
}

/// The words without these flags; `valued` ones are removed together with their values.
fn without(words: &[OsString], plain: &[&str], valued: &[&str]) -> Vec<OsString> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_joined = |flag: &&str| is_joined(word, flag);
        if word == "--" {
            kept.push(word.clone());
            kept.extend(words.by_ref().cloned());
        } else if valued.iter().any(|flag| word == flag) {
            words.next();
        } else if !plain.iter().any(|flag| word == flag) && !valued.iter().any(is_joined) {
            kept.push(word.clone());
        }
    }
    kept
}

/// A file's name without its folders, as a shell takes it.
pub(super) fn typed_name(path: &Path) -> String {
    shell_word(path.file_name().unwrap_or(path.as_os_str()))
}

fn shell(words: &[OsString]) -> String {
    let words: Vec<String> = words.iter().map(|word| shell_word(word)).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed, with `_` for a blank within a word.
    fn typed(line: &str) -> Typed {
        let words = line.split(' ').map(|word| word.replace('_', " ").into());
        Typed::of(words.collect())
    }

    #[test]
    fn what_stands_in_the_place_of_an_app_id_and_is_none_is_not_repeated() {
        let id = "0f7ecb54-86ab-4ebc-b9f3-3ed8cf0cd1ff";
        for (words, shown) in [
            (
                "reseat plan x.csv --client-id S3cr(et!abc",
                "reseat doctor --client-id ID",
            ),
            ("reseat plan x.csv --client-id=S3cret", "reseat doctor --client-id=ID"),
        ] {
            assert_eq!(typed(words).doctor(), shown);
        }
        let with_id = format!("reseat plan x.csv --client-id {id}");
        assert_eq!(typed(&with_id).doctor(), format!("reseat doctor --client-id {id}"));
        assert!(!typed("reseat run x.csv --client-id S3cret").again().contains("S3cret"));
    }

    #[test]
    fn what_lists_all_rows_is_the_plan_that_was_typed_or_that_of_the_run() {
        for (line, listed) in [
            (
                "reseat plan x.csv --map A=user -o p.html --force --output text",
                "reseat plan x.csv --map 'A=user' --output json",
            ),
            (
                "reseat run run -y --max-deletes 9 --operation delete --sandbox",
                "reseat plan run --operation delete --sandbox --output json",
            ),
            (
                "reseat run --plan plan.json --profile live",
                "reseat plan x.csv --profile live --output json",
            ),
            (
                "reseat watch inbox --profile=live",
                "reseat plan x.csv --profile=live --output json",
            ),
        ] {
            assert_eq!(typed(line).listing_all(Path::new("x.csv")), listed);
        }
    }

    #[test]
    fn a_sheet_that_was_written_is_run_on_the_organization_that_was_typed() {
        let words = "reseat --profile live undo a.csv -o b.csv --uri=https://x.example --force";
        let told = typed(words).run_of(Path::new("b.csv"));
        assert_eq!(told, "reseat run b.csv --profile live --uri=https://x.example");
        let told = typed("reseat export users --sandbox").run_of(Path::new("b.csv"));
        assert_eq!(told, "reseat run b.csv --sandbox");
        assert_eq!(typed("reseat").run_of(Path::new("-b.csv")), "reseat run ./-b.csv");
        let told = typed(words).plan_of(Path::new("b.csv"));
        assert_eq!(told, "reseat plan b.csv --profile live --uri=https://x.example");
        let told = typed(words).check_of(Path::new("b.csv"));
        assert_eq!(told, "reseat check b.csv --profile live");
    }

    #[test]
    fn the_failed_sheet_is_run_with_the_flags_that_mean_it_too() {
        let words = "reseat --profile p run drop/joiners.csv --map Work_e-mail=user --encoding cp1250 --only 2-10 \
                     --limit 9 --onto-existing 4 --without-carry-over=5-6 --results=out.csv --again --yes";
        assert_eq!(
            typed(words).with_sheet(Path::new("drop/joiners.failed.csv"), &[]),
            "reseat --profile p run drop/joiners.failed.csv --map 'Work e-mail=user' --encoding cp1250 --results=out.csv --yes"
        );
    }

    #[test]
    fn the_failed_sheet_takes_the_place_of_the_sheet_and_of_nothing_that_reads_like_it() {
        for (words, shown) in [
            ("reseat run x --sheet x", "reseat run x.failed.csv --sheet x"),
            ("reseat run --yes -- -x.csv", "reseat run --yes -- x.failed.csv"),
        ] {
            assert_eq!(typed(words).with_sheet(Path::new("x.failed.csv"), &[]), shown);
        }
    }

    #[test]
    fn the_failed_sheet_of_a_saved_plan_is_run_without_the_plan_and_with_its_flags() {
        let planned = ["--operation", "delete", "--results", "out.csv"].map(OsString::from);
        let command = typed("reseat run --plan drop/plan.json --yes");
        assert_eq!(
            command.with_sheet(Path::new("drop/joiners.failed.csv"), &planned),
            "reseat run --yes drop/joiners.failed.csv --operation delete --results out.csv"
        );
        assert_eq!(
            command.with_sheet(Path::new("-x.failed.csv"), &[]),
            "reseat run --yes ./-x.failed.csv"
        );
    }

    #[test]
    fn a_plan_is_run_with_the_flags_that_were_typed_for_it() {
        for (words, shown) in [
            (
                "reseat --profile plan plan a.csv -o a.html --mask --force --only 2-9",
                "reseat --profile plan run a.csv --only 2-9",
            ),
            ("reseat plan plan --out=a.html --save p.json", "reseat run plan"),
            ("reseat plan a.csv -oa.html", "reseat run a.csv"),
        ] {
            assert_eq!(typed(words).run_as_planned().as_deref(), Some(shown));
        }
        let words = "reseat --profile p plan a.csv --save p.json --sandbox";
        assert_eq!(
            typed(words).run_of_plan(Path::new("p.json")),
            "reseat run --plan p.json --profile p"
        );
    }

    #[test]
    fn a_sheet_that_nobody_stands_by_is_run_again_by_a_command_for_a_person() {
        let watch = "reseat --profile main watch inbox --every=5s --config r.toml";
        let run = typed(watch).unattended(Path::new("a b.csv"), Some("second"));
        assert_eq!(run.again(), "reseat run 'a b.csv' --config r.toml --profile second");
        assert_eq!(
            run.with_sheet(Path::new("a b.failed.csv"), &[]),
            "reseat run 'a b.failed.csv' --config r.toml --profile second"
        );
        assert_eq!(run.doctor(), "reseat doctor --config r.toml --profile second");
    }

    #[test]
    fn the_rest_of_a_sheet_is_run_without_the_flags_that_chose_a_part() {
        for (words, flags, shown) in [
            (
                "reseat run a.csv --only 2-9 --yes",
                &["--only"][..],
                "reseat run a.csv --yes",
            ),
            (
                "reseat run a.csv --again --limit=5 --only=2-9",
                &["--only", "--limit"],
                "reseat run a.csv",
            ),
            ("reseat run -- --only", &[], "reseat run -- --only"),
        ] {
            assert_eq!(typed(words).for_all_rows(), shown);
            assert_eq!(typed(words).flags_of_a_part(), flags);
        }
    }

    #[test]
    fn the_same_command_never_starts_over_a_second_time() {
        let words = "reseat run drop/joiners.csv --max-deletes 9 --again";
        assert_eq!(typed(words).again(), "reseat run drop/joiners.csv --max-deletes 9");
        assert_eq!(typed("reseat run -- --again").again(), "reseat run -- --again");
    }
}
