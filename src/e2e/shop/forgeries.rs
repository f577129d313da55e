//! Callbacks that the test sends in a provider's name, genuine and forged.

use provkassa::simulators::kit::digest::{hex, hmac_sha256, md5};
use provkassa::simulators::kit::jwt::{Algorithm, assemble};
use reqwest::StatusCode;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Shop;

const FENA_SECRET: &str = "5c0e7f43-6d1b-4b0e-9a55-2f1d8f7f2c11";
const TERMINAL: &str = "4af9b080-b6d3-4206-a10f-f2162f15b655";

/// How a callback is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// With no algorithm at all; QuickPay's has no checksum then.
    None,
    /// With somebody else's key.
    Other,
    /// As the provider signs.
    Right,
}

/// What a callback says.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) key: Key,
    /// The provider's name for the order.
    pub(super) number: String,
    pub(super) amount: i64,
    /// In letters; ePay's is sent as its number.
    pub(super) currency: &'static str,
    pub(super) terminal: &'static str,
    /// How many seconds the token still holds.
    pub(super) holds: i64,
    /// Whether it tells of a payment.
    pub(super) approved: bool,
    /// QuickPay's code for why not.
    pub(super) refusal: &'static str,
}

impl Call {
    /// What a provider says of an order that is paid.
    pub(super) fn of(order: &Value) -> Self {
        Self {
            key: Key::Right,
            number: order["number"].as_str().expect("a number").to_owned(),
            amount: order["amount"].as_i64().expect("an amount"),
            currency: "DKK",
            terminal: TERMINAL,
            holds: 3600,
            approved: true,
            refusal: "40000",
        }
    }

    /// Sends it to the address that the shop gave for an order; the answer's status.
    pub(super) async fn send(&self, shop: &Shop<'_>, order: &Value) -> StatusCode {
        let (provider, id) = (order["provider"].as_str().expect("a provider"), order["order"].as_str());
        let id: String = form_urlencoded::byte_serialize(id.expect("an id").as_bytes()).collect();
        let url = format!("{}/callback/{provider}?order={id}", shop.url);
        match provider {
            "bambora" => super::call(shop, &self.epay(&url), &[], String::new()).await,
            "fena" => {
                let headers = [("content-type", "application/x-www-form-urlencoded")];
                super::call(shop, &url, &owned(&headers), format!("token={}", self.token())).await
            }
            _ => {
                let (checksum, body) = self.quickpay(order);
                let headers = [("content-type", "application/json"), ("quickpay-checksum-sha256", &checksum)];
                let headers = if self.key == Key::None { &headers[..1] } else { &headers };
                super::call(shop, &url, &owned(headers), body).await
            }
        }
    }

    fn epay(&self, url: &str) -> String {
        let number = if self.currency == "DKK" { "208" } else { "752" };
        let amount = self.amount.to_string();
        let own = url.split_once('?').map_or("", |(_, query)| query);
        let own: Vec<_> = form_urlencoded::parse(own.as_bytes()).collect();
        let parameters = [
            ("txnid", "66406429"),
            ("orderid", self.number.as_str()),
            ("amount", &amount),
            ("currency", number),
            ("date", "20260301"),
            ("time", "0957"),
            ("txnfee", "0"),
            ("paymenttype", "3"),
            ("cardno", "333333XXXXXX3000"),
        ];
        let values: String = own.iter().map(|(_, value)| value.as_ref()).collect();
        let values = parameters.iter().fold(values, |values, (_, value)| values + value);
        let key = if self.key == Key::Right { "bambora-md5" } else { "another" };
        let hash = hex(&md5(format!("{values}{key}").as_bytes()));
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("{url}&{query}&hash={hash}")
    }

    fn token(&self) -> String {
        let now = jiff::Timestamp::now().as_second();
        let pounds = format!("{}.{:02}", self.amount / 100, self.amount % 100);
        let claims = json!({
            "iat": now - 60, "exp": now + self.holds, "id": "a3c1f2d4-0b5e-4c6f-9a7b-8d9e0f1a2b3c",
            "orderID": self.number, "requestAmount": pounds, "netAmount": pounds, "terminal": self.terminal,
            "completedAt": "2026-03-01 12:00:00",
        });
        let (algorithm, name) =
            if self.key == Key::None { (Algorithm::None, "none") } else { (Algorithm::Hs512, "HS512") };
        let key = if self.key == Key::Other { "another" } else { FENA_SECRET };
        let header = json!({"typ": "JWT", "alg": name}).to_string();
        assemble(&header, &claims.to_string(), algorithm, key.as_bytes())
    }

    fn quickpay(&self, order: &Value) -> (String, String) {
        let is_sign_up = order["provider"] == "fenerum" || order["variant"] == "subscription";
        let code = if self.approved { "20000" } else { self.refusal };
        let reference: u64 = order["reference"].as_str().and_then(|id| id.parse().ok()).unwrap_or(7);
        let body = json!({
            "id": reference, "order_id": self.number, "accepted": self.approved,
            "type": if is_sign_up { "Subscription" } else { "Payment" },
            "currency": self.currency, "test_mode": true, "metadata": {"brand": "visa", "last4": "0008"},
            "operations": [{
                "id": 1, "type": "authorize", "amount": self.amount, "pending": false, "qp_status_code": code,
            }],
        });
        let body = body.to_string();
        let key = if self.key == Key::Right { "quickpay-private-key" } else { "another" };
        (hex(&hmac_sha256(key.as_bytes(), body.as_bytes())), body)
    }
}

fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
