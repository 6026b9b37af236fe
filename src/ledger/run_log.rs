//! The records of runs beside a results file: what belongs to a run and not to one of its rows. `docs/results.md` is
//! their contract.
//!
//! One JSON object a line, appended when a run begins and once more when it ends, so that a run that was killed is known.
//! They name no person. Results are whole without them: nothing that a rerun does depends on them.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use fs_err::File;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::files;
use super::{OpenError, RunId};
use crate::files::beside;
use crate::model::{BundleCode, OrganizationId};

/// The form of a line; one with a greater number is a later reseat's.
const FORMAT: u32 = 1;

/// The longest line that is read; ours have a few hundred letters.
const LONGEST_LINE: u64 = 4 << 20;

/// Where the records of the runs of a results file are: beside it, so that they are moved and kept together.
pub fn run_log_path(results: &Path) -> PathBuf {
    beside(results, ".runs.jsonl")
}

/// What is recorded of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEntry {
    /// The form of the line.
    pub format: u32,
    /// The version of reseat that ran.
    pub reseat: String,
    /// The run as the column `run` of the results names it.
    #[serde(with = "as_in_results")]
    pub run: RunId,
    /// Whether the results file began with it: what is recorded before is about another file of the name.
    #[serde(default)]
    pub begins: bool,
    /// The organization that it ran against.
    pub organization: RunOrganization,
    /// The file name of the sheet that was run, which may have the failed rows of another.
    pub sheet: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` of a run that has not, or was killed.
    pub finished_at: Option<Timestamp>,
    /// How it ended, as the `status` of JSON output; `running` until it has.
    pub status: String,
    /// Why, as the `reason` of JSON output.
    pub reason: Option<String>,
    /// The exit code.
    pub exit_code: Option<u8>,
    /// How many rows of the sheet had each status when it ended, those finished by earlier runs included.
    pub rows: Option<BTreeMap<String, u64>>,
    /// How many calls it sent, by method.
    pub calls: Option<BTreeMap<String, u64>>,
    /// How many of them were sent again.
    pub retries: Option<u64>,
    /// How many were answered 429.
    pub throttled: Option<u64>,
    /// For how long calls were held back.
    pub waited_ms: Option<u64>,
    /// How long it took, without the time spent at a question or waiting for another run.
    pub elapsed_ms: Option<u64>,
    /// The seats of the bundles that it was to give or free.
    #[serde(default)]
    pub seats: Vec<RunSeats>,
    /// The sheet that `undo` wrote since of these results, by its path from their folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
}

/// The organization of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOrganization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses; `None` of a simulated one.
    pub name: Option<String>,
    /// The address of the installation; `None` of a simulated one.
    pub uri: Option<String>,
}

/// The seats of one bundle, before and after a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSeats {
    /// Its code.
    pub code: BundleCode,
    /// Its product name, where it is known.
    pub name: Option<String>,
    /// How many were owned; `None` where that was not told.
    pub owned: Option<u64>,
    /// How many were taken when the state was read; `None` where that was not told.
    pub taken_before: Option<u64>,
    /// How many were taken after what the run did; `None` where that is not known.
    pub taken_after: Option<u64>,
    /// How many the run gave; `None` until it has ended.
    pub given: Option<u64>,
    /// How many it freed; `None` until it has ended.
    pub freed: Option<u64>,
}

impl RunEntry {
    /// A run that begins.
    pub fn begun(run: RunId, organization: RunOrganization, sheet: String, started_at: Timestamp) -> Self {
        Self {
            format: FORMAT,
            reseat: env!("CARGO_PKG_VERSION").to_owned(),
            started_at,
            run,
            begins: false,
            organization,
            sheet,
            finished_at: None,
            status: "running".to_owned(),
            reason: None,
            exit_code: None,
            rows: None,
            calls: None,
            retries: None,
            throttled: None,
            waited_ms: None,
            elapsed_ms: None,
            seats: Vec::new(),
            undone_by: None,
        }
    }

    /// Appends it to the records of a results file, which are begun if there are none. They are this user's alone.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn append(&self, results: &Path) -> io::Result<()> {
        let path = run_log_path(results);
        let mut file = files::open(&path)?;
        let mut line = Vec::new();
        if !ends_in_line_end(&mut file)? {
            // The line of a run that was killed while it was written spoils no other.
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, self)?;
        line.push(b'\n');
        file.seek(SeekFrom::End(0))?;
        file.write_all(&line)
    }
}

fn ends_in_line_end(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// What is recorded of the runs of a results file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunLog {
    /// The runs, in the order in which they began.
    pub runs: Vec<RunEntry>,
    /// How many lines are damaged; one that was cut off when a run was killed is one of them.
    pub damaged: usize,
    /// How many lines are of a later version of reseat.
    pub newer: usize,
}

/// What a line of any version has.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

impl RunLog {
    /// Reads the records of a results file; nothing where there are none. What cannot be read of them is counted.
    ///
    /// # Errors
    /// If there is such a file, and the file system refuses.
    pub fn read(results: &Path) -> io::Result<Self> {
        match File::open(run_log_path(results)) {
            Ok(file) => Self::of(BufReader::new(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn of(mut lines: impl BufRead) -> io::Result<Self> {
        let mut log = Self::default();
        let mut places: HashMap<RunId, usize> = HashMap::new();
        let mut line = Vec::new();
        while (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line)? > 0 {
            let text = line.trim_ascii();
            match serde_json::from_slice::<Form>(text) {
                _ if text.is_empty() => {}
                Ok(form) if form.format > FORMAT => log.newer += 1,
                Err(_) => log.damaged += 1,
                Ok(_) => match serde_json::from_slice::<RunEntry>(text) {
                    Ok(entry) => log.take(entry, &mut places),
                    Err(_) => log.damaged += 1,
                },
            }
            line.clear();
        }
        Ok(log)
    }

    fn take(&mut self, entry: RunEntry, places: &mut HashMap<RunId, usize>) {
        if let Some(place) = places.get(&entry.run) {
            self.runs[*place] = entry;
            return;
        }
        if entry.begins {
            self.runs.clear();
            places.clear();
        }
        places.insert(entry.run.clone(), self.runs.len());
        self.runs.push(entry);
    }

    /// Renames the records along with their results file, which was renamed.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn follow(from: &Path, to: &Path) -> Result<(), OpenError> {
        let log = run_log_path(from);
        match fs_err::rename(&log, run_log_path(to)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(OpenError::io(&log)(error)),
            _ => Ok(()),
        }
    }
}

/// A run as the results name it.
mod as_in_results {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::ledger::RunId;

    pub(super) fn serialize<S: Serializer>(run: &RunId, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(run)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<RunId, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map_err(|_| serde::de::Error::custom("this is no run of reseat"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(short: u32) -> RunEntry {
        let id = OrganizationId(uuid::Uuid::from_u128(7));
        let organization = RunOrganization {
            id,
            name: Some("acme".to_owned()),
            uri: None,
        };
        let run = RunId::new(Timestamp::UNIX_EPOCH, id, short).of_sheet("joiners.csv");
        RunEntry::begun(run, organization, "joiners.csv".to_owned(), Timestamp::UNIX_EPOCH)
    }

    fn ended(short: u32) -> RunEntry {
        RunEntry {
            status: "done".to_owned(),
            finished_at: Some(Timestamp::UNIX_EPOCH),
            seats: vec![RunSeats {
                code: BundleCode::new("ATTUNU"),
                name: None,
                owned: Some(5),
                taken_before: Some(3),
                taken_after: None,
                given: Some(1),
                freed: None,
            }],
            ..entry(short)
        }
    }

    #[test]
    fn the_end_of_a_run_takes_the_place_of_its_beginning_and_a_killed_one_stays_begun() {
        let folder = tempfile::TempDir::new().unwrap();
        let results = folder.path().join("joiners.results.csv");
        assert_eq!(RunLog::read(&results).unwrap(), RunLog::default());
        for entry in [entry(1), ended(1), entry(2), entry(3), ended(3)] {
            entry.append(&results).unwrap();
        }
        let log = RunLog::read(&results).unwrap();
        assert_eq!(log.runs, [ended(1), entry(2), ended(3)]);
        assert_eq!((log.damaged, log.newer), (0, 0));
    }

    #[test]
    fn what_can_be_read_is_read_and_the_rest_is_counted() {
        let folder = tempfile::TempDir::new().unwrap();
        let results = folder.path().join("joiners.results.csv");
        entry(1).append(&results).unwrap();
        let path = run_log_path(&results);
        let mut text = fs_err::read_to_string(&path).unwrap();
        text.push_str("\n{\"format\":2,\"run\":\"whatever\"}\n\0\0\n[]\n{\"format\":1}\n{\"format\":1,\"res");
        fs_err::write(&path, text).unwrap();
        ended(2).append(&results).unwrap();
        let log = RunLog::read(&results).unwrap();
        assert_eq!(log.runs, [entry(1), ended(2)]);
        assert_eq!((log.damaged, log.newer), (4, 1));
    }

    #[test]
    fn what_is_recorded_before_the_file_began_is_about_another() {
        let folder = tempfile::TempDir::new().unwrap();
        let results = folder.path().join("joiners.results.csv");
        entry(1).append(&results).unwrap();
        let first = RunEntry {
            begins: true,
            ..entry(2)
        };
        first.append(&results).unwrap();
        RunEntry {
            begins: true,
            ..ended(2)
        }
        .append(&results)
        .unwrap();
        entry(3).append(&results).unwrap();
        let runs = RunLog::read(&results).unwrap().runs;
        let shorts: Vec<String> = runs.iter().map(|entry| entry.run.short()).collect();
        assert_eq!(shorts, ["000002", "000003"]);
        assert_eq!(runs[0].status, "done");
    }

    #[test]
    #[cfg(unix)]
    fn the_records_are_this_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::TempDir::new().unwrap();
        let results = folder.path().join("joiners.results.csv");
        entry(1).append(&results).unwrap();
        let mode = fs_err::metadata(run_log_path(&results)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
