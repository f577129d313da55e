use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::kit::operation::Message;

fn key(message: &Message) -> Vec<u8> {
    message.given("secret").as_bytes().to_vec()
}

fn message(secret: &str) -> Message {
    Message { given: vec![("secret".into(), secret.to_owned())], ..Message::default() }
}

#[derive(Serialize)]
struct Typed<'a> {
    name: &'a str,
    number: i64,
}

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn a_token_made_here_is_the_librarys_and_verifies_with_its_key_alone(
        secret in ".{1,40}", other in ".{1,40}", name in ".{0,20}", number: i64
    ) {
        let claims: Claims = vec![(Cow::Borrowed("name"), json!(name)), (Cow::Borrowed("number"), json!(number))];
        let recipe = TokenRecipe::with(key, &[]).expect("no mistakes");
        let token = recipe.token(&message(&secret), claims);
        prop_assert_eq!(&token, &sign(&Typed { name: &name, number }, secret.as_bytes()));
        let parts = Parts::of(&token).expect("a token");
        prop_assert!(verify(&parts, Algorithm::Hs512, secret.as_bytes()));
        prop_assert!(!verify(&parts, Algorithm::Hs256, secret.as_bytes()));
        prop_assert!(!verify(&parts, Algorithm::None, secret.as_bytes()));
        // HMAC fills short keys up with zeros, so a key and the same with a zero byte behind are one.
        prop_assume!(secret.trim_end_matches('\0') != other.trim_end_matches('\0'));
        prop_assert!(!verify(&parts, Algorithm::Hs512, other.as_bytes()));
        prop_assert_eq!(parts.text("name"), Some(name.as_str()));
        prop_assert_eq!(parts.seconds("number"), Some(number));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*", segments in "[A-Za-z0-9_.-]{0,60}") {
        let _ = Parts::of(&text);
        let _ = Parts::of(&segments);
    }
}

fn with_payload(payload: &[u8]) -> String {
    format!("{}.{}.{}", url_safe(b"{\"alg\":\"HS512\"}"), url_safe(payload), url_safe(b"x"))
}

#[test]
fn what_is_no_token_is_told_apart() {
    let deep = "[".repeat(100_000);
    for (text, wrong) in [
        (String::new(), Malformed::Segments(0)),
        ("a.b".to_owned(), Malformed::Segments(2)),
        ("..x".to_owned(), Malformed::Segments(1)),
        ("a.b.c.d".to_owned(), Malformed::Segments(4)),
        ("=.e30.e30".to_owned(), Malformed::Base64(Which::Header)),
        (format!("{}+", with_payload(b"{}")), Malformed::Base64(Which::Signature)),
        (with_payload(b"{\"name\":\"\xc5sa\"}"), Malformed::Utf8(Which::Payload)),
        (with_payload(b"\"{}\""), Malformed::NoObject(Which::Payload)),
        (
            with_payload(b"{\"a\":1,\"b\":{\"a\":2},\"a\":3}"),
            Malformed::Duplicate(Which::Payload, "a".to_owned()),
        ),
    ] {
        assert_eq!(Parts::of(&text).expect_err("malformed"), wrong, "{text:.60}");
    }
    for text in [b"{".as_slice(), deep.as_bytes(), b"{} {}"] {
        let error = Parts::of(&with_payload(text)).expect_err("malformed");
        assert!(matches!(error, Malformed::Json(Which::Payload, _)), "{error}");
    }
    assert!(Parts::of(&with_payload(b"{\"a\":{\"a\":{\"a\":1}}}")).is_ok());
}

#[test]
fn fractions_of_seconds_are_cut_and_other_types_are_no_time() {
    let token = with_payload(b"{\"a\":1613942693.123,\"b\":\"1613942693\",\"c\":1e300,\"d\":null}");
    let parts = Parts::of(&token).expect("a token");
    assert_eq!(parts.seconds("a"), Some(1_613_942_693));
    assert_eq!(parts.seconds("c"), Some(i64::MAX));
    for none in ["b", "d", "e"] {
        assert_eq!(parts.seconds(none), None);
    }
}
