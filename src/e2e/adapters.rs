//! The adapters that ship, over either transport, and servers that make bad adapters.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};

use crate::broken::HELLO;
use crate::mistakes::{report, with_verdict};
use crate::ports::free_port;
use crate::support::{command, found, has, ran, root, run};

/// A program, and the adapter that it runs.
pub(crate) type Shipped = (&'static str, &'static str);

pub(crate) const NODE: Shipped = ("node", "fixtures/adapters/node/adapter.mjs");
pub(crate) const PYTHON: Shipped = ("python3", "fixtures/adapters/python/adapter.py");
pub(crate) const PHP: Shipped = ("php", "fixtures/adapters/php/adapter.php");

/// Whether an adapter has the libraries with which it makes tokens and reads XML; in CI it must.
pub(crate) fn has_libraries((program, file): Shipped) -> bool {
    let folder = root().join(file).parent().expect("a folder").to_owned();
    let (arguments, install) = match program {
        "node" => (
            ["-e", "require('jwt-simple'), require('@xmldom/xmldom')"],
            "npm install --prefix fixtures/adapters/node",
        ),
        "python3" => {
            (["-c", "import jwt"], "python3 -m pip install -r fixtures/adapters/python/requirements.txt")
        }
        _ => (["-r", "exit(extension_loaded('simplexml') ? 0 : 1);"], "apt-get install php-xml"),
    };
    let there = Command::new(program).args(arguments).current_dir(folder).stderr(Stdio::null()).status();
    has(there.is_ok_and(|status| status.success()), &format!("a library of {program}'s adapter"), install)
}

/// A shipped adapter's own files in a folder of their own, without its libraries.
pub(crate) fn copied((_, file): Shipped) -> tempfile::TempDir {
    let adapter = root().join(file);
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(adapter.parent().expect("a folder")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    folder
}

/// A shipped adapter that serves HTTP; it is ended when this is dropped.
struct Listening {
    child: Child,
    url: String,
}

impl Listening {
    /// None where the program is not installed.
    fn start((program, file): Shipped) -> Option<Self> {
        if !found(program, "a reference adapter over HTTP") {
            return None;
        }
        if program == "php" {
            return Some(Self::start_php(file));
        }
        let mut child = Command::new(program)
            .arg(root().join(file))
            .args(["--http", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let stdout = child.stdout.take().expect("a pipe");
        let mut listening = Self { child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim_end().strip_prefix("listening on ");
        url.unwrap_or_else(|| panic!("it printed {line:?}")).clone_into(&mut listening.url);
        Some(listening)
    }

    /// PHP's own server with the adapter for its router.
    fn start_php(file: &str) -> Self {
        let free = std::net::SocketAddr::from(([127, 0, 0, 1], free_port()));
        let child = Command::new("php")
            .args(["-S", &free.to_string()])
            .arg(root().join(file))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let listening = Self { child, url: format!("http://{free}/") };
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(free).is_err() {
            assert!(Instant::now() < until, "PHP's server did not come up");
            std::thread::sleep(Duration::from_millis(10));
        }
        listening
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A shipped adapter that talks over pipes; it is ended when this is dropped.
pub(crate) struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Running {
    /// None where the program or a library is not installed.
    pub(crate) fn start(shipped: Shipped) -> Option<Self> {
        let (program, file) = shipped;
        if !found(program, "an adapter that answers") || !has_libraries(shipped) {
            return None;
        }
        let mut child = Command::new(program)
            .arg(root().join(file))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, input, output })
    }

    /// Asks it one thing; its reply.
    pub(crate) fn ask(&mut self, mut request: Value) -> Value {
        request["id"] = json!(1);
        writeln!(self.input, "{request}").expect("written");
        self.input.flush().expect("written");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What adapters answer to one request, which is the same for all of them; `"rejected"` where they refuse.
pub(crate) fn unanimous(adapters: &mut [Running], request: &Value) -> Value {
    let answers = adapters.iter_mut().map(|adapter| {
        let mut reply = adapter.ask(request.clone());
        if reply["rejected"].is_string() { json!("rejected") } else { reply["answer"].take() }
    });
    let answers: Vec<Value> = answers.collect();
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    answers.into_iter().next().expect("an adapter")
}

/// Every case is supported and passes; without its libraries those of BRP.
pub(crate) fn assert_conforms(shipped: Shipped, adapter: &str) {
    let only = if has_libraries(shipped) { "*" } else { "brp" };
    let (code, report) = report(adapter, &["--cases", "64", "--only", only]);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["totals"]["pass"], report["cases"].as_array().expect("cases").len(), "{report:#}");
}

#[test]
fn the_reference_adapters_in_python_and_php_conform() {
    for shipped in [PYTHON, PHP] {
        let (program, file) = shipped;
        if found(program, "a reference adapter") {
            assert_conforms(shipped, &format!("{program} '{}'", root().join(file).display()));
        }
    }
}

/// An adapter without its libraries answers the rest, and says how to install them.
#[test]
fn an_adapter_without_its_libraries_says_so_and_answers_the_rest() {
    if !found("node", "a reference adapter") {
        return;
    }
    let folder = copied(NODE);
    let ran = crate::support::run_in(
        folder.path(),
        &["check", "--adapter", "node adapter.mjs", "--report", "json=r.json"],
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).expect("a report"))
            .expect("JSON");
    let unsupported = with_verdict(&report, "unsupported");
    let of = |provider: &str| {
        let ids = unsupported.iter().filter_map(|case| case["id"].as_str());
        ids.filter(|id| id.starts_with(provider)).count()
    };
    assert_eq!(of("fena/") + of("freepay/"), unsupported.len());
    assert!(of("fena/") > 20 && of("freepay/") > 20);
    assert!(ran.stderr.contains("npm install"), "it says how to install it: {}", ran.stderr);
}

#[test]
fn the_reference_adapters_conform_over_http() {
    for shipped in [NODE, PYTHON, PHP] {
        let Some(adapter) = Listening::start(shipped) else { continue };
        assert_conforms(shipped, &adapter.url);
    }
}

#[test]
fn the_configuration_file_names_the_url() {
    let Some(adapter) = Listening::start(NODE) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("provkassa.toml"), "[adapter]\nurl = \"${SHOP}\"\n").expect("written");
    let mut check = command(folder.path(), &["check", "--only", "brp/return"]);
    let ran = ran(&check.env("SHOP", &adapter.url).output().expect("the program starts"));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

/// What a server does with every request but the greeting.
#[derive(Clone, Debug)]
enum Does {
    /// Responds so.
    Respond(u16, String),
    /// Breaks so many responses off, and rejects the messages after that. The other counts them all.
    BreakOff(usize, Arc<AtomicUsize>),
    Hang,
}

impl Does {
    fn respond(status: u16, body: &str) -> Self {
        Self::Respond(status, body.to_owned())
    }

    fn break_off(times: usize) -> Self {
        Self::BreakOff(times, Arc::default())
    }
}

/// The address of such a server.
async fn server(does: Does) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/_adapter", listener.local_addr().expect("bound"));
    // Another method, path or type is refused with a status of its own.
    let app = Router::new()
        .route("/_adapter", post(move |Json(request): Json<Value>| answer(does.clone(), request)));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn answer(does: Does, request: Value) -> Response {
    if request["op"] == "hello" {
        return HELLO.into_response();
    }
    match does {
        Does::Respond(status, body) => {
            (StatusCode::from_u16(status).expect("a status"), body).into_response()
        }
        Does::BreakOff(times, count) => {
            if count.fetch_add(1, Ordering::SeqCst) < times {
                let gone = Err::<String, _>(std::io::Error::other("gone"));
                return Body::from_stream(stream::iter([gone])).into_response();
            }
            json!({"id": request["id"], "rejected": "no"}).to_string().into_response()
        }
        Does::Hang => std::future::pending().await,
    }
}

/// The adapter is found broken once, with these words and this advice, and nothing else is.
fn assert_broken(name: &str, adapter: &str, what: &str, help: &str) {
    let began = Instant::now();
    let (code, report) = report(adapter, &["--timeout", "0.3"]);
    assert!(began.elapsed().as_secs() < 10, "{name}: it waits for every case");
    assert_eq!(code, 3, "{name}: {report:#}");
    assert!(with_verdict(&report, "fail").is_empty(), "{name}: an adapter's fault is no finding");
    let broken = with_verdict(&report, "broken");
    assert_eq!(broken.len(), 1, "{name}: found once");
    let fault = &broken[0]["fault"];
    let says = |field: &str, words: &str| fault[field].as_str().is_some_and(|text| text.contains(words));
    assert!(says("what", what) && says("help", help), "{name}: {fault:#}");
    assert_eq!(fault["stderr"], "", "{name}: a server keeps its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_a_bad_adapter_is_found_once_and_told_why() {
    for (name, does, what, help) in [
        (
            "an error page",
            Does::respond(500, "<h1>Oops</h1>"),
            "brp.hash with status 500\n  <h1>Oops",
            "has status 200",
        ),
        ("another place", Does::respond(302, ""), "status 302\n  (no body)", "see to the URL"),
        ("a page", Does::respond(200, "<html>"), "brp.hash is no reply: it is not JSON", "one JSON object"),
        ("nothing", Does::respond(200, ""), "it is empty", "one JSON object"),
        ("no kind of reply", Does::respond(200, r#"{"id":1}"#), "exactly one of answer", "one JSON object"),
        ("another id", Does::respond(200, r#"{"id":99,"rejected":"no"}"#), "its id is 99", "its own request"),
        (
            "a flood",
            Does::Respond(200, "x".repeat(3_000_000)),
            "longer than 1048576 bytes",
            "one JSON object",
        ),
        ("silence", Does::Hang, "no response to brp.hash in 0.3 s", "Reply to every request"),
        (
            "broken off",
            Does::break_off(usize::MAX),
            "broke while a reply to brp.hash",
            "the server's own log",
        ),
    ] {
        assert_broken(name, &server(does).await, what, help);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_forgiven_once() {
    let check = |url: String| report(&url, &["--only", "brp/hash/hex-is-lower-case", "--cases", "3"]).0;
    assert_eq!(check(server(Does::break_off(1)).await), 0);
    assert_eq!(check(server(Does::break_off(2)).await), 3);
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let url = format!("http://127.0.0.1:{}/", free_port());
    assert_broken("nobody", &url, &format!("{url} cannot be reached"), "Start the adapter first");
}

#[test]
fn an_adapter_over_https_is_refused_with_what_to_do() {
    let ran = run(&["check", "--adapter", "https://127.0.0.1:1/"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("speaks plain http to adapters"), "{}", ran.stderr);
    assert!(ran.stderr.contains("Let the adapter listen on http"), "{}", ran.stderr);
}
