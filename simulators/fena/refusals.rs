//! What is wrong with the token of a payment, in the order in which Fena looks.
//!
//! The steps and their ids are ours: the document gives the rules and does not say how a breach is
//! answered. Up to the signature the first fault ends it, for nothing behind it can be trusted; of the
//! claims every fault is told, and the first is the answer.

use serde_json::Value;

use crate::kit::address::is_email;
use crate::kit::jwt::{Algorithm, Parts, verify};
use crate::kit::operation::Fault;

use super::banks;
use super::codes;
use super::signing::{CLAIMS, LEAST, LIMIT, LONGEST};

/// How far a shop's clock may be ahead, in seconds.
const LEEWAY: f64 = 60.0;
/// No link is meant to hold longer, in seconds: ten years.
const FAR: f64 = 10.0 * 365.0 * 86_400.0;

/// What a token is held to.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// The secret of a terminal.
    pub(crate) secret: &'a dyn Fn(&str) -> Option<String>,
    /// The time, in seconds since the epoch.
    pub(crate) now: i64,
    /// Whether exactly 0.50 is too little.
    pub(crate) min_exclusive: bool,
}

/// What a token asks for. A claim that is missing or null reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) terminal: String,
    pub(crate) order: String,
    /// In pence.
    pub(crate) amount: i64,
    pub(crate) email: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) contact: String,
    pub(crate) bank: String,
    pub(crate) sort_code: String,
    pub(crate) account: String,
    pub(crate) reference: String,
}

/// The faults of a token, and what it asks for where it can be read and is signed.
pub(crate) fn examine(token: &str, terms: &Terms<'_>) -> (Vec<Fault>, Option<Asked>) {
    let one = |id, what: &str| (vec![fault(id, what, false)], None);
    if token.is_empty() {
        return one("token_missing", "the address has no token");
    }
    let parts = match Parts::of(token) {
        Ok(parts) => parts,
        Err(malformed) => return one("token_malformed", &malformed.to_string()),
    };
    if parts.algorithm() != Algorithm::Hs512.name() {
        let named = parts.header.get("alg").map_or_else(|| "nothing".to_owned(), shortened);
        return one("alg_not_allowed", &format!("the header names {named} for the algorithm"));
    }
    if parts.signature.is_empty() {
        return one("token_malformed", "the signature is empty");
    }
    let Some(terminal) = parts.text("terminalID") else {
        return one("terminal_unknown", "terminalID is missing or no string");
    };
    let Some(secret) = (terms.secret)(terminal) else {
        return one("terminal_unknown", &format!("there is no terminal `{}`", shorter(terminal)));
    };
    if !verify(&parts, Algorithm::Hs512, secret.as_bytes()) {
        return one("signature_invalid", "the signature is not that of the terminal's secret");
    }
    let mut found = Found(Vec::new());
    found.times(&parts, terms.now);
    found.presence(&parts);
    let mut asked = Asked { terminal: terminal.to_owned(), ..Asked::default() };
    found.order(&parts, &mut asked);
    found.amount(&parts, terms, &mut asked);
    found.texts(&parts, &mut asked);
    found.account(&mut asked);
    (found.0, Some(asked))
}

/// A fault, with what `codes.toml` says of its rule.
pub(crate) fn fault(id: &'static str, what: &str, passes: bool) -> Fault {
    let rule = codes::code(id)
        .map_or_else(String::new, |code| format!("{}: {}", code.cause_provenance, code.cause_source));
    Fault { id, what: what.to_owned(), rule, passes }
}

struct Found(Vec<Fault>);

impl Found {
    fn refuse(&mut self, id: &'static str, what: impl AsRef<str>) {
        self.0.push(fault(id, what.as_ref(), false));
    }

    /// Something that the rules `documented` let pass.
    fn let_pass(&mut self, id: &'static str, what: impl AsRef<str>) {
        self.0.push(fault(id, what.as_ref(), true));
    }

    fn times(&mut self, parts: &Parts, now: i64) {
        let (iat, exp) = (parts.time("iat"), parts.time("exp"));
        #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch are far below 2^53")]
        let now = now as f64;
        let came = |name: &str| parts.claims.get(name).map_or("nothing".to_owned(), shortened);
        if iat.is_none() {
            self.refuse("iat_invalid", format!("iat is {}, and not a number of seconds", came("iat")));
        }
        let Some(exp) = exp else {
            self.refuse("exp_invalid", format!("exp is {}, and not a number of seconds", came("exp")));
            return;
        };
        if iat.is_some_and(|iat| exp <= iat) {
            self.refuse("exp_invalid", "exp is not after iat");
        } else if exp <= now {
            self.refuse("token_expired", format!("it expired {:.0} seconds ago", now - exp));
        } else if exp > now + FAR {
            self.let_pass("exp_invalid", "exp is more than ten years ahead, as milliseconds are");
        }
        if let Some(ahead) = iat.map(|iat| iat - now).filter(|ahead| *ahead > LEEWAY) {
            self.refuse("iat_in_future", format!("iat is {ahead:.0} seconds ahead"));
        }
    }

    fn presence(&mut self, parts: &Parts) {
        let said = |names: &[&str]| names.join(", ");
        let (mut missing, mut null) = (Vec::new(), Vec::new());
        for name in CLAIMS.iter().chain(&["amount"]).copied() {
            let needed = name == "orderID" || name == "amount";
            match parts.claims.get(name) {
                None if needed => self.refuse("claim_missing", format!("{name} is missing")),
                Some(Value::Null) if needed => self.refuse("claim_null", format!("{name} is null")),
                None => missing.push(name),
                Some(Value::Null) => null.push(name),
                Some(_) => {}
            }
        }
        if !missing.is_empty() {
            self.let_pass("claim_missing", format!("missing: {}", said(&missing)));
        }
        if !null.is_empty() {
            self.let_pass("claim_null", format!("null: {}", said(&null)));
        }
    }

    fn order(&mut self, parts: &Parts, asked: &mut Asked) {
        match parts.claims.get("orderID") {
            None | Some(Value::Null) => {}
            Some(Value::String(order)) => {
                if order.trim().is_empty() {
                    self.refuse("order_empty", "orderID is empty");
                }
                self.length("orderID", order, "order_too_long");
                asked.order.clone_from(order);
            }
            Some(other) => {
                self.refuse("order_type", format!("orderID is {}, and not a string", shortened(other)));
            }
        }
    }

    fn amount(&mut self, parts: &Parts, terms: &Terms<'_>, asked: &mut Asked) {
        let text = match parts.claims.get("amount") {
            None | Some(Value::Null) => return,
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => {
                self.let_pass("amount_type", format!("amount is the number {number}, and not a string"));
                // As it was most probably meant: a serialiser has left out zeros, and nothing else.
                let text = number.to_string();
                let (pounds, pence) = text.split_once('.').unwrap_or((&text, ""));
                format!("{pounds}.{pence:0<2}")
            }
            Some(other) => {
                self.refuse("amount_type", format!("amount is {}, and not a string", shortened(other)));
                return;
            }
        };
        if text.trim().is_empty() {
            self.refuse("amount_empty", "amount is empty");
            return;
        }
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let pence = match text.split_once('.') {
            Some((pounds, pence)) if digits(pounds) && digits(pence) && pence.len() == 2 => {
                if pounds.len() > 1 && pounds.starts_with('0') {
                    self.let_pass("amount_format", format!("`{}` has leading zeros", shorter(&text)));
                }
                // Too many digits for a number are too much money too.
                format!("{pounds}{pence}").parse().unwrap_or(i64::MAX)
            }
            _ => {
                let what = format!("`{}` is not pounds, a point, and two decimals", shorter(&text));
                self.refuse("amount_format", what);
                return;
            }
        };
        if !(LEAST..LIMIT).contains(&pence) || (terms.min_exclusive && pence == LEAST) {
            let least = if terms.min_exclusive { "above" } else { "at least" };
            self.refuse("amount_range", format!("{} is not {least} 0.50 and below 5000", shorter(&text)));
        }
        asked.amount = pence;
    }

    fn texts(&mut self, parts: &Parts, asked: &mut Asked) {
        let fields: [(&str, &'static str, &mut String); 7] = [
            ("email", "email_too_long", &mut asked.email),
            ("firstName", "first_name_too_long", &mut asked.first_name),
            ("lastName", "last_name_too_long", &mut asked.last_name),
            ("contactNumber", "contact_too_long", &mut asked.contact),
            ("bankID", "", &mut asked.bank),
            ("sortCode", "", &mut asked.sort_code),
            ("accountNumber", "", &mut asked.account),
        ];
        for (name, too_long, field) in fields {
            match parts.claims.get(name) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => {
                    if !too_long.is_empty() {
                        self.length(name, text, too_long);
                    }
                    field.clone_from(text);
                }
                Some(other) => {
                    self.refuse("claim_type", format!("{name} is {}, and not a string", shortened(other)));
                }
            }
        }
        asked.reference = parts.text("reference").unwrap_or_default().chars().take(18).collect();
        if !asked.email.is_empty() && !is_email(&asked.email) {
            self.refuse("email_invalid", format!("`{}` is no e-mail address", shorter(&asked.email)));
        }
    }

    fn account(&mut self, asked: &mut Asked) {
        let digits =
            |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        let (sort, account) = (asked.sort_code.as_str(), asked.account.as_str());
        if !sort.is_empty() && !digits(sort, 6) {
            self.refuse("sort_code_invalid", format!("`{}` is not six digits", shorter(sort)));
        }
        if !account.is_empty() && !digits(account, 8) {
            self.refuse("account_invalid", format!("`{}` is not eight digits", shorter(account)));
        }
        if sort.is_empty() != account.is_empty() {
            self.refuse(
                "sort_and_account_required",
                "one of sortCode and accountNumber is there without the other",
            );
        } else if !sort.is_empty() && asked.bank.is_empty() {
            self.refuse("provider_required", "sortCode and accountNumber are there without a bankID");
        }
        if !asked.bank.is_empty() && !banks::is_known(&asked.bank) {
            self.let_pass("bank_unknown", format!("there is no bank `{}`", shorter(&asked.bank)));
            // The payer chooses a bank, and an account is one bank's.
            asked.bank.clear();
            asked.sort_code.clear();
            asked.account.clear();
        }
    }

    /// A text of at most 255 characters. Whoever counts bytes may find it longer.
    fn length(&mut self, name: &str, text: &str, too_long: &'static str) {
        let length = text.chars().count();
        if length > LONGEST {
            self.refuse(too_long, format!("{name} has {length} characters"));
        }
    }
}

fn shortened(value: &Value) -> String {
    shorter(&value.to_string())
}

/// The start of a text that may be long.
fn shorter(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}
