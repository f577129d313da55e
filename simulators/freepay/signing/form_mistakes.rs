//! The wrong ways in which people make the form of the payment page.

use serde_json::{Value, json};

use super::{COMMON, DOCUMENTED, SUBSCRIPTION};
use crate::kit::escape::{component, latin_1};
use crate::kit::money::Amount;
use crate::kit::operation::Message;
use crate::kit::provider::Provenance;
use crate::kit::query;
use crate::kit::request::Request;
use crate::kit::scheme::{Edit, mistakes};
use crate::kit::wire::money;

const ORE: &str = "Send the amount as a whole number in the smallest unit, digits alone: 12.50 is 1250.";
const EXACT: &str =
    "Keep amounts as whole numbers in the smallest unit; where they are decimals, round and never cut.";
const NUMBER: &str = "Send the number of ISO 4217: 208 for DKK, 752 for SEK, 578 for NOK, 978 for EUR.";
const NAMES: &str = "The fields are MerchantNumber, Amount, Currency, OrderID, AcceptURL, DeclineURL, Param and Subscription.";
const PRESENCE: &str = "Send Subscription for a subscription, with any value, and for nothing else.";
const AS_THEY_ARE: &str = "Put the values into the fields as they are; the browser encodes the form.";
const WHOLE_ORDER: &str = "Send the order's number as it is, as text.";
const AT_HOME: &str = "Keep the password for the calls of the web service, from server to server.";
const VISIBLE: Provenance = Provenance::assumed(
    "our judgement: the document lists no password among the form's fields, and the payer can read them",
);

mistakes! {
    "freepay.form", Edit::Request;
    AMOUNT_IN_MAJOR_UNITS = "amount-in-major-units",
        "you sent the amount in kroner, with a point", "Freepay takes the amount in øre.", ORE, DOCUMENTED,
        |message, request| amount(message, request, |amount| format!("{}.{:02}", amount.minor / 100, amount.minor % 100));
    AMOUNT_WITH_COMMA = "amount-with-comma",
        "you sent the amount in kroner, with a comma", "Freepay takes the amount in øre, digits alone.", ORE, COMMON,
        |message, request| amount(message, request, |amount| format!("{},{:02}", amount.minor / 100, amount.minor % 100));
    AMOUNT_IN_WHOLE_KRONER = "amount-in-whole-kroner",
        "you sent the amount in whole kroner", "Freepay takes the amount in øre: the payer pays a hundredth.", ORE, COMMON,
        |message, request| amount(message, request, |amount| (amount.minor / 100).to_string());
    AMOUNT_MULTIPLIED_TWICE = "amount-multiplied-twice",
        "you multiplied an amount by 100 that was in øre already", "The payer pays a hundred times as much.", ORE, COMMON,
        |message, request| amount(message, request, |amount| format!("{}00", amount.minor));
    AMOUNT_CUT = "amount-cut",
        "you multiplied a floating-point amount by 100 and cut the fraction off", "1.15 times 100 is 114.99999999999999 there, and an øre is lost.", EXACT, COMMON,
        |message, request| amount(message, request, |amount| cut(amount.minor).to_string());
    AMOUNT_LEFT_OUT = "amount-left-out-of-subscription",
        "you left Amount out of the form of a subscription", "Its value does not matter there, but it has to be posted.",
        "Post Amount for a subscription too, with any value.", DOCUMENTED,
        |message, request| if message.form == SUBSCRIPTION { request.set_field("Amount", None); };
    CURRENCY_IN_LETTERS = "currency-in-letters",
        "you sent the currency's letters", "Freepay takes its number: Danish kroner are 208.", NUMBER, DOCUMENTED,
        |message, request| amount_of(message, |amount| request.set_field("Currency", Some(json!(amount.currency))));
    AMOUNT_AS_FLOAT = "amount-as-float",
        "you sent the amount in øre as a floating-point number", "1250.0 is not digits alone.", ORE, COMMON,
        |message, request| amount(message, request, |amount| format!("{}.0", amount.minor));
    OTHERS_IN_LETTERS = "currency-in-letters-but-kroner",
        "you sent 208 for Danish kroner, and the letters of other currencies", "Freepay takes the numbers of all of them.", NUMBER, DOCUMENTED,
        |message, request| amount_of(message, |amount| if amount.currency != "DKK" {
            request.set_field("Currency", Some(json!(amount.currency)));
        });
    CURRENCY_ALWAYS_DKK = "currency-always-208",
        "you sent 208 whatever the currency", "The payer pays the same number of Danish kroner.", NUMBER, COMMON,
        |_, request| request.set_field("Currency", Some(json!("208")));
    CURRENCY_LEFT_OUT = "currency-left-out",
        "you left Currency out", "The document lists it among the fields that the page needs.", NUMBER, DOCUMENTED,
        |_, request| request.set_field("Currency", None);
    GET_FOR_POST = "get-for-post",
        "you sent the payer to the page with GET", "The page is opened by POST.", "Make a form with method=\"post\".", DOCUMENTED,
        |_, request| request.method = "GET";
    FIELDS_IN_QUERY = "fields-in-query",
        "you put the fields into the address of the page too", "They are posted, and what stands in an address is kept in logs.", "Post the fields, and leave the page's address as it is.", DOCUMENTED,
        |_, request| fields_into_query(request);
    FIELDS_IN_QUERY_ALONE = "fields-in-query-alone",
        "you put the fields into the address of the page, and posted none", "The page takes what is posted.", "Post the fields, and leave the page's address as it is.", DOCUMENTED,
        |_, request| {
            fields_into_query(request);
            request.fields.clear();
        };
    ORDER_MISNAMED = "order-misnamed",
        "you did not send the order's number as OrderID", "OrderNumber is its name in the accept URL. In the form it is OrderID.", NAMES, DOCUMENTED,
        |_, request| request.rename_field("OrderID", "OrderNumber");
    MERCHANT_MISNAMED = "merchant-misnamed",
        "you did not send the merchant's number as MerchantNumber", "MerchantID is another number, in the web service's answer. In the form it is MerchantNumber.", NAMES, DOCUMENTED,
        |_, request| request.rename_field("MerchantNumber", "MerchantID");
    DECLINE_LEFT_OUT = "decline-left-out",
        "you left DeclineURL out", "The payer whose card is refused has no way back.", NAMES, DOCUMENTED,
        |_, request| request.set_field("DeclineURL", None);
    ACCEPT_LEFT_OUT = "accept-left-out",
        "you left AcceptURL out", "The payer who has paid has no way back.", NAMES, DOCUMENTED,
        |_, request| request.set_field("AcceptURL", None);
    ONE_ADDRESS = "accept-for-decline",
        "you sent the accept address as DeclineURL too", "Your shop thanks those whose card was refused.", NAMES, COMMON,
        |message, request| request.set_field("DeclineURL", Some(json!(message.given("accept"))));
    URLS_SWAPPED = "urls-swapped",
        "you swapped AcceptURL and DeclineURL", "Your shop thanks those whose card was refused.", NAMES, COMMON,
        |message, request| {
            request.set_field("AcceptURL", Some(json!(message.given("decline"))));
            request.set_field("DeclineURL", Some(json!(message.given("accept"))));
        };
    URLS_ENCODED = "urls-percent-encoded",
        "you percent-encoded the addresses before you put them into the form", "The browser encodes them once more, and what arrives is no address.", AS_THEY_ARE, COMMON,
        |_, request| change(request, &["AcceptURL", "DeclineURL"], component);
    VALUES_ESCAPED = "values-escaped-twice",
        "you escaped the values for HTML twice", "& arrives as &amp;.", AS_THEY_ARE, COMMON,
        |_, request| change(request, &["OrderID", "AcceptURL", "DeclineURL", "Param"], escaped);
    ORDER_GARBLED = "order-encoded-twice",
        "you encoded text as UTF-8 that was in UTF-8 already", "Letters outside ASCII become two others each: æ arrives as Ã¦.",
        "Leave text that is in UTF-8 as it is.", COMMON,
        |_, request| change(request, &["OrderID", "Param"], |value| value.bytes().map(char::from).collect());
    ORDER_LETTERS_LOST = "order-letters-lost",
        "you put question marks for the letters that Latin-1 does not have", "The order's number is another one then.", WHOLE_ORDER, COMMON,
        |_, request| change(request, &["OrderID", "Param"], |value| {
            latin_1(value.as_bytes()).into_iter().map(char::from).collect()
        });
    ORDER_CUT = "order-cut",
        "you cut the order's number to 20 characters", "What is left may be the number of another order.", WHOLE_ORDER, COMMON,
        |_, request| change(request, &["OrderID"], |value| value.chars().take(20).collect());
    ORDER_CLEANED = "order-cleaned",
        "you left out of the order's number all but letters and digits of ASCII", "A-72 and A7-2 become one number.", WHOLE_ORDER, COMMON,
        |_, request| change(request, &["OrderID"], |value| value.chars().filter(char::is_ascii_alphanumeric).collect());
    ORDER_AS_NUMBER = "order-as-number",
        "you turned the order's number into a number", "0042 and 42 are two orders.", WHOLE_ORDER, COMMON,
        |_, request| change(request, &["OrderID"], |value| {
            value.parse::<u64>().map_or_else(|_| value.to_owned(), |number| number.to_string())
        });
    PARAM_MISNAMED = "param-misnamed",
        "you did not send your own parameter as Param or AuxParam", "Only these come back; other names are lost.", NAMES, DOCUMENTED,
        |_, request| request.rename_field("Param", "CustomParam");
    SUBSCRIPTION_LEFT_OUT = "subscription-left-out",
        "you left Subscription out of the form of a subscription", "The payer pays once, and there is nothing to charge later.", PRESENCE, DOCUMENTED,
        |_, request| request.set_field("Subscription", None);
    SUBSCRIPTION_OF_PAYMENT = "subscription-sent-with-payment",
        "you sent Subscription=0 with an ordinary payment", "Its value does not matter: a subscription is made and nothing is paid.", PRESENCE, DOCUMENTED,
        |message, request| if message.form != SUBSCRIPTION { request.set_field("Subscription", Some(json!("0"))); };
    PASSWORD_SENT = "password-sent",
        "you sent the account's password with the form", "The payer can read it, and with it capture, credit and charge.",
        AT_HOME, VISIBLE,
        |message, request| request.set_field("Password", Some(json!(message.given("password"))));
    PASSWORD_IN_PARAM = "password-in-param",
        "you sent the account's password as your own parameter", "The payer can read it, and it comes back in the address besides.", AT_HOME, VISIBLE,
        |message, request| request.set_field("Param", Some(json!(message.given("password"))));
    PASSWORD_IN_ADDRESS = "password-in-accept-url",
        "you put the account's password into AcceptURL", "The payer can read it, and so proves nothing by coming back with it.", AT_HOME, VISIBLE,
        |message, request| {
            let pair = format!("password={}", component(message.given("password")));
            request.set_field("AcceptURL", Some(json!(query::append(message.given("accept"), &pair))));
        };
}

/// The fields in the address of the page.
fn fields_into_query(request: &mut Request) {
    let pairs = request
        .fields
        .iter()
        .map(|(name, value)| format!("{name}={}", component(value.as_str().unwrap_or_default())));
    request.base = query::append(&request.base, &pairs.collect::<Vec<_>>().join("&"));
}

fn amount_of(message: &Message, then: impl FnOnce(&Amount)) {
    if let Some(amount) = money(message.given("amount")) {
        then(&amount);
    }
}

/// The amount, spelt otherwise.
fn amount(message: &Message, request: &mut Request, spell: fn(&Amount) -> String) {
    amount_of(message, |amount| request.set_field("Amount", Some(json!(spell(amount)))));
}

/// What is left of an amount that was a floating-point number of kroner.
pub(super) fn cut(minor: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53")]
    let kroner = minor as f64 / 100.0;
    #[expect(clippy::cast_possible_truncation, reason = "this is the mistake")]
    let cut = (kroner * 100.0) as i64;
    cut
}

/// As HTML writes it.
fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Fields with other values; what is not there is passed over.
fn change(request: &mut Request, names: &[&'static str], change: fn(&str) -> String) {
    for name in names {
        if let Some(value) = request.field(name).and_then(Value::as_str).map(change) {
            request.set_field(name, Some(json!(value)));
        }
    }
}
