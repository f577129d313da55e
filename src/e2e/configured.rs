//! `[serve]` in `provkassa.toml`: what it says holds, what is wrong in it is shown, what changes is taken over.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NOON, Served, command, run_in};

const WHOLE: &str = r#"
[serve]
host = "127.0.0.1"
port = 1
seed = 7
freeze = 2026-03-01T12:00:00Z
allow_callback_host = ["hooks.test.example"]
ready_file = "not-this-one.json"
quiet = false

[serve.settings]
rules = "live"
fena.webhook = "http://${SHOP}/webhook"
"quickpay.callback_status" = "number"

[[serve.fena.terminals]]
id = "second"
secret = "${SHOP}"

[[serve.brp.orders]]
id = 9001

[serve.bambora.merchants]
md5_key = "from the file"

[serve.workspaces.other.settings]
fena.webhook = "http://127.0.0.1:1/other"

[[serve.workspaces.other.fena.terminals]]
id = "third"
"#;

fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    folder
}

async fn terminals(served: &Served, workspace: &str) -> Vec<String> {
    let path = format!("workspaces/{workspace}/fena/terminals");
    let terminals = served.control(Method::GET, &path, Value::Null).await;
    let ids = terminals.as_array().expect("terminals").iter();
    ids.map(|terminal| terminal["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn the_file_says_what_flags_say_and_what_the_workspaces_begin_with() {
    let folder = folder_with(&WHOLE.replace("${SHOP}", "127.0.0.1:1"));
    let file = folder.path().join("provkassa.toml").display().to_string();
    let served = Served::start(&["--config", &file, "--set", "rules=documented"]).await;
    // Served gives a port and a ready file by flags, and those beat the file.
    assert!(!served.control.ends_with(":1") && !folder.path().join("not-this-one.json").exists());
    assert_eq!(served.read("clock").await["now"], NOON);
    let settings = served.read("settings").await;
    assert_eq!(settings["rules"], "documented");
    assert_eq!(settings["values"]["fena.webhook"], "http://127.0.0.1:1/webhook");
    assert_eq!(settings["values"]["quickpay.callback_status"], "number");
    // What nobody says is as it is without a file: payers come back to the sandbox.
    assert!(settings["values"]["fena.redirect"].as_str().expect("text").contains("/_sim/return"));
    let begun = async || {
        let merchants = served.read("bambora/merchants").await;
        assert_eq!(merchants[0]["md5_key"], "from the file");
        let orders = served.read("brp/orders").await;
        assert!(orders.as_array().expect("orders").iter().any(|order| order["id"] == 9001));
        assert!(terminals(&served, "default").await.contains(&"second".to_owned()));
    };
    begun().await;
    // A reset puts them back, too.
    served.post("fena/terminals", json!({"id": "passing"})).await;
    served.post("bambora/merchants", json!({"md5_key": "another"})).await;
    served.post("reset", Value::Null).await;
    begun().await;
    assert!(!terminals(&served, "default").await.contains(&"passing".to_owned()));
    assert!(terminals(&served, "other").await.contains(&"third".to_owned()));
    let other = served.control(Method::GET, "workspaces/other/settings", Value::Null).await;
    assert_eq!(
        (&other["rules"], &other["values"]["fena.webhook"]),
        (&json!("documented"), &json!("http://127.0.0.1:1/other"))
    );
}

#[tokio::test]
async fn every_flag_can_be_a_variable() {
    let folder = tempfile::tempdir().expect("a folder");
    let ready = folder.path().join("ready.json");
    let mut child = command(folder.path(), &["serve"])
        .envs([
            ("PROVKASSA_PORT", "0"),
            ("PROVKASSA_QUIET", "1"),
            ("PROVKASSA_SHOP", "0"),
            ("PROVKASSA_OUTPUT", "json"),
            ("PROVKASSA_TOKEN", "given"),
            ("PROVKASSA_SET", "rules=live\nfena.webhook=http://127.0.0.1:1/a,b"),
            ("PROVKASSA_CALLBACK_REWRITE", "http://127.0.0.1:1=http://127.0.0.1:2,http://a=http://b"),
            ("PROVKASSA_READY_FILE", &ready.display().to_string()),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let text = wait_for(&ready, |text| text.ends_with('}')).await;
    let ready: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(ready["token"], "given");
    let url = format!("{}/_sim/v1/workspaces/default/settings", ready["control"].as_str().expect("text"));
    let settings = crate::support::client().get(url).bearer_auth("given").send().await.expect("an answer");
    let settings: Value = settings.json().await.expect("JSON");
    assert_eq!(
        (&settings["rules"], &settings["values"]["fena.webhook"]),
        (&json!("live"), &json!("http://127.0.0.1:1/a,b"))
    );
    child.kill().and_then(|()| child.wait()).expect("ended");
}

#[test]
fn env_prints_what_serve_will_listen_on() {
    let folder = folder_with("[serve]\nhost = \"0.0.0.0\"\nport = 5000");
    let printed = |arguments: &[&str]| run_in(folder.path(), &[&["env"], arguments].concat()).stdout;
    assert!(printed(&[]).contains("QUICKPAY_URL=http://127.0.0.1:5006\n"));
    assert!(printed(&["--port", "4700"]).contains("QUICKPAY_URL=http://127.0.0.1:4706\n"));
    let folder = folder_with("[serve]\npublic_url = \"https://pay.test.example/\"");
    let printed = run_in(folder.path(), &["env"]).stdout;
    assert!(printed.contains("QUICKPAY_URL=https://pay.test.example/quickpay\n"), "{printed}");
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_what_to_write() {
    for (line, text, what, help) in [
        (1, "[serv]", "no key `serv`", "`serve`"),
        (2, "[serve]\nprot = 4700", "no key `serve.prot`", "Did you mean `serve.port`?"),
        (2, "[serve]\nport = 70000", "`serve.port` is no port", "port = 4700"),
        (2, "[serve]\nhost = \"localhost:1\"", "`serve.host` is no address", "host = \"127.0.0.1\""),
        (2, "[serve]\nfreeze = \"noon\"", "`serve.freeze` is no moment", "2026-01-31T12:00:00Z"),
        (2, "[serve]\npublic_url = \"pay\"", "`serve.public_url` is no http", "https://pay"),
        (
            2,
            "[serve]\ncallback_rewrite = [\"shop:3000\"]",
            "`serve.callback_rewrite` cannot be used: `shop:3000`",
            "http://localhost:3000=http://shop:3000",
        ),
        (2, "[serve]\ncallback_ca = \"ca.pem\"", "`serve.callback_ca` is no list", "[\"rootCA.pem\"]"),
        (2, "[serve]\noutput = \"xml\"", "`serve.output` is no output", "\"table\" or \"json\""),
        (2, "[serve]\ntoken = \"${NO_SUCH}\"", "needs the variable `NO_SUCH`", "Set NO_SUCH"),
        (2, "[serve]\nfenna.terminals = []", "no key `serve.fenna`", "Did you mean `serve.fena`?"),
        (
            3,
            "[serve.settings]\nrules = \"live\"\nfena.webhok = \"http://127.0.0.1/\"",
            "there is no setting `fena.webhok`",
            "Did you mean `fena.webhook`?",
        ),
        (2, "[serve.settings]\nrules = \"strict\"", "`rules` cannot be `strict`", "documented, live"),
        (2, "[serve.settings]\nrules = true", "is neither a text nor a number", "on"),
        (1, "[[serve.fena.terminal]]", "no key `serve.fena.terminal`", "`serve.fena.terminals`"),
        (
            3,
            "[[serve.fena.terminals]]\nid = \"a\"\nwebhok = \"http://a/\"",
            "unknown field `webhok`",
            "Did you mean `webhook`? A terminal has",
        ),
        (3, "\n[[serve.brp.orders]]\nidd = 3", "there is no field `idd`", "Did you mean `id`?"),
        (
            4,
            "[[serve.brp.orders]]\nid = 15\n[[serve.workspaces.other.fena.terminals]]\nwebhook = \"a\"",
            "`webhook` cannot be `a`",
            "absolute http",
        ),
        (2, "[serve.workspaces]\ndefault = {}", "is always there", "[serve] itself"),
        (1, "[serve.workspaces.\"a b\"]", "cannot be called `a b`", "letters"),
        (1, "[serve", "", "[serve] and then port"),
    ] {
        let folder = folder_with(text);
        let said = run_in(folder.path(), &["serve", "--port", "0"]);
        assert_eq!(said.code, 2, "{text}: {said:?}");
        let place = format!("provkassa.toml, line {line}: ");
        assert!(said.stderr.contains(&place), "{text}: {}", said.stderr);
        assert!(said.stderr.contains(what) && said.stderr.contains(help), "{text}: {}", said.stderr);
    }
    let said = run_in(tempfile::tempdir().expect("a folder").path(), &["serve", "--watch"]);
    assert!(said.code == 2 && said.stderr.contains("no provkassa.toml to watch"), "{said:?}");
    let said = run_in(tempfile::tempdir().expect("a folder").path(), &["serve", "--set", "rules=strict"]);
    assert!(said.code == 2 && said.stderr.contains("documented, live"), "{said:?}");
}

#[tokio::test]
async fn a_file_that_changes_is_taken_over_and_a_broken_one_is_not() {
    let first =
        "[serve]\nport = 0\n[serve.settings]\nfena.webhook = \"http://127.0.0.1:1/a\"\nrules = \"live\"\n";
    let folder = folder_with(first);
    let (ready, log) = (folder.path().join("ready.json"), folder.path().join("log"));
    let ready_file = ready.display().to_string();
    let mut child = command(folder.path(), &["serve", "--quiet", "--watch", "--ready-file", &ready_file])
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("the program starts");
    let ready: Value = serde_json::from_str(&wait_for(&ready, |_| true).await).expect("JSON");
    let control = ready["control"].as_str().expect("text").to_owned();
    let read = async |path: &str| -> Value {
        let url = format!("{control}/_sim/v1/workspaces/{path}");
        crate::support::client().get(url).send().await.expect("an answer").json().await.expect("JSON")
    };
    let write = |text: &str| std::fs::write(folder.path().join("provkassa.toml"), text).expect("written");
    let logged = async |text: &str| wait_for(&log, |log| log.contains(text)).await;

    write("[serve]\nport = 0\n[serve.settings]\nfena.webhok = \"http://127.0.0.1:1/b\"\n");
    let said = logged("What the file said before still holds.").await;
    assert!(said.contains("provkassa.toml, line 4: `serve.settings.fena.webhok`"), "{said}");
    assert!(said.contains("Did you mean `fena.webhook`?"), "{said}");
    assert_eq!(read("default/settings").await["values"]["fena.webhook"], "http://127.0.0.1:1/a");

    // Another port needs a restart; the rules that are no longer said are the default again.
    write(concat!(
        "[serve]\nport = 1\n[serve.settings]\nfena.webhook = \"http://127.0.0.1:1/b\"\n",
        "[[serve.fena.terminals]]\nid = \"second\"\n[serve.workspaces.other]\n",
    ));
    let said = logged("was read again").await;
    let told = "workspace other; settings fena.webhook, rules; 1 record; needs a restart: port";
    assert!(said.contains(told), "{said}");
    let settings = read("default/settings").await;
    assert_eq!(settings["values"]["fena.webhook"], "http://127.0.0.1:1/b");
    assert_eq!(settings["rules"], "documented");
    assert_eq!(read("default/fena/terminals").await.as_array().map(Vec::len), Some(2));
    assert_eq!(read("other/fena/terminals").await.as_array().map(Vec::len), Some(1));

    // A record that is refused keeps all the rest from being taken over.
    write(concat!(
        "[serve]\nport = 1\n[serve.settings]\nfena.webhook = \"http://127.0.0.1:1/c\"\n",
        "[[serve.fena.terminals]]\nid = \"second\"\nwebhook = \"nowhere\"\n[serve.workspaces.third]\n",
    ));
    logged("line 7: `webhook` cannot be `nowhere`").await;
    assert_eq!(read("default/settings").await["values"]["fena.webhook"], "http://127.0.0.1:1/b");
    assert_eq!(read("third/settings").await["error"]["type"], "unknown_workspace");

    std::fs::remove_file(folder.path().join("provkassa.toml")).expect("removed");
    logged("cannot be read").await;
    child.kill().and_then(|()| child.wait()).expect("ended");
}

async fn wait_for(file: &Path, enough: impl Fn(&str) -> bool) -> String {
    for _ in 0..1000 {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if !text.is_empty() && enough(&text) {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not come: {:?}", std::fs::read_to_string(file));
}
