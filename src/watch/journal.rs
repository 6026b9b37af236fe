//! How far a sheet has come that was taken, so that whoever comes after a crash goes on from there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::folders::Folder;

/// The version of the form in which it is kept.
const VERSION: u32 = 1;

/// A sheet that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    version: u32,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Where it came from.
    pub came_from: CameFrom,
    /// The name it was dropped under.
    pub dropped_as: String,
    /// Its name from now on: free in every folder, because its results know it by that.
    pub sheet: String,
    /// The stem that it shares with what lies beside it: its own, or that of the sheet whose failed rows it has.
    pub stem: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// What comes along from beside it, or from where an earlier run has left it.
    pub companions: Vec<Moved>,
    /// A second copy of the same bytes, which goes once the first is taken.
    pub copy: Option<String>,
    /// How far it has come.
    pub stage: Stage,
}

/// Where a sheet was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameFrom {
    /// Somebody dropped it.
    Inbox,
    /// It was put there after an earlier run.
    Folder(Folder),
}

impl CameFrom {
    /// The folder below the drop folder; `None` for that itself.
    pub fn folder(self) -> Option<Folder> {
        match self {
            Self::Inbox => None,
            Self::Folder(folder) => Some(folder),
        }
    }
}

/// A file that is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where from, seen from the drop folder.
    pub from: String,
    /// Its name beside the sheet.
    pub to: String,
}

/// How far a sheet has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is on its way here; nothing has been sent.
    Taking,
    /// All of it is here, and it may have been run in part.
    Running,
    /// Its run has ended, and it is on its way to its folder.
    Ended(Ended),
}

/// How its run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// Where it goes.
    pub folder: Folder,
    /// The stem that it has there.
    pub stem: String,
    /// The exit code; `None` where it waits for approval.
    pub exit_code: Option<u8>,
    /// In one word, for programs.
    pub status: String,
    /// Why, for programs.
    pub reason: String,
    /// In a sentence.
    pub message: String,
    /// The file name of the plan that is to be approved.
    pub plan: Option<String>,
    /// What has still to be told of it.
    #[serde(default)]
    pub notice: Option<Box<serde_json::Value>>,
}

/// Why what is kept of a sheet cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It is not what reseat wrote.
    #[error("it is not as reseat wrote it: {0}")]
    Damaged(#[from] serde_json::Error),
    /// A newer reseat wrote it.
    #[error("a newer reseat wrote it (version {0})")]
    Newer(u32),
}

impl Job {
    /// A sheet that is about to be taken.
    pub fn taking(taken_at: Timestamp, came_from: CameFrom, dropped_as: &str, sha256: &str) -> Self {
        Self {
            version: VERSION,
            taken_at,
            came_from,
            dropped_as: dropped_as.to_owned(),
            sheet: dropped_as.to_owned(),
            stem: super::stem_of(dropped_as).to_owned(),
            sha256: sha256.to_owned(),
            companions: Vec::new(),
            copy: None,
            stage: Stage::Taking,
        }
    }

    /// As it is kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// From what was kept.
    pub fn of_json(text: &str) -> Result<Self, JobError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text)?;
        if version > VERSION {
            return Err(JobError::Newer(version));
        }
        Ok(serde_json::from_str(text)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_sheet_is_read_again_and_a_newer_form_is_refused() {
        let mut job = Job::taking(
            Timestamp::UNIX_EPOCH,
            CameFrom::Folder(Folder::Approved),
            "a.b.csv",
            "5a",
        );
        job.stage = Stage::Ended(Ended {
            at: Timestamp::UNIX_EPOCH,
            folder: Folder::Approve,
            stem: "a.b".to_owned(),
            exit_code: None,
            status: "refused".to_owned(),
            reason: "access_lost_unconfirmed".to_owned(),
            message: "it needs approval".to_owned(),
            plan: Some("a.b.plan.json".to_owned()),
            notice: Some(Box::new(serde_json::json!({"text": "it needs approval"}))),
        });
        let text = job.to_json();
        assert_eq!(Job::of_json(&text).unwrap(), job);
        assert_eq!(job.stem, "a.b");
        let newer = text.replace("\"version\": 1", "\"version\": 2");
        assert!(matches!(Job::of_json(&newer), Err(JobError::Newer(2))));
        assert!(matches!(Job::of_json(&text[..40]), Err(JobError::Damaged(_))));
    }
}
