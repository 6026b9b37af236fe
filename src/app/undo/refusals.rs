//! Why a results file cannot be undone, and what to name instead.

use std::io::ErrorKind;

use crate::app::failure::Failure;
use crate::app::organization::IN_PROCESS;
use crate::app::organization::label::OrganizationLabel;
use crate::app::results::{named, not_read};
use crate::ledger::{OpenError, results_path};

/// A file that is something else is mostly the sheet itself. What a run would be told, `--results` say, is of no use here.
pub(in crate::app) fn not_results(error: &OpenError, label: Option<&OrganizationLabel>) -> Failure {
    let refused = |message: String| Failure::in_file(message);
    let name_it = "name the results file of the run: for `joiners.csv` it is `joiners.results.csv`";
    match error {
        OpenError::Io { path, source } => {
            let path = path.display();
            match source.kind() {
                ErrorKind::NotFound => refused(format!("there is no file `{path}`")).with_help(name_it),
                ErrorKind::IsADirectory => refused(format!("`{path}` is a folder")).with_help(name_it),
                _ => refused(format!("cannot read `{path}`: {source}")),
            }
        }
        OpenError::NotResults { path, found } => {
            let refusal = refused(format!(
                "`{}` is not a reseat results file: it begins with `{found}`",
                path.display()
            ));
            let results = results_path(path);
            if results.exists() {
                let help = format!("name the results file of the run: `{}`", results.display());
                return refusal.with_help(help);
            }
            if found.starts_with("PK") {
                refusal.with_help("it is a workbook: save it as CSV in the spreadsheet program, and name that")
            } else {
                refusal.with_help(name_it)
            }
        }
        OpenError::Damaged { path, line, fault } => {
            let path = path.display();
            refused(format!(
                "`{path}` is damaged: line {line} is not as reseat wrote it: {fault}"
            ))
            .with_help("put the line right in a text editor, or restore the file from before it was changed")
        }
        OpenError::OtherOrganization { path, run, ours } => {
            let (path, started) = (path.display(), run.started());
            if run.organization() == IN_PROCESS {
                refused(format!("`{path}` is from a `--sandbox` trial (run of {started})"))
                    .with_help("the organization of a trial is gone when the trial ends; `--offline` shows its sheet")
            } else {
                let theirs = named(run.organization());
                let this = label.map_or_else(|| ours.to_string(), |label| format!("{label}, {ours}"));
                refused(format!(
                    "`{path}` holds the results of another organization, {theirs} (run of {started}); this one is {this}"
                ))
                .with_help("check `--profile`")
            }
        }
        OpenError::Locked { .. }
        | OpenError::LostColumn { .. }
        | OpenError::OtherSheet { .. }
        | OpenError::Newer { .. } => not_read(error),
    }
}
