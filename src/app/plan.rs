//! `reseat plan`: what a run would do, and what it would cost. Sends nothing but reads.

use super::Ending;
use super::choice::{Part, choose};
use super::configured::configured_for;
use super::console::{Console, data};
use super::failure::Failure;
use super::prepare::{Cost, OnErrors, Session, could_not_start, results_of, rules};
use super::runtime::block_on;
use crate::cli::{OutputFormat, PlanOptions};
use crate::ledger::History;
use crate::settings::Overrides;

pub(super) fn plan(options: &PlanOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let settings = configured_for(options.sheet.target, overrides, console)?;
    block_on(async {
        let session = Session::new(&settings, console);
        let mut loaded = session.load(&options.sheet, OnErrors::Refuse).await?;
        let path = results_of(&options.sheet.path, None);
        let history = if path.exists() {
            Some(History::read(&path).map_err(|error| could_not_start(&error))?)
        } else {
            None
        };
        let rows = std::mem::take(&mut loaded.intake.rows);
        let part = Part {
            only: options.only.as_ref(),
            limit: options.limit,
        };
        let choice =
            choose(rows, &loaded.intake.refused, history.as_ref(), part).map_err(|error| could_not_start(&error))?;
        let rules = rules(&settings, options.on_shortage);
        let (_, plan) = session
            .plan(&loaded.organization, &choice, history.as_ref(), &rules)
            .await?;
        loaded.organization.remember();
        let cost = Cost::of(&plan, &rules, &loaded.organization);
        let view = cost.view(&choice, &plan);
        data(|out| match console.output {
            OutputFormat::Text => view.write_text(out),
            OutputFormat::Json => {
                serde_json::to_writer_pretty(&mut *out, &view.json())?;
                writeln!(out)
            }
        })?;
        Ok(Ending::Done)
    })
}
