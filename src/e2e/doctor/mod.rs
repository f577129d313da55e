//! `provkassa doctor`: each mistake of a set-up is found, with what to do about it, and the reference shop has none.

mod addresses;
mod configured;
mod machine;
mod wire;

use std::fs;

use serde_json::{Value, json};

use crate::between::{Back, There, as_it_is, back_as_it_is, between};
use crate::check::assert_fits_schema;
use crate::ports::free_port;
use crate::support::{PROGRAM, Ran, command, ran};

/// A shop that is started with these variables, is known by this address, and is described so.
#[derive(Debug)]
struct Set {
    port: u16,
    /// Where payers, providers and we reach it.
    url: String,
    /// What it says its own address is.
    public: String,
    environment: String,
    paid: &'static str,
    status: String,
    more: &'static str,
}

impl Set {
    /// The reference shop with somebody in between.
    async fn behind(there: There, back: Back) -> Self {
        let port = free_port();
        let url = between(port, there, back).await;
        Self { public: url.clone(), ..Self::at(port, url) }
    }

    /// The reference shop itself.
    fn direct() -> Self {
        let port = free_port();
        Self::at(port, format!("http://127.0.0.1:{port}"))
    }

    fn at(port: u16, url: String) -> Self {
        let status = format!("{url}/orders/{{order}}");
        Self { port, public: url.clone(), url, environment: String::new(), paid: "paid", status, more: "" }
    }

    /// With these variables beside the sandbox's.
    fn with(self, name: &str, value: &str) -> Self {
        let environment = format!("{}{name} = \"{value}\", ", self.environment);
        Self { environment, ..self }
    }

    fn text(&self, provider: &str) -> String {
        let Self { port, url, public, environment, paid, status, more } = self;
        format!(
            "[shop]\nstart = ['{PROGRAM}', 'shop', '--port', '{port}', '--public-url', '{public}']\n\
             env = {{ {environment} }}\nready = \"{url}/healthz\"\ndeadline = 1\n\
             status = {{ url = \"{status}\", pointer = \"/status\", paid = [\"{paid}\"], \
             unpaid = [\"pending\", \"failed\", \"cancelled\", \"refunded\", \"paid\"] }}\n\
             [shop.{provider}]\n{more}\n\
             checkout = {{ url = \"{url}/checkout/{provider}\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n\
             {}",
            if provider == "fena" {
                format!("webhook = \"{public}/callback/fena\"\nredirect = \"{public}/return/fena\"\n")
            } else {
                String::new()
            }
        )
    }

    /// What is seen of it at one provider.
    async fn seen(&self, provider: &str) -> Report {
        doctor(&self.text(provider), &[], &[]).await
    }
}

/// What `doctor` has found.
#[derive(Debug)]
struct Report {
    code: i32,
    whole: Value,
}

impl Report {
    /// The one look that came to this.
    fn of(&self, check: &str, verdict: &str) -> (&str, &str) {
        let looks = self.whole["checks"].as_array().expect("checks");
        let found = looks.iter().find(|look| look["check"] == check && look["verdict"] == verdict);
        let look = found.unwrap_or_else(|| panic!("no {check} is {verdict} in {:#}", self.whole));
        (look["seen"].as_str().expect("text"), look["next"].as_str().unwrap_or_default())
    }

    /// This is wrong, and nothing else.
    #[track_caller]
    fn only(&self, check: &str, verdict: &str, seen: &str, next: &str) {
        let (was, then) = self.of(check, verdict);
        assert!(was.contains(seen), "{seen} in {was}");
        assert!(then.contains(next), "{next} in {then}");
        let looks = self.whole["checks"].as_array().expect("checks");
        let bad = |look: &&Value| ["wrong", "warning"].iter().any(|bad| look["verdict"] == *bad);
        let others: Vec<&Value> = looks.iter().filter(bad).filter(|look| look["check"] != check).collect();
        assert!(others.is_empty(), "{others:#?}");
        assert_eq!(self.code, i32::from(verdict == "wrong"), "{:#}", self.whole);
    }
}

/// Runs it on this configuration, with these variables set.
async fn doctor(text: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Report {
    let ran = plain(text, &[arguments, &["--format", "json"]].concat(), variables).await;
    let whole: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.shown()));
    assert_fits_schema("doctor.schema.json", &whole);
    assert_eq!(whole["exit"], ran.code);
    Report { code: ran.code, whole }
}

async fn plain(text: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    if !text.is_empty() {
        fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    }
    let mut command = command(folder.path(), &[&["doctor"], arguments].concat());
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY").envs(variables.iter().copied());
    let done = tokio::task::spawn_blocking(move || command.output().expect("the program starts"));
    ran(&done.await.expect("no panic"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_shop_has_none_of_the_mistakes() {
    let ran = plain("", &["--shop", "reference"], &[]).await;
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(!ran.stdout.contains("wrong") && !ran.stdout.contains("warning"), "{}", ran.stdout);
    for line in [
        "callback       Fena: the callback to ",
        "body           QuickPay: a callback is taken however its JSON is written",
        "status         BRP Online: `pending` before the payment, and `paid` after it",
        "not looked at  callback       Freepay: it calls nobody back",
    ] {
        assert!(ran.stdout.contains(line), "{line} in {}", ran.stdout);
    }
    // Somebody in between who changes nothing is not seen, and a report has its shape.
    for provider in ["bambora", "brp", "fena", "freepay", "quickpay"] {
        let report = Set::behind(as_it_is, back_as_it_is).await.seen(provider).await;
        assert_eq!((report.code, &report.whole["totals"]["warning"]), (0, &json!(0)), "{:#}", report.whole);
    }
}
