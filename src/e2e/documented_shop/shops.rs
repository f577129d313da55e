//! A shop of `fixtures/shops` in its own process, and the customers and providers that go there.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use provkassa::simulators::kit::digest::{hex, hmac_sha256};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::stripe::KEY;
use crate::support::{Served, found, has, location, root};

/// Where both shops are.
pub(super) const SHOPS: &str = "fixtures/shops";
const ACCOUNT: &str = "50e9aa0b-8d35-4da7-9a9b-8a35b11579b2";

/// A shop as customers and providers find it; it is ended when this is dropped.
pub(super) struct Shop<'a> {
    served: &'a Served,
    child: Child,
    pub(super) url: String,
}

/// What a shop believes of an order: its status, and how often it was credited.
pub(super) type Belief = (String, u64);

/// Whether Node and the shops' library are installed; in CI they must be.
pub(crate) fn can_open() -> bool {
    let library = root().join(SHOPS).join("documented/node_modules/express").is_dir();
    let hint = format!("npm install --prefix {SHOPS}/documented");
    found("node", "the shops in Express") && has(library, "express", &hint)
}

impl<'a> Shop<'a> {
    /// None where it cannot be.
    pub(super) async fn open(served: &'a Served, which: &str) -> Option<Self> {
        if !can_open() {
            return None;
        }
        let mut child = Command::new("node")
            .arg(root().join(SHOPS).join(which).join("shop.mjs"))
            .envs([
                ("BAMBORA_URL", served.bambora.as_str()),
                ("BAMBORA_MERCHANT", "8008001"),
                ("BAMBORA_MD5KEY", "bambora-md5"),
                ("BRP_BASE_URL", &served.base()),
                ("BRP_SECRET", "SecretWord"),
                ("BRP_API_USER", "api-user"),
                ("BRP_API_PASSWORD", "api-password"),
                ("FENA_URL", &served.fena),
                ("FENA_TERMINAL", "4af9b080-b6d3-4206-a10f-f2162f15b655"),
                ("FENA_SECRET", "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11"),
                ("FENERUM_URL", &served.fenerum),
                ("FENERUM_TOKEN", "5f3c1a7e9b2d4860c1e7f0a3b5d2948617c0e3fa"),
                ("FENERUM_ACCOUNT", ACCOUNT),
                ("STRIPE_JS_URL", &format!("{}/v3/", served.fenerum)),
                ("STRIPE_PUBLISHABLE_KEY", KEY),
                ("FREEPAY_URL", &served.freepay),
                ("FREEPAY_MERCHANT", "1234567"),
                ("FREEPAY_PASSWORD", "freepay-test"),
                ("QUICKPAY_URL", &served.quickpay),
                ("QUICKPAY_API_KEY", "quickpay-api-key"),
                ("QUICKPAY_PRIVATE_KEY", "quickpay-private-key"),
                ("QUICKPAY_WINDOW_KEY", "quickpay-window-key"),
                ("PORT", "0"),
            ])
            .env_remove("SHOP_URL")
            .env_remove("HOST")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let stdout = child.stdout.take().expect("a pipe");
        let mut shop = Self { served, child, url: String::new() };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim_end().strip_prefix("listening on ");
        url.unwrap_or_else(|| panic!("it printed {line:?}")).clone_into(&mut shop.url);
        served.set("fena.webhook", &format!("{}/callback/fena", shop.url)).await;
        served.set("fena.redirect", &format!("{}/return/fena", shop.url)).await;
        Some(shop)
    }

    /// Begins an order.
    pub(super) async fn checks_out(&self, provider: &str, order: &str, amount: u64) -> Response {
        let url = format!("{}/checkout/{provider}", self.url);
        let body = json!({ "order": order, "amount": amount });
        self.served.client.post(url).json(&body).send().await.expect("an answer")
    }

    /// A payer goes to the provider's page and pays there. Where the browser is sent then; empty where it stays.
    pub(super) async fn paid_at(&self, provider: &str, order: &str, amount: u64) -> String {
        let served = self.served;
        let answer = self.checks_out(provider, order, amount).await;
        let back = match provider {
            "bambora" => {
                // The callback may come at any time within a minute, and is sent when the test says so.
                let policy = json!({ "provider": "bambora", "order": order, "policy": { "hold": true } });
                served.post("callbacks/policy", policy).await;
                let window = location(&served.get(&location(&answer)).await);
                served.submit(&window, &[("outcome", "approve")]).await
            }
            "brp" => {
                let page = location(&served.get(&location(&answer)).await);
                let bank = location(&served.submit(&page, &[("outcome", "approve")]).await);
                served.get(&bank).await
            }
            "fena" => {
                served.get(&location(&answer)).await;
                let payments = served.read("fena/payments").await;
                let is_it = |payment: &&Value| payment["order"] == order;
                let payment = payments.as_array().and_then(|all| all.iter().find(is_it)).expect("a payment");
                let page = format!("{}/pay/{}", served.fena, payment["id"].as_str().expect("an id"));
                served.submit(&page, &[("bank", "ob-monzo")]).await;
                served.submit(&page, &[("outcome", "approve")]).await
            }
            "freepay" => {
                let form = answer.text().await.expect("a page");
                let fields = hidden(&form);
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let page =
                    location(&served.submit(&format!("{}/paymentpage", served.freepay), &fields).await);
                served.submit(&page, &[("outcome", "approve")]).await
            }
            "quickpay" => {
                let card = [
                    ("session_id", ""),
                    ("cardnumber", "1000000000000008"),
                    ("expiration[month]", "12"),
                    ("expiration[year]", "39"),
                    ("cvd", "208"),
                ];
                served.submit(&location(&answer), &card).await
            }
            other => panic!("{other} has no page"),
        };
        if back.status().is_redirection() {
            return location(&back);
        }
        // A receipt of the provider's own, with the way back to the shop on it, or none.
        let page = back.text().await.expect("a page");
        let way = page.split("href=\"").skip(1).find(|rest| rest.starts_with(&self.url));
        way.and_then(|rest| rest.split('"').next()).map(|url| url.replace("&#38;", "&")).unwrap_or_default()
    }

    /// Registers a card of Stripe's on an account.
    pub(super) async fn registers(&self, order: &str, account: &str) -> StatusCode {
        let made = format!("{}/v1/payment_methods", self.served.fenerum);
        let made = self.served.submit(&made, &crate::stripe::form("4242424242424242")).await;
        let made: Value = made.json().await.expect("JSON");
        let url = format!("{}/api/register-payment-card?order={order}", self.url);
        let body = json!({ "paymentMethodId": made["id"], "accountId": account });
        self.served.client.post(url).json(&body).send().await.expect("an answer").status()
    }

    /// A payer pays, and comes back.
    pub(super) async fn paid(&self, provider: &str, order: &str, amount: u64) {
        if provider == "fenerum" {
            self.checks_out(provider, order, amount).await;
            assert_eq!(self.registers(order, ACCOUNT).await, StatusCode::OK);
            return;
        }
        let back = self.paid_at(provider, order, amount).await;
        if !back.is_empty() {
            assert_eq!(self.served.get(&back).await.status(), StatusCode::OK, "{back}");
        }
    }

    /// Opens one of the shop's addresses by hand.
    pub(super) async fn opens(&self, path: &str) -> StatusCode {
        self.served.get(&format!("{}{path}", self.url)).await.status()
    }

    pub(super) async fn order(&self, order: &str) -> Value {
        let answer = self.served.get(&format!("{}/orders/{order}", self.url)).await;
        assert_eq!(answer.status(), StatusCode::OK, "{order}");
        answer.json().await.expect("JSON")
    }

    pub(super) async fn believes(&self, order: &str) -> Belief {
        let order = self.order(order).await;
        (
            order["status"].as_str().expect("a status").to_owned(),
            order["credited"].as_u64().expect("a number"),
        )
    }

    /// Waits until it believes this: callbacks come when they come.
    pub(super) async fn comes_to_believe(&self, order: &str, status: &str, credited: u64) {
        for _ in 0..400 {
            if self.believes(order).await == (status.to_owned(), credited) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{order} is {:?} and not {status} {credited}", self.believes(order).await);
    }

    /// Posts to the shop what QuickPay might have said.
    pub(super) async fn called(&self, body: &Value, key: Option<&str>) -> StatusCode {
        let body = body.to_string();
        let url = format!("{}/callback/quickpay", self.url);
        let mut request = self.served.client.post(url).header("content-type", "application/json");
        if let Some(key) = key {
            let checksum = hex(&hmac_sha256(key.as_bytes(), body.as_bytes()));
            request = request.header("quickpay-checksum-sha256", checksum);
        }
        request.body(body).send().await.expect("an answer").status()
    }

    /// The last callback of a provider's.
    pub(super) async fn callback(&self, provider: &str) -> Value {
        let all = self.served.read("callbacks").await;
        let is_it = |callback: &&Value| callback["provider"] == provider;
        all.as_array().and_then(|all| all.iter().rfind(is_it)).expect("a callback").clone()
    }

    /// What QuickPay has of the one payment that is accepted, or of the one that is not.
    pub(super) async fn payment(&self, accepted: bool) -> Value {
        let all = self.served.read("quickpay/payments").await;
        let is_it = |payment: &&Value| payment["accepted"] == accepted;
        all.as_array().and_then(|all| all.iter().find(is_it)).expect("a payment").clone()
    }
}

impl Drop for Shop<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The hidden fields of a page.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let field = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some((name.to_owned(), value.to_owned()))
    };
    inputs.filter_map(field).collect()
}
