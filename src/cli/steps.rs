//! `provkassa steps`

use anstream::{print, println};
use anstyle::Style;
use clap::ValueEnum;
use provkassa_simulators::kit::problem::nearest;
use serde_json::json;

use super::{CliError, Outcome};
use crate::exit::Exit;
use crate::scenario::{Told, forgeries, list, preface, reference};

/// Print how scenarios of your own are written: a whole one, and the steps, with what each does and an example
#[derive(Debug, clap::Args)]
pub(super) struct Steps {
    /// Only the steps with all of these words; all if left out
    words: Vec<String>,
    /// How they are written
    #[arg(long, env = "PROVKASSA_FORMAT", value_enum, default_value_t = Format::Plain)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Markdown,
    Plain,
}

impl Steps {
    pub(super) fn run(self) -> Outcome {
        let mut steps = list();
        steps.retain(|step| step.has(&self.words));
        if steps.is_empty() {
            return Err(self.none());
        }
        match self.format {
            // The whole list has a head that says how a scenario is written.
            Format::Markdown if self.words.is_empty() => print!("{}", reference()),
            Format::Markdown => {
                for step in steps {
                    println!("### {}\n\n{}\n\n```gherkin\n{}\n```\n", step.pattern, step.does, step.example);
                }
            }
            Format::Json => {
                let forgeries: Vec<&str> = forgeries().collect();
                let list = json!({"schema": "provkassa/steps/1", "steps": steps, "forgeries": forgeries});
                println!("{}", serde_json::to_string_pretty(&list).unwrap_or_default());
            }
            Format::Plain => {
                if self.words.is_empty() {
                    println!("{}", preface());
                }
                plain(&steps);
            }
        }
        Ok(Exit::Conforms)
    }

    /// No step has these words.
    fn none(&self) -> CliError {
        let steps = list();
        let words: Vec<&str> = steps.iter().flat_map(|step| step.pattern.split_whitespace()).collect();
        let unknown = self.words.iter().find(|word| !steps.iter().any(|step| step.has(&[(*word).clone()])));
        let near = unknown.and_then(|word| nearest(word, words));
        CliError::usage(
            format!("no step has `{}`", self.words.join(" ")),
            near.map_or_else(
                || "`provkassa steps` prints them all; fewer words find more.".to_owned(),
                |near| format!("Did you mean `{near}`? `provkassa steps` prints them all."),
            ),
        )
    }
}

fn plain(steps: &[Told]) {
    let bold = Style::new().bold();
    for step in steps {
        println!("{bold}{} {}{bold:#}", step.word, step.pattern);
        println!("  {}", step.does);
        println!("  {}", step.example);
    }
    if steps.iter().any(|step| step.pattern.contains("{forgery}")) {
        println!("{bold}{{forgery}}{bold:#} is one of");
        for name in forgeries() {
            println!("  {name}");
        }
    }
}
