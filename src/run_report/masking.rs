//! Names and addresses of people, hidden where a page goes to more people than may know them.

/// Whether people's names and addresses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Masking {
    /// They are.
    #[default]
    Shown,
    /// They are not (`--mask`): whoever is meant is told from others, and by whom is not said.
    Masked,
}
