//! Idle and orphaned seats matched with wanted ones: a sheet that first frees and then grants. Pure; `docs/rebalance.md` is
//! its contract.
