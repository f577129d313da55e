//! One entry with all that is known of it.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use provkassa_simulators::kit::journal::{Captured, Event};
use provkassa_simulators::kit::mask::Masker;

use super::controls::{Callback, callback};
use super::curl;
use super::frame::{Frame, page, trouble};
use super::links::{address, timeline};
use super::moment::{Moment, Remark, moment_of};
use super::signed::{Signed, signed};
use super::text::{LINE, body, bytes, line};
use super::view::View;
use super::{Shared, masker};
use crate::serve::house::House;

/// The longest header and request line that is shown, in characters.
const LONGEST: usize = 8000;

#[derive(Debug, Template)]
#[template(path = "live/entry.html", config = ".config/askama.toml")]
struct EntryPage {
    frame: Frame,
    back: String,
    moment: Moment,
    facts: Vec<(&'static str, String)>,
    remarks: Vec<Remark>,
    signed: Vec<Signed>,
    messages: Vec<Message>,
    curl: String,
    callback: Option<Callback>,
}

/// A message as it travelled.
#[derive(Debug)]
struct Message {
    title: String,
    line: String,
    headers: Vec<(String, String)>,
    body: String,
    /// The body byte by byte, where it is no UTF-8.
    bytes: Option<String>,
    length: usize,
    is_cut: bool,
}

impl Message {
    fn of(title: &str, message: &Captured, masker: &Masker) -> Self {
        let headers = message.headers.iter().map(|(name, value)| {
            (line(masker, name, LINE), line(masker, &masker.header(name, value), LONGEST))
        });
        Self {
            title: title.to_owned(),
            line: line(masker, &message.line, LONGEST),
            headers: headers.collect(),
            body: body(masker, &message.body),
            bytes: bytes(masker, &message.body),
            length: message.body_length,
            is_cut: message.body.len() < message.body_length,
        }
    }
}

/// `GET /_sim/live/entries/{cursor}`
pub(super) async fn show(
    State(house): Shared,
    Path(cursor): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = View::read(&query.unwrap_or_default());
    let entry = cursor.parse().ok().and_then(|cursor| house.workspaces.journal().entry(cursor));
    let Some(entry) = entry.filter(|entry| super::told(&house, &View::default())(entry)) else {
        return trouble(
            &house,
            StatusCode::NOT_FOUND,
            "There is no such entry, or not any more.",
            "The journal keeps the latest 64 MiB. Go back to the live view for what is there.",
        );
    };
    let masker = masker(&house, entry.workspace.as_deref());
    let here = address(&house, &format!("/_sim/live/entries/{cursor}"), &view.pairs());
    let mut moment = Moment::of(&house, &entry, &masker, here);
    let provider = provkassa_simulators::provider(entry.provider);
    let name = provider.map_or(entry.provider, |provider| provider.info().name);
    let mut facts = vec![
        ("Provider", name.to_owned()),
        ("Workspace", entry.workspace.clone().unwrap_or_else(|| "nobody's".to_owned())),
        ("Order", entry.order.as_ref().map_or_else(|| "none".to_owned(), |order| line(&masker, order, LINE))),
        ("At", moment_of(entry.at)),
    ];
    let mut told = None;
    let (messages, asked) = match &entry.event {
        Event::Callback { id, attempt, request, instead, .. } => {
            facts.push(("Callback", format!("{id}, attempt {attempt}")));
            facts.extend(instead.as_ref().map(|instead| ("Went to", line(&masker, instead, LONGEST))));
            told = entry.workspace.as_deref().and_then(|name| callback(&house, name, id, &view));
            (vec![Message::of("What was sent", request, &masker)], request)
        }
        Event::Exchange { request, reply, .. } => {
            let messages =
                vec![Message::of("The request", request, &masker), Message::of("The answer", reply, &masker)];
            (messages, request)
        }
    };
    let page_of = EntryPage {
        frame: Frame::new(&house, format!("{}, {}", moment.what, moment.time), ""),
        back: timeline(&house, &view),
        remarks: std::mem::take(&mut moment.remarks),
        moment,
        facts,
        signed: signed(&house, &entry),
        messages,
        curl: curl::command(asked, way(&house), &masker),
        callback: told,
    };
    page(StatusCode::OK, &page_of)
}

/// How the reader sends again what came.
fn way(house: &House) -> curl::Way<'_> {
    curl::Way {
        scheme: house.scheme(),
        public_url: house.public_url.as_deref(),
        authority: house.authority.as_deref(),
    }
}
