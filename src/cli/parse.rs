//! From the words of a command line to an [`Invocation`], or the text that clap has to say.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser};

use super::advice::advised;
use super::args::{CommandArgs, GlobalArgs, ReseatArgs};
use super::{Command, Invocation, OutputFormat};
use crate::settings::Overrides;
use crate::text::clean;

/// Why there is nothing to do, and what to print. The text contains colours as ANSI sequences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Help or the version was requested: standard output.
    Asked(String),
    /// The command line cannot be understood: standard error.
    Usage(Slip),
}

/// A command line that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// All there is to say, as it is shown.
    pub text: String,
    /// What is wrong, plain and in one line.
    pub message: String,
    /// What to type instead, plain, a line each.
    pub help: Vec<String>,
    /// How the command line asked for data, as far as it can be understood.
    pub output: OutputFormat,
}

/// Reads a command line, the program's own name first.
///
/// # Errors
/// Help, version, or what is wrong with the command line.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Invocation, Refusal> {
    let words: Vec<OsString> = words.into_iter().collect();
    let output = output_asked_for(&words);
    let args = read_alone(&words).map_or_else(|| ReseatArgs::try_parse_from(&words), Ok);
    let args = args.map_err(|error| {
        let error = naming_the_word(error, &words);
        let is_slip = error.use_stderr();
        let rendered = advised(error).render();
        let text = rendered.ansi().to_string();
        if is_slip {
            Refusal::Usage(Slip::of(text, &rendered.to_string(), output))
        } else {
            Refusal::Asked(text)
        }
    })?;
    let mut overrides = Overrides::default();
    let output = args.global.output;
    let verbosity = args.global.verbosity();
    args.global.apply(&mut overrides);
    let command = match args.command {
        CommandArgs::Check(check) => Command::Check(check),
        CommandArgs::Plan(plan) => Command::Plan(Box::new(plan.into_options(&mut overrides))),
        CommandArgs::Run(run) => Command::Run(Box::new(run.into_options(&mut overrides))),
        CommandArgs::Watch(watch) => Command::Watch(watch),
        CommandArgs::Report(report) => Command::Report(report),
        CommandArgs::Undo(undo) => Command::Undo(undo.into_options(&mut overrides)),
        CommandArgs::Export(export) => Command::Export(Box::new(export.into_options(&mut overrides))),
        CommandArgs::Rebalance(rebalance) => Command::Rebalance(Box::new(rebalance.into_options(&mut overrides))),
        CommandArgs::Template(template) => Command::Template(template.into_options(&mut overrides)),
        CommandArgs::Codes(codes) => Command::Codes(codes.into_options(&mut overrides)),
        CommandArgs::Doctor(doctor) => Command::Doctor(doctor.into_options(&mut overrides)),
        CommandArgs::Sandbox(sandbox) => Command::Sandbox(sandbox),
        CommandArgs::Completions { shell } => Command::Completions(shell),
        CommandArgs::Man(man) => Command::Man(man),
    };
    Ok(Invocation {
        command,
        overrides,
        output,
        verbosity,
    })
}

/// A command and what all have, without the others.
#[derive(Debug, Parser)]
struct Alone<T: Args> {
    #[command(flatten)]
    args: T,
    #[command(flatten)]
    global: GlobalArgs,
}

/// Reads a command line of one of the commands that sheets are given to, if it names it first and has no slip. To tell clap
/// of all commands takes longer than to check a small sheet; what it has to say, it says with all of them in mind.
fn read_alone(words: &[OsString]) -> Option<ReseatArgs> {
    fn read<T: Args>(words: &[OsString], command: impl Fn(T) -> CommandArgs) -> Option<ReseatArgs> {
        let without_name = words.iter().take(1).chain(words.iter().skip(2));
        let Alone { args, global } = Alone::try_parse_from(without_name).ok()?;
        Some(ReseatArgs {
            command: command(args),
            global,
        })
    }
    match words.get(1)?.to_str()? {
        "check" => read(words, CommandArgs::Check),
        "plan" => read(words, CommandArgs::Plan),
        "run" => read(words, CommandArgs::Run),
        _ => None,
    }
}

/// The same, or of a word that is no text where it stands, which clap leaves out. The value of a flag is not shown: it may be
/// a secret.
fn naming_the_word(error: clap::Error, words: &[OsString]) -> clap::Error {
    let at = words.iter().position(|word| word.to_str().is_none());
    let Some(at) = at.filter(|at| *at > 0 && error.kind() == ErrorKind::InvalidUtf8) else {
        return error;
    };
    let (before, word) = (words[at - 1].to_string_lossy(), words[at].to_string_lossy());
    let what = match word.split_once('=') {
        Some((flag, _)) if flag.starts_with("--") => format!("the value of `{flag}`"),
        _ if before.starts_with('-') => format!("the word after `{}`", before.split('=').next().unwrap_or_default()),
        _ => format!("`{}`", clean(&word, 200)),
    };
    let mut all = ReseatArgs::command();
    all.build();
    // Whose usage is shown.
    let asked = words.iter().find_map(|word| all.find_subcommand(word)).cloned();
    let message = format!("{what} is not UTF-8");
    asked.unwrap_or(all).error(ErrorKind::InvalidUtf8, message)
}

/// Whether `--output json` is among the words, for one whose others cannot be understood.
fn output_asked_for(words: &[OsString]) -> OutputFormat {
    let flags = || words.iter().take_while(|word| *word != "--");
    let is_joined = flags().any(|word| word == "--output=json");
    let is_parted = flags()
        .zip(flags().skip(1))
        .any(|pair| pair.0 == "--output" && pair.1 == "json");
    if is_joined || is_parted {
        OutputFormat::Json
    } else {
        OutputFormat::Text
    }
}

impl Slip {
    /// `plain` is the text without colours: a paragraph that says what is wrong, and others that say what to type.
    fn of(text: String, plain: &str, output: OutputFormat) -> Self {
        let in_one_line = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut paragraphs = plain.split("\n\n").map(in_one_line).filter(|line| !line.is_empty());
        let first = paragraphs.next().unwrap_or_default();
        Self {
            text,
            message: first.strip_prefix("error: ").unwrap_or(&first).to_owned(),
            help: paragraphs.collect(),
            output,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Confirmation, EarlierResults, OutputFormat, PlanningOptions, Target, Verbosity, WhenLocked};
    use super::*;
    use crate::engine::MaxFailures;
    use crate::model::OperationKind;
    use crate::plan::{Administrators, Inactive, OnShortage, Pending};

    fn parsed(line: &str) -> Result<Invocation, Refusal> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn a_bare_run_asks_resumes_and_allows_nothing() {
        let Command::Run(options) = parsed("reseat run joiners.xlsx").unwrap().command else {
            panic!("not a run")
        };
        assert_eq!(options.confirmation, Confirmation::Ask);
        assert_eq!(options.earlier_results, EarlierResults::Resume);
        assert_eq!(options.path, Some("joiners.xlsx".into()));
        assert_eq!(options.planning, PlanningOptions::default());
        assert_eq!(options.planning.sheet.target, Target::Configured);
        assert_eq!((options.max_deletes, options.max_failures), (None, None));
        assert_eq!(options.saved_plan, None);
        assert_eq!(options.when_locked, WhenLocked::Refuse);
    }

    #[test]
    fn a_command_that_is_read_alone_says_the_same_as_among_the_others() {
        for (line, is_read) in [
            ("reseat check joiners.csv", true),
            (
                "reseat check - --output json -q --sheet A --sheet B --profile x --map E-Mail=user",
                true,
            ),
            ("reseat check --operation delete -- --odd.csv", true),
            ("reseat plan moves.xlsx --only 2-20 -v --config c.toml -o p.html", true),
            ("reseat run leavers.csv --yes --max-deletes 40 --sandbox", true),
            ("reseat run --plan plan.json --output=json", true),
            ("reseat check", false),
            ("reseat check a.csv b.csv", false),
            ("reseat check --help", false),
            ("reseat run --version", false),
            ("reseat run a.csv -q -v", false),
            ("reseat run --plan plan.json a.csv", true),
            ("reseat -q check a.csv", false),
            ("reseat codes", false),
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let alone = read_alone(&words);
            assert_eq!(alone.is_some(), is_read, "{line}");
            if let Some(alone) = alone {
                let among_others = ReseatArgs::try_parse_from(words).unwrap();
                assert_eq!(format!("{alone:?}"), format!("{among_others:?}"), "{line}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn of_a_word_that_is_no_text_it_is_said_where_it_stands() {
        use std::os::unix::ffi::OsStringExt;

        let unreadable = |byte| if byte == b'~' { 0xe9 } else { byte };
        for (line, what) in [
            ("reseat check a.csv --operation d~lete", "the word after `--operation`"),
            ("reseat run a.csv --profile=n~ --yes", "the value of `--profile`"),
            ("reseat plan b~.csv", "`b\u{fffd}.csv`"),
        ] {
            let word = |word: &str| OsString::from_vec(word.bytes().map(unreadable).collect());
            let Err(Refusal::Usage(slip)) = parse(line.split(' ').map(word)) else {
                panic!("{line}")
            };
            assert_eq!(slip.message, format!("{what} is not UTF-8"));
        }
    }

    #[test]
    fn every_flag_of_run_reaches_its_value() {
        let line = "reseat --profile production run - --operation delete --map Mail=user --map Team=groups \
            --sheet Leavers --visible-only --allow-unknown-codes --allow-email-update --sandbox --only 2-10 --limit 5 \
            --on-shortage fill --yes --max-deletes 40 --allow-admins --max-failures 5% --skip-invalid \
            --wait --results out.csv --again --resend --resend-after 3d --include-inactive --onto-existing 4 \
            --without-carry-over 5-6 --uri https://x.example --organization acme --organization-id guid \
            --client-id app --concurrency 4 --retries 0 --max-wait 2m --config r.toml --output json -v";
        let invocation = parsed(line).unwrap();
        assert_eq!(invocation.output, OutputFormat::Json);
        assert_eq!(invocation.verbosity, Verbosity::Verbose);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            invocation.overrides,
            Overrides {
                config: Some("r.toml".into()),
                profile: text("production"),
                uri: text("https://x.example"),
                organization: text("acme"),
                organization_id: text("guid"),
                client_id: text("app"),
                concurrency: Some(4),
                retries: Some(0),
                max_wait: Some(Duration::from_mins(2)),
            }
        );
        let Command::Run(options) = invocation.command else {
            panic!("not a run")
        };
        assert_eq!(options.path, Some("-".into()));
        assert_eq!(options.confirmation, Confirmation::Given);
        assert_eq!(options.max_deletes, Some(40));
        assert_eq!(options.max_failures, Some(MaxFailures::Percent(5.0)));
        assert_eq!(options.earlier_results, EarlierResults::Again);
        assert_eq!(options.when_locked, WhenLocked::Wait);
        shapes_a_plan(&options.planning);
    }

    fn shapes_a_plan(planning: &PlanningOptions) {
        assert_eq!(planning.sheet.operation, Some(OperationKind::Delete));
        assert_eq!(planning.sheet.columns.len(), 2);
        assert_eq!(planning.sheet.sheets, ["Leavers"]);
        assert!(planning.sheet.visible_only);
        assert!(planning.sheet.allow_unknown_codes);
        assert!(planning.sheet.allow_email_update);
        assert_eq!(planning.sheet.target, Target::Sandbox);
        assert_eq!(planning.only, "2-10".parse().ok());
        assert_eq!(planning.limit, Some(5));
        assert_eq!(planning.on_shortage, Some(OnShortage::Fill));
        assert_eq!(planning.administrators, Administrators::MayGo);
        assert!(planning.skip_invalid);
        assert_eq!(planning.pending, Pending::Resend);
        assert_eq!(planning.resend_after, Some(Duration::from_hours(72)));
        assert_eq!(planning.inactive, Inactive::Included);
        assert_eq!(planning.onto_existing, "4".parse().ok());
        assert_eq!(planning.without_carry_over, "5-6".parse().ok());
        assert_eq!(planning.results, Some("out.csv".into()));
    }

    #[test]
    fn every_flag_that_shapes_a_plan_is_a_flag_of_plan_too() {
        let line = "reseat plan - --operation delete --map Mail=user --map Team=groups --sheet Leavers \
            --visible-only --allow-unknown-codes --allow-email-update --sandbox --only 2-10 --limit 5 --on-shortage fill \
            --allow-admins --skip-invalid --results out.csv --resend --resend-after 3d \
            --include-inactive --onto-existing 4 --without-carry-over 5-6 --save plan.json";
        let Command::Plan(options) = parsed(line).unwrap().command else {
            panic!("not a plan")
        };
        shapes_a_plan(&options.planning);
        assert_eq!(options.save, Some("plan.json".into()));
    }

    #[test]
    fn a_run_takes_its_sheet_from_a_saved_plan_and_never_starts_one_anew() {
        for (line, path) in [
            ("reseat run --plan plan.json", None),
            ("reseat run --plan plan.json x.csv", Some("x.csv".into())),
        ] {
            let Command::Run(options) = parsed(line).unwrap().command else {
                panic!("not a run")
            };
            assert_eq!((options.path, options.saved_plan), (path, Some("plan.json".into())));
        }
        let both = parsed("reseat run --plan plan.json --again");
        assert!(matches!(both, Err(Refusal::Usage(_))));
    }

    #[test]
    fn the_sandbox_has_quotas_unless_told_otherwise() {
        let quotas = |line: &str| match parsed(line).unwrap().command {
            Command::Sandbox(options) => (!options.no_quotas).then_some(options.quota_scale),
            other => panic!("{other:?}"),
        };
        assert_eq!(quotas("reseat sandbox"), Some(1.0));
        assert_eq!(quotas("reseat sandbox --quota-scale 100"), Some(100.0));
        assert_eq!(quotas("reseat sandbox --no-quotas"), None);
    }

    #[test]
    fn a_slip_says_in_plain_lines_what_is_wrong_and_what_to_type_and_in_which_format() {
        for (line, output) in [
            ("reseat rn --output json", OutputFormat::Json),
            ("reseat --output=json rn", OutputFormat::Json),
            ("reseat rn -- --output json", OutputFormat::Text),
            ("reseat rn --output", OutputFormat::Text),
        ] {
            let Err(Refusal::Usage(slip)) = parsed(line) else {
                panic!("{line} was understood")
            };
            assert_eq!(slip.output, output, "{line}");
        }
        let Err(Refusal::Usage(slip)) = parsed("reseat rn") else {
            panic!("it was understood")
        };
        assert_eq!(slip.message, "unrecognized subcommand 'rn'");
        let help = slip.help.concat();
        assert!(help.contains("Usage: reseat") && !help.contains('\u{1b}'), "{help}");
        assert!(slip.text.contains('\u{1b}'));
    }

    #[test]
    fn a_slip_is_never_answered_with_the_opposite() {
        for (line, advised, not) in [
            (
                "reseat run x.csv --operation undelete",
                "`invite` or `create`",
                "'delete'",
            ),
            (
                "reseat run x.csv --operation assign-licenses",
                "`add-licenses`",
                "tip: a similar",
            ),
            ("reseat run x.csv --operation delet", "`delete`", "tip: a similar"),
            ("reseat run x.csv --no-wait", "", "'--wait'"),
            ("reseat run x.csv --wiat", "'--wait'", "\u{0}"),
        ] {
            let Err(Refusal::Usage(slip)) = parsed(line) else {
                panic!("{line} was understood")
            };
            let told = format!("{} {}", slip.message, slip.help.join(" "));
            assert!(told.contains(advised) && !told.contains(not), "{line}: {told}");
        }
    }

    #[test]
    fn help_is_an_answer_and_a_slip_is_not() {
        for line in ["reseat --help", "reseat -h", "reseat run --help", "reseat --version"] {
            assert!(matches!(parsed(line), Err(Refusal::Asked(_))), "{line}");
        }
        for line in [
            "reseat",
            "reseat rn",
            "reseat run",
            "reseat run x.csv --concurrency 0",
            "reseat run x.csv --operation remove",
            "reseat run x.csv --client-secret hunter2",
            "reseat check x.csv -q -v",
            "reseat sandbox --no-quotas --quota-scale 2",
        ] {
            assert!(matches!(parsed(line), Err(Refusal::Usage(_))), "{line}");
        }
    }
}
