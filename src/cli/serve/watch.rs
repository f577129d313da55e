//! Reads `provkassa.toml` again whenever it changes.

use std::path::Path;
use std::time::Duration;

use anstream::eprintln;

use super::options::Options;
use super::worlds::{Around, Worlds};
use super::{Said, read};
use crate::serve::Server;

/// How often the file is looked at. It is short, so reading it costs less than being told by the system, which
/// does not do so for folders that are shared with a container.
const PACE: Duration = Duration::from_millis(250);

/// Takes over what changes in the file, until the end.
pub(super) async fn watch(
    file: &Path,
    text: String,
    said: Said,
    flags: &Options,
    around: &Around,
    server: &Server,
) -> ! {
    let Said { mut options, mut worlds } = said;
    let (mut seen, mut pending) = (Ok(text), None);
    loop {
        tokio::time::sleep(PACE).await;
        let now = std::fs::read_to_string(file).map_err(|error| error.to_string());
        if now == seen {
            pending = None;
            continue;
        }
        // Half of a file is written for a moment only.
        if pending.as_ref() != Some(&now) {
            pending = Some(now);
            continue;
        }
        pending = None;
        seen = now;
        let shown = file.display();
        match &seen {
            Err(why) => eprintln!("{shown} cannot be read: {why}. What it said before still holds."),
            Ok(text) => match taken(text, file, &worlds, around, server).await {
                Err(error) => {
                    eprintln!("{shown}, {error}");
                    eprintln!("  {} What the file said before still holds.", error.help);
                }
                Ok((read, done)) => {
                    tell(file, done, &flags.clone().or(options), &flags.clone().or(read.options.clone()));
                    (options, worlds) = (read.options, read.worlds);
                }
            },
        }
    }
}

async fn taken(
    text: &str,
    file: &Path,
    before: &Worlds,
    around: &Around,
    server: &Server,
) -> Result<(Said, Vec<String>), crate::settings::Miswritten> {
    let said = read(text, file)?;
    let done = said.worlds.apply(server, before, around).await?;
    Ok((said, done))
}

fn tell(file: &Path, done: Vec<String>, before: &Options, after: &Options) {
    let restart = before.differing(after);
    let restart = (!restart.is_empty()).then(|| format!("needs a restart: {}", restart.join(", ")));
    let told: Vec<String> = done.into_iter().chain(restart).collect();
    let told = if told.is_empty() { "nothing that counts has changed".to_owned() } else { told.join("; ") };
    eprintln!("{} was read again: {told}", file.display());
}
