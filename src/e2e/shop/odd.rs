//! Mistakes that most orders do not show.

use reqwest::StatusCode;
use serde_json::json;

use super::trials::Trial;

/// A text with one letter of three bytes everywhere.
const LONG: &str = "€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€";

/// What is tried for a mistake, and what comes of it, in a few words.
pub(super) async fn trial(trial: &Trial<'_>, mistake: &str) -> String {
    let Trial { shop, provider, .. } = *trial;
    let id = format!("{}odd", trial.name);
    let mut wish = json!({"order": id, "amount": 12_500, "name": "Anna", "email": "anna@example.com"});
    match mistake {
        "amounts-with-thousands" => wish["amount"] = json!(123_456),
        "cuts-texts-by-bytes" => wish["description"] = json!(LONG),
        "json-by-hand" => wish["description"] = json!("6\" pipe"),
        "loses-letters" => wish["email"] = json!("łukasz@example.com"),
        "plus-in-links" => wish["email"] = json!("anna+shop@example.com"),
        "too-long-texts" => wish["description"] = json!("å".repeat(1025)),
        other => panic!("nobody tries {other}"),
    }
    // QuickPay and Fenerum get the name in different ways, and both the description of a subscription.
    let signs_up = mistake == "json-by-hand" && provider == "quickpay";
    let way = if signs_up { "quickpay?variant=subscription".to_owned() } else { provider.to_owned() };
    let answer = shop.checkout(&way, wish).await;
    if ["json-by-hand", "plus-in-links", "too-long-texts"].contains(&mistake) {
        let link = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
        let Some(link) = link else { return format!("checkout {}", answer.status()) };
        let page = trial.served.get(&link).await;
        return match page.headers().get("location").map(|to| to.to_str().expect("text").to_owned()) {
            Some(on) if page.status() == StatusCode::FOUND || page.status() == StatusCode::SEE_OTHER => {
                format!("sent on, {}", if on.contains("error=") { "with an error" } else { "to pay" })
            }
            _ => format!("the provider's page {}", page.status()),
        };
    }
    let order = shop.order(&id).await;
    let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    match mistake {
        "amounts-with-thousands" => order["amount"].to_string(),
        "loses-letters" => text("email"),
        _ if text("description").contains('\u{fffd}') => "half a letter".to_owned(),
        _ => format!("{} letters", text("description").chars().count()),
    }
}
