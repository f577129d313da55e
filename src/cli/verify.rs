//! `provkassa verify`

use anstream::println;
use anstyle::AnsiColor;
use provkassa_simulators::kit::diagnosis::{diagnose_received, said};
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::{Judgement, judge};

use super::sign::Given;
use super::{Outcome, operation};
use crate::exit::Exit;

/// Say whether a link or message is right; if not, what was done wrong (exit code 1)
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// The operation: brp.hash, brp.link, brp.return
    operation: String,
    /// The whole URL, in quotes
    #[arg(value_name = "URL")]
    text: String,
    #[command(flatten)]
    given: Given,
    /// Print the string that should have been hashed too
    #[arg(long, env = "PROVKASSA_EXPLAIN")]
    explain: bool,
}

impl Verify {
    pub(super) fn run(self) -> Outcome {
        let operation = operation(&self.operation)?;
        let given = self.given.values(operation);
        let received = operation.read(&self.text, self.given.endpoint.as_deref(), &given)?;
        let judged = received.operation;
        let (good, bad) = (AnsiColor::Green.on_default().bold(), AnsiColor::Red.on_default().bold());
        if judged.canonical(&received.message, &[]).is_none() {
            println!("{}", judged.observe(&received.message, &received.claimed));
            return Ok(Exit::Conforms);
        }
        judged.legal(&received.message).or_else(|error| {
            // What is wrong with the call matters less than what is wrong with its signature.
            println!("note: {error}. {}", error.help);
            Ok::<_, super::CliError>(())
        })?;
        let verdict = judge(judged, &received.message, &received.claimed);
        let right = match verdict {
            Judgement::Right => {
                println!("{good}right{good:#}");
                true
            }
            Judgement::Tolerated(why) => {
                println!("{good}accepted{good:#}, though the provider may refuse it: {why}");
                true
            }
            Judgement::Wrong => {
                let claimed = judged.observe(&received.message, &received.claimed);
                match (diagnose_received(&received), claimed.is_empty()) {
                    (_, true) => println!("{bad}wrong{bad:#}: it carries no signature that would arrive"),
                    (Some(diagnosis), _) => {
                        println!("{bad}wrong{bad:#}: {diagnosis} ({})", diagnosis.confidence());
                        for other in diagnosis.equals.iter().take(4) {
                            println!("  or: {}", said(other));
                        }
                        println!("  why: {}", diagnosis.why());
                        println!("  do:  {}", diagnosis.remedy());
                    }
                    (None, _) => {
                        println!(
                            "{bad}wrong{bad:#}, and no mistake that we know explains it. Is the secret word the right one?"
                        );
                    }
                }
                false
            }
        };
        if self.explain || verdict == Judgement::Wrong {
            let canonical = judged.canonical(&received.message, &[]).unwrap_or_default();
            println!("  hashed:    {}", visible(&String::from_utf8_lossy(&canonical)));
            if let Some(reply) = judged.reply(&received.message, &[]) {
                println!("  expected:  {}", judged.observe(&received.message, &reply));
                println!("  received:  {}", judged.observe(&received.message, &received.claimed));
            }
        }
        Ok(if right { Exit::Conforms } else { Exit::Findings })
    }
}
