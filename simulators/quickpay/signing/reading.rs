//! Reading a callback for the person whose shop refuses it: what is in it, what is wrong with it, and why its
//! checksum is another.

use serde_json::Value;

use super::callback_mistakes::{self as mistakes, WAYS};
use super::conditions::{CONDITIONS, RULES, is_accepted, last, outcome_of};
use super::json::{
    COMPACT, JAVASCRIPT, Json, Member, PHP_ARRAYS, PHP_OBJECTS, PHP_UNESCAPED, PYTHON, PYTHON_COMPACT, Style,
};
use super::sums::{self, HEADER, agrees, body_of, checksum, claimed};
use crate::kit::diagnosis::Diagnosis;
use crate::kit::operation::{Examination, Fault, Message};
use crate::kit::scheme::Mistake;

/// What stands in a callback, a line each.
pub(super) fn summary(message: &Message) -> Vec<String> {
    let value = &body_of(message).value;
    let shown = |name: &str| match &value[name] {
        Value::Null => None,
        Value::String(text) => Some(format!("{name}: {text}")),
        other => Some(format!("{name}: {other}")),
    };
    let names =
        ["type", "id", "order_id", "currency", "accepted", "state", "test_mode", "fee", "subscription_id"];
    let mut lines: Vec<String> = names.into_iter().filter_map(shown).collect();
    let operations = value["operations"].as_array().map_or(0, Vec::len);
    if let Some(operation) = last(message) {
        let text = |name: &str| match &operation[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        lines.push(format!(
            "last operation, of {operations}: {} of {}, {} ({} {})",
            text("type"),
            text("amount"),
            outcome_of(&operation, is_accepted(message)),
            text("qp_status_code"),
            text("qp_status_msg"),
        ));
    }
    lines
}

/// What is in a callback, and everything that is wrong with it.
pub(super) fn examine(message: &Message) -> Examination {
    let body = body_of(message);
    let sum = sums::right(message);
    let mut parts = Vec::new();
    let said = summary(message);
    if !said.is_empty() {
        parts.push(("the body says", said));
    }
    let received = if claimed(message).is_empty() { "none" } else { claimed(message) };
    parts.push((
        "the checksum",
        vec![format!("expected: {sum}, over {} bytes", body.bytes.len()), format!("received: {received}")],
    ));
    let mut faults = Vec::new();
    let mut unasked = Vec::new();
    for (condition, (what, rule)) in CONDITIONS.iter().zip(RULES) {
        if !is_asked(message, condition.name) {
            unasked.push(condition.name);
        } else if !(condition.holds)(message) {
            faults.push(Fault {
                id: condition.name,
                what: in_words(message, condition.name).unwrap_or_else(|| (*what).to_owned()),
                rule: (*rule).to_owned(),
                passes: false,
            });
            if condition.name == "body" {
                break;
            }
        }
    }
    let mut notes = Vec::new();
    let unasked: Vec<&str> = unasked.into_iter().filter(|name| *name != "currency").collect();
    if !unasked.is_empty() {
        notes.push(format!(
            "not compared, for it was not given: {} (order=1234 amount=25.99 test_allowed=false)",
            unasked.join(", ")
        ));
    }
    let mut diagnosis = None;
    if faults.first().is_some_and(|fault| fault.id == "checksum") {
        match cause(message) {
            Cause::Mistake(found) => diagnosis = Some(found),
            Cause::Note(note) => notes.push(note),
        }
    }
    let signed = Some(String::from_utf8_lossy(&body.bytes).into_owned());
    Examination { parts, signed, faults, diagnosis, notes }
}

/// Why a checksum is wrong.
enum Cause {
    /// Somebody's code, by name.
    Mistake(Diagnosis),
    /// Something else, in words.
    Note(String),
}

fn cause(message: &Message) -> Cause {
    if claimed(message).is_empty() {
        return Cause::Note(format!("to look at the checksum too, give the header {HEADER}"));
    }
    if let Some(what) = spoilt_on_the_way(message) {
        return Cause::Note(format!("the body is not as it came: {what}. {AS_IT_CAME}"));
    }
    // What QuickPay signed in one line explains more than a checksum over other spellings of what came.
    let signed = before_it_was_written_anew(message);
    let mut mistakes =
        signed.as_ref().map(|signed| written_by(signed, &body_of(message).bytes)).unwrap_or_default();
    if mistakes.is_empty() && signed.is_some() {
        return Cause::Note(format!(
            "the body is not as it came: QuickPay signed the same JSON in one line, without blanks. {AS_IT_CAME}"
        ));
    }
    if mistakes.is_empty() {
        mistakes = computed_otherwise(message);
    }
    let mut mistakes = mistakes.into_iter().map(|mistake| vec![mistake]);
    match mistakes.next() {
        Some(named) => Cause::Mistake(Diagnosis {
            named,
            equals: mistakes.collect(),
            explains: 1,
            of: 1,
            beside: Vec::new(),
            doubted: false,
        }),
        None => Cause::Note(format!(
            "no way of computing it that we know gives this checksum. Is it the right private key, and the whole body? {AS_IT_CAME}"
        )),
    }
}

const AS_IT_CAME: &str =
    "Save the bytes as they come, in a file, before anything parses them, and give that file.";

/// What was not given is not compared.
fn is_asked(message: &Message, condition: &str) -> bool {
    match condition {
        "order" => !message.given("order").is_empty(),
        "amount" | "currency" => !message.given("amount").is_empty(),
        "test_mode" => !message.given("test_allowed").is_empty(),
        _ => true,
    }
}

/// A fault with what came, where that says more.
fn in_words(message: &Message, condition: &str) -> Option<String> {
    let claimed = claimed(message);
    match condition {
        "checksum" if claimed.is_empty() => {
            Some("there is no QuickPay-Checksum-Sha256: a forger leaves it out, and a proxy may".to_owned())
        }
        "checksum" => Some(format!("QuickPay-Checksum-Sha256 is {claimed}, and the body's is another")),
        "order" => {
            let value = &body_of(message).value["order_id"];
            Some(format!("order_id is {value}, and the shop's is \"{}\"", message.given("order")))
        }
        _ => None,
    }
}

/// How somebody writes JSON, with the mistake of signing what is written so. Go is not among them: it sorts the
/// names, and their order cannot be found again.
const STYLES: &[(&Mistake, Style)] = &[
    (&mistakes::WRITTEN_ANEW_PHP, PHP_ARRAYS),
    (&mistakes::WRITTEN_ANEW_PHP_OBJECTS, PHP_OBJECTS),
    (&mistakes::WRITTEN_ANEW_PHP_UNESCAPED, PHP_UNESCAPED),
    (&mistakes::WRITTEN_ANEW_PYTHON, PYTHON),
    (&mistakes::WRITTEN_ANEW_PYTHON_COMPACT, PYTHON_COMPACT),
    (&mistakes::WRITTEN_ANEW_JAVASCRIPT, JAVASCRIPT),
];

/// The mistakes that compute the checksum that came. Those that spell the body in other bytes are not among
/// them: here the body is what may be spoilt.
fn computed_otherwise(message: &Message) -> Vec<&'static Mistake> {
    let of_the_body = [
        &mistakes::BODY_TRIMMED,
        &mistakes::NEWLINE_ADDED,
        &mistakes::LATIN_1,
        &mistakes::WRITTEN_ANEW_COMPACT,
    ];
    let of_the_body = of_the_body.map(|mistake| mistake.id);
    let ways = WAYS.iter().filter(|(mistake, _)| !of_the_body.contains(&mistake.id));
    ways.filter(|(_, sum)| agrees(message, *sum)).map(|(mistake, _)| *mistake).collect()
}

/// The mistakes that make this body of what QuickPay signed.
fn written_by(signed: &Json, body: &[u8]) -> Vec<&'static Mistake> {
    let styles = STYLES.iter().filter(|(_, style)| style.write(signed).as_bytes() == body.trim_ascii());
    styles.map(|(mistake, _)| *mistake).collect()
}

/// What QuickPay signed, where the body says the same in other bytes.
fn before_it_was_written_anew(message: &Message) -> Option<Json> {
    let json = Json::of(&body_of(message).bytes)?;
    let restored = restored(&json);
    let sum = |json: &Json| checksum(message.given("private_key"), COMPACT.write(json).as_bytes());
    [json, restored].into_iter().find(|json| sum(json) == claimed(message))
}

/// The same with what PHP and JavaScript lose of QuickPay's own members: empty objects, and the point of a rate.
fn restored(json: &Json) -> Json {
    let member = |(name, value): &Member| {
        let value = match (name.as_ref(), value) {
            ("variables" | "branding_config" | "data", Json::List(items)) if items.is_empty() => {
                Json::Object(Vec::new())
            }
            ("vat_rate", Json::Number(rate)) if !rate.contains('.') => {
                Json::Number(format!("{rate}.0").into())
            }
            (_, value) => restored(value),
        };
        (name.clone(), value)
    };
    match json {
        Json::List(items) => Json::List(items.iter().map(restored).collect()),
        Json::Object(members) => Json::Object(members.iter().map(member).collect()),
        other => other.clone(),
    }
}

/// What happened to the body between QuickPay and here, where its checksum shows it.
fn spoilt_on_the_way(message: &Message) -> Option<&'static str> {
    let bytes = &body_of(message).bytes;
    let text = String::from_utf8_lossy(bytes);
    let latin_1: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    let variants: [(&str, Option<Vec<u8>>); 7] = [
        ("the newline at its end is lost", Some([bytes, &b"\n"[..]].concat())),
        ("the CRLF at its end is lost", Some([bytes, &b"\r\n"[..]].concat())),
        ("a newline was added at its end", bytes.strip_suffix(b"\n").map(<[u8]>::to_vec)),
        ("blanks were added at its ends", Some(bytes.trim_ascii().to_vec())),
        ("its newlines became CRLF", Some(text.replace("\r\n", "\n").into_bytes())),
        ("its CRLF became newlines", Some(text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes())),
        ("it was read as Latin-1", latin_1),
    ];
    let fits = |body: &Option<Vec<u8>>| {
        body.as_ref().is_some_and(|body| checksum(message.given("private_key"), body) == claimed(message))
    };
    variants.into_iter().find(|(_, body)| fits(body)).map(|(what, _)| what)
}

#[cfg(test)]
mod tests {
    use super::super::Callback;
    use super::*;
    use crate::kit::operation::{Operation as _, Parameter, Verification};

    const KEY: &str = "private-key-1";
    const BODY: &str = r#"{"id":7,"order_id":"1234","accepted":true,"type":"Payment","variables":{"navn":"Søren/Åse"},"currency":"DKK","basket":[{"vat_rate":0.0}],"operations":[{"id":1,"type":"authorize","amount":2599,"pending":false,"qp_status_code":"20000","qp_status_msg":"Approved","data":{}}],"test_mode":true}"#;

    /// What `provkassa verify` finds in a body that came with this checksum.
    fn found(body: &str, sum: &str) -> Examination {
        let given: Vec<Parameter> = [
            ("private_key", KEY),
            ("api_key", "api-key"),
            ("header", "Content-Type: application/json"),
            ("header", &format!("QuickPay-Checksum-Sha256: {sum}")),
        ]
        .map(|(name, value)| (name.into(), value.to_owned()))
        .to_vec();
        match Callback.read(body, None, &given) {
            Ok(Verification::Examined(examination)) => examination,
            other => panic!("{other:?}"),
        }
    }

    fn named(examination: &Examination) -> Vec<&'static str> {
        let diagnosis = examination.diagnosis.iter();
        diagnosis.flat_map(|diagnosis| &diagnosis.named).map(|mistake| mistake.id).collect()
    }

    #[test]
    fn a_genuine_callback_has_no_faults() {
        let examination = found(BODY, &checksum(KEY, BODY.as_bytes()));
        assert_eq!(examination.faults, []);
        let (_, lines) = &examination.parts[0];
        assert!(lines.contains(&"type: Payment".to_owned()), "{lines:?}");
        assert_eq!(
            lines.last().map(String::as_str),
            Some("last operation, of 1: authorize of 2599, approved (20000 Approved)")
        );
        assert!(examination.notes[0].starts_with("not compared"), "{:?}", examination.notes);
    }

    #[test]
    fn a_body_that_was_written_anew_is_told_by_its_writer() {
        let sum = checksum(KEY, BODY.as_bytes());
        let json = Json::of(BODY.as_bytes()).expect("JSON");
        for (mistake, style) in STYLES {
            let examination = found(&style.write(&json), &sum);
            let diagnosis = examination.diagnosis.unwrap_or_else(|| panic!("{} is not told", mistake.id));
            assert!(diagnosis.names(mistake.id), "{}: {diagnosis}", mistake.id);
        }
        let examination = found(&super::super::json::PRETTY.write(&json), &sum);
        assert!(examination.notes.iter().any(|note| note.contains("in one line")), "{:?}", examination.notes);
    }

    #[test]
    fn a_checksum_that_was_computed_otherwise_is_named() {
        let wrong = found(BODY, &checksum("api-key", BODY.as_bytes()));
        assert_eq!(named(&wrong), ["quickpay.callback/api-key"]);
        assert_eq!(wrong.faults[0].id, "checksum");
        assert_eq!(
            named(&found(BODY, &checksum(KEY, BODY.as_bytes()).to_uppercase())),
            ["quickpay.callback/upper-case-hex"]
        );
    }

    #[test]
    fn what_happened_on_the_way_is_said() {
        let pretty = "{\n  \"id\": 7\n}\n";
        for (body, signed, says) in [
            (BODY.to_owned(), format!("{BODY}\n"), "newline at its end is lost"),
            (format!("{BODY}\n"), BODY.to_owned(), "newline was added"),
            (format!("{BODY} \n "), BODY.to_owned(), "blanks were added"),
            (pretty.replace('\n', "\r\n"), pretty.to_owned(), "became CRLF"),
            (pretty.to_owned(), pretty.replace('\n', "\r\n"), "became newlines"),
            (BODY.bytes().map(char::from).collect(), BODY.to_owned(), "Latin-1"),
            (BODY.to_owned(), "something else".to_owned(), "the right private key"),
        ] {
            let examination = found(&body, &checksum(KEY, signed.as_bytes()));
            assert_eq!(named(&examination), [""; 0], "{says}");
            assert!(examination.notes.iter().any(|note| note.contains(says)), "{:?}", examination.notes);
        }
    }

    #[test]
    fn a_missing_checksum_is_asked_for() {
        let examination = found(BODY, "");
        assert_eq!(examination.faults[0].id, "checksum");
        assert!(examination.notes.iter().any(|note| note.contains(HEADER)), "{:?}", examination.notes);
    }
}
