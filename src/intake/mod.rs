//! A table into typed operations or problems.
