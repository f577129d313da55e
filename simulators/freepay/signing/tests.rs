//! What holds for Freepay's operations beyond the laws of all: spellings, secrets, forms and returns that are
//! read.

use std::borrow::Cow;

use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use serde_json::json;

use super::visits::Visit;
use super::*;
use crate::kit::operation::{
    Examination, Judgement, Message, Operation, Parameter, Reply, Verification, judge, simpler,
};

const PAGE: &str = "http://127.0.0.1:4705/paymentpage";
const ACCEPT: &str = "https://shop.example/accept?cart=7&lang=da";
const DECLINE: &str = "https://shop.example/decline";

fn parameters(pairs: &[(&'static str, &str)]) -> Vec<Parameter> {
    pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect()
}

fn sale() -> Vec<Parameter> {
    parameters(&[
        ("page", PAGE),
        ("merchant", "1234567"),
        ("order", "1001"),
        ("amount", "1250 SEK"),
        ("accept", ACCEPT),
        ("decline", DECLINE),
        ("param", ""),
        ("password", "freepay-test"),
    ])
}

fn answer(method: &str, action: &str, fields: &[[&str; 2]]) -> Reply {
    let answer = json!({ "method": method, "action": action, "fields": fields });
    Reply::Answer(answer.as_object().expect("object").clone())
}

fn examined(operation: &dyn Operation, text: &str, given: &[Parameter]) -> Examination {
    match operation.read(text, None, given).unwrap_or_else(|error| panic!("{error}: {text}")) {
        Verification::Examined(examination) => examination,
        Verification::Received(_) => panic!("it is examined"),
    }
}

fn ids(examination: &Examination) -> Vec<&str> {
    examination.faults.iter().map(|fault| fault.id).collect()
}

fn named(examination: &Examination) -> &str {
    let diagnosis = examination.diagnosis.as_ref();
    diagnosis.and_then(|diagnosis| diagnosis.named.first()).map_or("", |mistake| mistake.id)
}

/// The view of a transaction for that sale.
fn view(changes: &[(&str, &str)]) -> String {
    let elements = [
        ("TransactionID", "534536434"),
        ("MerchantID", "77"),
        ("MerchantNumber", "1234567"),
        ("Currency", "752"),
        ("OrderID", "1001"),
        ("AuthorizationAmount", "1250"),
        ("IsCaptured", "false"),
    ];
    let value = |(name, value): (&'static str, &'static str)| {
        let changed = changes.iter().find(|(known, _)| *known == name);
        (name, changed.map_or(value, |(_, value)| *value).to_owned())
    };
    view::written("TransactionView", view::MANAGEMENT, &elements.map(value), view::Spelling::Indented)
}

fn came(url: &str, answer: &str, used: &str) -> Message {
    let given = parameters(&[
        ("url", url),
        ("merchant", "1234567"),
        ("order", "1001"),
        ("amount", "1250 SEK"),
        ("status", "200"),
        ("answer", answer),
        ("used", used),
    ]);
    Message { form: Cow::Borrowed(PAYMENT), parameters: Vec::new(), given }
}

const CAME: &str = "https://shop.example/accept?transact=534536434&OrderNumber=1001";

#[test]
fn how_a_right_form_is_spelt_does_not_matter() {
    let message = |form| Message { form: Cow::Borrowed(form), parameters: Vec::new(), given: sale() };
    let mut fields = vec![
        ["declineurl", DECLINE],
        ["ACCEPTURL", ACCEPT],
        ["orderid", "1001"],
        ["currency", "752"],
        ["Amount", "1250"],
        ["MerchantNumber", "1234567"],
        ["Param", ""],
        ["button", "Betal"],
    ];
    let judged = |form, method: &str, action: &str, fields: &[[&str; 2]]| {
        judge(&Form, &message(form), &answer(method, action, fields))
    };
    assert_eq!(judged(PAYMENT, " post", "HTTP://127.0.0.1:4705/paymentpage", &fields), Judgement::Right);
    assert_eq!(judged(SUBSCRIPTION, "post", PAGE, &fields), Judgement::Wrong);
    assert_eq!(judged(PAYMENT, "post", "http://127.0.0.1:4705/", &fields), Judgement::Wrong);
    fields.push(["subscription", ""]);
    fields[4] = ["Amount", "whatever"];
    assert_eq!(judged(SUBSCRIPTION, "POST", PAGE, &fields), Judgement::Right);
    fields[2] = ["OrderID", "1001 "];
    assert_eq!(judged(SUBSCRIPTION, "POST", PAGE, &fields), Judgement::Wrong);
}

#[test]
fn no_observation_shows_the_password() {
    for seed in 0..300 {
        let message = Form.generate(&mut SmallRng::seed_from_u64(seed));
        let password = message.given("password");
        let mut replies: Vec<Reply> =
            Form.mistakes().into_iter().filter_map(|mistake| Form.reply(&message, &[mistake])).collect();
        replies.push(answer("POST", &format!("{PAGE}?p={password}"), &[["OrderID", password]]));
        for reply in replies {
            let observed = Form.observe(&message, &reply);
            assert!(!observed.contains(password), "{observed}");
        }
    }
}

#[test]
fn two_mistakes_of_a_form_compose_where_they_touch_different_fields() {
    let message = Message { form: Cow::Borrowed(PAYMENT), parameters: Vec::new(), given: sale() };
    let both = |one: &str, other: &str| {
        let made: Vec<_> =
            Form.mistakes().into_iter().filter(|mistake| [one, other].contains(&mistake.id)).collect();
        assert_eq!(made.len(), 2);
        Form.reply(&message, &made)
    };
    let reply = both("freepay.form/currency-in-letters", "freepay.form/amount-with-comma").expect("composes");
    let observed = Form.observe(&message, &reply);
    assert!(observed.contains("Amount: \"12,50\"") && observed.contains("Currency: \"SEK\""), "{observed}");
    assert!(both("freepay.form/amount-cut", "freepay.form/amount-with-comma").is_none());
}

#[test]
fn a_form_is_read_as_html_request_or_fields() {
    let html = format!(
        "<!doctype html><p>a &nbsp; b<br><FORM METHOD=post action='{PAGE}'>\n<input type=hidden name=\"MerchantNumber\" value=1234567>\
         <input name='Amount' value='1250'/><input name=Currency value=752><input name=OrderID value=\"1001\">\
         <INPUT NAME=AcceptURL VALUE='https://shop.example/accept?cart=7&amp;lang=da'><input name=DeclineURL value={DECLINE}>\
         <input type=submit value=Betal></form><form><input name=Amount value=9></form>"
    );
    let body = "MerchantNumber=1234567&Amount=1250&Currency=752&OrderID=1001&AcceptURL=https%3A%2F%2Fshop.example%2Faccept%3Fcart%3D7%26lang%3Dda&DeclineURL=https%3A%2F%2Fshop.example%2Fdecline";
    let request = format!("POST {PAGE} HTTP/1.1\nContent-Type: application/x-www-form-urlencoded\n\n{body}");
    let curl = format!("curl -d '{body}' {PAGE}");
    for text in [html.as_str(), body, &request, &curl] {
        let examination = examined(&Form, text, &sale());
        assert_eq!(ids(&examination), [""; 0], "{text}: {:?}", examination.faults);
        assert!(examination.notes.is_empty(), "{:?}", examination.notes);
    }
    for (from, to, id, mistake) in [
        ("Amount=1250", "Amount=12.50", "amount", "freepay.form/amount-in-major-units"),
        ("Currency=752", "Currency=SEK", "currency", "freepay.form/currency-in-letters"),
        ("OrderID", "OrderNumber", "order_id", "freepay.form/order-misnamed"),
        (
            "Amount=1250",
            "Amount=1250&Subscription=0",
            "subscription",
            "freepay.form/subscription-sent-with-payment",
        ),
    ] {
        // Nobody says what it should be: the form tells.
        let given = parameters(&[("password", "freepay-test")]);
        let given = if id == "subscription" { sale() } else { given };
        let wrong = body.replace(from, to);
        let Ok(Verification::Examined(examination)) = Form.read(&wrong, Some(PAYMENT), &given) else {
            panic!("{wrong}")
        };
        assert_eq!(ids(&examination)[0], id, "{:?}", examination.faults);
        assert_eq!(named(&examination), mistake);
    }
    for no_form in ["", "https://shop.example/paid", "<p>no form</p>", "POST"] {
        assert!(Form.read(no_form, None, &sale()).is_err(), "{no_form}");
    }
}

#[test]
fn a_return_is_read_with_the_answer_that_was_given() {
    let read = |url: &str, answer: &str, used: &str| examined(&Return, url, &came(url, answer, used).given);
    let right = read(CAME, &view(&[]), "5");
    assert_eq!((ids(&right), right.notes.len()), (Vec::new(), 0), "{:?}", right.notes);
    assert!(right.parts[1].1.contains(&"OrderID: 1001".to_owned()), "{:?}", right.parts);
    for (answer, used, faults) in [
        (view(&[("OrderID", "1002"), ("Currency", "208")]), "", vec!["order", "currency"]),
        (view(&[("MerchantNumber", "77")]), "", vec!["merchant"]),
        (view(&[("AuthorizationAmount", "12")]), "1 534536434", vec!["amount", "unused"]),
        (view(&[("TransactionID", "7")]), "", vec!["id"]),
        ("<html/>".to_owned(), "", vec!["view"]),
    ] {
        assert_eq!(ids(&read(CAME, &answer, used)), faults, "{answer}");
    }
    let alone = examined(&Return, CAME, &[]);
    assert_eq!(ids(&alone), ["service"]);
    assert!(alone.faults[0].what.contains("proves nothing"), "{:?}", alone.faults);
    let declined = examined(&Return, "https://shop.example/decline?reason=-1", &[]);
    assert!(declined.faults.is_empty() && declined.notes[0].contains("nothing to approve"));
}

#[test]
fn what_the_document_leaves_open_is_accepted() {
    let approved = |transact: &str| {
        let answer = json!({ "outcome": "approved", "transact": transact, "reason": null });
        Reply::Answer(answer.as_object().expect("object").clone())
    };
    let rejected = Reply::Rejected("no".to_owned());
    let tolerated =
        |message: &Message, reply: &Reply| matches!(judge(&Return, message, reply), Judgement::Tolerated(_));
    let captured = came(CAME, &view(&[("IsCaptured", "true")]), "");
    assert_eq!(judge(&Return, &captured, &approved("534536434")), Judgement::Right);
    assert!(tolerated(&captured, &rejected));
    let called_otherwise = came(&CAME.replace("=1001", "=1002"), &view(&[]), "");
    assert!(tolerated(&called_otherwise, &rejected));
    let above = came(CAME, &view(&[("AuthorizationAmount", "1251")]), "");
    assert!(tolerated(&above, &approved("534536434")));
    assert!(!tolerated(&came(CAME, &view(&[("AuthorizationAmount", "1249")]), ""), &approved("534536434")));
    let zeros = CAME.replace("=534", "=00534");
    for transact in ["534536434", "00534536434"] {
        assert!(tolerated(&came(&zeros, &view(&[]), "7"), &approved(transact)), "{transact}");
        // It has paid.
        assert!(!tolerated(&came(&zeros, &view(&[]), "534536434"), &approved(transact)), "{transact}");
    }
}

#[test]
fn a_return_is_read_back_as_it_was_made() {
    for seed in 0..3000 {
        let message = Return.generate(&mut SmallRng::seed_from_u64(seed));
        let again = Visit::of(&message).unwrap_or_else(|| panic!("{message:?}"));
        assert_eq!(again.message(), message);
    }
}

/// What differs goes on differing while a message becomes simpler.
#[test]
fn a_return_that_lacks_something_shrinks_to_one_that_lacks_it() {
    let orders = |message: &Message| message.given("order").chars().count();
    for focus in Return.focuses() {
        for seed in 0..5 {
            let mut rng = SmallRng::seed_from_u64(seed);
            let drawn = crate::kit::operation::generate_in(&Return, Some(focus), &mut rng);
            let mut message = drawn.unwrap_or_else(|| panic!("{}", focus.name));
            let before = orders(&message);
            while let Some(next) = simpler(&Return, Some(focus), &message).into_iter().next() {
                message = next;
            }
            assert!((focus.holds)(&message) && orders(&message) <= before, "{}: {message:?}", focus.name);
            assert!(!message.given("url").contains("Param="), "{}: {message:?}", focus.name);
        }
    }
}
