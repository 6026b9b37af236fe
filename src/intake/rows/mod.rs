//! One row at a time: the header says which column a cell belongs to, the operation which columns count; together they
//! make a typed row, or problems.
//!
//! What a row is found to say depends on the row, its header and the options alone, so that several threads may share
//! a worksheet. How rows go together is judged afterwards, by the [`Statement`]s that each leaves behind.

mod against_header;
mod alike;
mod cell_reader;
mod date_columns;
mod doubtful_letters;
mod formula_values;
mod header;
mod header_again;
mod key_content;
mod meanings;
mod meant_columns;
mod merged_down;
mod occurrences;
mod operations;
mod parsed_rows;
mod recurring_problems;
mod requirements;
mod row_cells;
mod row_parser;
mod row_shape;
mod statement;
mod statement_kind;
mod statements;
mod unused_columns;
mod unused_dates;
mod value_reader;
mod values;
mod words_for_nothing;
mod worksheet;

pub use operations::{Need, needs, takes};
pub use unused_columns::MaybeGroups;

pub(super) use date_columns::DateColumn;
pub(super) use doubtful_letters::help_for_headers;
pub(super) use header::Header;
pub(super) use meanings::{HeaderMap, is_mapped, mapped_key};
pub(super) use parsed_rows::ParsedRows;
pub(super) use row_parser::{Keep, ParseContext, RowParser};
pub(super) use row_shape::malformed_row;
pub(super) use statement::{RowNumber, Statement};
pub(super) use statement_kind::StatementKind;
pub(super) use statements::{Shard, Statements};
pub(super) use unused_columns::UnusedColumns;
pub(super) use unused_dates::leaving_on_a_day_to_come;
pub(super) use worksheet::Worksheet;
