//! Secrets and card numbers: whatever place of whatever request they stand in, and however it is written, no view,
//! no log and no list shows them.

mod planted;

use std::fs::File;
use std::time::Duration;

use planted::{CARD, Planted, bodies, fields};
use provkassa::simulators::PROVIDERS;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::bambora::order::{Order, pay};
use crate::support::{NOON, Served, location};

/// The token of the control API.
const TOKEN: &str = "the-token-of-this-sandbox";
/// What nobody has given to the sandbox: its field alone tells that it is none of a reader's business.
const UNHEARD_OF: &str = "unheard-of-7731";

const CONFIGURATION: &str = r#"
[serve.bambora.merchants]
md5_key = "md5 key & of the file"
password = "remote password of the file"

[serve.freepay.merchants]
number = "1234567"
password = "freepay password of the file"

[[serve.fena.terminals]]
id = "second"
secret = "secret of the second terminal"

[[serve.workspaces.own.fena.terminals]]
id = "third"
secret = "secret of the third terminal"
"#;

/// Everything that must not be seen.
async fn secrets(served: &Served) -> Vec<Planted> {
    let mut planted = vec![
        Planted::new("the token", TOKEN),
        Planted::new("md5 key", "md5 key & of the file"),
        Planted::new("remote password", "remote password of the file"),
        Planted::new("freepay password", "freepay password of the file"),
        Planted::new("second terminal", "secret of the second terminal"),
        Planted::new("third terminal", "secret of the third terminal"),
        Planted::new("webhook password", "password of the webhook"),
        Planted::new("later terminal", "secret of a later terminal"),
        Planted::new("card", CARD),
    ];
    for workspace in ["default", "own"] {
        let described = asked(served, Method::GET, &format!("workspaces/{workspace}"), Value::Null).await;
        let credentials = described["credentials"].as_object().expect("credentials");
        let is_secret = |name: &str| {
            ["SECRET", "PASSWORD", "_KEY", "TOKEN", "MD5KEY"].iter().any(|end| name.ends_with(end))
        };
        for (name, value) in
            credentials.iter().filter(|(name, _)| is_secret(name) && *name != "STRIPE_PUBLISHABLE_KEY")
        {
            // Of the other workspace three are enough.
            if workspace == "own"
                && !["BRP_SECRET", "FENERUM_TOKEN", "QUICKPAY_API_KEY"].contains(&name.as_str())
            {
                continue;
            }
            planted.push(Planted::new(&format!("{name} of {workspace}"), value.as_str().expect("text")));
        }
    }
    planted
}

fn admitted(served: &Served, method: Method, path: &str) -> RequestBuilder {
    served.client.request(method, format!("{}{path}", served.control)).bearer_auth(TOKEN)
}

async fn asked(served: &Served, method: Method, path: &str, body: Value) -> Value {
    let request = admitted(served, method, &format!("/_sim/v1/{path}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    let answer = request.send().await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a body"));
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Sends a request with everything in each of its places; what it is answered with is a page of ours or the
/// provider's own, and only the first must not tell.
async fn send(served: &Served, request: RequestBuilder, planted: &[Planted], seen: &mut Seen) {
    let mut request = request
        .header("accept", "text/html")
        .header("cookie", format!("session={}", planted[0].value))
        .header("authorization", format!("Bearer {}", planted[1].value))
        .header("referer", format!("{}/?token={TOKEN}", served.control));
    for (number, one) in planted.iter().enumerate() {
        let looks: Vec<String> = one.looks().into_iter().skip(number % 4).step_by(4).collect();
        request = request.header(format!("x-note-{number}"), looks.join(", "));
    }
    let answer = request.send().await.expect("an answer");
    seen.answered(answer).await;
}

/// What was shown, with where.
#[derive(Default)]
struct Seen(Vec<(String, String)>);

impl Seen {
    fn add(&mut self, place: &str, text: String) {
        self.0.push((place.to_owned(), text));
    }

    /// What a caller is told of ours: warnings, and pages for people.
    async fn answered(&mut self, answer: Response) {
        let place = format!("the answer at {}", answer.url().path().chars().take(60).collect::<String>());
        let warnings: Vec<String> = answer
            .headers()
            .get_all("provkassa-warning")
            .iter()
            .map(|warning| String::from_utf8_lossy(warning.as_bytes()).into_owned())
            .collect();
        self.add(&format!("warnings of {place}"), warnings.join("\n"));
        let is_page = answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let text = answer.text().await.unwrap_or_default();
        if is_page {
            self.add(&place, text);
        }
    }

    /// Each place that shows something that is planted, and what.
    fn leaks(&self, planted: &[Planted]) -> Vec<String> {
        let mut leaks = Vec::new();
        for (place, text) in &self.0 {
            // What a page offers to be copied into `.env` is meant to be read there.
            let text = without_credentials(text);
            let plain = text
                .replace("&#38;", "&")
                .replace("&amp;", "&")
                .replace("&quot;", "\"")
                .replace("&#34;", "\"");
            let plain = plain
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&#60;", "<")
                .replace("&gt;", ">")
                .replace("&#62;", ">");
            for one in planted {
                for look in one.looks() {
                    if let Some(at) = plain.find(&look) {
                        let from = plain[..at].char_indices().rev().nth(60).map_or(0, |(at, _)| at);
                        let around: String = plain[from..].chars().take(200).collect();
                        leaks.push(format!("{place}: {} as {look:?} in {around:?}", one.name));
                        break;
                    }
                }
            }
        }
        leaks
    }
}

fn without_credentials(page: &str) -> String {
    let mut parts = page.split("data-env>");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|part| part.split_once("</pre>").map(|(_, rest)| rest));
    let page = first + &rest.collect::<String>();
    // The links of the view lead on with its token, for its reader has it, and a page's way to the other language is
    // the address that its reader came by.
    let page = page.replace(&format!("token={TOKEN}"), "");
    let page = page.replace(&format!("name=\"token\" value=\"{TOKEN}\""), "");
    let mut links = page.split("href=\"?");
    let first = links.next().unwrap_or_default().to_owned();
    let rest = links.filter_map(|part| part.split_once('"').map(|(_, rest)| rest));
    first + &rest.collect::<String>()
}

/// A sandbox with a log, and a configuration of its own.
struct Logged {
    served: Served,
    log: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Logged {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("provkassa.toml");
        std::fs::write(&file, CONFIGURATION).expect("written");
        let log = folder.path().join("log");
        let to = File::create(&log).expect("a log");
        let served = Served::logged(
            &["--freeze", NOON, "--token", TOKEN, "--config", &file.display().to_string()],
            to,
        )
        .await;
        Self { served, log, _folder: folder }
    }
}

#[tokio::test]
async fn no_view_shows_a_secret_or_a_card_however_it_came() {
    let Logged { served, log, _folder } = Logged::start().await;
    asked(&served, Method::POST, "workspaces", json!({"name": "later"})).await;
    asked(
        &served,
        Method::POST,
        "workspaces/later/fena/terminals",
        json!({"id": "fourth", "secret": "secret of a later terminal"}),
    )
    .await;
    let hook = json!({"endpoint": "http://127.0.0.1:1/hook", "basic_auth_username": "shop", "basic_auth_password": "password of the webhook"});
    asked(&served, Method::POST, "workspaces/default/fenerum/webhooks", hook).await;
    let setting = json!({"quickpay.callback_url": format!("http://127.0.0.1:1/cb?key={TOKEN}&card={CARD}")});
    asked(&served, Method::PATCH, "workspaces/default/settings", setting).await;
    let planted = secrets(&served).await;
    let mut seen = Seen::default();

    let fields = fields(&planted);
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let raw: Vec<String> = planted.iter().map(|one| one.value.replace([' ', '&'], "+")).collect();
    let doors = [
        (&served.bambora, "integration/ewindow/Default.aspx", "remote/payment.asmx"),
        (&served.brp, "brponline/external/payment/payfororder", "brponline/api/ver3/auth/login"),
        (&served.fena, "pay", "pay"),
        (&served.fenerum, "api/v1/payment_cards/", "v1/payment_methods"),
        (&served.freepay, "secure/index.aspx", "secure/authorize.aspx"),
        (&served.quickpay, "payments", "framed"),
    ];
    for (door, (origin, first, second)) in doors.into_iter().enumerate() {
        for path in [first.to_owned(), second.to_owned(), format!("nowhere/{}", raw.join("/"))] {
            let url = format!("{origin}/{path}?orderid={CARD}&{query}");
            send(&served, served.client.get(&url), &planted, &mut seen).await;
        }
        // Each kind of body goes to two providers; nothing is hidden by one provider that is not by another.
        for (number, (kind, body)) in bodies(&planted).into_iter().enumerate().skip(door % 3).step_by(3) {
            let path = if number % 2 == 0 { first } else { second };
            let request = served.client.post(format!("{origin}/{path}")).header("content-type", kind);
            send(&served, request.body(body), &planted, &mut seen).await;
        }
    }
    // To the wrong provider, to a workspace by its name, and with what nobody has.
    for (path, login) in [
        ("w/own/quickpay/payments", "quickpay-api-key"),
        ("w/later/fenerum/api/v1/accounts/", "unheard-of-7731"),
        ("quickpay/payments", UNHEARD_OF),
        ("fenerum/api/v1/accounts/", UNHEARD_OF),
    ] {
        let url = format!(
            "{}/{path}?password={UNHEARD_OF}&next=https%3A%2F%2Fme%3A{UNHEARD_OF}%40shop.test",
            served.control
        );
        let body = json!({"password": UNHEARD_OF, "cvc": UNHEARD_OF, "url": format!("https://me:{UNHEARD_OF}@shop.test"), "inner": json!({"pwd": UNHEARD_OF}).to_string()});
        let request = served.client.post(url).basic_auth("", Some(login)).header("x-api-key", UNHEARD_OF);
        seen.answered(request.json(&body).send().await.expect("an answer")).await;
    }
    // A payment page, and a callback to an address with everything in it.
    let hook = format!("http://shop:{UNHEARD_OF}@127.0.0.1:1/cb?card={CARD}&key={TOKEN}");
    let order = Order::new("M1").with("callbackurl", &hook).with("instantcallback", "1").with("group", CARD);
    let order = order.signed("md5 key & of the file");
    let opened = served.get(&format!("{}/integration/ewindow/Default.aspx?{order}", served.bambora)).await;
    let page = location(&opened);
    seen.answered(served.get(&page).await).await;
    pay(&served, &page, "3333333333333000").await;
    // What a login hands out.
    let login = json!({"username": "api-user", "password": "api-password"});
    let login = served.client.post(format!("{}/brponline/api/ver3/auth/login", served.brp)).json(&login);
    let login: Value = login.send().await.expect("an answer").json().await.expect("JSON");
    let access = login["access_token"].as_str().expect("a token");
    served.get(&format!("{}/brponline/api/ver3/orders/15?note={access}", served.brp)).await;
    let mut planted = planted;
    planted.push(Planted::new("an access token", access));
    planted.push(Planted::new("what nobody knows", UNHEARD_OF));
    tokio::time::sleep(Duration::from_millis(300)).await;

    let shown = look(&served, &mut seen).await;
    // Before the first request it says what to put into `.env`.
    let log = std::fs::read_to_string(&log).expect("a log");
    let (_, log) = log.split_once("`provkassa env` prints them").expect("a greeting");
    seen.add("the log", log.to_owned());
    let leaks = seen.leaks(&planted);
    assert!(leaks.is_empty(), "{} leaks\n{}", leaks.len(), leaks[..leaks.len().min(25)].join("\n"));
    // It was looked at what there was to see.
    assert!(shown > 40, "{shown} entries");
    let all: String = seen.0.iter().map(|(_, text)| text.as_str()).collect();
    for name in [
        "‹BAMBORA_MD5KEY›",
        "‹FENA_SECRET of own›",
        "‹BRP_ACCESS_TOKEN›",
        "‹PROVKASSA_TOKEN›",
        "453914••••••6467",
        "‹hidden›",
        "\"$BAMBORA_PWD\"",
    ] {
        assert!(all.contains(name) || all.contains(&name.replace('"', "&#34;")), "{name} stands nowhere");
    }
}

/// A provider's page without a section whose texts come with the program, and name the keys that `provkassa env` prints
/// for everybody.
fn without(section: &str, page: &str) -> String {
    let Some((before, rest)) = page.split_once(&format!("id=\"{section}\"")) else { return page.to_owned() };
    let (_, after) = rest.split_once("</section>").expect("an end");
    format!("{before}>{after}")
}

/// Looks at every view of what happened; how many entries there are.
async fn look(served: &Served, seen: &mut Seen) -> usize {
    let mut count = 0;
    for workspace in ["default", "own", "later"] {
        for list in ["journal", "callbacks", "faults"] {
            let list = format!("workspaces/{workspace}/{list}");
            let listed = asked(served, Method::GET, &list, Value::Null).await;
            count += listed["entries"].as_array().map_or(0, Vec::len);
            seen.add(&list, listed.to_string());
        }
    }
    for provider in PROVIDERS {
        let home = format!("/_sim/live/providers/{}", provider.info().id);
        let kinds = provider.records().iter().map(|kind| format!("{home}/records/{kind}"));
        for path in kinds.chain([home.clone()]) {
            for workspace in ["default", "own", "later"] {
                let path = format!("{path}?workspace={workspace}");
                let page = admitted(served, Method::GET, &path).send().await.expect("an answer");
                assert!(page.status().is_success(), "{path}: {}", page.status());
                let page = page.text().await.expect("a page");
                seen.add(&path, without("codes", &without("flows", &page)));
            }
        }
    }
    let unclaimed = asked(served, Method::GET, "unclaimed", Value::Null).await;
    count += unclaimed["entries"].as_array().map_or(0, Vec::len);
    seen.add("unclaimed", unclaimed.to_string());
    for path in ["/", "/?workspace=own", "/?workspace=*", "/?provider=brp", "/?q=note1"] {
        let page = admitted(served, Method::GET, path).send().await.expect("an answer");
        seen.add(path, page.text().await.expect("a page"));
    }
    for cursor in 1..=count {
        let path = format!("/_sim/live/entries/{cursor}");
        let page = admitted(served, Method::GET, &path).send().await.expect("an answer");
        seen.add(&path, page.text().await.expect("a page"));
    }
    for (path, last) in
        [("/_sim/v1/workspaces/default/journal/stream", "0"), ("/_sim/live/events?since=0", "0")]
    {
        let stream = admitted(served, Method::GET, path).header("last-event-id", last);
        let mut stream = stream.send().await.expect("an answer");
        let mut text = String::new();
        let mut patience = Duration::from_secs(30);
        while let Ok(Ok(Some(piece))) = tokio::time::timeout(patience, stream.chunk()).await {
            text.push_str(&String::from_utf8_lossy(&piece));
            patience = Duration::from_millis(500);
        }
        assert!(text.len() > 1000, "{path}: {text}");
        seen.add(path, text);
    }
    count
}
