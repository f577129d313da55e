//! The live view: what it tells, what its buttons do, and that nothing from outside is ever markup in it.

mod browser;
mod buttons;
mod pages;

use reqwest::Response;

use crate::support::{Served, link};

/// A page of the view.
pub(crate) async fn view(served: &Served, path: &str) -> String {
    let answer = served.get(&format!("{}{path}", served.control)).await;
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.text().await.expect("a page")
}

/// The story about an order, as far as it is told on a page.
fn story<'a>(page: &'a str, title: &str) -> &'a str {
    let titled = format!("<bdi>{title}</bdi>");
    let mut stories = page.split("<li class=\"card story").skip(1);
    let found = stories.find(|story| story.contains(&titled));
    let found = found.unwrap_or_else(|| panic!("no story about {title}: {page}"));
    found.split("</ol>\n").next().expect("its moments")
}

/// A link that pays an order of BRP's, with a mistake in it where one is given.
fn paying(served: &Served, order: &str, spoilt: bool) -> String {
    let back = "http://127.0.0.1:3000/paid";
    let signed = link(&served.base(), &[("orderid", order), ("returnurl", back)]);
    if spoilt { signed.replace("&hash=", "&hash=0") } else { signed }
}

/// Presses a button of the view's, as its own page does.
async fn press(served: &Served, deed: &str, fields: &[(&str, &str)]) -> Response {
    let all = [&[("workspace", "default")], fields].concat();
    served.submit(&format!("{}/_sim/live/do/{deed}", served.control), &all).await
}
