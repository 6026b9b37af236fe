//! A plan as a page for whoever approves it: what the page says beside the plan, and the file that it goes to.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Zoned;

use crate::app::ending::{Ended, Reason};
use crate::app::failure::Failure;
use crate::app::next::Typed;
use crate::app::organization::label::OrganizationLabel;
use crate::app::sheet_place::is_same_file;
use crate::app::shortage::ways_to_seats;
use crate::cli::PlanPage;
use crate::model::{BundleCode, Catalogue};
use crate::page::{Fact, write_page};
use crate::plan::{Plan, TakingLater};
use crate::problem::{ProblemCode, Problems};
use crate::report::{Approval, ApprovalPage, PageSubject, PlanRows, PlanView, Progress, RowOfPlan, WouldStop};
use crate::saved_plan::SheetPlan;
use crate::sheet::{may_write_sheet, save_file};
use crate::text::{clean, number, plural, with_quotation_marks};

/// After how many rows it is told how far the page is.
const TOLD_EVERY: u64 = 1_000;

/// How much of a name is shown.
const MOST: usize = 200;
/// How much of a sentence is.
const MOST_WORDS: usize = 1_000;

/// Makes sure, before anything is read, that nothing is lost by writing the page: no file that is to be kept, and none of
/// `others`, which this command reads or writes.
pub(in crate::app) fn may_write_plan_page(page: &PlanPage, others: &[(&str, &Path)]) -> Result<(), Failure> {
    if let Some((what, _)) = others.iter().find(|(_, other)| is_same_file(other, &page.out)) {
        let message = format!("`{}` is {what}: a page there would replace it", page.out.display());
        return Err(Failure::in_settings(message).with_help("name another file with `-o`"));
    }
    may_write_sheet(&page.out, page.existing).map_err(|error| Failure::of_file(&error))
}

/// Writes the page, and tells how far that is. The file is private, and appears whole or not at all.
pub(in crate::app) fn write_plan_page(
    page: &PlanPage,
    view: &PlanView<'_>,
    now: SheetPlan<'_>,
    about: PlanAbout<'_>,
    progress: &Progress,
) -> Result<(), Failure> {
    let subject = about.subject(page, view.sheet.plan);
    let total = now.order.len() as u64;
    let each = || -> Box<dyn Iterator<Item = _>> {
        Box::new((1..).zip(now.rows_by_index()).map(|(done, (index, row))| {
            if done % TOLD_EVERY == 0 {
                progress.working("writing the page", done, Some(total));
            }
            RowOfPlan {
                index,
                report: row.report,
                fate: row.fate,
            }
        }))
    };
    let rows = PlanRows {
        count: now.order.len(),
        have_worksheets: now.order.iter().any(|(_, place)| !place.sheet.is_empty()),
        each: &each,
    };
    let approval_page = ApprovalPage::new(view, rows, subject);
    save_file(&page.out, page.existing, |out| write_page(&approval_page.page(), out))
        .map_err(|error| Failure::of_file(&error))
}

/// What the page says beside the plan.
pub(in crate::app) struct PlanAbout<'a> {
    /// The sheet; `-` is standard input.
    pub(in crate::app) sheet: &'a Path,
    /// The organization.
    pub(in crate::app) label: &'a OrganizationLabel,
    /// What licences are called.
    pub(in crate::app) catalogue: &'a Catalogue,
    /// What was found in the sheet.
    pub(in crate::app) problems: &'a Problems,
    /// Why a run would stop before it changes anything, if it would.
    pub(in crate::app) stop: Option<WouldStop>,
    /// How the plan is set going.
    pub(in crate::app) approval: Approval,
}

impl PlanAbout<'_> {
    fn subject(self, page: &PlanPage, plan: &Plan) -> PageSubject {
        let names = plan.seats.iter().filter_map(|line| {
            let known = self.catalogue.find(line.code.as_str())?;
            (!known.name.is_empty()).then(|| (line.code.clone(), clean(&known.name, MOST)))
        });
        PageSubject {
            sheet: sheet_name(self.sheet),
            organization: organization(self.label),
            made: Zoned::now(),
            notes: notes(self.problems),
            stop: self.stop,
            approval: self.approval,
            masking: page.masking,
            license_names: names.collect::<BTreeMap<BundleCode, String>>(),
        }
    }
}

/// What was found in the sheet that whoever approves it has to know, and that names nobody.
fn notes(problems: &Problems) -> Vec<String> {
    let told = problems
        .iter()
        .filter(|problem| problem.code == ProblemCode::EndsBeforeLastDay);
    let told = told.map(|problem| {
        clean(
            &format!("{}; {}", problem.what, with_quotation_marks(&problem.help)),
            MOST_WORDS,
        )
    });
    told.collect()
}

fn sheet_name(sheet: &Path) -> String {
    if sheet == Path::new("-") {
        return "a sheet from standard input".to_owned();
    }
    let name = sheet.file_name().unwrap_or(sheet.as_os_str());
    clean(&name.to_string_lossy(), MOST)
}

fn organization(label: &OrganizationLabel) -> Vec<Fact> {
    let fact = |label: &str, value: &str| Fact::new(label, clean(value, MOST));
    match label {
        OrganizationLabel::Simulated => vec![fact("organization", "a simulated one: nobody is affected")],
        OrganizationLabel::Configured { name, profile, uri } => {
            let profile = profile.as_deref().map(|profile| fact("profile", profile));
            let facts = [fact("organization", name)].into_iter().chain(profile);
            facts.chain([fact("address", uri)]).collect()
        }
    }
}

/// How a plan that was typed is set going: by `reseat run`, of the saved plan where it was saved.
pub(in crate::app) fn approval_by_command(
    sheet: &Path,
    saved: Option<&Path>,
    deletions: usize,
    typed: &Typed,
) -> Approval {
    let run = if sheet == Path::new("-") {
        None
    } else {
        typed.run_as_planned()
    };
    let (how, command) = match (saved, run) {
        (Some(plan), _) => (
            "Whoever runs reseat carries out exactly this plan with the command below. If anything that it rests on has \
             changed by then, nothing is done, and reseat says what has changed.",
            Some(typed.run_of_plan(plan)),
        ),
        (None, Some(run)) => (
            "Whoever runs reseat carries the sheet out with the command below. It looks at the organization again, shows what \
             it would do then, and asks before it changes anything. With `--save`, a plan is saved that is carried out \
             exactly, or not at all.",
            Some(run),
        ),
        (None, None) => (
            "Whoever made this plan carries it out by giving the same sheet to `reseat run`, which looks at the organization \
             again and asks before it changes anything.",
            None,
        ),
    };
    let asks = match deletions {
        0 => String::new(),
        count => format!(" It asks for the number of accounts that are deleted: {count}."),
    };
    Approval {
        words: format!("Nothing has been changed yet. {how}{asks}"),
        commands: command.into_iter().collect(),
        later: TakingLater::default(),
    }
}

/// How a plan is set going that seats are missing for: not at all.
pub(in crate::app) fn approval_once_planned_anew() -> Approval {
    Approval {
        words: "Nothing has been changed yet, and this plan cannot be carried out: seats are missing, as said above. Once that \
                is mended, the sheet is planned again, and that plan can be approved."
            .to_owned(),
        commands: Vec::new(),
        later: TakingLater::default(),
    }
}

/// Why a run would stop before it changes anything, if it would.
pub(in crate::app) fn would_stop(
    ended: Ended,
    plan: &Plan,
    max_access_lost: Option<u64>,
    typed: &Typed,
) -> Option<WouldStop> {
    match ended.reason {
        Reason::Shortage => {
            let (ways, freeing) = ways_to_seats(&plan.seats, typed, |_| "the command below".to_owned());
            Some(WouldStop {
                why: format!("there are not enough seats for {}", plural(plan.short.len(), "row")),
                help: format!(
                    "To go on, {ways}, take rows out of the sheet, or run it with `--on-shortage fill`, which gives the seats \
                     out in the sheet's order."
                ),
                commands: freeing.into_iter().collect(),
            })
        }
        Reason::AccessLostUnconfirmed => Some(WouldStop {
            why: format!(
                "{}, more than the {} that `--max-access-lost` allows",
                plan.access_lost.people(),
                number(max_access_lost.unwrap_or_default())
            ),
            help: format!(
                "Whoever approves it runs it with `--max-access-lost {}`.",
                plan.access_lost.people
            ),
            commands: Vec::new(),
        }),
        _ => None,
    }
}
