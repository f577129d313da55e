//! What holds for Freepay's operations beyond the laws of all.
