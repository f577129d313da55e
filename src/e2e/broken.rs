//! Adapters that break: found once, told apart from wrong signing, with what they wrote to stderr.

use std::fs;
use std::time::Instant;

use serde_json::Value;

use crate::mistakes::with_verdict;
use crate::support::{Ran, command, found, ran, root, run, run_in, snapshot};

/// The answer to `hello` of an adapter that only hashes.
pub(crate) const HELLO: &str =
    r#"{"id":0,"answer":{"protocol":1,"name":"x","language":"sh","ops":["brp.hash"]}}"#;

/// Runs `check` against a shell script.
fn check(script: &str, more: &[&str]) -> (Ran, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("adapter.sh"), script).expect("written");
    let base = [
        "check",
        "--adapter",
        "sh adapter.sh",
        "--report",
        "json=report.json",
        "--report",
        "junit=report.xml",
    ];
    let ran = run_in(folder.path(), &[&base, more].concat());
    let report = fs::read_to_string(folder.path().join("report.json")).expect("a report, whatever happens");
    let junit = fs::read_to_string(folder.path().join("report.xml")).expect("a report, whatever happens");
    crate::check::assert_is_xml(&junit);
    (ran, serde_json::from_str(&report).expect("JSON"))
}

/// What `check` makes of each of the faulty adapters: the exit code, and what the report says.
const FAULTS: [(&str, i32, &str); 35] = [
    ("a banner", 3, "it is not JSON"),
    ("silence from the start", 3, "no reply to hello"),
    ("an end before the greeting", 3, "ended with status 1"),
    ("not on this machine", 5, ""),
    ("a slow start", 0, ""),
    ("another protocol", 3, "speaks protocol 2"),
    ("a window of nothing", 3, "`window` is no whole number above 0"),
    ("a greeting without operations", 3, "`ops` is missing"),
    ("a hang", 3, "no reply to brp.hash"),
    ("a hang at the tenth", 3, "no reply to brp.hash"),
    ("a crash", 3, "ended with status 7"),
    ("a crash at every tenth", 3, "ended with status 7"),
    ("a closed stdout", 3, "closed its stdout"),
    ("half a line and a hang", 3, "no reply to brp.hash"),
    ("half a line and an end", 3, "it is not JSON"),
    ("an empty line", 3, "it is empty"),
    ("an endless line", 3, "longer than 1048576 bytes"),
    ("not UTF 8", 3, "it is not UTF-8"),
    ("a list", 3, "it is JSON, but no object"),
    ("an id of text", 3, "it has no `id` of a request"),
    ("a reply to nobody", 3, "no request 9999 waits"),
    ("every reply twice", 3, "waits"),
    ("a kind of reply that is none", 3, "which does not belong there"),
    ("two kinds of reply", 3, "exactly one of"),
    ("an unknown field beside the answer", 3, "which does not belong there"),
    ("an unknown field in the answer", 3, "an unknown field `algorithm`"),
    ("an answer without its field", 3, "lacks `hash`"),
    ("an answer of the wrong type", 3, "is not a string"),
    ("an error of its own", 3, "secret is not defined"),
    ("replies out of order", 0, ""),
    ("much on stderr", 0, ""),
    ("lines that end as in DOS", 0, ""),
    ("no end with stdin", 0, ""),
    ("a child that stays", 0, ""),
    ("a child that stays and a hang", 3, "no reply to brp.hash"),
];

/// Runs `check` against a faulty adapter.
fn check_faulty(fault: &str, mark: &str) -> (Ran, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter =
        format!("python3 '{}' '{fault}'", root().join("fixtures/adapters/faulty/adapter.py").display());
    let base =
        ["check", "--adapter", &adapter, "--report", "json=r.json", "--timeout", "1", "--start-timeout", "5"];
    let more = ["--only", "brp/hash", "--cases", "16"];
    let mut check = command(folder.path(), &[&base[..], &more].concat());
    let ran = ran(&check.env("MARK", mark).output().expect("the program starts"));
    let report = fs::read_to_string(folder.path().join("r.json")).expect("a report, whatever happens");
    (ran, serde_json::from_str(&report).expect("JSON"))
}

#[test]
fn a_faulty_adapter_is_found_once_and_shown_with_its_stderr() {
    if !found("python3", "adapters that are faulty") {
        return;
    }
    let mark = format!("child of {}", std::process::id());
    let mut story = String::new();
    for (name, code, says) in FAULTS {
        let began = Instant::now();
        let (ran, report) = check_faulty(name, &mark);
        assert!(began.elapsed().as_secs() < 60, "{name}: it waits for every case");
        assert_eq!(ran.code, code, "{name}: {}", ran.shown());
        assert!(with_verdict(&report, "fail").is_empty(), "{name}: an adapter's fault is no finding");
        story.push_str(&format!("{name}\n  exit {code}\n"));
        let broken = with_verdict(&report, "broken");
        // What concerns one message breaks its case alone, and so every case.
        let is_of_each =
            ["an error of its own", "an unknown field in the answer", "an answer without its field"];
        let is_of_each = is_of_each.contains(&name) || name == "an answer of the wrong type";
        let wanted = if is_of_each { report["cases"].as_array().map_or(0, Vec::len) } else { 1 };
        assert_eq!(broken.len(), if code == 3 { wanted } else { 0 }, "{name}: found once");
        let Some(broken) = broken.first() else { continue };
        let text = |field: &str| broken["fault"][field].as_str().expect("text");
        assert!(text("what").contains(says), "{name}: {}", text("what"));
        for line in text("stderr").lines() {
            assert!(ran.stdout.contains(line), "{name}: stderr is shown");
        }
        story.push_str(&format!(
            "  {}\n  {}\n  stderr: {}\n",
            text("what"),
            text("help"),
            text("stderr").trim()
        ));
    }
    snapshot("cli", "broken-adapters", &story);
    let left = std::process::Command::new("sh")
        .args(["-c", &format!("ps -eo args | grep -v grep | grep -c '{mark}'")])
        .output();
    let left = String::from_utf8_lossy(&left.expect("ps").stdout).trim().to_owned();
    assert!(left == "0" || left.is_empty(), "{left} left over");
}

#[test]
fn every_faulty_adapter_is_checked() {
    if !found("python3", "adapters that are faulty") {
        return;
    }
    let adapter = root().join("fixtures/adapters/faulty/adapter.py");
    let all = std::process::Command::new("python3").arg(adapter).output().expect("it starts");
    let all = String::from_utf8(all.stdout).expect("text");
    assert_eq!(all.lines().collect::<Vec<_>>(), FAULTS.map(|(name, ..)| name));
}

#[test]
fn a_crash_is_forgiven_once() {
    // It ends after the first answer, and works when it is started again.
    let script = format!(
        "if [ -e crashed ]; then again=1; fi\nread l\necho '{HELLO}'\nread l\nif [ -z \"$again\" ]; then touch crashed; exit 9; fi\n\
         while true; do id=$(echo \"$l\" | sed 's/.*\"id\":\\([0-9]*\\).*/\\1/'); echo \"{{\\\"id\\\":$id,\\\"rejected\\\":\\\"no\\\"}}\"; read l || exit 0; done"
    );
    let (ran, report) = check(&script, &["--only", "brp/hash/hex-is-lower-case", "--cases", "3"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(with_verdict(&report, "pass").len(), 1);
}

#[test]
fn what_an_adapter_does_not_do_is_unsupported_and_never_passed() {
    let hello = HELLO.replace("\"brp.hash\"", "");
    let (ran, report) = check(&format!("read l\necho '{hello}'\ncat >/dev/null"), &[]);
    assert_eq!(ran.code, 5, "nothing ran: {}", ran.shown());
    assert_eq!(report["totals"]["pass"], 0);
    let (ran, _) = check("exit 89", &[]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    let unsupported = format!(
        "read l\necho '{HELLO}'\nwhile read l; do id=$(echo \"$l\" | sed 's/.*\"id\":\\([0-9]*\\).*/\\1/'); \
         echo \"{{\\\"id\\\":$id,\\\"unsupported\\\":\\\"not yet\\\"}}\"; done"
    );
    let (ran, report) = check(&unsupported, &["--only", "brp/hash/text-is-utf-8", "--cases", "4"]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert_eq!(with_verdict(&report, "unsupported")[0]["why"], "not yet");
}

/// An adapter in Node whose code is `reply(request)`.
pub(crate) fn node(reply: &str) -> String {
    format!(
        "const ops=['brp.hash','brp.link','brp.return'];\n\
         const hello={{answer:{{protocol:1,name:'x',language:'js',ops,window:64}}}};\n\
         const {{createHash}}=require('node:crypto');\n\
         const right=r=>createHash('sha256').update(r.parameters.filter(([n])=>n!=='payeralias').sort(([a],[b])=>a<b?-1:a>b?1:0).map(([,v])=>v).join('')+r.secret).digest('hex');\n\
         let rest='';process.stdin.on('data',async c=>{{const lines=(rest+c).split('\\n');rest=lines.pop();\n\
         for(const l of lines){{const r=JSON.parse(l);const a=r.op==='hello'?hello:await ({reply})(r);\n\
         process.stdout.write(JSON.stringify({{id:r.id,...a}})+'\\n')}}}});\n"
    )
}

/// Runs `check` against such an adapter.
pub(crate) fn check_node(reply: &str, more: &[&str]) -> Option<(Ran, Value)> {
    if !found("node", "adapters that are wrong in their own ways") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.cjs"), node(reply)).expect("written");
    let base = ["check", "--adapter", "node a.cjs", "--report", "json=r.json"];
    let ran = run_in(folder.path(), &[&base, more].concat());
    let report = fs::read_to_string(folder.path().join("r.json")).expect("a report");
    Some((ran, serde_json::from_str(&report).expect("JSON")))
}

#[test]
fn what_is_supported_is_judged_beside_what_is_not() {
    // Most shops use one endpoint. This one uses it wrongly.
    let reply = "r=>r.endpoint==='payfororder'&&r.op==='brp.hash'?{answer:{hash:createHash('md5').update(right(r)).digest('hex')}}:{unsupported:'not ours'}";
    let Some((ran, report)) = check_node(reply, &[]) else { return };
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(with_verdict(&report, "fail").iter().any(|case| case["id"] == "brp/hash/secret-goes-last"));
    assert!(
        with_verdict(&report, "unsupported")
            .iter()
            .all(|case| !case["id"].as_str().expect("an id").starts_with("brp/hash/secret"))
    );
    let right =
        "r=>r.endpoint==='payfororder'&&r.op==='brp.hash'?{answer:{hash:right(r)}}:{unsupported:'not ours'}";
    let Some((ran, report)) = check_node(right, &[]) else { return };
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(
        with_verdict(&report, "unsupported").len(),
        report["cases"]
            .as_array()
            .expect("cases")
            .iter()
            .filter(|case| case["operation"] != "brp.hash" || case["id"] == "brp/hash/payeralias-is-left-out")
            .count()
    );
}

#[test]
fn a_case_that_passes_on_a_part_of_its_messages_says_so_and_rules_nothing_out() {
    // Leaves paymentmethodid out, and does not take the calls on which one case would have caught that.
    let reply = "r=>{if(r.op!=='brp.hash')return{unsupported:'no'};const has=n=>r.parameters.filter(([k])=>k===n).length;\
        if(has('receiptemail')>1&&has('paymentmethodid'))return{unsupported:'not both'};\
        return{answer:{hash:right({...r,parameters:r.parameters.filter(([n])=>n!=='paymentmethodid')})}}}";
    let Some((ran, report)) = check_node(reply, &[]) else { return };
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let emails = with_verdict(&report, "pass");
    let emails =
        emails.iter().find(|case| case["id"] == "brp/hash/every-receiptemail-counts").expect("it passes");
    assert!(emails["unsupported"].as_u64().is_some_and(|count| count > 0), "{emails}");
    assert!(ran.stdout.contains("messages are not supported by the adapter"), "{}", ran.stdout);
    for case in with_verdict(&report, "fail") {
        assert_eq!(case["finding"]["mistakes"][0], "brp.hash/paymentmethodid-left-out", "{case}");
    }
}

#[test]
fn an_error_of_its_own_breaks_its_case_alone() {
    let reply = "r=>r.op!=='brp.hash'?{unsupported:'no'}:r.endpoint.startsWith('swish')?{error:'no swish'}:{answer:{hash:right(r)}}";
    let Some((ran, report)) = check_node(reply, &[]) else { return };
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        with_verdict(&report, "broken").iter().any(|case| case["id"] == "brp/hash/payeralias-is-left-out")
    );
    assert!(with_verdict(&report, "not run").is_empty(), "the others are tried");
}

#[test]
fn an_adapter_that_answers_one_by_one_is_slow_and_not_silent() {
    let reply = "async r=>{await new Promise(f=>setTimeout(f,60));return{answer:{hash:right(r)}}}";
    let more = ["--timeout", "1", "--cases", "40", "--only", "brp/hash/hex-is-lower-case"];
    let Some((ran, _)) = check_node(reply, &more) else { return };
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn an_adapter_that_cannot_be_started_is_unreachable() {
    let ran = run(&["check", "--adapter", "no-such-program-here"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.stdout.contains("could not be started")
            && ran.stdout.contains("Give a program and its arguments")
    );
}
