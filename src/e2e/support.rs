//! What the tests share: running the program, a sandbox of one's own, HTTP that follows nothing.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::Value;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_provkassa");

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Everything as one text, for snapshots.
    pub(crate) fn shown(&self) -> String {
        format!("exit {}\n--- stdout\n{}--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Runs the program in a folder, with nothing of this session's `PROVKASSA_` variables.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Ran {
    let output = command(folder, arguments).output().expect("the program starts");
    ran(&output)
}

/// Runs the program where no configuration lies around.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    run_in(tempfile::tempdir().expect("a folder").path(), arguments)
}

pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROVKASSA_")) {
        command.env_remove(name);
    }
    // The workflow that the tests may run in is not the one that they are about.
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    command
}

pub(crate) fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// A running `provkassa serve` on free ports; it is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) control: String,
    pub(crate) bambora: String,
    pub(crate) brp: String,
    pub(crate) fena: String,
    pub(crate) fenerum: String,
    pub(crate) freepay: String,
    pub(crate) quickpay: String,
    pub(crate) client: Client,
    /// What some addresses begin with, and how the tests get there instead: a client of theirs knows no https, and
    /// nobody's name.
    pub(crate) detours: Vec<(String, String)>,
    /// All addresses, as the ready file has them.
    pub(crate) ready: Value,
    folder: tempfile::TempDir,
}

/// A moment at which clocks stand still.
pub(crate) const NOON: &str = "2026-03-01T12:00:00Z";

impl Served {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::on(0, arguments).await
    }

    /// One whose control port is this; the providers' follow it, and all seven are free.
    pub(crate) async fn on(port: u16, arguments: &[&str]) -> Self {
        Self::begin(port, &[&["--quiet"], arguments].concat(), Stdio::null()).await
    }

    /// One that writes its log.
    pub(crate) async fn logged(arguments: &[&str], log: std::fs::File) -> Self {
        Self::begin(0, arguments, log.into()).await
    }

    async fn begin(port: u16, arguments: &[&str], log: Stdio) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ready = folder.path().join("ready.json");
        let ready_file = ready.display().to_string();
        let port = port.to_string();
        let base = ["serve", "--port", &port, "--ready-file", &ready_file];
        let child = command(folder.path(), &[&base, arguments].concat())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let value = wait_for(&ready).await;
        let text = |value: &Value| value.as_str().expect("an address").to_owned();
        Self {
            child,
            control: text(&value["control"]),
            bambora: text(&value["providers"]["bambora"]),
            brp: text(&value["providers"]["brp"]),
            fena: text(&value["providers"]["fena"]),
            fenerum: text(&value["providers"]["fenerum"]),
            freepay: text(&value["providers"]["freepay"]),
            quickpay: text(&value["providers"]["quickpay"]),
            client: client(),
            detours: Vec::new(),
            ready: value,
            folder,
        }
    }

    /// The file that it has written its addresses to.
    pub(crate) fn ready_file(&self) -> PathBuf {
        self.folder.path().join("ready.json")
    }

    /// Where the tests find what has this address.
    pub(crate) fn reached(&self, url: &str) -> String {
        let detour = self.detours.iter().find_map(|(from, to)| Some((to, url.strip_prefix(from)?)));
        detour.map_or_else(|| url.to_owned(), |(to, rest)| format!("{to}{rest}"))
    }

    /// A sandbox whose clocks stand still at [`NOON`].
    pub(crate) async fn frozen() -> Self {
        Self::start(&["--freeze", NOON]).await
    }

    /// The base URL of the default workspace, as a shop is given it.
    pub(crate) fn base(&self) -> String {
        format!("{}/brponline/", self.brp)
    }

    /// Calls the control API below a workspace; 2xx is expected.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = self.reached(&format!("{}/_sim/v1/{path}", self.control));
        let request = self.client.request(method, &url);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Calls the control API below the default workspace.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.control(Method::POST, &format!("workspaces/default/{path}"), body).await
    }

    pub(crate) async fn read(&self, path: &str) -> Value {
        self.control(Method::GET, &format!("workspaces/default/{path}"), Value::Null).await
    }

    pub(crate) async fn set(&self, name: &str, value: &str) {
        let body = serde_json::json!({ name: value });
        self.control(Method::PATCH, "workspaces/default/settings", body).await;
    }

    pub(crate) async fn get(&self, url: &str) -> Response {
        self.client.get(self.reached(url)).send().await.unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    /// Presses a button on a hosted page.
    pub(crate) async fn submit(&self, url: &str, fields: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            self.client.post(self.reached(url)).header("content-type", "application/x-www-form-urlencoded");
        request.body(body).send().await.expect("an answer")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client that follows no redirect: every hop is looked at.
pub(crate) fn client() -> Client {
    Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client")
}

/// Where an answer sends the browser.
pub(crate) fn location(answer: &Response) -> String {
    assert!(answer.status().is_redirection(), "{} is no redirect", answer.status());
    answer.headers()[LOCATION].to_str().expect("text").to_owned()
}

async fn wait_for(ready: &PathBuf) -> Value {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        if let Ok(text) = std::fs::read_to_string(ready) {
            return serde_json::from_str(&text).expect("JSON");
        }
        assert!(Instant::now() < until, "the sandbox did not come up");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A link to `payfororder`, made by the program itself; the secret is the sandbox's.
pub(crate) fn link(base: &str, parameters: &[(&str, &str)]) -> String {
    let parameters: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let arguments: Vec<&str> = ["sign", "brp.link", "--base", base]
        .into_iter()
        .chain(parameters.iter().map(String::as_str))
        .collect();
    let ran = run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.trim().to_owned()
}

/// Whether a tool that not every machine has is there. In CI it must be.
pub(crate) fn found(tool: &str, why: &str) -> bool {
    let there = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = there.is_ok_and(|status| status.success());
    has(there, tool, &format!("it is needed for {why}"))
}

/// Passes on whether something is there that not every machine has. In CI it must be.
pub(crate) fn has(there: bool, what: &str, hint: &str) -> bool {
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(there || !ci, "{what} is missing: in CI nothing is skipped");
    if !there {
        anstream::eprintln!("skipped: {what} is missing; {hint}");
    }
    there
}

/// Compares with `snapshots/<folder>/<name>.snap`.
pub(crate) fn snapshot(folder: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("snapshots").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
