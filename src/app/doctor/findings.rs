//! What was found so far: shown to people as it is found, and to programs at the end.

use serde::Serialize;

use crate::app::Ending;
use crate::app::console::{Console, deliver, terminal_width};
use crate::app::ending::{Ended, Reason};
use crate::app::failure::Failure;
use crate::app::object::Object;
use crate::cli::{OutputFormat, Verbosity};
use crate::doctor::{Blame, Block, Check, Finding, Outcome, Verdict, overview};
use crate::report::write_json;
use crate::text::{terminal_safe, wrapped};

/// The findings of one examination.
pub(super) struct Findings<'a> {
    console: Console<'a>,
    found: Vec<Finding>,
    /// From which on they are told together; `None` while each is told as it is made.
    together_from: Option<usize>,
    /// Why something could not be shown.
    unshown: Option<Failure>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(console: Console<'a>) -> Self {
        Self {
            console,
            found: Vec::new(),
            together_from: None,
            unshown: None,
        }
    }

    /// Where they are shown.
    pub(super) fn console(&self) -> Console<'a> {
        self.console
    }

    /// Adds one, and shows it, unless it is to be told together with others.
    pub(super) fn add(&mut self, finding: Finding) {
        if self.together_from.is_none() {
            self.tell(&Block::from(finding.clone()));
        }
        self.found.push(finding);
    }

    /// What is added from here on is told together.
    pub(super) fn begin_together(&mut self) {
        self.together_from.get_or_insert(self.found.len());
    }

    /// Tells what was added since.
    pub(super) fn end_together(&mut self) {
        if let Some(from) = self.together_from.take() {
            let in_full = self.console.verbosity >= Verbosity::Verbose;
            for block in overview(&self.found[from..], in_full) {
                self.tell(&block);
            }
        }
    }

    fn tell(&mut self, block: &Block) {
        let is_worth_it = match block.finding.outcome {
            Outcome::Warning | Outcome::Failed(_) => true,
            Outcome::Ok | Outcome::Skipped => self.console.verbosity > Verbosity::Quiet,
        };
        if is_worth_it && self.console.output == OutputFormat::Text {
            self.show(&block.shown(terminal_width()));
        }
    }

    /// Adds that these could not be tried, for this reason.
    pub(super) fn skip(&mut self, checks: &[Check], why: &str) {
        for check in checks {
            self.add(Finding::new(*check, Outcome::Skipped, why));
        }
    }

    /// Whether something before keeps what comes next from being tried.
    pub(super) fn has_failed(&self, check: Check) -> bool {
        let mut of_it = self.found.iter().filter(|finding| finding.check == check);
        of_it.any(|finding| finding.outcome.is_failure())
    }

    /// Whether it was looked at and nothing of it has failed.
    pub(super) fn has_passed(&self, check: Check) -> bool {
        let tried = |finding: &&Finding| finding.check == check && finding.outcome != Outcome::Skipped;
        self.found.iter().any(|finding| tried(&finding)) && !self.has_failed(check)
    }

    /// Prints what is left to print, and ends.
    pub(super) fn deliver(mut self) -> Result<Ending, Failure> {
        self.end_together();
        let verdict = Verdict::of(&self.found);
        let ended = ended(&verdict);
        match self.console.output {
            OutputFormat::Json => {
                let checks = Checks {
                    checks: self.found.iter().map(Looked::of).collect(),
                };
                let help = self.found.iter().find(|finding| finding.outcome.is_failure());
                let help = help.map(|finding| finding.help.as_slice()).unwrap_or_default();
                let words = verdict.words();
                let object = Object::of(ended, &words, &checks).with_help(help);
                deliver(|out| write_json(&object, out))?;
            }
            OutputFormat::Text => {
                let width = terminal_width();
                let lines = verdict.lines().flat_map(|line| match width {
                    Some(width) => wrapped(line, width),
                    None => vec![line.to_owned()],
                });
                let lines: Vec<String> = lines.collect();
                let first = if self.found.is_empty() { "" } else { "\n" };
                self.show(&format!("{first}{}\n", lines.join("\n")));
            }
        }
        match self.unshown {
            Some(failure) => Err(failure),
            None => Ok(ended.ending),
        }
    }

    /// Once printing has failed nothing more is printed; what there is to look at is looked at all the same.
    fn show(&mut self, text: &str) {
        if self.unshown.is_none() {
            self.unshown = deliver(|out| out.write_all(terminal_safe(text).as_bytes())).err();
        }
    }
}

/// How the command ends.
fn ended(verdict: &Verdict) -> Ended {
    let Some((check, blame)) = verdict.first else {
        return Ended::DONE;
    };
    let (ending, reason) = match blame {
        Blame::SignIn => (Ending::SignIn, Reason::SignIn),
        Blame::Permission => (Ending::SignIn, Reason::Permission),
        Blame::Surroundings => (Ending::CouldNotStart, reason_of(check)),
    };
    Ended::before(ending, reason)
}

/// Why another command would end that met the same.
fn reason_of(check: Check) -> Reason {
    match check {
        Check::Configuration | Check::Secret | Check::Proxy | Check::Clock | Check::Organization => Reason::Settings,
        Check::StateFolder => Reason::File,
        Check::Dns | Check::Tls | Check::Token | Check::Scopes | Check::Route | Check::LicenseReads | Check::Quota => {
            Reason::SameFailure
        }
    }
}

/// What the JSON object holds; the member names are stable.
#[derive(Serialize)]
struct Checks<'a> {
    checks: Vec<Looked<'a>>,
}

#[derive(Serialize)]
struct Looked<'a> {
    check: &'static str,
    /// `null` where there is only one.
    subject: Option<&'a str>,
    result: &'static str,
    what: &'a str,
    details: &'a [String],
    help: &'a [String],
    /// `null` for what was not tried.
    took_ms: Option<u64>,
}

impl<'a> Looked<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            check: finding.check.as_str(),
            subject: Some(finding.subject.as_str()).filter(|subject| !subject.is_empty()),
            result: finding.outcome.as_str(),
            what: &finding.what,
            details: &finding.details,
            help: &finding.help,
            took_ms: finding
                .took
                .map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}
