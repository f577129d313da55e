//! What `[serve]` in `provkassa.toml` puts into the workspaces: settings and records.

use std::collections::BTreeMap;

use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::problem::nearest;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::kit::settings::Settings;
use provkassa_simulators::kit::workspace::{DEFAULT, SeedRecord, Workspace};
use serde_json::Value;

use super::super::config::expand;
use super::options::Options;
use crate::serve::Server;
use crate::settings::{Miswritten, Place, Section, Variables};

/// The settings of a workspace by name, as texts.
pub(super) type Values = BTreeMap<String, String>;

/// What the workspaces have, by name; `default` is always among them.
#[derive(Debug, Default)]
pub(super) struct Worlds(BTreeMap<String, World>);

/// What one workspace has.
#[derive(Debug, Default)]
struct World {
    /// Where it is named; nowhere for the default's.
    place: Option<Place>,
    settings: Values,
    records: Vec<(SeedRecord, Place)>,
}

/// What the default workspace is told from elsewhere than the file.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// Settings that it has where nobody says otherwise.
    pub(super) usual: Values,
    /// Settings that flags and the environment give it: they beat the file.
    pub(super) flags: Values,
}

impl Worlds {
    /// Reads what `[serve]` has of them.
    pub(super) fn read(section: &Section<'_>, variables: Variables<'_>) -> Result<Self, Miswritten> {
        let ids = || PROVIDERS.iter().map(|provider| provider.info().id);
        let keys: Vec<&str> =
            Options::KEYS.into_iter().chain(["settings", "workspaces"]).chain(ids()).collect();
        section.knows(&keys)?;
        let mut worlds = BTreeMap::from([(DEFAULT.to_owned(), World::read(section, variables)?)]);
        if let Some(others) = section.section("workspaces")? {
            for name in others.keys() {
                if name == DEFAULT {
                    let help = "What stands in [serve] itself is this workspace's.";
                    return Err(others.wrong(name, "is always there", help));
                }
                let Some(other) = others.section(name)? else { continue };
                let keys: Vec<&str> = ["settings"].into_iter().chain(ids()).collect();
                other.knows(&keys)?;
                let world = World { place: Some(other.place()), ..World::read(&other, variables)? };
                worlds.insert(name.to_owned(), world);
            }
        }
        Ok(Self(worlds))
    }

    /// Puts into the workspaces what `before` had not put there; what was done, in a few words each. If something
    /// is refused, nothing happens.
    pub(super) async fn apply(
        &self,
        server: &Server,
        before: &Self,
        around: &Around,
    ) -> Result<Vec<String>, Miswritten> {
        let mut made = Vec::new();
        let mut done = Vec::new();
        for (name, world) in &self.0 {
            if server.workspaces.get(name).is_none() {
                let created = server.workspaces.create(name).await;
                created.map_err(|problem| world.refused(&problem.message, &problem.help))?;
                made.push(name);
                done.push(format!("workspace {name}"));
            }
        }
        let nothing = (World::default(), Around::default());
        let mut plans = Vec::new();
        for (name, world) in &self.0 {
            let Some(workspace) = server.workspaces.get(name) else { continue };
            let records: Vec<SeedRecord> = world.records.iter().map(|(record, _)| record.clone()).collect();
            if let Err((number, problem)) = workspace.takes(&records) {
                for name in made {
                    // It was made a moment ago, and nobody has missed it.
                    let _ = server.workspaces.delete(name);
                }
                let place = world.records.get(number).map(|(_, place)| place);
                return Err(refused(place, &problem.message, &problem.help));
            }
            let around = if name == DEFAULT { around } else { &nothing.1 };
            let old = before.0.get(name).unwrap_or(&nothing.0);
            plans.push((workspace, world, old, around, records));
        }
        for (workspace, world, old, around, records) in plans {
            done.extend(world.change(&workspace, old, around));
            done.extend(world.seed(&workspace, old, records).await?);
        }
        let gone = before.0.keys().filter(|name| !self.0.contains_key(*name));
        done.extend(gone.map(|name| format!("workspace {name} stays until a restart")));
        Ok(done)
    }
}

impl World {
    fn read(section: &Section<'_>, variables: Variables<'_>) -> Result<Self, Miswritten> {
        let mut world = Self::default();
        if let Some(settings) = section.section("settings")? {
            read_settings(&settings, "", variables, &mut Settings::new(PROVIDERS), &mut world.settings)?;
        }
        for provider in PROVIDERS {
            if let Some(below) = section.section(provider.info().id)? {
                world.read_records(&below, *provider, variables)?;
            }
        }
        Ok(world)
    }

    fn read_records(
        &mut self,
        section: &Section<'_>,
        provider: &'static dyn Provider,
        variables: Variables<'_>,
    ) -> Result<(), Miswritten> {
        section.knows(provider.records())?;
        for kind in provider.records() {
            let single = matches!(section.json(kind), Some(Value::Object(_)));
            let tables =
                if single { section.section(kind)?.into_iter().collect() } else { section.sections(kind)? };
            for table in tables {
                let fields = table.fields(variables)?;
                let record = SeedRecord { provider: provider.info().id, kind, fields };
                self.records.push((record, table.place()));
            }
        }
        Ok(())
    }

    /// Changes the settings that are said otherwise than before; which.
    fn change(&self, workspace: &Workspace, old: &Self, around: &Around) -> Option<String> {
        let defaults = Settings::new(PROVIDERS);
        let gone = old.settings.keys().filter(|name| !self.settings.contains_key(*name));
        let gone = gone.map(|name| {
            let default = if name == "rules" { defaults.rules.name() } else { defaults.get(name) };
            let value = around.usual.get(name).cloned().unwrap_or_else(|| default.to_owned());
            (name.clone(), value)
        });
        let mut changes: Values = gone.collect();
        let said = self.settings.iter().filter(|(name, value)| old.settings.get(*name) != Some(value));
        changes.extend(said.map(|(name, value)| (name.clone(), value.clone())));
        changes.retain(|name, _| !around.flags.contains_key(name));
        // Each was tried when the file was read.
        let _ = workspace.change_settings(&changes);
        let names: Vec<_> = changes.into_keys().collect();
        let whose = whose(workspace);
        (!names.is_empty()).then(|| format!("{whose}settings {}", names.join(", ")))
    }

    /// Adds the records that were not there before; how many.
    async fn seed(
        &self,
        workspace: &Workspace,
        old: &Self,
        records: Vec<SeedRecord>,
    ) -> Result<Vec<String>, Miswritten> {
        let is_old = |record: &SeedRecord| old.records.iter().any(|(old, _)| old == record);
        let new = records.iter().filter(|record| !is_old(record)).count();
        let gone = old.records.iter().filter(|(old, _)| !records.contains(old)).count();
        let seeded = workspace.begin_with(records).await;
        seeded.map_err(|(number, problem)| {
            refused(self.records.get(number).map(|(_, place)| place), &problem.message, &problem.help)
        })?;
        let whose = whose(workspace);
        let counted =
            |count: usize| if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
        let new = (new > 0).then(|| format!("{whose}{}", counted(new)));
        let gone =
            (gone > 0).then(|| format!("{whose}{} no longer there after the next reset", counted(gone)));
        Ok(new.into_iter().chain(gone).collect())
    }

    fn refused(&self, what: &str, help: &str) -> Miswritten {
        refused(self.place.as_ref(), what, help)
    }
}

fn whose(workspace: &Workspace) -> String {
    if workspace.name() == DEFAULT { String::new() } else { format!("{}: ", workspace.name()) }
}

fn refused(place: Option<&Place>, what: &str, help: &str) -> Miswritten {
    let help = meant(what).map_or_else(|| help.to_owned(), |near| format!("Did you mean `{near}`? {help}"));
    match place {
        Some(place) => place.refused(what, help),
        None => Miswritten { line: 1, what: what.to_owned(), help },
    }
}

/// The field that was meant, where the words are serde's: unknown field `a`, expected one of `b`, `c`.
fn meant(what: &str) -> Option<&str> {
    let mut named = what.split_once("unknown field `")?.1.split('`').step_by(2);
    nearest(named.next()?, named)
}

/// Settings are written as `fena.webhook = "…"`, in quotes or not, or below a heading of their own.
fn read_settings(
    section: &Section<'_>,
    above: &str,
    variables: Variables<'_>,
    known: &mut Settings,
    into: &mut Values,
) -> Result<(), Miswritten> {
    for key in section.keys() {
        let name = format!("{above}{key}");
        let value = match section.json(key) {
            Some(Value::Object(_)) => {
                if let Some(below) = section.section(key)? {
                    read_settings(&below, &format!("{name}."), variables, known, into)?;
                }
                continue;
            }
            Some(Value::String(text)) => expand(section, key, &text, variables)?,
            Some(Value::Number(number)) => number.to_string(),
            _ => {
                let help = format!("Write {key} = \"on\": `GET /_sim/v1/providers` lists what it takes.");
                return Err(section.wrong(key, "is neither a text nor a number", help));
            }
        };
        let change = BTreeMap::from([(name.clone(), value.clone())]);
        let changed = known.change(&change);
        changed.map_err(|problem| {
            section.wrong(key, &format!("cannot be used: {}", problem.message), problem.help)
        })?;
        into.insert(name, value);
    }
    Ok(())
}
