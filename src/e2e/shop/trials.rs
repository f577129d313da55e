//! What is tried on a shop that makes a mistake, and on the right one, at one provider.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::forgeries::Call;
use super::{PAYS, Shop};
use crate::support::Served;

/// One shop, one provider, and what is tried there.
pub(super) struct Trial<'a> {
    pub(super) shop: &'a Shop<'a>,
    pub(super) served: &'a Served,
    pub(super) provider: &'static str,
    /// What the orders of this trial begin with.
    pub(super) name: String,
}

impl Trial<'_> {
    /// Begins an order that nobody has paid yet.
    pub(super) async fn begun(&self, name: &str) -> (Value, reqwest::Response) {
        let id = format!("{}{name}", self.name);
        let answer = self.shop.checkout(self.provider, json!({"order": id, "amount": 12_500})).await;
        (self.shop.order(&id).await, answer)
    }

    /// An order that was paid in the ordinary way, and the address that its payer came back to.
    pub(super) async fn paid(&self) -> (Value, String) {
        let (order, answer) = self.begun("paid").await;
        let back = PAYS.walk(self.shop, answer).await;
        self.served.get(&back).await;
        let id = id(&order);
        let done = if self.provider == "fenerum" { "active" } else { "paid" };
        (self.shop.becomes(id, done).await, back)
    }

    /// What becomes of an order of this amount whose payer pays.
    pub(super) async fn bought(&self, amount: i64) -> String {
        let id = format!("{}bought", self.name);
        let answer = self.shop.checkout(self.provider, json!({"order": id, "amount": amount})).await;
        self.served.get(&PAYS.walk(self.shop, answer).await).await;
        tokio::time::sleep(super::PAUSE * 10).await;
        self.status(&self.shop.order(&id).await).await
    }

    /// How the provider takes what the shop sends a payer off with.
    pub(super) async fn sent(&self) -> String {
        let (_, answer) = self.begun("sent").await;
        if answer.status().is_server_error() {
            return format!("checkout {}", answer.status());
        }
        let link = answer.headers().get("location").map(|link| link.to_str().expect("text").to_owned());
        let page = match link {
            Some(link) => self.served.get(&link).await,
            None => self.sends(answer, |_, value| value).await,
        };
        let status = page.status();
        let back = page.headers().get("location").and_then(|to| to.to_str().ok());
        let is_back = back.is_some_and(|to| to.starts_with(&self.shop.url));
        let is_refused = is_back || page.text().await.expect("a page").contains("role=\"alert\"");
        format!("{status}{}", if is_refused { ", refused" } else { "" })
    }

    /// Begins another order of the payer who got this answer.
    pub(super) async fn begins_in_the_same_browser(&self, name: &str, answer: &reqwest::Response) {
        let cookies = answer.headers().get("set-cookie").map_or("", |set| set.to_str().expect("text"));
        let cookie = cookies.split(';').next().unwrap_or_default();
        let url = format!("{}/checkout/{}", self.shop.url, self.provider);
        let wish = json!({"order": format!("{}{name}", self.name), "amount": 12_500});
        let request = self.served.client.post(url).header("cookie", cookie).json(&wish);
        let status = request.send().await.expect("an answer").status();
        assert!(status.is_success() || status.is_redirection(), "{status}");
    }

    /// A subscription that was signed up.
    pub(super) async fn signed_up(&self) -> String {
        let id = format!("{}sub", self.name);
        let way = if self.provider == "fenerum" { "quickpay" } else { "subscription" };
        let at = format!("{}?variant={way}", self.provider);
        let answer = self.shop.checkout(&at, json!({"order": id, "amount": 500})).await;
        let back = PAYS.walk(self.shop, answer).await;
        self.served.get(&back).await;
        self.shop.becomes(&id, "active").await;
        id
    }

    /// Somebody who is about to sign up.
    pub(super) async fn signing_up(&self) -> (Value, reqwest::Response) {
        let id = format!("{}sign", self.name);
        let (way, amount) = match self.provider {
            "brp" => ("brp?variant=subscription".to_owned(), 39_900),
            "fenerum" => ("fenerum".to_owned(), 500),
            other => (format!("{other}?variant=subscription"), 500),
        };
        let answer = self.shop.checkout(&way, json!({"order": id, "amount": amount, "name": "Ann Ek"})).await;
        (self.shop.order(&id).await, answer)
    }

    /// Whether the provider itself has captured an order, or ended a sign-up of Fenerum's.
    pub(super) async fn is_done(&self, order: &Value) -> bool {
        let (kind, name, value) = match self.provider {
            "bambora" => ("bambora/transactions", "order", "number"),
            "fenerum" => ("fenerum/payment_cards", "token", "subscription"),
            "freepay" => ("freepay/transactions", "order", "number"),
            _ => ("quickpay/payments", "order_id", "number"),
        };
        let records = self.served.read(kind).await;
        let record = records.as_array().into_iter().flatten().find(|record| record[name] == order[value]);
        let record = record.expect("a record");
        match self.provider {
            "bambora" => record["captured"] == order["amount"],
            "fenerum" => record["active"] == false,
            "freepay" => record["captured"] == true,
            _ => record["state"] == "processed",
        }
    }

    /// Opens one of the shop's own addresses for an order.
    pub(super) async fn open(&self, door: &str, order: &Value, more: &str) -> StatusCode {
        let url = format!("{}/{door}/{}?order={}{more}", self.shop.url, self.provider, id(order));
        self.served.get(&url).await.status()
    }

    /// What the shop believes of an order.
    pub(super) async fn status(&self, order: &Value) -> String {
        let order = self.shop.order(id(order)).await;
        order["status"].as_str().expect("a status").to_owned()
    }

    /// What becomes of an order by a callback.
    pub(super) async fn told(&self, change: impl FnOnce(&mut Call)) -> String {
        let (order, _) = self.begun("told").await;
        let mut call = Call::of(&order);
        change(&mut call);
        call.send(self.shop, &order).await;
        self.status(&order).await
    }

    /// A payment of one order that is shown for another, with what else the address says.
    pub(super) async fn shown_for_another(&self, more: &str) -> String {
        let (paid, answer) = self.begun("payer").await;
        let back = PAYS.walk(self.shop, answer).await;
        let (other, _) = self.begun("other").await;
        let number = |order: &Value| order["number"].as_str().expect("a number").to_owned();
        if ["brp", "freepay"].contains(&self.provider) {
            // What the provider put behind the shop's own parameter.
            let own = format!("order={}", id(&paid));
            let own = back.split_once(&own).expect("the shop's own parameter").1;
            let own = own.split("&OrderNumber=").next().unwrap_or_default();
            let more = if more.is_empty() { String::new() } else { format!("{more}{}", number(&other)) };
            self.open("return", &other, &format!("{own}{more}")).await;
        } else {
            Call { number: number(&paid), ..Call::of(&other) }.send(self.shop, &other).await;
        }
        self.status(&other).await
    }

    /// Pays on a form whose fields the payer has changed.
    pub(super) async fn form_with(&self, name: &str, value: &str) -> String {
        let (order, answer) = self.begun("form").await;
        let change = |known: &str, own: String| if known == name { value.to_owned() } else { own };
        let answer = self.sends(answer, change).await;
        let back = PAYS.walk(self.shop, answer).await;
        self.served.get(&back).await;
        self.status(&order).await
    }

    /// Sends the form of a page, with each value as it is made by its field's name and its own.
    async fn sends(
        &self,
        page: reqwest::Response,
        change: impl Fn(&str, String) -> String,
    ) -> reqwest::Response {
        let page = page.text().await.expect("a page");
        let form = page.split("<form").nth(1).expect("a form");
        let fields: Vec<(String, String)> = form
            .split("<input")
            .skip(1)
            .map(|input| {
                let name = super::attribute(input, "name");
                let value = change(&name, super::attribute(input, "value"));
                (name, value)
            })
            .collect();
        self.served.submit(&super::attribute(form, "action"), &super::borrowed(&fields)).await
    }

    /// Changes BRP's own order behind the shop's back.
    pub(super) async fn change(&self, order: &Value, change: Value) {
        let mut change = change;
        change["id"] = json!(order["reference"].as_str().and_then(|id| id.parse::<u64>().ok()));
        self.served.post("brp/orders", change).await;
    }

    /// Lets the provider refuse the next thing that the shop does with an order.
    pub(super) async fn refuses_the_next(&self, order: &Value) {
        let refused = if self.provider == "quickpay" { "decline" } else { "116" };
        let queued = json!({"provider": self.provider, "order": order["number"], "chain": [refused]});
        self.served.post("outcomes", queued).await;
    }

    /// Lets the next thing at the provider end like this.
    pub(super) async fn next(&self, outcome: &str) {
        self.served.post("outcomes", json!({"provider": self.provider, "outcome": outcome})).await;
    }
}

/// The shop's own id of an order.
pub(super) fn id(order: &Value) -> &str {
    order["order"].as_str().expect("an id")
}
