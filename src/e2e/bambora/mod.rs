//! Bambora ePay over real HTTP: a shop that calls its web services.

mod calls;
mod codes;
mod queries;
mod recurring;
mod services;
