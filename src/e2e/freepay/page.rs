//! The payment page: forms right and wrong, cards, and the ways back.

use serde_json::{Value, json};

use super::{
    Form, GOOD, MERCHANT, NO, OK, PASSWORD, Said, form, made, open, paid, pay, post, press, query, queue,
    records, transact, with,
};
use crate::support::{Served, location, snapshot};

#[tokio::test]
async fn a_form_is_paid_by_card_and_the_web_service_confirms_it() {
    let served = Served::frozen().await;
    let fields: &[(&str, &str)] = &[("Param", "a b&c æ"), ("AuxParam", "x=1")];
    let page = open(&served, &with(form("A/1 Å"), fields)).await;
    let shown = Said::to(served.client.get(&page)).await;
    assert_eq!((shown.status, shown.hook("data-page"), shown.hook("data-order")), (200, "card", "A/1 Å"));
    assert!(shown.text.contains("12,50\u{a0}DKK") || shown.text.contains("12,50 DKK"), "{shown:?}");
    let back = location(&pay(&served, &page, "4571 9900 0000 0000").await);
    let id = transact(&back);
    let own = "Param=a+b%26c+%c3%a6&AuxParam=x%3d1";
    assert_eq!(back, format!("{OK}?transact={id}&OrderNumber=A%2f1+%c3%85&{own}"));
    let view = query(&served, id).await;
    assert_eq!(view.status, 200);
    for (name, value) in [
        ("TransactionID", id.to_string().as_str()),
        ("MerchantNumber", MERCHANT),
        ("OrderID", "A/1 Å"),
        ("AuthorizationAmount", "1250"),
        ("CaptureAmount", "1250"),
        ("Currency", "208"),
        ("IsCaptured", "false"),
        ("DateAuthorized", "2026-03-01T13:00:00"),
        ("DateCaptured", "0001-01-01T00:00:00"),
        ("SourceIP", "127.0.0.1"),
        ("CardType", "VisaDankort"),
    ] {
        assert_eq!(view.element(name), value, "{view:?}");
    }
    // The journal knows the order, and the password is not in it.
    let journal = served.read("journal?provider=freepay").await;
    let entries = journal["entries"].as_array().expect("entries");
    assert!(entries.iter().all(|entry| entry["order"] == "A/1 Å"), "{journal}");
    assert!(!journal.to_string().contains(PASSWORD), "{journal}");
}

#[tokio::test]
async fn reloading_going_back_and_pressing_twice_pay_once() {
    let served = Served::frozen().await;
    let page = open(&served, &form("7")).await;
    assert_eq!(open(&served, &form("7")).await, page, "the same form opens the same page");
    let (one, two) = tokio::join!(pay(&served, &page, GOOD), pay(&served, &page, GOOD));
    let back = location(&one);
    assert_eq!(location(&two), back);
    assert_eq!(location(&served.get(&page).await), back);
    assert_eq!(press(&served, &page, "cancel").await, back);
    let again = open(&served, &form("7")).await;
    assert_eq!(location(&served.get(&again).await), back, "posted once more");
    assert_eq!(records(&served, "transactions").await.len(), 1);
    // Another amount is another form; and a shop may want to be paid twice.
    let dearer = made(&served, &with(form("7"), &[("Amount", "1251")])).await;
    assert_ne!(dearer, transact(&back));
    served.set("freepay.same_form", "again").await;
    assert_ne!(paid(&served, "7").await, transact(&back));
    assert_eq!(records(&served, "transactions").await.len(), 3);
}

#[tokio::test]
async fn a_payer_can_be_declined_give_up_or_let_the_time_pass() {
    let served = Served::frozen().await;
    let param = with(form("7"), &[("Param", "p")]);
    let page = open(&served, &param).await;
    let declined = format!("{NO}&reason=116&Param=p");
    assert_eq!(location(&pay(&served, &page, "4571990000000116").await), declined);
    assert_eq!(location(&pay(&served, &page, GOOD).await), declined, "what is declined stays so");
    // The shop's next attempt is another page.
    let next = open(&served, &param).await;
    assert_ne!(next, page);
    assert_eq!(press(&served, &next, "decline").await, format!("{NO}&reason=100&Param=p"));
    let next = open(&served, &param).await;
    assert_eq!(press(&served, &next, "cancel").await, format!("{NO}&reason=1&Param=p"));
    served.set("freepay.cancel_reason", "21").await;
    served.set("freepay.decline_order", "on").await;
    let next = open(&served, &param).await;
    assert_eq!(press(&served, &next, "cancel").await, format!("{NO}&reason=21&OrderNumber=7&Param=p"));
    let next = open(&served, &param).await;
    let expired = Said::to(served.client.post(&next).body("outcome=expire")).await;
    assert_eq!((expired.status, expired.hook("data-result")), (200, "expired"));
    assert_eq!(Said::to(served.client.get(&next)).await.hook("data-result"), "expired");
    let states: Vec<_> =
        records(&served, "payments").await.iter().map(|payment| payment["state"].clone()).collect();
    assert_eq!(states.iter().filter(|state| *state == "declined").count(), 2, "{states:?}");
    assert_eq!(states.iter().filter(|state| *state == "cancelled").count(), 2, "{states:?}");
    assert_eq!(records(&served, "transactions").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_card_that_is_typed_wrongly_stays_on_the_page() {
    let served = Served::frozen().await;
    let page = open(&served, &form("7")).await;
    for (number, month, year, cvc, error) in [
        ("4571", "12", "30", "123", "cardnumber"),
        ("", "12", "30", "123", "cardnumber"),
        (GOOD, "13", "30", "123", "expiry"),
        (GOOD, "", "30", "123", "expiry"),
        (GOOD, "12", "30", "", "cvc"),
        (GOOD, "12", "30", "12a", "cvc"),
    ] {
        let typed = [("cardnumber", number), ("month", month), ("year", year), ("cvc", cvc)];
        let answer = served.submit(&page, &typed).await;
        assert_eq!(answer.status(), 422);
        let html = answer.text().await.expect("a page");
        assert!(html.contains(&format!("data-error=\"{error}\"")), "{error}: {html}");
        assert!(html.contains("<title>Error: "), "{error}");
        assert!(number.is_empty() || !html.contains(&format!("value=\"{number}\"")));
    }
    // A card of the last month is too old, and any other card is nobody's.
    let old = [("cardnumber", GOOD), ("month", "02"), ("year", "2026"), ("cvc", "123")];
    assert_eq!(location(&served.submit(&page, &old).await), format!("{NO}&reason=101"));
    let page = open(&served, &form("8")).await;
    let real = pay(&served, &page, "4111 1111 1111 1111").await;
    assert!(real.headers()["provkassa-warning"].to_str().expect("text").contains("test card"));
    assert_eq!(location(&real), format!("{NO}&reason=111"));
}

/// A form that is refused: the status, the first field that is wrong, what the journal says.
async fn refused(served: &Served, form: &Form) -> String {
    let answer = post(served, "/paymentpage", form).await;
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a page");
    let page = Said { status, kind: String::new(), warnings: String::new(), text };
    assert_eq!(page.hook("data-page"), "error", "{page:?}");
    let journal = served.read("journal?provider=freepay").await;
    let last = journal["entries"].as_array().and_then(|entries| entries.last()).expect("an entry").clone();
    let why = last["event"]["diagnosis"].as_str().or_else(|| last["diagnosis"].as_str());
    format!("{} {}: {}", page.status, page.hook("data-error"), why.unwrap_or(""))
}

#[tokio::test]
async fn forms_that_cannot_be_paid_say_why() {
    let served = Served::frozen().await;
    let without = |name: &str| form("7").into_iter().filter(|(known, _)| *known != name).collect::<Form>();
    let mut story = String::new();
    for name in ["MerchantNumber", "Amount", "Currency", "OrderID", "AcceptURL", "DeclineURL"] {
        story.push_str(&format!("without {name}\n  {}\n", refused(&served, &without(name)).await));
    }
    for (name, value) in [
        ("Amount", "12.50"),
        ("Amount", "1 250,00"),
        ("Amount", "-1250"),
        ("Amount", "0"),
        ("Amount", "2147483648"),
        ("Currency", "DKK"),
        ("Currency", "20"),
        ("AcceptURL", "/ok"),
        ("AcceptURL", "http%3A%2F%2Fshop.example%2Fok"),
        ("DeclineURL", "javascript:alert(1)"),
    ] {
        let said = refused(&served, &with(form("7"), &[(name, value)])).await;
        story.push_str(&format!("{name}={value}\n  {said}\n"));
    }
    let twice = [form("7"), vec![("OrderID", "8".to_owned())]].concat();
    let said = post(&served, "/paymentpage", &twice).await;
    assert!(
        said.headers()["provkassa-warning"]
            .to_str()
            .expect("text")
            .contains("OrderID is posted more than once")
    );
    let got =
        Said::to(served.client.get(format!("{}/paymentpage?MerchantNumber={MERCHANT}", served.freepay)))
            .await;
    story.push_str(&format!("by GET\n  {} {}\n", got.status, got.hook("data-error")));
    snapshot("freepay", "forms", &story);
    assert_eq!(records(&served, "transactions").await, Vec::<Value>::new());
    assert_eq!(records(&served, "payments").await.len(), 1, "the form with two orders");
}

#[tokio::test]
async fn names_and_paths_have_any_case_and_the_page_can_be_elsewhere() {
    let served = Served::frozen().await;
    let shouted: Form = vec![
        ("MERCHANTNUMBER", MERCHANT.to_owned()),
        ("amount", "1250".to_owned()),
        ("currency", "208".to_owned()),
        ("orderId", "7".to_owned()),
        ("accepturl", OK.to_owned()),
        ("declineURL", NO.to_owned()),
    ];
    assert!(location(&post(&served, "/PaymentPage/", &shouted).await).contains("/paymentpage/"));
    served.set("freepay.page_path", "/Pay/Default.aspx").await;
    assert_eq!(post(&served, "/paymentpage", &shouted).await.status(), 404);
    let page = location(&post(&served, "/pay/default.aspx", &shouted).await);
    assert!(page.contains("/Pay/Default.aspx/"), "{page}");
    assert_eq!(served.get(&page).await.status(), 200);
    // Letters outside ASCII in an old shop's form.
    served.set("freepay.charset", "latin1").await;
    let body = format!(
        "MerchantNumber={MERCHANT}&Amount=1&Currency=208&OrderID=%E6&AcceptURL={OK}&DeclineURL={OK}&Param=%C5"
    );
    let request = served.client.post(format!("{}/pay/default.aspx", served.freepay)).body(body);
    let page = location(&request.send().await.expect("an answer"));
    assert!(press(&served, &page, "approve").await.ends_with("&OrderNumber=%e6&Param=%c5"));
    assert_eq!(records(&served, "transactions").await[0]["order"], "æ");
}

#[tokio::test]
async fn the_page_cannot_be_put_over_what_has_an_address() {
    let served = Served::frozen().await;
    let service = "/webservices/public/management.asmx";
    let transaction = paid(&served, "1").await;
    for path in [service, "/Secure/Authorize.aspx", "/provkassa/form"] {
        served.set("freepay.page_path", path).await;
        assert_eq!(query(&served, transaction).await.status, 200, "{path}");
        let shop = served.client.get(format!("{}/provkassa/form?Amount=1", served.freepay));
        assert_eq!(Said::to(shop).await.hook("data-page"), "fields", "{path}");
        let own = Said::to(served.client.post(format!("{}/secure/authorize.aspx", served.freepay))).await;
        assert!(own.text.contains("OrderNumber is missing"), "{path}: {own:?}");
    }
    served.set("freepay.page_path", "/secure").await;
    let page = location(&post(&served, "/secure", &form("2")).await);
    assert_eq!(served.get(&page).await.status(), 200);
}

#[tokio::test]
async fn a_return_that_is_a_path_alone_is_at_the_shop_that_posted_the_form() {
    let served = Served::frozen().await;
    let fields = with(form("7"), &[("DeclineURL", "/decline.asp")]);
    assert_eq!(post(&served, "/paymentpage", &fields).await.status(), 400);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = served.client.post(format!("{}/paymentpage", served.freepay));
    let answer = request.header("referer", "http://127.0.0.1:3000/").body(body).send().await;
    let answer = answer.expect("an answer");
    let warning = answer.headers()["provkassa-warning"].to_str().expect("text").to_owned();
    assert!(warning.contains("DeclineURL `/decline.asp` is a path alone"), "{warning}");
    let back = press(&served, &location(&answer), "decline").await;
    assert_eq!(back, "http://127.0.0.1:3000/decline.asp?reason=100");
}

#[tokio::test]
async fn what_passes_and_should_not_is_warned_of() {
    let served = Served::frozen().await;
    for (name, value, warning) in [
        ("Password", PASSWORD, "the password stands in the form"),
        ("Subscription", "0", "a subscription is made all the same"),
        ("CardNumber", GOOD, "the payment page asks for it itself"),
        ("Currency", "840", "nobody has seen Freepay take it"),
    ] {
        let answer = post(&served, "/paymentpage", &with(form("7"), &[(name, value)])).await;
        let said = answer.headers()["provkassa-warning"].to_str().expect("text").to_owned();
        assert!(said.contains(warning), "{said}");
        let page = served.get(&location(&answer)).await.text().await.expect("a page");
        assert!(page.contains("data-warning") && page.contains(warning), "{page}");
        assert!(!page.contains(PASSWORD), "{page}");
    }
}

#[tokio::test]
async fn a_queued_or_pressed_outcome_decides_without_a_payer() {
    let served = Served::frozen().await;
    for (outcome, back) in
        [("decline", "&reason=100"), ("cancel", "&reason=1"), ("-2", "&reason=-2"), ("984", "&reason=984")]
    {
        queue(&served, outcome, outcome).await;
        let page = open(&served, &form(outcome)).await;
        assert_eq!(location(&served.get(&page).await), format!("{NO}{back}"));
        // Pressed from outside, by the order's number.
        let order = format!("pressed {outcome}");
        let page = open(&served, &form(&order)).await;
        let body = json!({"provider": "freepay", "outcome": outcome});
        let pressed = served.post(&format!("payments/{}/outcome", order.replace(' ', "%20")), body).await;
        assert_eq!(pressed["location"], format!("{NO}{back}"), "{pressed}");
        assert_eq!(location(&served.get(&page).await), format!("{NO}{back}"));
    }
    queue(&served, "60", "60").await;
    let page = open(&served, &form("60")).await;
    assert!(location(&served.get(&page).await).starts_with(OK), "60 is an approval");
    queue(&served, "late", "expire").await;
    let page = open(&served, &form("late")).await;
    assert_eq!(Said::to(served.client.get(&page)).await.hook("data-result"), "expired");
}

#[tokio::test]
async fn the_pages_are_as_they_were_last_looked_at() {
    let served = Served::frozen().await;
    let mut story = String::new();
    let mut add = |name: &str, html: &str| {
        let body = html.split("<body>").nth(1).expect("a body");
        let kept =
            body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.contains("<td><code>4571"));
        let lines: Vec<_> = kept.collect();
        story.push_str(&format!(
            "##### {name}\n{}\n\n",
            lines.join("\n").replace(&served.freepay, "{freepay}")
        ));
    };
    let text = async |request: reqwest::RequestBuilder| Said::to(request).await.text;
    let page = open(&served, &with(form("demo <1>"), &[("Param", "p")])).await;
    add("a card", &text(served.client.get(&page)).await);
    add("a card typed wrongly", &text(served.client.post(&page).body("month=1&year=%22")).await);
    let sign_up = open(&served, &with(form("sign-up"), &[("Subscription", "0"), ("Amount", "x")])).await;
    add("a subscription", &text(served.client.get(&sign_up)).await);
    add("expired", &text(served.client.post(&sign_up).body("outcome=expire")).await);
    let error = post(&served, "/paymentpage", &with(form("7"), &[("Amount", "1.5")])).await;
    add("an error", &error.text().await.expect("a page"));
    let own = [
        ("CardNumber", GOOD),
        ("ExpireMonth", "12"),
        ("ExpireYear", "30"),
        ("CVC", "123"),
        ("Amount", "45000"),
    ];
    let bank = location(&post(&served, "/secure/authorize.aspx", &with(form("own"), &own)).await);
    add("the bank", &text(served.client.get(&bank)).await);
    let query = format!("MerchantNumber={MERCHANT}&OrderID=7");
    add(
        "the shop's form",
        &text(served.client.get(format!("{}/provkassa/form?{query}", served.freepay))).await,
    );
    snapshot("freepay", "pages", &story);
}
