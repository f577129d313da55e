//! Bambora ePay over real HTTP: a shop that opens the payment window and calls the web services, in other languages too.

mod adapters;
mod callbacks;
mod calls;
mod codes;
mod opening;
pub(crate) mod order;
mod pages;
mod payer;
mod queries;
mod recurring;
mod renewal;
mod seeding;
mod services;
mod signing_up;
mod window;
