//! Round trips to adapters, one at a time and with 64 under way, beside bare processes in the same language.

use std::cell::RefCell;

use anstream::{eprintln, println};
use futures_util::stream::{self, StreamExt as _};
use provkassa::adapter::{Limits, Said, Session, Target, wire};
use provkassa::simulators::kit::operation::{Message, Operation};
use tokio::runtime::Runtime;

use super::Chosen;
use super::language::{Bare, LANGUAGES, Language};
use super::measure::{per_second, rate, shown};
use super::operations::sample;

/// How many requests are under way where it is not one.
const AHEAD: usize = 64;

pub(super) fn print(chosen: &Chosen, runtime: &Runtime) {
    for language in LANGUAGES {
        if language.is_there() {
            table(language, chosen, runtime);
        } else {
            eprintln!("{} is not installed: its adapter is left out", language.name);
        }
    }
}

fn table(language: &Language, chosen: &Chosen, runtime: &Runtime) {
    let target = Target::command(language.adapter());
    let session = match runtime.block_on(Session::open(target, Limits::default())) {
        Ok(session) => session,
        Err(error) => {
            eprintln!("{}: {error}", language.name);
            return;
        }
    };
    let bare = (Bare::start(&language.echo()), Bare::start(&language.adapter()));
    let (Some(mut echo), Some(mut adapter)) = bare else { return };
    chosen.begin(&format!("Round trips to {}, so many a second", language.name));
    println!("{:<24}{:>20}{:>20}{:>20}", "", "bare echo of JSON", "the adapter, bare", "through check");
    println!("{:<24}{}", "under way", format!("{:>10}{AHEAD:>10}", 1).repeat(3));
    for operation in &chosen.operations {
        if !session.hello().ops.iter().any(|op| op == operation.id()) {
            println!("{:<24}{:>20}", operation.id(), "not in the adapter");
            continue;
        }
        let messages = sample(*operation);
        let lines: Vec<String> = messages
            .iter()
            .zip(1..)
            .map(|(message, id)| format!("{}\n", wire::request(id, *operation, message)))
            .collect();
        let rates = [
            bare_rate(&mut echo, &lines, 1, chosen),
            bare_rate(&mut echo, &lines, AHEAD, chosen),
            bare_rate(&mut adapter, &lines, 1, chosen),
            bare_rate(&mut adapter, &lines, AHEAD, chosen),
            runtime.block_on(session_rate(&session, *operation, &messages, 1, chosen)),
            runtime.block_on(session_rate(&session, *operation, &messages, AHEAD, chosen)),
        ];
        let shown = rates.map(|rate| format!("{:>10}", shown(rate))).concat();
        println!("{:<24}{shown}", operation.id());
    }
    chosen.end();
}

/// Lines there and back without the harness.
fn bare_rate(process: &mut Bare, lines: &[String], ahead: usize, chosen: &Chosen) -> f64 {
    let groups: Vec<_> = lines.chunks_exact(ahead).collect();
    // Once before: the process may still be starting.
    let broken = RefCell::new(!process.round(groups[0]));
    let rounds = rate(chosen.round, |n| {
        let whole = process.round(groups[n % groups.len()]);
        *broken.borrow_mut() |= !whole;
    });
    #[expect(clippy::cast_precision_loss, reason = "64 at most")]
    let rate = if broken.into_inner() { 0.0 } else { rounds * ahead as f64 };
    rate
}

/// The same through the harness's session: a request is made of each message, and the reply is read.
async fn session_rate(
    session: &Session,
    operation: &'static dyn Operation,
    messages: &[Message],
    ahead: usize,
    chosen: &Chosen,
) -> f64 {
    let began = std::time::Instant::now();
    let going_on = |_: &&Message| {
        let goes_on = began.elapsed() < chosen.round;
        std::future::ready(goes_on)
    };
    // The first is always asked.
    let asked = stream::iter(messages.iter().take(1))
        .chain(stream::iter(messages.iter().cycle()).take_while(going_on));
    let mut coming = asked.map(|message| session.ask(operation, message)).buffered(ahead);
    let mut count = 0;
    while let Some(said) = coming.next().await {
        match said {
            Ok(Said::Reply(_) | Said::Unsupported(_)) => count += 1,
            Err(error) => {
                eprintln!("{}: {error}", operation.id());
                return 0.0;
            }
        }
    }
    per_second(count, began.elapsed())
}
