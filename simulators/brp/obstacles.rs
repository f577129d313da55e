//! What keeps a call from going on: every condition with its code, in BRP's (assumed) order of checks.
//!
//! Which codes an endpoint can give stands in `fixtures/brp/codes.toml`; a condition whose code does
//! not occur at the endpoint is no obstacle there.

use jiff::Timestamp;

use crate::kit::settings::Settings;

use super::around::{AT_PROVIDERS, Around, Choice};
use super::codes;
use super::endpoints::{Endpoint, Purpose};
use super::model::{Attempt, BusinessUnit, Debit, Invoice, MANDATE_AMOUNT, Order, Subscription};

/// The parts of a call that conditions ask about, beside its subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wishes<'a> {
    /// Whether the organisation's account is to be charged.
    pub(super) organisation: bool,
    /// How an invoice is to be distributed.
    pub(super) distribution: Option<&'a str>,
    /// Whether the payer's alias is a phone number that Swish could know.
    pub(super) alias_fits: bool,
    /// Who an organisation's invoice goes to there.
    pub(super) reference: Reference,
    /// Whether an invoice's due date is given and is none.
    pub(super) due_unreadable: bool,
}

/// Whom a call names as an invoice's reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Reference {
    /// Nobody.
    #[default]
    Missing,
    /// A person.
    Person,
    /// Somebody who is no person of BRP's.
    Unknown,
}

type Checks<'a> = &'a [(&'static str, bool)];

fn first(checks: Checks<'_>, endpoint: &Endpoint) -> Option<&'static str> {
    let fitting = checks.iter().filter(|(code, _)| codes::occurs(code, endpoint));
    fitting.clone().find(|(_, holds)| *holds).map(|(code, _)| *code)
}

/// The least that Swish takes, in öre (its AM06).
const SWISH_LEAST: i64 = 100;

/// What keeps an order from being paid, invoiced, put on an account or confirmed.
pub(super) fn of_order(
    endpoint: &Endpoint,
    order: &Order,
    around: &Around,
    wishes: &Wishes<'_>,
    settings: &Settings,
) -> Option<&'static str> {
    let purpose = endpoint.purpose;
    let price = order.price();
    let left = around.left_of(price);
    let (kind, person) = (around.kind(), around.person.as_deref());
    let by_swish = purpose == Purpose::PayOrderBySwish;
    let on_account = purpose == Purpose::ChargeAccount;
    let invoiced = purpose == Purpose::InvoiceOrder;
    let provider_invoices = kind == "INVOICE";
    let no_zero = around.recurring || settings.get("brp.zero_order") == "error102";
    let email = person.and_then(|person| person.email.as_deref());
    let address = person.and_then(|person| person.valid_address());
    let unit = |has: fn(&BusinessUnit) -> bool| around.unit.as_deref().is_some_and(has);
    let distributed = |wanted: &str| wishes.distribution == Some(wanted);
    let set_up = match purpose {
        Purpose::InvoiceOrder => wishes.distribution.is_none_or(|wanted| {
            around.unit.as_deref().is_some_and(|unit| unit.distribution.iter().any(|way| way == wanted))
        }),
        Purpose::PayOrderBySwish => unit(|unit| unit.swish_configured),
        _ => unit(|unit| unit.psp_configured),
    };
    let supported = if by_swish { kind == "SWISH" } else { AT_PROVIDERS.contains(&kind) };
    let card = kind.starts_with("CARD_") && !invoiced;
    let too_much = left > settings.number("brp.provider_max_minor");
    let mailed = settings.on("brp.receipt_mail") && person.is_some() && email.is_none();
    let no_email = distributed("email") && person.is_some_and(|person| person.valid_email().is_none());
    let no_address = around.method.as_ref().is_some_and(|method| method.needs_address)
        || distributed("centralprint21grams");
    let needs_person = around.recurring || provider_invoices || on_account || invoiced;
    let checks = [
        ("100", around.unit.is_none()),
        ("101", order.is_debited() || order.confirmed),
        // Nobody can pay an invoice over nothing.
        ("102", price < 0 || (price == 0 && no_zero) || (invoiced && left <= 0)),
        ("103", person.is_none() && needs_person),
        ("111", around.participants_missing),
        ("108", around.confirm_only),
        ("109", !around.confirmable),
        ("11", !unit(|unit| unit.internet_register)),
        ("10", around.choice == Choice::Unknown),
        ("10", around.choice == Choice::Open && settings.on("brp.requires_method")),
        ("13", around.method.as_ref().is_some_and(|method| !method.internet)),
        ("14", !supported),
        ("15", around.recurring && !card),
        ("9", !set_up),
        ("104", provider_invoices && person.is_some_and(|person| person.personal_number.is_none())),
        ("105", provider_invoices && email.is_none() && address.is_none()),
        ("106", if invoiced { no_email } else { mailed }),
        ("107", no_address && address.is_none()),
    ];
    first(&checks, endpoint)
        .or_else(|| first(&account_checks(around, wishes, settings, left), endpoint))
        .or_else(|| {
            let checks = [
                ("305", around.direct_debit),
                ("902", !wishes.alias_fits),
                ("200", too_much || (by_swish && left > 0 && left < SWISH_LEAST)),
                ("208", !purpose.visits() && unit(|unit| unit.books_closed)),
            ];
            first(&checks, endpoint)
        })
}

/// The conditions of customer accounts. Those about the person hold for their own account alone; that
/// they do not hold for an organisation's is assumed.
fn account_checks(
    around: &Around,
    wishes: &Wishes<'_>,
    settings: &Settings,
    left: i64,
) -> [(&'static str, bool); 8] {
    let own = !wishes.organisation;
    let person = around.person.as_deref().filter(|_| own);
    let organisation = around.organisation.as_deref().filter(|_| !own);
    let least_age = settings.number("brp.account_min_age");
    let too_young = person.is_some_and(|person| {
        // Of unknown age is not old enough.
        person.age(around.today).is_none_or(|age| i64::from(age) < least_age)
    });
    let (debt, limit) = match (person, organisation) {
        (Some(person), _) => (person.account_debt, person.account_limit),
        (_, Some(organisation)) => (organisation.account_debt, organisation.account_limit),
        _ => (0, 0),
    };
    [
        ("110", !own && around.organisation.is_none()),
        ("505", person.is_some_and(|person| !person.account_allowed)),
        ("501", too_young),
        ("504", person.is_some_and(|person| person.valid_email().is_none())),
        ("506", person.is_some() && !around.has_autogiro),
        ("502", person.is_some_and(|person| !person.withdrawal_consent) && !around.has_mandate),
        ("503", if own { around.person_owes } else { around.organisation_owes }),
        ("500", debt.saturating_add(left) > limit),
    ]
}

/// What keeps an invoice from being paid. That invoices at a debt collector are 303 is assumed: the
/// table has no code for them.
pub(super) fn of_invoice(
    endpoint: &Endpoint,
    invoice: &Invoice,
    around: &Around,
    settings: &Settings,
) -> Option<&'static str> {
    let unit = |has: fn(&BusinessUnit) -> bool| around.unit.as_deref().is_some_and(has);
    let checks = [
        ("301", around.unit.is_none()),
        ("302", invoice.rest <= 0),
        ("304", invoice.organisation.is_some() && invoice.reference.is_none()),
        ("11", !unit(|unit| unit.internet_register)),
        ("9", !unit(|unit| unit.psp_configured)),
        ("303", invoice.is_handed_over()),
        ("200", invoice.rest > settings.number("brp.provider_max_minor")),
    ];
    first(&checks, endpoint)
}

/// What keeps a card mandate from being made.
pub(super) fn of_mandate(endpoint: &Endpoint, around: &Around, settings: &Settings) -> Option<&'static str> {
    let checks = [
        ("103", around.person.is_none()),
        ("100", around.unit.is_none()),
        ("15", !around.cards_taken),
        ("9", around.unit.as_deref().is_none_or(|unit| !unit.psp_configured)),
        ("200", MANDATE_AMOUNT > settings.number("brp.provider_max_minor")),
    ];
    first(&checks, endpoint)
}

/// What keeps an account's debt from being paid.
pub(super) fn of_account(
    endpoint: &Endpoint,
    around: &Around,
    wishes: &Wishes<'_>,
    settings: &Settings,
) -> Option<&'static str> {
    let debt = around.person.as_deref().map_or(0, |person| person.account_debt);
    let swish = around.kind() == "SWISH";
    let set_up = around
        .unit
        .as_deref()
        .is_some_and(|unit| if swish { unit.swish_configured } else { unit.psp_configured });
    let checks = [
        ("103", around.person.is_none()),
        ("102", debt <= 0),
        ("10", !matches!(around.choice, Choice::Method(_))),
        ("13", around.method.as_ref().is_some_and(|method| !method.internet)),
        ("14", !swish && around.method.as_ref().is_some_and(|method| !method.is_card())),
        ("9", !set_up),
        ("902", swish && !wishes.alias_fits),
        ("200", debt > settings.number("brp.provider_max_minor") || (swish && debt < SWISH_LEAST)),
    ];
    first(&checks, endpoint)
}

/// What keeps a subscription's next invoice from being made.
pub(super) fn of_subscription(
    endpoint: &Endpoint,
    subscription: &Subscription,
    wishes: &Wishes<'_>,
) -> Option<&'static str> {
    let checks = [
        (
            "304",
            match wishes.reference {
                Reference::Missing => subscription.organisation.is_some(),
                Reference::Person => false,
                Reference::Unknown => true,
            },
        ),
        ("305", subscription.debit != Debit::Invoice || !subscription.active || wishes.due_unreadable),
    ];
    first(&checks, endpoint)
}

/// What keeps an approved payment of an order from being booked when the payer comes back.
pub(super) fn late_of_order(
    endpoint: &Endpoint,
    attempt: &Attempt,
    order: &Order,
    around: &Around,
    now: Timestamp,
) -> Option<&'static str> {
    // It has become one that could not be paid so: what is bought changed, at the same price.
    let card = around.kind().starts_with("CARD_");
    let invalid = around.unit.is_none()
        || around.confirm_only
        || around.participants_missing
        || (around.recurring && (!card || around.person.is_none()));
    let gone = order.deleted || order.has_lapsed(now) || order.is_debited() || order.confirmed;
    let tokenless = around.method.as_ref().is_some_and(|method| !method.issues_token);
    let checks = [
        ("203", gone || invalid || order.customer != attempt.customer),
        ("202", order.price() != attempt.price),
        ("207", around.value_cards != attempt.value_cards),
        ("206", around.recurring && tokenless),
        ("208", around.unit.as_deref().is_none_or(|unit| unit.books_closed)),
    ];
    first(&checks, endpoint)
}

/// What keeps an approved payment of an invoice from being booked.
pub(super) fn late_of_invoice(
    endpoint: &Endpoint,
    attempt: &Attempt,
    invoice: &Invoice,
) -> Option<&'static str> {
    let another = invoice.customer != attempt.customer || invoice.business_unit.is_none();
    let checks = [
        ("303", invoice.deleted || invoice.is_handed_over() || invoice.rest <= 0 || another),
        ("202", invoice.rest != attempt.price),
    ];
    first(&checks, endpoint)
}

/// What keeps a payment of an account's debt from being booked: the debt is another one by now. Assumed.
pub(super) fn late_of_account(
    endpoint: &Endpoint,
    attempt: &Attempt,
    around: &Around,
) -> Option<&'static str> {
    let debt = around.person.as_deref().map_or(0, |person| person.account_debt);
    first(&[("202", debt != attempt.price)], endpoint)
}

/// What keeps a mandate from being made of a card that the provider took.
pub(super) fn late_of_mandate(endpoint: &Endpoint, around: &Around) -> Option<&'static str> {
    let tokenless = around.method.as_ref().is_some_and(|method| !method.issues_token);
    let checks = [("206", tokenless || around.person.is_none() || around.unit.is_none())];
    first(&checks, endpoint)
}
