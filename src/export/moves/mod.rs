//! Moves of everybody of one mail domain to another.
