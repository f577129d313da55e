#![expect(clippy::format_collect, reason = "texts of a few letters")]

use proptest::prelude::*;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;
fn masker() -> Masker {
    Masker::new(&[
        Credential { name: "BRP_SECRET", value: "SecretWord".to_owned(), secret: true, claim: None },
        Credential { name: "BRP_API_USER", value: "api-user".to_owned(), secret: false, claim: None },
    ])
}

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn no_text_shows_a_secret_or_a_card(before in ".{0,20}", after in ".{0,20}") {
        let shown = masker().text(&format!("{before}SecretWord{after}"));
        prop_assert!(!shown.contains("SecretWord"));
        let shown = masker().text(&format!("card={before}x4539 1488 0343 6467y{after}"));
        prop_assert!(!shown.contains("4539 1488 0343 6467"));
    }

}

#[test]
fn a_card_is_hidden_and_a_test_card_is_not() {
    let shown = masker().text("cardnumber=4539+1488+0343+6467&cvc=1");
    assert_eq!(shown, "cardnumber=453914••••••6467&cvc=‹hidden›");
    assert_eq!(masker().text("4539.1488.0343.6467"), "453914••••••6467");
    assert_eq!(masker().text("at 127.0.0.1:4702, v1.2.3"), "at 127.0.0.1:4702, v1.2.3");
    for readable in ["4242 4242 4242 4242", "order 1234567890123 ok", "4571990000002015"] {
        assert_eq!(masker().text(readable), readable);
    }
    let login = "{\"access_token\":\"abc\",\"x\":1,\"refreshToken\" : \"d\", \"password\":\n\"e";
    let hidden =
        "{\"access_token\":\"‹hidden›\",\"x\":1,\"refreshToken\" : \"‹hidden›\", \"password\":\n\"‹hidden›";
    assert_eq!(masker().text(login), hidden);
    for (text, shown) in [
        ("{\"password\":\"ab\\\"tail\"}", "{\"password\":\"‹hidden›\"}"),
        ("{\"password\":\"SecretWord\"}", "{\"password\":\"‹BRP_SECRET›\"}"),
        ("{\"password\":\"SecretWordtail\"}", "{\"password\":\"‹hidden›\"}"),
        ("cardnumber=4539/1488/0343/6467&a=b", "cardnumber=‹hidden›&a=b"),
        ("cardnumber=4111+1111+1111+1111&cvc=", "cardnumber=4111+1111+1111+1111&cvc="),
        ("amount=100 4539148803436467", "amount=100 453914••••••6467"),
        ("3400.000000.00009", "340000•••••0009"),
        (
            "card%5Bnumber%5D=4539+1488+0343+6468&card%5Bcvc%5D=123",
            "card%5Bnumber%5D=‹hidden›&card%5Bcvc%5D=‹hidden›",
        ),
        ("card[number]=4539148803436467&card[cvc]=1", "card[number]=453914••••••6467&card[cvc]=‹hidden›"),
        (
            "card[number]=378282246310005&key=sk_live_51Habc",
            "card[number]=378282246310005&key=sk_live_‹hidden›",
        ),
        ("é\"password\" é", "é\"password\" é"),
        ("<ns1:pwd>ab</ns1:pwd><Password a='b'>c", "<ns1:pwd>‹hidden›</ns1:pwd><Password a='b'>‹hidden›"),
        ("<pwd/><pwd>SecretWord</pwd>", "<pwd/><pwd>‹BRP_SECRET›</pwd>"),
        ("GET /a?transactionID=1&PASSWORD=x&CVC=1", "GET /a?transactionID=1&PASSWORD=‹hidden›&CVC=‹hidden›"),
        ("CardNumber=3333333333333102", "CardNumber=3333333333333102"),
        ("?transactionID=1&pass%77ord=AB", "?transactionID=1&pass%77ord=‹hidden›"),
        ("?transactionID=1;password=AB&x=1", "?transactionID=1;password=‹hidden›&x=1"),
        ("<pwd>HEM<!--x-->LIG</pwd><a/>", "<pwd>‹hidden›</pwd><a/>"),
        ("<n:cardnumber>4571<!-- -->736000000125</n:cardnumber>", "<n:cardnumber>‹hidden›</n:cardnumber>"),
        ("<cardnumber>&#52;571736000000125</cardnumber>", "<cardnumber>‹hidden›</cardnumber>"),
        ("<cardnumber>4571123456781234</cardnumber>", "<cardnumber>‹hidden›</cardnumber>"),
        ("<cardnumber>5555555555555118</cardnumber>", "<cardnumber>5555555555555118</cardnumber>"),
        ("merchantnumber=1&md5key=AB", "merchantnumber=1&md5key=‹hidden›"),
    ] {
        assert_eq!(masker().text(text), shown);
    }
    assert_eq!(masker().header("Authorization", "Bearer abc"), "Bearer ‹credential›");
}

/// Ways in which a message carries a text so that it looks otherwise.
const DISGUISES: &[fn(&str) -> String] = &[
    |text| text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    |text| {
        text.bytes()
            .enumerate()
            .map(|(at, byte)| if at % 2 == 0 { format!("%{byte:02x}") } else { char::from(byte).to_string() })
            .collect()
    },
    |text| text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
    |text| text.chars().map(|character| format!("&#{};", u32::from(character))).collect(),
    |text| text.chars().map(|character| format!("&#x{:X};", u32::from(character))).collect(),
    |text| text.chars().map(|character| format!("{character}\0")).collect(),
    |text| format!("{}<!-- split -->{}", &text[..3], &text[3..]),
    |text| format!("<![CDATA[{text}]]>"),
    |text| STANDARD.encode(text),
    |text| URL_SAFE_NO_PAD.encode(format!("user:{text}?>")),
    |text| text.bytes().map(|byte| format!("{byte:02x}")).collect(),
    |text| serde_json::to_string(&format!("{{\"a\":\"{text}\"}}")).expect("JSON"),
    |text| {
        format!(
            "https://shop.test/?next={}",
            form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
        )
    },
];

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn no_disguise_hides_a_secret_or_a_card(
        first in 0..DISGUISES.len(), second in 0..8_usize, twice: bool, before in "[ \"&=,;{}>]?", after in "[ \"&,;{}<]?"
    ) {
        for planted in ["SecretWord", "4539148803436467"] {
            let mut sent = DISGUISES[first](planted);
            if twice {
                sent = DISGUISES[second](&sent);
            }
            let shown = masker().text(&format!("{before}{sent}{after}"));
            prop_assert!(!shown.contains(&sent), "{} as {}: {}", planted, sent, shown);
        }
    }

    #[test]
    fn a_text_without_anything_to_hide_is_left_as_it_is(text in "[a-zA-Z%&\\\\<!>;#x/+=_ -]{0,80}") {
        let shown = masker().text(&text);
        prop_assert_eq!(shown, text);
    }
}

#[test]
fn what_is_known_of_other_workspaces_is_hidden_by_whose_it_is() {
    let vault = Vault::default();
    vault.keep("a", [("KEY".into(), "the key of a".to_owned()), ("PIN".into(), "word".to_owned())]);
    vault.keep("b", [("KEY".into(), "the key of b".to_owned()), ("SAME".into(), "the key of a".to_owned())]);
    vault.keep("", [("TOKEN".into(), "the token of all".to_owned())]);
    let text = "the key of a, the+key+of+b, word, the token of all";
    assert_eq!(vault.masker(Some("a")).text(text), "‹KEY›, ‹KEY of b›, ‹PIN›, ‹TOKEN›");
    assert_eq!(vault.masker(Some("b")).text(text), "‹SAME›, ‹KEY›, word, ‹TOKEN›");
    assert_eq!(vault.masker(None).text(text), "‹KEY›, ‹KEY›, ‹PIN›, ‹TOKEN›");
    vault.forget("a");
    assert_eq!(vault.masker(None).text(text), "‹SAME›, ‹KEY›, word, ‹TOKEN›");
}

#[test]
fn values_of_fields_are_hidden_wherever_a_form_or_an_address_has_them() {
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--b--")
    };
    assert_eq!(masker().text(&part("cvc", "123")), part("cvc", "‹hidden›"));
    assert_eq!(masker().text(&part("amount", "123")), part("amount", "123"));
    for (text, shown) in [
        ("https://shop:pass@host/a", "https://shop:‹hidden›@host/a"),
        ("to=https%3A%2F%2Fshop%3Apass%40host", "to=https%3A%2F%2Fshop%3A‹hidden›%40host"),
        ("https://host:8080/a@b", "https://host:8080/a@b"),
        ("{\"cvd\": 123, \"CVC\":null,\"amount\":123}", "{\"cvd\": ‹hidden›, \"CVC\":null,\"amount\":123}"),
        ("4539\u{a0}1488–0343  6467", "453914••••••6467"),
        ("{\"card\": 4539148803436467}", "{\"card\": 453914••••••6467}"),
    ] {
        assert_eq!(masker().text(text), shown);
    }
    for (name, value, shown) in [
        ("X-Api-Key", "whatever", "‹credential›"),
        ("x-api-key", "SecretWord", "‹BRP_SECRET›"),
        ("authorization", "SecretWord again", "‹credential›"),
        ("authorization", "unheard-of!", "‹credential›"),
        ("Authorization", "Basic YQ==", "Basic ‹credential›"),
        ("referer", "http://a/?x=SecretWord", "http://a/?x=‹BRP_SECRET›"),
    ] {
        assert_eq!(masker().header(name, value), shown, "{name}: {value}");
    }
}
