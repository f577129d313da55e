//! Addresses within the view: they keep what the reader wants to see, and the token where there is one.

use provkassa_simulators::kit::workspace::DEFAULT;
use url::form_urlencoded::Serializer;

use super::view::View;
use crate::serve::house::{House, is_host};

/// An address of the control port with a query.
pub(super) fn address<V: AsRef<str>>(house: &House, path: &str, pairs: &[(&str, V)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in pairs {
        query.append_pair(name, value.as_ref());
    }
    if let Some(token) = &house.token {
        query.append_pair("token", token);
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{}{path}{mark}{query}", house.below)
}

/// The timeline as a reader wants it.
pub(super) fn timeline(house: &House, view: &View) -> String {
    address(house, "/", &view.pairs())
}

/// The control port's origin as the reader has it.
pub(super) fn origin(house: &House, headers: &http::HeaderMap) -> String {
    let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| is_host(host)).unwrap_or("127.0.0.1");
    house.public_url.clone().unwrap_or_else(|| format!("{}://{host}", house.scheme()))
}

/// A provider's origin for a workspace, as the reader can open it.
pub(super) fn provider_origin(house: &House, origin: &str, workspace: &str, id: &str) -> String {
    if workspace != DEFAULT {
        return format!("{origin}/w/{workspace}/{id}");
    }
    match (&house.public_url, house.addresses.get(id)) {
        (None, Some(address)) if !address.ip().is_unspecified() => format!("{}://{address}", house.scheme()),
        _ => format!("{origin}/{id}"),
    }
}
