//! `provkassa shop` as a command, and `serve --shop`.

use std::process::Stdio;
use std::time::Duration;

use provkassa::shop::MISTAKES;
use reqwest::StatusCode;
use serde_json::Value;

use super::{Shop, kind};
use crate::support::{Served, client, command, root, run, snapshot};

#[test]
fn the_mistakes_are_listed() {
    let listed = run(&["shop", "--list-mistakes"]);
    assert_eq!(listed.code, 0);
    assert_eq!(listed.stdout.lines().count(), MISTAKES.len());
    for (line, mistake) in listed.stdout.lines().zip(MISTAKES) {
        assert_eq!(
            line.split_once(' ').map(|(id, does)| (id, does.trim())),
            Some((mistake.id, mistake.does))
        );
    }
    snapshot("shop", "list-mistakes", &listed.stdout);
}

#[tokio::test]
async fn what_is_wrong_with_the_command_line_is_told() {
    let wrong = run(&["shop", "--mistake", "credits-twise"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("Did you mean `credits-twice`?"), "{}", wrong.stderr);
    let unlike = run(&["shop", "--mistake", "q"]);
    assert!(unlike.stderr.contains("`provkassa shop --list-mistakes` prints them."), "{}", unlike.stderr);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let taken = run(&["shop", "--port", &port]);
    assert_eq!(taken.code, 2);
    assert!(
        taken.stderr.contains(&format!("the shop cannot listen on 127.0.0.1:{port}")),
        "{}",
        taken.stderr
    );
    assert!(taken.stderr.contains("--port"), "{}", taken.stderr);
}

#[tokio::test]
async fn a_run_finds_out_how_to_talk_to_the_shop() {
    let served = Served::start(&[]).await;
    let shop = Shop::open(&served).await;
    assert_eq!(served.get(&format!("{}/healthz", shop.url)).await.status(), StatusCode::OK);
    let answer = served.get(&format!("{}/.well-known/provkassa", shop.url)).await;
    assert_eq!(kind(&answer), "text/plain; charset=utf-8");
    let text = answer.text().await.expect("text");
    let read: toml::Table = text.parse().expect("TOML");
    let shop_section = read["shop"].as_table().expect("a table");
    for provider in provkassa::simulators::PROVIDERS {
        let offer = shop_section[provider.info().id].as_table().expect("a counter for every provider");
        let url = offer["checkout"]["url"].as_str().expect("an address");
        assert_eq!(url, format!("{}/checkout/{}", shop.url, provider.info().id));
    }
    snapshot("shop", "well-known", &text.replace(&shop.url, "http://127.0.0.1:3000"));
}

#[tokio::test]
async fn serve_opens_the_shop_beside_the_sandbox() {
    let folder = tempfile::tempdir().expect("a folder");
    let ready = folder.path().join("ready.json");
    let mut child = command(root(), &["serve", "--shop", "--port", "0", "--quiet"])
        .arg("--ready-file")
        .arg(&ready)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let ready = loop {
        if let Ok(text) = std::fs::read_to_string(&ready) {
            break serde_json::from_str::<Value>(&text).expect("JSON");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let (client, shop) = (client(), ready["shop"].as_str().expect("an address").to_owned());
    let page = client.get(&shop).send().await.expect("an answer");
    let is_page = page.text().await.expect("a page").contains("data-page=\"front\"");
    let settings =
        format!("{}/_sim/v1/workspaces/default/settings", ready["control"].as_str().expect("text"));
    let settings: Value = client.get(settings).send().await.expect("an answer").json().await.expect("JSON");
    let set = settings.to_string();
    child.kill().expect("ended");
    child.wait().expect("ended");
    assert!(is_page);
    assert!(
        set.contains(&format!("{shop}/callback/fena")) && set.contains(&format!("{shop}/return/fena")),
        "{set}"
    );
}
