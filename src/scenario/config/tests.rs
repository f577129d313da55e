use super::*;

const GOOD: &str = r#"[shop]
start = "npm run 'start it'"
cwd = "web"
env = { MODE = "test" }
ready = "http://127.0.0.1:3000/healthz"
deadline = 2
settle = 0.25
status = { url = "http://127.0.0.1:3000/orders/{order}", pointer = "/status", paid = ["paid"], unpaid = ["open"], credited = "/credited" }
[shop.quickpay]
checkout = { url = "http://127.0.0.1:3000/buy", json = { order = "{order}", amount = "{amount.minor}", more = [1, true] }, link = "/url" }
actions = { refund = { url = "http://127.0.0.1:3000/orders/{order}/refund" } }
[shop.quickpay.subscription]
checkout = { url = "http://127.0.0.1:3000/sign-up", form = { order = "{order}" } }
actions = { charge = { url = "http://127.0.0.1:3000/orders/{order}/charge" }, renew = { url = "http://127.0.0.1:3000/orders/{order}/card", link = "/to" } }
[shop.brp]
checkout = { method = "GET", url = "http://127.0.0.1:3000/buy" }
order = { regex = "order (\\d+)" }
[shop.fena]
checkout = { url = "http://127.0.0.1:3000/fena", form = { id = "{order}" }, headers = { accept = "text/html" } }
status = { url = "http://127.0.0.1:3000/fena/{order}", header = "Order-Status", paid = ["done"] }
webhook = "http://127.0.0.1:3000/hook"
redirect = "http://127.0.0.1:3000/back"
"#;

#[test]
fn the_documentation_has_everything_that_can_be_written() {
    const DOCUMENTATION: &str = include_str!("../SHOP.md");
    let sample = DOCUMENTATION.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let shop = parse(sample.expect("a sample")).expect("sound");
    assert_eq!(shop.providers.keys().copied().collect::<Vec<_>>(), ["fena", "quickpay"]);
    for placeholder in crate::scenario::template::PLACEHOLDERS {
        assert!(DOCUMENTATION.contains(&format!("`{{{placeholder}}}`")), "{placeholder}");
    }
    for action in ACTIONS {
        assert!(DOCUMENTATION.contains(&format!("`{action}`")), "{action}");
    }
}

#[test]
fn a_shop_is_described_whole() {
    let shop = parse(GOOD).expect("sound");
    let start = shop.start.expect("a command");
    assert_eq!(start.command, ["npm", "run", "start it"]);
    assert_eq!(start.environment["MODE"], "test");
    assert_eq!((shop.deadline, shop.settle), (Duration::from_secs(2), Duration::from_millis(250)));
    assert_eq!(shop.providers.keys().copied().collect::<Vec<_>>(), ["brp", "fena", "quickpay"]);
    let quickpay = &shop.providers["quickpay"];
    let checkout = quickpay.checkout.as_ref().expect("a checkout");
    assert_eq!(checkout.method, http::Method::POST);
    let json = serde_json::json!({"order": "{order}", "amount": "{amount.minor}", "more": [1, true]});
    assert_eq!(checkout.body, Body::Json(json));
    assert_eq!(quickpay.link.as_deref(), Some("/url"));
    assert!(quickpay.actions.contains_key("refund"));
    let subscription = quickpay.subscription.as_ref().expect("subscriptions");
    assert!(subscription.checkout.is_some() && subscription.actions.contains_key("charge"));
    assert!(subscription.actions.contains_key("renew"));
    assert_eq!(subscription.renewal.as_deref(), Some("/to"));
    let found = shop.providers["brp"]
        .order
        .as_ref()
        .and_then(|place| place.find(&http::HeaderMap::new(), "order 17"));
    assert_eq!(found.as_deref(), Some("17"));
    assert!(shop.providers["fena"].status.is_some());
}

#[test]
fn a_shop_that_is_described_wrongly_is_refused_with_what_to_write() {
    for (spoil, with, what, help) in [
        ("ready =", "redy =", "no key `shop.redy`", "`shop.ready`"),
        ("[shop.quickpay]", "[shop.quikpay]", "no key `shop.quikpay`", "`shop.quickpay`"),
        ("checkout = { url", "chekout = { url", "no key `shop.quickpay.chekout`", "`shop.quickpay.checkout`"),
        ("link =", "lnk =", "no key `shop.quickpay.checkout.lnk`", "checkout.link`"),
        ("\"/status\"", "\"data.status\"", "`shop.status.pointer` is no JSON pointer", "\"/data/status\""),
        ("pointer = \"/status\", ", "", "nothing says where the answer stands", "regex ="),
        ("pointer = \"/status\"", "pointer = \"/status\", header = \"x\"", "not alone", "Keep one"),
        (
            "orders/{order}\", pointer",
            "orders\", pointer",
            "would say the same of every order",
            "/orders/{order}",
        ),
        ("paid = [\"paid\"], ", "", "nothing says that an order is paid", "paid = [\"paid\"]"),
        ("{amount.minor}", "{amount.minr}", "placeholder that is unknown", "`{amount.minor}`"),
        ("{order}\", pointer", "{ordre}\", pointer", "`shop.status.url` has a placeholder", "`{order}`"),
        ("refund =", "refnd =", "no key `shop.quickpay.actions.refnd`", "actions.refund`"),
        ("charge =", "chrge =", "no key `shop.quickpay.subscription.actions.chrge`", "actions.charge`"),
        (
            "refund =",
            "charge =",
            "`shop.quickpay.actions.charge` has no effect there",
            "subscription.actions.charge`",
        ),
        (
            "refund =",
            "delete =",
            "`shop.quickpay.actions.delete` has no effect",
            "subscription.actions.delete`",
        ),
        (
            "webhook =",
            "subscription.actions.renew = { url = \"http://127.0.0.1:3000/\" }\nwebhook =",
            "`shop.fena.subscription.actions.renew` has no effect there",
            "no scenario renews a subscription at fena",
        ),
        (
            "webhook =",
            "actions.renew = { url = \"http://127.0.0.1:3000/\" }\nwebhook =",
            "`shop.fena.actions.renew` has no effect there",
            "only renewed at QuickPay",
        ),
        (
            "orders/{order}/charge\" }",
            "orders/{order}/charge\", link = \"/url\" }",
            "no key `shop.quickpay.subscription.actions.charge.link`",
            "actions.charge.headers",
        ),
        ("method = \"GET\"", "method = \"FETCH\"", "`FETCH` is no HTTP method", "GET or POST"),
        ("order = { regex = \"order (\\\\d+)\" }\n", "", "has no {order}", "order = { pointer"),
        ("\"order (\\\\d+)\"", "\"order (\"", "no regular expression", "regex ="),
        ("http://127.0.0.1:3000/hook", "/hook", "`/hook` is no http URL", "webhook = \"http"),
        ("deadline = 2", "deadline = \"2s\"", "`shop.deadline` is no number of seconds", "deadline = 5"),
        ("\"test\"", "\"${NOBODY}\"", "the variable `NOBODY`", "Write the value itself"),
        ("\"npm run 'start it'\"", "\"\"", "`shop.start` is no command", "npm start"),
        ("form = {", "json = {}, form = {", "and `form` are both given", "Keep one"),
    ] {
        let text = GOOD.replacen(spoil, with, 1);
        assert_ne!(text, GOOD, "{spoil} stands there");
        let error = parse(&text).map(|_| ()).expect_err(spoil);
        assert!(error.what.contains(what), "{spoil}: {error}");
        assert!(error.help.contains(help), "{spoil}: {}", error.help);
    }
    let without = GOOD.replacen("status = {", "unused = {", 1);
    assert!(parse(&without).is_err());
}
