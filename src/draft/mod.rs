//! Rows that reseat writes for people to look at, change and run: how accounts, groups and licences are put into cells so
//! that a run reads the very ones that are meant, and the table that such rows make.

mod names;
mod offers;
mod row;
mod table;

pub use names::{account_name, group_name, licenses, names_a_group, names_an_account};
pub use offers::{IGNORE, Offers};
pub use row::DraftRow;
pub use table::{DraftColumn, DraftTable};
