//! What the user may want to know after a run, as data. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::words::things;
use crate::event::Service;
use crate::model::{OrganizationId, Status};
use crate::text::{choose, joined, plural, shown_path};

/// What hints are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The sheet's rows by status.
    pub counts: &'a BTreeMap<Status, usize>,
    /// Answers by service and HTTP status.
    pub answers: &'a BTreeMap<(Service, u16), u64>,
    /// Answers with status 429 despite keeping a known limit.
    pub throttled_within_limits: u64,
    /// Licences that were taken off old accounts and that nobody has yet, with whose they were.
    pub owed: &'a [String],
    /// The sheet of the rows that need attention, if there is one, and the command that runs it where that is not what is to be
    /// typed next.
    pub failed_sheet: Option<(&'a Path, Option<&'a str>)>,
    /// An earlier one that somebody has corrected since, and that has the same rows.
    pub corrected_sheet: Option<&'a Path>,
    /// How many passwords were left out of the sheet of failed rows.
    pub passwords_left_out: usize,
    /// Rows that were corrected in a sheet of failed rows, and wait there.
    pub corrected_elsewhere: usize,
    /// Of a sheet of failed rows: how many others of the sheet that they came from need attention.
    pub others_needing_somebody: usize,
    /// Rows that have left the sheet while something of them is left undone: their numbers, and what is said of them.
    pub left_behind: &'a [(u32, String)],
    /// The addresses of accounts that were made for rows whose address was corrected since.
    pub accounts_left: &'a [String],
    /// How many of the rows in doubt cannot be settled by running them again: their messages say what to do.
    pub in_doubt_for_good: usize,
    /// Rows that wait for their date.
    pub not_due: NotDue<'a>,
    /// Rows that the run did not get to the end of although a part of what they say was done.
    pub stopped_midway: usize,
    /// Whether the run stopped because too many rows failed.
    pub is_stopped_by_failures: bool,
    /// Rows that no run has worked on, as only a part of the sheet was asked for.
    pub left_out: LeftOut<'a>,
    /// The sheet by which rows that count as done were undone, and when it was run.
    pub undone_by: Option<(&'a Path, &'a str)>,
    /// The deletions that the next run has to be allowed.
    pub deletions_to_allow: Deletions,
    /// Whether the sheet has to be piped in again.
    pub is_piped: bool,
    /// The organization, if the licence service does not know it.
    pub without_license: Option<OrganizationId>,
}

/// The rows that wait for their date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NotDue<'a> {
    /// How many.
    pub rows: usize,
    /// When the first of them is due, as it is shown; not known where this run left them all out.
    pub first: Option<&'a str>,
    /// Whether they are of a saved plan, which is as of the moment when it was made.
    pub is_planned: bool,
}

/// The rows that were left out of a run and that no other has worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut<'a> {
    /// How many.
    pub rows: usize,
    /// How many finished ones beside them, whose mail may be due again.
    pub mails: usize,
    /// The flags that left them out; none where a saved plan did.
    pub by: &'a [&'static str],
}

/// Deletions of the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deletions {
    /// How many there are at most.
    pub most: usize,
    /// How many of them wait for an invitation to be accepted.
    pub once_accepted: usize,
}

/// One hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Every call to a service was answered 403.
    Scopes(Service),
    /// The licence service has no licences for this organization.
    WithoutLicense(OrganizationId),
    /// The server refused this many calls for their rate although the known quota was kept.
    QuotaShared(u64),
    /// Licences were taken off old accounts, and nobody has them yet: which, and whose they were.
    Owed(Vec<String>),
    /// Migrations wait for their invitation.
    Waiting(usize),
    /// Rows wait for their date.
    NotDue {
        /// How many.
        rows: usize,
        /// When the first is due, where that is known.
        first: Option<String>,
        /// Whether they are of a saved plan.
        is_planned: bool,
    },
    /// The outcome of some rows is unknown until they are run again.
    InDoubt(usize),
    /// So is that of these, which a run had begun that was killed.
    Begun(usize),
    /// The service or the connection failed these rows.
    Failed(usize),
    /// So many rows need attention that are in the sheet whose failed rows these are, and not among them.
    OthersNeedSomebody(usize),
    /// The run stopped in the middle of these rows.
    StoppedMidway(usize),
    /// The run stopped before these rows.
    NotRun {
        /// How many.
        rows: usize,
        /// Whether that is because too many others failed.
        is_by_failures: bool,
    },
    /// Only a part of the sheet was asked for, without these rows.
    LeftOut {
        /// How many.
        rows: usize,
        /// The flags that left them out; none where a saved plan did.
        by: Vec<&'static str>,
    },
    /// Rows need attention; this sheet has them, and this command runs it.
    Correct(PathBuf, Option<String>),
    /// So has this one, which somebody has changed: it is left as it is.
    Corrected(PathBuf),
    /// This many passwords are not in the sheet of failed rows.
    PasswordsLeftOut(usize),
    /// Rows wait in the sheet of failed rows in which they were corrected.
    CorrectedElsewhere(usize),
    /// Rows have left the sheet while something of them is left undone.
    LeftBehind {
        /// How many.
        rows: usize,
        /// The first of them.
        first: String,
    },
    /// Accounts were made, or may have been, for rows whose address was corrected since: their addresses.
    AccountsLeft(Vec<String>),
    /// Rows that count as done were undone.
    Undone {
        /// By a run of this sheet.
        sheet: PathBuf,
        /// When that was.
        when: String,
    },
    /// The next run deletes these accounts.
    AllowDeletions(Deletions),
    /// The sheet came from a pipe.
    PipeAgain,
}

impl Hint {
    /// A stable code in kebab-case, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Scopes(_) => "missing-scope",
            Self::WithoutLicense(_) => "no-account-license",
            Self::QuotaShared(_) => "quota-shared",
            Self::Owed(_) => "licenses-owed",
            Self::Waiting(_) => "rows-waiting",
            Self::NotDue { .. } => "rows-not-due",
            Self::InDoubt(_) => "rows-in-doubt",
            Self::Begun(_) => "rows-begun",
            Self::Failed(_) => "rows-failed",
            Self::OthersNeedSomebody(_) => "other-rows-left",
            Self::StoppedMidway(_) => "rows-stopped-midway",
            Self::NotRun { .. } => "rows-not-run",
            Self::LeftOut { .. } => "rows-left-out",
            Self::Correct(..) => "correct-failed-sheet",
            Self::Corrected(_) => "corrected-sheet-kept",
            Self::PasswordsLeftOut(_) => "passwords-left-out",
            Self::CorrectedElsewhere(_) => "corrected-elsewhere",
            Self::LeftBehind { .. } => "rows-left-behind",
            Self::AccountsLeft(_) => "accounts-left",
            Self::Undone { .. } => "rows-undone",
            Self::AllowDeletions(_) => "allow-deletions",
            Self::PipeAgain => "pipe-again",
        }
    }
}

impl fmt::Display for Hint {
    #[expect(clippy::too_many_lines, reason = "every hint has its words")]
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scopes(service) => write!(
                out,
                "every {} call was refused with 403: the application lacks a scope or a role; the rows' messages name it",
                service.as_str()
            ),
            Self::WithoutLicense(organization) => write!(
                out,
                "the licence service has no licences for organization {organization}: check `organization_id` (or \
                 `RESEAT_ORGANIZATION_ID`), and that the organization has user licences; then run the same command again"
            ),
            Self::QuotaShared(count) => write!(
                out,
                "{} met a used-up quota (429) although reseat kept to its own: other programs spend the same quota; \
                 lower `share` in the profile or run when they rest",
                plural(*count, "call")
            ),
            Self::Owed(licenses) => write!(
                out,
                "licences were taken off an old account and given to no other yet: {}; the same command hands them over once there \
                 are seats",
                joined(licenses, 10)
            ),
            Self::Waiting(count) => write!(
                out,
                "{} for the invitation to be accepted; run the same command again later",
                things(*count, "row", "waits", "wait")
            ),
            Self::NotDue {
                rows,
                first,
                is_planned,
            } => {
                let until = first.as_ref().map_or_else(String::new, |first| {
                    let whose = if *rows == 1 { "" } else { ", the first" };
                    format!("{whose} until {first}")
                });
                write!(
                    out,
                    "{} for {} date{until}; run {} then",
                    things(*rows, "row", "waits", "wait"),
                    if *rows == 1 { "its" } else { "their" },
                    if *is_planned {
                        "the sheet, and not its plan,"
                    } else {
                        "the same command again"
                    },
                )
            }
            Self::InDoubt(count) => write!(
                out,
                "{} in doubt, because an answer was lost; the same command finds out what happened before it sends anything",
                things(*count, "row", "is", "are")
            ),
            Self::Begun(count) => write!(
                out,
                "{} begun by a run that did not come to its end; the same command finds out what happened before it sends anything",
                things(*count, "row", "was", "were")
            ),
            Self::StoppedMidway(count) => write!(
                out,
                "{} stopped midway, between two attempts or with a part done, as the message says; the same command does the rest",
                things(*count, "row", "was", "were")
            ),
            Self::NotRun { rows, is_by_failures } => {
                let condition = if *is_by_failures {
                    " if fewer fail: correct those that did, or raise `--max-failures`"
                } else {
                    ""
                };
                write!(
                    out,
                    "{} not reached; the same command continues there{condition}",
                    things(*rows, "row", "was", "were")
                )
            }
            Self::LeftOut { rows, by } if by.is_empty() => write!(
                out,
                "{} not in the saved plan; a plan of the sheet made now has {}",
                things(*rows, "row", "is", "are"),
                if *rows == 1 { "it" } else { "them" },
            ),
            Self::LeftOut { rows, by } => write!(
                out,
                "{} left out by `{}`; the same command without {} runs {}",
                things(*rows, "row", "was", "were"),
                by.join("` and `"),
                choose(by.len(), "it", "them"),
                if *rows == 1 { "that as well" } else { "those as well" },
            ),
            Self::Correct(sheet, command) => write!(
                out,
                "correct {} before you run it{} (`reseat_message` says what is wrong), or correct the sheet itself and run that again",
                shown_path(sheet),
                command
                    .as_ref()
                    .map_or_else(String::new, |command| format!(" with `{command}`")),
            ),
            Self::Corrected(sheet) => write!(
                out,
                "{} was changed since reseat wrote it, so it was left as it is; it has the same rows: run it if they are corrected there",
                shown_path(sheet)
            ),
            Self::PasswordsLeftOut(count) => write!(
                out,
                "{} left out of it: write {} again before you run it, or run the sheet itself",
                things(*count, "password", "was", "were"),
                if *count == 1 { "it" } else { "them" },
            ),
            Self::Failed(count) => write!(
                out,
                "{} because of the service or the connection, and not because of what {} says; the same command tries again",
                things(*count, "row", "failed", "failed"),
                if *count == 1 { "it" } else { "each" },
            ),
            Self::OthersNeedSomebody(count) => write!(
                out,
                "of the sheet that these rows came from, {} somebody; its results say why",
                things(*count, "other row", "needs", "need")
            ),
            Self::CorrectedElsewhere(count) => write!(
                out,
                "{} corrected in a sheet of failed rows and not finished: run that sheet again",
                things(*count, "row", "was", "were")
            ),
            Self::LeftBehind { rows, first } => write!(
                out,
                "{} begun and left the sheet unfinished ({}{first}): put {} back and run the sheet again; `reseat report` of the \
                 results says how far {} came",
                things(*rows, "row", "was", "were"),
                if *rows == 1 { "" } else { "the first: " },
                if *rows == 1 { "it" } else { "them" },
                if *rows == 1 { "it" } else { "they" },
            ),
            Self::AccountsLeft(addresses) => {
                let (row, it) = choose(addresses.len(), ("a row", "it"), ("rows", "them"));
                write!(
                    out,
                    "the address of {row} was corrected after an account was invited or made for {}, or may have been: a sheet \
                     with `delete` and the address takes {it} away; until then whoever has the address can accept an invitation",
                    joined(addresses, 10)
                )
            }
            Self::Undone { sheet, when } => write!(
                out,
                "what was done for rows of the sheet was undone by a run of {} ({when}): add `--again` to do it again",
                shown_path(sheet)
            ),
            Self::AllowDeletions(Deletions { most, once_accepted }) => {
                let (up_to, accepted) = match once_accepted {
                    0 => ("", ""),
                    _ => ("up to ", ", as invitations are accepted"),
                };
                write!(
                    out,
                    "the next run deletes {up_to}{}{accepted}: review that, then allow it with `--max-deletes {most}`",
                    plural(*most, "account")
                )
            }
            Self::PipeAgain => out.write_str("the sheet was piped in: pipe it in again"),
        }
    }
}

/// The hints that follow from a run, most urgent first.
pub fn hints(evidence: Evidence<'_>) -> Vec<Hint> {
    let Evidence {
        counts,
        answers,
        throttled_within_limits: throttled,
        owed,
        failed_sheet,
        corrected_sheet,
        passwords_left_out,
        corrected_elsewhere,
        others_needing_somebody,
        left_behind,
        accounts_left,
        in_doubt_for_good,
        not_due,
        stopped_midway,
        is_stopped_by_failures,
        left_out,
        undone_by,
        deletions_to_allow,
        is_piped,
        without_license,
    } = evidence;
    let some = |count: usize| Some(count).filter(|count| *count > 0);
    let count = |status| counts.get(&status).copied().filter(|count| *count > 0);
    let mut hints: Vec<Hint> = services(answers)
        .into_iter()
        .filter(|service| answered(answers, *service).all(|(status, _)| status == 403))
        .map(Hint::Scopes)
        .collect();
    hints.extend(without_license.map(Hint::WithoutLicense));
    hints.extend((throttled > 0).then_some(Hint::QuotaShared(throttled)));
    hints.extend((!owed.is_empty()).then(|| Hint::Owed(owed.to_vec())));
    let in_doubt = count(Status::InDoubt).unwrap_or_default();
    hints.extend(some(in_doubt.saturating_sub(in_doubt_for_good)).map(Hint::InDoubt));
    let begun = count(Status::Started).unwrap_or_default();
    hints.extend(some(begun).map(Hint::Begun));
    let waiting = count(Status::Waiting).unwrap_or_default();
    hints.extend(some(waiting.saturating_sub(not_due.rows)).map(Hint::Waiting));
    hints.extend((not_due.rows > 0).then(|| Hint::NotDue {
        rows: not_due.rows,
        first: not_due.first.map(str::to_owned),
        is_planned: not_due.is_planned,
    }));
    let not_run = count(Status::NotRun).unwrap_or_default();
    hints.extend(some(stopped_midway).map(Hint::StoppedMidway));
    hints.extend(
        some(not_run.saturating_sub(left_out.rows + stopped_midway)).map(|rows| Hint::NotRun {
            rows,
            is_by_failures: is_stopped_by_failures,
        }),
    );
    hints.extend(some(left_out.rows + left_out.mails).map(|rows| Hint::LeftOut {
        rows,
        by: left_out.by.to_vec(),
    }));
    // Of two sheets with the same rows the one that somebody has worked on is the one to go on with.
    let needing_a_person = Status::needing_a_person(counts);
    // The same command settles those that were begun or are in doubt, and tries those that failed: nothing is wrong with
    // their cells.
    let failed = count(Status::Failed).unwrap_or_default();
    let is_any_wrong = needing_a_person > begun + failed + in_doubt.saturating_sub(in_doubt_for_good);
    hints.extend(some(failed).map(Hint::Failed));
    let to_correct = failed_sheet.filter(|_| corrected_sheet.is_none() && is_any_wrong);
    hints.extend(to_correct.map(|(sheet, command)| Hint::Correct(sheet.to_owned(), command.map(str::to_owned))));
    hints.extend(some(passwords_left_out).map(Hint::PasswordsLeftOut));
    hints.extend(corrected_sheet.map(|sheet| Hint::Corrected(sheet.to_owned())));
    hints.extend(some(corrected_elsewhere).map(Hint::CorrectedElsewhere));
    hints.extend(some(others_needing_somebody).map(Hint::OthersNeedSomebody));
    hints.extend(left_behind.first().map(|(_, first)| Hint::LeftBehind {
        rows: left_behind.len(),
        first: first.clone(),
    }));
    hints.extend((!accounts_left.is_empty()).then(|| Hint::AccountsLeft(accounts_left.to_vec())));
    hints.extend(undone_by.map(|(sheet, when)| Hint::Undone {
        sheet: sheet.to_owned(),
        when: when.to_owned(),
    }));
    hints.extend((deletions_to_allow.most > 0).then_some(Hint::AllowDeletions(deletions_to_allow)));
    hints.extend(is_piped.then_some(Hint::PipeAgain));
    hints
}

fn services(answers: &BTreeMap<(Service, u16), u64>) -> Vec<Service> {
    let mut services: Vec<Service> = answers.keys().map(|(service, _)| *service).collect();
    services.dedup();
    services
}

fn answered(answers: &BTreeMap<(Service, u16), u64>, service: Service) -> impl Iterator<Item = (u16, u64)> {
    answers
        .iter()
        .filter(move |((of, _), _)| *of == service)
        .map(|((_, status), count)| (*status, *count))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Evidence<'static> = Evidence {
        counts: &BTreeMap::new(),
        answers: &BTreeMap::new(),
        throttled_within_limits: 0,
        owed: &[],
        failed_sheet: None,
        corrected_sheet: None,
        passwords_left_out: 0,
        corrected_elsewhere: 0,
        others_needing_somebody: 0,
        left_behind: &[],
        accounts_left: &[],
        in_doubt_for_good: 0,
        not_due: NotDue {
            rows: 0,
            first: None,
            is_planned: false,
        },
        stopped_midway: 0,
        is_stopped_by_failures: false,
        left_out: LeftOut {
            rows: 0,
            mails: 0,
            by: &[],
        },
        undone_by: None,
        deletions_to_allow: Deletions {
            most: 0,
            once_accepted: 0,
        },
        is_piped: false,
        without_license: None,
    };

    fn drawn(counts: &[(Status, usize)], answers: &[((Service, u16), u64)], throttled: u64) -> Vec<Hint> {
        hints(Evidence {
            counts: &counts.iter().copied().collect(),
            answers: &answers.iter().copied().collect(),
            throttled_within_limits: throttled,
            ..NOTHING
        })
    }

    #[test]
    fn a_sheet_of_failed_rows_is_to_be_corrected_before_it_is_run() {
        let counts = BTreeMap::from([(Status::Rejected, 1)]);
        let hints = hints(Evidence {
            counts: &counts,
            failed_sheet: Some((Path::new("joiners.failed.csv"), Some("reseat run joiners.failed.csv"))),
            passwords_left_out: 1,
            ..NOTHING
        });
        assert_eq!(
            hints,
            [
                Hint::Correct(
                    "joiners.failed.csv".into(),
                    Some("reseat run joiners.failed.csv".to_owned())
                ),
                Hint::PasswordsLeftOut(1)
            ]
        );
        let words = "correct joiners.failed.csv before you run it with `reseat run joiners.failed.csv` (";
        assert!(hints[0].to_string().starts_with(words), "{}", hints[0]);
        let kept = super::hints(Evidence {
            failed_sheet: Some((Path::new("joiners.failed-2.csv"), None)),
            corrected_sheet: Some(Path::new("joiners.failed.csv")),
            ..NOTHING
        });
        assert_eq!(kept, [Hint::Corrected("joiners.failed.csv".into())]);
        assert!(hints[0].to_string().starts_with("correct joiners.failed.csv before"));
        assert!(hints[1].to_string().starts_with("1 password was left out"));
    }

    #[test]
    fn rows_that_the_same_command_settles_are_not_said_to_be_wrong() {
        let told = |counts: &[(Status, usize)], in_doubt_for_good| {
            hints(Evidence {
                counts: &counts.iter().copied().collect(),
                failed_sheet: Some((Path::new("moves.failed.csv"), None)),
                in_doubt_for_good,
                ..NOTHING
            })
        };
        let correct = || Hint::Correct("moves.failed.csv".into(), None);
        let begun = [(Status::Started, 2), (Status::InDoubt, 1)];
        assert_eq!(told(&begun, 0), [Hint::InDoubt(1), Hint::Begun(2)]);
        assert_eq!(told(&begun, 1), [Hint::Begun(2), correct()]);
        let one_wrong = [(Status::Started, 2), (Status::NotFound, 1)];
        assert_eq!(told(&one_wrong, 0), [Hint::Begun(2), correct()]);
        assert_eq!(told(&[(Status::Failed, 2)], 0), [Hint::Failed(2)]);
        let one_wrong = [(Status::Failed, 2), (Status::Rejected, 1)];
        assert_eq!(told(&one_wrong, 0), [Hint::Failed(2), correct()]);
    }

    #[test]
    fn deletions_that_wait_for_an_invitation_may_be_fewer() {
        let told = |most, once_accepted| Hint::AllowDeletions(Deletions { most, once_accepted }).to_string();
        assert_eq!(
            told(2, 0),
            "the next run deletes 2 accounts: review that, then allow it with `--max-deletes 2`"
        );
        assert_eq!(
            told(2, 1),
            "the next run deletes up to 2 accounts, as invitations are accepted: review that, then allow it with \
             `--max-deletes 2`"
        );
    }

    #[test]
    fn an_organization_without_licences_is_named() {
        let hints = hints(Evidence {
            without_license: Some(OrganizationId(uuid::Uuid::from_u128(7))),
            ..NOTHING
        });
        let words = hints[0].to_string();
        assert!(words.contains("00000000-0000-0000-0000-000000000007"), "{words}");
    }

    #[test]
    fn rows_before_their_date_are_told_apart_from_invitations_that_are_pending() {
        let counts = BTreeMap::from([(Status::Waiting, 3)]);
        let hints = hints(Evidence {
            counts: &counts,
            not_due: NotDue {
                rows: 2,
                first: Some("2026-12-01T00:00:00+01:00"),
                is_planned: false,
            },
            ..NOTHING
        });
        assert_eq!(hints[0], Hint::Waiting(1));
        assert_eq!(
            hints[1].to_string(),
            "2 rows wait for their date, the first until 2026-12-01T00:00:00+01:00; run the same command again then"
        );
    }

    #[test]
    fn rows_that_were_left_out_are_not_said_to_be_reached_by_the_same_command() {
        let counts = BTreeMap::from([(Status::NotRun, 5)]);
        let told = |rows, by: &[&'static str]| {
            let hints = hints(Evidence {
                counts: &counts,
                left_out: LeftOut { rows, mails: 0, by },
                ..NOTHING
            });
            hints.iter().map(Hint::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            told(5, &["--only"]),
            ["5 rows were left out by `--only`; the same command without it runs those as well"]
        );
        assert_eq!(
            told(1, &["--only", "--limit"]),
            [
                "4 rows were not reached; the same command continues there",
                "1 row was left out by `--only` and `--limit`; the same command without them runs that as well"
            ]
        );
        assert_eq!(
            told(5, &[]),
            ["5 rows are not in the saved plan; a plan of the sheet made now has them"]
        );
    }

    #[test]
    fn rows_in_doubt_that_running_again_does_not_settle_are_not_told_that_it_does() {
        let counts = BTreeMap::from([(Status::InDoubt, 2)]);
        let told = |in_doubt_for_good| {
            hints(Evidence {
                counts: &counts,
                in_doubt_for_good,
                ..NOTHING
            })
        };
        assert_eq!(told(1), [Hint::InDoubt(1)]);
        assert_eq!(told(2), []);
    }

    #[test]
    fn a_clean_run_gives_no_hints() {
        assert_eq!(
            drawn(
                &[(Status::Done, 9), (Status::NotRun, 0)],
                &[
                    ((Service::Identity, 200), 9),
                    ((Service::License, 429), 1),
                    ((Service::Identity, 503), 4)
                ],
                0
            ),
            []
        );
    }

    #[test]
    fn a_service_that_refuses_everything_points_at_the_scopes_of_that_service_only() {
        let answers = [
            ((Service::Identity, 200), 3),
            ((Service::Identity, 403), 1),
            ((Service::License, 403), 2),
        ];
        assert_eq!(drawn(&[], &answers, 0), [Hint::Scopes(Service::License)]);
    }

    #[test]
    fn refusals_for_rate_rows_in_doubt_waiting_and_not_reached_are_each_told() {
        let hints = drawn(
            &[(Status::Waiting, 1), (Status::InDoubt, 2), (Status::NotRun, 3)],
            &[((Service::Identity, 429), 3), ((Service::Identity, 200), 4)],
            3,
        );
        assert_eq!(
            hints,
            [
                Hint::QuotaShared(3),
                Hint::InDoubt(2),
                Hint::Waiting(1),
                Hint::NotRun {
                    rows: 3,
                    is_by_failures: false
                }
            ]
        );
        assert!(hints[2].to_string().starts_with("1 row waits for the invitation"));
        assert!(hints[3].to_string().starts_with("3 rows were not reached"));
    }
}
