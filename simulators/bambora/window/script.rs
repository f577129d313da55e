//! What a shop's page loads from ePay: the window's script, and the logos of the cards.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use crate::kit::query;

const SCRIPT: &str = include_str!("../templates/paymentwindow.js");

fn javascript(body: String) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/javascript; charset=utf-8")], body).into_response()
}

/// `/integration/ewindow/paymentwindow.js`
pub(in crate::bambora) fn script() -> Response {
    javascript(SCRIPT.to_owned())
}

/// The cards that are shown, by name: the real logos are not ours.
const CARDS: &[&str] = &["Dankort", "Visa", "MasterCard"];

/// `/integration/paymentlogos/PaymentLogos.aspx`: a script that puts the cards into an element of the page, or with
/// `iframe=1` a page of its own. Public plugins load it as a script; what it does then is assumed.
pub(in crate::bambora) fn logos(query: &str) -> Response {
    let asked = |name: &str| query::last(&format!("?{query}"), name).unwrap_or_default();
    let width: u16 = asked("cardwidth").parse().ok().filter(|width| (20..=400).contains(width)).unwrap_or(60);
    let padding: u16 = asked("padding").parse().ok().filter(|padding| *padding <= 100).unwrap_or(2);
    let style = format!(
        "display:inline-block;width:{width}px;margin:{padding}px;font:bold {}px sans-serif;text-align:center;border:1px solid;border-radius:4px",
        (width / 6).clamp(7, 24)
    );
    // `direction` 2 is one below the other in some plugins and beside in others: `rows` alone decides here.
    let cards: Vec<_> = CARDS.iter().map(|card| format!("<span style=\"{style}\">{card}</span>")).collect();
    let cards = cards.concat();
    if asked("iframe") == "1" {
        let page =
            format!("<!DOCTYPE html><html lang=\"en\"><title>Cards</title><body>{cards}</body></html>");
        return (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    }
    let text = |text: &str| serde_json::Value::from(text).to_string().replace('<', "\\u003c");
    let (cards, divid) = (text(&cards), text(&asked("divid")));
    javascript(format!(
        "(function () {{\n  var cards = {cards}, place = document.getElementById({divid});\n  if (place) place.innerHTML = cards;\n  else if (document.readyState === 'loading') document.write(cards);\n}})();\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_logos_cannot_be_made_to_say_something_else() {
        let body = async |query: &str| {
            let body = axum::body::to_bytes(logos(query).into_body(), usize::MAX).await.expect("a body");
            String::from_utf8(body.to_vec()).expect("text")
        };
        let script = body("divid=a%22)%3Balert(1)%3B(%22%3C/script%3E&cardwidth=45").await;
        assert!(script.contains(r#"getElementById("a\");alert(1);(\"\u003c/script>")"#), "{script}");
        assert!(script.contains("width:45px") && script.contains("Dankort"));
        assert!(body("iframe=1&cardwidth=%3Cb%3E").await.starts_with("<!DOCTYPE html>"));
    }
}
