//! A small service, called in every way.

mod documents;
mod encodings;
mod envelopes;
mod faults;
mod plain_http;
mod safety;

use axum::body::to_bytes;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method as Verb, StatusCode};
use jiff::civil::date;

use super::service::{Choice, Element, Method, Record, Service, Type, optional, required};
use super::{Call, Exception, Request, Value, read};

const NAMESPACE: &str = "https://shop.example/remote/till";

static COLOUR: Choice = Choice { name: "Colour", words: &["NO_COLOUR", "RED", "GREEN"] };

static LINE: Record = Record {
    name: "Line",
    elements: &[optional("what", Type::Text), required("colour", Type::Choice(&COLOUR))],
};

static RECEIPT: Record = Record {
    name: "Receipt",
    elements: &[
        required("number", Type::Long),
        optional("note", Type::Text),
        required("paid", Type::Boolean),
        required("at", Type::DateTime),
        optional("lines", Type::List(&LINE)),
    ],
};

const SALE: &[Element] = &[
    required("till", Type::Int),
    required("number", Type::Long),
    required("paid", Type::Boolean),
    required("at", Type::DateTime),
    required("colour", Type::Choice(&COLOUR)),
    optional("note", Type::Text),
    optional("receipt", Type::Record(&RECEIPT)),
];

const METHODS: &[Method] = &[
    Method {
        name: "sell",
        does: "Sells something & more.",
        request: SALE,
        response: &[
            required("sellResult", Type::Boolean),
            optional("note", Type::Text),
            optional("receipt", Type::Record(&RECEIPT)),
            required("code", Type::Int),
        ],
    },
    Method {
        name: "look",
        does: "Looks a receipt up.",
        request: &[required("number", Type::Long), optional("password", Type::Text)],
        response: &[optional("lookResult", Type::Record(&RECEIPT))],
    },
    Method {
        name: "shut",
        does: "Shuts the till from a moment on.",
        request: &[required("from", Type::DateTime), required("colour", Type::Choice(&COLOUR))],
        response: &[],
    },
    Method { name: "count", does: "", request: &[], response: &[required("countResult", Type::Int)] },
];

/// SOAP alone, exact in the names.
static STRICT: Service =
    Service { name: "Till", namespace: NAMESPACE, methods: METHODS, http: false, any_case: false };

/// Plain HTTP, too; names in any case.
static LOOSE: Service =
    Service { name: "Till", namespace: NAMESPACE, methods: METHODS, http: true, any_case: true };

/// A request that is built piece by piece.
struct Ask {
    service: &'static Service,
    verb: Verb,
    rest: &'static str,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Ask {
    fn new(service: &'static Service, verb: Verb) -> Self {
        Self { service, verb, rest: "", query: String::new(), headers: HeaderMap::new(), body: Vec::new() }
    }

    /// A call in an envelope of SOAP 1.1.
    fn soap11(method: &str, body: &str) -> Self {
        Self::new(&STRICT, Verb::POST)
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", &format!("\"{NAMESPACE}/{method}\""))
            .body(&format!("<s:Envelope xmlns:s=\"{SOAP11}\"><s:Body>{body}</s:Body></s:Envelope>"))
    }

    /// A call in an envelope of SOAP 1.2.
    fn soap12(method: &str, body: &str) -> Self {
        let content_type = match method {
            "" => "application/soap+xml; charset=utf-8".to_owned(),
            method => format!("application/soap+xml; charset=utf-8; action=\"{NAMESPACE}/{method}\""),
        };
        Self::new(&STRICT, Verb::POST)
            .header("content-type", &content_type)
            .body(&format!("<e:Envelope xmlns:e=\"{SOAP12}\"><e:Body>{body}</e:Body></e:Envelope>"))
    }

    fn of(self, service: &'static Service) -> Self {
        Self { service, ..self }
    }

    fn query(self, query: &str) -> Self {
        Self { query: query.to_owned(), ..self }
    }

    fn rest(self, rest: &'static str) -> Self {
        Self { rest, ..self }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    fn body(self, body: &str) -> Self {
        self.bytes(body.as_bytes().to_vec())
    }

    fn bytes(self, body: Vec<u8>) -> Self {
        Self { body, ..self }
    }

    #[expect(clippy::result_large_err, reason = "the answer goes out as it is; it is not handed far")]
    fn read(&self) -> Result<Call, Response> {
        let request = Request {
            verb: &self.verb,
            address: "http://127.0.0.1:4701/remote/till.asmx",
            rest: self.rest,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        read(self.service, &request)
    }

    fn call(&self) -> Call {
        self.read().expect("a call")
    }

    /// The status and body of what is answered without the provider.
    fn refused(&self) -> (StatusCode, String) {
        told(self.read().expect_err("an answer"))
    }
}

const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP12: &str = "http://www.w3.org/2003/05/soap-envelope";

fn told(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let body = runtime.block_on(to_bytes(response.into_body(), usize::MAX)).expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

/// `sell` with these elements in the service's namespace.
fn sell(elements: &str) -> String {
    format!("<sell xmlns=\"{NAMESPACE}\">{elements}</sell>")
}

/// An answer's XML without what is the same in all of them.
fn inner(body: &str) -> &str {
    let start = body.find("<soap:Body>").expect("a body") + "<soap:Body>".len();
    &body[start..body.find("</soap:Body>").expect("a body")]
}

fn receipt(note: Value, lines: Value) -> Value {
    let at = date(2026, 11, 22).at(12, 0, 0, 0);
    Value::Record(vec![Value::Int(9_000_000_000), note, true.into(), at.into(), lines])
}
