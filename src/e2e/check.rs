//! `provkassa check`: counterexamples, replay, filters, reports, the schemas.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::broken::check_node;
use crate::mistakes::{report, with_verdict};
use crate::support::{PROGRAM, Ran, command, found, ran, root, run, run_in};

const WRONG: &str = "brp.hash/returnurl-percent-encoded";

fn wrong() -> String {
    format!("{PROGRAM} adapter --mistake {WRONG}")
}

fn right() -> String {
    format!("{PROGRAM} adapter")
}

/// Panics where the text is not well-formed XML.
pub(crate) fn assert_is_xml(text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return,
            Ok(_) => {}
            Err(error) => panic!("{error} in {text}"),
        }
    }
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(root().join("fixtures/protocol").join(name)).expect("a schema");
    serde_json::from_str(&text).expect("JSON")
}

fn assert_fits(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).expect("a schema");
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Panics where JSON does not fit a schema of `fixtures/protocol`.
pub(crate) fn assert_fits_schema(name: &str, value: &Value) {
    assert_fits(&schema(name), value);
}

/// Panics where a JSON report has not its shape.
pub(crate) fn assert_is_report(report: &Value) {
    assert_fits(&schema("report.schema.json"), report);
}

/// A finding's replay command, carried out by a shell.
fn replay(folder: &Path, command: &str) -> Ran {
    let command = command.replacen("provkassa", &format!("'{PROGRAM}'"), 1);
    ran(&std::process::Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("a shell"))
}

#[test]
fn a_counterexample_is_small_saved_tried_first_and_replayed_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let only = ["--only", "brp/hash/returnurl-is-hashed-decoded"];
    let check = |adapter: &str, more: &[&str]| {
        run_in(
            folder.path(),
            &[&["check", "--adapter", adapter, "--report", "json=r.json"], &only[..], more].concat(),
        )
    };
    let found = check(&wrong(), &[]);
    assert_eq!(found.code, 1);
    let saved = folder.path().join(".provkassa/brp-hash-returnurl-is-hashed-decoded.json");
    let counterexample: Value =
        serde_json::from_str(&fs::read_to_string(&saved).expect("saved")).expect("JSON");
    assert_eq!(
        counterexample["message"],
        json!({"endpoint": "payfororder", "parameters": [["orderid", "1"], ["returnurl", "http://a"]], "secret": "s"})
    );

    // It is tried first, and nothing can be made smaller.
    fs::write(&saved, counterexample.to_string()).expect("written");
    let again = check(&wrong(), &["--cases", "1"]);
    assert_eq!(again.code, 1);
    let tried = json_of(&folder.path().join("r.json"));
    assert_eq!(tried["cases"][0]["tried"], 4, "the saved message, two vectors and a generated one");
    assert_eq!(tried["cases"][0]["finding"]["shrunk_in"], 0);

    // The printed command needs nothing but the program.
    let command = tried["cases"][0]["finding"]["replay"].as_str().expect("a command").to_owned();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let replayed = replay(elsewhere.path(), &command);
    assert_eq!(replayed.code, 1, "{}", replayed.shown());
    assert!(
        replayed.stdout.contains("1 message,") && replayed.stdout.contains("you percent-encoded returnurl")
    );
    assert!(!elsewhere.path().join(".provkassa").exists(), "a replay saves nothing");
    let healed = replay(elsewhere.path(), &command.replace(&format!(" --mistake {WRONG}"), ""));
    assert_eq!(healed.code, 0, "{}", healed.shown());
    let by_file =
        run_in(folder.path(), &["check", "--adapter", &wrong(), "--replay", &saved.display().to_string()]);
    assert_eq!(by_file.code, 1);
    // The integrator has put it right: the run is clean, the message is still tried.
    assert_eq!(check(&right(), &[]).code, 0);
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a report")).expect("JSON")
}

#[test]
fn the_seed_fixes_the_messages() {
    let message = |seed: &str| {
        let (_, report) =
            report(&wrong(), &["--seed", seed, "--only", "brp/link/it-is-signed", "--cases", "1"]);
        let case = report["cases"][0].clone();
        (case["finding"]["failed"].clone(), case["finding"]["message"].clone(), report["seed"].clone())
    };
    assert_eq!(message("5"), message("5"));
    assert_eq!(message("5").2, 5);
}

#[test]
fn cases_are_chosen_and_a_choice_of_nothing_is_an_error() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let listed = run(&[&["check", "--list"], arguments].concat());
        assert_eq!(listed.code, 0, "{}", listed.stderr);
        listed.stdout.lines().map(|line| line.split(' ').next().expect("an id").to_owned()).collect()
    };
    let all = ids(&[]);
    assert!(all.len() >= 15);
    assert!(ids(&["--only", "brp/return"]).iter().all(|id| id.starts_with("brp/return/")));
    assert!(ids(&["--skip", "brp/hash"]).iter().all(|id| !id.starts_with("brp/hash/")));
    assert!(ids(&["--level", "must"]).len() < all.len());
    let unknown = run(&["check", "--adapter", &right(), "--only", "brp/hash/secret-goes-lst"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("Did you mean `brp/hash/secret-goes-last`?"), "{}", unknown.stderr);
    let nothing = run(&["check", "--adapter", &right(), "--only", "brp/return", "--skip", "brp"]);
    assert_eq!(nothing.code, 5);
    let why = "`--only brp/return` takes out ";
    assert!(nothing.stderr.contains(why) && nothing.stderr.contains(", `--skip brp` takes out the last 5."));
    let unknown = run(&["check", "--adapter", &right(), "--skip", "brp/hsh"]);
    assert!(unknown.stderr.contains("no case is called `brp/hsh` (--skip)"), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("Did you mean `brp/hash`?"), "{}", unknown.stderr);
    let first = report(&wrong(), &["--fail-fast"]).1;
    assert_eq!(with_verdict(&first, "fail").len(), 1);
}

#[test]
fn tags_choose_the_cases_that_have_all_of_them() {
    let listed = |arguments: &[&str]| run(&[&["check", "--list"], arguments].concat());
    let tagged = |tags: &str| listed(&["--tags", tags]).stdout.lines().map(str::to_owned).collect::<Vec<_>>();
    let (must, both) = (tagged("must"), tagged("must,documented"));
    assert!(both.len() < must.len() && both.iter().all(|line| must.contains(line)), "{both:#?}");
    assert!(both.iter().all(|line| line.contains(" MUST ") && line.contains("[must,documented,")));
    assert!(tagged("fena,assumed").iter().all(|line| line.starts_with("fena/") && line.contains(" SHOULD ")));
    let vectors = tagged("vectors");
    assert!(vectors.iter().any(|line| line.starts_with("brp/hash/documented-examples ")), "{vectors:#?}");
    assert!(vectors.len() < must.len());
    let about = tagged("brp,about:returnurl");
    assert!(!about.is_empty() && about.iter().all(|line| line.contains(",about:returnurl")), "{about:#?}");

    let unknown = listed(&["--tags", "documentd"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("Did you mean `documented`?"), "{}", unknown.stderr);
    let unknown = listed(&["--tags", "smoke"]).stderr;
    assert!(unknown.contains("assumed") && unknown.contains("about:WORD"), "{unknown}");
    let neither = listed(&["--tags", "must,should"]);
    assert_eq!(neither.code, 5);
    assert!(neither.stderr.contains("`--tags must,should` takes out all."), "{}", neither.stderr);

    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("provkassa.toml"), "[check]\ntags = [\"brp\", \"should\"]\n")
        .expect("written");
    let configured = run_in(folder.path(), &["check", "--list"]).stdout;
    assert_eq!(configured.lines().collect::<Vec<_>>(), tagged("brp,should"));
    let flag = command(folder.path(), &["check", "--list"]).env("PROVKASSA_TAGS", "fena").output();
    let flag = ran(&flag.expect("started")).stdout;
    assert_eq!(flag.lines().collect::<Vec<_>>(), tagged("fena"));
    let (_, report) = report(&right(), &["--only", "brp/hash/documented-examples"]);
    assert_eq!(report["cases"][0]["tags"], serde_json::json!(["must", "documented", "brp", "vectors"]));
}

#[test]
fn reports_have_their_shape_whatever_the_payload() {
    let schema = schema("report.schema.json");
    for adapter in [
        right(),
        wrong(),
        format!("{PROGRAM} adapter --mistake brp.hash/secret-newline"),
        "no-such-program".to_owned(),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let ran = run_in(
            folder.path(),
            &["check", "--adapter", &adapter, "--report", "json=a/r.json", "--report", "junit=b/r.xml"],
        );
        assert_fits(&schema, &json_of(&folder.path().join("a/r.json")));
        let junit = fs::read_to_string(folder.path().join("b/r.xml")).expect("a report");
        assert_is_xml(&junit);
        assert_eq!(junit.contains("<failure"), ran.code == 1, "{adapter}");
        assert_eq!(junit.contains("<error"), ran.code == 3, "{adapter}");
        assert!(junit.contains("testsuite name=\"brp.hash\""));
    }
}

#[test]
fn the_adapter_protocol_and_the_vectors_fit_their_schemas() {
    let all: Value = serde_json::from_str(&run(&["vectors"]).stdout).expect("JSON");
    let all = all.as_array().expect("a list");
    assert_eq!(all.len(), provkassa::simulators::PROVIDERS.len());
    for vectors in all {
        assert_fits(&schema("vectors.schema.json"), vectors);
    }

    // What the reference integrator answers, and what is sent to it, by the vectors' own messages.
    let adapter = schema("adapter.schema.json");
    let part = |name: &str| {
        let mut part = adapter.clone();
        let fields = part.as_object_mut().expect("object");
        fields.retain(|key, _| key == "$defs" || key == "$schema");
        fields.insert("$ref".to_owned(), json!(format!("#/$defs/{name}")));
        part
    };
    let (request, reply) = (part("Request"), part("Reply"));
    let mut lines = vec![json!({"id": 0, "op": "hello", "protocol": 1})];
    for group in all.iter().flat_map(|vectors| vectors["groups"].as_array().expect("groups")) {
        for vector in group["vectors"].as_array().expect("vectors") {
            let mut line = vector["message"].clone();
            line["id"] = json!(lines.len());
            line["op"] = group["operation"].clone();
            lines.push(line);
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    for line in &lines {
        assert_fits(&request, line);
    }
    let mut asked: Vec<String> = lines.iter().map(Value::to_string).collect();
    asked.extend(
        ["{\"id\":900,\"op\":\"brp.nothing\"}", "{\"id\":901,\"op\":\"brp.hash\"}", "nonsense"]
            .map(String::from),
    );
    // A file, for the adapter answers before it has read all, and pipes hold only so much.
    let input = folder.path().join("requests");
    fs::write(&input, asked.join("\n") + "\n").expect("written");
    let adapter = command(folder.path(), &["adapter"])
        .stdin(fs::File::open(&input).expect("opened"))
        .output()
        .expect("started");
    let replies = String::from_utf8(adapter.stdout).expect("text");
    let replies: Vec<Value> = replies.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(replies.len(), lines.len() + 3);
    for answer in &replies[..lines.len() + 2] {
        assert_fits(&reply, answer);
    }
    let kinds: Vec<bool> = ["unsupported", "rejected", "error"]
        .iter()
        .zip(&replies[lines.len()..])
        .map(|(kind, reply)| reply.get(kind).is_some())
        .collect();
    assert_eq!(kinds, [true, true, true]);
}

#[test]
fn the_configuration_file_names_the_adapter() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("deep/down");
    fs::create_dir_all(&below).expect("made");
    let file = folder.path().join("provkassa.toml");
    let mistaken = "--mistake brp.return/error-ignored";
    fs::write(folder.path().join("adapter.sh"), format!("exec {PROGRAM} adapter $MISTAKE\n"))
        .expect("written");
    fs::write(&file, "[adapter]\ncommand = [\"sh\", \"adapter.sh\"]\n").expect("written");
    let only = ["check", "--only", "brp/return"];
    assert_eq!(run_in(&below, &only).code, 0, "it is found upward, and its command is run where it lies");
    let wrong = command(&below, &only).env("MISTAKE", mistaken).output().expect("started");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(folder.path().join(".provkassa").is_dir() && !below.join(".provkassa").exists());
    fs::write(&file, "[adapter]\ncomand = [\"x\"]\n").expect("written");
    let ran = run_in(&below, &["check"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("provkassa.toml") && ran.stderr.contains("Did you mean `adapter.command`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn nothing_is_no_number_of_messages_and_a_message_belongs_to_its_operation() {
    let ran = run(&["check", "--adapter", &right(), "--cases", "0"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let other = json!({"case": "brp/hash/secret-goes-last", "operation": "brp.return", "message": {"endpoint": "payfororder", "url": "http://a?error="}});
    let ran = run(&["check", "--adapter", &right(), "--replay", &other.to_string()]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is about brp.hash, not brp.return"), "{}", ran.stderr);
}

#[test]
fn an_interrupted_run_reports_what_it_found_and_does_not_conform() {
    if !found("node", "an adapter that hangs half-way") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let reply = "async r=>{if(r.op!=='brp.hash'){require('node:fs').writeFileSync('asked','');await new Promise(()=>{})}return{answer:{hash:right(r)}}}";
    fs::write(folder.path().join("a.cjs"), crate::broken::node(reply)).expect("written");
    let arguments = ["check", "--adapter", "node a.cjs", "--timeout", "600", "--report", "json=r.json"];
    let started = command(folder.path(), &arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = started.expect("started");
    while !folder.path().join("asked").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    assert_eq!(child.wait().expect("ended").code(), Some(130), "nothing had failed, and not all was tried");
    let report = json_of(&folder.path().join("r.json"));
    assert!(!with_verdict(&report, "pass").is_empty());
    assert!(with_verdict(&report, "not run").iter().all(|case| case["why"] == "the run was interrupted"));
}

#[test]
fn one_answer_to_everything_is_called_that() {
    let reply = "r=>r.op==='brp.hash'?{answer:{hash:'a1b2'.repeat(16)}}:{unsupported:'no'}";
    let Some((ran, report)) = check_node(reply, &["--only", "brp/hash", "--cases", "32"]) else { return };
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let said = format!("you answered `{}` to every message: is the answer hard-coded?", "a1b2".repeat(16));
    assert!(ran.stdout.contains(" messages of this case got this answer"), "{}", ran.stdout);
    let fails = with_verdict(&report, "fail");
    assert!(fails.iter().filter(|case| case["finding"]["headline"] == said).count() > 8, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches(&said).count(), 1, "told once: {}", ran.stdout);
    assert_eq!(ran.stdout.matches("--emit node").count(), 1, "once a run: {}", ran.stdout);

    let right = "r=>r.op==='brp.hash'?{answer:{hash:right(r)}}:{unsupported:'no'}";
    let Some((ran, _)) = check_node(right, &["--only", "brp/hash", "--cases", "8"]) else { return };
    assert!(!ran.stdout.contains("hard-coded"), "{}", ran.stdout);
}

#[test]
fn an_answer_that_wavers_is_called_that() {
    let reply = "r=>r.op!=='brp.hash'?{unsupported:'no'}:{answer:{hash:String(Math.random())}}";
    let Some((ran, report)) = check_node(reply, &["--only", "brp/hash/secret-goes-last"]) else {
        return;
    };
    assert_eq!(ran.code, 1);
    let headline = report["cases"][0]["finding"]["headline"].as_str().expect("text");
    assert!(headline.contains("changes from one time to the next"), "{headline}");
}

#[test]
fn an_unknown_mistake_is_one_finding_that_blames_nothing() {
    // Lower-cases the return URL: no mistake of ours.
    let reply = "r=>r.op!=='brp.hash'?{unsupported:'no'}:{answer:{hash:right({...r,parameters:r.parameters.map(([n,v])=>[n,n==='returnurl'?v.toLowerCase()+'/':v])})}}";
    let Some((ran, report)) = check_node(reply, &[]) else { return };
    assert_eq!(ran.code, 1);
    assert!(with_verdict(&report, "fail").len() > 5);
    assert_eq!(ran.stdout.matches("smallest failing message").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("right, but it fails as soon as `returnurl` is there"), "{}", ran.stdout);
    assert!(
        with_verdict(&report, "fail").iter().all(|case| case["finding"]["mistakes"] == serde_json::json!([]))
    );
}

#[test]
fn a_shop_that_asks_for_the_receipt_too_is_right() {
    // Safer than it need be: paid only with an empty error and a receipt.
    let reply = "r=>{if(r.op!=='brp.return')return{unsupported:'no'};const q=new URL(r.url).searchParams;const last=n=>q.getAll(n).at(-1)||null;\
        const n={brpinvoice:'invoiceid',creatercpmandate:null}[r.endpoint];const id=n===undefined?'receiptid':n;\
        const paid=q.getAll('error').at(-1)===''&&(id===null||last(id));\
        const a={outcome:paid?'paid':'failed',error:last('error')};if(id)a[id]=last(id);return{answer:a}}";
    for seed in ["1", "2", "3", "4", "5"] {
        let Some((ran, _)) = check_node(reply, &["--seed", seed]) else { return };
        assert_eq!(ran.code, 0, "{}", ran.stdout);
    }
}
