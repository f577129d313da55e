//! What holds for BRP's operations beyond the laws of all: pairs, spoilt links, shrinking.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use super::*;
use crate::kit::diagnosis::{Example, diagnose, diagnose_received};
use crate::kit::operation::{Judgement, Message, Operation, judge, simpler};

fn sample(operation: &dyn Operation, count: u64) -> Vec<Message> {
    (0..count).map(|seed| operation.generate(&mut SmallRng::seed_from_u64(seed))).collect()
}

#[test]
fn pairs_of_mistakes_are_explained() {
    let messages = sample(&Hash, 60);
    let mistakes = Hash.mistakes();
    let mut tried = 0;
    for (place, one) in mistakes.iter().enumerate() {
        for other in mistakes.iter().skip(place + 1).step_by(5) {
            let made = [*one, *other];
            if Hash.reply(&messages[0], &made).is_none() {
                continue;
            }
            let replies: Vec<_> =
                messages.iter().map(|message| Hash.reply(message, &made).expect("composes")).collect();
            let got: Vec<_> =
                messages.iter().zip(&replies).map(|(message, reply)| Hash.observe(message, reply)).collect();
            let answers = messages.iter().zip(&replies).zip(&got);
            let examples: Vec<_> =
                answers.map(|((message, reply), got)| Example { message, reply, got }).collect();
            let diagnosis = diagnose(&Hash, &examples, &[]);
            let diagnosis = diagnosis.unwrap_or_else(|| panic!("{} and {}", one.id, other.id));
            assert_eq!(diagnosis.explains, diagnosis.of, "{} and {}: {diagnosis}", one.id, other.id);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

/// What `verify` and the simulator see: one link, spoilt on the way.
#[test]
fn a_spoilt_link_is_explained_from_the_link_alone() {
    let secret = "SecretWord";
    let rest = "receiptemail=a%2Bb%40x.se&receiptemail=b%40x.se&orderid=15";
    let returnurl = "https://shop.example/paid?a=1&b=2#top";
    let message = Message {
        form: "payfororder".into(),
        parameters: vec![
            ("orderid".into(), "15".to_owned()),
            ("receiptemail".into(), "a+b@x.se".to_owned()),
            ("receiptemail".into(), "b@x.se".to_owned()),
            ("returnurl".into(), returnurl.to_owned()),
        ],
        given: vec![("base".into(), "https://x.example/b/".to_owned()), ("secret".into(), secret.to_owned())],
    };
    assert!(rest.contains("%40"));
    for mistake in Link.mistakes() {
        let link = Link.reply(&message, &[mistake]).expect("one mistake");
        let right = Link.reply(&message, &[]).expect("right");
        if Link.observe(&message, &link) == Link.observe(&message, &right) {
            continue;
        }
        let received = received(link.get("url"), None, secret).expect("a link");
        if judge(&Hash, &received.message, &received.claimed) != Judgement::Wrong {
            continue;
        }
        let diagnosis = diagnose_received(&received);
        // What was left out of the link cannot be seen in it, nor what else is left raw where + is all that there is.
        let invisible = [
            "optional-left-out",
            "hash-missing",
            "receiptemails-only-last",
            "latin-1",
            "returnurl-alone-encoded",
        ];
        let hidden =
            mistake.id.starts_with("brp.link") && invisible.iter().any(|id| mistake.id.ends_with(id));
        if hidden {
            continue;
        }
        let diagnosis = diagnosis.unwrap_or_else(|| panic!("{} in {}", mistake.id, link.get("url")));
        let named = std::iter::once(&diagnosis.named)
            .chain(&diagnosis.equals)
            .any(|explanation| explanation.iter().any(|named| named.id == mistake.id));
        assert!(named, "{}: {diagnosis} in {}", mistake.id, link.get("url"));
    }
}

/// A well-formed link with two mistakes in its hash: nothing was done wrong on the way.
#[test]
fn a_well_formed_link_is_never_said_to_be_spoilt() {
    let message = Message {
        form: "payfororder".into(),
        parameters: vec![
            ("paymentmethodid".into(), "100".to_owned()),
            ("orderid".into(), "15".to_owned()),
            ("returnurl".into(), "https://shop.example/paid?a=1&b=2".to_owned()),
        ],
        given: vec![
            ("base".into(), "https://x.example/b/".to_owned()),
            ("secret".into(), "SecretWord".to_owned()),
        ],
    };
    let mistakes = Hash.mistakes();
    for (place, one) in mistakes.iter().enumerate() {
        for other in &mistakes[place + 1..] {
            let Some(link) = Link.reply(&message, &[one, other]) else { continue };
            let received = received(link.get("url"), None, "SecretWord").expect("a link");
            if judge(&Hash, &received.message, &received.claimed) != Judgement::Wrong {
                continue;
            }
            let Some(diagnosis) = diagnose_received(&received) else {
                panic!("{} and {} are not explained", one.id, other.id);
            };
            let blames_the_link = diagnosis.named.iter().any(|mistake| mistake.id.starts_with("brp.link"));
            assert!(!blames_the_link, "{} and {}: {diagnosis}", one.id, other.id);
        }
    }
}

#[test]
fn shrinking_ends_at_a_message_that_is_as_small_as_can_be() {
    let mistake = Hash.mistakes()[0];
    let fails = |message: &Message| {
        let right = Hash.reply(message, &[]).expect("right");
        judge(&Hash, message, &Hash.reply(message, &[mistake]).expect("one")) == Judgement::Wrong
            && right.get("hash").len() == 64
    };
    for seed in 0..200 {
        let mut message = Hash.generate(&mut SmallRng::seed_from_u64(seed));
        if !fails(&message) {
            continue;
        }
        let mut steps = 0;
        while let Some(next) = simpler(&Hash, None, &message).into_iter().find(fails) {
            message = next;
            steps += 1;
            assert!(steps < 200, "going round in circles at {message:?}");
        }
        assert_eq!(message.value("returnurl"), Some("http://a"), "{message:?}");
        assert!(message.parameters.len() <= 3, "{message:?}");
    }
}

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn the_strategy_gives_legal_messages_and_shrinks_them(_run in 0_u8..8) {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let strategy = crate::kit::strategy::Messages(&Link);
        let mut tree = strategy.new_tree(&mut runner).expect("a tree");
        // Everything fails: shrinking takes the first simpler message each time, and ends.
        let mut steps = 0;
        while tree.simplify() {
            prop_assert!(Link.legal(&tree.current()).is_ok());
            steps += 1;
            prop_assert!(steps < 500);
        }
    }

    #[test]
    fn no_text_makes_the_reader_of_links_panic(text in "\\PC*", query in "[a-z=&%#+\\[\\]0-9]*") {
        let _ = received(&text, None, "s");
        if let Ok(read) = received(&format!("?{query}&returnurl={text}"), Some("payfororder"), "s") {
            let _ = diagnose_received(&read);
        }
    }
}

#[test]
fn a_field_of_another_endpoint_may_be_null_and_nothing_else() {
    use crate::kit::operation::well_formed;
    let answer = |invoice: serde_json::Value| serde_json::json!({"outcome": "paid", "receiptid": "8", "error": null, "invoiceid": invoice});
    let judged = |invoice| {
        let answer = answer(invoice);
        well_formed(&Return, "payfororder", answer.as_object().expect("fields"))
    };
    assert_eq!(judged(serde_json::Value::Null), Ok(()));
    let why = judged("9".into()).expect_err("it is brpinvoice's");
    assert!(why.contains("`invoiceid`, which belongs to `brpinvoice`, and this was `payfororder`"), "{why}");
}
