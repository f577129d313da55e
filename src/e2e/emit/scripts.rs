//! Scripts that ask an adapter, or code that is put into them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use provkassa::simulators::kit::scheme::Mistake;
use serde_json::json;

use super::{Trial, awkward, passes, printed, run_script};
use crate::support::{PROGRAM, found, run};

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
    for trial in awkward(1) {
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
