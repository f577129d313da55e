//! A case as a test in a language: its message and answers as literals, and pieces of that language's code
//! that ask for an answer and compare it.

use provkassa_simulators::kit::operation::{Message, Operation};
use serde_json::{Map, Value, json};

use super::answers::{Answers, Comparison};
use super::literal::{self, Style};
use super::{EmitError, Example};
use crate::adapter::Target;
use provkassa_simulators::kit::wire::to_json;

/// A language, and the pieces of its code.
pub(super) struct Language {
    style: Style,
    /// What the file begins with.
    opening: &'static str,
    /// What a line of comment begins with.
    comment: &'static str,
    /// How deep a block is indented.
    step: usize,
    /// A constant's declaration, from its name and its literal.
    declare: fn(&str, &str) -> String,
    /// What lines that import begin with; they go to the top, each once.
    imports: &'static [&'static str],
    /// What stands between two pieces.
    between: &'static str,
    /// Sets the message's time to the real one, for an adapter that reads the clock itself.
    clock: &'static str,
    /// Gives up, for the same.
    late: &'static str,
    /// Stands before a condition that must not hold.
    not: &'static str,
    pieces: Pieces,
}

/// The pieces; each is a file of the language.
struct Pieces {
    command: &'static str,
    url: &'static str,
    own: &'static str,
    alternatives: &'static str,
    fields: &'static str,
    seen: &'static str,
    timed: &'static str,
    authorization: &'static str,
    claims: &'static str,
    fenerum: &'static str,
    form: &'static str,
    link: &'static str,
    /// Reads a query, where the language's own function would change it.
    pairs: &'static str,
    payment_link: &'static str,
    quickpay: &'static str,
    request: &'static str,
    test: &'static str,
    token: &'static str,
    window: &'static str,
}

macro_rules! pieces {
    ($folder:literal, $ending:literal) => {
        Pieces {
            command: include_str!(concat!($folder, "/command.", $ending)),
            url: include_str!(concat!($folder, "/url.", $ending)),
            own: include_str!(concat!($folder, "/own.", $ending)),
            alternatives: include_str!(concat!($folder, "/alternatives.", $ending)),
            fields: include_str!(concat!($folder, "/fields.", $ending)),
            seen: include_str!(concat!($folder, "/seen.", $ending)),
            timed: include_str!(concat!($folder, "/timed.", $ending)),
            authorization: include_str!(concat!($folder, "/authorization.", $ending)),
            claims: include_str!(concat!($folder, "/claims.", $ending)),
            fenerum: include_str!(concat!($folder, "/fenerum.", $ending)),
            form: include_str!(concat!($folder, "/form.", $ending)),
            link: include_str!(concat!($folder, "/link.", $ending)),
            pairs: include_str!(concat!($folder, "/pairs.", $ending)),
            payment_link: include_str!(concat!($folder, "/payment_link.", $ending)),
            quickpay: include_str!(concat!($folder, "/quickpay.", $ending)),
            request: include_str!(concat!($folder, "/request.", $ending)),
            test: include_str!(concat!($folder, "/test.", $ending)),
            token: include_str!(concat!($folder, "/token.", $ending)),
            window: include_str!(concat!($folder, "/window.", $ending)),
        }
    };
}

pub(super) static NODE: Language = Language {
    style: Style {
        null: "null",
        yes: "true",
        no: "false",
        object: ("{", "}", ": "),
        text: literal::javascript,
    },
    opening: "",
    comment: "//",
    step: 2,
    declare: |name, literal| format!("const {name} = {literal};"),
    imports: &["import "],
    between: "\n\n",
    clock: "if (!hello.controls_time) message = { ...message, now: (asked = Math.floor(Date.now() / 1000)) };",
    late: "if (!hello.controls_time) throw new Error(#LATE#);",
    not: "!",
    pieces: pieces!("node", "mjs"),
};

pub(super) static PHP: Language = Language {
    style: Style { null: "null", yes: "true", no: "false", object: ("[", "]", " => "), text: literal::php },
    opening: "<?php\n",
    comment: "//",
    step: 4,
    declare: |name, literal| format!("const {name} = {literal};"),
    imports: &[],
    between: "\n\n",
    clock: "if (!($hello['controls_time'] ?? false)) {\n    $message['now'] = $GLOBALS['asked'] = time();\n}",
    late: "if (!($hello['controls_time'] ?? false)) {\n    throw new RuntimeException(#LATE#);\n}",
    not: "!",
    pieces: pieces!("php", "php"),
};

pub(super) static PYTHON: Language = Language {
    style: Style { null: "None", yes: "True", no: "False", object: ("{", "}", ": "), text: literal::python },
    opening: "",
    comment: "#",
    step: 4,
    declare: |name, literal| format!("{name} = {literal}"),
    imports: &["import ", "from "],
    between: "\n\n\n",
    clock: "import time\nif not hello.get(\"controls_time\"):\n    global asked\n    asked = int(time.time())\n    message = {**message, \"now\": asked}",
    late: "if not hello.get(\"controls_time\"):\n    raise RuntimeError(#LATE#)",
    not: "not ",
    pieces: pieces!("python", "py"),
};

/// What is said where an adapter reads the clock and the message is of another time.
const LATE: &str = "your adapter reads the real clock, and what came is of the time in `now`: \
    `provkassa check --replay` signs it anew";

/// The script.
pub(super) fn script(
    language: &Language,
    example: Example<'_>,
    adapter: Option<&Target>,
) -> Result<String, EmitError> {
    let Example { case, message } = example;
    let operation = case.operation;
    let answers = Answers::of(example)?;
    let name = if answers.accepted { "ACCEPTED" } else { "WRONG" };
    let constant =
        |name: &str, value: &Value| (language.declare)(name, &language.style.write(value, 0, language.step));
    let mut constants = Vec::new();
    match adapter {
        Some(Target::Command { words, .. }) => {
            constants.push(constant("COMMAND", &json!(words)));
            constants.push(constant("OPERATION", &json!(operation.id())));
        }
        Some(Target::Url(url)) => {
            constants.push(constant("ADDRESS", &json!(url.as_str())));
            constants.push(constant("OPERATION", &json!(operation.id())));
        }
        None => {}
    }
    constants.push(constant("MESSAGE", &Value::Object(to_json(operation, message))));
    let about = match (answers.accepted, answers.comparison) {
        (true, Comparison::Parts) => "What each part of the request may be.",
        (true, _) if answers.value.as_array().is_some_and(|all| all.len() == 1) => "What is accepted.",
        (true, _) => "What is accepted. The first is right; the documents leave the others open.",
        (false, _) => "What must not be answered.",
    };
    constants.push(format!("{} {about}\n{}", language.comment, constant(name, &answers.value)));
    let mut code = vec![asking(language, example, adapter)];
    code.extend(comparing(&language.pieces, operation, answers.comparison).into_iter().map(str::to_owned));
    let (not, is) =
        if answers.accepted { ("", "accepted is") } else { (language.not, "that must not be answered:") };
    let test = language.pieces.test.replace("#NAME#", name).replace("#not#", not).replace("#is#", is);
    code.push(test.replace("#case#", &case.id));
    let (imports, code) = hoisted(language, &code);
    let header = [
        format!("{}, {}: {}", case.id, case.level, literal::comment(&case.requirement)),
        "Exit status 0: the answer is right. 1: it is not, or there is none.".to_owned(),
    ];
    let header: Vec<String> = header.iter().map(|line| format!("{} {line}", language.comment)).collect();
    let blocks = [header.join("\n"), imports, constants.join("\n\n")];
    let blocks: Vec<&str> = blocks.iter().map(String::as_str).filter(|block| !block.is_empty()).collect();
    Ok(format!("{}{}{}{code}\n", language.opening, blocks.join("\n\n"), language.between))
}

/// The piece that gets an answer.
fn asking(language: &Language, example: Example<'_>, adapter: Option<&Target>) -> String {
    let operation = example.case.operation;
    let piece = match adapter {
        Some(Target::Command { .. }) => language.pieces.command,
        Some(Target::Url(_)) => language.pieces.url,
        None => language.pieces.own,
    };
    let clock = match operation.id() {
        "fena.link" | "fena.token" => language.clock.to_owned(),
        _ if is_signed_at_its_time(operation, example.message) => {
            language.late.replace("#LATE#", &(language.style.text)(LATE))
        }
        _ => String::new(),
    };
    let fields: Map<String, Value> = operation
        .answer(&example.message.form)
        .iter()
        .map(|(name, _)| ((*name).to_owned(), json!("…")))
        .collect();
    let returns = language.style.inline(&json!({ "answer": fields }));
    let mut lines = Vec::new();
    for line in piece.lines() {
        if let Some(indent) = line.find("#clock#") {
            let (imports, clock): (Vec<&str>, Vec<&str>) =
                clock.lines().partition(|line| language.imports.iter().any(|start| line.starts_with(start)));
            lines.splice(0..0, imports.into_iter().map(str::to_owned));
            lines.extend(clock.iter().map(|line| format!("{:indent$}{line}", "")));
        } else {
            lines.push(line.replace("#returns#", &returns));
        }
    }
    lines.join("\n")
}

/// Whether what came was signed at its time: at another it is another message.
fn is_signed_at_its_time(operation: &dyn Operation, message: &Message) -> bool {
    let now: i64 = message.given("now").parse().unwrap_or_default();
    let later = operation.at(message.clone(), now + 1);
    let differing = message.given.iter().zip(&later.given).filter(|(one, other)| one != other);
    differing.count() > 1
}

/// The pieces that compare an answer.
fn comparing(pieces: &Pieces, operation: &dyn Operation, comparison: Comparison) -> Vec<&'static str> {
    match (comparison, operation.id()) {
        (Comparison::Fields, _) => vec![pieces.alternatives, pieces.fields],
        (Comparison::Parts, "quickpay.subscription") => vec![pieces.request, pieces.quickpay],
        (Comparison::Parts, _) => vec![pieces.request, pieces.fenerum],
        (Comparison::Seen, "bambora.request") => vec![pieces.window],
        (Comparison::Seen, id) => {
            let seen: &[&str] = match id {
                "brp.link" => &[pieces.seen, pieces.link, pieces.pairs],
                "fena.link" => &[pieces.timed, pieces.payment_link, pieces.pairs, pieces.claims],
                "fena.token" => &[pieces.timed, pieces.token, pieces.claims],
                "freepay.form" => &[pieces.seen, pieces.form],
                _ => &[pieces.seen, pieces.authorization],
            };
            [&[pieces.alternatives], seen].concat()
        }
    }
}

/// The imports of the pieces, each once, and the pieces without them.
fn hoisted(language: &Language, code: &[String]) -> (String, String) {
    let is_import = |line: &&str| language.imports.iter().any(|start| line.starts_with(start));
    let mut imports: Vec<&str> = code.iter().flat_map(|piece| piece.lines()).filter(is_import).collect();
    imports.sort_by_key(|line| (line.starts_with("from "), *line));
    imports.dedup();
    let rest = code.iter().map(|piece| {
        // PHP's pieces are files of their own.
        let piece = piece.strip_prefix("<?php").unwrap_or(piece);
        let lines: Vec<&str> = piece.lines().filter(|line| !is_import(line)).collect();
        lines.join("\n").trim().to_owned()
    });
    let rest: Vec<String> = rest.filter(|piece| !piece.is_empty()).collect();
    (imports.join("\n"), rest.join(language.between))
}
