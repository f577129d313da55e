//! Bambora ePay over real HTTP: a shop that calls its web services.

mod calls;
mod services;
