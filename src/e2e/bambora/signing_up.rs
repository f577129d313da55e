//! Subscriptions: signed up in the window, with a payment or without.

use serde_json::json;

use super::order::{Order, pay, queue, records, shown, value_of, verified};
use crate::support::{Served, location};

#[tokio::test]
async fn a_sign_up_over_nothing_stores_the_card_and_authorizes_nothing() {
    let served = Served::frozen().await;
    let page = Order::new("s1").sign_up().with("subscriptionname", "Gym").page(&served).await;
    let (_, form) = shown(served.get(&page).await).await;
    assert!(form.contains("Sign up with a card") && !form.contains("data-amount"), "{form}");
    let back = location(&pay(&served, &page, "5555555555555000").await);
    let id = value_of(&back, "subscriptionid");
    assert_eq!(
        verified(&back),
        format!(
            "http://127.0.0.1:1/ok?txnid=0&orderid=s1&amount=0&currency=208&date=20260301&time=1300&txnfee=0&subscriptionid={id}&paymenttype=4&cardno=555555XXXXXX5000"
        )
    );
    assert!(records(&served, "transactions").await.is_empty());
    let kept = &records(&served, "subscriptions").await[0];
    assert_eq!((&kept["id"], &kept["name"]), (&json!(id.parse::<u64>().expect("a number")), &json!("Gym")));
}

#[tokio::test]
async fn a_sign_up_with_a_payment_has_both_ids_and_a_refused_one_leaves_nothing() {
    let served = Served::start(&[]).await;
    let order = Order::new("s1").sign_up().with("amount", "2500");
    let page = order.page(&served).await;
    let (status, form) = shown(pay(&served, &page, "3333333333333118").await).await;
    assert!(status == 422 && form.contains("data-error=\"118\""), "{form}");
    assert!(records(&served, "subscriptions").await.is_empty());
    let back = location(&pay(&served, &page, "3333333333333000").await);
    let (transaction, subscription) = (value_of(&back, "txnid"), value_of(&back, "subscriptionid"));
    let kept = &records(&served, "transactions").await[0];
    assert_eq!(kept["id"].to_string(), transaction);
    assert_eq!(kept["subscription"].to_string(), subscription);
    assert_eq!(records(&served, "subscriptions").await[0]["transactions"], json!([kept["id"]]));
    // A card that is too old is refused over nothing too.
    let page = Order::new("s2").sign_up().page(&served).await;
    let old = [("cardnumber", "3333333333333000"), ("expmonth", "1"), ("expyear", "20"), ("cvc", "123")];
    let (status, form) = shown(served.submit(&page, &old).await).await;
    assert!(status == 422 && form.contains("data-error=\"101\""), "{form}");
    queue(&served, "s2", &["116"]).await;
    assert!(shown(served.get(&page).await).await.1.contains("data-error=\"116\""));
    assert_eq!(records(&served, "subscriptions").await.len(), 1);
}

#[tokio::test]
async fn a_subscriptions_card_can_be_exchanged() {
    let served = Served::start(&[]).await;
    let page = Order::new("s1").sign_up().page(&served).await;
    let id = value_of(&location(&pay(&served, &page, "3333333333333000").await), "subscriptionid");
    let change = |order: &str, amount: &str| {
        let order = Order::new(order).with("amount", amount);
        order.with("subscription", "2").with("subscriptionid", &id)
    };
    let masked = async || records(&served, "subscriptions").await[0]["card"]["masked"].clone();
    let page = change("s2", "0").page(&served).await;
    pay(&served, &page, "5555555555555116").await;
    assert_eq!(masked().await, "333333XXXXXX3000");
    let back = location(&pay(&served, &page, "5555555555555000").await);
    assert_eq!((value_of(&back, "subscriptionid"), value_of(&back, "txnid")), (id.clone(), "0".to_owned()));
    assert_eq!(masked().await, "555555XXXXXX5000");
    let back = location(&pay(&served, &change("s3", "100").page(&served).await, "4444444444444000").await);
    assert_eq!(value_of(&back, "subscriptionid"), id);
    assert_eq!(masked().await, "444444XXXXXX4000");
    assert_eq!(records(&served, "transactions").await[0]["subscription"].to_string(), id);
}
