//! Which files of a drop folder are sheets that have come whole, and what becomes of each. Pure: what is in the folder,
//! and when it was looked at, is given.
