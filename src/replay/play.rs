//! Plays a flow over HTTP.

use provkassa_simulators::provider;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::Value;

use super::made;
use super::pattern::{Known, departs, fill, fill_json, matches, stands_in};
use super::shop::Shop;
use super::xml::as_json;
use super::{Expect, Flow, Send, Step};
use crate::serve::sandbox::Sandbox;

/// What went over the wire in one step.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Who does what.
    pub does: String,
    /// How we know it: the ground and its source.
    pub known: String,
    /// Method, address and body.
    pub request: String,
    /// Status, and `Location` or the start of the body.
    pub answer: String,
    /// The callbacks that the shop got, where the step looks at them.
    pub callbacks: Vec<String>,
    /// Where the answer departs from the fixture.
    pub departs: Vec<String>,
}

/// A flow that was played, up to the first departure.
#[derive(Clone, Debug)]
pub struct Played {
    /// The flow.
    pub flow: Flow,
    /// Its exchanges.
    pub exchanges: Vec<Exchange>,
}

impl Played {
    /// Whether every exchange was as the fixture has it.
    #[must_use]
    pub fn is_faithful(&self) -> bool {
        self.exchanges.iter().all(|exchange| exchange.departs.is_empty())
    }
}

/// Why a flow could not be played at all: its file asks for something that cannot be.
#[derive(Clone, Debug, thiserror::Error)]
#[error("step {step} of `{flow}`: {why}")]
pub struct Refused {
    /// The flow.
    pub flow: String,
    /// Which step, from 1.
    pub step: usize,
    /// What is wrong with it.
    pub why: String,
}

/// Plays a flow against a sandbox that nobody has used: settings and the clock stay where a flow puts
/// them.
pub async fn play(flow: &Flow, sandbox: &Sandbox) -> Result<Played, Refused> {
    play_between(flow, sandbox, async || {}).await
}

/// Plays a flow, and does something after each of its steps.
pub async fn play_between(
    flow: &Flow,
    sandbox: &Sandbox,
    between: impl AsyncFn(),
) -> Result<Played, Refused> {
    let refused = |step: usize, why: String| Refused { flow: flow.id.clone(), step, why };
    let id = flow.id.split('/').next().unwrap_or_default();
    if provider(id).is_none() {
        return Err(refused(0, format!("there is no provider `{id}`")));
    }
    let origin = sandbox.url(id);
    // Every provider's: a flow may lead from one to another.
    let environment = sandbox.server().environment();
    let mut known: Known = environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    known.insert("origin".to_owned(), origin.to_owned());
    known.insert("now".to_owned(), sandbox.workspace().clock().now().as_second().to_string());
    let shop = Shop::open().await.map_err(|error| refused(0, error.to_string()))?;
    known.insert("shop".to_owned(), shop.url.clone());
    let control = format!("{}/_sim/v1/workspaces/default", sandbox.control_url());
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| refused(0, error.to_string()))?;
    let mut exchanges = Vec::new();
    for (place, step) in flow.steps.iter().enumerate() {
        let wire = Wire { client: &client, origin, control: &control, shop: &shop };
        let exchange = wire.exchange(flow, step, &mut known).await;
        let exchange = exchange.map_err(|why| refused(place + 1, why))?;
        let departed = !exchange.departs.is_empty();
        exchanges.push(exchange);
        // The next step sees what became of the callbacks.
        sandbox.workspace().outbox().settled().await;
        between().await;
        if departed {
            break;
        }
    }
    Ok(Played { flow: flow.clone(), exchanges })
}

struct Wire<'a> {
    client: &'a Client,
    origin: &'a str,
    control: &'a str,
    shop: &'a Shop,
}

impl Wire<'_> {
    async fn exchange(&self, flow: &Flow, step: &Step, known: &mut Known) -> Result<Exchange, String> {
        let unknown = |name: String| format!("`{{{name}}}` is not known yet");
        self.shop.answer(&step.shop, known).map_err(unknown)?;
        let (method, url) = self.target(&step.send, known)?;
        let mut request = self.client.request(method.clone(), &url);
        let mut shown = format!("{method} {}", url.strip_prefix(self.origin).unwrap_or(&url));
        for (name, value) in &step.send.headers {
            let value = fill(value, known).map_err(unknown)?;
            shown.push_str(&format!("\n{name}: {value}"));
            request = request.header(name, value);
        }
        if let Some(json) = &step.send.json {
            let json = fill_json(json, known).map_err(unknown)?;
            shown.push_str(&format!("\n{json}"));
            request = request.json(&json);
        }
        if let Some(form) = &step.send.form {
            let mut body = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in form {
                let value = value.as_str().ok_or_else(|| format!("the form's `{name}` is no text"))?;
                body.append_pair(name, &fill(value, known).map_err(unknown)?);
            }
            let body = body.finish();
            shown.push_str(&format!("\n{body}"));
            request = request.header("content-type", FORM).body(body);
        }
        if let Some(link) = &step.send.fields {
            let mut fields = url::form_urlencoded::Serializer::new(String::new());
            let fields = fields.extend_pairs(made::fields(link, known)?).finish();
            shown.push_str(&format!("\n{fields}"));
            request = request.header("content-type", FORM).body(fields);
        }
        if let Some(body) = &step.send.body {
            let body = fill(body, known).map_err(unknown)?;
            shown.push_str(&format!("\n{body}"));
            request = request.body(body);
        }
        if let Some(soap) = &step.send.soap {
            for (name, value) in soap.headers() {
                shown.push_str(&format!("\n{name}: {value}"));
                request = request.header(name, value);
            }
            let body = soap.body(|value| fill(value, known)).map_err(unknown)?;
            shown.push_str(&format!("\n{body}"));
            request = request.body(body);
        }
        if let Some(token) = &step.send.bearer {
            request = request.bearer_auth(fill(token, known).map_err(unknown)?);
        }
        if let Some((user, password)) = &step.send.basic {
            let user = fill(user, known).map_err(unknown)?;
            request = request.basic_auth(user, Some(fill(password, known).map_err(unknown)?));
        }
        let answer = request.send().await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = answer.text().await.map_err(|error| error.to_string())?;
        let mut departs = compare(&step.expect, status, &headers, &body, known);
        let mut callbacks = Vec::new();
        if let Some(expected) = &step.expect.callbacks {
            let (came, departures) = self.shop.compare(expected, known).await;
            callbacks = came;
            departs.extend(departures);
        }
        let ground = step.provenance.unwrap_or(flow.provenance);
        let source = step.source.as_ref().unwrap_or(&flow.source);
        Ok(Exchange {
            does: step.does.clone(),
            known: format!("{ground}: {source}"),
            request: shown,
            answer: match location_in(&headers) {
                Some(location) => format!("{status} {location}"),
                None => format!("{status} {}", abridged(&body)),
            },
            callbacks,
            departs,
        })
    }

    /// Where a request goes.
    fn target(&self, send: &Send, known: &Known) -> Result<(Method, String), String> {
        let unknown = |name: String| format!("`{{{name}}}` is not known yet");
        let addressed = [
            (Method::GET, &send.get),
            (Method::POST, &send.post),
            (Method::PUT, &send.put),
            (Method::PATCH, &send.patch),
            (Method::DELETE, &send.delete),
        ];
        let mut targets = Vec::new();
        for (method, address) in addressed {
            if let Some(address) = address {
                let address = fill(address, known).map_err(unknown)?;
                let url =
                    if address.starts_with('/') { format!("{}{address}", self.origin) } else { address };
                targets.push((method, url));
            }
        }
        if let Some(path) = &send.control {
            let method = send.method.as_deref().unwrap_or("POST");
            let method = method.parse().map_err(|_| format!("`{method}` is no HTTP method"))?;
            targets.push((method, format!("{}/{}", self.control, fill(path, known).map_err(unknown)?)));
        }
        if let Some(link) = &send.link {
            targets.push((Method::GET, made::link(link, known)?));
        }
        if send.method.is_some() && send.control.is_none() {
            return Err("`method` goes with `control` alone".to_owned());
        }
        match targets.len() {
            1 => Ok(targets.swap_remove(0)),
            0 => Err(format!("it sends nothing: name one of {TARGETS}")),
            _ => Err(format!("it sends several things: name one of {TARGETS}")),
        }
    }
}

/// How a form's fields are sent.
const FORM: &str = "application/x-www-form-urlencoded";

/// What names where a request goes.
const TARGETS: &str = "get, post, put, patch, delete, link, control";

fn location_in(headers: &HeaderMap) -> Option<&str> {
    headers.get(LOCATION).and_then(|location| location.to_str().ok())
}

/// Where an answer departs from what is expected.
fn compare(expect: &Expect, status: u16, headers: &HeaderMap, body: &str, known: &mut Known) -> Vec<String> {
    let mut departures = Vec::new();
    match expect.status {
        Some(wanted) if wanted != status => {
            departures.push(format!("status: expected {wanted}, got {status}"));
        }
        None if status >= 400 => departures.push(format!("status: expected no error, got {status}")),
        _ => {}
    }
    let location = location_in(headers);
    if let Some(wanted) = &expect.location
        && !location.is_some_and(|location| matches(wanted, location, known))
    {
        let got = location.unwrap_or("none");
        departures.push(format!("location: expected {wanted}, got {got}"));
    }
    for (name, wanted) in &expect.headers {
        let came: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        let fits = match wanted {
            Some(wanted) => came.iter().any(|value| matches(wanted, value, known)),
            None => came.is_empty(),
        };
        if !fits {
            let wanted = wanted.as_deref().unwrap_or("none");
            let got = if came.is_empty() { "none".to_owned() } else { came.join(", ") };
            departures.push(format!("headers.{name}: expected {wanted}, got {got}"));
        }
    }
    if let Some(wanted) = &expect.json {
        let got = serde_json::from_str(body).unwrap_or(Value::String(abridged(body)));
        departures.extend(departs(wanted, &got, "json", known));
    }
    if let Some(wanted) = &expect.xml {
        let got = as_json(body).unwrap_or(Value::String(abridged(body)));
        departures.extend(departs(wanted, &got, "xml", known));
    }
    for wanted in &expect.page {
        if !stands_in(wanted, body, known) {
            departures.push(format!("page: `{wanted}` does not stand in it"));
        }
    }
    departures
}

/// A body as a line: JSON whole, a page by its title, of SOAP what is in the envelope.
fn abridged(body: &str) -> String {
    if body.trim_start().starts_with('<')
        && let Some((_, rest)) = body.split_once("<title>")
    {
        let title = rest.split('<').next().unwrap_or_default();
        return format!("a page: {}", title.trim());
    }
    let inner = body.split_once(":Body>").and_then(|(_, rest)| rest.rsplit_once("</"));
    let inner = inner.and_then(|(rest, _)| rest.rsplit_once("</"));
    let body = inner.map_or(body, |(inner, _)| inner);
    let line: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let start: String = line.chars().take(400).collect();
    if line.chars().nth(400).is_some() { format!("{start}…") } else { start }
}
