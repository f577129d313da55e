//! How a shop opens the window: who it is, from where it comes, what it asks for, and whether its hash is right.
//! That it is examined in this order is assumed.

use http::HeaderMap;
use http::header::{ORIGIN, REFERER};
use url::Url;

use crate::bambora::ID;
use crate::bambora::acquirer::Verdict;
use crate::bambora::doors::plain;
use crate::bambora::model::{Merchant, Subscription, Transaction};
use crate::bambora::perform;
use crate::bambora::signing::{self, HASH, Hashed};
use crate::kit::digest::{hex, sha256};
use crate::kit::page::Sent;
use crate::kit::settings::Settings;
use crate::kit::table::Tx;

use super::methods::Offer;
use super::parameters::{Encoding, Parameters};
use super::returning::is_web_port;
use super::session::{End, Window};
use super::terms::{self, Flaw, Storing, Terms};

/// A merchant number that nobody has.
pub(super) const NO_MERCHANT: &str = "-5506";
/// A page that may not open the window.
const NOT_LISTED: &str = "-5507";
/// Nothing is left that could pay.
const NO_CARD_TYPES: &str = "-5505";
const WRONG_HASH: &str = "-1011";
const NO_SUBSCRIPTION: &str = "-1009";

/// What a shop sent to open the window.
pub(super) struct Asking<'a> {
    /// `POST`.
    pub(super) method: &'a str,
    pub(super) parameters: Parameters,
    /// The host of the page that the payer comes from; `None` where the browser does not tell.
    pub(super) from: Option<String>,
}

/// What became of it.
pub(super) struct Opened {
    /// The window's token, or why there is none.
    pub(super) result: Result<String, Flaw>,
    pub(super) sent: Sent,
    /// What was hashed, and with which key it should have been, where it was not.
    wrong: Option<(Hashed, String)>,
}

impl Opened {
    /// Says of a wrong hash what was done wrong. That takes its time: nobody else should have to wait meanwhile.
    pub(super) fn explain(&mut self) {
        let mistake = self.wrong.as_ref().and_then(|(hashed, key)| signing::diagnosis(hashed, key));
        if let Some(mistake) = mistake {
            self.sent.verdict.push_str(&format!(" The mistake: {mistake}."));
        }
    }
}

/// How values are read that come without `encoding`.
pub(super) fn usual_encoding(settings: &Settings) -> Encoding {
    if settings.get("bambora.encoding") == "utf-8" { Encoding::Utf8 } else { Encoding::Latin1 }
}

/// The host of the page from which a browser comes, without its port.
pub(super) fn host_of(headers: &HeaderMap) -> Option<String> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let from = header(REFERER).or_else(|| header(ORIGIN))?;
    Some(Url::parse(from).ok()?.host_str()?.to_ascii_lowercase())
}

/// Opens a window, or the one that is open for the same already.
pub(super) fn open(tx: &mut Tx<'_>, asking: &Asking<'_>) -> Opened {
    let mut sent = evidence(asking);
    let mut key = None;
    let result = examine(tx, asking, &mut sent, &mut key).map(|terms| begin(tx, asking, terms, &sent));
    if let Err(flaw) = &result
        && sent.verdict.is_empty()
    {
        sent.verdict = format!("{}: {}.", flaw.code, flaw.what);
        sent.right = false;
    }
    let wrong = key.map(|key| (asking.parameters.hashed(), key));
    Opened { result, sent, wrong }
}

fn evidence(asking: &Asking<'_>) -> Sent {
    let mut parameters = asking.parameters.pairs().to_vec();
    if !asking.parameters.hash().is_empty() {
        parameters.push((HASH.to_owned(), asking.parameters.hash().to_owned()));
    }
    Sent {
        request: format!("{} /integration/ewindow/Default.aspx", asking.method),
        canonical_is: "The values that are hashed; the MD5 key follows them:".to_owned(),
        canonical: asking.parameters.pairs().iter().map(|(_, value)| value.as_str()).collect(),
        parameters,
        ..Sent::default()
    }
}

/// The terms, or what keeps the window from opening.
fn examine(
    tx: &mut Tx<'_>,
    asking: &Asking<'_>,
    sent: &mut Sent,
    key: &mut Option<String>,
) -> Result<Terms, Flaw> {
    let Asking { parameters, from, .. } = asking;
    let number = parameters.get("merchantnumber");
    let merchant = tx.all::<Merchant>().into_iter().find(|merchant| merchant.number == plain(number));
    let merchant = merchant.ok_or_else(|| match number {
        "" => Flaw::new(NO_MERCHANT, "merchantnumber is missing"),
        _ => Flaw::new(NO_MERCHANT, format!("there is no merchant `{number}` here")),
    })?;
    match from {
        _ if merchant.domains.is_empty() => {}
        Some(host) if merchant.domains.iter().any(|domain| domain.eq_ignore_ascii_case(host)) => {}
        Some(host) => {
            return Err(Flaw::new(NOT_LISTED, format!("`{host}` is not among the merchant's domains")));
        }
        None => sent.warnings.push(
            "the browser does not tell which page it comes from, so the merchant's domains are not asked; whether ePay would refuse it is not known"
                .to_owned(),
        ),
    }
    let terms = terms::read(parameters)?;
    let checks = tx.settings.get("bambora.md5_mode") == "both" && !merchant.md5_key.is_empty();
    if !checks {
        "The hash is not looked at: the merchant's MD5 mode is not for it.".clone_into(&mut sent.verdict);
        sent.right = true;
    } else if parameters.is_signed(&merchant.md5_key) {
        "The hash is right.".clone_into(&mut sent.verdict);
        sent.right = true;
    } else {
        let said = if parameters.hash().is_empty() { "The hash is missing." } else { "The hash is wrong." };
        said.clone_into(&mut sent.verdict);
        *key = Some(merchant.md5_key.clone()).filter(|_| !parameters.hash().is_empty());
        return Err(Flaw::new(WRONG_HASH, said.trim_end_matches('.')));
    }
    match terms.storing {
        Storing::InPlaceOf(_) if !tx.settings.on("bambora.card_change") => {
            let what = "subscription 2 is no value that this merchant may send (setting bambora.card_change)";
            return Err(Flaw::new(terms::INVALID_DATA, what));
        }
        Storing::InPlaceOf(id) if tx.get::<Subscription>(id).is_none() => {
            return Err(Flaw::new(NO_SUBSCRIPTION, format!("there is no subscription {id}")));
        }
        _ => {}
    }
    if let Some(Verdict::Epay(-1001)) = perform::used_order(tx, &terms.order) {
        return Err(Flaw::new("-1001", format!("the order number `{}` was used before", terms.order)));
    }
    if Offer::of(&terms).is_empty() {
        let what = "paymenttype, paymentcollection and subscription leave nothing to pay with";
        return Err(Flaw::new(NO_CARD_TYPES, what));
    }
    sent.warnings.extend(parameters.misread().map(ToOwned::to_owned));
    sent.warnings.extend(terms::remarks(parameters, &terms));
    sent.warnings.extend(remarks(tx, &terms, &merchant));
    Ok(terms)
}

/// What passes and should be known of, beside the parameters themselves.
fn remarks(tx: &Tx<'_>, terms: &Terms, merchant: &Merchant) -> Vec<String> {
    let mut remarks = Vec::new();
    if terms.accept.is_empty() {
        remarks.push("there is no accepturl: the payer stays in the window after payment".to_owned());
    }
    let callback = [&terms.callback, &merchant.callback_url].into_iter().find(|url| !url.is_empty());
    match callback {
        None => remarks
            .push("there is no callbackurl, here or in the merchant's settings: nobody is told".to_owned()),
        Some(url) if !is_web_port(url) && tx.settings.get("bambora.callback_ports") == "web" => {
            remarks.push(format!(
                "ePay calls back to ports 80 and 443 alone, and `{url}` is at another: nothing is sent there"
            ));
        }
        Some(_) => {}
    }
    let paid = |order: &str| tx.all::<Transaction>().iter().any(|transaction| transaction.order == order);
    if !terms.order.is_empty() && paid(&terms.order) {
        remarks.push(format!(
            "the order number `{}` was paid before: a merchant with unique order numbers gets -1001 here",
            terms.order
        ));
    }
    remarks
}

/// The window for these terms: the one that is open for the order, or a new one. A link without an order is anybody's.
fn begin(tx: &mut Tx<'_>, asking: &Asking<'_>, terms: Terms, sent: &Sent) -> String {
    let all: Vec<u8> = asking
        .parameters
        .pairs()
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat())
        .collect();
    let mark = hex(&sha256(&all));
    let same = |window: &std::sync::Arc<Window>| window.mark == mark && window.is_open(tx.now);
    let known = tx.all::<Window>().into_iter().filter(|_| !terms.order.is_empty()).find(same);
    if let Some(known) = known {
        return known.token.clone();
    }
    let token = tx.token::<Window>(&format!("{ID}/{mark}"));
    let window = Window {
        token: token.clone(),
        mark,
        terms,
        sent: sent.clone(),
        since: tx.now,
        active: tx.now,
        end: End::Open,
    };
    tx.put(window);
    token
}
