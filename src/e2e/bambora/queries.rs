//! What a shop asks of transactions, cards and codes.

use serde_json::json;

use super::calls::{MERCHANT, PAYMENT, advance, elements, payment, send, text, transaction};
use crate::support::Served;

const UNSET: &str = "0001-01-01T00:00:00";

/// What recorded traffic has where there is no transaction.
const NOTHING: &str = "<transactionInformation><authamount>0</authamount><currency>0</currency><cardtypeid>0</cardtypeid><capturedamount>0</capturedamount><creditedamount>0</creditedamount><authdate>0001-01-01T00:00:00</authdate><captureddate>0001-01-01T00:00:00</captureddate><deleteddate>0001-01-01T00:00:00</deleteddate><crediteddate>0001-01-01T00:00:00</crediteddate><status>PAYMENT_UNDEFINED</status><transactionid>0</transactionid><mode>MODE_PRODUCTION</mode><msc>false</msc><fraudStatus>0</fraudStatus><payerCountryCode /><issuedCountryCode /><fee>0</fee><splitpayment>false</splitpayment><acquirer>UNKNOWN</acquirer><tcardno /><expmonth>-1</expmonth><expyear>-1</expyear></transactionInformation>";

async fn found(served: &Served, id: &str) -> String {
    payment(served, "gettransaction", &elements(&[("transactionid", id)])).await
}

/// The orders of a list, in its order.
fn orders(list: &str) -> Vec<&str> {
    list.split("<orderid>").skip(1).map(|rest| rest.split('<').next().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_transaction_is_told_as_it_was_recorded() {
    let served = Served::frozen().await;
    served.set("bambora.acquirer", "euroline").await;
    let fields = json!({"order": "NEW ORDER", "amount": 1000, "month": 10, "year": 2029});
    let id = transaction(&served, fields).await;
    let answer = found(&served, &id).await;
    let history = text(&answer, "transactionHistoryID").to_owned();
    let expected = format!(
        "<gettransactionResult>true</gettransactionResult><transactionInformation><group /><authamount>1000</authamount><currency>208</currency><cardtypeid>18</cardtypeid><capturedamount>0</capturedamount><creditedamount>0</creditedamount><orderid>NEW ORDER</orderid><description /><authdate>2026-03-01T13:00:00</authdate><captureddate>{UNSET}</captureddate><deleteddate>{UNSET}</deleteddate><crediteddate>{UNSET}</crediteddate><status>PAYMENT_NEW</status><history><TransactionHistoryInfo><transactionHistoryID>{history}</transactionHistoryID><logonID>0</logonID><username /><eventMsg>Payment authorized with amount 10,00 and currency code 208</eventMsg><created>2026-03-01T13:00:00</created></TransactionHistoryInfo></history><transactionid>{id}</transactionid><cardholder /><mode>MODE_EPAY</mode><msc>false</msc><fraudStatus>0</fraudStatus><payerCountryCode>  </payerCountryCode><issuedCountryCode>  </issuedCountryCode><fee>0</fee><splitpayment>false</splitpayment><acquirer>EUROLINE</acquirer><tcardno>333333XXXXXX3000</tcardno><expmonth>10</expmonth><expyear>29</expyear></transactionInformation><epayresponse>-1</epayresponse>"
    );
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn what_is_not_found_is_told_as_it_was_recorded() {
    let served = Served::frozen().await;
    let refused = |code: i32| {
        format!(
            "<gettransactionResult>false</gettransactionResult>{NOTHING}<epayresponse>{code}</epayresponse>"
        )
    };
    assert_eq!(found(&served, "1").await, refused(-1008));
    let stranger = elements(&[("merchantnumber", "7654321"), ("transactionid", "1")]);
    assert_eq!(payment(&served, "gettransaction", &stranger).await, refused(-1002));
}

#[tokio::test]
async fn times_are_danish_and_rounded_to_the_minute_and_the_newest_comes_first() {
    let served = Served::frozen().await;
    let id = transaction(&served, json!({"group": "Test-transactions", "split": true})).await;
    advance(&served, 29).await;
    let part = elements(&[("transactionid", &id), ("amount", "9000")]);
    payment(&served, "capture", &part).await;
    let answer = found(&served, &id).await;
    assert_eq!(text(&answer, "captureddate"), "2026-03-01T13:00:00");
    // 120 days on it is summer.
    advance(&served, 120 * 24 * 3600 + 1).await;
    let credit = elements(&[("transactionid", &id), ("amount", "123")]);
    payment(&served, "credit", &credit).await;
    let answer = found(&served, &id).await;
    assert_eq!(text(&answer, "crediteddate"), "2026-06-29T14:01:00");
    assert_eq!(
        (text(&answer, "capturedamount"), text(&answer, "creditedamount"), text(&answer, "status")),
        ("9000", "123", "PAYMENT_CAPTURED")
    );
    let events: Vec<_> =
        answer.split("<eventMsg>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(
        events,
        [
            "Payment credited with amount 1,23",
            "Payment captured with amount 90,00",
            "Payment moved to group Test-transactions",
            "Payment authorized with amount 99,95 and currency code 208",
        ]
    );
    let logons: Vec<_> =
        answer.split("<logonID>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(logons, ["-1", "-1", "0", "0"]);
}

/// The elements of a list's call, in an order that is not the WSDL's.
fn wanted(status: &str, start: &str, end: &str, more: &[(&str, &str)]) -> String {
    let dates = elements(&[("searchdateend", end), ("searchdatestart", start), ("status", status)]);
    format!("{}{dates}", elements(more))
}

#[tokio::test]
async fn a_list_is_narrowed_by_state_time_order_and_group() {
    let served = Served::frozen().await;
    transaction(&served, json!({"order": "A1", "group": "x"})).await;
    transaction(&served, json!({"order": "A2", "status": "PAYMENT_CAPTURED"})).await;
    advance(&served, 3600).await;
    transaction(&served, json!({"order": "A3", "group": "x", "status": "PAYMENT_DELETED"})).await;
    transaction(&served, json!({"order": "A4", "status": "PAYMENT_INSTANT_CAPTURE_FAILED"})).await;
    let (start, end) = ("2026-03-01T13:00:00", "2026-03-01T14:00:00");
    for (status, start, end, more, expected) in [
        ("PAYMENT_UNDEFINED", start, end, &[][..], "A1 A2 A3 A4"),
        ("PAYMENT_NEW", start, end, &[], "A1"),
        ("PAYMENT_CAPTURED", start, end, &[], "A2"),
        ("PAYMENT_DELETED", start, end, &[], "A3"),
        ("PAYMENT_INSTANT_CAPTURE_FAILED", start, end, &[], "A4"),
        ("PAYMENT_RENEW", start, end, &[], ""),
        ("PARTLY_TRANSACTION_HIDDEN", start, end, &[], ""),
        ("PAYMENT_UNDEFINED", start, "2026-03-01T13:59:59", &[], "A1 A2"),
        ("PAYMENT_UNDEFINED", "2026-03-01T13:00:01", end, &[], "A3 A4"),
        ("PAYMENT_UNDEFINED", UNSET, UNSET, &[], "A1 A2 A3 A4"),
        ("PAYMENT_UNDEFINED", start, end, &[("searchorderid", "A2"), ("searchgroup", "")], "A2"),
        ("PAYMENT_UNDEFINED", start, end, &[("searchgroup", "x")], "A1 A3"),
        ("PAYMENT_NEW", start, end, &[("searchgroup", "x"), ("searchorderid", "A3")], ""),
    ] {
        let answer = payment(&served, "gettransactionlist", &wanted(status, start, end, more)).await;
        assert!(answer.starts_with("<gettransactionlistResult>true</gettransactionlistResult>"), "{answer}");
        let mut sorted = orders(&answer);
        sorted.sort_unstable();
        assert_eq!(sorted.join(" "), expected, "{status} {start} {end} {more:?}");
        if expected.is_empty() {
            assert!(answer.contains("<transactionInformationAry />"), "{answer}");
        }
    }
    let answer = payment(&served, "gettransactionlist", "").await;
    assert_eq!(orders(&answer).len(), 4, "everything is left out");
}

#[tokio::test]
async fn wrong_dates_and_words_are_faults() {
    let served = Served::frozen().await;
    for (status, start, says) in [
        ("PAYMENT_NEW", "2026-03-01 13:00:00", "AllXsd value"),
        ("PAYMENT_NEW", "", "AllXsd value"),
        (
            "payment_new",
            "2026-03-01T13:00:00",
            "Instance validation error: 'payment_new' is not a valid value for TransactionStatus.",
        ),
        ("1", "2026-03-01T13:00:00", "'1' is not a valid value for TransactionStatus."),
    ] {
        let list = wanted(status, start, UNSET, &[("merchantnumber", MERCHANT)]);
        let call = format!("<gettransactionlist xmlns=\"{PAYMENT}\">{list}</gettransactionlist>");
        let (code, body) = send(&served, PAYMENT, "gettransactionlist", &call).await;
        assert_eq!(code, 500, "{status} {start}");
        assert!(body.contains(says), "{body}");
    }
}

#[tokio::test]
async fn cards_are_known_by_their_first_digits() {
    let served = Served::frozen().await;
    for (number, id, name) in [
        ("3333333333333000", "18", "VISA"),
        ("4444 4444 4444 4000", "2", "VISA_DANKORT"),
        ("5555-5555-5555-5000", "4", "MASTERCARD"),
        ("501912", "1", "DANKORT"),
        ("411111", "18", "VISA"),
        ("371449635398431", "10", "AMERICAN_EXPRESS"),
    ] {
        let answer = payment(&served, "getcardtype", &elements(&[("cardnumber", number)])).await;
        assert_eq!(
            answer,
            format!(
                "<getcardtypeResult>true</getcardtypeResult><cardtypeid>{id}</cardtypeid><cardname>{name}</cardname><epayresponse>-1</epayresponse>"
            )
        );
    }
    for wrong in ["12345", "", "000000", "4111x1", "kortnummer"] {
        let answer = payment(&served, "getcardtype", &elements(&[("cardnumber", wrong)])).await;
        assert_eq!(
            answer,
            "<getcardtypeResult>false</getcardtypeResult><cardtypeid>0</cardtypeid><epayresponse>-1024</epayresponse>"
        );
    }
}

#[tokio::test]
async fn a_card_costs_what_the_agreement_says() {
    let served = Served::frozen().await;
    served.set("bambora.fee_basis_points", "145").await;
    let asked = |prefix: &str, amount: &str, currency: &str| {
        elements(&[("cardno_prefix", prefix), ("amount", amount), ("currency", currency)])
    };
    let fine = payment(&served, "getcardinfo", &asked("555555", "10000", "208")).await;
    assert_eq!(
        fine,
        "<getcardinfoResult>true</getcardinfoResult><acquirer>1</acquirer><fee>145</fee><cardtype>MASTERCARD</cardtype><cardtypetext>MASTERCARD</cardtypetext><epayresponse>-1</epayresponse>"
    );
    served.set("bambora.acquirer", "clearhaus").await;
    let other = payment(&served, "getcardinfo", &asked("333333", "0", "978")).await;
    assert_eq!(
        (text(&other, "acquirer"), text(&other, "fee"), text(&other, "cardtype")),
        ("35", "0", "VISA")
    );
    for (prefix, amount, currency, code) in [
        ("5555", "100", "208", "-5600"),
        ("55555a", "100", "208", "-5600"),
        ("5555555", "100", "208", "-5600"),
        ("555555", "100", "1", "-5602"),
        ("100000", "100", "208", "-5603"),
        ("555555", "-1", "208", "-5601"),
    ] {
        let answer = payment(&served, "getcardinfo", &asked(prefix, amount, currency)).await;
        let expected = format!(
            "<getcardinfoResult>false</getcardinfoResult><acquirer>0</acquirer><fee>0</fee><cardtype>ALL</cardtype><epayresponse>{code}</epayresponse>"
        );
        assert_eq!(answer, expected, "{prefix} {amount} {currency}");
    }
}
