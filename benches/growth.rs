//! How time, processor time and memory grow with the sheet and with the organization.
//!
//! `cargo bench --bench growth` prints a table of what `check`, `plan`, a run and a rerun with nothing left to do take for 1,000,
//! 10,000, 100,000 and 1,000,000 rows, a licence each for as many people, and what `plan` of 1,000 rows takes against as many
//! people. A small task is repeated, and its mean counts. The exponent is that of the power law that fits best: 1 is as fast
//! as what grows. What every start costs hides in the small tasks and makes it smaller; therefore the last step, from
//! the last size but one to the last, has one of its own. `ROWS=100000` leaves out what is larger, and `NEW=…` measures
//! a program that is built already.
//!
//! What was found is in `docs/performance.md`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod measure;
mod server;

use std::process::Stdio;

use measure::{Cost, number};
use server::{Server, sheets};

const SIZES: [(u32, usize); 4] = [(1_000, 20), (10_000, 10), (100_000, 3), (1_000_000, 1)];

const TASKS: [&str; 5] = [
    "`check`",
    "`plan`",
    "run",
    "rerun, nothing left to do",
    "`plan` of 1,000 rows against so many people",
];

fn main() {
    if server::serve_if_asked() || measure::only_compiles() {
        return;
    }
    let most = number("ROWS", 1_000_000);
    let sizes: Vec<(u32, usize)> = SIZES.into_iter().filter(|(rows, _)| *rows as usize <= most).collect();
    let mut costs: [Vec<Cost>; TASKS.len()] = Default::default();
    for (rows, repeats) in &sizes {
        for (costs, cost) in costs.iter_mut().zip(of_size(*rows as usize, *repeats)) {
            costs.push(cost);
        }
    }
    let rows: Vec<f64> = sizes.iter().map(|(rows, _)| f64::from(*rows)).collect();
    let heads: Vec<String> = rows.iter().map(ToString::to_string).collect();
    println!("| rows | {} | exponents | of the last step |", heads.join(" | "));
    println!("| --- |{}", " --- |".repeat(rows.len() + 2));
    for (task, costs) in TASKS.iter().zip(&costs) {
        let cells: Vec<String> = costs.iter().map(told).collect();
        let last = rows.len().saturating_sub(2);
        println!(
            "| {task} | {} | {} | {} |",
            cells.join(" | "),
            exponents(&rows, costs),
            exponents(&rows[last..], &costs[last..])
        );
    }
}

fn of_size(rows: usize, repeats: usize) -> [Cost; TASKS.len()] {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    server::configure(folder);
    sheets::licenses(&folder.join("all.csv"), rows);
    sheets::licenses(&folder.join("some.csv"), 1_000);
    let server = Server::start(rows);
    let reseat = |words: &[&str]| {
        let mut command = server.command(measure::reseat(), folder);
        measure::program(command.args(words).stderr(Stdio::null()))
    };
    let run = || reseat(&["run", "all.csv", "--yes"]);
    [
        mean(repeats, || reseat(&["check", "all.csv"])),
        mean(repeats, || reseat(&["plan", "all.csv"])),
        mean(repeats, || {
            server::forget_results(folder);
            run()
        }),
        mean(repeats, run),
        mean(repeats, || reseat(&["plan", "some.csv"])),
    ]
}

fn mean(repeats: usize, task: impl Fn() -> Cost) -> Cost {
    Cost::mean(&(0..repeats).map(|_| task()).collect::<Vec<_>>())
}

fn told(cost: &Cost) -> String {
    let seconds = |time: f64| match time {
        short if short < 0.1 => format!("{short:.3}"),
        long => format!("{long:.2}"),
    };
    let [time, cpu, memory] = cost.figures();
    format!("{} s, {} s, {memory:.0} MiB", seconds(time), seconds(cpu))
}

/// Of time, processor time and memory.
fn exponents(sizes: &[f64], costs: &[Cost]) -> String {
    let exponents: [String; 3] = std::array::from_fn(|figure| {
        let points = sizes
            .iter()
            .zip(costs)
            .map(|(size, cost)| (size.ln(), cost.figures()[figure].ln()));
        format!("{:.2}", slope(&points.collect::<Vec<_>>()))
    });
    exponents.join(", ")
}

/// Of the line that fits best by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count: f64 = points.iter().map(|_| 1.0).sum();
    let x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let together: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    together / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}
