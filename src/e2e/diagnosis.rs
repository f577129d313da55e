//! What a finding says: of mistakes that are known, alone and in pairs, and of integrators that are right but for
//! some messages.

use std::fs;

use serde_json::{Value, json};

use crate::mistakes::with_verdict;
use crate::support::{PROGRAM, found, run_in, snapshot};

/// An adapter that hashes for BRP as it should, but for what a test puts into it.
const SHOP: &str = r#"
import hashlib, json, sys
from urllib.parse import quote, unquote

def spoil(name, value, pairs, request):
    return value

def canonical(request):
    pairs = [pair for pair in request["parameters"] if pair[0] not in ("hash", "payeralias")]
    return "".join(spoil(name, value, pairs, request) for name, value in sorted(pairs, key=lambda pair: pair[0])) + request["secret"]

#SPOILT

for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "hello":
        answer = {"protocol": 1, "name": "shop", "language": "Python", "ops": ["brp.hash"], "window": 64, "controls_time": True}
    else:
        answer = {"hash": hashlib.sha256(canonical(request).encode("utf-8")).hexdigest()}
    print(json.dumps({"id": request["id"], "answer": answer}), flush=True)
"#;

/// What `check` finds on one case in a shop that is spoilt so.
fn finding(spoilt: &str, case: &str) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("shop.py"), SHOP.replace("#SPOILT", spoilt)).expect("written");
    let base = ["check", "--adapter", "python3 shop.py", "--report", "json=report.json", "--only", case];
    let ran = run_in(folder.path(), &base);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let text = fs::read_to_string(folder.path().join("report.json")).expect("a report");
    let report = serde_json::from_str(&text).expect("JSON");
    with_verdict(&report, "fail")[0]["finding"].clone()
}

/// A shop that spoils values.
fn spoil(expression: &str) -> String {
    format!("def spoil(name, value, pairs, request):\n    return {expression}\n")
}

const CASE: &str = "brp/hash/plain-sha-256-in-hex";

#[test]
fn what_all_failing_messages_have_in_common_is_told() {
    if !found("python3", "shops that are wrong for some messages") {
        return;
    }
    for (expression, when) in [
        ("value.replace('+', ' ') if name == 'returnurl' else value", "`returnurl` holds a `+`"),
        ("unquote(value)", "`returnurl` holds something percent-encoded, as %41"),
        ("value.encode('ascii', 'ignore').decode()", "a parameter holds a character outside ASCII"),
        (
            "''.join(letter for letter in value if ord(letter) < 65536)",
            "`returnurl` holds a character beyond U+FFFF, as 😀",
        ),
        (r#"value.replace("'", "''")"#, "a parameter holds a `'`"),
        ("value.lower()", "a parameter holds a capital letter"),
        ("value or 'null'", "a parameter is empty"),
        (
            "value + ',' if [other for other, _ in pairs].count(name) > 1 else value",
            "`receiptemail` is there more than once",
        ),
        ("value[:48]", "`returnurl` has 49 characters or more"),
        (
            "value + '/' if request['endpoint'] == 'swish/payfororder' and name == 'returnurl' else value",
            "`endpoint` is `swish/payfororder`",
        ),
    ] {
        let finding = finding(&spoil(expression), CASE);
        let near = &finding["near"];
        assert_eq!(near["when"], when, "{expression}: {finding:#}");
        assert_eq!(finding["headline"], format!("right, but it fails as soon as {when}"));
        assert_eq!(near["passing"], 0);
        assert_eq!(near["failing"], near["of_failing"]);
        let (wrong, right) = (near["of_failing"].as_u64(), near["of_passing"].as_u64());
        assert!(wrong >= Some(4) && right >= Some(4), "{near}");
        assert_eq!(finding["mistakes"], json!([]), "no mistake is named that is not made");
    }
    let spoilt = "right = canonical\ndef canonical(request):\n    return right({**request, 'secret': request['secret'].replace(' ', '')})\n";
    assert_eq!(finding(spoilt, CASE)["near"]["when"], "`secret` holds a blank");
}

#[test]
fn where_every_message_of_a_case_fails_others_are_asked() {
    if !found("python3", "shops that are wrong for some messages") {
        return;
    }
    let swish = "value + '/' if request['endpoint'] == 'swish/payfororder' else value";
    let finding = finding(&spoil(swish), "brp/hash/payeralias-is-left-out");
    assert_eq!(finding["near"]["when"], "`endpoint` is `swish/payfororder`", "{finding:#}");
}

#[test]
fn a_known_mistake_that_is_made_now_and_then_is_named_with_its_condition() {
    if !found("python3", "shops that are wrong for some messages") {
        return;
    }
    let encoded = spoil("quote(value, safe='') if name == 'returnurl' and '?' in value else value");
    let finding_of = |spoilt: &str| finding(spoilt, CASE);
    let finding = finding_of(&encoded);
    assert_eq!(
        finding["headline"],
        "you percent-encoded returnurl strictly (RFC 3986) before hashing, but only where `returnurl` holds a `?`"
    );
    assert_eq!(finding["near"]["then"], json!(["brp.hash/returnurl-rfc-3986-encoded"]));
    // The same in a shop that does something else wrong always.
    let both = format!(
        "{encoded}\nright = canonical\ndef canonical(request):\n    return request['secret'] + right({{**request, 'secret': ''}})\n"
    );
    let finding = finding_of(&both);
    assert_eq!(finding["near"]["always"], json!(["brp.hash/secret-first"]), "{finding:#}");
    let headline = finding["headline"].as_str().unwrap_or_default();
    assert!(
        headline.starts_with("you put the secret word before the values, and you percent-encoded"),
        "{headline}"
    );
    let shown = finding["message"].to_string();
    assert!(shown.contains('?'), "a message is shown that meets the condition: {shown}");
}

#[test]
fn nothing_is_claimed_where_nothing_tells_the_messages_apart() {
    if !found("python3", "shops that are wrong for some messages") {
        return;
    }
    let spoilt = "right = canonical\ndef canonical(request):\n    text = right(request)\n    return text + ('x' if hashlib.md5(text.encode()).digest()[0] < 40 else '')\n";
    let finding = finding(spoilt, CASE);
    assert_eq!(finding["near"], Value::Null, "{finding:#}");
    assert_eq!(
        finding["headline"],
        "the answer is wrong, and no mistake that we know explains it, nor do several of them together"
    );
}

#[test]
fn findings_say_what_a_tired_developer_needs() {
    let mut story = String::new();
    for (mistakes, case) in [
        (&["brp.hash/returnurl-percent-encoded"][..], "brp/hash/returnurl-is-hashed-decoded"),
        (&["brp.hash/secret-newline"], "brp/hash/secret-goes-last"),
        (&["brp.hash/sha-1"], "brp/hash/plain-sha-256-in-hex"),
        (&["brp.hash/returnurl-percent-encoded", "brp.hash/secret-first"], "brp/hash/secret-goes-last"),
        (&["quickpay.window/joined-without-blanks"], "quickpay/window/joined-by-blanks"),
        (&["bambora.request/key-first"], "bambora/request/md5-in-hex"),
        (&["bambora.return/key-missing"], "bambora/return/genuine-is-believed"),
        (&["fena.token/amount-as-number"], "fena/token/amount-has-two-decimals"),
        (&["fena.token/algorithm-hs256", "fena.token/secret-newline"], "fena/token/algorithm-is-hs512"),
        (&["freepay.form/amount-in-major-units"], "freepay/form/amount-is-in-ore"),
        (&["fenerum.card/bearer-scheme"], "fenerum/card/token-credential"),
        (&["quickpay.callback/checksum-not-verified"], "quickpay/callback/checksum-is-verified"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let made: Vec<String> = mistakes.iter().map(|mistake| format!(" --mistake {mistake}")).collect();
        let adapter = format!("provkassa adapter{}", made.concat());
        let ran = run_in(folder.path(), &["check", "--adapter", &adapter, "--only", case]);
        let (_, told) = ran.stdout.split_once("\n\n").unwrap_or_default();
        let lines = told.lines().take_while(|line| !line.contains(", seed "));
        let told: Vec<&str> = lines.map(str::trim_end).collect();
        story.push_str(&format!("=== {} ===\n{}\n", mistakes.join(" + "), told.join("\n")));
    }
    assert!(!story.contains(PROGRAM), "no path of this machine");
    snapshot("cli", "findings-as-they-are-told", &story);
}

/// An adapter whose library takes no key below 64 characters for HS512, as php-jwt 7, and Fena's secrets have 36.
const SHORT_KEY: &str = r#"
import json, sys

for line in sys.stdin:
    request = json.loads(line)
    if request["op"] == "hello":
        answer = {"protocol": 1, "name": "shop", "language": "Python", "ops": ["fena.notification"], "window": 64, "controls_time": True}
        print(json.dumps({"id": request["id"], "answer": answer}), flush=True)
    else:
        assert len(request["secret"]) < 64
        print(json.dumps({"id": request["id"], "rejected": "Provided key is too short"}), flush=True)
"#;

#[test]
fn a_library_that_refuses_the_key_is_not_told_to_read_the_form() {
    if !found("python3", "an adapter whose library refuses short keys") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("shop.py"), SHORT_KEY).expect("written");
    let case = "fena/notification/genuine-is-taken";
    let ran = run_in(folder.path(), &["check", "--adapter", "python3 shop.py", "--only", case]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    for said in [
        "you refused every message, and said why: Provided key is too short",
        "php-jwt 7 wants 64 characters for HS512, and the secret has 36",
        "str_pad($secret, 64, \"\\0\")",
    ] {
        assert!(ran.stdout.contains(said), "{said} in {}", ran.shown());
    }
}

#[test]
fn a_long_text_is_counted_as_the_document_counts_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = "provkassa adapter --mistake fena.token/text-too-long";
    let ran = run_in(folder.path(), &["check", "--adapter", adapter, "--only", "fena/token/texts-fit"]);
    let told = ran.stdout.split(" characters)").filter_map(|before| before.rsplit('(').next()?.parse().ok());
    let told: Vec<u32> = told.collect();
    // What was to be sent, and what was: neither a name nor quotes are counted.
    let [given, sent] = told[..] else { panic!("{told:?}: {}", ran.shown()) };
    assert!(given == sent && given > 255, "{told:?}: {}", ran.shown());
}

#[test]
fn a_mistake_is_made_where_it_belongs_and_right_hashes_are_not_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |mistake: &str, only: &str| {
        let adapter = format!("{PROGRAM} adapter --mistake {mistake}");
        run_in(folder.path(), &["check", "--adapter", &adapter, "--only", only, "--cases", "64"])
    };
    // ePay and QuickPay's form are hashed in steps of the same names.
    let elsewhere = check("brp.hash/secret-missing", "bambora/request,quickpay/window");
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.shown());
    let here = check("brp.hash/secret-missing", "brp/hash/secret-goes-last");
    assert!(here.code == 1 && here.stdout.contains("the provider hashes"), "{}", here.shown());
    let link = check("brp.link/plus-not-encoded", "brp/link/plus-is-encoded");
    assert!(link.stdout.contains("you left + unencoded in the link (certain)"), "{}", link.shown());
    assert!(!link.stdout.contains("the provider hashes"), "{}", link.shown());
}
