//! The two web services, `remote/payment.asmx` and `remote/subscription.asmx`.

mod answers;
mod guards;
mod lookups;
mod operations;
mod payment;
mod queries;
mod recurring;
mod subscription;
mod types;

use std::convert::Infallible;
use std::net::IpAddr;

use axum::body::to_bytes;
use axum::extract::Request as Incoming;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use crate::kit::locator::{Origin, Peer};
use crate::kit::soap::{Call, Request, Service, read, too_long};
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use self::answers::Said;
use super::codes;
use super::model::Step;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Desk {
    /// `payment.asmx`.
    Payment,
    /// `subscription.asmx`.
    Subscription,
}

impl Desk {
    /// The path of its file.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Payment => "/remote/payment.asmx",
            Self::Subscription => "/remote/subscription.asmx",
        }
    }

    fn service(self) -> &'static Service {
        match self {
            Self::Payment => &payment::PAYMENT,
            Self::Subscription => &subscription::SUBSCRIPTIONS,
        }
    }
}

/// What is said where nobody has the merchant number: what the service says without it, or -1002.
pub(super) fn stranger(desk: Desk, request: &Request<'_>) -> Response {
    match read(desk.service(), request) {
        Ok(call) if call.name() == "ping" => ping().answer(desk.service(), &call),
        Ok(call) => Said::refused(-1002).answer(desk.service(), &call),
        Err(answered) => answered,
    }
}

/// The longest body that is read; whoever stands before us lets no longer one pass.
const LONGEST_BODY: usize = 4 << 20;

pub(super) async fn serve(desk: Desk, rest: &str, request: Incoming) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return too_long();
    };
    let known = (parts.extensions.get::<Workspace>(), parts.extensions.get::<Origin>());
    let (Some(workspace), Some(Origin(origin))) = known else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // The file's name as the client wrote it.
    let file = parts.uri.path().get(..desk.file().len()).unwrap_or(desk.file());
    let request = Request {
        verb: &parts.method,
        address: &format!("{origin}{file}"),
        rest,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
    };
    let call = match read(desk.service(), &request) {
        Ok(call) => call,
        Err(answered) => return answered,
    };
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    let trail = parts.extensions.get::<Trail>().cloned().unwrap_or_default();
    let said = workspace.transact(|tx| Ok::<_, Infallible>(carry_out(tx, desk, &call, peer, &trail))).await;
    let Ok(said) = said;
    explain(&trail, &said);
    said.answer(desk.service(), &call)
}

/// Does what a call asks for.
fn carry_out(tx: &mut Tx<'_>, desk: Desk, call: &Call, peer: Option<IpAddr>, trail: &Trail) -> Said {
    if call.name() == "ping" {
        return ping();
    }
    if let Some(code) = guards::refusal(tx, desk, call, peer) {
        return Said::refused(code);
    }
    match (desk, call.name()) {
        (Desk::Payment, "capture") => operations::take(tx, call, Step::Capture(call.int("amount")), trail),
        (Desk::Payment, "credit") => operations::take(tx, call, Step::Credit(call.int("amount")), trail),
        (Desk::Payment, "delete") => operations::take(tx, call, Step::Delete, trail),
        (Desk::Payment, "move_as_captured") => operations::take(tx, call, Step::MoveAsCaptured, trail),
        (Desk::Payment, "movetransactiontogroup") => operations::take(tx, call, Step::MoveToGroup, trail),
        (Desk::Payment, "renew") => operations::take(tx, call, Step::Renew, trail),
        (Desk::Payment, "gettransaction") => queries::one(tx, call, trail),
        (Desk::Payment, "gettransactionlist") => queries::list(tx, call),
        (Desk::Payment, "getcardtype") => lookups::card_type_of_number(call),
        (Desk::Payment, "getcardinfo") => lookups::card_info(tx, call),
        (Desk::Subscription, "authorize") => recurring::authorize(tx, call, trail),
        (Desk::Subscription, "deletesubscription") => recurring::delete(tx, call, trail),
        (Desk::Subscription, "getsubscriptions") => recurring::list(tx, call),
        // Each service spells it in its own way.
        (Desk::Payment, "getPbsError") => lookups::error_of_nets(call, "pbsresponsecode"),
        (Desk::Subscription, "getPbsError") => lookups::error_of_nets(call, "pbsResponseCode"),
        _ => lookups::error_of_epay(call),
    }
}

fn ping() -> Said {
    Said::done(Vec::new())
}

/// Tells the integrator what a refusal is about: HTTP says 200 to all of them.
fn explain(trail: &Trail, said: &Said) {
    if said.done {
        return;
    }
    for (name, fine) in [("epayresponse", -1), ("pbsresponse", 0)] {
        let number = said.response(name).filter(|number| ![-1, fine].contains(number));
        if let Some(code) = number.and_then(|number| codes::code(&number.to_string())) {
            trail.diagnose(format!("{name} {}: {} {}", code.code, code.text, code.cause));
        }
    }
}

#[cfg(test)]
mod tests;
