//! Reading a return for the person whose shop refuses it: what is in it, what is wrong with it, and why its
//! hash is another.

use super::came::{self, agrees, came};
use super::conditions::{CONDITIONS, CURRENCY, RULES, is_cancel, outcome};
use super::return_mistakes::WAYS;
use super::returns::expected;
use crate::kit::diagnosis::Diagnosis;
use crate::kit::operation::{Examination, Fault, Message};

/// What is in a return, and everything that is wrong with it.
pub(super) fn examine(message: &Message) -> Examination {
    let came = came(message);
    let said = came.pairs.iter().map(|pair| format!("{}: {}", pair.name, pair.value)).collect();
    let mut parts = vec![("the address says", said)];
    let mut notes = Vec::new();
    if is_cancel(message) {
        notes.push("a cancel: it has no hash, and nothing in it can be trusted".to_owned());
        return Examination { parts, notes, ..Examination::default() };
    }
    parts.push((
        "the hash",
        vec![
            format!("expected: {}", expected(message)),
            format!("received: {}", came.hash.as_deref().unwrap_or("none")),
        ],
    ));
    let mut faults = Vec::new();
    let mut unasked = Vec::new();
    for (condition, (what, rule)) in CONDITIONS.iter().zip(RULES) {
        if let Some(name) = asks_for(message, condition.name) {
            unasked.push(name);
        } else if !(condition.holds)(message) {
            if let Some(note) = passed_over(message, condition.name) {
                notes.push(note);
                continue;
            }
            faults.push(Fault {
                id: condition.name,
                what: in_words(message, condition.name).unwrap_or_else(|| (*what).to_owned()),
                rule: (*rule).to_owned(),
                passes: false,
            });
        }
    }
    if !unasked.is_empty() {
        notes.push(format!(
            "not compared, for it was not given: {} (order=1234 amount=25.99)",
            unasked.join(", ")
        ));
    }
    let is_wrong = faults.first().is_some_and(|fault| fault.id == "hash");
    let diagnosis = if is_wrong { cause(message) } else { None };
    if is_wrong && diagnosis.is_none() && came.hash.is_some() {
        notes.push(
            "no way of computing it that we know gives this hash. Is it the right key, and the address as it came, with the shop's own parameters in their places?"
                .to_owned(),
        );
    }
    if is_wrong && message.given("md5key") == SANDBOX {
        notes.push(format!("the key is the sandbox's, {SANDBOX}: give md5key=… for another"));
    }
    if message.given("url").contains("&amp;") {
        notes.push(
            "the address has &amp; in it: was it escaped for HTML, or copied out of a page?".to_owned(),
        );
    }
    if faults.is_empty() && outcome(message) == "again" {
        notes.push("the order was paid by this transaction before: there is nothing to do".to_owned());
    }
    // Written as it came, byte by byte: only what is no text is told otherwise.
    let signed = came.pairs.iter().map(|pair| pair.value.as_str()).collect();
    Examination { parts, signed: Some(signed), faults, diagnosis, notes }
}

/// The key of the sandbox's merchant, which is taken where none is given.
const SANDBOX: &str = "bambora-md5";

/// Why something counts for nothing though its condition does not hold: what `check` lets pass, or what cannot
/// be known.
fn passed_over(message: &Message, condition: &str) -> Option<String> {
    let last = |name: &str| came(message).last(name).unwrap_or_default().to_owned();
    let is_free = last("amount") == "0" && !last("subscriptionid").is_empty();
    match condition {
        "hash" if agrees(message, came::upper_case) => {
            Some("the hash is in capitals, and ePay sends small letters: taken or not, both is right".to_owned())
        }
        "currency" if last("currency") == CURRENCY => {
            Some("the currency is in letters, and ePay sends 208: taken or not, both is right".to_owned())
        }
        "amount" if is_more(&last("amount"), message.given("amount")) => Some(format!(
            "amount is {}, more than the {} that the shop asked for: who pays more has paid, so taken or not, both is right",
            last("amount"),
            message.given("amount")
        )),
        "payment" if message.given("subscription").is_empty() && is_free => Some(
            "txnid is 0, which is right for a sign-up without an amount alone: say subscription=true if it is one"
                .to_owned(),
        ),
        _ => None,
    }
}

fn is_more(came: &str, asked: &str) -> bool {
    let amounts = came.parse::<u64>().ok().zip(asked.parse::<u64>().ok());
    amounts.is_some_and(|(came, asked)| came > asked)
}

/// What a condition needs and was not given.
fn asks_for(message: &Message, condition: &str) -> Option<&'static str> {
    let name = match condition {
        "orderid" => "order",
        "amount" | "currency" | "payment" => "amount",
        _ => return None,
    };
    let is_lacking = message.given(name).is_empty();
    is_lacking.then_some(match condition {
        "currency" => "currency",
        "payment" => "whether txnid may be 0",
        _ => name,
    })
}

/// A fault with what came, where that says more.
fn in_words(message: &Message, condition: &str) -> Option<String> {
    let came = came(message);
    match condition {
        "hash" if came.hash.is_none() => {
            Some("there is no hash: whoever types the address leaves it out".to_owned())
        }
        "hash" => Some("hash is another than that of these parameters".to_owned()),
        "orderid" => Some(format!(
            "orderid is {}, and the shop's is {}",
            came.last("orderid").unwrap_or("missing"),
            message.given("order")
        )),
        "amount" => Some(format!(
            "amount is {}, and the shop asked for {}",
            came.last("amount").unwrap_or("missing"),
            message.given("amount")
        )),
        _ => None,
    }
}

/// The ways of computing that give the hash which came.
fn cause(message: &Message) -> Option<Diagnosis> {
    let mut ways = WAYS.iter().filter(|(_, way)| agrees(message, *way)).map(|(mistake, _)| vec![*mistake]);
    let named = ways.next()?;
    Some(Diagnosis { named, equals: ways.collect(), explains: 1, of: 1, beside: Vec::new(), doubted: false })
}

#[cfg(test)]
mod tests {
    use super::super::Return;
    use super::*;
    use crate::kit::operation::{Operation as _, Parameter, Verification};

    const URL: &str = "https://shop.example/?wc-api=Epay&wcorderid=77&txnid=66406429&orderid=77&amount=12345&currency=208&date=20160330&time=1632&txnfee=0&paymenttype=1&cardno=444444XXXXXX4000";

    fn found(url: &str, given: &[(&'static str, &str)]) -> Examination {
        let given: Vec<Parameter> =
            given.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
        match Return.read(url, None, &given) {
            Ok(Verification::Examined(examination)) => examination,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_genuine_return_has_no_faults() {
        let url = format!("{URL}&hash=38b40e2e00cb62e43b461155d1d612d1");
        let examination = found(&url, &[("md5key", "secretmd5")]);
        assert_eq!(examination.faults, []);
        assert!(examination.notes[0].contains("order, amount"), "{:?}", examination.notes);
        let less = [("md5key", "secretmd5"), ("order", "77"), ("amount", "12344")];
        let more = found(&url, &less);
        assert_eq!(more.faults, []);
        assert!(more.notes.iter().any(|note| note.contains("who pays more has paid")), "{:?}", more.notes);
        let all = [("md5key", "secretmd5"), ("order", "78"), ("amount", "12346")];
        let faults: Vec<_> = found(&url, &all).faults.iter().map(|fault| fault.id).collect();
        assert_eq!(faults, ["orderid", "amount"]);
    }

    #[test]
    fn a_hash_that_was_computed_otherwise_is_named() {
        let url = format!("{URL}&hash=cba7ee91610984165e71568bcc6e37b8");
        let examination = found(&url, &[("md5key", "secretmd5")]);
        let diagnosis = examination.diagnosis.expect("a mistake");
        assert!(diagnosis.names("bambora.return/own-parameters-left-out"), "{diagnosis}");
        let other = found(&format!("{URL}&hash=00"), &[("md5key", "secretmd5")]);
        assert!(other.diagnosis.is_none() && other.notes.iter().any(|note| note.contains("the right key")));
        assert_eq!(found(URL, &[("md5key", "secretmd5")]).faults[0].id, "hash");
    }

    #[test]
    fn a_cancel_is_told_by_its_error() {
        let examination = found("https://shop.example/no?orderid=77&error=-5516", &[]);
        assert_eq!(examination.faults, []);
        assert!(examination.notes[0].starts_with("a cancel"), "{:?}", examination.notes);
    }
}
