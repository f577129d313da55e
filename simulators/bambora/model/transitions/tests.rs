//! The laws of a transaction's balance.
