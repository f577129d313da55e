//! `provkassa verify`

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anstream::println;
use anstyle::AnsiColor;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa_simulators::kit::diagnosis::{diagnose_received, said};
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::{
    Examination, Judgement, Received, Reply, Unreadable, Verification, judge,
};
use provkassa_simulators::kit::wire::from_text;
use serde_json::Value;

use super::sign::Given;
use super::{CliError, Outcome, operation};
use crate::exit::Exit;

/// Say whether a link or message is right; if not, what was done wrong (exit code 1)
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// The operation: bambora.request, bambora.return, brp.hash, brp.link, brp.return, brp.settled, fena.token,
    /// fena.link, fena.notification, fena.return, fenerum.card, fenerum.link, freepay.form, freepay.return,
    /// quickpay.authorization, quickpay.callback, quickpay.subscription, quickpay.window
    operation: String,
    /// The whole URL, the token, the body, or the HTTP request or its curl, in quotes; or @FILE
    #[arg(value_name = "URL|TOKEN|BODY|REQUEST", required_unless_present = "body_file")]
    text: Option<String>,
    /// What else belongs to the message, as orderid=15, amount=12.50 or receipt=@receipt.json (the text of
    /// a file)
    #[arg(value_name = "NAME=VALUE")]
    with: Vec<String>,
    /// A header that came with the body, as 'QuickPay-Checksum-Sha256: 1f…'; can be given again
    #[arg(long, env = "PROVKASSA_HEADER", value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// A file with the body, taken byte for byte
    #[arg(long, env = "PROVKASSA_BODY_FILE", value_name = "FILE")]
    body_file: Option<PathBuf>,
    #[command(flatten)]
    given: Given,
    /// Print the string that should have been hashed too; of tokens everything is shown anyway
    #[arg(long, env = "PROVKASSA_EXPLAIN")]
    explain: bool,
}

/// Whether the call as it arrives can do anything; if not, perhaps because it was spoilt on the way.
fn works(received: &Received) -> Result<(), Unreadable> {
    let judged = received.operation;
    let Err(error) = judged.legal(&received.message) else { return Ok(()) };
    let spoilt = received.readings.iter().find(|reading| judged.legal(&reading.message).is_ok());
    Err(spoilt.map_or(error, |reading| Unreadable::new(reading.mistake.title, reading.mistake.remedy)))
}

/// The hash among the parameters that an answer lists.
fn hash_in(reply: &Reply) -> Option<&str> {
    let Reply::Answer(answer) = reply else { return None };
    let mut listed = answer.values().filter_map(Value::as_array).flatten();
    let pair = listed.find(|pair| pair[0] == "hash")?;
    pair[1].as_str()
}

/// A name and its value; the value of `name=@file` is the file's text.
fn named(text: &str) -> Result<(&str, String), CliError> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| CliError::usage(format!("`{text}` has no ="), "Give name=value, as orderid=15."))?;
    Ok((name, text_of(value)?))
}

/// A text, or the text of the file that `@file` names.
fn text_of(text: &str) -> Result<String, CliError> {
    let Some(file) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    Ok(read(Path::new(file))?.trim().to_owned())
}

fn read(file: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> CliError {
    CliError::usage(
        format!("`{}` cannot be read: {error}", file.display()),
        "Name a file that exists and holds text in UTF-8.",
    )
}

/// Shows what a message says.
pub(super) fn show_parts(examination: &Examination) {
    for (heading, lines) in &examination.parts {
        println!("{heading}");
        for line in lines {
            println!("  {}", visible(line));
        }
    }
}

/// Shows what a message says and everything that is wrong with it.
fn show(examination: &Examination) -> Exit {
    let (good, bad) = (AnsiColor::Green.on_default().bold(), AnsiColor::Red.on_default().bold());
    show_parts(examination);
    for note in &examination.notes {
        println!("{note}");
    }
    if examination.faults.is_empty() {
        println!("{good}right{good:#}");
        return Exit::Conforms;
    }
    for fault in &examination.faults {
        let passes = if fault.passes { " (passes under the rules `documented`)" } else { "" };
        println!("{bad}wrong{bad:#}: {}: {}{passes}", fault.id, visible(&fault.what));
        println!("  rule: {}", fault.rule);
    }
    if let Some(diagnosis) = &examination.diagnosis {
        println!("{bad}mistake{bad:#}: {diagnosis} ({})", diagnosis.confidence());
        for other in diagnosis.equals.iter().take(4) {
            println!("  or: {}", said(other));
        }
        println!("  why: {}", diagnosis.why());
        println!("  do:  {}", diagnosis.remedy());
    }
    Exit::Findings
}

impl Verify {
    pub(super) fn run(self) -> Outcome {
        let operation = operation(&self.operation)?;
        let mut given = self.given.values(operation);
        let takes_headers = operation.list_key() == "headers";
        // With a file the first word is no text but belongs to the names.
        let words = self.text.iter().filter(|_| self.body_file.is_some()).chain(&self.with);
        for text in words {
            let (name, value) = named(text)?;
            if name == "url" {
                return Err(CliError::usage("the URL is given twice", "Give it once, before the names."));
            }
            let place = given.iter_mut().find(|(known, _)| known == name).ok_or_else(|| {
                CliError::usage(
                    format!("{} has no `{name}`", operation.id()),
                    super::did_you_mean(name, operation.given()),
                )
            })?;
            place.1 = from_text(operation.kind(name), name, &value)?;
        }
        if !self.header.is_empty() && !takes_headers {
            return Err(CliError::usage(
                format!("{} does not look at headers", operation.id()),
                "Leave --header out; the text alone is looked at.",
            ));
        }
        for header in &self.header {
            let (name, value) = header.split_once(':').ok_or_else(|| {
                CliError::usage(
                    format!("`{header}` is no header"),
                    "Write name and value, as 'QuickPay-Checksum-Sha256: 1f…'.",
                )
            })?;
            given.push((Cow::Borrowed("header"), format!("{}: {}", name.trim(), value.trim())));
        }
        let text = match (&self.body_file, &self.text) {
            (Some(file), _) => {
                let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
                given.push((Cow::Borrowed("bytes"), STANDARD.encode(&bytes)));
                String::from_utf8_lossy(&bytes).into_owned()
            }
            (None, text) => text_of(text.as_deref().unwrap_or_default())?,
        };
        let received = match operation.read(&text, self.given.endpoint.as_deref(), &given)? {
            Verification::Examined(examination) => return Ok(show(&examination)),
            Verification::Received(received) => received,
        };
        let judged = received.operation;
        let (good, bad) = (AnsiColor::Green.on_default().bold(), AnsiColor::Red.on_default().bold());
        if judged.canonical(&received.message, &[]).is_none() {
            println!("{}", judged.observe(&received.message, &received.claimed));
            return Ok(Exit::Conforms);
        }
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
                            "{bad}wrong{bad:#}, and no mistake that we know explains it. Is the secret word, or the key, the right one?"
                        );
                    }
                }
                false
            }
        };
        let usable = works(&received);
        if let (Err(error), true) = (&usable, right) {
            println!("{bad}but the call cannot work{bad:#}: {error}");
            println!("  do:  {}", error.help);
        }
        if self.explain || verdict == Judgement::Wrong {
            let canonical = judged.canonical(&received.message, &[]).unwrap_or_default();
            println!("  hashed:    {}", visible(&String::from_utf8_lossy(&canonical)));
            if let Some(reply) = judged.reply(&received.message, &[]) {
                if let Some(hash) = hash_in(&reply) {
                    println!("  its hash:  {hash}");
                }
                println!("  expected:  {}", judged.observe(&received.message, &reply));
                println!("  received:  {}", judged.observe(&received.message, &received.claimed));
            }
        }
        Ok(if right && usable.is_ok() { Exit::Conforms } else { Exit::Findings })
    }
}
