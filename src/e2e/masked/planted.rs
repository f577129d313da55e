//! What is planted, and how a message makes it look like something else.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// A card that somebody could have: its check digit is right, and nobody has published it for tests.
pub(super) const CARD: &str = "4539148803436467";

/// A value that must not be seen, and what it is.
#[derive(Clone, Debug)]
pub(super) struct Planted {
    pub(super) name: String,
    pub(super) value: String,
}

impl Planted {
    pub(super) fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.to_owned() }
    }

    /// As it is, and as it looks in messages.
    pub(super) fn looks(&self) -> Vec<String> {
        let value = self.value.as_str();
        let each = |written: fn(u8) -> String| value.bytes().map(written).collect::<String>();
        let mut looks = vec![
            value.to_owned(),
            each(|byte| format!("%{byte:02X}")),
            each(|byte| format!("%{byte:02x}")),
            each(|byte| format!("%25{byte:02X}")),
            each(|byte| format!("\\u{byte:04x}")),
            each(|byte| format!("&#{byte};")),
            each(|byte| format!("{byte:02x}")),
            STANDARD.encode(value),
            STANDARD.encode(format!("x:{value}")),
            STANDARD.encode(format!("ab{value}")),
            URL_SAFE_NO_PAD.encode(format!("{{\"a\":\"{value}\"}}")),
            format!("{}<!-- -->{}", &value[..2], &value[2..]),
        ];
        if value == CARD {
            let groups: Vec<&str> = [0, 4, 8, 12].map(|at| &CARD[at..at + 4]).to_vec();
            looks.extend([" ", "-", "+", "%20", ".", "  "].map(|gap| groups.join(gap)));
        }
        looks
    }
}

/// All looks of all that is planted, as fields of a message. Where values are put together to be signed, the brackets
/// keep them apart.
pub(super) fn fields(planted: &[Planted]) -> Vec<(String, String)> {
    let looks = planted.iter().flat_map(Planted::looks).enumerate();
    looks.map(|(number, look)| (format!("note{number}"), format!("[{look}]"))).collect()
}

/// Bodies of every kind, with what they are said to be.
pub(super) fn bodies(planted: &[Planted]) -> Vec<(&'static str, Vec<u8>)> {
    let fields = fields(planted);
    let object: Map<String, Value> = fields.iter().map(|(name, look)| (name.clone(), json!(look))).collect();
    let object = Value::Object(object).to_string();
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let raw: Vec<String> = fields.iter().map(|(name, look)| format!("{name}={look}")).collect();
    let elements: Vec<String> =
        fields.iter().map(|(name, look)| format!("<{name}>{look}</{name}>")).collect();
    let part = |(name, look): &(String, String)| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{look}\r\n")
    };
    let parts: String = fields.iter().map(part).collect();
    let envelope = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soap:Body><ping xmlns=\"https://ssl.ditonlinebetalingssystem.dk/remote/payment\">{}</ping></soap:Body></soap:Envelope>",
        elements.concat()
    );
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(envelope.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    vec![
        ("application/json", object.clone().into_bytes()),
        ("application/json", format!("{{\"broken\": {object}, \"left open").into_bytes()),
        ("application/json", json!({ "inner": object }).to_string().into_bytes()),
        ("application/x-www-form-urlencoded", form.into_bytes()),
        ("application/x-www-form-urlencoded", raw.join("&").into_bytes()),
        ("text/xml; charset=utf-8", envelope.into_bytes()),
        ("text/xml", utf16),
        ("multipart/form-data; boundary=b", format!("{parts}--b--\r\n").into_bytes()),
        ("text/plain", STANDARD.encode(&object).into_bytes()),
    ]
}
