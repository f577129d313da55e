//! How many messages are drawn until one is in the part of the messages that a feature names.

use anstream::println;
use provkassa::simulators::kit::operation::{Focus, Operation, generate_in};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use super::Chosen;
use super::measure::{rate, shown};

/// How many messages are drawn to find out.
const DRAWN: u32 = 2000;

pub(super) fn print(chosen: &Chosen) {
    chosen.begin("Messages of a named part: how many are drawn for one, and so many a second");
    println!("{:<24}{:>8}{:>10}{:>10}{:>10}   {}", "", "parts", "median", "most", "a second", "which is");
    for operation in &chosen.operations {
        let mut drawn: Vec<(f64, &Focus)> =
            operation.focuses().iter().map(|focus| (tries(*operation, focus), focus)).collect();
        drawn.sort_by(|one, other| one.0.total_cmp(&other.0));
        let Some((most, rarest)) = drawn.last().copied() else { continue };
        let mut rng = SmallRng::seed_from_u64(1);
        let made = rate(chosen.round, |_| drop(generate_in(*operation, Some(rarest), &mut rng)));
        println!(
            "{:<24}{:>8}{:>10.1}{most:>10.1}{:>10}   {}",
            operation.id(),
            drawn.len(),
            drawn[drawn.len() / 2].0,
            shown(made),
            rarest.name
        );
    }
    chosen.end();
}

fn tries(operation: &dyn Operation, focus: &Focus) -> f64 {
    let mut rng = SmallRng::seed_from_u64(1);
    let fitting = (0..DRAWN).filter(|_| (focus.holds)(&operation.generate_near(focus, &mut rng))).count();
    let fitting = u32::try_from(fitting).unwrap_or(DRAWN).max(1);
    f64::from(DRAWN) / f64::from(fitting)
}
