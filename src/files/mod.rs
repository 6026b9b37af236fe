//! Files that are written whole or not at all, and what belongs to that: a private file under a passing name, which gets its
//! own in the end; names that nobody has; folders. Knows nothing of what is in a file.

mod moving;
mod names;
mod whole;

pub use moving::move_to_free_name;
pub use names::{behind_links, beside, folder_of, instead_of_ending};
pub use whole::{
    Durability, Existing, cannot_write_to, fill, finish, is_temporary, private, replace, sync_folder, temporary_beside,
    temporary_in, without_name,
};
