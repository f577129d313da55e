//! Receipt mails, confirmations and distributed invoices. They are kept and can be read; nothing is
//! ever sent. Their wording is ours: the document shows its examples as files of their own.

use crate::brp::around::Around;
use crate::brp::model::{
    Agreement, AgreementKind, Channel, Invoice, Mail, Order, Person, Product, REGRET_TIME, Receipt, Row,
};
use crate::kit::money::Amount;
use crate::kit::table::Tx;

/// A receipt to everybody who gets one: the customer where the setting or the link says so, each
/// `receiptemail` as often as it was given, and the fixed address for copies.
pub(super) fn receipt(tx: &mut Tx<'_>, receipt: &Receipt, around: &Around, further: &[String], base: &str) {
    let to_customer = tx.settings.on("brp.receipt_mail") || !further.is_empty();
    let customer = around.person.as_ref().and_then(|person| person.email.clone()).filter(|_| to_customer);
    let copy = Some(tx.settings.get("brp.receipt_copy_to").to_owned()).filter(|to| !to.is_empty());
    let receivers: Vec<String> = customer.into_iter().chain(further.iter().cloned()).chain(copy).collect();
    if receivers.is_empty() {
        return;
    }
    let mut text = format!(
        "Tack för ditt köp.\n\nKvitto {}\n{}",
        receipt.number,
        rows(&receipt.rows, &receipt.currency)
    );
    text.push_str(&format!("Summa: {}\n", Amount::new(receipt.amount, &receipt.currency)));
    text.push_str(&format!("Betalsätt: {}\n", receipt.method));
    text.push_str(&notes(tx, receipt, base));
    for to in receivers {
        put(tx, |number, at| Mail {
            number,
            channel: Channel::Email,
            to,
            subject: format!("Kvitto {}", receipt.number),
            text: text.clone(),
            receipt: Some(receipt.id),
            invoice: None,
            order: receipt.order,
            at,
        });
    }
}

/// What a receipt asks the customer to do, each with a link: to sign an agreement, and to register for
/// AvtaleGiro at Nets.
fn notes(tx: &mut Tx<'_>, receipt: &Receipt, base: &str) -> String {
    let Some(order) = receipt.order else { return String::new() };
    let needed = |tx: &Tx<'_>, needs: fn(&Product) -> bool| {
        receipt.rows.iter().any(|row| tx.get::<Product>(row.product).is_some_and(|product| needs(&product)))
    };
    let asked = [
        (
            tx.settings.on("brp.electronic_signing") && needed(tx, |product| product.needs_signature),
            AgreementKind::Signature,
            "Ditt köp kräver att du undertecknar ett avtal. Skriv under här:",
        ),
        (
            tx.settings.on("brp.avtalegiro_note") && needed(tx, |product| product.needs_avtalegiro),
            AgreementKind::Avtalegiro,
            "Ditt köp kräver ett AvtaleGiro. Registrera det hos Nets här:",
        ),
    ];
    let mut notes = String::new();
    for (_, kind, sentence) in asked.into_iter().filter(|(holds, ..)| *holds) {
        let token = tx.token::<Agreement>(&format!("order {order} {kind:?}"));
        notes.push_str(&format!("\n{sentence}\n{base}/agreement/{token}\n"));
        tx.put(Agreement { token, kind, order, person: receipt.customer, accepted: None });
    }
    notes
}

/// An order's confirmation to the orderer.
pub(super) fn confirmation(tx: &mut Tx<'_>, order: &Order, around: &Around) {
    let Some(to) = around.person.as_ref().and_then(|person| person.email.clone()) else { return };
    put(tx, |number, at| Mail {
        number,
        channel: Channel::Email,
        to,
        subject: format!("Bekräftelse på beställning {}", order.number),
        text: format!("Din beställning är bekräftad.\n\n{}", rows(&order.rows, &order.currency)),
        receipt: None,
        invoice: None,
        order: Some(order.id),
        at,
    });
}

/// An invoice that is distributed, by e-mail or on paper, when the time for second thoughts is over.
pub(super) fn invoice(tx: &mut Tx<'_>, invoice: &Invoice, around: &Around) {
    let (Some(way), Some(person)) = (&invoice.distribution, &around.person) else { return };
    let (channel, to) = if way == "email" {
        (Channel::Email, person.email.clone().unwrap_or_default())
    } else {
        (Channel::Post, envelope(person))
    };
    let text = format!(
        "Faktura {}\nAtt betala: {}\nFörfallodag: {}\n",
        invoice.number,
        Amount::new(invoice.rest, &invoice.currency),
        invoice.due_date
    );
    put(tx, |number, at| Mail {
        number,
        channel,
        to,
        subject: format!("Faktura {}", invoice.number),
        text,
        receipt: None,
        invoice: Some(invoice.id),
        order: invoice.order,
        at: at.saturating_add(REGRET_TIME).unwrap_or(at),
    });
}

fn envelope(person: &Person) -> String {
    let address = person.address.clone().unwrap_or_default();
    format!(
        "{} {}, {}, {} {}",
        person.first_name, person.last_name, address.street, address.postal_code, address.city
    )
}

fn rows(rows: &[Row], currency: &str) -> String {
    let line = |row: &Row| {
        format!(
            "{} × {}: {}\n",
            row.quantity,
            row.name,
            Amount::new(row.price.saturating_mul(row.quantity), currency)
        )
    };
    rows.iter().map(line).collect()
}

fn put(tx: &mut Tx<'_>, mail: impl FnOnce(u64, jiff::Timestamp) -> Mail) {
    let (number, now) = (tx.next::<Mail>(), tx.now);
    tx.put(mail(number, now));
}
