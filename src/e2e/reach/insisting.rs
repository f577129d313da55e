//! A shop that insists on https: the sandbox speaks it, the shop beside it does, and both trust one another.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shop::{PAYS, PROVIDERS, Shop, settled};
use crate::support::{Served, command, found, has, ran};

/// Plain http is understood on the same ports: what the tests' own client speaks.
fn plainly(served: &mut Served) {
    served.detours = vec![("https://127.0.0.1:".to_owned(), "http://127.0.0.1:".to_owned())];
}

#[tokio::test]
async fn the_shop_beside_the_sandbox_speaks_https_as_it_does() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().display().to_string();
    let mut served = Served::start(&["--tls", "--shop", "--state", &folder]).await;
    plainly(&mut served);
    for (name, value) in served.ready["environment"].as_object().expect("variables") {
        let value = value.as_str().expect("text");
        assert!(!name.ends_with("URL") || value.starts_with("https://127.0.0.1:"), "{name}={value}");
    }
    let shop = Shop::beside(&served);
    assert!(shop.url.starts_with("https://127.0.0.1:"), "{}", shop.url);
    for (provider, _) in PROVIDERS {
        let id = format!("secure{provider}");
        shop.buy(provider, &id, PAYS).await;
        shop.becomes(&id, settled(provider)).await;
    }
    let callbacks = served.read("callbacks").await;
    let callbacks = callbacks.as_array().expect("callbacks");
    let of =
        |provider: &str| callbacks.iter().filter(|one| one["provider"] == provider).collect::<Vec<&Value>>();
    for provider in ["bambora", "fena", "quickpay"] {
        assert!(!of(provider).is_empty(), "{provider}");
        for callback in of(provider) {
            assert!(callback["url"].as_str().expect("text").starts_with("https://"), "{callback}");
            assert_eq!(callback["status"]["state"], "delivered", "{callback}");
        }
    }
    // What the live view prints to be copied works as it stands.
    let journal = served.read("journal?provider=quickpay").await;
    let page = format!("{}/_sim/live/entries/{}", served.control, journal["entries"][0]["cursor"]);
    let page = served.get(&page).await.text().await.expect("a page");
    let authority = state.path().join("tls/ca.pem").display().to_string();
    assert!(page.contains("--cacert") && page.contains(&authority), "{page}");
    let wsdl = format!("{}/remote/subscription.asmx?WSDL", served.bambora);
    let text = served.get(&wsdl).await.text().await.expect("a text");
    assert!(text.contains(&format!("location=\"{}/remote/subscription.asmx\"", served.bambora)), "{text}");
    let soap = ["-r", "exit(extension_loaded('soap') ? 0 : 1);"];
    if found("php", "calling over https")
        && has(
            Command::new("php").args(soap).status().is_ok_and(|is| is.success()),
            "PHP's SoapClient",
            "php-soap",
        )
    {
        let mut asked = Command::new("php");
        asked.args(["-d", &format!("openssl.cafile={authority}")]);
        asked.arg(crate::support::root().join("fixtures/clients/php/recurring.php"));
        asked.args([&served.bambora, "8008001", "delete", "999"]);
        let answered = ran(&asked.output().expect("php"));
        assert!(
            answered.code == 0 && answered.stdout.contains("deletesubscriptionResult"),
            "{}",
            answered.shown()
        );
    }
}

#[tokio::test]
async fn a_shop_of_ones_own_port_trusts_the_authority_in_its_folder() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().display().to_string();
    let mut served = Served::start(&["--tls", "--state", &folder]).await;
    plainly(&mut served);
    let shop = Shop::with(&served, &["--tls", "--state", &folder]).await;
    assert!(shop.url.starts_with("https://127.0.0.1:"), "{}", shop.url);
    shop.buy("quickpay", "own7", PAYS).await;
    shop.becomes("own7", "paid").await;
}

#[tokio::test]
async fn whether_it_is_ready_can_be_asked_over_https() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = state.path().join("state").display().to_string();
    let served = Served::start(&["--tls", "--state", &folder]).await;
    let authority = state.path().join("state/tls/ca.pem").display().to_string();
    let asked = |arguments: &[&str]| {
        let mut asked =
            command(state.path(), &[&["healthcheck", "--url", &served.control], arguments].concat());
        ran(&asked.stdin(Stdio::null()).output().expect("the program starts"))
    };
    for trusting in [["--state", &folder], ["--cacert", &authority]] {
        let said = asked(&trusting);
        assert_eq!((said.code, said.stdout.as_str()), (0, "ready\n"), "{}", said.shown());
    }
    // It does not wait for what does not change.
    let strict = asked(&["--wait", "60"]);
    assert_eq!(strict.code, 3, "{}", strict.shown());
    assert!(
        strict.stderr.contains("is not trusted") && strict.stderr.contains("--cacert"),
        "{}",
        strict.stderr
    );
    let missing = asked(&["--cacert", "nowhere.pem"]);
    assert!(missing.code == 2 && missing.stderr.contains("--cacert"), "{}", missing.shown());
}
