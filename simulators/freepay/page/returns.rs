//! The addresses to which payers come back.

use super::fields::Charset;
use crate::freepay::model::Payment;
use crate::kit::query;

/// `AcceptURL` with the transaction's id, or the subscription's.
pub(super) fn accept(payment: &Payment, id: u64, charset: Charset) -> String {
    let mut pairs = vec![("transact", id.to_string()), ("OrderNumber", payment.order.clone())];
    pairs.extend(own(payment));
    append(&payment.accept, &pairs, charset)
}

/// `DeclineURL` with a reason, as a number without leading zeros.
pub(super) fn decline(payment: &Payment, reason: i32, with_order: bool, charset: Charset) -> String {
    let mut pairs = vec![("reason", reason.to_string())];
    pairs.extend(with_order.then(|| ("OrderNumber", payment.order.clone())));
    pairs.extend(own(payment));
    append(&payment.decline, &pairs, charset)
}

/// What the shop sent along for itself.
fn own(payment: &Payment) -> impl Iterator<Item = (&'static str, String)> {
    let both = [("Param", payment.param.clone()), ("AuxParam", payment.aux_param.clone())];
    both.into_iter().filter_map(|(name, value)| Some((name, value?)))
}

fn append(url: &str, pairs: &[(&str, String)], charset: Charset) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", charset.encode(value))).collect();
    query::append(url, &pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::freepay::model::State;
    use crate::kit::page::Sent;

    fn payment(accept: &str, param: Option<&str>, aux_param: Option<&str>) -> Payment {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        Payment {
            token: String::new(),
            merchant: String::new(),
            order: "1001".to_owned(),
            amount: 1,
            currency: 208,
            subscription: false,
            accept: accept.to_owned(),
            decline: accept.to_owned(),
            param: owned(param),
            aux_param: owned(aux_param),
            source_ip: String::new(),
            card: None,
            state: State::Open,
            made: None,
            reason: None,
            location: None,
            since: Timestamp::UNIX_EPOCH,
            sent: Sent::default(),
        }
    }

    #[test]
    fn an_accept_address_names_transaction_order_and_what_the_shop_sent_along() {
        for (url, param, aux_param, expected) in [
            ("https://shop.test/ok", None, None, "https://shop.test/ok?transact=7&OrderNumber=1001"),
            (
                "https://shop.test/ok",
                Some("abc"),
                None,
                "https://shop.test/ok?transact=7&OrderNumber=1001&Param=abc",
            ),
            (
                "https://shop.test/ok?lang=da",
                None,
                Some("x"),
                "https://shop.test/ok?lang=da&transact=7&OrderNumber=1001&AuxParam=x",
            ),
            (
                "https://shop.test/ok#a",
                Some("a b&c æ"),
                Some(""),
                "https://shop.test/ok?transact=7&OrderNumber=1001&Param=a+b%26c+%c3%a6&AuxParam=#a",
            ),
        ] {
            assert_eq!(accept(&payment(url, param, aux_param), 7, Charset::Utf8), expected);
        }
    }

    #[test]
    fn a_decline_address_has_the_reason_first() {
        let page = payment("http://shop.test/decline.asp", Some("æ"), None);
        let said = |reason, order, charset| decline(&page, reason, order, charset);
        assert_eq!(said(1, false, Charset::Latin1), "http://shop.test/decline.asp?reason=1&Param=%e6");
        assert_eq!(
            said(-1, true, Charset::Utf8),
            "http://shop.test/decline.asp?reason=-1&OrderNumber=1001&Param=%c3%a6"
        );
    }
}
