//! Fena: the payer follows a link with a signed token, and a signed notification says that the order is paid. Both
//! of the shop's addresses are settings of the terminal's. The return proves nothing, and there is nobody to ask.

use provkassa_simulators::kit::digest::base64;
use provkassa_simulators::kit::jwt::Parts;
use provkassa_simulators::kit::operation::{Parameter, Reply};
use url::form_urlencoded;

use super::counter::{About, Arrival, Came, Counter, Deed, Done, Gate, Later, Variant};
use super::desk::{Desk, Trouble, now, parameters};
use super::order::{Order, Payment, Word};

/// Fena's counter.
#[derive(Debug)]
pub(super) struct Fena;

/// The longest order id, in characters.
const LONGEST: usize = 255;

static ABOUT: About = About {
    id: "fena",
    name: "Fena",
    variants: &[Variant::pays("bank", "By bank transfer", ("Teapot", 2_450), &[])],
    currencies: &["GBP"],
    takes: |id| id.trim() == id && id.chars().count() <= LONGEST,
};

/// The token of a notification, read and not verified.
fn token(arrival: &Arrival) -> Option<Parts> {
    let (_, token) = form_urlencoded::parse(&arrival.body).find(|(name, _)| name == "token")?;
    Parts::of(&token).ok()
}

impl Counter for Fena {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn is_set_there(&self) -> bool {
        true
    }

    fn open<'a>(&'a self, desk: &'a Desk, order: &'a mut Order) -> Later<'a, Gate> {
        Box::pin(async move {
            let (first, last) = order.name.rsplit_once(' ').unwrap_or((order.name.as_str(), ""));
            let claims = parameters([
                ("orderID", order.number.clone()),
                ("email", order.email.clone()),
                ("firstName", first.to_owned()),
                ("lastName", last.to_owned()),
            ]);
            let given = vec![
                ("amount", order.amount.to_string()),
                ("terminal", desk.variable("FENA_TERMINAL").to_owned()),
                ("secret", desk.variable("FENA_SECRET").to_owned()),
                ("now", now().to_string()),
                ("base", desk.variable("FENA_URL").to_owned()),
            ];
            match desk.ask("fena.link", "", claims, given) {
                Reply::Rejected(why) => Err(Trouble::Unsellable(format!("Fena does not take this: {why}"))),
                link @ Reply::Answer(_) => Ok(Gate::Link(link.get("url").to_owned())),
            }
        })
    }

    fn named(&self, arrival: &Arrival) -> Option<String> {
        match arrival.came {
            Came::Callback => token(arrival)?.text("orderID").map(ToOwned::to_owned),
            Came::Cancel | Came::Page | Came::Return => arrival.parameter("order"),
        }
    }

    fn judge<'a>(&'a self, desk: &'a Desk, order: &'a Order, arrival: &'a Arrival) -> Later<'a, Word> {
        Box::pin(async move {
            if arrival.came != Came::Callback {
                let given = vec![("url", arrival.url.clone()), ("notified", order.is_settled().to_string())];
                let read = desk.ask("fena.return", "", Vec::new(), given);
                return Ok(match read.get("outcome") {
                    "paid" if !order.is_settled() => Word::Approved(Payment::default()),
                    "failed" => Word::Declined("rejected".to_owned()),
                    _ => Word::Open,
                });
            }
            let kind = arrival.headers.iter().find(|(name, _)| name == "content-type");
            let headers: Vec<Parameter> =
                kind.map(|(_, kind)| ("content-type".into(), kind.clone())).into_iter().collect();
            let given = vec![
                ("body", base64(&arrival.body)),
                ("terminal", desk.variable("FENA_TERMINAL").to_owned()),
                ("secret", desk.variable("FENA_SECRET").to_owned()),
                ("order", order.number.clone()),
                ("amount", order.amount.to_string()),
                ("now", now().to_string()),
            ];
            Ok(match desk.ask("fena.notification", "", headers, given) {
                Reply::Answer(_) => Word::Approved(self.claimed(arrival).unwrap_or_default()),
                Reply::Rejected(why) => Word::Refused(why),
            })
        })
    }

    fn claimed(&self, arrival: &Arrival) -> Option<Payment> {
        let id = token(arrival).and_then(|token| token.text("id").map(ToOwned::to_owned));
        Some(Payment { transaction: id.unwrap_or_default(), ..Payment::default() })
    }

    fn act<'a>(&'a self, _: &'a Desk, _: &'a Order, _: Deed, _: i64) -> Later<'a, Done> {
        Box::pin(async { Err(Trouble::Unsellable("a bank transfer cannot be called back".to_owned())) })
    }
}
