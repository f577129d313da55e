//! A shop's order: the parameters that open the payment window for it, and their hash.

use provkassa::simulators::kit::digest::{hex, md5};
use reqwest::Response;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::calls::MERCHANT;
use crate::support::{Served, location};

pub(crate) const KEY: &str = "bambora-md5";
/// Where the payer comes back to.
pub(crate) const ACCEPT: &str = "http://127.0.0.1:1/ok";
pub(crate) const CANCEL: &str = "http://127.0.0.1:1/no";

/// The parameters in the order in which they are sent.
#[derive(Clone, Debug)]
pub(crate) struct Order(Vec<(String, String)>);

impl Order {
    /// An order over 99,95 DKK whose window fills the screen, without a receipt of ePay's.
    pub(crate) fn new(id: &str) -> Self {
        let parameters = [
            ("encoding", "UTF-8"),
            ("merchantnumber", MERCHANT),
            ("amount", "9995"),
            ("currency", "DKK"),
            ("windowstate", "3"),
            ("orderid", id),
            ("language", "2"),
            ("ownreceipt", "1"),
            ("accepturl", ACCEPT),
            ("cancelurl", CANCEL),
        ];
        Self(parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    /// With another value, or one more parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// A subscription without a payment.
    pub(crate) fn sign_up(self) -> Self {
        self.with("amount", "0").with("subscription", "1").with("subscriptiontype", "recurring")
    }

    pub(crate) fn hash(&self, key: &str) -> String {
        hex(&md5(format!("{}{key}", self.values()).as_bytes()))
    }

    /// What is hashed, before the key.
    pub(crate) fn values(&self) -> String {
        self.0.iter().map(|(_, value)| value.as_str()).collect()
    }

    /// As a query or a form, with this hash.
    pub(crate) fn text_with(&self, hash: &str) -> String {
        let mut text = Serializer::new(String::new());
        text.extend_pairs(&self.0).append_pair("hash", hash).finish()
    }

    pub(crate) fn text(&self) -> String {
        self.signed(KEY)
    }

    /// As a query or a form, signed with another key.
    pub(crate) fn signed(&self, key: &str) -> String {
        self.text_with(&self.hash(key))
    }

    /// The names in another order, with the hash of this one.
    pub(crate) fn sorted(&self) -> String {
        let mut sorted = self.clone();
        sorted.0.sort();
        self.text_with(&sorted.hash(KEY))
    }

    /// Goes to the window by a link.
    pub(crate) async fn open(&self, served: &Served) -> Response {
        by_link(served, &self.text()).await
    }

    /// The address of the window's page.
    pub(crate) async fn page(&self, served: &Served) -> String {
        location(&self.open(served).await)
    }
}

/// Goes to the window with a query.
pub(crate) async fn by_link(served: &Served, query: &str) -> Response {
    served.get(&format!("{}/integration/ewindow/Default.aspx?{query}", served.bambora)).await
}

/// Everything that the sandbox warns of.
pub(crate) fn warnings(answer: &Response) -> String {
    let all = answer.headers().get_all("provkassa-warning").iter();
    all.filter_map(|warning| warning.to_str().ok()).collect::<Vec<_>>().join("\n")
}

/// A page with its status.
pub(crate) async fn shown(answer: Response) -> (u16, String) {
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}

/// Pays with a card that is typed.
pub(crate) async fn pay(served: &Served, page: &str, number: &str) -> Response {
    let card = [
        ("outcome", "approve"),
        ("cardnumber", number),
        ("expmonth", "12"),
        ("expyear", "39"),
        ("cvc", "123"),
    ];
    served.submit(page, &card).await
}

/// A value of a query.
pub(crate) fn value_of(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("{url} has no {name}")).1.into_owned()
}

/// The address without its hash, which must be right.
pub(crate) fn verified(url: &str) -> &str {
    let (told, hash) = url.split_once("&hash=").unwrap_or_else(|| panic!("{url} has no hash"));
    let query = told.split_once('?').expect("a query").1;
    let values: String = url::form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value).collect();
    assert_eq!(hash, hex(&md5(format!("{values}{KEY}").as_bytes())), "{url}");
    told
}

/// Queues outcomes for an order.
pub(crate) async fn queue(served: &Served, order: &str, chain: &[&str]) {
    served.post("outcomes", json!({"provider": "bambora", "order": order, "chain": chain})).await;
}

/// Moves the clock.
pub(crate) async fn pass(served: &Served, seconds: u64) {
    served.post("clock/advance", json!({"milliseconds": seconds * 1000})).await;
}

/// The records of a kind.
pub(crate) async fn records(served: &Served, kind: &str) -> Vec<Value> {
    served.read(&format!("bambora/{kind}")).await.as_array().cloned().expect("a list")
}

/// Changes what the merchant has set up.
pub(crate) async fn merchant(served: &Served, change: Value) {
    served.post("bambora/merchants", change).await;
}
