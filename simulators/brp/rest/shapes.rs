//! The shapes that API3's answers share: money, moments, VAT, and references to other records.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::brp::model::{BusinessUnit, Order, Organisation, Person};
use crate::kit::table::Tx;

/// The rate of VAT on everything that is sold, in percent. Assumed: the records have none.
const VAT_RATE: i64 = 25;
/// Where every facility is. Assumed.
pub(super) const COUNTRY: &str = "SE";

/// An amount of öre.
pub(super) fn money(minor: i64, currency: &str) -> Value {
    json!({"amount": minor, "currency": currency})
}

/// The VAT in an amount that includes it; no entry where there is none.
pub(super) fn vat_sums(gross: i64, currency: &str) -> Value {
    let divisor = 100 + VAT_RATE;
    // Half an öre away from zero; wide, so that the largest amounts do not overflow.
    let wide = i128::from(gross) * i128::from(VAT_RATE) * 2;
    let rounded = (wide + i128::from(divisor * gross.signum())) / i128::from(divisor * 2);
    match i64::try_from(rounded) {
        Ok(vat) if vat != 0 => json!([{"amount": money(vat, currency), "rate": VAT_RATE.to_string()}]),
        _ => json!([]),
    }
}

/// A moment, to the millisecond.
pub(super) fn time(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// A facility, by reference.
pub(super) fn unit(tx: &Tx<'_>, id: Option<u64>) -> Value {
    let unit = id.and_then(|id| tx.get::<BusinessUnit>(id));
    unit.map_or(Value::Null, |unit| {
        json!({
            "id": unit.id,
            "name": unit.name,
            "location": COUNTRY,
            "companyNameForInvoice": unit.company,
        })
    })
}

/// The company that a facility belongs to, by reference.
pub(super) fn company(unit: &BusinessUnit) -> Value {
    json!({"id": unit.company_id, "name": unit.company})
}

/// The company of a facility that may not be there.
pub(super) fn company_of(tx: &Tx<'_>, unit: Option<u64>) -> Value {
    unit.and_then(|id| tx.get::<BusinessUnit>(id)).map_or(Value::Null, |unit| company(&unit))
}

/// A customer, by reference. Of one who is not here the id is known all the same.
pub(super) fn customer(tx: &Tx<'_>, id: Option<u64>) -> Value {
    let Some(id) = id else { return Value::Null };
    let person = tx.get::<Person>(id);
    json!({
        "id": id,
        "firstName": person.as_ref().map(|person| &person.first_name),
        "lastName": person.as_ref().map(|person| &person.last_name),
    })
}

/// An organisation, by reference.
pub(super) fn organisation(tx: &Tx<'_>, id: Option<u64>) -> Value {
    let organisation = id.and_then(|id| tx.get::<Organisation>(id));
    organisation.map_or(Value::Null, |organisation| json!({"id": organisation.id, "name": organisation.name}))
}

/// An order, by reference.
pub(super) fn order(tx: &Tx<'_>, id: Option<u64>) -> Value {
    let order = id.and_then(|id| tx.get::<Order>(id));
    order.map_or(Value::Null, |order| {
        json!({
            "id": order.id,
            "number": order.number,
            "externalId": order.external_id,
            "lastModified": time(order.last_modified),
        })
    })
}
