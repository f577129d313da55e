//! What is kept in a workspace: a page for each kind of record, with a form that adds one.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::kit::provider::Provider;
use provkassa_simulators::provider;
use serde_json::Value;

use super::controls::{action, done};
use super::frame::{Frame, page, told, trouble};
use super::links::address;
use super::text::{LINE, body, line};
use super::view::View;
use super::{Shared, masker};
use crate::serve::control::records_of;
use crate::serve::house::House;

/// How many records are shown, the latest first.
const MOST: usize = 200;

#[derive(Debug, Template)]
#[template(path = "live/records.html", config = ".config/askama.toml")]
struct RecordsPage {
    frame: Frame,
    provider: &'static str,
    home: String,
    record: String,
    kinds: Vec<Kind>,
    records: Vec<Record>,
    left_out: usize,
    workspace: String,
    action: String,
    back: String,
    done: &'static str,
}

/// A kind of record, and where its page is.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) link: String,
    pub(super) is_here: bool,
}

#[derive(Debug)]
struct Record {
    title: String,
    fields: String,
}

/// The kinds of record of a provider; `here` is the one that is looked at.
pub(super) fn kinds(house: &House, id: &str, view: &View, here: &str) -> Vec<Kind> {
    let records = provider(id).map_or(&[][..], |provider| provider.records());
    let kind = |name: &&'static str| Kind {
        name,
        link: address(house, &format!("/_sim/live/providers/{id}/records/{name}"), &view.pairs()),
        is_here: *name == here,
    };
    records.iter().map(kind).collect()
}

/// `GET /_sim/live/providers/{id}/records/{kind}`
pub(super) async fn show(
    State(house): Shared,
    Path((id, kind)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let view = View::read(&query);
    let name = view.subject();
    let Some(workspace) = house.workspaces.get(name) else {
        let help = "The workspaces stand in the filter of the live view.";
        return trouble(&house, StatusCode::NOT_FOUND, "There is no such workspace.", help);
    };
    let records = match records_of(&workspace, &id, &kind).await {
        Ok(records) => records,
        Err(problem) => return told(&house, &problem),
    };
    let masker = masker(&house, Some(name));
    let info = provider(&id).map(Provider::info);
    let (id, provider) = info.map_or(("", ""), |info| (info.id, info.name));
    let page_of = RecordsPage {
        frame: Frame::new(&house, format!("{provider}: {kind}"), id),
        provider,
        home: address(&house, &format!("/_sim/live/providers/{id}"), &view.pairs()),
        kinds: kinds(&house, id, &view, &kind),
        left_out: records.len().saturating_sub(MOST),
        records: records.iter().rev().take(MOST).map(|record| Record::of(record, &masker)).collect(),
        action: action(&house, "seed"),
        back: address(&house, &format!("/_sim/live/providers/{id}/records/{kind}"), &view.pairs()),
        record: format!("{id}/{kind}"),
        workspace: name.to_owned(),
        done: done(&query),
    };
    page(StatusCode::OK, &page_of)
}

impl Record {
    fn of(record: &Value, masker: &Masker) -> Self {
        let text = serde_json::to_string_pretty(record).unwrap_or_default();
        Self { title: title(record, masker), fields: body(masker, text.as_bytes()) }
    }
}

/// What a record is called: what identifies it, and what people call it.
fn title(record: &Value, masker: &Masker) -> String {
    let said = |names: &[&str]| {
        names.iter().find_map(|name| match &record[name] {
            Value::String(text) if !text.is_empty() => Some(line(masker, text, LINE)),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    };
    let words = [said(IDENTIFIERS), said(NAMES)];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const IDENTIFIERS: &[&str] =
    &["id", "number", "code", "uuid", "transaction", "invoice_number", "order", "token", "url"];
const NAMES: &[&str] =
    &["order_id", "name", "company_name", "shop_name", "last_name", "subject", "email", "type"];
