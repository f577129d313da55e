//! What `[shop]` says that is not so: words that never come, keys that there are not, addresses where nobody is.

use super::{Set, doctor};
use crate::ports::{free_port, ports_in_a_row};

#[tokio::test(flavor = "multi_thread")]
async fn words_that_never_come_or_come_too_early_are_told() {
    let report = Set { paid: "settled", ..Set::direct() }.seen("quickpay").await;
    report.only(
        "status",
        "wrong",
        "none of `settled` came within 1 s: the shop says `paid`",
        "`shop.status.paid`",
    );
    let report = Set { paid: "pending", ..Set::direct() }.seen("quickpay").await;
    report.only("status", "wrong", "before anybody has paid", "only words that come afterwards");
    let set = Set::direct();
    let status = format!("{}/orders/x{{order}}", set.url);
    let report = Set { status, ..set }.seen("quickpay").await;
    report.only("status", "wrong", "it answers 404", "put {order} into the checkout");
    let set = Set::direct();
    let report = Set { status: format!("{}/?order={{order}}", set.url), ..set }.seen("quickpay").await;
    report.only(
        "status",
        "wrong",
        "the shop should say how the order stands",
        "how `shop.status` describes it",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_cannot_be_read_or_lacks_something_is_told() {
    let whole = Set::direct().text("quickpay");
    for (text, seen, next) in [
        (
            whole.replace("checkout =", "chekout ="),
            "no key `shop.quickpay.chekout`",
            "`shop.quickpay.checkout`",
        ),
        (whole.replace("{amount.minor}", "{amount.minro}"), "a placeholder that is unknown", "amount.minor"),
        ("[shop".to_owned(), "provkassa.toml, line 1", "It is TOML"),
    ] {
        let report = doctor(&text, &[], &[]).await;
        let (was, then) = report.of("configuration", "wrong");
        assert!(was.contains(seen) && then.contains(next), "{was}: {then}");
        assert_eq!(report.code, 2);
    }
    let checkout = whole.lines().find(|line| line.starts_with("checkout")).expect("one");
    let report = doctor(&whole.replace(checkout, ""), &[], &[]).await;
    report.only("configuration", "wrong", "[shop.quickpay] has no checkout", "--dry-run");
    // Who sells subscriptions alone lacks nothing.
    let alone = whole.replace("[shop.quickpay]", "[shop.quickpay.subscription]");
    let report = doctor(&alone, &[], &[]).await;
    assert_eq!(report.of("configuration", "ok").0, "[shop] can be read: it has quickpay");
    let unpaid =
        &whole[whole.find(", unpaid").expect("one")..whole.find(" }\n[shop.quickpay]").expect("one")];
    let report = doctor(&whole.replace(unpaid, ""), &[], &[]).await;
    report.only("configuration", "warning", "`shop.status.unpaid` is not given", "unpaid = [");
    let ready = whole.lines().find(|line| line.starts_with("ready")).expect("one");
    let report =
        doctor(&whole.replace(ready, "ready = \"http://127.0.0.1:1/\"\nstart_timeout = 1"), &[], &[]).await;
    assert!(report.of("shop", "wrong").0.contains("was not ready at http://127.0.0.1:1/"));
    assert_eq!(report.code, 3);
    let dead = format!("http://127.0.0.1:{}", free_port());
    let port = ports_in_a_row().to_string();
    let report = doctor("", &["--shop", &dead, "--port", &port], &[]).await;
    let (was, _) = report.of("shop", "wrong");
    assert!(was.contains("does not describe the shop") && was.matches(&dead).count() == 1, "{was}");
    assert_eq!(report.code, 3);
}
