//! `reseat plan`: what a run would do, and what it would cost. Sends nothing but reads.

use std::time::Instant;

use super::Ending;
use super::choice::{Part, choose};
use super::configured::configured_for;
use super::console::{Console, data};
use super::cost::{Ahead, Cost};
use super::failure::Failure;
use super::prepare::{OnErrors, Session, rules};
use super::results::{self, results_of};
use super::runtime::block_on;
use super::sheet;
use crate::cli::{OutputFormat, PlanOptions};
use crate::settings::Overrides;

pub(super) fn plan(options: &PlanOptions, overrides: &Overrides, console: Console) -> Result<Ending, Failure> {
    let began = Instant::now();
    let settings = configured_for(options.sheet.target, overrides, console);
    let (source, settings) = sheet::open(&options.sheet.path, settings)?;
    block_on(async {
        let session = Session::new(&settings, console);
        let mut loaded = session.load(source, &options.sheet, OnErrors::Refuse).await?;
        let path = results_of(&options.sheet.path, options.results.as_deref());
        let history = results::read(&path, loaded.organization.id, options.sheet.target)?;
        let rows = std::mem::take(&mut loaded.intake.rows);
        let part = Part {
            only: options.only.as_ref(),
            limit: options.limit,
        };
        let choice =
            choose(rows, &loaded.intake.refused, history.as_ref(), part).map_err(|error| results::not_read(&error))?;
        let rules = rules(&settings, options.on_shortage);
        let (snapshot, plan) = session
            .plan(&loaded.organization, &choice, history.as_ref(), &rules)
            .await?;
        let ahead = Ahead::WholeRun(began.elapsed());
        let cost = Cost::of(&plan, &snapshot, &rules, &loaded.organization, ahead);
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
