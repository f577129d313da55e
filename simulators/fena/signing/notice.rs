//! A notification by its traits, so that it can be drawn, made simpler and signed anew.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::conditions::{body_of, token_in};
use super::messages::{CLAIMS, number, pounds};
use crate::kit::jwt::{Algorithm, Parts, assemble, text_of_segment, verify};
use crate::kit::operation::Message;
use crate::kit::simpler::simpler_values;

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
pub(super) const HEADERS: &[&str] = &[
    r#"{"typ":"JWT","alg":"ALG"}"#,
    r#"{"alg":"ALG","typ":"JWT"}"#,
    r#"{"alg":"ALG"}"#,
    r#"{ "alg" : "ALG" }"#,
];

/// What a form is called.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The key of somebody who does not have the secret.
const GUESSED: &[u8] = b"guessed";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// The shop's order, and what it costs in pence.
    pub(super) order: String,
    pub(super) amount: i64,
    pub(super) terminal: String,
    pub(super) secret: String,
    pub(super) now: i64,
    pub(super) header: &'static str,
    /// What the header says.
    pub(super) named: Algorithm,
    /// With what it is signed.
    pub(super) signed: Algorithm,
    pub(super) signer: Signer,
    pub(super) escapes: Escapes,
    pub(super) form: Form,
    /// Seconds from now.
    pub(super) iat: i64,
    pub(super) half_seconds: bool,
    /// Seconds from now.
    pub(super) exp: Option<i64>,
    pub(super) id: Option<String>,
    pub(super) its_order: String,
    pub(super) requested: i64,
    pub(super) net: i64,
    pub(super) its_terminal: String,
    pub(super) unknown_claim: bool,
    /// It is the token that began the payment.
    pub(super) is_payment: bool,
}

impl Notice {
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
            parameters: vec![(Cow::Borrowed("content-type"), FORM.to_owned())],
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
            claims.push(("amount", json!(pounds(requested))));
            let value = |name| if name == "orderID" { json!(self.its_order) } else { json!("") };
            claims.extend(CLAIMS.iter().map(|name| (*name, value(*name))));
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
        let mut text = String::with_capacity(512);
        for (name, value) in claims {
            text.extend([if text.is_empty() { "{\"" } else { ",\"" }, name, "\":", &self.escaped(value)]);
        }
        text.push('}');
        text
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
