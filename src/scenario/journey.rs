//! A payer's way: from the shop to the provider, over its pages, and back.

use bytes::Bytes;
use provkassa_simulators::kit::clock::danish;
use provkassa_simulators::kit::outbox::Outgoing;

use super::config::{Body, Request};
use super::fault::{FaultKind, ShopFault};
use super::html::{self, Form, Page};
use super::outcome::{Failure, Stop};
use super::template::Purchase;
use super::trail::{diagnosis_of, notes_of};
use super::wire::{Reply, get, post};
use super::world::{Done, World};

/// How many hops one walk may have.
const MOST_HOPS: usize = 20;
/// How long a payer's card holds, in years.
const YEARS: i16 = 3;
/// How many pages of a provider's a payer works through.
const MOST_PAGES: usize = 8;

/// A page of the shop's that leads elsewhere within so many seconds redirects; a later one is looked at first.
const AT_ONCE: u32 = 1;

/// A request of the configuration's, filled in.
pub(super) fn filled(request: &Request, purchase: &Purchase) -> Outgoing {
    let mut headers: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.clone(), purchase.text(value))).collect();
    let mut add = |name: &str, value: &str| {
        if !headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    };
    let body = match &request.body {
        Body::None => Bytes::new(),
        Body::Json(json) => {
            add("content-type", "application/json");
            purchase.json(json).to_string().into()
        }
        Body::Form(fields) => {
            add("content-type", "application/x-www-form-urlencoded");
            let fields = fields.iter().map(|(name, value)| (name, purchase.text(value)));
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into()
        }
    };
    add("accept", "*/*");
    Outgoing { method: request.method.clone(), url: purchase.url(&request.url), headers, body }
}

/// What a browser sends for a form of a page.
fn sent(page: &Reply, form: &Form, fields: &[(String, String)]) -> Option<Outgoing> {
    let action = if form.action.is_empty() { page.url.clone() } else { page.url.join(&form.action).ok()? };
    if form.method == "post" {
        return Some(post(action, fields));
    }
    let mut action = action;
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    action.set_query(Some(&query));
    Some(get(action))
}

/// How a shop is put right whose return page fails.
const RETURN: &str = "look at the shop's log: the page that the payer comes back to fails. Tell there how the order \
    stands, whatever comes with the payer.";

impl World<'_> {
    /// Begins the checkout and goes as far as the provider's first page; why it does not lead there is looked into.
    pub(super) async fn check_out(&mut self, which: usize) -> Done {
        match self.begin(which).await {
            Err(Stop::Broken(fault)) if self.order(which).came.is_none() && fault.leads_nowhere() => {
                Err(self.no_way(which, fault).await)
            }
            ended => ended,
        }
    }

    /// The same, without asking why.
    pub(super) async fn begin(&mut self, which: usize) -> Done {
        let (place, offer) = (self.place(which), self.offer(which)?);
        let missing = |what: &str| Stop::Unsupported(format!("`{place}.{what}` is not configured"));
        let request = offer.checkout.as_ref().ok_or_else(|| missing("checkout"))?;
        if self.order(which).named && !request.names_the_order() {
            let why = format!("the shop names its orders itself: `{place}.checkout` has no {{order}}");
            return Err(Stop::Unsupported(why));
        }
        let first = filled(request, &self.order(which).purchase);
        let reply = self.first(which, &place, &first).await?;
        if let Some(place) = &offer.order {
            if let Some(order) = place.find(&reply.headers, &reply.body) {
                self.order(which).purchase.order = order;
            } else if reply.status < 400 {
                let what = format!("the shop should say what it calls the order, in {}", place.told());
                return Err(self.garbage(&reply, what));
            }
        }
        let Some(onward) = onward(&reply, &first, offer.link.as_deref()) else {
            return Err(self.no_link(which, &reply));
        };
        self.walk(which, onward, true).await
    }

    /// The request that begins a checkout. One that has never answered is not waited for again.
    async fn first(&mut self, which: usize, place: &str, request: &Outgoing) -> Result<Reply, Stop> {
        let stage = self.stage;
        if let Some(fault) = stage.hushed.fault(place) {
            self.trail.add(
                stage.cursor(),
                format!("{place}.checkout has not answered before: not begun"),
                Vec::new(),
            );
            return Err(fault.into());
        }
        let came = self.fetch(which, "the payer", request).await;
        match &came {
            Ok(reply) => stage.hushed.learn(place, Ok(reply)),
            Err(Stop::Broken(fault)) => stage.hushed.learn::<Reply>(place, Err(fault)),
            Err(_) => {}
        }
        came
    }

    /// The checkout leads nowhere, as far as its answer says.
    fn no_link(&mut self, which: usize, reply: &Reply) -> Stop {
        self.order(which).astray = Some(reply.status);
        let what = "the checkout should answer with a redirect, a form, or JSON with the link at `link`";
        self.garbage(reply, what.to_owned())
    }

    /// Something that cannot go wrong went wrong.
    pub(super) fn own_fault(&self, why: String) -> Stop {
        self.stage.fault(FaultKind::Own(why)).into()
    }

    pub(super) fn garbage(&self, reply: &Reply, what: String) -> Stop {
        let (url, got) = (reply.url.to_string(), reply.shortened());
        self.stage.fault(FaultKind::Garbage { url, what, got }).into()
    }

    /// One exchange of a payer's; what the provider calls the order is learnt from it.
    pub(super) async fn fetch(&mut self, which: usize, who: &str, request: &Outgoing) -> Result<Reply, Stop> {
        let stage = self.stage;
        let _turn = if self.alone { None } else { Some(stage.ways.among_others().await) };
        let browser = self.order(which).browser.unwrap_or(which);
        let mut cookies = std::mem::take(&mut self.order(browser).cookies);
        let reply = stage.exchange(who, request, Some(&mut cookies), &mut self.trail).await;
        self.order(browser).cookies = cookies;
        let id = self.gate_id();
        let order = self.order(which);
        let reply = match reply {
            Ok(reply) => reply,
            Err(fault) => {
                // The sandbox's own page waits for the shop to answer the callback.
                self.unanswered(which).await?;
                return Err(fault.into());
            }
        };
        if let Some(entry) = &reply.entry {
            if order.came.is_none() && entry.provider == id {
                order.came = Some(request.clone());
            }
            if let Some(key) = entry.order.as_ref().filter(|_| order.key.is_none() && entry.provider == id) {
                order.key = Some(key.clone());
                let (key, policy) = (key.clone(), order.policy);
                stage.workspace().outbox().set_policy(Some((id, &key)), policy);
            }
            self.unanswered(which).await?;
        }
        Ok(reply)
    }

    /// Goes from hop to hop, as far as a page. On the way out it goes on by forms that need nothing typed; a payer
    /// who has been at the provider stops before the shop.
    pub(super) async fn walk(&mut self, which: usize, first: Outgoing, out: bool) -> Done {
        let mut next = first;
        for _ in 0..MOST_HOPS {
            let url = url::Url::parse(&next.url).ok();
            let to_sandbox = url.is_some_and(|url| self.stage.provider_at(&url).is_some());
            if !to_sandbox && self.order(which).came.is_some() {
                let order = self.order(which);
                order.away = Some(next);
                order.page = None;
                return Ok(());
            }
            let reply = self.fetch(which, "the payer", &next).await?;
            if let Some(onward) = reply.redirected(&next) {
                next = onward;
                continue;
            }
            let page = html::read(&reply.body);
            match if out && !to_sandbox { leads_on(&reply, &page) } else { None } {
                Some(onward) => next = onward,
                None if to_sandbox => {
                    let leaves = page.links.iter().find(|link| link.contains_key("data-go"));
                    let leaves = leaves.and_then(|link| reply.url.join(link.get("href")?).ok());
                    let order = self.order(which);
                    order.away = leaves.map(get);
                    order.page = Some(reply);
                    return Ok(());
                }
                None => return Err(self.no_link(which, &reply)),
            }
        }
        let what = format!("more than {MOST_HOPS} redirects in a row");
        Err(self
            .stage
            .fault(FaultKind::Garbage { url: next.url, what: "a page".to_owned(), got: what })
            .into())
    }

    /// Works through the provider's pages with this button, until they let the payer go or show the same again.
    pub(super) async fn press(&mut self, which: usize, outcome: &str) -> Done {
        if self.order(which).came.is_none() {
            self.check_out(which).await?;
        }
        for turn in 0..MOST_PAGES {
            if self.order(which).away.is_some() {
                return Ok(());
            }
            let Some(reply) = self.order(which).page.clone() else { break };
            let page = html::read(&reply.body);
            let Some(request) = pressed(&reply, &page, outcome, &self.good_year()) else {
                // A card that was refused leaves the payer where it was.
                return if turn == 0 { Err(self.stuck(&reply, outcome)) } else { Ok(()) };
            };
            self.walk(which, request, false).await?;
            let refused = self.order(which).page.as_ref().is_some_and(|page| page.status == 422);
            if refused {
                return if outcome == "decline" { Ok(()) } else { Err(self.stuck(&reply, outcome)) };
            }
        }
        if self.order(which).away.is_some() {
            return Ok(());
        }
        Err(Stop::fail(
            format!("the payer cannot {outcome}"),
            "a payment page that comes to an end",
            format!("no end after {MOST_PAGES} pages"),
        ))
    }

    /// The last year of a payer's card, in two digits: it holds for some years, by the provider's clock.
    fn good_year(&self) -> String {
        let now = danish(self.stage.workspace().clock().now());
        format!("{:02}", (now.year() + YEARS).rem_euclid(100))
    }

    /// The page does not have the button: the provider has refused what the shop sent, or it is over.
    pub(super) fn stuck(&self, reply: &Reply, outcome: &str) -> Stop {
        let notes = reply.entry.as_deref().map(notes_of).unwrap_or_default();
        let title = html::read(&reply.body).title;
        let got =
            if notes.is_empty() { format!("{} {}", reply.status, title.trim()) } else { notes.join("; ") };
        let failure = Failure::new(
            format!("the payer cannot {outcome} at {}", self.name()),
            format!("a page of {}'s on which the payer can {outcome}", self.name()),
            got,
        );
        let wrong = reply.entry.as_deref().and_then(diagnosis_of);
        Stop::Fail(Box::new(match wrong {
            Some(wrong) => {
                let wrong = self.stage.workspace().masker().text(wrong);
                failure.by_what_is_sent(self.gate_id(), &wrong)
            }
            None => failure,
        }))
    }

    /// Follows the way back to the shop, as far as its page.
    pub(super) async fn come_back(&mut self, which: usize) -> Done {
        let away = self.order(which).away.take();
        let again = away.or_else(|| self.order(which).back.clone());
        let Some(request) = again else {
            return Err(Stop::fail(
                "the payer is not sent back to the shop",
                "a way back from the payment page",
                "none: the shop gave no address, or the payment is not over",
            ));
        };
        self.order(which).back = Some(request.clone());
        self.visit(which, "the payer", request).await
    }

    /// Opens an address of the shop's and follows its redirects; an error of the shop's fails the scenario in the end.
    pub(super) async fn visit(&mut self, which: usize, who: &str, first: Outgoing) -> Done {
        let mut next = first;
        for _ in 0..MOST_HOPS {
            let reply = self.fetch(which, who, &next).await.map_err(on_the_way_back)?;
            let leads = |reply: &Reply| refreshed(reply, &html::read(&reply.body), AT_ONCE);
            let refreshed = if reply.status < 400 { leads(&reply) } else { None };
            if let Some(onward) = reply.redirected(&next).or(refreshed) {
                let url = url::Url::parse(&onward.url).ok();
                if url.is_some_and(|url| self.stage.is_away(&url, true)) {
                    // The payer came back; what the shop shows elsewhere is not this machine's.
                    let line = format!("{who} goes on to {}", onward.url);
                    let note = "not on this machine: the way back ends here".to_owned();
                    self.trail.add(self.stage.cursor(), line, vec![note]);
                    self.order(which).page = Some(reply);
                    return Ok(());
                }
                next = onward;
                continue;
            }
            if reply.status >= 500 {
                // What the shop believes is asked all the same: it may have credited the order.
                let failure = Failure::new(
                    format!("the shop fails with {} when {who} comes back", reply.status),
                    "a page that says how the order stands",
                    reply.shortened(),
                );
                self.note(Failure { remedy: RETURN.to_owned(), ..failure });
            }
            self.order(which).page = Some(reply);
            return Ok(());
        }
        let got = format!("more than {MOST_HOPS} redirects in a row");
        Err(Stop::fail("the shop sends its payer round in circles", "a page", got))
    }
}

/// The shop's own return address is another machine's: it is the shop's to give, and not the sandbox's.
fn on_the_way_back(stop: Stop) -> Stop {
    match stop {
        Stop::Broken(ShopFault { kind: FaultKind::Away { url, .. }, output }) => {
            Stop::Broken(ShopFault { kind: FaultKind::Away { url, back: true }, output })
        }
        other => other,
    }
}

/// Where the shop's answer leads a payer: by a redirect, by the link in its JSON, or by a form.
pub(super) fn onward(reply: &Reply, sent: &Outgoing, link: Option<&str>) -> Option<Outgoing> {
    match (reply.redirected(sent), link) {
        (Some(onward), _) => Some(onward),
        (None, _) if reply.status >= 400 => None,
        (None, Some(pointer)) => {
            let json = serde_json::from_str::<serde_json::Value>(&reply.body).unwrap_or_default();
            let link = json.pointer(pointer).and_then(serde_json::Value::as_str);
            link.and_then(|link| reply.url.join(link).ok()).map(get)
        }
        (None, None) => leads_on(reply, &html::read(&reply.body)),
    }
}

/// Where a page on the way to the provider leads, with nothing to be typed: by a form, or by itself.
fn leads_on(reply: &Reply, page: &Page) -> Option<Outgoing> {
    let form = page.leads_on().and_then(|form| sent(reply, form, &form.filled(None, None)));
    form.or_else(|| refreshed(reply, page, u32::MAX))
}

/// Where a page leads by itself within so many seconds. One that shows itself anew waits for something.
fn refreshed(reply: &Reply, page: &Page, within: u32) -> Option<Outgoing> {
    let (seconds, url) = page.refresh.as_ref()?;
    let url = reply.url.join(url).ok()?;
    (*seconds <= within && url != reply.url).then(|| get(url))
}

/// What is sent when a payer presses the button for this outcome, or goes on to where it is.
fn pressed(reply: &Reply, page: &Page, outcome: &str, year: &str) -> Option<Outgoing> {
    let found = page.button("data-outcome", outcome).map(|found| (found, outcome == "approve"));
    let onward = || page.button("data-continue", "").or_else(|| page.button("data-accept", ""));
    let ((form, button), types) = found.or_else(|| onward().map(|found| (found, true)))?;
    sent(reply, form, &form.filled(Some(button), types.then_some(year)))
}
