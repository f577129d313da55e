//! Every code of ePay and of Nets: its text, by a stored card, and by a queued outcome.

use provkassa::simulators::bambora::acquirer::magic;
use provkassa::simulators::bambora::codes::codes;
use serde_json::json;

use super::calls::{elements, payment, queue, signed_up, subscription, text, transaction};
use crate::support::Served;

/// Whether a number is Nets' and approves.
fn approves(code: &str) -> bool {
    ["0", "60", "61", "63", "900", "901", "-1"].contains(&code)
}

/// Whether a number is one of Nets'.
fn is_of_nets(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|number| (0..1000).contains(&number))
}

/// What an operation says of a code: result, response of Nets, ePay's own.
fn expected(code: &str) -> [String; 3] {
    let pbs = match code {
        "-1" => "0",
        code if is_of_nets(code) => code,
        _ => "-1",
    };
    let epay = if is_of_nets(code) || code == "-1" { "-1" } else { code };
    [approves(code).to_string(), pbs.to_owned(), epay.to_owned()]
}

#[tokio::test]
async fn every_code_comes_by_a_card_and_by_a_queued_outcome() {
    let served = Served::frozen().await;
    let id = signed_up(&served, json!({})).await;
    let number: u64 = id.parse().expect("a number");
    let charge = elements(&[
        ("subscriptionid", &id),
        ("orderid", "Q1"),
        ("amount", "100"),
        ("currency", "208"),
        ("instantcapture", "0"),
    ]);
    for code in codes() {
        let said = |answer: &str, result: &str, pbs: &str| {
            [result, pbs, "epayresponse"].map(|name| text(answer, name).to_owned())
        };
        let code = code.code.as_str();
        if let Some(card) = magic(code) {
            let card = card.strip_prefix("card ").expect("a card").to_owned();
            served.post("bambora/subscriptions", json!({"id": number, "card": card})).await;
            let answer = subscription(&served, "authorize", &charge).await;
            assert_eq!(said(&answer, "authorizeResult", "pbsresponse"), expected(code), "card {card}");
        }
        served.post("bambora/subscriptions", json!({"id": number, "card": "3333333333333000"})).await;
        queue(&served, "Q1", code).await;
        let answer = subscription(&served, "authorize", &charge).await;
        assert_eq!(said(&answer, "authorizeResult", "pbsresponse"), expected(code), "authorize {code}");
        let captures = transaction(&served, json!({"order": "Q2"})).await;
        let captures = elements(&[("transactionid", &captures), ("amount", "100")]);
        queue(&served, "Q2", code).await;
        let answer = payment(&served, "capture", &captures).await;
        assert_eq!(said(&answer, "captureResult", "pbsResponse"), expected(code), "capture {code}");
        let credits = transaction(&served, json!({"order": "Q3", "status": "PAYMENT_CAPTURED"})).await;
        let credits = elements(&[("transactionid", &credits), ("amount", "100")]);
        queue(&served, "Q3", code).await;
        let answer = payment(&served, "credit", &credits).await;
        assert_eq!(said(&answer, "creditResult", "pbsresponse"), expected(code), "credit {code}");
        let deletes = transaction(&served, json!({"order": "Q4"})).await;
        queue(&served, "Q4", code).await;
        let answer = payment(&served, "delete", &elements(&[("transactionid", &deletes)])).await;
        let [result, _, epay] = expected(code);
        assert_eq!(
            (text(&answer, "deleteResult"), text(&answer, "epayresponse")),
            (&*result, &*epay),
            "delete {code}"
        );
    }
}

#[tokio::test]
async fn every_code_has_its_text_at_both_services_and_no_other_has() {
    let served = Served::frozen().await;
    for code in codes() {
        let number = code.code.as_str();
        let (own, other) = if is_of_nets(number) { ("Pbs", "Epay") } else { ("Epay", "Pbs") };
        let name = |service: &str| if service == "Pbs" { "pbsresponsecode" } else { "epayresponsecode" };
        let asked = |service| elements(&[("language", "2"), (name(service), number)]);
        let written = code.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let answer = payment(&served, &format!("get{own}Error"), &asked(own)).await;
        let low = own.to_ascii_lowercase();
        assert_eq!(
            answer,
            format!(
                "<get{own}ErrorResult>true</get{own}ErrorResult><{low}responsestring>{written}</{low}responsestring><epayresponse>-1</epayresponse>"
            )
        );
        let answer = payment(&served, &format!("get{other}Error"), &asked(other)).await;
        assert_eq!(
            answer,
            format!("<get{other}ErrorResult>false</get{other}ErrorResult><epayresponse>-1004</epayresponse>"),
            "{number}"
        );
    }
    for (method, asked) in [("getEpayError", "epayresponsecode"), ("getPbsError", "pbsresponsecode")] {
        for unknown in ["7", "-7", "2147483647", "-2147483648"] {
            let answer = payment(&served, method, &elements(&[(asked, unknown)])).await;
            assert_eq!(
                answer,
                format!("<{method}Result>false</{method}Result><epayresponse>-1004</epayresponse>")
            );
        }
    }
}

#[tokio::test]
async fn the_subscription_service_spells_the_lookups_differently_and_speaks_the_same_languages() {
    let served = Served::frozen().await;
    let asked = |language: &str| elements(&[("language", language), ("epayresponsecode", "-1009")]);
    let english = subscription(&served, "getEpayError", &asked("2")).await;
    assert_eq!(
        english,
        "<getEpayErrorResult>true</getEpayErrorResult><epayResponseString>Subscription was not found.</epayResponseString><epayresponse>-1</epayresponse>"
    );
    let mut texts = vec![text(&english, "epayResponseString").to_owned()];
    for language in ["1", "7", "10", "12", "13"] {
        let answer = subscription(&served, "getEpayError", &asked(language)).await;
        let told = text(&answer, "epayResponseString").to_owned();
        assert!(!texts.contains(&told), "{language}: {told}");
        texts.push(told);
    }
    let nets = elements(&[("language", "2"), ("pbsResponseCode", "101")]);
    let answer = subscription(&served, "getPbsError", &nets).await;
    assert_eq!(text(&answer, "getPbsErrorResult"), "true");
    assert!(answer.contains("<pbsResponseString>"), "{answer}");
    // Spelt as in the other service it is unknown, and the code 0.
    let spelt = elements(&[("language", "2"), ("pbsresponsecode", "101")]);
    let approved = subscription(&served, "getPbsError", &spelt).await;
    assert_ne!(text(&approved, "pbsResponseString"), text(&answer, "pbsResponseString"));
}
