//! A notification by its traits, so that it can be drawn, made simpler and signed anew.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use serde_json::{Value, json};

use super::messages::{self, LEAST, LIMIT, LONGEST, number, pounds};
use super::notification::{body_of, token_in};
use crate::kit::awkward::{below, one_in, uuid};
use crate::kit::jwt::{Algorithm, Parts, assemble, text_of_segment, verify};
use crate::kit::operation::{Message, simpler_values};

/// Who signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signer {
    /// Somebody without the secret.
    Another,
    /// Fena, and the claims were changed afterwards.
    Changed,
    /// Fena.
    Fena,
}

/// How the claims' text is escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    None,
    /// `\/` and `\u00e5`, as PHP writes by default.
    Php,
}

/// What stands in the form beside the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    After,
    Alone,
    Before,
    /// The token is not there: its field has another name.
    Misnamed,
}

/// The header's text, but for the algorithm.
const HEADERS: &[&str] = &[
    r#"{"typ":"JWT","alg":"ALG"}"#,
    r#"{"alg":"ALG","typ":"JWT"}"#,
    r#"{"alg":"ALG"}"#,
    r#"{ "alg" : "ALG" }"#,
];

/// What can be wrong with a notification, or odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    Algorithm,
    Amount,
    /// requestAmount and netAmount are not equal.
    AmountsParted,
    Expired,
    /// It expires about now.
    ExpiresNow,
    FutureIat,
    NoExp,
    NoToken,
    Nothing,
    Order,
    /// The token of the payment comes back, which the payer has.
    OwnToken,
    Signature,
    Terminal,
}

const FLAWS: &[Flaw] = &[
    Flaw::Algorithm,
    Flaw::Amount,
    Flaw::AmountsParted,
    Flaw::Expired,
    Flaw::ExpiresNow,
    Flaw::FutureIat,
    Flaw::NoExp,
    Flaw::NoToken,
    Flaw::Nothing,
    Flaw::Nothing,
    Flaw::Order,
    Flaw::OwnToken,
    Flaw::Signature,
    Flaw::Terminal,
];

/// The key of somebody who does not have the secret.
const GUESSED: &[u8] = b"guessed";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// The shop's order, and what it costs in pence.
    order: String,
    amount: i64,
    terminal: String,
    secret: String,
    now: i64,
    content_type: String,
    header: &'static str,
    /// What the header says.
    named: Algorithm,
    /// With what it is signed.
    signed: Algorithm,
    signer: Signer,
    escapes: Escapes,
    form: Form,
    /// Seconds from now.
    iat: i64,
    half_seconds: bool,
    /// Seconds from now.
    exp: Option<i64>,
    id: Option<String>,
    its_order: String,
    requested: i64,
    net: i64,
    its_terminal: String,
    unknown_claim: bool,
    /// It is the token that began the payment.
    is_payment: bool,
}

impl Notice {
    /// A notification, right or with one thing wrong.
    pub(super) fn arbitrary(rng: &mut dyn Rng) -> Self {
        let flaw = FLAWS[below(rng, u32::try_from(FLAWS.len()).unwrap_or(1)) as usize];
        Self::with(rng, flaw)
    }

    /// A notification with this flaw.
    pub(super) fn with(rng: &mut dyn Rng, flaw: Flaw) -> Self {
        // Fena notifies what was paid, so both are such that it could be.
        let order = drawn(|| messages::order(rng), |order| order.len() <= LONGEST);
        let amount = drawn(|| messages::amount(rng), |amount| (LEAST..LIMIT).contains(amount));
        let terminal = uuid(rng);
        let mut notice = Self {
            its_order: order.clone(),
            requested: amount,
            net: amount,
            its_terminal: terminal.clone(),
            order,
            amount,
            terminal,
            secret: uuid(rng),
            now: 1_600_000_000 + i64::from(below(rng, 300_000_000)),
            content_type: "application/x-www-form-urlencoded".to_owned(),
            header: HEADERS[below(rng, 4) as usize],
            named: Algorithm::Hs512,
            signed: Algorithm::Hs512,
            signer: Signer::Fena,
            escapes: if one_in(rng, 3) { Escapes::Php } else { Escapes::None },
            form: [Form::Alone, Form::Alone, Form::Before, Form::After][below(rng, 4) as usize],
            iat: -i64::from(below(rng, 5)),
            half_seconds: one_in(rng, 4),
            exp: Some(7200),
            id: (!one_in(rng, 4)).then(|| uuid(rng)),
            unknown_claim: one_in(rng, 3),
            is_payment: false,
        };
        notice.spoil(rng, flaw);
        notice
    }

    fn spoil(&mut self, rng: &mut dyn Rng, flaw: Flaw) {
        match flaw {
            Flaw::Algorithm => match below(rng, 6) {
                5 => (self.named, self.signed) = (Algorithm::Hs384, Algorithm::Hs384),
                0 => self.named = Algorithm::Hs256,
                1 | 2 => (self.named, self.signed) = (Algorithm::None, Algorithm::None),
                _ => (self.named, self.signed) = (Algorithm::Hs256, Algorithm::Hs256),
            },
            Flaw::Amount => {
                let other = match below(rng, 6) {
                    // The same pounds and other pence.
                    0 | 1 => self.amount / 100 * 100 + (self.amount % 100 + 50) % 100,
                    2 => self.amount + 1,
                    3 => self.amount - 1,
                    4 => self.amount + 1000,
                    _ => self.amount * 2,
                };
                (self.requested, self.net) = (other, other);
            }
            Flaw::AmountsParted if one_in(rng, 2) => self.net = self.amount - self.amount.min(20),
            Flaw::AmountsParted => self.requested = 1,
            Flaw::Expired => (self.iat, self.exp) = (-10_800, Some(-3600)),
            Flaw::ExpiresNow => (self.iat, self.exp) = (-7200, Some(-i64::from(below(rng, 2)))),
            Flaw::FutureIat => self.iat = 30,
            Flaw::NoExp => self.exp = None,
            Flaw::NoToken => self.form = Form::Misnamed,
            Flaw::Nothing => {}
            Flaw::Order => match below(rng, 6) {
                0 => self.its_order.push('0'),
                1 | 2 => self.its_order.insert(0, '0'),
                3 => self.its_order = uuid(rng),
                4 => self.its_order.push_str("-b"),
                _ => self.its_order.insert(0, 'a'),
            },
            Flaw::OwnToken => self.is_payment = true,
            Flaw::Signature => self.signer = if one_in(rng, 2) { Signer::Another } else { Signer::Changed },
            Flaw::Terminal => self.its_terminal = uuid(rng),
        }
    }

    /// The message that an integrator gets.
    pub(super) fn message(&self) -> Message {
        let header = self.header.replace("ALG", self.named.name());
        let payload = self.payload(self.requested);
        let key = if self.signer == Signer::Another { GUESSED } else { self.secret.as_bytes() };
        let mut token = assemble(&header, &payload, self.signed, key);
        if self.signer == Signer::Changed {
            // What was signed asked for another amount.
            let before = assemble(&header, &self.payload(self.requested + 1), self.signed, key);
            let claims = token.rsplit_once('.').map_or("", |(claims, _)| claims);
            token = format!("{claims}.{}", before.rsplit('.').next().unwrap_or(""));
        }
        let body = match self.form {
            Form::After => format!("token={token}&version=2"),
            Form::Alone => format!("token={token}"),
            Form::Before => format!("version=2&token={token}"),
            Form::Misnamed => format!("jwt={token}"),
        };
        let given = [
            ("body", STANDARD.encode(body)),
            ("terminal", self.terminal.clone()),
            ("secret", self.secret.clone()),
            ("order", self.order.clone()),
            ("amount", self.amount.to_string()),
            ("now", self.now.to_string()),
        ];
        Message {
            form: Cow::Borrowed(""),
            parameters: vec![(Cow::Borrowed("content-type"), self.content_type.clone())],
            given: given.map(|(name, value)| (Cow::Borrowed(name), value)).to_vec(),
        }
    }

    fn payload(&self, requested: i64) -> String {
        let mut claims: Vec<(&str, Value)> = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch are far below 2^53")]
        let time = |ahead: i64| {
            let seconds = self.now + ahead;
            if self.half_seconds { json!(seconds as f64 - 0.5) } else { json!(seconds) }
        };
        claims.push(("iat", time(self.iat)));
        claims.extend(self.exp.map(|exp| ("exp", json!(self.now + exp))));
        if self.is_payment {
            claims.push(("terminalID", json!(self.its_terminal)));
            claims.push(("orderID", json!(self.its_order)));
            claims.push(("amount", json!(pounds(requested))));
            return self.written(&claims);
        }
        claims.extend(self.id.as_ref().map(|id| ("id", json!(id))));
        claims.push(("orderID", json!(self.its_order)));
        claims.push(("requestAmount", json!(pounds(requested))));
        claims.push(("netAmount", json!(pounds(self.net))));
        claims.push(("terminal", json!(self.its_terminal)));
        let completed = jiff::Timestamp::from_second(self.now + self.iat).unwrap_or_default();
        claims.push(("completedAt", json!(completed.strftime("%Y-%m-%d %H:%M:%S").to_string())));
        if self.unknown_claim {
            claims.push(("bank", json!("ob-monzo")));
        }
        self.written(&claims)
    }

    fn written(&self, claims: &[(&str, Value)]) -> String {
        let fields: Vec<String> =
            claims.iter().map(|(name, value)| format!("\"{name}\":{}", self.escaped(value))).collect();
        format!("{{{}}}", fields.join(","))
    }

    fn escaped(&self, value: &Value) -> String {
        let text = value.to_string();
        if self.escapes == Escapes::None {
            return text;
        }
        let mut escaped = String::new();
        for character in text.chars() {
            match character {
                '/' => escaped.push_str("\\/"),
                ascii if ascii.is_ascii() => escaped.push(ascii),
                other => {
                    for unit in other.encode_utf16(&mut [0; 2]) {
                        escaped.push_str(&format!("\\u{unit:04x}"));
                    }
                }
            }
        }
        escaped
    }

    /// The traits of a message; `None` where it was not made from such.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let body = body_of(message);
        let now = number(message, "now");
        let (form, token) = match token_in(&body) {
            Some(token) if body.starts_with("token=") && body.contains('&') => (Form::After, token),
            Some(token) if body.starts_with("token=") => (Form::Alone, token),
            Some(token) => (Form::Before, token),
            None => (Form::Misnamed, body.strip_prefix("jwt=")?.to_owned()),
        };
        let parts = Parts::of(&token).ok()?;
        let named = Algorithm::named(parts.algorithm())?;
        let signed = Algorithm::of_length(parts.signature_length())?;
        let signer = match signed {
            _ if verify(&parts, signed, message.given("secret").as_bytes()) => Signer::Fena,
            Algorithm::None => Signer::Fena,
            _ if verify(&parts, signed, GUESSED) => Signer::Another,
            _ => Signer::Changed,
        };
        let header = text_of_segment(token.split('.').next()?)?;
        let is_payment = parts.claims.contains_key("terminalID");
        let pence = |name: &str| parts.text(name)?.replace('.', "").parse().ok();
        Some(Self {
            order: message.given("order").to_owned(),
            amount: number(message, "amount"),
            terminal: message.given("terminal").to_owned(),
            secret: message.given("secret").to_owned(),
            now,
            content_type: message.value("content-type")?.to_owned(),
            header: HEADERS.iter().find(|text| text.replace("ALG", named.name()) == header)?,
            named,
            signed,
            signer,
            escapes: if parts.payload.contains("\\/") || parts.payload.contains("\\u") {
                Escapes::Php
            } else {
                Escapes::None
            },
            form,
            iat: parts.seconds("iat")? - now + i64::from(parts.claims.get("iat").is_some_and(Value::is_f64)),
            half_seconds: parts.claims.get("iat").is_some_and(Value::is_f64),
            exp: parts.seconds("exp").map(|exp| exp - now),
            id: parts.text("id").map(ToOwned::to_owned),
            its_order: parts.text("orderID")?.to_owned(),
            requested: pence(if is_payment { "amount" } else { "requestAmount" })?,
            net: pence(if is_payment { "amount" } else { "netAmount" })?,
            its_terminal: parts.text(if is_payment { "terminalID" } else { "terminal" })?.to_owned(),
            is_payment,
            unknown_claim: parts.claims.contains_key("bank"),
        })
    }

    /// The same at another time.
    pub(super) fn at(mut self, now: i64) -> Self {
        self.now = now;
        self
    }

    /// Notifications with one trait made plainer, the plainest first.
    pub(super) fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut changed = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            if other != *self {
                simpler.push(other);
            }
        };
        changed(&|it| it.header = HEADERS[0]);
        changed(&|it| it.escapes = Escapes::None);
        changed(&|it| it.half_seconds = false);
        changed(&|it| it.unknown_claim = false);
        changed(&|it| {
            if it.form != Form::Misnamed {
                it.form = Form::Alone;
            }
        });
        changed(&|it| it.iat = if it.iat < -5 { -10_800 } else { 0 });
        changed(&|it| it.id = Some("1".to_owned()));
        changed(&|it| {
            // All amounts move together, so that what is equal stays equal.
            let (requested, net) = (it.requested - it.amount, it.net - it.amount);
            (it.amount, it.requested, it.net) = (100, (100 + requested).max(0), (100 + net).max(0));
        });
        for order in simpler_values(&self.order, "1") {
            if order.trim().is_empty() {
                continue;
            }
            // So do the orders.
            changed(&|it| {
                it.its_order = it.its_order.replace(&it.order, &order);
                it.order.clone_from(&order);
            });
        }
        simpler
    }
}

/// Draws until it fits.
fn drawn<T>(mut draw: impl FnMut() -> T, fits: impl Fn(&T) -> bool) -> T {
    loop {
        let value = draw();
        if fits(&value) {
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::SmallRng;

    use super::*;

    #[test]
    fn a_notification_is_read_back_as_it_was_made() {
        for seed in 0..2000 {
            let notice = Notice::arbitrary(&mut SmallRng::seed_from_u64(seed));
            let again = Notice::of(&notice.message());
            assert_eq!(again.map(|again| again.message()), Some(notice.message()), "{notice:?}");
        }
    }
}
