//! Back to the shop: the parameters of returns and callbacks, and the callback itself. Which they are and in what
//! order is seen in real addresses; what follows `fraud` is assumed.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use crate::bambora::ID;
use crate::bambora::signing::{HASH, md5_of_address};
use crate::kit::clock::danish;
use crate::kit::escape::lower;
use crate::kit::outbox::{Callback, Outgoing, Policy, is_success};
use crate::kit::query;

/// What is told of a window that went well.
pub(super) struct Told<'a> {
    /// 0 where nothing was authorized.
    pub(super) transaction: u64,
    pub(super) order: &'a str,
    /// Without the fee.
    pub(super) amount: i64,
    pub(super) currency: u16,
    pub(super) at: Timestamp,
    pub(super) fee: i64,
    pub(super) subscription: Option<u64>,
    pub(super) payment_type: u8,
    /// Empty where no card paid.
    pub(super) card: &'a str,
    /// Whether Fraud Fighter's parameters go with it.
    pub(super) fraud: bool,
}

impl Told<'_> {
    /// An address of the shop's with everything behind its own query; `key` makes the hash, which is last.
    pub(super) fn address(&self, url: &str, key: Option<&str>) -> String {
        let url = query::append(url, &self.query());
        key.map_or_else(|| url.clone(), |key| signed(&url, key))
    }

    fn query(&self) -> String {
        let at = danish(self.at);
        let mut told = vec![
            ("txnid", self.transaction.to_string()),
            ("orderid", encoded(self.order)),
            ("amount", self.amount.to_string()),
            ("currency", format!("{:03}", self.currency)),
            ("date", at.strftime("%Y%m%d").to_string()),
            ("time", at.strftime("%H%M").to_string()),
            ("txnfee", self.fee.to_string()),
        ];
        told.extend(self.subscription.map(|id| ("subscriptionid", id.to_string())));
        told.push(("paymenttype", self.payment_type.to_string()));
        if !self.card.is_empty() {
            told.push(("cardno", self.card.to_owned()));
        }
        if self.fraud {
            let country = || "DK".to_owned();
            told.extend([
                ("fraud", "0".to_owned()),
                ("payercountry", country()),
                ("issuercountry", country()),
            ]);
        }
        told.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }
}

/// An address with the hash of its query.
fn signed(url: &str, key: &str) -> String {
    query::append(url, &format!("{HASH}={}", md5_of_address(url, key)))
}

/// As .NET writes a value into an address.
fn encoded(value: &str) -> String {
    String::from_utf8_lossy(&lower(value.as_bytes())).into_owned()
}

/// Where a payer goes who gives up: without a hash, and with ePay's code.
pub(super) fn cancelled(url: &str, order: &str, code: &str) -> String {
    query::append(url, &format!("orderid={}&error={code}", encoded(order)))
}

/// A callback: a GET with everything in its address. One that is not instant waits for the work that is done every
/// minute.
pub(super) fn callback(url: &str, told: &Told<'_>, key: Option<&str>, lane: &str, instant: bool) -> Callback {
    let key = key.map(ToOwned::to_owned);
    let delay_ms = if instant { 0 } else { until_next_minute(told.at) };
    Callback {
        provider: ID,
        order: if told.order.is_empty() { lane.to_owned() } else { told.order.to_owned() },
        lane: lane.to_owned(),
        subject: String::new(),
        request: Outgoing {
            method: http::Method::GET,
            url: told.address(url, None),
            headers: Vec::new(),
            body: Bytes::new(),
        },
        seal: key.map(|key| -> crate::kit::outbox::Seal {
            Arc::new(move |request, forge, _| {
                let key = if forge { "a key that nobody has" } else { &key };
                request.url = signed(&request.url, key);
            })
        }),
        retries: super::RETRIES,
        delivered: is_success,
        follows: |_| false,
        policy: Policy { delay_ms, ..Policy::default() },
    }
}

fn until_next_minute(at: Timestamp) -> u64 {
    let gone = at.as_millisecond().rem_euclid(60_000);
    u64::try_from(60_000 - gone).unwrap_or_default()
}

/// Whether callbacks go to the port of this address, where only those of the web are called.
pub(super) fn is_web_port(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.port_or_known_default(), Some(80 | 443)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "secretmd5";

    fn told() -> Told<'static> {
        Told {
            transaction: 375_435_202,
            order: "99219445",
            amount: 2500,
            currency: 208,
            at: "2024-08-06T07:57:59Z".parse().expect("a time"),
            fee: 0,
            subscription: Some(18_383_839),
            payment_type: 3,
            card: "333333XXXXXX3000",
            fraud: false,
        }
    }

    #[test]
    fn a_return_has_the_parameters_of_real_ones_in_their_order() {
        let of_subscription = "txnid=375435202&orderid=99219445&amount=2500&currency=208&date=20240806&time=0957&txnfee=0&subscriptionid=18383839&paymenttype=3&cardno=333333XXXXXX3000";
        assert_eq!(
            told().address("http://shop/ok", Some(KEY)),
            format!("http://shop/ok?{of_subscription}&hash=7c3262273d9d3db86cdc64d873863f9a")
        );
        // Winter time, past midnight; nothing authorized; another currency; no card.
        let told = Told {
            transaction: 0,
            order: "Ørsted 1",
            currency: 36,
            at: "2024-01-31T23:05:00Z".parse().expect("a time"),
            fee: 145,
            subscription: None,
            card: "",
            fraud: true,
            payment_type: 29,
            ..told()
        };
        assert_eq!(
            told.address("http://shop/ok?a=1#top", None),
            "http://shop/ok?a=1&txnid=0&orderid=%c3%98rsted+1&amount=2500&currency=036&date=20240201&time=0005&txnfee=145&paymenttype=29&fraud=0&payercountry=DK&issuercountry=DK#top"
        );
    }

    #[test]
    fn the_shops_own_parameters_come_first_and_are_hashed() {
        let told = Told {
            transaction: 66_406_429,
            order: "77",
            amount: 12345,
            at: "2016-03-30T14:32:00Z".parse().expect("a time"),
            subscription: None,
            payment_type: 1,
            card: "444444XXXXXX4000",
            ..told()
        };
        let url = told.address("http://shop/?wc-api=Epay&wcorderid=77", Some(KEY));
        assert!(url.starts_with("http://shop/?wc-api=Epay&wcorderid=77&txnid=66406429&"), "{url}");
        assert!(url.ends_with("&hash=38b40e2e00cb62e43b461155d1d612d1"), "{url}");
    }

    #[test]
    fn a_cancel_says_which_order_and_why_and_nothing_that_can_be_trusted() {
        assert_eq!(
            cancelled("http://shop/no?x=1", "A 1", "-5516"),
            "http://shop/no?x=1&orderid=A+1&error=-5516"
        );
    }

    #[test]
    fn callbacks_are_worked_off_every_minute() {
        let wait = |instant| callback("http://shop/cb", &told(), Some(KEY), "1", instant).policy.delay_ms;
        assert_eq!((wait(true), wait(false)), (0, 1000));
        let full = Told { at: "2024-08-06T07:57:00Z".parse().expect("a time"), ..told() };
        assert_eq!(callback("http://shop/cb", &full, None, "1", false).policy.delay_ms, 60_000);
    }

    #[test]
    fn a_callback_is_hashed_last_and_wrongly_where_that_is_asked() {
        let url = |forge| {
            let callback = callback("http://shop/cb?a=1", &told(), Some(KEY), "1", true);
            let mut request = callback.request.clone();
            callback.seal.expect("a seal")(&mut request, forge, told().at);
            request.url
        };
        assert_eq!(url(false), told().address("http://shop/cb?a=1", Some(KEY)));
        let (right, wrong) = (url(false), url(true));
        assert_eq!(right.split("&hash=").next(), wrong.split("&hash=").next());
        assert_ne!(right, wrong);
        assert!(callback("http://shop/cb", &told(), None, "1", true).seal.is_none());
    }

    #[test]
    fn ports_of_the_web_are_80_and_443() {
        for (url, is_web) in [
            ("http://shop/", true),
            ("https://shop/", true),
            ("http://shop:443/", true),
            ("http://shop:8080/", false),
            ("nothing", false),
        ] {
            assert_eq!(is_web_port(url), is_web, "{url}");
        }
    }
}
