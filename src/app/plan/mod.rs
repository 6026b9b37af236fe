//! `reseat plan`: what a run would do, and what it would cost. Only sends reads.

pub(super) mod page;

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;

use self::page::{
    PlanAbout, approval_by_command, approval_once_planned_anew, may_write_plan_page, would_stop, write_plan_page,
};
use super::Ending;
use super::chosen_rows::{ChosenRows, Selection, choose};
use super::console::Console;
use super::cost::{Ahead, Cost};
use super::ending::{Ended, Reason};
use super::failure::Failure;
use super::finished_rows::was_called_otherwise;
use super::guards::outlook;
use super::inputs::{as_of_now, catalogue_of, open_sheet, settings_for};
use super::next::Typed;
use super::object::Object;
use super::prepare::{Loaded, order, rules};
use super::results;
use super::runtime::{block_on, off_thread};
use super::session::Session;
use super::shortage::ways_to_seats;
use super::signals::Signals;
use super::undo::since::undone_since;
use crate::cli::PlanOptions;
use crate::intake::FinishedRows;
use crate::ledger::Record;
use crate::model::AsOf;
use crate::plan::{Plan, PlannedSheet, Rules};
use crate::report::PlanView;
use crate::saved_plan::{self, PlanHeader, SavedOptions, SheetPlan, path_beside};
use crate::settings::{Overrides, Settings};
use crate::sheet::Source;
use crate::text::{number, plural, shown_path};

pub(super) fn plan(options: &PlanOptions, overrides: &Overrides, console: Console<'_>) -> Result<Ending, Failure> {
    let began = Instant::now();
    let planning = &options.planning;
    if let Some(path) = &options.save {
        saved_plan::may_be_saved_to(path)?;
    }
    if let Some(page) = &options.page() {
        let save = options.save.as_deref().map(|path| ("what the plan is saved to", path));
        let results = planning.results.as_deref().map(|path| ("the results file", path));
        let others = [("the sheet", options.path.as_path())]
            .into_iter()
            .chain(save)
            .chain(results);
        may_write_plan_page(page, &others.collect::<Vec<_>>())?;
    }
    let settings = settings_for(planning.sheet.target, overrides, console);
    block_on(async {
        let signals = Signals::listen();
        let (source, settings) = signals
            .obeyed_by(open_sheet(&options.path, &planning.sheet, settings, console))
            .await?;
        let session = Session::new(&settings, console, signals.clone());
        // Boxed, because it holds all that is read and planned.
        let shown = Box::pin(show(&session, source, options, began));
        signals.obeyed_by(shown).await.map_err(|mut failure| {
            if failure.ended.ending == Ending::SheetInvalid && options.out.is_some() {
                failure.message.push_str(" and no page was written");
            }
            failure
        })
    })
}

async fn show(session: &Session<'_>, source: Source, options: &PlanOptions, began: Instant) -> Result<Ending, Failure> {
    let planning = &options.planning;
    let console = session.console;
    let mut loaded = session
        .load(
            source,
            planning,
            as_of(options, session.settings)?,
            FinishedRows::default(),
        )
        .await?;
    let family = Arc::clone(&loaded.family);
    let given = planning.results.as_deref();
    let (path, is_given) = (family.results(given), given.is_some());
    let (id, label) = (loaded.organization.id, loaded.organization.label.clone());
    let was_called_otherwise = was_called_otherwise(&path, &label);
    let rows = std::mem::take(&mut loaded.intake.rows);
    let refused = loaded.intake.refused.iter().cloned().map(Record::from).collect();
    let selection = Selection::of(planning, loaded.as_of.clone());
    let results_path = path.clone();
    let busy = console.busy("comparing with the results");
    let choice = off_thread(move || {
        let history = results::read(&path, id, &label)?;
        if !is_given {
            family.check(history.as_ref(), &path)?;
        }
        let choice = choose(rows, Vec::new(), refused, history.as_ref(), &selection, &family);
        let choice = choice.map_err(|error| results::not_read(&error))?;
        Ok::<_, Failure>((choice, history))
    })
    .await;
    drop(busy);
    let (mut choice, history) = choice?;
    session
        .look_again(&loaded.organization, &mut choice, history.as_ref())
        .await?;
    drop(history);
    let rules = rules(session.settings, planning, &choice, &loaded.organization);
    loaded.asks_by_name = choice.rows.is_empty() && was_called_otherwise;
    let (snapshot, plan) = session.plan(&mut loaded, &choice, &rules).await?;
    let ahead = Ahead::WholeRun(began.elapsed());
    let planned = PlannedSheet {
        rows: &choice.rows,
        plan: &plan,
        snapshot: &snapshot,
    };
    let busy = console.busy("planning");
    let cost = Cost::of(planned, &rules, &loaded.organization, ahead);
    drop(busy);
    let view = PlanView {
        is_ahead_of_time: options
            .as_of
            .is_some_and(|typed| typed.instant(&loaded.as_of.zone) == loaded.as_of.now),
        ..cost.view(planned, &choice, &loaded, console.typed())
    };
    // Only now, when what planning itself takes is free again.
    let order = order(&loaded.intake, &choice);
    let now = SheetPlan {
        order: &order,
        planned,
        not_attempted: &choice.left,
    };
    let made = MadePlan {
        session,
        options,
        loaded: &loaded,
        choice: &choice,
        view: &view,
        now,
        ended: outlook(&plan, &choice, &rules, options.max_access_lost),
    };
    made.save(&rules)?;
    made.write_page()?;
    made.print();
    if choice.finished > 0
        && let Some(undone) = undone_since(&results_path)
    {
        console.tell(format!(
            "hint: what was done for rows of the sheet was undone by a run of {} ({}): `reseat run` with `--again` does it again\n",
            shown_path(&undone.sheet),
            loaded.as_of.show_briefly(undone.when)
        ));
    }
    Ok(made.ended.ending)
}

/// A plan that was made.
struct MadePlan<'a> {
    session: &'a Session<'a>,
    options: &'a PlanOptions,
    loaded: &'a Loaded,
    choice: &'a ChosenRows,
    view: &'a PlanView<'a>,
    now: SheetPlan<'a>,
    /// How a run of it would end at best.
    ended: Ended,
}

impl MadePlan<'_> {
    /// Saves it where that was asked for (`--save`).
    fn save(&self, rules: &Rules) -> Result<(), Failure> {
        let Some(file) = &self.options.save else {
            return Ok(());
        };
        let planning = &self.options.planning;
        let header = PlanHeader {
            // What was due then is due when it is carried out, and nothing else is.
            saved_at: self.loaded.as_of.now,
            organization: self.loaded.organization.of_plan(),
            sheet: path_beside(file, &self.options.path),
            fingerprint: None,
            results: planning.results.as_ref().map(|path| path_beside(file, path)),
            options: SavedOptions::of(planning),
            batch: rules.sizes,
        };
        let _busy = self.session.console.busy("saving the plan");
        saved_plan::write(file, header, self.view.shape(self.now))?;
        Ok(())
    }

    /// Writes the page for whoever approves it, where that was asked for (`-o`).
    fn write_page(&self) -> Result<(), Failure> {
        let Self { options, ended, .. } = self;
        let Some(page) = &options.page() else { return Ok(()) };
        let (organization, typed) = (&self.loaded.organization, self.session.console.typed());
        let (plan, snapshot) = (self.view.sheet.plan, self.view.sheet.snapshot);
        let settings = self.session.settings;
        let about = PlanAbout {
            sheet: &options.path,
            label: &organization.label,
            catalogue: &catalogue_of(settings, &organization.name, snapshot, Timestamp::now()),
            problems: &self.loaded.intake.problems,
            stop: would_stop(*ended, plan, options.max_access_lost, typed),
            approval: if ended.reason == Reason::Shortage {
                approval_once_planned_anew()
            } else {
                approval_by_command(&options.path, options.save.as_deref(), plan.deletions.len(), typed)
            },
        };
        let busy = self.session.console.busy("writing the page");
        write_plan_page(page, self.view, self.now, about, &busy)
    }

    /// Prints it, and says which files were written.
    fn print(&self) {
        let Self {
            session: Session { console, .. },
            options,
            loaded: Loaded {
                as_of, organization, ..
            },
            choice,
            view,
            ended,
            ..
        } = self;
        let stop = stop(*ended, view.sheet.plan, options.max_access_lost, console.typed());
        let then = || format!("{} ({})", as_of.show_briefly(as_of.now), as_of.zone_name());
        let ahead_of_time = view.is_ahead_of_time.then(then);
        let message = headline(stop.as_deref(), ahead_of_time.as_deref());
        let last_due = choice.waiting.due.map(|(_, last)| as_of.show_briefly(last));
        let look_ahead: Option<String> = last_due.map(|last| console.typed().as_of(&last));
        let shape = Shape {
            page: options.out.as_ref().map(|page| page.display().to_string()),
            plan: view.shape(self.now),
        };
        console.found(
            &Object::of(*ended, &message, &shape)
                .with_help(look_ahead.as_slice())
                .with_organization(organization.shape())
                .with_sheet(&self.loaded.intake.problems),
            |out| {
                let on = format!("on {}", organization.label);
                match &ahead_of_time {
                    Some(then) => writeln!(out, "{on}, as if it were {then}")?,
                    None => writeln!(out, "{on}")?,
                }
                view.write_text(out)?;
                if let Some(look) = &look_ahead {
                    writeln!(out, "\nwhat they will do: {look}")?;
                }
                if let Some(then) = &ahead_of_time {
                    writeln!(
                        out,
                        "\nas if it were {then}, with the organization as it is now; a run leaves out what is not due yet"
                    )?;
                }
                Ok(())
            },
        );
        if let Some(stop) = &stop {
            console.tell(format!("{stop}\n"));
        }
        if let Some(file) = &options.save
            && ended.reason == Reason::Shortage
        {
            console.tell(format!(
                "the plan is saved in {}, but a run of it would stop: free the seats, and plan anew\n",
                shown_path(file)
            ));
        } else if let Some(file) = &options.save {
            console.tell(format!(
                "the plan is saved; `{}` carries it out, unless something has changed by then\n",
                console.typed().run_of_plan(file)
            ));
        }
        if let Some(page) = &options.out {
            console.tell(format!("the page is {}\n", shown_path(page)));
        }
    }
}

/// What `plan` prints for programs; `docs/plan.md` is its contract.
#[derive(Serialize)]
struct Shape<P> {
    page: Option<String>,
    #[serde(flatten)]
    plan: P,
}

/// What a plan comes to, in one sentence: why a run would `stop`, or as of when it is planned.
fn headline(stop: Option<&str>, ahead_of_time: Option<&str>) -> String {
    match (stop, ahead_of_time) {
        (Some(stop), _) => stop.to_owned(),
        (None, Some(then)) => format!("what a run would do as of {then}"),
        (None, None) => "what a run would do".to_owned(),
    }
}

/// As of when the dates of the sheet are judged: now, or the moment that was typed. One that has come is as good as now.
///
/// # Errors
/// If a day was typed that is over: what is due by now is planned in any case, so that another is meant.
fn as_of(options: &PlanOptions, settings: &Settings) -> Result<AsOf, Failure> {
    let now = as_of_now(settings);
    let Some(typed) = options.as_of else {
        return Ok(now);
    };
    let then = typed.instant(&now.zone);
    if now.is_before(then) {
        return Ok(AsOf { now: then, ..now });
    }
    let today = now.day();
    if typed.day() >= today {
        return Ok(now);
    }
    let day = typed.day();
    let message = format!("`--as-of` takes a day to come, and {day} is over: today is {today}");
    Err(Failure::in_settings(message)
        .with_help("leave `--as-of` out: everything that is due by now is planned without it"))
}

/// Why a run would stop before it sends anything, if it would.
fn stop(ended: Ended, plan: &Plan, max_access_lost: Option<u64>, typed: &Typed) -> Option<String> {
    match ended.reason {
        Reason::Shortage => {
            let (ways, _) = ways_to_seats(&plan.seats, typed, |command| format!("`{command}`"));
            Some(format!(
                "a run would stop: there are not enough seats for {}; {ways} or remove rows",
                plural(plan.short.len(), "row"),
            ))
        }
        Reason::AccessLostUnconfirmed => Some(format!(
            "a run would stop: {} by this plan, more than the {} that `--max-access-lost` allows",
            plan.access_lost.people(),
            number(max_access_lost.unwrap_or_default())
        )),
        _ => None,
    }
}
