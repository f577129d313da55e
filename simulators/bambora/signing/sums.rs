//! ePay's hash, and wrong ones of the same texts.

use super::HASH;
use crate::kit::digest;
use crate::kit::query;

/// ePay's hash: the MD5 of the values, one behind the other, with the key behind the last, in lower-case hex.
pub(crate) fn md5_of<'a>(values: impl IntoIterator<Item = &'a str>, key: &str) -> String {
    let text: String = values.into_iter().collect();
    md5_of_bytes(text.as_bytes(), key)
}

/// What a return is hashed from, before the key: its query's decoded values, the shop's own among them.
fn values_of_address(url: &str) -> Vec<u8> {
    let pairs = query::of(url).unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let hashed = pairs.filter(|(name, _)| *name != HASH).flat_map(|(_, value)| {
        percent_encoding::percent_decode_str(&value.replace('+', " ")).collect::<Vec<u8>>()
    });
    hashed.collect()
}

/// The same of the values' bytes, whatever they are encoded in.
pub(crate) fn md5_of_bytes(values: &[u8], key: &str) -> String {
    digest::hex(&digest::md5(&[values, key.as_bytes()].concat()))
}

/// The hash of an address that carries a return.
pub(crate) fn md5_of_address(url: &str, key: &str) -> String {
    md5_of_bytes(&values_of_address(url), key)
}

/// The same by another algorithm.
pub(crate) fn sha256_of_address(url: &str, key: &str) -> String {
    digest::hex(&digest::sha256(&[values_of_address(url).as_slice(), key.as_bytes()].concat()))
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
            let hashed = parameters.iter().filter(|(name, _)| name != HASH);
            assert_eq!(md5_of(hashed.map(|(_, value)| value.as_str()), KEY), sum, "{query}");
            assert_eq!(md5_of_address(&format!("http://shop/?{query}"), KEY), sum, "{query}");
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
            assert_eq!(md5_of_address(&format!("http://shop/ok?{query}#top"), KEY), sum, "{query}");
        }
    }

    #[test]
    fn an_address_in_latin_1_is_hashed_byte_by_byte() {
        let latin = [b"R\xf8d1".as_slice(), KEY.as_bytes()].concat();
        assert_eq!(md5_of_address("http://shop/?a=R%F8d&b=1", KEY), digest::hex(&digest::md5(&latin)));
    }
}
