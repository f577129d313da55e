//! What Fenerum does with a token: it asks the gateway for the card behind it.

use crate::kit::outcome::{Outcome, Queued};
use crate::kit::settings::Rules;
use crate::kit::table::Tx;
use crate::quickpay::partner::{self, Registered};

use super::ID;
use super::callbacks;
use super::codes;
use super::model::{Account, Gateway, PaymentCard, brand};
use super::refusals::{Refusal, Told, told};
use super::store::{count, new_uuid};
use super::stripe::{self, Declined};

/// How long a caller waits whom somebody wants throttled.
const FORCED_WAIT: u64 = 42;

/// A card that somebody registers.
pub(super) struct Wanted<'a> {
    pub(super) account: &'a Account,
    pub(super) gateway: Gateway,
    pub(super) token: &'a str,
}

/// What a gateway tells of a card.
struct Found {
    /// What the card is called at the gateway from now on.
    token: String,
    brand: String,
    last4: String,
    month: u8,
    year: u16,
}

/// Registers a card on its account. `warnings` get what passes here and might not elsewhere.
pub(super) fn register(
    tx: &mut Tx<'_>,
    wanted: &Wanted<'_>,
    warnings: &mut Vec<String>,
) -> Result<PaymentCard, Refusal> {
    if let Some(refusal) = forced(tx, wanted, warnings) {
        return Err(refusal);
    }
    if !wanted.gateway.fits(wanted.token) {
        return Err(Refusal::field("token", told("token_format", &[("gateway", wanted.gateway.value())])));
    }
    if !tx.settings.on(wanted.gateway.setting()) {
        return Err(of_provider(tx, told("gateway_inactive", &[("gateway", wanted.gateway.value())])));
    }
    let before = registered_before(tx, wanted);
    let again = before.is_some();
    if let Some(same) = before {
        match tx.settings.get("fenerum.same_token") {
            "existing" => {
                warnings.push("this token was registered before: the card of then is the answer".to_owned());
                return Ok(same);
            }
            "refuse" => return Err(Refusal::field("token", told("unique", &[]))),
            _ => {}
        }
    }
    let found = match wanted.gateway {
        Gateway::Quickpay => at_quickpay(tx, wanted.token, warnings),
        Gateway::StripeNew => at_stripe(tx, wanted),
    };
    let found = found.map_err(|told| of_provider(tx, told))?;
    if again {
        warnings.push(
            "this token was registered before: whoever sends it once for each callback gets a card for each"
                .to_owned(),
        );
    }
    let card = PaymentCard {
        uuid: new_uuid::<PaymentCard>(tx, &wanted.account.uuid),
        number: count::<PaymentCard>(tx),
        account: wanted.account.uuid.clone(),
        active: true,
        brand: brand(&found.brand),
        last4: found.last4,
        month: found.month,
        year: found.year,
        gateway: wanted.gateway,
        token: found.token,
    };
    tx.put(card.clone());
    callbacks::of_card(tx, "payment_card.activated", &card);
    Ok(card)
}

/// The card that this token was registered for first.
fn registered_before(tx: &Tx<'_>, wanted: &Wanted<'_>) -> Option<PaymentCard> {
    let cards = tx.all::<PaymentCard>();
    let same = cards.iter().filter(|card| card.gateway == wanted.gateway && card.token == wanted.token);
    same.min_by_key(|card| card.number).map(|card| PaymentCard::clone(card))
}

/// A subscription's id. A payment's passes where a document shows that it does.
fn at_quickpay(tx: &Tx<'_>, token: &str, warnings: &mut Vec<String>) -> Result<Found, Told> {
    let fault = |code| told(code, &[("token", token)]);
    let found = token.parse().ok().and_then(|id| partner::registered(tx, id));
    let Some(Registered { is_subscription, accepted, state, brand, last4, exp_month, exp_year }) = found
    else {
        return Err(fault("subscription_unknown"));
    };
    if !is_subscription && tx.settings.rules == Rules::Live {
        return Err(fault("subscription_is_payment"));
    }
    if !accepted {
        return Err(fault("subscription_not_accepted"));
    }
    if is_subscription && state != "active" {
        return Err(fault("subscription_not_active"));
    }
    if !is_subscription {
        warnings.push(format!(
            "{token} is a payment at QuickPay, and a card needs a subscription: the document's sample makes a \
             payment and passes here; Fenerum could not charge it later, and `rules = live` refuses it"
        ));
    }
    Ok(Found { token: token.to_owned(), brand, last4, month: exp_month, year: exp_year })
}

/// A payment method, which becomes the customer's.
fn at_stripe(tx: &mut Tx<'_>, wanted: &Wanted<'_>) -> Result<Found, Told> {
    let attached = stripe::attach(tx, wanted.token, &customer(wanted.account));
    attached.map_err(|declined| said(&declined)).map(|method| Found {
        token: method.id,
        brand: method.brand,
        last4: method.last4,
        month: method.exp_month,
        year: method.exp_year,
    })
}

/// What an account is called at Stripe.
fn customer(account: &Account) -> String {
    format!("cus_{}", account.uuid.replace('-', "").chars().take(14).collect::<String>())
}

/// Stripe's refusal, in its own words.
fn said(declined: &Declined) -> Told {
    let mut told = declined.decline_code.as_deref().into_iter().chain([declined.code.as_str()]);
    let known = told.find_map(codes::code);
    // Stripe has no code for a payment method that is some customer's already.
    let other = if declined.code.is_empty() { "already_attached" } else { "card_declined" };
    let code = known.map_or(other, |entry| entry.code.as_str());
    Told { code, text: declined.message.clone() }
}

/// What a provider says, in the shape that the workspace wants it in.
fn of_provider(tx: &Tx<'_>, told: Told) -> Refusal {
    if tx.settings.get("fenerum.provider_refusal") == "field" {
        return Refusal::field("token", told);
    }
    Refusal::Detail(told)
}

/// The refusal that somebody asked for: the outcome that is queued for the account, by its UUID or code, or
/// for whichever comes next.
fn forced(tx: &mut Tx<'_>, wanted: &Wanted<'_>, warnings: &mut Vec<String>) -> Option<Refusal> {
    let account = wanted.account;
    let of_code = tx
        .all::<Queued>()
        .iter()
        .any(|queued| queued.provider == ID && queued.order.as_deref() == Some(account.code.as_str()));
    let key = if of_code { &account.code } else { &account.uuid };
    let outcome = tx.take_outcome(ID, key)?;
    let code = match &outcome {
        Outcome::Approve => return None,
        Outcome::Decline => "card_declined",
        Outcome::Expire => "expired_card",
        Outcome::Code(code) => code,
        Outcome::Cancel => {
            warnings.push("the outcome cancel was queued, and nobody can cancel a registration".to_owned());
            return None;
        }
    };
    let Some(entry) = codes::code(code) else {
        warnings.push(format!("the outcome {outcome} was queued, and it is none of Fenerum's codes"));
        return None;
    };
    Some(refusal_of(tx, wanted, entry.code.as_str()))
}

/// A code as the refusal of this registration.
fn refusal_of(tx: &Tx<'_>, wanted: &Wanted<'_>, code: &'static str) -> Refusal {
    let token = wanted.token;
    let places = [
        ("value", wanted.account.uuid.as_str()),
        ("input", wanted.gateway.value()),
        ("gateway", wanted.gateway.value()),
        ("token", token),
        ("method", "POST"),
        ("media_type", "text/plain"),
        ("max_length", "255"),
        ("min_value", "1"),
        ("max_value", "2147483647"),
        ("datatype", "list"),
        ("input_type", "str"),
        ("error", "Expecting value: line 1 column 1 (char 0)"),
    ];
    match (code, codes::field(code)) {
        ("error", _) => Refusal::ServerError,
        ("throttled", _) => Refusal::Throttled(FORCED_WAIT),
        (_, Some(field)) => Refusal::field(field, told(code, &places)),
        _ if codes::is_of_a_provider(code) => of_provider(tx, told(code, &places)),
        _ => Refusal::Detail(told(code, &places)),
    }
}

/// How charging a card ended.
pub(super) enum Charged {
    Paid,
    /// The customer has to confirm it, or the card was refused; and why.
    Failed {
        event: &'static str,
        why: String,
    },
}

/// Charges a card while the customer is away. `order` is unique, and short enough for QuickPay.
pub(super) fn charge(tx: &mut Tx<'_>, card: &PaymentCard, amount: i64, order: &str) -> Charged {
    const DECLINED: &str = "payment.declined";
    match card.gateway {
        Gateway::Quickpay => {
            let Ok(subscription) = card.token.parse() else {
                return Charged::Failed { event: DECLINED, why: "the token is no number".to_owned() };
            };
            match partner::charge(tx, subscription, amount, order) {
                partner::Charged::Approved(_) => Charged::Paid,
                partner::Charged::Declined(_, why) | partner::Charged::Refused(why) => {
                    Charged::Failed { event: DECLINED, why }
                }
            }
        }
        Gateway::StripeNew => match stripe::charge(tx, &card.token, amount) {
            Ok(()) => Charged::Paid,
            Err(declined) => {
                let asks = declined.code == "authentication_required";
                let event = if asks { "payment.authentication_required" } else { DECLINED };
                Charged::Failed { event, why: format!("{}: {}", declined.code, declined.message) }
            }
        },
    }
}
