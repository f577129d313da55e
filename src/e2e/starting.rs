//! What a start does with what it is told, and with what is in its way.

use std::net::TcpListener;

use reqwest::header::ORIGIN;
use serde_json::Value;

use crate::ports::{free_port, ports_in_a_row};
use crate::support::{Served, command, ran, run};

#[tokio::test]
async fn an_empty_token_is_none_and_a_token_is_for_its_owner_alone() {
    let served = Served::start(&["--host", "0.0.0.0", "--token", ""]).await;
    let token = served.ready["token"].as_str().expect("a token").to_owned();
    assert!(token.len() > 15, "{token}");
    let port = served.control.rsplit(':').next().expect("a port");
    let url = format!("http://127.0.0.1:{port}/_sim/v1/health");
    for wrong in ["", " "] {
        let asked = served.client.get(&url).bearer_auth(wrong).send().await.expect("an answer");
        assert_eq!(asked.status(), 401, "`{wrong}`");
    }
    let asked = served.client.get(&url).bearer_auth(&token).send().await.expect("an answer");
    assert_eq!(asked.status(), 200);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let file = std::fs::metadata(served.ready_file()).expect("a ready file");
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn whoever_else_answers_is_no_sandbox() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let app = axum::Router::new().fallback(async || "{\"status\": \"up\"}");
    tokio::spawn(async move { axum::serve(listener, app).await });
    let asked = tokio::task::spawn_blocking(move || run(&["healthcheck", "--url", &url]));
    let said = asked.await.expect("no panic");
    assert!(said.code == 3 && said.stderr.contains("something else answers there"), "{}", said.shown());
}

#[tokio::test]
async fn the_shop_gives_way_where_nobody_has_chosen_its_port() {
    // Where somebody else has it already, it is taken just as well.
    let taken = TcpListener::bind("127.0.0.1:3000");
    let served = Served::on(ports_in_a_row(), &["--shop"]).await;
    let shop = served.ready["shop"].as_str().expect("a shop").to_owned();
    assert!(!shop.ends_with(":3000"), "{shop}");
    assert_eq!(served.get(&format!("{shop}/healthz")).await.status(), 200);
    drop(taken);
    let port = free_port().to_string();
    let served = Served::start(&["--shop", "--shop-port", &port]).await;
    assert!(served.ready["shop"].as_str().expect("a shop").ends_with(&format!(":{port}")));
    let said = run(&["serve", "--port", "0", "--shop", "--shop-port", &port]);
    assert!(said.code == 2 && said.stderr.contains("--shop-port"), "{}", said.shown());
}

#[test]
fn a_shop_that_is_meant_for_check_does_not_keep_serve_from_starting() {
    let folder = tempfile::tempdir().expect("a folder");
    let started = |shop: &str| {
        // A taken port ends it at once, after what it was told has been read.
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = taken.local_addr().expect("bound").port().to_string();
        let mut started = command(folder.path(), &["serve", "--port", &port]);
        ran(&started.env("PROVKASSA_SHOP", shop).output().expect("the program starts"))
    };
    for fine in ["http://127.0.0.1:3000", "reference", "yes", "0"] {
        let said = started(fine);
        assert!(said.stderr.contains("is taken"), "{fine}: {}", said.shown());
    }
    let said = started("perhaps");
    assert!(said.code == 2 && said.stderr.contains("neither true nor false"), "{}", said.shown());
}

#[tokio::test]
async fn the_view_says_which_command_prints_its_addresses() {
    for flags in [&[][..], &["--public-url", "https://dev.localhost:8443/pay"], &["--host", "0.0.0.0"]] {
        let port = ports_in_a_row();
        let served = Served::on(port, flags).await;
        let token = served.ready["token"].as_str().unwrap_or_default();
        let page = served.client.get(format!("http://127.0.0.1:{port}/?token={token}")).send().await;
        let page = page.expect("an answer").text().await.expect("a page");
        let command = page.split("Also: <code>provkassa ").nth(1).and_then(|rest| rest.split('<').next());
        let command = command.expect("a command").replace("&#38;", "&");
        let arguments: Vec<&str> = command.split(' ').chain(["--format", "json"]).collect();
        let printed: Value = serde_json::from_str(&run(&arguments).stdout).expect("JSON");
        for (name, value) in printed.as_object().expect("variables") {
            let value = value.as_str().expect("text");
            let line = format!("{name}={value}\n");
            assert!(page.contains(&line), "{command}: {line}: {page}");
        }
    }
}

#[tokio::test]
async fn a_page_of_somebody_elses_is_told_who_may_ask() {
    let served = Served::start(&[]).await;
    let asked = served.client.get(format!("{}/_sim/v1/health", served.control));
    let refused = asked.header(ORIGIN, "http://localhost:3000").send().await.expect("an answer");
    assert_eq!(refused.status(), 403);
    let told = refused.text().await.expect("a text");
    assert!(told.contains("your tests or your server") && !told.contains("--public-url"), "{told}");
}
