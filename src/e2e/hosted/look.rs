//! What a page owes whoever looks at it, asked of the browser.

use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::driver::{prefer, text};

/// What the page that is shown lacks of what all have, by day and by night.
pub(super) async fn lacks(browser: &Client) -> Vec<String> {
    let mut lacks = Vec::new();
    for scheme in ["dark", "light"] {
        prefer(browser, scheme).await;
        let said = run(browser, include_str!("look.js")).await;
        lacks.extend(serde_json::from_value::<Vec<String>>(said).expect("texts"));
    }
    lacks
}

/// Whether the folded panel is there, and says that what the shop sent was right.
pub(super) async fn has_panel(browser: &Client) -> bool {
    let panel = "details[data-sent]:not([open]) [data-signature=right]";
    !browser.find_all(Locator::Css(panel)).await.expect("a list").is_empty()
}

/// The languages that the page can be read in: its own, and the one that it offers.
pub(super) async fn languages(browser: &Client) -> Vec<String> {
    let script = "return [document.documentElement.lang, \
        ...[...document.querySelectorAll('[data-language]')].map(a => a.dataset.language)].sort()";
    serde_json::from_value(run(browser, script).await).expect("texts")
}

/// The language and the words of the page.
pub(super) async fn read(browser: &Client) -> (String, String) {
    let language = run(browser, "return document.documentElement.lang").await;
    (language.as_str().expect("a text").to_owned(), text(browser, "main").await)
}

/// Sends the page's form with what cannot be right, past the browser's own rules; whether there was one.
pub(super) async fn send_wrong(browser: &Client) -> bool {
    let script = "const wrong = { 'cc-number': '4111', email: 'nobody' };
        const fields = [...document.querySelectorAll('main form input:not([type=hidden])')];
        const form = fields[0]?.form;
        if (!form) return false;
        for (const field of fields.filter(field => wrong[field.autocomplete])) field.value = wrong[field.autocomplete];
        form.noValidate = true;
        document.body.dataset.before = '';
        form.querySelector('[data-outcome=approve], [data-continue]').click();
        return true;";
    run(browser, script).await == json!(true)
}

/// Where the cursor is after a wrong form: whether in the first field that is wrong, with a text that says why.
pub(super) async fn is_told(browser: &Client) -> Result<(), Value> {
    text(browser, "body:not([data-before]) [role=alert]").await;
    let script = "const wrong = document.querySelector('[aria-invalid=true]');
        const why = document.getElementById(wrong?.getAttribute('aria-describedby') || 'none');
        return { focused: Boolean(wrong?.contains(document.activeElement)),
            why: why?.textContent || '', title: document.title, at: document.activeElement.outerHTML.slice(0, 200) };";
    let told = run(browser, script).await;
    let title = told["title"].as_str().unwrap_or_default();
    let says_error = ["Error:", "Fejl:", "Fel:"].iter().any(|error| title.starts_with(error));
    let holds = told["focused"] == json!(true) && told["why"] != json!("") && says_error;
    if holds { Ok(()) } else { Err(told) }
}

async fn run(browser: &Client, script: &str) -> Value {
    browser.execute(script, Vec::new()).await.expect("an answer")
}
