//! The reference shop as a customer finds it: a process of its own beside a sandbox, and a payer between the two.

mod carelessness;
mod command;
mod deeds;
mod forgeries;
mod money;
mod odd;
mod pages;
mod renewals;
mod trials;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::support::{Served, command, root};

/// Every provider that the shop has a counter for, and the currency that it is paid in.
pub(crate) const PROVIDERS: [(&str, &str); 6] = [
    ("bambora", "DKK"),
    ("brp", "SEK"),
    ("fena", "GBP"),
    ("fenerum", "DKK"),
    ("freepay", "DKK"),
    ("quickpay", "DKK"),
];
/// How often a callback is waited for, and how long each time.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// A running `provkassa shop`; it is ended when this is dropped.
pub(crate) struct Shop<'a> {
    served: &'a Served,
    child: Option<Child>,
    pub(crate) url: String,
}

impl<'a> Shop<'a> {
    /// A shop that is right in everything.
    async fn open(served: &'a Served) -> Self {
        Self::with(served, &[]).await
    }

    /// A shop that makes a mistake.
    async fn mistaken(served: &'a Served, mistake: &str) -> Self {
        Self::with(served, &["--mistake", mistake]).await
    }

    pub(crate) async fn with(served: &'a Served, arguments: &[&str]) -> Self {
        let mut child = command(root(), &[&["shop", "--port", "0"], arguments].concat())
            .envs([
                ("BAMBORA_URL", &served.bambora),
                ("BRP_URL", &served.brp),
                ("BRP_BASE_URL", &served.base()),
                ("FENA_URL", &served.fena),
                ("FENERUM_URL", &served.fenerum),
                ("FREEPAY_URL", &served.freepay),
                ("QUICKPAY_URL", &served.quickpay),
                ("STRIPE_JS_URL", &format!("{}/v3/", served.fenerum)),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim_end().strip_prefix("listening on ");
        let url = url.unwrap_or_else(|| panic!("it printed {line:?}")).to_owned();
        served.set("fena.webhook", &format!("{url}/callback/fena")).await;
        served.set("fena.redirect", &format!("{url}/return/fena")).await;
        Self { served, child: Some(child), url }
    }

    /// The one that `serve --shop` has opened.
    pub(crate) fn beside(served: &'a Served) -> Self {
        let url = served.ready["shop"].as_str().expect("an address").to_owned();
        Self { served, child: None, url }
    }

    /// Begins a checkout at a provider, or at one of its ways: `quickpay?variant=window`.
    async fn checkout(&self, at: &str, wish: Value) -> Response {
        let request =
            self.served.client.post(self.served.reached(&format!("{}/checkout/{at}", self.url))).json(&wish);
        request.send().await.expect("an answer")
    }

    /// What the shop believes of an order.
    async fn order(&self, id: &str) -> Value {
        let mut url = Url::parse(&self.url).expect("a URL");
        url.path_segments_mut().expect("a path").extend(["orders", id]);
        let answer = self.served.get(url.as_str()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{id}");
        answer.json().await.expect("JSON")
    }

    /// Waits until an order has a status; callbacks come when they come.
    pub(crate) async fn becomes(&self, id: &str, status: &str) -> Value {
        for _ in 0..TRIES {
            let order = self.order(id).await;
            if order["status"] == status {
                return order;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("it is not {status}: {}", self.order(id).await)
    }

    /// Does something with an order.
    async fn act(&self, id: &str, deed: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/orders/{id}/{deed}", self.url);
        let answer = self.served.client.post(url).json(&body).send().await.expect("an answer");
        (answer.status(), answer.json().await.unwrap_or_default())
    }

    /// Buys something: the payer goes all the way and comes back; where they came back to.
    pub(crate) async fn buy(&self, at: &str, id: &str, payer: Payer) -> String {
        let wish = json!({"order": id, "amount": 12_500, "email": "ann@example.com", "name": "Ann Ek"});
        let begun = self.checkout(at, wish).await;
        let back = payer.walk(self, begun).await;
        assert_eq!(self.served.get(&back).await.status(), StatusCode::OK, "{back}");
        back
    }
}

impl Drop for Shop<'_> {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Somebody who pays, or does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payer {
    /// The button that is pressed.
    outcome: &'static str,
    /// The number of the card, where one is asked for; the provider's own good one where it is empty.
    card: &'static str,
}

/// Pays.
pub(crate) const PAYS: Payer = Payer { outcome: "approve", card: "" };
/// Gives up.
const LEAVES: Payer = Payer { outcome: "cancel", card: "" };
/// The bank refuses.
const REFUSED: Payer = Payer { outcome: "decline", card: "" };

impl Payer {
    /// Follows redirects and fills forms, until the way leads back to the shop; that address, not yet opened.
    async fn walk(self, shop: &Shop<'_>, begun: Response) -> String {
        let mut at = Url::parse(&shop.url).expect("a URL");
        let mut answer = begun;
        for _ in 0..12 {
            if let Some(location) = answer.headers().get(LOCATION) {
                let location = location.to_str().expect("text").to_owned();
                at = at.join(&location).expect("a URL");
                if at.as_str().starts_with(&shop.url) {
                    return at.into();
                }
                answer = shop.served.get(at.as_str()).await;
                continue;
            }
            let status = answer.status();
            let html = answer.text().await.expect("a page");
            let problem = html.split("role=\"alert\"").nth(1).unwrap_or_default();
            let problem = problem.get(..200).unwrap_or(problem);
            assert!(status.is_success() && html.contains("<form"), "{at}: {status} {problem}");
            let form = html.split("<form").nth(1).and_then(|rest| rest.split("</form>").next());
            let form = form.expect("a form");
            at = at.join(&attribute(form, "action")).expect("a URL");
            answer = shop.served.submit(at.as_str(), &borrowed(&self.fields(shop, &at, form))).await;
        }
        panic!("the payer does not come back, and is at {at}")
    }

    /// What is filled in, and which button is pressed.
    fn fields(self, shop: &Shop<'_>, at: &Url, form: &str) -> Vec<(String, String)> {
        let inputs = form.split("<input").skip(1).map(|input| input.split('>').next().unwrap_or_default());
        let mut fields: Vec<(String, String)> = inputs
            .filter(|input| input.contains("type=\"hidden\""))
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect();
        let is_at = |provider: &str| at.as_str().starts_with(provider);
        let good = match () {
            () if is_at(&shop.served.bambora) => "3333333333333000",
            () if is_at(&shop.served.freepay) => "4571990000000000",
            () => "1000000000000008",
        };
        let card = if self.card.is_empty() { good } else { self.card };
        for (name, value) in [
            ("cardnumber", card),
            ("expiration[month]", "12"),
            ("expiration[year]", "39"),
            ("cvd", "208"),
            ("expmonth", "12"),
            ("expyear", "39"),
            ("month", "12"),
            ("year", "39"),
            ("cvc", "123"),
            ("bank", "ob-monzo"),
        ] {
            // BRP's page takes a good card for granted where none is typed.
            if form.contains(&format!("name=\"{name}\"")) && !is_at(&shop.served.brp) {
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        if form.contains(&format!("value=\"{}\" data-outcome", self.outcome)) {
            fields.push(("outcome".to_owned(), self.outcome.to_owned()));
        }
        fields
    }
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// An attribute's value, unescaped.
fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    let value = value.unwrap_or_default().replace("&#34;", "\"").replace("&#38;", "&").replace("&#39;", "'");
    value.replace("&#60;", "<").replace("&#62;", ">").replace("&amp;", "&")
}

/// Sends something to the shop, as a provider or as somebody who plays one.
async fn call(shop: &Shop<'_>, url: &str, headers: &[(String, String)], body: String) -> StatusCode {
    let mut request =
        if body.is_empty() { shop.served.client.get(url) } else { shop.served.client.post(url) };
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(body).send().await.expect("an answer").status()
}

/// The kind of an answer's body.
fn kind(answer: &Response) -> &str {
    answer.headers()[CONTENT_TYPE].to_str().expect("text")
}

/// The word for an order that went well.
pub(crate) fn settled(provider: &str) -> &'static str {
    if provider == "fenerum" { "active" } else { "paid" }
}
