//! What can go otherwise than it should, on demand: queued for an order, set for a workspace, or chosen
//! as a bank of the sandbox's own.

use serde::{Deserialize, Serialize};

use crate::kit::outcome::Outcome;
use crate::kit::provider::{Provenance, Scenario};

use super::banks::SANDBOX;
use super::codes;
use super::model::Answer;

/// What is done with the notification of a paid order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Webhook {
    /// It is sent when the browser has gone.
    AfterRedirect,
    /// It is signed with a key that nobody has.
    BadSignature,
    /// It has expired.
    Expired,
    /// It is issued in the future.
    FutureIat,
    /// It is signed with HS256.
    Hs256,
    /// It is sent much later.
    Late,
    /// It is not sent.
    Lost,
    /// Its netAmount is higher than what was asked for.
    NetHigher,
    /// Its netAmount is lower, as after a fee.
    NetLower,
    /// It has no `id`.
    NoId,
    /// It names another order.
    OtherOrder,
    /// It names another terminal.
    OtherTerminal,
    /// Its requestAmount is not what was asked for.
    RequestTampered,
    /// As it should be.
    Right,
    /// It is sent twice.
    Twice,
    /// Its algorithm is `none`.
    Unsigned,
    /// Both of its amounts are others.
    WrongAmount,
}

/// What is done with the browser afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// The payer is sent back with `executed` although nothing was paid.
    Forged,
    /// The payer closes the window.
    Lost,
    /// As it should be.
    Right,
}

/// How a payment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Course {
    /// How the bank answers.
    pub answer: Answer,
    /// What is done with the notification.
    pub webhook: Webhook,
    /// What is done with the browser.
    pub redirect: Redirect,
}

impl Course {
    /// As it should be.
    #[must_use]
    pub const fn plain(answer: Answer) -> Self {
        Self { answer, webhook: Webhook::Right, redirect: Redirect::Right }
    }

    const fn notified(webhook: Webhook) -> Self {
        Self { answer: Answer::Paid, webhook, redirect: Redirect::Right }
    }

    /// The course that an outcome asks for; `None` for the error of a token, or what nobody knows.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Approve => Some(Self::plain(Answer::Paid)),
            Outcome::Cancel | Outcome::Decline => Some(Self::plain(Answer::Refused)),
            Outcome::Expire => Some(Self::plain(Answer::Expired)),
            Outcome::Code(code) => Self::named(code),
        }
    }

    /// The course of a scenario or a status.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "executed" => Some(Self::plain(Answer::Paid)),
            "rejected" => Some(Self::plain(Answer::Refused)),
            _ => {
                ALL.iter().zip(COURSES).find(|(scenario, _)| scenario.name == name).map(|(_, course)| *course)
            }
        }
    }
}

macro_rules! scenarios {
    ($($name:literal, $title:literal, $does:literal, $provenance:expr, $course:expr;)+) => {
        /// Every scenario.
        pub static ALL: &[Scenario] = &[$(Scenario { name: $name, title: $title, does: $does, provenance: $provenance }),+];
        /// Their courses, in the same order.
        static COURSES: &[Course] = &[$($course),+];
        /// Their names, and `none`.
        pub(super) static NAMES: &[&str] = &["none", $($name),+];
    };
}

const GUIDE: Provenance =
    Provenance::documented("Fena online payment guide, sections on the webhook and the redirect");
const OURS: Provenance =
    Provenance::assumed("our judgement: what a network, an attacker or a fee can do to a shop");

scenarios! {
    "approve", "pay", "the payer approves and the bank pays", GUIDE, Course::plain(Answer::Paid);
    "reject", "refuse", "the bank refuses: the payer comes back with rejected, and no notification is sent", GUIDE,
        Course::plain(Answer::Refused);
    "cancel", "cancel", "the payer cancels at the bank, which counts as rejected", OURS, Course::plain(Answer::Refused);
    "expire", "let the time pass", "nobody pays in time: there is no notification, and nobody comes back", OURS,
        Course::plain(Answer::Expired);
    "webhook_lost", "pay, notification lost", "the notification is never sent", OURS, Course::notified(Webhook::Lost);
    "webhook_delayed", "pay, notification late", "the notification is sent `fena.late_seconds` later; the browser does not wait", OURS,
        Course::notified(Webhook::Late);
    "webhook_twice", "pay, notification twice", "the same notification is sent twice", OURS, Course::notified(Webhook::Twice);
    "webhook_bad_signature", "pay, bad signature", "the notification is signed with a key that nobody has", OURS,
        Course::notified(Webhook::BadSignature);
    "webhook_hs256", "pay, notification with HS256", "the notification is signed with HS256 and the right secret", OURS,
        Course::notified(Webhook::Hs256);
    "webhook_none", "pay, notification unsigned", "the notification has the algorithm none and no signature", OURS,
        Course::notified(Webhook::Unsigned);
    "webhook_expired", "pay, notification expired", "the notification expired an hour ago", OURS, Course::notified(Webhook::Expired);
    "webhook_future_iat", "pay, notification from the future", "the notification is issued 30 seconds ahead, as by a clock that is fast", OURS,
        Course::notified(Webhook::FutureIat);
    "webhook_other_terminal", "pay, other terminal", "the notification names another terminal", OURS,
        Course::notified(Webhook::OtherTerminal);
    "webhook_other_order", "pay, other order", "the notification names another order", OURS, Course::notified(Webhook::OtherOrder);
    "webhook_wrong_amount", "pay, wrong amount", "both amounts of the notification are a penny", OURS,
        Course::notified(Webhook::WrongAmount);
    "webhook_net_lower", "pay, net amount lower", "netAmount is 20 pence lower, as after a fee", OURS, Course::notified(Webhook::NetLower);
    "webhook_net_higher", "pay, net amount higher", "netAmount is one pound higher, as the public SDKs' own tests have it",
        Provenance::observed("tests of Fena's public PHP SDK"), Course::notified(Webhook::NetHigher);
    "webhook_request_tampered", "pay, requested amount changed", "requestAmount is a penny, and netAmount is right", OURS,
        Course::notified(Webhook::RequestTampered);
    "webhook_no_id", "pay, notification without id", "the notification has the claims of the document's table alone, without id", GUIDE,
        Course::notified(Webhook::NoId);
    "redirect_first", "pay, browser first", "the browser goes back a second before the notification is sent", OURS,
        Course::notified(Webhook::AfterRedirect);
    "redirect_lost", "pay, browser lost", "the notification is sent, and the payer closes the window", OURS,
        Course { answer: Answer::Paid, webhook: Webhook::Right, redirect: Redirect::Lost };
    "redirect_forged", "refuse, forged return", "the bank refuses, and the payer comes back with executed all the same", OURS,
        Course { answer: Answer::Refused, webhook: Webhook::Right, redirect: Redirect::Forged };
}

/// How to reach a code by a bank of the sandbox's own.
pub(super) fn magic(code: &str) -> Option<String> {
    let scenario = match code {
        "executed" => "approve",
        "rejected" => "reject",
        _ => code,
    };
    let bank = format!("a token with the bankID {SANDBOX}{}", scenario.replace('_', "-"));
    if codes::is_error(code) {
        return Some(bank);
    }
    ALL.iter().any(|known| known.name == scenario).then(|| format!("{bank}, or that bank in the list"))
}
