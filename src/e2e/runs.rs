//! How `provkassa check` runs: parts, several adapters at once, bounds, and what the configuration says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use axum::routing::post;
use axum::{Json, Router};
use provkassa::adapter::reference::Reference;
use provkassa::adapter::{Hello, Integrator, Said, Session};
use provkassa::conformance::{Plan, Pool, cases, run as run_plan};
use provkassa::report::Reporters;
use provkassa::simulators::kit::operation::{Message, Operation};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::broken::HELLO;
use crate::mistakes::with_verdict;
use crate::support::{PROGRAM, Ran, command, ran, run, run_in};

/// Hands its input on line by line, at once; `$1` lines at most if that is said.
const FORWARD: &str = "forward() { n=0; while [ \"$n\" != \"$1\" ] && read -r l; do printf '%s\\n' \"$l\"; n=$((n+1)); done; }\n";

/// Runs `check` in a folder that holds this adapter, a shell script, and reads its JSON report.
fn check(folder: &Path, script: &str, more: &[&str]) -> (Ran, Value) {
    fs::write(folder.join("adapter.sh"), script).expect("written");
    let base = ["check", "--adapter", "sh adapter.sh", "--report", "json=report.json"];
    let ran = run_in(folder, &[&base, more].concat());
    let report = fs::read_to_string(folder.join("report.json"));
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", ran.shown()));
    (ran, serde_json::from_str(&report).expect("JSON"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The reasons for which cases were not run.
fn reasons(report: &Value) -> BTreeSet<&str> {
    with_verdict(report, "not run").iter().map(|case| case["why"].as_str().expect("text")).collect()
}

/// How often an adapter was started that notes it in `starts`.
fn starts(folder: &Path) -> usize {
    fs::read_to_string(folder.join("starts")).expect("it was started").lines().count()
}

fn without_times(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("seconds");
            fields.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

#[test]
fn what_is_found_does_not_depend_on_how_many_cases_are_tried_at_once() {
    let script =
        format!("echo $$ >> starts\nexec '{PROGRAM}' adapter --mistake brp.hash/returnurl-percent-encoded");
    let reports = ["1", "3", "auto"].map(|jobs| {
        let folder = folder();
        let more = ["--jobs", jobs, "--only", "brp/hash,brp/return", "--cases", "24"];
        let (ran, mut report) = check(folder.path(), &script, &more);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        if let Ok(jobs) = jobs.parse::<usize>() {
            assert_eq!(starts(folder.path()), jobs, "each is a process of its own");
        }
        without_times(&mut report);
        report
    });
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}

#[test]
fn as_many_cases_are_under_way_as_there_are_jobs() {
    // Each process answers once another has been asked too.
    let script = format!(
        "{FORWARD}{{ forward 1; read -r l; touch in-$$; until [ $(ls in-* | wc -l) -ge 2 ]; do sleep 0.05; done\n\
         printf '%s\\n' \"$l\"; forward; }} | '{PROGRAM}' adapter"
    );
    for (jobs, code) in [("2", 0), ("1", 3)] {
        let more = ["--jobs", jobs, "--only", "brp/hash", "--cases", "2", "--timeout", "4"];
        let (ran, report) = check(folder().path(), &script, &more);
        assert_eq!(ran.code, code, "{}", ran.shown());
        assert_eq!(with_verdict(&report, "broken").len(), usize::from(code == 3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_one_server_gets_the_messages_of_several_cases() {
    // It answers about hashes once it has been asked about a return too, and the other way round.
    let met = Arc::new((AtomicUsize::new(0), Notify::new()));
    let app = Router::new().route(
        "/",
        post(move |Json(request): Json<Value>| {
            let met = Arc::clone(&met);
            async move {
                let bit = match request["op"].as_str().expect("text") {
                    "brp.hash" => 1,
                    "brp.return" => 2,
                    _ => {
                        let mut hello: Value = serde_json::from_str(HELLO).expect("JSON");
                        hello["answer"]["ops"] = json!(["brp.hash", "brp.return"]);
                        hello["answer"]["window"] = json!(64);
                        return Json(hello);
                    }
                };
                let (seen, changed) = &*met;
                seen.fetch_or(bit, Ordering::SeqCst);
                changed.notify_waiters();
                while seen.load(Ordering::SeqCst) != 3 {
                    let _ = tokio::time::timeout(Duration::from_millis(50), changed.notified()).await;
                }
                Json(json!({"id": request["id"], "rejected": "no"}))
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let only = "brp/hash/hex-is-lower-case,brp/return/any-code-is-failure";
    let check = |jobs| {
        run(&["check", "--adapter", &url, "--jobs", jobs, "--only", only, "--cases", "2", "--timeout", "2"])
    };
    let alone = check("1");
    assert_eq!(alone.code, 3, "{}", alone.shown());
    let both = check("2");
    assert!(both.code < 2, "{}", both.shown());
}

/// Answers as the reference does, once two cases have asked it.
#[derive(Debug)]
struct InPairs {
    reference: Reference,
    asked: AtomicUsize,
    pair: Barrier,
}

impl Integrator for InPairs {
    fn hello(&self) -> Hello {
        self.reference.hello()
    }

    fn answer(&self, operation: &dyn Operation, message: &Message) -> Said {
        if self.asked.fetch_add(1, Ordering::SeqCst) < 2 {
            self.pair.wait();
        }
        self.reference.answer(operation, message)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn code_of_this_process_is_asked_about_several_cases_at_once() {
    let asked = AtomicUsize::new(0);
    let integrator = InPairs { reference: Reference(Vec::new()), asked, pair: Barrier::new(2) };
    let mut chosen = cases().expect("cases");
    chosen.retain(|case| case.id.starts_with("brp/hash/"));
    let ids: Vec<String> = chosen.iter().map(|case| case.id.clone()).collect();
    let plan = Plan { cases: chosen, count: 4, state: None, ..Plan::default() };
    let pool = Pool::shared(Session::of(Arc::new(integrator)), 2);
    let mut nobody = Reporters::default();
    let run = run_plan(&plan, Ok(pool), &mut nobody, std::future::pending());
    let summary = tokio::time::timeout(Duration::from_secs(60), run).await.expect("two cases at once");
    assert_eq!(summary.count("pass"), ids.len());
    let reported: Vec<String> = summary.results.iter().map(|result| result.case.id.clone()).collect();
    assert_eq!(reported, ids, "in the order of the plan");
}

#[test]
fn one_of_several_adapters_that_crashes_is_started_again_once() {
    let folder = folder();
    let script = format!(
        "{FORWARD}echo $$ >> starts\n\
         if mkdir crashed 2>/dev/null; then forward 9 | '{PROGRAM}' adapter; else exec '{PROGRAM}' adapter; fi"
    );
    let more = ["--jobs", "2", "--only", "brp/hash", "--cases", "12"];
    let (ran, report) = check(folder.path(), &script, &more);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(with_verdict(&report, "pass").len() > 5);
    assert_eq!(starts(folder.path()), 3);
}

#[test]
fn after_an_adapter_breaks_no_case_is_begun() {
    // Each answers some cases, and none goes on for long after its one restart.
    let script = format!("{FORWARD}echo $$ >> starts\nforward 40 | '{PROGRAM}' adapter");
    let folder = folder();
    let more = ["--jobs", "2", "--only", "brp,fena", "--cases", "12"];
    let (ran, report) = check(folder.path(), &script, &more);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let broken = with_verdict(&report, "broken");
    assert!((1..=2).contains(&broken.len()), "one case each at most: {broken:#?}");
    assert!(!with_verdict(&report, "pass").is_empty(), "what was found before is true");
    assert_eq!(reasons(&report), BTreeSet::from(["the adapter broke"]));
    assert!(starts(folder.path()) <= 4);
}

#[test]
fn an_adapter_that_cannot_be_started_twice_is_told_what_to_do() {
    let script = format!(
        "mkdir port 2>/dev/null || {{ echo 'the address is in use' >&2; exit 1; }}\nexec '{PROGRAM}' adapter"
    );
    let only = ["--only", "brp/hash", "--cases", "2"];
    let (twice, report) = check(folder().path(), &script, &[&["--jobs", "2"], &only[..]].concat());
    assert_eq!(twice.code, 3, "{}", twice.shown());
    assert!(twice.stderr.contains("needs --jobs 1"), "{}", twice.stderr);
    assert!(report.to_string().contains("the address is in use"));
    assert_eq!(
        check(folder().path(), &script, &only).0.code,
        0,
        "one at a time, unless it is asked for more"
    );
}

#[test]
fn a_run_ends_after_so_many_failures() {
    let script = format!("exec '{PROGRAM}' adapter --mistake brp.hash/returnurl-percent-encoded");
    let more = ["--only", "brp/hash", "--cases", "12", "--max-failures"];
    let (ran, report) = check(folder().path(), &script, &[&more[..], &["2"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(with_verdict(&report, "fail").len(), 2);
    assert_eq!(reasons(&report), BTreeSet::from(["enough cases had failed (--max-failures 2)"]));
    let (_, all) = check(folder().path(), &script, &[&more[..], &["1000"]].concat());
    assert!(with_verdict(&all, "fail").len() > 2 && reasons(&all).is_empty());
}

#[test]
fn a_run_ends_when_its_time_is_up_and_does_not_conform() {
    // It answers about hashes and about nothing else.
    let hangs = |mistake: &str| {
        format!(
            "while read -r l; do case \"$l\" in *brp.return*) sleep 600;; *) printf '%s\\n' \"$l\";; esac; done \
             | '{PROGRAM}' adapter {mistake}"
        )
    };
    let more = ["--only", "brp/hash,brp/return", "--cases", "4", "--timeout", "600", "--max-time", "5"];
    for (mistake, code) in [("", 124), ("--mistake brp.hash/upper-case-hex", 1)] {
        let began = Instant::now();
        let (ran, report) = check(folder().path(), &hangs(mistake), &more);
        assert!(began.elapsed() < Duration::from_secs(60));
        assert_eq!(ran.code, code, "{}", ran.shown());
        assert_eq!(report["exit"], code);
        assert!(!with_verdict(&report, "pass").is_empty(), "what was found until then is reported");
        assert_eq!(reasons(&report), BTreeSet::from(["the 5 s of --max-time were up"]));
    }
    let enough = ["--only", "brp/hash", "--cases", "2", "--max-time", "600"];
    assert_eq!(check(folder().path(), &format!("exec '{PROGRAM}' adapter"), &enough).0.code, 0);
}

#[test]
fn parts_share_the_cases_among_machines() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let listed = run(&[&["check", "--list"], arguments].concat());
        listed.stdout.lines().map(|line| line.split(' ').next().expect("an id").to_owned()).collect()
    };
    let all = ids(&["--skip", "fena"]);
    for by in ["hash", "slice"] {
        let part = |part| ids(&["--skip", "fena", "--partition", &format!("{by}:{part}/3")]);
        let mut together = [part(1), part(2), part(3)].concat();
        assert_eq!(together.len(), all.len());
        together.sort();
        let mut sorted = all.clone();
        sorted.sort();
        assert_eq!(together, sorted, "{by}");
    }
    let adapter = format!("{PROGRAM} adapter");
    let one = ["check", "--adapter", &adapter, "--only", "brp/hash/secret-goes-last", "--partition"];
    assert_eq!(run(&[&one[..], &["slice:1/2"]].concat()).code, 0);
    let empty = run(&[&one[..], &["slice:2/2"]].concat());
    assert_eq!(empty.code, 5);
    assert!(empty.stderr.contains("`--partition slice:2/2` takes out the last 1."), "{}", empty.stderr);
    for wrong in ["hash:0/2", "hash:3/2", "half"] {
        let ran = run(&[&one[..], &[wrong]].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains("give hash:1/3 or slice:1/3"), "{}", ran.stderr);
    }
}

#[test]
fn the_file_says_how_to_check_the_environment_beats_it_and_a_flag_beats_both() {
    let folder = folder();
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("made");
    let file = folder.path().join("provkassa.toml");
    let text = format!(
        "[adapter]\ncommand = ['{PROGRAM}', 'adapter', '--mistake', 'brp.hash/returnurl-percent-encoded']\n\n\
         [check]\nseed = 5\ncases = 12\nonly = ['brp/hash']\nskip = ['brp/hash/secret-goes-last']\n\
         fail_fast = true\nreport = ['json=reports/${{NAME}}.json']\nstate = 'kept'\njobs = 1\n"
    );
    fs::write(&file, &text).expect("written");
    let check = |variables: &[(&str, &str)], flags: &[&str]| {
        let _ = fs::remove_file(folder.path().join("reports/r.json"));
        let mut check = command(&below, &[&["check"], flags].concat());
        check.env("NAME", "r").envs(variables.iter().copied());
        let ran = ran(&check.output().expect("started"));
        let report = fs::read_to_string(folder.path().join("reports/r.json"));
        let report = report.unwrap_or_else(|error| panic!("{error}: {}", ran.shown()));
        (ran, serde_json::from_str::<Value>(&report).expect("JSON"))
    };
    let (ran, report) = check(&[], &[]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(report["seed"], 5);
    let ids: Vec<&str> =
        report["cases"].as_array().expect("cases").iter().filter_map(|case| case["id"].as_str()).collect();
    assert!(
        ids.iter().all(|id| id.starts_with("brp/hash/") && *id != "brp/hash/secret-goes-last"),
        "{ids:?}"
    );
    assert_eq!(with_verdict(&report, "fail").len(), 1, "it stops at the first");
    assert_eq!(fs::read_dir(folder.path().join("kept")).expect("the state").count(), 1);

    let (_, report) = check(&[("PROVKASSA_SEED", "6"), ("PROVKASSA_FAIL_FAST", "false")], &[]);
    assert_eq!(report["seed"], 6);
    assert!(with_verdict(&report, "fail").len() > 1);
    let (_, report) =
        check(&[("PROVKASSA_SEED", "6"), ("PROVKASSA_FAIL_FAST", "false")], &["--seed", "7", "--fail-fast"]);
    assert_eq!(report["seed"], 7);
    assert_eq!(with_verdict(&report, "fail").len(), 1);
    let (_, report) = check(&[], &["--fail-fast=false", "--max-failures", "2"]);
    assert_eq!(with_verdict(&report, "fail").len(), 2);

    fs::write(&file, text.replace("fail_fast", "failfast")).expect("written");
    let ran = run_in(&below, &["check"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("provkassa.toml, line 9: there is no key `check.failfast`"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("Did you mean `check.fail_fast`?"), "{}", ran.stderr);
}

#[test]
fn an_interrupted_run_leaves_no_adapter_behind() {
    let folder = folder();
    // Each answers the greeting and some cases, and then waits for ever.
    let script = format!(
        "echo $$ >> starts\n{FORWARD}{{ forward 30; touch asked; sleep 600; }} | '{PROGRAM}' adapter"
    );
    fs::write(folder.path().join("adapter.sh"), script).expect("written");
    let arguments = [
        "check",
        "--adapter",
        "sh adapter.sh",
        "--jobs",
        "2",
        "--cases",
        "12",
        "--timeout",
        "600",
        "--report",
        "json=report.json",
    ];
    let mut check = command(folder.path(), &arguments);
    let started = check.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut child = started.expect("started");
    while !folder.path().join("asked").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let kill = |signal: &str, process: &str| {
        Command::new("kill").args([signal, process]).stderr(Stdio::null()).status().expect("kill").success()
    };
    assert!(kill("-TERM", &child.id().to_string()));
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    let report = fs::read_to_string(folder.path().join("report.json")).expect("a report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert!(!with_verdict(&report, "pass").is_empty());
    assert_eq!(reasons(&report), BTreeSet::from(["the run was interrupted"]));
    assert_eq!(starts(folder.path()), 2);
    let processes = fs::read_to_string(folder.path().join("starts")).expect("they were started");
    for process in processes.lines() {
        let until = Instant::now() + Duration::from_secs(5);
        while kill("-0", process) {
            assert!(Instant::now() < until, "{process} goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
