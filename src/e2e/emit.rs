//! `provkassa check --emit`: what is printed is run, by the languages' own programs.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa::conformance::case::Expectation;
use provkassa::conformance::{Case, cases};
use provkassa::emit::{Example, Kind, emit, message};
use provkassa::simulators::kit::operation::{Judgement, Message, Reply, judge};
use provkassa::simulators::kit::scheme::Mistake;
use provkassa::simulators::kit::wire::to_json;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::support::{PROGRAM, Ran, Served, found, ran, root, run};

/// A message of a case, replies to it, and whether the check lets each pass.
struct Trial {
    case: Case,
    message: Message,
    replies: Vec<Value>,
    passes: Vec<bool>,
}

impl Trial {
    fn script(&self, kind: Kind) -> String {
        let example = Example { case: &self.case, message: &self.message };
        emit(kind, example, None).unwrap_or_else(|error| panic!("{}: {error}", self.case.id))
    }
}

/// Every case with a message, and what each mistake answers to it.
static TRIALS: LazyLock<Vec<Trial>> = LazyLock::new(|| {
    let cases = cases().expect("sound features").into_iter();
    let trial = |case: Case| {
        let message = message(&case, 1).ok()?;
        let replies = replies(&case, &message);
        let passes = replies.iter().map(|reply| passes(&case, &message, reply)).collect();
        let replies = replies.iter().map(told).collect();
        Some(Trial { case, message, replies, passes })
    };
    cases.filter_map(trial).collect()
});

/// The right answer, those that are let pass, and what each mistake makes of it.
fn replies(case: &Case, message: &Message) -> Vec<Reply> {
    let operation = case.operation;
    let mistakes = operation.mistakes();
    let made = mistakes.iter().filter_map(|mistake| operation.reply(message, &[mistake]));
    let open = operation.tolerated(message).into_iter().map(|(reply, _)| reply);
    operation.reply(message, &[]).into_iter().chain(open).chain(made).collect()
}

fn passes(case: &Case, message: &Message, reply: &Reply) -> bool {
    let operation = case.operation;
    let observed = |reply: &Reply| operation.observe(message, reply);
    match case.expectation {
        Expectation::Accepted => judge(operation, message, reply) != Judgement::Wrong,
        Expectation::Without(mistake) => {
            let becomes = |made: &[_]| {
                operation.reply(message, made).is_some_and(|other| observed(&other) == observed(reply))
            };
            becomes(&[]) || !becomes(&[mistake])
        }
    }
}

fn told(reply: &Reply) -> Value {
    match reply {
        Reply::Answer(answer) => json!({ "answer": answer }),
        Reply::Rejected(why) => json!({ "rejected": why }),
    }
}

/// Runs a program of the language that judges all replies by the scripts' own functions, and compares.
fn assert_agrees(program: &str, driver: &str, folder: &Path) {
    let trials = &*TRIALS;
    let replies: Vec<_> = trials.iter().map(|trial| &trial.replies).collect();
    fs::write(folder.join("replies.json"), json!(replies).to_string()).expect("written");
    fs::write(folder.join("driver"), driver).expect("written");
    let driver = folder.join(if program == "node" { "driver.mjs" } else { "driver" });
    if program == "node" {
        fs::rename(folder.join("driver"), &driver).expect("renamed");
    }
    let output = Command::new(program).arg(&driver).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let verdicts: Vec<Vec<bool>> = serde_json::from_slice(&output.stdout).expect("verdicts");
    let mut differing = String::new();
    for (trial, verdicts) in trials.iter().zip(&verdicts) {
        for ((reply, passes), verdict) in trial.replies.iter().zip(&trial.passes).zip(verdicts) {
            if verdict != passes {
                differing.push_str(&format!("{}: check says {passes} to {reply}\n", trial.case.id));
            }
        }
    }
    let count = differing.lines().count();
    assert!(differing.is_empty(), "{count} verdicts of {program} differ:\n{differing}");
    let wrong = trials.iter().flat_map(|trial| &trial.passes).filter(|passes| !**passes).count();
    assert!(wrong > 1000 && trials.len() > 100, "{wrong} wrong replies in {} trials", trials.len());
}

#[test]
fn python_judges_as_the_check_does() {
    if !found("python3", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let scripts: Vec<_> = TRIALS.iter().map(|trial| trial.script(Kind::Python)).collect();
    fs::write(folder.path().join("scripts.json"), json!(scripts).to_string()).expect("written");
    let driver = "
import json
verdicts = []
for script, replies in zip(json.load(open('scripts.json')), json.load(open('replies.json'))):
    names = {'__name__': 'case'}
    exec(script, names)
    if 'ACCEPTED' in names:
        verdicts.append([bool(names['fits'](reply, names['ACCEPTED'])) for reply in replies])
    else:
        verdicts.append([not names['fits'](reply, names['WRONG']) for reply in replies])
print(json.dumps(verdicts))
";
    assert_agrees("python3", driver, folder.path());
}

/// The script without its end, which asks and judges.
fn without_test<'a>(script: &'a str, test: &str) -> &'a str {
    script.rsplit_once(test).expect("a test").0
}

/// The name of what the script compares with, and whether that is accepted.
fn compared(script: &str) -> (&'static str, &'static str) {
    if script.contains("const ACCEPTED") { ("ACCEPTED", "") } else { ("WRONG", "!") }
}

#[test]
fn node_judges_as_the_check_does() {
    if !found("node", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (place, trial) in TRIALS.iter().enumerate() {
        let script = trial.script(Kind::Node);
        let script = without_test(&script, "\ntest(");
        let (name, not) = compared(script);
        let script = format!("{script}\nexport const verdict = (reply) => {not}fits(reply, {name});\n");
        fs::write(folder.path().join(format!("{place}.mjs")), script).expect("written");
    }
    let driver = "
import { readFileSync } from 'node:fs';
const all = JSON.parse(readFileSync('replies.json'));
const verdicts = [];
for (const [place, replies] of all.entries()) {
  const { verdict } = await import(`${import.meta.dirname ?? process.cwd()}/${place}.mjs`);
  verdicts.push(replies.map(verdict));
}
console.log(JSON.stringify(verdicts));
";
    assert_agrees("node", driver, folder.path());
}

#[test]
fn php_judges_as_the_check_does() {
    if !found("php", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for (place, trial) in TRIALS.iter().enumerate() {
        let script = trial.script(Kind::Php);
        let script = without_test(&script, "\ntry {\n    $reply");
        let (name, not) = compared(script);
        let script = script.replacen("<?php\n", &format!("<?php\nnamespace Case{place};\n"), 1);
        let script = format!("{script}\nreturn fn ($reply) => {not}fits($reply, {name});\n");
        fs::write(folder.path().join(format!("{place}.php")), script).expect("written");
    }
    let driver = "<?php
$verdicts = [];
foreach (json_decode(file_get_contents('replies.json'), true) as $place => $replies) {
    $verdicts[] = array_map(require __DIR__ . \"/$place.php\", $replies);
}
echo json_encode($verdicts);
";
    assert_agrees("php", driver, folder.path());
}

/// The operations, each with the trials of its most awkward messages.
fn awkward(count: usize) -> Vec<Vec<&'static Trial>> {
    let odd = |trial: &&Trial| {
        let text = json!(to_json(trial.case.operation, &trial.message)).to_string();
        let odd: BTreeSet<char> = text.chars().filter(|c| !c.is_ascii_alphanumeric()).collect();
        std::cmp::Reverse(odd.len())
    };
    let mut operations: Vec<&str> = TRIALS.iter().map(|trial| trial.case.operation.id()).collect();
    operations.sort_unstable();
    operations.dedup();
    let of = |id: &str| {
        let is_one = |trial: &&Trial| trial.case.operation.id() == id && trial.passes.contains(&false);
        let mut trials: Vec<_> = TRIALS.iter().filter(is_one).collect();
        trials.sort_by_key(odd);
        trials.truncate(count);
        trials
    };
    operations.into_iter().map(of).collect()
}

/// What the program prints for a message of a case.
fn printed(kind: &str, trial: &Trial, more: &[&str]) -> Ran {
    let message = to_json(trial.case.operation, &trial.message);
    let replayed = json!({ "case": trial.case.id, "message": message }).to_string();
    run(&[&["check", "--emit", kind, "--replay", &replayed], more].concat())
}

/// Runs a script in a folder, with these variables.
fn run_script(program: &str, folder: &Path, script: &str, variables: &[(&str, &str)]) -> Ran {
    fs::write(folder.join("case.mjs"), script).expect("written");
    let mut command = Command::new(program);
    command.arg("case.mjs").current_dir(folder).stdin(Stdio::null());
    ran(&command.envs(variables.iter().copied()).output().expect("it starts"))
}

/// Every operation's script asks a right adapter and a wrong one, by a command that the script names.
fn asks_adapters(kind: &str, program: &str) {
    if !found(program, "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // The words go into the script as they are.
    let adapter = "sh adapter.sh '*/ ?> <!-- $x `id` \"\\ é'";
    let speaks = |more: &str| {
        let line = format!("[ \"$1\" = '*/ ?> <!-- $x `id` \"\\ é' ] && exec '{PROGRAM}' adapter {more}");
        fs::write(folder.path().join("adapter.sh"), line).expect("written");
    };
    for trial in awkward(1).concat() {
        let script = printed(kind, trial, &["--adapter", adapter]);
        assert_eq!(script.code, 0, "{}", script.shown());
        speaks("");
        let right = run_script(program, folder.path(), &script.stdout, &[]);
        assert_eq!(right.code, 0, "{}: {}", trial.case.id, right.shown());
        speaks(&format!("--mistake {}", mistaken(trial)));
        let wrong = run_script(program, folder.path(), &script.stdout, &[]);
        assert_eq!(wrong.code, 1, "{}: {}", trial.case.id, wrong.shown());
        assert!(wrong.shown().contains("you answered"), "{}", wrong.shown());
    }
}

/// A mistake that fails the trial.
fn mistaken(trial: &Trial) -> &'static str {
    let Trial { case, message, .. } = trial;
    let fails = |mistake: &&&'static Mistake| {
        case.operation.reply(message, &[mistake]).is_some_and(|reply| !passes(case, message, &reply))
    };
    case.operation.mistakes().iter().find(fails).expect("a mistake").id
}

#[test]
fn a_script_for_node_asks_the_adapter() {
    asks_adapters("node", "node");
}

#[test]
fn a_script_for_php_asks_the_adapter() {
    asks_adapters("php", "php");
}

#[test]
fn a_script_for_python_asks_the_adapter() {
    asks_adapters("python", "python3");
}

#[test]
fn a_script_without_an_adapter_waits_for_code() {
    let only = ["check", "--emit", "python", "--only", "brp/hash/secret-goes-last"];
    let script = run(&only).stdout;
    assert!(script.contains("YOUR CODE GOES HERE") && script.contains("{\"answer\": {\"hash\": \"…\"}}"));
    if !found("python3", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let empty = run_script("python3", folder.path(), &script, &[]);
    assert_eq!(empty.code, 1, "{}", empty.shown());
    assert!(empty.stderr.contains("put a call of your own code into ask()"), "{}", empty.stderr);
    let begun = "raise NotImplementedError(\"put a call of your own code into ask(), in this file\")";
    for (secret, code) in [("message['secret']", 0), ("''", 1)] {
        let own = format!(
            "text = ''.join(value for _, value in sorted(message['parameters'])) + {secret}\n    \
             return {{'answer': {{'hash': hashlib.sha256(text.encode()).hexdigest()}}}}"
        );
        let filled = format!("import hashlib\n{}", script.replace(begun, &own));
        let filled = run_script("python3", folder.path(), &filled, &[]);
        assert_eq!(filled.code, code, "{}", filled.shown());
    }
}

/// An adapter that reads the clock itself, and one that listens; both are the reference integrator behind.
const RELAY: &str = r#"
import http.server, json, subprocess, sys, time
inner = subprocess.Popen([sys.argv[1], "adapter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def ask(line):
    request = json.loads(line)
    if request["op"] != "hello":
        assert abs(request["now"] - time.time()) < 60, "not the real time"
    inner.stdin.write(line.strip() + b"\n")
    inner.stdin.flush()
    reply = json.loads(inner.stdout.readline())
    if request["op"] == "hello":
        reply["answer"]["controls_time"] = False
    return json.dumps(reply).encode() + b"\n"
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        reply = ask(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)
    def log_message(self, *_):
        pass
if sys.argv[2:] == ["--http"]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(ask(line))
    sys.stdout.buffer.flush()
"#;

#[test]
fn an_adapter_may_listen_and_may_read_the_clock() {
    if !found("python3", "an adapter that reads the clock") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("relay.py"), RELAY).expect("written");
    let mut listening = Command::new("python3")
        .args(["relay.py", PROGRAM, "--http"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut port = String::new();
    BufReader::new(listening.stdout.as_mut().expect("a pipe")).read_line(&mut port).expect("a port");
    let url = format!("http://127.0.0.1:{}/_adapter", port.trim());
    let command = format!("python3 relay.py '{PROGRAM}'");
    let languages = [("node", "node"), ("php", "php"), ("python", "python3")];
    let results: Vec<_> = languages
        .iter()
        .filter(|(_, program)| found(program, "the scripts that are printed"))
        .flat_map(|(kind, program)| [(kind, program, &url), (kind, program, &command)])
        .map(|(kind, program, adapter)| {
            let ask = |case: &str| {
                let script = run(&["check", "--emit", kind, "--only", case, "--adapter", adapter]);
                assert_eq!(script.code, 0, "{}", script.shown());
                run_script(program, folder.path(), &script.stdout, &[])
            };
            (ask("fena/link/token-is-the-parameter"), ask("fena/notification/verified-as-it-came"))
        })
        .collect();
    let _ = listening.kill();
    let _ = listening.wait();
    for (link, notification) in results {
        assert_eq!(link.code, 0, "{}", link.shown());
        // What came was signed at another time, and a script cannot sign it anew.
        assert_eq!(notification.code, 1, "{}", notification.shown());
        assert!(notification.shown().contains("reads the real clock"), "{}", notification.shown());
    }
}

/// A secret with what means something in one of the languages.
const HOSTILE: &str = "'\"`\\$x${x}{$x}#{x}%s*/?><!--</script>\r\n\t\0\u{7f}\u{85}\u{2028}\u{202e}\u{feff}😀\u{e0041}\u{ffff}\\n";

#[test]
fn no_text_gets_out_of_its_literal() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("adapter.sh"), format!("exec '{PROGRAM}' adapter")).expect("written");
    let message = json!({
        "endpoint": "payfororder",
        "parameters": [["orderid", "15"], ["returnurl", "https://shop.example/?a='\"`$(id)*/?><!--"]],
        "secret": HOSTILE,
    });
    let replayed = json!({ "case": "brp/hash/secret-goes-last", "message": message }).to_string();
    for (kind, program) in [("node", "node"), ("php", "php"), ("python", "python3")] {
        if !found(program, "the scripts that are printed") {
            continue;
        }
        let script = run(&["check", "--emit", kind, "--replay", &replayed, "--adapter", "sh adapter.sh"]);
        assert_eq!(script.code, 0, "{}", script.shown());
        let odd = |c: &char| c.is_control() && *c != '\n' || "\u{2028}\u{202e}\u{feff}\u{ffff}".contains(*c);
        assert_eq!(script.stdout.chars().find(odd), None, "what cannot be seen is written by its number");
        let ran = run_script(program, folder.path(), &script.stdout, &[]);
        assert_eq!(ran.code, 0, "{kind}: {}", ran.shown());
    }
}

#[test]
fn one_case_is_chosen_and_json_takes_several() {
    let several = run(&["check", "--emit", "node", "--only", "brp/hash"]);
    assert_eq!(several.code, 2, "{}", several.shown());
    assert!(several.stderr.contains("cases are chosen") && several.stderr.contains("--only brp/hash/"));
    let unknown = run(&["check", "--emit", "perl"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("curl, json, node, php, python"), "{}", unknown.stderr);
    let refused = run(&["check", "--emit", "curl", "--only", "fenerum/card/error-registers-nothing"]);
    assert_eq!(refused.code, 2, "{}", refused.shown());
    assert!(refused.stderr.contains("nothing to send") && refused.stderr.contains("--emit node"));
}

#[test]
fn vectors_fit_their_schema_and_are_read_again() {
    let schema = fs::read_to_string(root().join("fixtures/protocol/vectors.schema.json")).expect("a schema");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let all = run(&["check", "--emit", "json"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    let files: Vec<Value> = serde_json::from_str(&all.stdout).expect("a list of files");
    assert_eq!(files.len(), 6);
    let mut count = 0;
    for file in &files {
        let errors: Vec<_> =
            schema.iter_errors(file).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        count += file["groups"].as_array().expect("groups").len();
    }
    assert_eq!(count, cases().expect("sound features").len(), "every case has a vector");
    // One of each provider is replayed.
    for file in &files {
        let vector = &file["groups"][0]["vectors"][0];
        let case = vector["comment"].as_str().and_then(|comment| comment.split(':').next()).expect("a case");
        let one = run(&["check", "--emit", "json", "--only", case]);
        let adapter = format!("{PROGRAM} adapter");
        let replayed = run(&["check", "--adapter", &adapter, "--replay", &one.stdout]);
        assert_eq!(replayed.code, 0, "{}", replayed.shown());
        assert!(replayed.stdout.contains("1 message"), "{}", replayed.stdout);
    }
}

/// Which variable has a provider's address, and that of this sandbox.
fn addresses(served: &Served) -> Vec<(&'static str, String)> {
    vec![
        ("BAMBORA_URL", served.bambora.clone()),
        ("BRP_BASE_URL", served.base()),
        ("FENA_URL", served.fena.clone()),
        ("FENERUM_URL", served.fenerum.clone()),
        ("FREEPAY_URL", served.freepay.clone()),
        ("QUICKPAY_URL", served.quickpay.clone()),
    ]
}

#[tokio::test]
async fn the_sandbox_takes_what_curl_sends() {
    if !found("curl", "the scripts that are printed") {
        return;
    }
    let served = Served::start(&[]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let addresses = addresses(&served);
    let variables: Vec<(&str, &str)> =
        addresses.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut taken = BTreeSet::new();
    for trial in awkward(3).concat() {
        let id = trial.case.operation.id();
        let script = printed("curl", trial, &[]);
        if script.stderr.contains("nothing to send") || script.stdout.contains("SHOP_URL") {
            continue;
        }
        assert_eq!(script.code, 0, "{}", script.shown());
        let sent = run_script("sh", folder.path(), &script.stdout, &variables);
        // Cards and customers are not made for this, and order ids of one second are the same.
        let is_unknown = ["resource_missing", "subscription_unknown", "email_unknown", "already exists"]
            .iter()
            .any(|word| sent.stdout.contains(word));
        assert!(!sent.stdout.contains("The hash is wrong"), "{}", sent.shown());
        assert!(sent.code == 0 || is_unknown, "{}: {}\n{}", trial.case.id, sent.shown(), script.stdout);
        taken.insert(id);
    }
    assert_eq!(taken.len(), 11, "{taken:?}");
    // It is the sandbox that decides: with another hash it does not take it.
    let trial = awkward(1).concat().into_iter().find(|trial| trial.case.operation.id() == "brp.link");
    let script = printed("curl", trial.expect("a link"), &[]).stdout;
    let (before, hash) = script.rsplit_once("hash=").expect("a hash");
    let wrong = format!("{before}hash={}", hash.replace(|c: char| c.is_ascii_hexdigit(), "0"));
    let refused = run_script("sh", folder.path(), &wrong, &variables);
    assert!(refused.stdout.contains("The hash is wrong"), "{}", refused.shown());
}

/// A request as its bytes came.
struct Came {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Takes one request.
fn take(listener: &TcpListener) -> Came {
    let (stream, _) = listener.accept().expect("a request");
    let mut reader = BufReader::new(stream);
    let mut next = || {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).expect("a line");
        String::from_utf8(line).expect("text").trim_end_matches(['\r', '\n']).to_owned()
    };
    let line = next();
    let lines = std::iter::from_fn(|| Some(next()).filter(|line| !line.is_empty()));
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().expect("a length"))];
    reader.read_exact(&mut body).expect("a body");
    let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer).expect("answered");
    Came { line, headers, body }
}

#[test]
fn a_shop_gets_from_curl_what_the_message_says() {
    if !found("curl", "the scripts that are printed") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let shop = format!("http://{}/back", listener.local_addr().expect("an address"));
    let mut operations = BTreeSet::new();
    for trial in awkward(3).concat() {
        let script = printed("curl", trial, &[]);
        if !script.stdout.contains("SHOP_URL") {
            continue;
        }
        let came = std::thread::scope(|scope| {
            let came = scope.spawn(|| take(&listener));
            let sent = run_script("sh", folder.path(), &script.stdout, &[("SHOP_URL", &shop)]);
            assert_eq!(sent.code, 0, "{}", sent.shown());
            came.join().expect("a request")
        });
        assert_came(trial, &came);
        operations.insert(trial.case.operation.id());
    }
    assert_eq!(operations.len(), 7, "{operations:?}");
    let trial = awkward(1).concat().into_iter().find(|trial| trial.case.operation.id() == "brp.return");
    let script = printed("curl", trial.expect("a return"), &[]).stdout;
    let alone = run_script("sh", folder.path(), &script, &[]);
    assert!(alone.code != 0 && alone.stderr.contains("SHOP_URL: set it to"), "{}", alone.shown());
}

fn assert_came(trial: &Trial, came: &Came) {
    let Trial { case, message, .. } = trial;
    let (method, target) = came.line.split_once(' ').expect("a request line");
    let target = target.strip_suffix(" HTTP/1.1").expect("a request line");
    let url = message.given("url");
    if !url.is_empty() {
        let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
        let got = target.strip_prefix("/back").expect("the shop's path").trim_start_matches('?');
        let pairs = |query: &str| form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        assert_eq!((method, pairs(got)), ("GET", pairs(query)), "{}", case.id);
        return;
    }
    assert_eq!((method, target), ("POST", "/back"), "{}", case.id);
    // A notification is signed anew, at the time at which it is printed.
    let now = jiff::Timestamp::now().as_second();
    let moments = (now - 20..=now).map(|moment| case.operation.at(message.clone(), moment));
    let messages: Vec<Message> = std::iter::once(message.clone()).chain(moments).collect();
    let is_it = |message: &Message| {
        let body = to_json(case.operation, message)["body"].as_str().map(|text| STANDARD.decode(text));
        body.is_some_and(|body| body.as_ref() == Ok(&came.body))
    };
    assert!(messages.iter().any(is_it), "{}: {}", case.id, String::from_utf8_lossy(&came.body));
    let wanted: Vec<_> =
        message.parameters.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    let got: Vec<_> =
        came.headers.iter().filter(|header| wanted.iter().any(|(name, _)| *name == header.0)).collect();
    assert_eq!(got, wanted.iter().collect::<Vec<_>>(), "{}", case.id);
}
