//! The hash of the window and of returns: MD5 over the values of all parameters in their order, then the key.

use crate::kit::digest::{hex, md5};
use crate::kit::query;

/// The parameter that carries the hash, and is left out of it.
pub(in crate::bambora) const HASH: &str = "hash";

/// What is hashed before the key: the values without names and without anything between them.
pub(in crate::bambora) fn canonical<N: AsRef<str>>(parameters: &[(N, String)]) -> String {
    let hashed = parameters.iter().filter(|(name, _)| name.as_ref() != HASH);
    hashed.map(|(_, value)| value.as_str()).collect()
}

/// The hash of bytes that have their order: lower-case hex.
pub(in crate::bambora) fn sum(values: &[u8], key: &str) -> String {
    hex(&md5(&[values, key.as_bytes()].concat()))
}

/// The hash of parameters whose values are UTF-8.
pub(in crate::bambora) fn sum_of<N: AsRef<str>>(parameters: &[(N, String)], key: &str) -> String {
    sum(canonical(parameters).as_bytes(), key)
}

/// The hash of an address that carries a return: of its query's decoded values, whatever their encoding.
pub(in crate::bambora) fn sum_of_address(url: &str, key: &str) -> String {
    let pairs = query::of(url).unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let hashed = pairs.filter(|(name, _)| *name != HASH).flat_map(|(_, value)| decoded(value));
    sum(&hashed.collect::<Vec<u8>>(), key)
}

/// A value of a query as the bytes that it stands for.
pub(in crate::bambora) fn decoded(value: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(&value.replace('+', " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "secretmd5";

    /// The values of the vectors, of which two are a public client's own; the others were computed by another
    /// implementation of MD5.
    #[test]
    fn parameters_are_hashed_in_their_order() {
        for (query, sum) in [
            (
                "accepturl=http%3A%2F%2Fexample.com%2Fok&amount=500&callbackurl=http%3A%2F%2Fexample.com%2Fnotify&cancelurl=http%3A%2F%2Fexample.com%2Fcancel&currency=DKK&language=0&merchantnumber=99999999&orderid=order500&windowstate=3",
                "251c2f80d1dcd120a87a2480025714cb",
            ),
            ("merchantnumber=1234567&amount=9995&currency=DKK", "ba83e555aaa71bf932da19326a1866e1"),
            ("merchantnumber=1234567&currency=DKK&amount=9995", "1aed9d3b5613507be51192aef992f3db"),
            ("merchantnumber=1234567&amount=9995&currency=208", "75c451e639fb6ca40cacd4abf6d3aa0c"),
            (
                "encoding=UTF-8&merchantnumber=1234567&amount=9995&currency=208&orderid=R1&ordertext=R%C3%B8dgr%C3%B8d+%C3%A6%C3%B8%C3%A5",
                "865adecfbc694c5b0a4563a6d973f0f6",
            ),
            (
                "encoding=UTF-8&merchantnumber=1234567&windowid=1&amount=100&currency=208&orderid=A1&group=&mailreceipt=&windowstate=3&hash=no",
                "a2a40946402e746a9f3a99cb90327cff",
            ),
        ] {
            let parameters: Vec<(String, String)> =
                form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            assert_eq!(sum_of(&parameters, KEY), sum, "{query}");
            assert_eq!(sum_of_address(&format!("http://shop/?{query}"), KEY), sum, "{query}");
        }
    }

    #[test]
    fn an_address_is_hashed_with_the_shops_own_parameters() {
        for (query, sum) in [
            (
                "language=1&txnid=9572252&orderid=189139&amount=398750&currency=208&date=20120403&time=1442&txnfee=0&paymenttype=3&cardno=453903XXXXXX9862",
                "6f81086c474f03af80ef894e48f81f99",
            ),
            (
                "txnid=375435202&orderid=99219445&amount=2500&currency=208&date=20240806&time=0957&txnfee=0&subscriptionid=18383839&paymenttype=3&cardno=333333XXXXXX3000",
                "7c3262273d9d3db86cdc64d873863f9a",
            ),
            (
                "wc-api=Epay&wcorderid=77&txnid=66406429&orderid=77&amount=12345&currency=208&date=20160330&time=1632&txnfee=0&paymenttype=1&cardno=444444XXXXXX4000",
                "38b40e2e00cb62e43b461155d1d612d1",
            ),
            (
                "ref=a%20b%26c&txnid=1&orderid=77&amount=100&currency=208&date=20240101&time=0005&txnfee=0&paymenttype=3",
                "6280ea5bf6a7f61feaba28f6bc247ea7",
            ),
            (
                "txnid=66406430&orderid=78&amount=10000&currency=208&date=20240101&time=2359&txnfee=145&paymenttype=4&cardno=555555XXXXXX5000&hash=x",
                "16f4bddcb4ea519f6583940bddebba93",
            ),
        ] {
            assert_eq!(sum_of_address(&format!("http://shop/ok?{query}#top"), KEY), sum, "{query}");
        }
    }

    #[test]
    fn an_address_in_latin_1_is_hashed_byte_by_byte() {
        let latin = [b"R\xf8d1".as_slice(), KEY.as_bytes()].concat();
        assert_eq!(sum_of_address("http://shop/?a=R%F8d&b=1", KEY), hex(&md5(&latin)));
    }
}
