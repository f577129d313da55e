//! Every mistake that the shop can make, at every provider where it shows: an experiment that the right shop passes,
//! and that this one fails.

use provkassa::shop::MISTAKES;
use serde_json::{Value, json};

use super::forgeries::{Call, Key};
use super::trials::{Trial, id};
use super::{LEAVES, PAYS, PROVIDERS, REFUSED, Shop, odd, renewals};
use crate::support::{Served, snapshot};

/// What is tried for a mistake, and what comes of it, in a few words.
async fn trial(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, provider, .. } = *trial;
    match mistake {
        "accepts-alg-none" => trial.told(|call| call.key = Key::None).await,
        "answers-200-to-forgeries" | "fails-on-forgeries" => {
            let (order, _) = trial.begun("forged").await;
            Call { key: Key::Other, ..Call::of(&order) }.send(shop, &order).await.to_string()
        }
        "any-key" if ["fenerum", "quickpay"].contains(&provider) => {
            trial.told(|call| call.key = Key::None).await
        }
        "any-key" | "trusts-the-callback-unverified" => trial.told(|call| call.key = Key::Other).await,
        "awkward-order-ids" => {
            let id = format!("{} & ø#1", trial.name);
            let answer = shop.checkout(provider, json!({"order": id, "amount": 12_500})).await;
            if answer.status().is_client_error() || answer.status().is_server_error() {
                return format!("checkout {}", answer.status());
            }
            let url = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
            let opened = match url {
                Some(url) => trial.served.get(&url).await.status().as_u16(),
                None => 200,
            };
            if opened >= 400 {
                return format!("the provider's page {opened}");
            }
            let again = shop.checkout(provider, json!({"order": id, "amount": 12_500})).await;
            let back = PAYS.walk(shop, again).await;
            format!("the return {}", trial.served.get(&back).await.status())
        }
        "callback-answers-500-when-repeated" => {
            let (order, _) = trial.begun("twice").await;
            Call::of(&order).send(shop, &order).await;
            // Fenerum has not registered what QuickPay does not know: it is paid in the ordinary way.
            let order = if provider == "fenerum" { trial.paid().await.0 } else { order };
            Call::of(&order).send(shop, &order).await.to_string()
        }
        "callback-needs-the-browser"
        | "redirects-callbacks-to-login"
        | "callbacks-by-post-only"
        | "verifies-parsed-json" => {
            let (order, _) = trial.begun("called").await;
            // A refused card, where a payment would have to be known at the gateway.
            let call = Call { approved: provider != "fenerum", ..Call::of(&order) };
            call.send(shop, &order).await.to_string()
        }
        "cancelled-is-failed-forever" => {
            let (order, answer) = trial.begun("left").await;
            let back = LEAVES.walk(shop, answer).await;
            trial.served.get(&back).await;
            let again = shop.checkout(provider, json!({"order": id(&order), "amount": 12_500})).await;
            format!("checkout {}", again.status())
        }
        "cancels-after-payment" => {
            let (order, _) = trial.paid().await;
            match provider {
                "brp" => trial.open("return", &order, "&receiptid=&error=205").await,
                "freepay" => trial.open("cancelled", &order, "&reason=1").await,
                _ => trial.open("cancelled", &order, "").await,
            };
            trial.status(&order).await
        }
        "credits-twice" => {
            let (order, back) = trial.paid().await;
            trial.served.get(&back).await;
            if provider == "fena" {
                Call::of(&order).send(shop, &order).await;
            }
            let credited = shop.order(id(&order)).await["credited"].as_u64().expect("a number");
            // How often depends on what came first.
            if credited > 1 { "more than once".to_owned() } else { credited.to_string() }
        }
        "forgets-second-attempt" => {
            let (order, answer) = trial.begun("failed").await;
            match provider {
                "fenerum" | "quickpay" => {
                    Call { approved: false, ..Call::of(&order) }.send(shop, &order).await;
                }
                _ => {
                    trial.served.get(&REFUSED.walk(shop, answer).await).await;
                }
            }
            later(trial, &order).await
        }
        "ignores-the-amount" => match provider {
            "brp" => {
                let (order, answer) = trial.begun("cheap").await;
                let row = json!({"id": 1, "product": 1, "name": "x", "quantity": 1, "price": 100});
                trial.change(&order, json!({"rows": [row]})).await;
                trial.served.get(&PAYS.walk(shop, answer).await).await;
                trial.status(&order).await
            }
            "freepay" => trial.form_with("Amount", "100").await,
            _ => trial.told(|call| call.amount = 100).await,
        },
        "ignores-the-currency" if provider == "freepay" => trial.form_with("Currency", "752").await,
        "ignores-the-currency" => trial.told(|call| call.currency = "SEK").await,
        "ignores-the-expiry" => trial.told(|call| call.holds = -1000).await,
        "ignores-the-order" | "order-from-the-address" => trial.shown_for_another("").await,
        "order-from-return-parameters" => trial.shown_for_another("&OrderNumber=").await,
        _ => after(trial, mistake).await,
    }
}

/// The others, in the order of their names.
async fn after(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, provider, .. } = *trial;
    match mistake {
        "invoice-is-payment" => {
            let (order, answer) = trial.begun("invoice").await;
            trial.change(&order, json!({"customer": 67})).await;
            let link =
                answer.headers()["location"].to_str().expect("text").replace("payfororder", "brpinvoice");
            let back = trial.served.get(&link).await;
            let back = back.headers()["location"].to_str().expect("text").to_owned();
            assert!(back.contains("invoiceid=") && back.ends_with("error="), "{back}");
            trial.served.get(&back).await;
            trial.status(&order).await
        }
        "late-refusal-unpays" => {
            let (order, _) = trial.paid().await;
            match provider {
                "brp" => trial.open("return", &order, "&receiptid=&error=201").await,
                "freepay" => trial.open("cancelled", &order, "&reason=1").await,
                _ => Call { approved: false, ..Call::of(&order) }.send(shop, &order).await,
            };
            trial.status(&order).await
        }
        "lists-the-failures" => {
            let (order, _) = trial.begun("failed").await;
            match provider {
                "brp" => trial.open("return", &order, "&receiptid=&error=208").await,
                "freepay" => trial.open("cancelled", &order, "&reason=911").await,
                _ => Call { approved: false, refusal: "50300", ..Call::of(&order) }.send(shop, &order).await,
            };
            trial.status(&order).await
        }
        "loses-late-callbacks" if provider == "fenerum" => {
            let (order, answer) = trial.begun("late").await;
            trial.open("return", &order, "").await;
            trial.served.get(&PAYS.walk(shop, answer).await).await;
            tokio::time::sleep(super::PAUSE * 10).await;
            trial.status(&order).await
        }
        "loses-late-callbacks" => {
            let (order, _) = trial.begun("late").await;
            trial.open("return", &order, "&status=executed").await;
            Call::of(&order).send(shop, &order).await;
            trial.status(&order).await
        }
        "mixes-up-two-tabs" => {
            let (first, answer) = trial.begun("one").await;
            trial.begins_in_the_same_browser("two", &answer).await;
            trial.served.get(&PAYS.walk(shop, answer).await).await;
            tokio::time::sleep(super::PAUSE * 10).await;
            trial.status(&first).await
        }
        "never-asks" => {
            let (order, answer) = trial.begun("lost").await;
            let of = json!({"provider": "quickpay", "order": order["number"], "policy": {"drop": true}});
            trial.served.post("callbacks/policy", of).await;
            trial.served.get(&PAYS.walk(shop, answer).await).await;
            trial.status(&order).await
        }
        "other-merchant" if provider == "freepay" => {
            let other = json!({"number": "7654321", "password": "freepay-test"});
            trial.served.post("freepay/merchants", other).await;
            trial.form_with("MerchantNumber", "7654321").await
        }
        "other-merchant" => trial.told(|call| call.terminal = "1536bc14-9273-460e-9711-7e96733616fe").await,
        "payment-token-pays" => {
            let (order, answer) = trial.begun("token").await;
            let link = answer.headers()["location"].to_str().expect("text").to_owned();
            let token = link.split_once("token=").expect("a token").1;
            let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
            super::call(shop, &format!("{}/callback/fena", shop.url), &headers, format!("token={token}"))
                .await;
            trial.status(&order).await
        }
        "refusals-are-payments" if provider == "freepay" => {
            let (order, answer) = trial.begun("refused").await;
            trial.served.get(&REFUSED.walk(shop, answer).await).await;
            trial.status(&order).await
        }
        "refusals-are-payments" if ["bambora", "brp", "fena", "fenerum"].contains(&provider) => {
            let (order, answer) = trial.begun("left").await;
            trial.served.get(&LEAVES.walk(shop, answer).await).await;
            trial.status(&order).await
        }
        "refusals-are-payments" => trial.told(|call| call.approved = false).await,
        _ => money(trial, mistake).await,
    }
}

/// Those that are about what a shop does with an order that is paid, and about what anybody can type.
async fn money(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, provider, .. } = *trial;
    match mistake {
        "deleted-subscription-charged" => {
            let id = trial.signed_up().await;
            shop.act(&id, "delete", Value::Null).await;
            shop.act(&id, "charge", json!({"amount": 900})).await.0.to_string()
        }
        "expired-subscription-charged" => {
            let id = trial.signed_up().await;
            trial.next(if provider == "quickpay" { "decline" } else { "101" }).await;
            let (status, _) = shop.act(&id, "charge", json!({"amount": 900})).await;
            let charges = shop.order(&id).await["charges"].as_array().map_or(0, Vec::len);
            format!("{status}, {charges} charges")
        }
        "old-subscription-left"
        | "renewals-are-ignored"
        | "renewed-by-return-alone"
        | "renewed-when-back" => renewals::trial(trial, mistake).await,
        "tries-refusals-again" => {
            let (order, _) = trial.paid().await;
            trial.refuses_the_next(&order).await;
            let (status, _) = shop.act(id(&order), "capture", Value::Null).await;
            format!("{status}, captured at the provider: {}", trial.is_done(&order).await)
        }
        "only-in-own-books" => {
            let (order, _) = trial.paid().await;
            let deed = if provider == "fenerum" { "delete" } else { "capture" };
            let (status, _) = shop.act(id(&order), deed, Value::Null).await;
            format!(
                "{status}, {deed}d at the provider: {}",
                trial.is_done(&shop.order(id(&order)).await).await
            )
        }
        "sign-ups-are-payments" => {
            let (order, answer) = trial.signing_up().await;
            trial.served.get(&PAYS.walk(shop, answer).await).await;
            tokio::time::sleep(super::PAUSE * 10).await;
            trial.status(&order).await
        }
        "refund-twice" => {
            let (order, _) = trial.paid().await;
            let mut statuses = Vec::new();
            for deed in ["capture", "refund", "refund"] {
                statuses.push(shop.act(id(&order), deed, Value::Null).await.0.as_u16().to_string());
            }
            let refunded = shop.order(id(&order)).await["refunded"].clone();
            format!("{}, {refunded} paid back", statuses.join(" "))
        }
        "refusals-passed-over" => {
            let (order, _) = trial.paid().await;
            trial.refuses_the_next(&order).await;
            let (status, _) = shop.act(id(&order), "capture", Value::Null).await;
            format!("{status}, {} captured", shop.order(id(&order)).await["captured"])
        }
        "return-is-proof" | "trusts-the-accept-url" => {
            let (order, _) = trial.begun("typed").await;
            let typed = match provider {
                "bambora" => "&txnid=1&orderid=1&amount=12500&currency=208&hash=0",
                "brp" => "&receiptid=424242&error=",
                "fena" => "&status=executed",
                "freepay" => "&transact=1&OrderNumber=1",
                _ => "",
            };
            trial.open("return", &order, typed).await;
            trial.status(&order).await
        }
        "unknown-order-crashes" => {
            let url = format!("{}/return/{provider}?order=nobody", shop.url);
            trial.served.get(&url).await.status().to_string()
        }
        "rejected-cancels" => {
            let (order, _) = trial.begun("rejected").await;
            trial.open("return", &order, "&status=rejected").await;
            later(trial, &order).await
        }
        _ => begun(trial, mistake).await,
    }
}

/// Those that are about how a checkout begins.
async fn begun(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, .. } = *trial;
    match mistake {
        "active-when-begun" => {
            let (order, _) = trial.signing_up().await;
            trial.status(&order).await
        }
        "addresses-encoded-twice" | "currency-in-letters" | "keys-with-a-line-end" => trial.sent().await,
        "amounts-in-major-units" => trial.bought(12_500).await,
        "amounts-through-floats" => trial.bought(115).await,
        "newest-checkout-counts" => {
            let (order, first) = trial.begun("again").await;
            trial.begun("again").await;
            trial.served.get(&PAYS.walk(shop, first).await).await;
            tokio::time::sleep(super::PAUSE * 10).await;
            trial.status(&order).await
        }
        "paid-at-checkout" => {
            let (order, _) = trial.begun("begun").await;
            trial.status(&order).await
        }
        _ => odd::trial(trial, mistake).await,
    }
}

/// What becomes of an order that is paid after all.
async fn later(trial: &Trial<'_>, order: &Value) -> String {
    if trial.provider == "fena" {
        Call::of(order).send(trial.shop, order).await;
    } else {
        trial.shop.buy(trial.provider, id(order), PAYS).await;
        tokio::time::sleep(super::PAUSE * 5).await;
    }
    trial.status(order).await
}

#[tokio::test]
async fn every_mistake_shows_where_it_is_said_to() {
    let served = Served::start(&[]).await;
    let (mut lines, mut alike) = (Vec::new(), Vec::new());
    for mistake in MISTAKES {
        for (provider, _) in PROVIDERS.into_iter().filter(|(provider, _)| mistake.shows_at(provider)) {
            let mut seen = Vec::new();
            for right in [true, false] {
                let shop =
                    if right { Shop::open(&served).await } else { Shop::mistaken(&served, mistake.id).await };
                let name = format!("{}{}", provider, lines.len() * 2 + usize::from(right));
                let on = Trial { shop: &shop, served: &served, provider, name };
                seen.push(trial(&on, mistake.id).await);
            }
            if seen[0] == seen[1] {
                alike.push(format!("{} at {provider}: {}", mistake.id, seen[0]));
            }
            lines.push(format!("{:<36} {provider:<9} {}  ->  {}", mistake.id, seen[0], seen[1]));
        }
    }
    assert_eq!(alike, Vec::<String>::new(), "the right shop and the mistaken one do the same");
    snapshot("shop", "mistakes", &format!("{}\n", lines.join("\n")));
}
