//! The nouns of the field, which cannot be built wrong.
//!
//! Everything else in the crate speaks in these: users, groups, bundle codes, operations,
//! rows and what became of them. No room is below this one but [`crate::text`].

mod as_of;
mod as_text;
mod bundle;
mod catalogue;
mod deployment;
mod email;
mod ids;
mod inventory;
mod operation;
mod reference;
mod row;
mod row_report;
mod row_selection;
mod shared;
mod status;
mod unknown_license;

pub use as_of::{AsOf, to_the_second};
pub use bundle::{BundleCode, BundleSet, Quota};
pub use catalogue::{BundleKind, Catalogue, KnownBundle};
pub use deployment::{Capabilities, Deployment};
pub use email::{Email, EmailError};
pub use ids::{GroupId, OrganizationId, UserId};
pub use inventory::{Inventory, OwnedBundle};
pub use operation::{
    Create, DeleteWhen, Field, GroupLicenses, Invite, Migrate, Operation, OperationKind, Password, ProfileChange,
    Update,
};
pub use reference::{GroupRef, UserRef};
pub use row::{Conditions, Place, Row, RowKey, RuledBundle, WrittenState};
pub use row_report::{CHANGED_EARLIER, CHANGING, HANDED_OVER, HANDING_OVER, NOT_BEFORE, RowReport, UNCLEAR, WAITED};
pub use row_selection::{RowRange, RowSelection};
pub use shared::Shared;
pub use status::{Rerun, Status};
