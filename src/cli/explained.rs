//! What `check --dry-run` says: which scenarios would be tried, and what to write for the others.

use std::cmp::Reverse;

use anstream::{print, println};

use crate::scenario::{Advice, Lack, Scenario, ShopConfig, lacking};

/// Prints which of these would be tried on the shop, what it lacks for the others, and how that is written. How many
/// would be tried.
pub(super) fn explain(shop: &ShopConfig, scenarios: &[&Scenario], file: &str) -> usize {
    let mut lacks: Vec<(Lack, usize)> = Vec::new();
    for scenario in scenarios {
        let Some(lack) = lacking(shop, scenario) else {
            println!("would run    {:<44} {}", scenario.id, scenario.requirement);
            continue;
        };
        // One line says enough of a provider at which nothing can be bought.
        if !lack.is_all() {
            println!("unsupported  {:<44} {lack}", scenario.id);
        }
        match lacks.iter_mut().find(|(known, _)| *known == lack) {
            Some((_, count)) => *count += 1,
            None => lacks.push((lack, 1)),
        }
    }
    for (lack, count) in lacks.iter().filter(|(lack, _)| lack.is_all()) {
        println!("unsupported  {:<44} {lack}", scenarios_of(*count));
    }
    let unsupported: usize = lacks.iter().map(|(_, count)| count).sum();
    let would_run = scenarios.len() - unsupported;
    println!();
    println!("{would_run} of {} would run, {unsupported} unsupported", scenarios_of(scenarios.len()));
    if !lacks.is_empty() {
        explain_more(shop, &lacks, file);
    }
    would_run
}

/// Prints what to add to the configuration, table by table: what the most scenarios wait for comes first. Everything
/// that is printed can stand below the file as it is; what must go into a table of the file's is a comment there.
fn explain_more(shop: &ShopConfig, lacks: &[(Lack, usize)], file: &str) {
    let mut wanted: Vec<(Advice, usize)> = Vec::new();
    for (lack, count) in lacks {
        let advice = lack.advice(shop);
        match wanted.iter_mut().find(|(known, _)| known.table == advice.table) {
            Some((known, all)) => {
                known.lines.extend(advice.lines);
                known.merged.extend(advice.merged);
                *all += count;
            }
            None => wanted.push((advice, *count)),
        }
    }
    wanted.sort_by_key(|(_, count)| Reverse(*count));
    println!();
    println!("To run more, add to provkassa.toml what the shop has, with its own addresses:");
    if shop.status.is_none() {
        println!();
        println!("# all scenarios: what the shop says of an order");
        println!("[shop.status]");
        println!("url = \"http://127.0.0.1:3000/orders/{{order}}\"");
        println!("pointer = \"/status\"");
        println!("paid = [\"paid\"]");
    }
    let mut whole = file.to_owned();
    for (advice, count) in wanted {
        let table = format!("[{}]\n{}\n", advice.table, advice.lines.join("\n"));
        let longer = format!("{whole}\n{table}");
        println!();
        println!("# {}", scenarios_of(count));
        if toml::from_str::<toml::Table>(&longer).is_ok() {
            whole = longer;
            print!("{table}");
        } else {
            println!("# into `{}`, which stands there already:", advice.place);
            for line in advice.merged {
                println!("#   {line}");
            }
        }
    }
}

fn scenarios_of(count: usize) -> String {
    format!("{count} {}", if count == 1 { "scenario" } else { "scenarios" })
}
