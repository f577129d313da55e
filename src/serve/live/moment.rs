//! An entry as a few lines of a story: who asked whom for what, and what there is to say of it.

use http::Uri;
use jiff::Timestamp;
use provkassa_simulators::kit::journal::{Captured, Entry, Event};
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::page::canonical;
use provkassa_simulators::kit::trail::Remarks;
use provkassa_simulators::{PROVIDERS, provider};

use super::prose::Prose;
use super::text::{LINE, REMARK, line};
use crate::serve::house::House;

const PAYER: &str = "Payer";
const SHOP: &str = "Shop";

/// A step of a story.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) cursor: u64,
    /// Where everything about it stands.
    pub(super) link: String,
    pub(super) time: String,
    pub(super) at: String,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// What happened, in two or three words.
    pub(super) what: String,
    /// The request line without its query.
    pub(super) line: String,
    pub(super) status: String,
    pub(super) status_class: &'static str,
    pub(super) remarks: Vec<Remark>,
    /// The string that the shop had to sign, where it signed another one.
    pub(super) canonical: String,
    /// Where the payer is sent, if not to another page of the same provider's.
    pub(super) onward: Option<Onward>,
}

/// Something that there is to say of an entry.
#[derive(Debug)]
pub(super) struct Remark {
    /// `good`, `bad` or `warn`.
    pub(super) class: &'static str,
    /// What it is about: a stable word.
    pub(super) about: &'static str,
    pub(super) label: &'static str,
    pub(super) text: Prose,
}

/// A redirect.
#[derive(Debug)]
pub(super) struct Onward {
    pub(super) to: &'static str,
    pub(super) address: String,
    /// Whether the payer leaves the providers.
    pub(super) is_back: bool,
}

impl Moment {
    pub(super) fn of(house: &House, entry: &Entry, masker: &Masker, link: String) -> Self {
        let own = provider(entry.provider).map_or(entry.provider, |provider| provider.info().name);
        let (time, at) = (entry.at.strftime("%H:%M:%S").to_string(), entry.at.to_string());
        let base = Self {
            cursor: entry.cursor,
            link,
            time,
            at,
            from: own,
            to: SHOP,
            what: String::new(),
            line: String::new(),
            status: String::new(),
            status_class: "bad",
            remarks: Vec::new(),
            canonical: String::new(),
            onward: None,
        };
        match &entry.event {
            Event::Callback { attempt, request, instead, result, fault, .. } => Self {
                what: if *attempt == 1 {
                    "Callback".to_owned()
                } else {
                    format!("Callback, attempt {attempt}")
                },
                line: bare(masker, &request.line),
                status: result.as_ref().map_or_else(|_| "failed".to_owned(), ToString::to_string),
                status_class: result.as_ref().map_or("bad", |status| class_of(*status)),
                remarks: struck(masker, fault.as_deref())
                    .into_iter()
                    .chain(instead.as_deref().map(|instead| rewritten(masker, instead)))
                    .chain(result.as_ref().err().map(|why| failure(masker, why)))
                    .collect(),
                ..base
            },
            Event::Exchange { request, reply, remarks } => {
                let status = status_of(reply);
                let from = if is_browser(request, reply) { PAYER } else { SHOP };
                Self {
                    from,
                    to: own,
                    what: asked(from, request, reply, status).to_owned(),
                    line: bare(masker, &request.line),
                    status: status.to_string(),
                    status_class: class_of(status),
                    remarks: said(masker, remarks),
                    canonical: missed(masker, remarks),
                    onward: onward(house, masker, request, reply, own),
                    ..base
                }
            }
        }
    }

    /// The moment in one sentence, for who does not see it.
    pub(super) fn told(&self) -> String {
        let Self { from, to, what, status, .. } = self;
        format!("{what}, {from} to {to}: {status}")
    }
}

/// Everything that was remarked, the signature first.
pub(super) fn said(masker: &Masker, remarks: &Remarks) -> Vec<Remark> {
    let text = |text: &str| Prose::from(line(masker, text, REMARK));
    let mut said = Vec::new();
    let verdict = remarks.evidence.as_ref().map_or("", |sent| sent.verdict.as_str());
    let diagnosis = remarks.diagnosis.as_deref().unwrap_or_default();
    // Often the one holds the other.
    if let Some(sent) = &remarks.evidence
        && !verdict.is_empty()
        && (verdict.contains(diagnosis) || !diagnosis.contains(verdict.trim_end_matches('.')))
    {
        let class = if sent.right { "good" } else { "bad" };
        said.push(Remark { class, about: "signature", label: "Check", text: text(verdict) });
    }
    if !diagnosis.is_empty() && !verdict.contains(diagnosis) {
        said.push(Remark { class: "bad", about: "diagnosis", label: "Diagnosis", text: text(diagnosis) });
    }
    if let Some(why) = &remarks.unclaimed {
        said.push(Remark { class: "bad", about: "unclaimed", label: "Nobody's", text: text(why) });
    }
    said.extend(struck(masker, remarks.fault.as_deref()));
    let warnings = remarks.warnings.iter();
    said.extend(warnings.map(|warning| Remark {
        class: "warn",
        about: "warning",
        label: "Warning",
        text: text(warning),
    }));
    said
}

/// The string to sign, where the signature is wrong.
fn missed(masker: &Masker, remarks: &Remarks) -> String {
    let wrong = remarks.evidence.as_ref().filter(|sent| !sent.right);
    wrong.map_or_else(String::new, |sent| {
        line(masker, &canonical(masker, &sent.canonical, &sent.parameters), REMARK)
    })
}

/// What is said of a message that a planted fault struck.
fn struck(masker: &Masker, note: Option<&str>) -> Option<Remark> {
    note.map(|note| Remark {
        class: "warn",
        about: "fault",
        label: "Fault",
        text: line(masker, note, REMARK).into(),
    })
}

/// What is said of a callback that went elsewhere than the shop wanted it.
fn rewritten(masker: &Masker, instead: &str) -> Remark {
    let text = format!("it went to {} (--callback-rewrite)", bare(masker, instead));
    Remark { class: "warn", about: "rewritten", label: "Rewritten", text: text.into() }
}

/// What is said of a callback that did not arrive.
pub(super) fn failure(masker: &Masker, why: &str) -> Remark {
    Remark { class: "bad", about: "failure", label: "Failed", text: line(masker, why, REMARK).into() }
}

/// The status of a reply, whose line is `302 Found`.
pub(super) fn status_of(reply: &Captured) -> u16 {
    reply.line.split(' ').next().and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// `good` or `bad`, or neither.
pub(super) fn class_of(status: u16) -> &'static str {
    match status {
        200..300 => "good",
        300..400 => "away",
        _ => "bad",
    }
}

/// The moment of an entry, for people.
pub(super) fn moment_of(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A header's value; empty where it is not there.
pub(super) fn header<'a>(message: &'a Captured, wanted: &str) -> &'a str {
    let found = message.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map_or("", |(_, value)| value.as_str())
}

/// Whether it looks as if a payer's browser asked: it says so itself, or gets a page or is sent on. Who has a
/// credential is the shop; and what some libraries for servers say is what browsers say, but for the site.
fn is_browser(request: &Captured, reply: &Captured) -> bool {
    if !header(request, "authorization").is_empty() {
        return false;
    }
    header(request, "accept").contains("text/html")
        || !header(request, "sec-fetch-site").is_empty()
        || header(request, "sec-fetch-mode") == "navigate"
        || header(reply, "content-type").starts_with("text/html")
        || !header(reply, "location").is_empty()
}

fn asked(from: &str, request: &Captured, reply: &Captured, status: u16) -> &'static str {
    let is_get = request.line.starts_with("GET ");
    match (from == PAYER, is_get) {
        (true, true) if (300..400).contains(&status) => "Link opened",
        (true, true) if header(reply, "content-type").starts_with("text/html") => "Page opened",
        (true, true) => "Fetched",
        (true, false) => "Form sent",
        (false, _) => "Call",
    }
}

/// A request line as far as its query.
pub(super) fn bare(masker: &Masker, text: &str) -> String {
    line(masker, text.split('?').next().unwrap_or_default(), LINE)
}

fn onward(house: &House, masker: &Masker, request: &Captured, reply: &Captured, own: &str) -> Option<Onward> {
    let address = header(reply, "location");
    let to = destination(house, header(request, "host"), address)?;
    (to != own).then(|| Onward { to, address: line(masker, address, LINE), is_back: to == SHOP })
}

/// Whether an answer to this request sends the payer from the provider back to the shop.
pub(super) fn is_back(house: &House, request: &Captured, address: &str) -> bool {
    destination(house, header(request, "host"), address) == Some(SHOP)
}

/// Who is at an address; none for the provider that hands it out.
fn destination(house: &House, host: &str, address: &str) -> Option<&'static str> {
    let uri: Uri = address.parse().ok()?;
    if uri.path() == "/_sim/return" {
        return Some(SHOP);
    }
    let authority = uri.authority()?.as_str();
    let known = house.addresses.iter().find(|(_, address)| address.to_string() == authority);
    if let Some((id, _)) = known {
        return PROVIDERS.iter().find(|known| known.info().id == *id).map(|known| known.info().name);
    }
    let public = house.public_url.as_ref().is_some_and(|url| address.starts_with(url.as_str()));
    (authority != host && !public).then_some(SHOP)
}
