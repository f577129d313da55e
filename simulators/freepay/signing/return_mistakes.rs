//! The wrong ways in which people handle a return.

use super::conditions::{
    CONDITIONS, approved, authorized, declined, id, id_name, is_called_ours, outcome, price, reason,
    same_number, told, transact, used, view_of,
};
use super::{CLIENT, COMMON, DECLINE, DOCUMENTED, FOLLOWS, PAYMENT, SUBSCRIPTION, number};
use crate::kit::operation::{Message, Reply};
use crate::kit::query;
use crate::kit::scheme::{Edit, lacking, mistakes};

const ASK: &str = "Ask QueryTransaction or QuerySubscription about the transact, with your password, and approve nothing unless it answers with 200 and the view.";
const TYPED: &str = "The payer sees the accept URL in the form's source, and can open it without paying.";
const FAILS: &str = "It fails for a transact that does not exist, too: anybody can make it fail.";
const LATER: &str = "Leave the order open and ask again later; approve nothing unless the service answers with 200 and the view.";
const OWN_ORDER: &str =
    "Compare the view's OrderID, as text, with the number of the order that you are about to approve.";
const OWN_AMOUNT: &str =
    "Compare AuthorizationAmount with what the order costs, both as whole numbers in the smallest unit.";
const CHEAP: &str = "A payer pays a cheap order and uses the transaction for a dear one.";
const OWN_CURRENCY: &str =
    "Compare the view's Currency with the order's: 208 for DKK, 752 for SEK, 578 for NOK, 978 for EUR.";
const OWN_MERCHANT: &str = "Compare the view's MerchantNumber with your own.";
const ONCE: &str =
    "Keep the id with the order that it paid, once and unique, and approve no second one by it.";
const PARSER: &str = "Read the answer with an XML parser that knows namespaces, and take elements by namespace and local name.";
const BY_NAME: &str = "Parse the query, take parameters by their exact names, and of two the last.";
const KEEP_REASON: &str =
    "Keep the reason as text, with its sign: -1 and -2 are Freepay's own, the others Nets'.";
const FRESH: &str = "Take the payment for made when it is authorised; capture it when you send the goods.";

mistakes! {
    "freepay.return";
    ACCEPT_URL_BELIEVED = "accept-url-believed",
        "you believed the accept URL and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("transact"), Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"),
         Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("merchant"), Edit::Drop("unused")];
    ACCEPT_URL_WITH_TRANSACT = "accept-url-believed-with-transact",
        "you believed the accept URL, since it has a transact, and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"), Edit::Drop("unused")];
    ACCEPT_URL_ONCE = "accept-url-believed-once",
        "you believed the accept URL, once for each transact, and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant")];
    ACCEPT_URL_WITH_ORDER = "accept-url-believed-with-order",
        "you believed the accept URL, since its OrderNumber is the order's, and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"), Edit::Demand(is_called_ours)];
    ACCEPT_URL_OF_SUBSCRIPTION = "accept-url-believed-of-subscription",
        "you believed the accept URL of a sign-up and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("transact"), Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"),
         Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("merchant"), Edit::Drop("unused"),
         Edit::Demand(|message| message.form == SUBSCRIPTION || is_right(message))];
    ACCEPT_URL_OF_SUBSCRIPTION_ONCE = "accept-url-believed-of-subscription-once",
        "you believed the accept URL of a sign-up, once for each transact, and did not ask the web service", TYPED, ASK, DOCUMENTED,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"),
         Edit::Demand(|message| message.form == SUBSCRIPTION || is_right(message))];
    FAILURE_APPROVED = "failure-taken-for-approval",
        "you approved the order when the web service failed", FAILS, ASK, COMMON,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"),
         Edit::Demand(|message| message.given("status") != "200" || is_right(message))];
    SILENCE_APPROVED = "silence-taken-for-approval",
        "you approved the order when the web service did not answer", "An order that is not confirmed may be one that somebody typed.", LATER, COMMON,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"),
         Edit::Demand(|message| message.given("status") == "0" || is_right(message))];
    SERVER_ERROR_APPROVED = "server-error-taken-for-approval",
        "you approved the order when the web service answered with a server error", FAILS, ASK, COMMON,
        [Edit::Drop("service"), Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"),
         Edit::Demand(|message| message.given("status").starts_with('5') || is_right(message))];
    UNREADABLE_APPROVED = "unreadable-answer-taken-for-approval",
        "you approved the order when the answer could not be read as XML", "What cannot be read confirms nothing.", ASK, COMMON,
        [Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"),
         Edit::Drop("currency"), Edit::Drop("merchant"),
         Edit::Demand(|message| view_of(message).is_none() || is_right(message))];
    STATUS_ALONE = "status-alone",
        "you looked at the status of the web service's answer alone", "It answers with 200 for any transaction of the merchant's, of whatever order.",
        "Compare OrderID, AuthorizationAmount, Currency and MerchantNumber of the answer with the order's.", FOLLOWS,
        [Edit::Drop("view"), Edit::Drop("id"), Edit::Drop("order"), Edit::Drop("amount"), Edit::Drop("currency"), Edit::Drop("merchant")];
    ORDER_NOT_COMPARED = "order-not-compared",
        "you did not compare the order", "Whoever has paid one order gets any other with its transact.", OWN_ORDER, FOLLOWS,
        [Edit::Drop("order")];
    URL_ORDER_COMPARED = "url-order-compared",
        "you compared the OrderNumber of the address in place of the view's OrderID", TYPED, OWN_ORDER, FOLLOWS,
        [Edit::Drop("order"), Edit::Demand(is_called_ours)];
    ORDER_ID_IN_URL = "order-id-read-from-url",
        "you looked for OrderID in the address", "There it is called OrderNumber; and it proves nothing there.", OWN_ORDER, DOCUMENTED,
        [Edit::Demand(|message| query::last(message.given("url"), "OrderID").as_deref() == Some(message.given("order")))];
    ORDER_AS_NUMBER = "order-as-number",
        "you compared the orders as numbers", "0042 and 42 are two orders.", OWN_ORDER, COMMON,
        [Edit::Drop("order"), Edit::Demand(|message| told(message, "OrderID").is_some_and(|order| {
            order == message.given("order") || same_number(&order, message.given("order"))
        }))];
    ORDER_WITHOUT_CASE = "order-without-case",
        "you compared the orders without regard to case", "Many databases do so by themselves. A7 and a7 may be two orders.", OWN_ORDER, COMMON,
        [Edit::Drop("order"), Edit::Demand(|message| told(message, "OrderID").is_some_and(|order| {
            order.to_lowercase() == message.given("order").to_lowercase()
        }))];
    AMOUNT_NOT_COMPARED = "amount-not-compared",
        "you did not compare the amount", CHEAP, OWN_AMOUNT, FOLLOWS,
        [Edit::Drop("amount")];
    AMOUNT_IN_MAJOR_UNITS = "amount-in-major-units",
        "you took AuthorizationAmount for kroner", "It is in øre: 100 are one krone.", OWN_AMOUNT, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| amounts(message, |authorized, price| authorized.checked_mul(100) == Some(price)))];
    AMOUNT_TO_THE_KRONE = "amount-to-the-krone",
        "you compared the amounts in whole kroner", "The øre are part of the price.", OWN_AMOUNT, COMMON,
        [Edit::Drop("amount"), Edit::Demand(|message| amounts(message, |authorized, price| authorized / 100 == price / 100))];
    CAPTURE_AMOUNT_COMPARED = "capture-amount-compared",
        "you compared CaptureAmount in place of AuthorizationAmount", "It is what will be captured, and ChangeCaptureAmount changes it; the payer agreed to AuthorizationAmount.", OWN_AMOUNT, FOLLOWS,
        [Edit::Drop("amount"), Edit::Demand(|message| message.form != PAYMENT
            || told(message, "CaptureAmount").and_then(|amount| amount.parse().ok()) == price(message).map(|price| price.minor))];
    CURRENCY_NOT_COMPARED = "currency-not-compared",
        "you did not compare the currency", "100 Swedish kronor are less than 100 euros.", OWN_CURRENCY, FOLLOWS,
        [Edit::Drop("currency")];
    CURRENCY_ALWAYS_DKK = "currency-always-208",
        "you expected 208 whatever the currency", "Orders in other currencies are never approved, or for the wrong money.", OWN_CURRENCY, COMMON,
        [Edit::Drop("currency"), Edit::Demand(|message| told(message, "Currency") == number("DKK"))];
    MERCHANT_NOT_COMPARED = "merchant-not-compared",
        "you did not compare the merchant", "The money may have gone to another shop of the same account.", OWN_MERCHANT, FOLLOWS,
        [Edit::Drop("merchant")];
    MERCHANT_ID_COMPARED = "merchant-id-compared",
        "you compared MerchantID in place of MerchantNumber", "MerchantID is a number of Freepay's own; the acquiring agreement's is MerchantNumber.", OWN_MERCHANT, CLIENT,
        [Edit::Drop("merchant"), Edit::Demand(|message| told(message, "MerchantID").as_deref() == Some(message.given("merchant")))];
    ID_NOT_COMPARED = "id-not-compared",
        "you did not compare the answer's id with the transact", "An answer that was kept, or asked for with another id, is then taken for this one's.",
        "Compare TransactionID, or SubscriptionID, with the transact that you asked about.", FOLLOWS,
        [Edit::Drop("id")];
    USED_ACCEPTED = "used-transact-accepted",
        "you approved an order by a transact that paid one before", "The accept page can be opened again, also for an order with the same number and price.", ONCE, FOLLOWS,
        [Edit::Drop("unused")];
    USED_AS_TYPED = "used-compared-as-typed",
        "you compared the ids as numbers, and looked the transact up as it was typed", "0123 and 123 are one transaction, and the first is not found among those that paid.",
        "Take the id from the web service's answer, or refuse a transact that is spelt otherwise.", FOLLOWS,
        [Edit::Drop("id"), Edit::Demand(|message| transact(message).zip(id(message)).is_some_and(|(typed, id)| same_number(&typed, &id)))];
    CAPTURED_DEMANDED = "captured-demanded",
        "you approved only what is captured", "A payment that has just been made is authorised, and not captured.", FRESH, CLIENT,
        [Edit::Demand(|message| message.form != PAYMENT || told(message, "IsCaptured").as_deref() == Some("true"))];
    CAPTURED_DEMANDED_OF_ALL = "captured-demanded-of-all",
        "you approved only what is captured, and no sign-up at all", "A payment that has just been made is authorised, and a SubscriptionView has no IsCaptured.", FRESH, CLIENT,
        [Edit::Demand(|message| told(message, "IsCaptured").as_deref() == Some("true"))];
    EVERY_RETURN_REFUSED = "every-return-refused",
        "you refused every genuine payment and every genuine sign-up", "No customer who has paid gets what was bought.",
        "Look at what your code compares, one thing after the other: elements are in the service's namespace, and XPath's //OrderID finds none; Currency is a number (208); all values are text, and \"1234567\" is not 1234567; nothing is captured yet.", COMMON,
        [Edit::Demand(|_| false)];
    EVERY_PAYMENT_REFUSED = "every-payment-refused",
        "you refused every genuine payment, and no sign-up", "No customer who has paid gets what was bought.",
        "Look at what your code asks of a TransactionView alone: its namespace is that of management.asmx; AuthorizationAmount is text and in øre; a DateCaptured of 0001-01-01T00:00:00, which .NET writes for no date, is no capture; 0 in CaptureErrorCode is no error.", COMMON,
        [Edit::Demand(|message| message.form != PAYMENT)];
    EVERY_SUBSCRIPTION_REFUSED = "every-subscription-refused",
        "you refused every genuine sign-up, and no payment", "Nobody can subscribe.",
        "Look at what your code asks of a sign-up: the transact is a SubscriptionID, which QuerySubscription of subscriptionmanager.asmx knows; its SubscriptionView is in that service's own namespace, and has neither TransactionID nor AuthorizationAmount nor IsCaptured.", COMMON,
        [Edit::Demand(|message| message.form != SUBSCRIPTION)];
    TRANSACT_NOT_KEPT = "transact-not-kept",
        "you did not keep the transact", "Without it nothing can be captured, credited or charged, and an order can be paid by it twice.",
        "Store the transact of the address with the order: it is the TransactionID, or the SubscriptionID.", DOCUMENTED,
        [Edit::Read(|message| if message.form == DECLINE { outcome(message) } else { approved(None) })];
    SUBSCRIPTION_ID_LOST = "subscription-id-not-kept",
        "you did not keep the id of a subscription", "Without the SubscriptionID nothing can be charged later.",
        "Store the transact of the address: it is the SubscriptionID.", DOCUMENTED,
        [Edit::Read(|message| if message.form == SUBSCRIPTION { approved(None) } else { outcome(message) })];
    READ_AS_TEXT = "read-as-text",
        "you cut the values out of the answer's text", "& stands as &amp; there, and the same XML can be written in other ways.", PARSER, COMMON,
        [Edit::Demand(|message| compared(message, cut_out))];
    PREFIX_NOT_UNDERSTOOD = "prefix-not-understood",
        "you looked for elements by their names with the prefix", "A prefix means nothing; the namespace that it stands for does.", PARSER, COMMON,
        [Edit::Demand(|message| compared(message, |message, name| view_of(message)?.text_as_written(name).map(ToOwned::to_owned)))];
    FIRST_DUPLICATE_READ = "first-duplicate-read",
        "you read the first of two parameters of the same name", "If your own address has a parameter of Freepay's name, Freepay's comes behind it.", BY_NAME, COMMON,
        [Edit::Drop("id"), Edit::Drop("unused"), Edit::Demand(|message| is_ours(message, first)), Edit::Read(|message| with(message, first))];
    DUPLICATES_JOINED = "duplicates-joined",
        "you joined two parameters of the same name with a comma", "ASP does so by itself: Request.QueryString(\"transact\") is \"7, 123\" then, and ASP.NET's \"7,123\".", BY_NAME, COMMON,
        [Edit::Drop("id"), Edit::Drop("unused"), Edit::Demand(|message| is_ours(message, joined)), Edit::Read(|message| with(message, joined))];
    NAMES_MATCHED_LOOSELY = "names-matched-loosely",
        "you looked for transact= and reason= anywhere in the address", "Your own parameters may end in the same letters.", BY_NAME, COMMON,
        [Edit::Drop("id"), Edit::Drop("unused"), Edit::Demand(|message| is_ours(message, loosely)), Edit::Read(|message| with(message, loosely))];
    DECLINE_APPROVED = "decline-taken-for-approval",
        "you approved the order on the decline page", "The payer comes there when the card was refused.", "Approve on the accept page alone, and by the web service's answer.", DOCUMENTED,
        [Edit::Read(|message| if message.form == DECLINE { approved(transact(message).as_deref()) } else { outcome(message) })];
    REASON_NOT_READ = "reason-not-read",
        "you did not read the reason of a decline", "It tells a card without money from an error of Freepay's.", KEEP_REASON, DOCUMENTED,
        [Edit::Read(|message| if message.form == DECLINE { declined(None) } else { outcome(message) })];
    REASON_WITHOUT_SIGN = "reason-without-sign",
        "you dropped the sign of the reason", "-1 is an error of Freepay's, and 1 is a code of Nets'.", KEEP_REASON, DOCUMENTED,
        [Edit::Read(|message| if message.form == DECLINE {
            declined(reason(message).map(|reason| reason.trim_start_matches('-').to_owned()).as_deref())
        } else { outcome(message) })];
    REASON_PADDED = "reason-padded",
        "you wrote the reason with three digits", "The code is 1, and not 001.", KEEP_REASON, COMMON,
        [Edit::Read(|message| if message.form == DECLINE {
            let padded = |reason: String| if reason.starts_with('-') { reason } else { format!("{reason:0>3}") };
            declined(reason(message).map(padded).as_deref())
        } else { outcome(message) })];
    MISSING_REASON_ZERO = "missing-reason-as-zero",
        "you took a missing reason for 0", "0 is Nets' code of success.", "Where there is no reason, say that there is none.", COMMON,
        [Edit::Read(|message| if message.form == DECLINE {
            declined(Some(reason(message).as_deref().unwrap_or("0")))
        } else { outcome(message) })];
}

/// Whether nothing is lacking.
fn is_right(message: &Message) -> bool {
    lacking(message, CONDITIONS, &[]).is_none()
}

/// Whether authorised amount and price go together like this, where there are such to compare.
fn amounts(message: &Message, go_together: fn(i64, i64) -> bool) -> bool {
    let both = authorized(message).zip(price(message));
    message.form != PAYMENT || both.is_some_and(|(authorized, price)| go_together(authorized, price.minor))
}

type Find = fn(&str, &str) -> Option<String>;

fn first(url: &str, name: &str) -> Option<String> {
    query::first(url, name).filter(|value| !value.is_empty())
}

fn joined(url: &str, name: &str) -> Option<String> {
    let pairs = form_urlencoded::parse(query::of(url)?.as_bytes());
    let values: Vec<String> =
        pairs.filter(|(known, _)| known == name).map(|(_, value)| value.into_owned()).collect();
    Some(values.join(",")).filter(|value| !value.is_empty())
}

fn loosely(url: &str, name: &str) -> Option<String> {
    let value = query::loosely(url, name)?;
    let decoded = form_urlencoded::parse(format!("v={value}").as_bytes()).next()?.1.into_owned();
    (!decoded.is_empty()).then_some(decoded)
}

/// Whether the transact that is found like this is the answer's, and has paid nothing.
fn is_ours(message: &Message, find: Find) -> bool {
    let found = find(message.given("url"), "transact");
    found.is_some_and(|found| {
        id(message).as_deref() == Some(found.as_str()) && !used(message).any(|used| used == found)
    })
}

/// The answer with what is found like this.
fn with(message: &Message, find: Find) -> Reply {
    let found = |name| find(message.given("url"), name);
    if message.form == DECLINE {
        declined(found("reason").as_deref())
    } else {
        approved(found("transact").as_deref())
    }
}

/// Whether everything that is compared is found in the answer like this, and right.
fn compared(message: &Message, find: fn(&Message, &str) -> Option<String>) -> bool {
    let mut names = vec![id_name(message), "OrderID", "Currency", "MerchantNumber"];
    if message.form == PAYMENT {
        names.push("AuthorizationAmount");
    }
    names.into_iter().all(|name| find(message, name).is_some_and(|found| Some(found) == told(message, name)))
}

/// What stands in the text between two tags.
fn cut_out(message: &Message, name: &str) -> Option<String> {
    let answer = message.given("answer");
    let (_, rest) = answer.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value.to_owned())
}
