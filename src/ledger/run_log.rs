//! The records of runs beside a results file: what belongs to a run and not to one of its rows.

use std::path::{Path, PathBuf};

/// Where the records of the runs of a results file are: beside it, so that they are moved and kept together.
pub fn run_log_path(results: &Path) -> PathBuf {
    let mut name = results.file_name().unwrap_or_default().to_owned();
    name.push(".runs.jsonl");
    results.with_file_name(name)
}
