//! What holds for Fenerum's operations beyond the laws of all.
