//! Helpers for hosted pages: plain server-rendered HTML that works without JavaScript.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use super::mask::Masker;

/// What the shop sent, for the folded panel on a hosted page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The request line.
    pub request: String,
    /// Parameters in the order they came.
    pub parameters: Vec<(String, String)>,
    /// What [`Sent::canonical`] is, as a person is told.
    pub canonical_is: String,
    /// The string that was hashed or signed, without the secret.
    pub canonical: String,
    /// Whether the signature was right, and if not, why.
    pub verdict: String,
    /// Whether it was right.
    pub right: bool,
    /// What passed here and might not elsewhere.
    pub warnings: Vec<String>,
}

impl Sent {
    /// Without secrets and card numbers, the names of parameters among them: a body that is no form is read as one.
    #[must_use]
    pub fn masked(self, masker: &Masker) -> Self {
        let text = |text: &String| masker.text(text);
        Self {
            request: text(&self.request),
            parameters: self.parameters.iter().map(|(name, value)| (text(name), text(value))).collect(),
            canonical: canonical(masker, &self.canonical, &self.parameters),
            verdict: text(&self.verdict),
            warnings: self.warnings.iter().map(text).collect(),
            ..self
        }
    }

    /// How much memory it holds, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        let parameters = self.parameters.iter().map(|(name, value)| name.len() + value.len() + 48);
        let texts = [&self.request, &self.canonical_is, &self.canonical, &self.verdict];
        let texts = texts.into_iter().chain(&self.warnings).map(String::len);
        size_of::<Self>() + parameters.sum::<usize>() + texts.sum::<usize>()
    }
}

/// A string that is signed, without secrets and card numbers. Values often stand in it without anything between
/// them, and a card behind another number is told by its own parameter alone.
#[must_use]
pub fn canonical<N>(masker: &Masker, canonical: &str, parameters: &[(N, String)]) -> String {
    let mut hidden: Vec<(&str, String)> = parameters
        .iter()
        .filter(|(_, value)| canonical.contains(value))
        .map(|(_, value)| (value.as_str(), masker.text(value)))
        .filter(|(value, shown)| value != shown)
        .collect();
    hidden.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    let apart = hidden.iter().fold(canonical.to_owned(), |text, (value, shown)| text.replace(value, shown));
    masker.text(&apart)
}

/// The style that all hosted pages share.
pub const STYLE: &str = include_str!("page.css");

/// The attributes of a field that is wrong: the text with the id `problem` says why, and the payer goes on there.
#[must_use]
pub fn wrong(is_wrong: bool) -> &'static str {
    if is_wrong { r#" aria-invalid="true" aria-describedby="problem" autofocus"# } else { "" }
}

/// The attributes of a field that is wrong together with the one before it.
#[must_use]
pub fn wrong_too(is_wrong: bool) -> &'static str {
    if is_wrong { r#" aria-invalid="true" aria-describedby="problem""# } else { "" }
}

/// The attributes of the text that says what is wrong, where no field is: the payer is taken there, and hears it.
#[must_use]
pub fn heard(is_heard: bool) -> &'static str {
    if is_heard { r#" tabindex="-1" autofocus"# } else { "" }
}

/// Sends a rendered template. Pages run no script but what they bring themselves, load and ask nothing
/// elsewhere, may not be framed, and tell nobody else where the payer comes from. Between themselves
/// they do: without it a browser hides the origin of their own forms.
#[must_use]
pub fn html(status: StatusCode, page: &impl askama::Template) -> Response {
    rendered(status, page, &format!("{POLICY}; frame-ancestors 'none'"))
}

/// Sends a rendered template that any page may show in a frame.
#[must_use]
pub fn html_in_frames(status: StatusCode, page: &impl askama::Template) -> Response {
    rendered(status, page, POLICY)
}

/// Sends a rendered template that loads a script of its own origin, and that script's frames.
#[must_use]
pub fn html_with_own_scripts(status: StatusCode, page: &impl askama::Template) -> Response {
    let policy = POLICY.replace("script-src", "script-src 'self'");
    rendered(status, page, &format!("{policy}; frame-src 'self'; frame-ancestors 'none'"))
}

fn rendered(status: StatusCode, page: &impl askama::Template, policy: &str) -> Response {
    let body = match page.render() {
        Ok(body) => body,
        Err(error) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response();
        }
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let set = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

// No `form-action`: browsers apply it to the redirect that follows a form, and that goes to the shop.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'";

/// Answers HEAD: a link that is looked at is not yet followed. Previews send HEAD, and must not pay.
pub async fn no_head() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response()
}

/// A redirect with exactly this address, byte for byte where it is legal in a header.
#[must_use]
pub fn redirect(status: StatusCode, to: &str) -> Response {
    // Bytes outside ASCII, blanks and control characters cannot stand in a header: percent-encode them.
    let mut address = String::with_capacity(to.len());
    for byte in to.bytes() {
        if byte.is_ascii_graphic() {
            address.push(char::from(byte));
        } else {
            address.push_str(percent_encoding::percent_encode_byte(byte));
        }
    }
    let mut response = status.into_response();
    if let Ok(value) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}
