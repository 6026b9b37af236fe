//! One cell at a time: its text cleaned, then read as its column asks, into a typed value or a problem.
//!
//! Nothing here knows which row a cell is in, or what the other cells say.

mod changed_name;
mod cleaning;
mod column;
mod comparison;
mod dates;
mod defects;
mod direction;
mod example;
mod fact_column;
mod fates;
mod header_key;
mod header_words;
mod kept;
mod leaving_words;
mod licenses;
mod list;
mod mangled;
mod operation_advice;
mod operation_name;
mod orders;
mod other_forms;
mod other_headers;
mod remedy;
mod scalar;
mod spelt_days;
mod stand_ins;
mod unplaced_problem;
mod written_state;

pub use column::Column;
pub use example::{EXAMPLE_DOMAIN, marks_an_example};
pub use fact_column::FactColumn;
pub use kept::is_kept;
pub use list::print_list;
pub use operation_advice::operation_help;
pub use operation_name::operation_named;
pub use written_state::print_state;

pub(super) use changed_name::{NAMES, may_be_changed};
pub(super) use cleaning::{clean, is_clear, on_one_line};
pub(super) use column::ColumnSet;
pub(super) use comparison::{half, hash, hash_text, hasher, is_same, user_key};
pub(super) use dates::{DateOrder, Moment, Separator, WrittenDate, certain_date, is_never, likely_date, read_date};
pub(super) use defects::{defect, is_sound, too_long};
pub(super) use direction::Direction;
pub(super) use example::is_of_an_example;
pub(super) use fates::{Fate, what_comes};
pub(super) use header_key::column_key;
pub(super) use header_words::{
    WordInContext, is_for_people, is_header, is_named_after, is_of_language, plain_meaning, words_in_context,
};
pub(super) use leaving_words::{EndHeader, LeavingCell, leaving_cell, names_a_last_day};
pub(super) use licenses::{LicenseList, LicenseProblems, parse_quotas};
pub(super) use list::{GroupList, is_empty_list, list_items};
pub(super) use mangled::{before_mangling, mangled};
pub(super) use operation_advice::direction_named;
pub(super) use operation_name::{Instruction, InstructionCache, instruction_named};
pub(super) use orders::{is_still_there, names_what_happens, names_who_stays, order_in, says_not_to};
pub(super) use other_forms::{address_in, entry_of_a_directory, name_of_a_guest, taken_out};
pub(super) use other_headers::{names_a_profession, names_an_end, names_somebody_else, tells_of_licenses};
pub(super) use remedy::{map_flag, sheet_flag};
pub(super) use scalar::{
    bare_address, fault_of_a_language, is_line_of_text, is_of_a_client, names_several_people, parse_delete_when,
    parse_flag, user_name_fault,
};
pub(super) use spelt_days::{SpeltDay, names_no_days, spelt_day};
pub(super) use stand_ins::{is_everything, is_no_name, is_none_wanted, is_nothing};
pub(super) use unplaced_problem::{UnplacedProblem, columns_with_errors, excerpt};
pub(super) use written_state::{StateCell, is_blocked, is_none, parse_rule};
