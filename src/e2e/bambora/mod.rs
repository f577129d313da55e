//! Bambora ePay over real HTTP: a shop that opens the payment window and calls the web services.

mod callbacks;
mod calls;
mod codes;
mod opening;
mod order;
mod pages;
mod queries;
mod recurring;
mod seeding;
mod services;
mod signing_up;
mod window;
