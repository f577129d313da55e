//! Drawing callbacks: right ones, and those with one thing wrong or odd.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;

use super::callback_mistakes::WAYS;
use super::conditions::{APPROVED, RESOURCE_TYPE};
use super::json::{COMPACT, Json, PRETTY, SPACED};
use super::sums::{HEADER, checksum};
use super::told::{Step, Told, basket, variables};
use crate::kit::awkward::{below, one_in, pick, uuid};
use crate::kit::operation::{Message, Parameter};

/// What can be wrong with a callback, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The last operation is an approved one that is no authorization.
    ApprovedLater,
    Amount,
    Currency,
    Declined,
    /// The header names the type that is expected, and the body another; or the other way about.
    Header,
    Fee,
    Forged,
    /// Not what tells of an operation at all.
    Garbage,
    NoChecksum,
    /// An operation of another time was refused.
    DeclinedLater,
    NoOperation,
    Nothing,
    Order,
    Pending,
    /// The checksum is computed in another way: its place among the ways.
    Summed(usize),
    Retried,
    Session,
    Test,
    Type,
    Zero,
}

const FLAWS: &[Flaw] = &[
    Flaw::ApprovedLater,
    Flaw::Amount,
    Flaw::Currency,
    Flaw::Declined,
    Flaw::Header,
    Flaw::Fee,
    Flaw::Forged,
    Flaw::Garbage,
    Flaw::NoChecksum,
    Flaw::DeclinedLater,
    Flaw::NoOperation,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Order,
    Flaw::Pending,
    Flaw::Retried,
    Flaw::Session,
    Flaw::Test,
    Flaw::Type,
    Flaw::Zero,
];

/// How many of the ways write the JSON anew, or change its text in another way; the others have another key
/// or another digest.
pub(super) const WRITTEN: std::ops::Range<usize> = 0..11;
/// Those with another key.
pub(super) const KEYED: std::ops::Range<usize> = 11..15;
/// Those with another digest or another spelling of it, but for the upper-case one, which is the last.
pub(super) const DIGESTED: std::ops::Range<usize> = 15..20;
/// The one in upper-case hex.
pub(super) const UPPER: usize = 20;

/// One of these ways.
pub(super) fn way(rng: &mut dyn Rng, ways: &std::ops::Range<usize>) -> Flaw {
    let length = u32::try_from(ways.len()).unwrap_or(1);
    Flaw::Summed(ways.start + below(rng, length) as usize)
}

/// A callback, right or with one thing wrong.
pub(super) fn arbitrary(rng: &mut dyn Rng) -> Message {
    if one_in(rng, 3) {
        let flaw = way(rng, &(0..WAYS.len()));
        return with(rng, flaw);
    }
    let flaw = FLAWS[below(rng, u32::try_from(FLAWS.len()).unwrap_or(1)) as usize];
    with(rng, flaw)
}

/// What the shop knows, and what came.
struct Delivery {
    told: Told,
    is_subscription_expected: bool,
    order: String,
    amount: i64,
    test_allowed: bool,
    private_key: String,
    api_key: String,
    window_key: String,
    type_in_header: Option<&'static str>,
}

/// A callback with this flaw.
pub(super) fn with(rng: &mut dyn Rng, flaw: Flaw) -> Message {
    let mut delivery = sound(rng);
    let body = if flaw == Flaw::Garbage {
        garbage(rng).to_owned()
    } else {
        spoil(rng, &mut delivery, flaw);
        laid_out(rng, &delivery.told.json(), matches!(flaw, Flaw::Summed(_)))
    };
    let mut message = delivery.message(&body);
    let sum = match flaw {
        Flaw::NoChecksum if one_in(rng, 2) => Some(String::new()),
        Flaw::NoChecksum => None,
        // Whoever guesses a key, and whoever changes a callback that was signed.
        Flaw::Forged if one_in(rng, 2) => Some(checksum("guessed", body.as_bytes())),
        Flaw::Forged => {
            delivery.told.id += 1;
            let before = COMPACT.write(&delivery.told.json());
            Some(checksum(&delivery.private_key, before.as_bytes()))
        }
        Flaw::Summed(place) => WAYS.get(place).and_then(|(_, sum)| sum(&message)),
        _ => Some(checksum(&delivery.private_key, body.as_bytes())),
    };
    message.parameters.extend(sum.map(|sum| (Cow::Borrowed(HEADER), sum)));
    message
}

impl Delivery {
    /// The message, as yet without a checksum.
    fn message(&self, body: &str) -> Message {
        let kind = self.type_in_header.unwrap_or(self.told.kind());
        let headers = [
            ("content-type", "application/json"),
            (RESOURCE_TYPE, kind),
            ("quickpay-account-id", "103619"),
            ("quickpay-api-version", "v10"),
        ];
        let given = [
            ("body", STANDARD.encode(body)),
            ("private_key", self.private_key.clone()),
            ("api_key", self.api_key.clone()),
            ("window_key", self.window_key.clone()),
            ("order", self.order.clone()),
            ("amount", self.amount.to_string()),
            ("test_allowed", self.test_allowed.to_string()),
        ];
        Message {
            form: Cow::Borrowed(if self.is_subscription_expected { "subscription" } else { "payment" }),
            parameters: headers.map(|(name, value)| (Cow::Borrowed(name), value.to_owned())).to_vec(),
            given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec() as Vec<Parameter>,
        }
    }
}

/// A genuine callback of an approved authorization.
fn sound(rng: &mut dyn Rng) -> Delivery {
    let is_subscription = one_in(rng, 4);
    let amount = amount(rng);
    let order = order(rng);
    let test_allowed = !one_in(rng, 3);
    let told = Told {
        is_subscription,
        id: [1, 270_000_001, 2_147_483_648, 9_007_199_254_740_993][below(rng, 4) as usize],
        order: order.clone(),
        accepted: true,
        currency: "DKK",
        state: if is_subscription { "active" } else { "new" },
        variables: variables(rng),
        basket: basket(rng),
        operations: vec![Step::done("authorize", amount, APPROVED)],
        fee: None,
        test_mode: test_allowed && one_in(rng, 2),
        callback_url: pick_static(
            rng,
            &["https://shop.test/cb", "https://shop.test/cb?a=1&b=2", "https://shop.test/betaling/æ"],
        ),
    };
    Delivery {
        told,
        is_subscription_expected: is_subscription,
        order,
        amount,
        test_allowed,
        private_key: key(rng),
        api_key: key(rng),
        window_key: key(rng),
        type_in_header: None,
    }
}

fn spoil(rng: &mut dyn Rng, delivery: &mut Delivery, flaw: Flaw) {
    let amount = delivery.amount;
    let told = &mut delivery.told;
    match flaw {
        Flaw::Amount | Flaw::Currency | Flaw::Fee | Flaw::Zero => {
            (told.is_subscription, delivery.is_subscription_expected) = (false, false);
            told.state = "new";
        }
        _ => {}
    }
    match flaw {
        Flaw::Amount => {
            let other = [amount - 1, amount + 1, amount * 100, amount / 2, 100][below(rng, 5) as usize];
            told.operations[0].amount = Some(other.max(0));
        }
        Flaw::ApprovedLater | Flaw::DeclinedLater => {
            let code = if flaw == Flaw::ApprovedLater { APPROVED } else { refusal(rng) };
            if told.is_subscription {
                told.operations.push(Step { amount: None, ..Step::done("cancel", 0, code) });
                told.state = if flaw == Flaw::ApprovedLater { "cancelled" } else { "active" };
                return;
            }
            later(rng, told, amount, code);
        }
        Flaw::Currency => told.currency = pick_static(rng, &["SEK", "NOK", "EUR", "JPY"]),
        Flaw::Declined => {
            told.accepted = false;
            told.state = "rejected";
            told.operations[0].code = Some(refusal(rng));
        }
        Flaw::Fee => {
            let fee = 1 + i64::from(below(rng, 500));
            told.fee = Some(fee);
            told.operations[0].amount = Some(amount + fee);
        }
        Flaw::Header if one_in(rng, 2) => delivery.type_in_header = Some(opposite(told)),
        Flaw::Header => {
            delivery.type_in_header = Some(told.kind());
            told.is_subscription = !told.is_subscription;
        }
        Flaw::NoOperation => told.operations.clear(),
        Flaw::Order => {
            told.order = match below(rng, 4) {
                0 => format!("0{}", told.order),
                1 => format!("{}-2", told.order),
                2 => order(rng),
                _ => uuid(rng).chars().take(20).collect(),
            }
        }
        Flaw::Pending => pending(rng, told, amount),
        Flaw::Retried => {
            let refused = Step::done("authorize", amount, refusal(rng));
            told.operations.insert(0, refused);
        }
        Flaw::Session => {
            told.accepted = false;
            told.state = "pending";
            told.operations = vec![Step::done("session", amount, APPROVED)];
        }
        Flaw::Test => (told.test_mode, delivery.test_allowed) = (true, false),
        Flaw::Type => told.is_subscription = !told.is_subscription,
        Flaw::Zero => {
            delivery.amount = 0;
            told.operations[0].amount = Some(0);
        }
        Flaw::Forged | Flaw::Garbage | Flaw::NoChecksum | Flaw::Nothing | Flaw::Summed(_) => {}
    }
}

/// A capture, and perhaps a refund behind it, or a cancellation; the last comes out like this.
fn later(rng: &mut dyn Rng, told: &mut Told, amount: i64, code: &'static str) {
    let is_approved = code == APPROVED;
    match below(rng, 3) {
        0 => told.operations.push(Step { amount: None, ..Step::done("cancel", 0, code) }),
        1 => {
            told.operations.push(Step::done("capture", amount, APPROVED));
            told.operations.push(Step::done("refund", amount, code));
            told.state = "processed";
            return;
        }
        _ => told.operations.push(Step::done("capture", amount, code)),
    }
    told.state = if is_approved { "processed" } else { "new" };
}

/// An operation that is under way: the authorization, or a capture behind it.
fn pending(rng: &mut dyn Rng, told: &mut Told, amount: i64) {
    let code = if one_in(rng, 2) { None } else { Some("20200") };
    let kind = if one_in(rng, 2) || told.is_subscription {
        told.operations.clear();
        // Where the acquirer has still to approve it, the payment can be accepted already.
        told.accepted = one_in(rng, 2);
        "authorize"
    } else {
        "capture"
    };
    told.operations.push(Step { kind, amount: Some(amount), code, pending: true });
    told.state = "pending";
}

fn opposite(told: &Told) -> &'static str {
    if told.is_subscription { "Payment" } else { "Subscription" }
}

fn refusal(rng: &mut dyn Rng) -> &'static str {
    pick_static(rng, &["40000", "40000", "40002", "30100", "50300"])
}

/// One of these, for good.
fn pick_static(rng: &mut dyn Rng, from: &[&'static str]) -> &'static str {
    from[below(rng, u32::try_from(from.len()).unwrap_or(1)) as usize]
}

fn garbage(rng: &mut dyn Rng) -> &'static str {
    pick_static(rng, &["{}", "{\"id\":1}", "{ \"id\": 1 }", "{\"id\":1}\n"])
}

/// An amount in the smallest unit; never 0.
fn amount(rng: &mut dyn Rng) -> i64 {
    const EDGES: &[i64] = &[1, 99, 100, 101, 1000, 1990, 2599, 12_345, 123_456, 999_999_999];
    if one_in(rng, 2) {
        return EDGES[below(rng, u32::try_from(EDGES.len()).unwrap_or(1)) as usize];
    }
    1 + i64::from(below(rng, 500_000))
}

/// An order id that QuickPay takes: 4 to 20 letters, digits, blanks and . _ -
fn order(rng: &mut dyn Rng) -> String {
    if one_in(rng, 3) {
        return format!("{:06}", below(rng, 200_000));
    }
    pick(
        rng,
        &["1234", "0012", "order-1001", "Order 7.b", "A_1-b", "1e10", "0x1A", "null", "00000000000000000042"],
    )
    .to_owned()
}

/// A key: 64 hexadecimal digits as a rule.
fn key(rng: &mut dyn Rng) -> String {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    let digits = crate::kit::digest::hex(&bytes);
    if one_in(rng, 8) { format!("{}+/ =", &digits[..16]) } else { digits }
}

/// The body's text. As QuickPay writes it as a rule, and otherwise too, for the rule is about bytes.
fn laid_out(rng: &mut dyn Rng, json: &Json, oddly: bool) -> String {
    match below(rng, if oddly { 8 } else { 16 }) {
        0 => PRETTY.write(json),
        1 => format!("{}\n", PRETTY.write(json)),
        2 => SPACED.write(json),
        3 => format!("{}\n", COMPACT.write(json)),
        4 => format!("{} \r\n", COMPACT.write(json)),
        _ => COMPACT.write(json),
    }
}

/// A callback that tells of no operation, or that is nothing of QuickPay's.
pub(super) fn undecided(rng: &mut dyn Rng) -> Flaw {
    if one_in(rng, 2) { Flaw::Garbage } else { Flaw::NoOperation }
}
