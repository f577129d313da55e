//! A case as a request for a shell.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa_simulators::kit::clock::Clock;
use provkassa_simulators::kit::mask::visible;
use provkassa_simulators::kit::operation::Reply;
use provkassa_simulators::kit::wire::{shown, to_json};

use super::wire::{self, To, Wire};
use super::{EmitError, Example};

/// Where the shop is expected to listen, in words.
const SHOP: &str = "${SHOP_URL:?set it to the address of your shop that this comes to, without a query}";
/// The longest line of a body in base64.
const LINE: usize = 100;

/// What becomes of an answer of BRP's: it is printed, and the script fails where the payer is sent back with an error,
/// or sees the page that stands in for that.
const OF_BRP: [&str; 10] = [
    "printf '%s\\n' \"$answer\"",
    "[ -z \"$status\" ] || exit \"$status\"",
    "error=$(printf '%s\\n' \"$answer\" | sed -n \\",
    "  -e 's/^[Ll]ocation:.*[?&]error=\\([0-9]*\\).*/\\1/p' \\",
    "  -e 's/.* data-brp-error=\"\\([0-9]*\\)\".*/\\1/p')",
    "if [ -n \"$error\" ]; then",
    "  echo \"BRP does not take it, and answers with error $error: see provkassa codes brp $error\" >&2",
    "  exit 1",
    "fi",
    "exit 0",
];

/// A shell script that sends it.
pub(super) fn script(example: Example<'_>) -> Result<String, EmitError> {
    let Example { case, message } = example;
    let wire = wire::of(case.operation, message, Clock::real().now())?;
    let mut lines = vec![
        "#!/bin/sh".to_owned(),
        format!("# {}, {}: {}", case.id, case.level, visible(&case.requirement)),
    ];
    lines.extend(about(example, &wire.to).into_iter().map(|line| format!("# {line}")));
    lines.push(String::new());
    let address = match &wire.to {
        To::Sandbox(variable, usual) => {
            lines.push(format!("sandbox=${{{variable}:-{usual}}}"));
            "\"${sandbox%/}\""
        }
        To::Shop => {
            lines.push(format!("shop={SHOP}"));
            "\"$shop\""
        }
    };
    let body = body(&wire.body);
    if let Some((before, _)) = &body {
        lines.extend(before.iter().cloned());
    }
    // BRP says with its redirect, and not with its status, whether it takes a request.
    let is_brp = case.id.starts_with("brp/") && matches!(wire.to, To::Sandbox(..));
    let first = if is_brp { "status=\nanswer=$(" } else { "" };
    lines.push(format!(
        "{first}{} \\",
        start(&wire, body.as_ref().is_some_and(|(before, _)| !before.is_empty()))
    ));
    for (name, value) in &wire.headers {
        // curl takes `Name;` for a header without a value, and `Name:` for one to leave out.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        lines.push(format!("  --header {} \\", quoted(&header)));
    }
    if let Some((_, argument)) = &body {
        lines.push(format!("  --data-binary {argument} \\"));
    }
    let rest = if wire.rest.is_empty() { String::new() } else { quoted(&wire.rest) };
    if is_brp {
        lines.push(format!("  {address}{rest}) || status=$?"));
        lines.extend(OF_BRP.map(str::to_owned));
    } else {
        lines.push(format!("  {address}{rest}"));
    }
    Ok(lines.join("\n") + "\n")
}

/// curl and the flags that keep what is sent as it is written.
fn start(wire: &Wire, is_piped: bool) -> String {
    let method = if wire.method == "GET" { String::new() } else { format!(" --request {}", wire.method) };
    let before = if is_piped { "printf %s \"$body\" | base64 -d | " } else { "" };
    // The sandbox says with its status whether it takes the request; a shop may say anything.
    let fail = if matches!(wire.to, To::Sandbox(..)) { " --fail-with-body" } else { "" };
    format!("{before}curl --silent --show-error --include --globoff --path-as-is{fail}{method}")
}

/// The body as curl's argument, and the lines before it that are needed; nothing for no body.
fn body(bytes: &[u8]) -> Option<(Vec<String>, String)> {
    if bytes.is_empty() {
        return None;
    }
    let is_plain = |text: &&str| !text.starts_with('@') && !text.chars().any(char::is_control);
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(is_plain) {
        return Some((Vec::new(), quoted(text)));
    }
    let encoded = STANDARD.encode(bytes);
    let lines: Vec<&str> =
        encoded.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    // base64 passes over the ends of lines.
    Some((vec![format!("body='{}'", lines.join("\n"))], "@-".to_owned()))
}

/// A word of the shell that is this text, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What the request is, what the shop has to know for it, and what is right.
fn about(example: Example<'_>, to: &To) -> Vec<String> {
    let Example { case, message } = example;
    let operation = case.operation;
    let mut lines = Vec::new();
    if case.id.starts_with("fena/") && operation.at(message.clone(), 0) != *message {
        lines.push("It is of the time at which it was printed, and does not last.".to_owned());
    }
    if let To::Sandbox(..) = to {
        lines.push(
            "What a right shop sends, to the sandbox (`provkassa serve`) and with its credentials."
                .to_owned(),
        );
        let refusal = if case.id.starts_with("brp/") {
            "Exit status 0: BRP takes it. 1: it answers with an `error`, and the header `provkassa-warning` may say why."
        } else {
            "Exit status 0: the sandbox takes it. If not, it says why in the header `provkassa-warning`."
        };
        lines.push(refusal.to_owned());
        if case.id.starts_with("fenerum/") {
            lines.push(
                "It answers 400 where it knows no such card or customer, 401 to a wrong token.".to_owned(),
            );
        }
        return lines;
    }
    lines.push("What comes to your shop, as it comes. The shop is to have, or to be told:".to_owned());
    let fields = to_json(operation, message);
    let rest = fields.iter().filter(|(name, _)| !["url", "headers", "body", "now"].contains(&name.as_str()));
    lines.extend(rest.map(|(name, value)| format!("  {name}: {}", visible(&shown(value)))));
    let right = operation.reply(message, &[]);
    let said = match &right {
        Some(Reply::Rejected(why)) => format!("to refuse it: {}", visible(why)),
        Some(reply @ Reply::Answer(_)) => visible(&operation.observe(message, reply)),
        None => String::new(),
    };
    lines.push(format!("Right is {said}"));
    lines
}
