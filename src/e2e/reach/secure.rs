//! Callbacks over https: who is trusted gets them, and of everybody else it is said why not.

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::secured::{Shows, secured};
use super::{called, failure};
use crate::ports::free_port;
use crate::support::{PROGRAM, Served, command, ran, run_in};

/// Takes whatever comes.
fn takes() -> Router {
    Router::new().fallback(|| async { StatusCode::NO_CONTENT })
}

#[tokio::test]
async fn who_is_trusted_is_called_and_who_is_not_is_told_why() {
    let folders = [(); 4].map(|()| tempfile::tempdir().expect("a folder"));
    let [one, two, three, four] = folders.each_ref().map(tempfile::TempDir::path);
    let signed = secured(one, Shows::Signed, takes()).await;
    let itself = secured(two, Shows::Itself, takes()).await;
    let other = secured(three, Shows::ForAnother, takes()).await;
    let expired = secured(four, Shows::Expired, takes()).await;
    let files: Vec<String> =
        [&signed, &itself, &other, &expired].iter().map(|one| one.authority.display().to_string()).collect();
    // The first is the authority of this sandbox's own folder.
    let given: Vec<&str> = files[1..].iter().flat_map(|file| ["--callback-ca", file]).collect();
    let own = one.display().to_string();
    let trusting = Served::start(&[&["--state", &own], &given[..]].concat()).await;
    for trusted in [&signed, &itself] {
        assert_eq!(called(&trusting, &trusted.url).await["status"], 204, "{}", trusted.url);
    }
    for (url, why) in [
        (other.url.as_str(), "other.test"),
        (&expired.url, "has expired"),
        (&signed.url.replace("localhost", "127.0.0.1"), "localhost"),
        (&trusting.quickpay.replace("http:", "https:"), "does not speak https"),
    ] {
        let told = failure(&trusting, url).await;
        assert!(told.starts_with("https does not come about: ") && told.contains(why), "{url}: {told}");
    }
    let plain = failure(&trusting, &signed.url.replace("https:", "http:")).await;
    assert!(plain.contains("no HTTP") || plain.contains("cut off"), "{plain}");
    // Who trusts nobody beside the system's authorities.
    let strict = Served::start(&[]).await;
    let told = failure(&strict, &signed.url).await;
    assert!(told.contains("is not trusted") && told.contains("--callback-ca FILE"), "{told}");
    let told = failure(&strict, &itself.url).await;
    assert!(told.contains("--callback-ca FILE"), "{told}");
}

#[tokio::test]
async fn the_file_of_an_authority_is_looked_at_before_anything_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    std::fs::write(folder.path().join("no.pem"), "no certificate").expect("written");
    std::fs::write(folder.path().join("broken.pem"), broken).expect("written");
    for (file, what, help) in [
        ("missing.pem", "cannot be read", "Give a file that exists"),
        ("no.pem", "holds no certificate", "openssl x509"),
        ("broken.pem", "holds no certificate", "openssl x509"),
    ] {
        let said = run_in(folder.path(), &["serve", "--port", "0", "--callback-ca", file]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(what) && said.stderr.contains(help), "{}", said.stderr);
        // The file is named by the configuration as well, and counts from there.
        let toml = format!("[serve]\nport = 0\ncallback_ca = [\"{file}\"]\n");
        std::fs::write(folder.path().join("provkassa.toml"), toml).expect("written");
        assert!(run_in(folder.path(), &["serve"]).stderr.contains(what), "{file}");
        std::fs::remove_file(folder.path().join("provkassa.toml")).expect("removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_on_https_is_checked_as_any_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let url = format!("https://127.0.0.1:{port}");
    let text = format!(
        "[shop]\nstart = ['{PROGRAM}', 'shop', '--tls', '--state', 'other', '--port', '{port}']\n\
         ready = \"{url}/healthz\"\nstatus = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"], \
         unpaid = [\"pending\", \"failed\", \"cancelled\", \"refunded\"] }}\n[shop.quickpay]\n\
         checkout = {{ url = \"{url}/checkout/quickpay\", json = {{ order = \"{{order}}\", amount = \"{{amount.minor}}\" }} }}\n"
    );
    std::fs::write(
        folder.path().join("provkassa.toml"),
        text.replace("ready =", "start_timeout = 2\nready ="),
    )
    .expect("written");
    let doctor = async |arguments: &'static [&'static str]| -> Value {
        let mut command = command(folder.path(), &[&["doctor", "--format", "json"], arguments].concat());
        let done = tokio::task::spawn_blocking(move || command.output().expect("the program starts"));
        serde_json::from_str(&ran(&done.await.expect("no panic")).stdout).expect("JSON")
    };
    let of = |report: &Value, check: &str| {
        let all = report["checks"].as_array().expect("checks").iter();
        all.filter(|look| look["check"] == check).cloned().collect::<Vec<_>>()
    };
    // A shop that runs is asked for its description, and is not said to be away.
    let elsewhere = tempfile::tempdir().expect("a folder");
    let signed = secured(elsewhere.path(), Shows::Signed, takes()).await;
    let mut described = command(elsewhere.path(), &["check", "--port", "0", "--shop", &signed.url]);
    let described = tokio::task::spawn_blocking(move || described.output().expect("the program starts"));
    let described = ran(&described.await.expect("no panic"));
    assert_eq!(described.code, 3, "{}", described.shown());
    assert!(described.stderr.contains("The shop is there."), "{}", described.stderr);
    let strict = doctor(&[]).await;
    assert_eq!(strict["exit"], 3, "{strict:#}");
    assert!(of(&strict, "shop")[0].to_string().contains("--callback-ca FILE"), "{strict:#}");
    // The authority was made by the shop's first start.
    let trusting = doctor(&["--callback-ca", "other/tls/ca.pem"]).await;
    assert_eq!(trusting["totals"]["wrong"], json!(0), "{trusting:#}");
    assert!(of(&trusting, "callback")[0].to_string().contains("https://127.0.0.1"), "{trusting:#}");
}
