//! Which files of a drop folder are sheets that have come whole, and what becomes of each. Pure: what is in the folder,
//! and when it was looked at, is given.

mod folders;
mod journal;
mod names;
mod patience;
mod seen;
mod stems;
mod wholeness;

pub use folders::{Folder, OtherRows, Outcome, RESERVED};
pub use journal::{CameFrom, Ended, Job, JobError, Moved, Stage};
pub use names::{FileName, LeftAlone, file_name, is_lock, is_lock_of, is_too_long, parent_stem};
pub use patience::{Patience, next_look};
pub use seen::{Again, Memory, Remembered};
pub use stems::{belongs_to, count_jobs, free_stem, renamed, stem_of};
pub use wholeness::{Content, Look, Sighting, Watching, WhyWaiting};
