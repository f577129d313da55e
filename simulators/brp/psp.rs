//! The payment providers behind BRP: what each answers, and how its answer comes back.
//!
//! A shop never talks to them. They differ in their pages and in the words on the way back, which is
//! what a payer's browser shows. The mapping of their words to BRP's codes is assumed throughout.

use std::fmt::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::kit::outcome::Outcome;
use crate::kit::provider::Ground;

use super::codes;
use super::model::Attempt;

/// A payment provider that BRP works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Psp {
    /// BRP's own service.
    Brp,
    /// Nets Easy.
    Easy,
    /// Nets Netaxept.
    Netaxept,
    /// PayU.
    Payu,
    /// Svea Webpay.
    Svea,
    /// Swish.
    Swish,
}

/// One answer that a provider can give.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Who gives it.
    pub provider: Psp,
    /// The provider's own word.
    pub word: String,
    /// What it means, in our words.
    pub meaning: String,
    /// What BRP makes of it; empty for success.
    pub code: String,
    /// When it comes: `create`, `page` or `callback`.
    pub step: String,
    /// Whether it leaves open if money moved.
    #[serde(default)]
    pub unsettled: bool,
    /// How we know the word.
    pub provenance: Ground,
    /// Where it is written or seen.
    pub source: String,
}

static ANSWERS: LazyLock<Vec<Answer>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        answer: Vec<Answer>,
    }
    // The text is part of the program; a test reads it, so it parses.
    toml::from_str::<File>(include_str!("../../fixtures/brp/providers.toml"))
        .map_or_else(|_| Vec::new(), |file| file.answer)
});

impl Psp {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Brp => "BRP Betalning",
            Self::Easy => "Nets Easy",
            Self::Netaxept => "Nets Netaxept",
            Self::Payu => "PayU",
            Self::Svea => "Svea Webpay",
            Self::Swish => "Swish",
        }
    }

    /// Its name in addresses and on pages.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Brp => "brp",
            Self::Easy => "easy",
            Self::Netaxept => "netaxept",
            Self::Payu => "payu",
            Self::Svea => "svea",
            Self::Swish => "swish",
        }
    }

    /// Everything that it can answer.
    pub fn answers(self) -> impl Iterator<Item = &'static Answer> + Clone {
        ANSWERS.iter().filter(move |answer| answer.provider == self)
    }

    /// Its answer of this word.
    #[must_use]
    pub fn answer(self, word: &str) -> Option<&'static Answer> {
        self.answers().find(|answer| answer.word == word)
    }

    /// What it says when a payment ends so.
    #[must_use]
    pub fn word(self, outcome: &Outcome) -> &'static str {
        let code = match outcome {
            Outcome::Approve => "",
            Outcome::Cancel => "205",
            Outcome::Code(code) => code,
            Outcome::Decline | Outcome::Expire => "201",
        };
        // What happens to an order at BRP meanwhile is not the provider's affair: it has approved.
        let late = codes::code(code).is_some_and(|code| code.stage == "after");
        let code = if late { "" } else { code };
        let fitting = self.answers().filter(|answer| answer.step != "create");
        let found = fitting.clone().find(|answer| answer.code == code).or_else(|| {
            // Each provider has a word for failure.
            fitting.clone().find(|answer| answer.code == "201")
        });
        found.map_or("", |answer| answer.word.as_str())
    }

    /// The query with which it sends the payer back to BRP. `seal` stands for what BRP in reality
    /// verifies or asks the provider for, server to server.
    #[must_use]
    pub fn way_back(self, attempt: &Attempt, seal: &str) -> String {
        let word = attempt.word.as_deref().unwrap_or("");
        let mut query = form_urlencoded::Serializer::new(String::new());
        match self {
            Self::Brp | Self::Swish => {
                query.append_pair("transaction", &attempt.token).append_pair("status", word);
            }
            Self::Easy => {
                query.append_pair("paymentId", &attempt.token);
            }
            Self::Netaxept => {
                query.append_pair("transactionId", &attempt.token).append_pair("responseCode", word);
            }
            Self::Payu => {
                query.append_pair("orderId", &attempt.token);
                if attempt
                    .answer
                    .as_ref()
                    .is_some_and(|answer| self.word(answer) != self.word(&Outcome::Approve))
                {
                    query.append_pair("error", "501");
                }
            }
            Self::Svea => {
                let mut xml = String::new();
                let _ = write!(
                    xml,
                    "<response><transaction id=\"{}\"/><statuscode>{word}</statuscode></response>",
                    attempt.token
                );
                query.append_pair("response", &STANDARD.encode(xml));
                return query.append_pair("mac", seal).finish();
            }
        }
        query.append_pair("seal", seal).finish()
    }
}

/// The transaction and the seal of a query that some provider sends the payer back with.
#[must_use]
pub fn read_back(query: &str) -> (String, String) {
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    };
    let of_svea = || {
        let xml = String::from_utf8(STANDARD.decode(value("response")?).ok()?).ok()?;
        let (_, rest) = xml.split_once("<transaction id=\"")?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let named = ["transaction", "transactionId", "paymentId", "orderId"].into_iter().find_map(value);
    let transaction = named.or_else(of_svea).unwrap_or_default();
    (transaction, value("seal").or_else(|| value("mac")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_has_words_for_success_cancelling_and_failure() {
        for psp in [Psp::Brp, Psp::Easy, Psp::Netaxept, Psp::Payu, Psp::Svea, Psp::Swish] {
            let name = psp.name();
            let good = psp.answers().filter(|answer| answer.code.is_empty() && answer.step != "create");
            assert_eq!(good.count(), 1, "{name}");
            for outcome in [Outcome::Approve, Outcome::Cancel, Outcome::Decline] {
                assert!(!psp.word(&outcome).is_empty(), "{name} {outcome}");
            }
            assert_ne!(psp.word(&Outcome::Cancel), psp.word(&Outcome::Approve), "{name}");
            for answer in psp.answers().filter(|answer| !answer.code.is_empty()) {
                assert!(codes::code(&answer.code).is_some(), "{name} {}: {}", answer.word, answer.code);
            }
        }
    }
}
