//! Scenarios: features that are tried on an integrator's running shop, over real HTTP.
//!
//! provkassa is the provider and the payer. A [`Stage`] is the sandbox with the shop beside it; a
//! [`Scenario`] is a list of steps with its requirement; [`run`] tries many of them, each with orders of its own,
//! and says of each what came of it, with the trail of hops. The shop is a black box: its configuration
//! ([`ShopConfig`]) says how a checkout begins and how it is asked what it believes.

mod alike;
mod any;
mod belief;
mod config;
mod evidence;
mod examine;
mod fault;
mod feature;
mod garbled;
mod html;
mod journey;
mod lack;
mod outcome;
mod payer;
mod process;
mod refused;
mod rooms;
mod run;
mod stage;
mod steps;
mod template;
mod trail;
mod way;
mod wire;
mod world;

pub use any::{AnyOrder, Drawing, Orders, Pace};
pub(crate) use config::read;
pub use config::{ACTIONS, Body, Offer, Place, Request, ShopConfig, Start, Status, parse};
pub use examine::examine;
pub use fault::{FaultKind, ShopFault};
pub use feature::{Scenario, scenarios, scenarios_in};
pub use lack::{Advice, Lack, lacking};
pub use outcome::{Failure, Outcome, Verdict};
pub use run::{Tried, run, try_one};
pub use stage::{ShopTarget, Stage, StageError, Undescribed};
pub use steps::{Told, forgeries, list, preface, reference};
pub use way::NoWay;
