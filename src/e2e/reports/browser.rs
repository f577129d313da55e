//! The HTML report in a browser, with its script and without.

use super::hostile::check_hostile;
use super::report;
use crate::driver::{self, Driver, click, text};
use crate::support::found;

#[tokio::test]
async fn the_html_report_is_read_in_a_browser() {
    if !driver::there() || !found("node", "an adapter that says odd things") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ran = check_hostile(folder.path(), &[], &[]);
    let report = report(folder.path());
    let cases = report["cases"].as_array().expect("cases");
    let page = format!("file://{}", folder.path().join("r.html").display());
    let driver = Driver::start();
    let browser = driver.browser(true).await;
    browser.goto(&page).await.expect("the report");
    let count = |script: &str| format!("return document.querySelectorAll({script}).length");
    let asked = async |script: &str| browser.execute(script, Vec::new()).await.expect("an answer");
    assert!(
        browser.title().await.expect("a title").starts_with("provkassa: The adapter broke"),
        "{}",
        ran.shown()
    );
    assert_eq!(asked(&count("'script,img,iframe'")).await, 1, "its own script");
    assert_eq!(asked("return document.body.innerText.includes('\\u202e')").await, false);
    assert!(text(&browser, "h1").await.contains("finding"));

    // The filters: together, and remembered in the address.
    let shown = "[...document.querySelectorAll('tr[data-item]')].filter(row => !row.hidden).length";
    assert_eq!(asked(&format!("return {shown}")).await, cases.len());
    let hash = cases.iter().filter(|case| case["operation"] == "brp.hash").count();
    let set = |name: &str, value: &str| {
        format!(
            "const f = document.querySelector('[data-filters]'); f.elements['{name}'].value = '{value}'; \
             f.dispatchEvent(new Event('input')); return {shown}"
        )
    };
    assert_eq!(asked(&set("q", "BRP/hash/")).await, hash);
    let must = cases.iter().filter(|case| case["operation"] == "brp.hash" && case["level"] == "MUST").count();
    assert_eq!(asked(&set("level", "must")).await, must);
    assert_eq!(asked(&set("verdict", "unsupported")).await, 0);
    assert_eq!(asked("return document.querySelector('[data-empty]').hidden").await, false);
    assert!(
        browser.current_url().await.expect("a URL").fragment().expect("a fragment").contains("level=must")
    );
    click(&browser, "[data-filters] [type=reset]").await;
    assert_eq!(
        asked(&format!("return new Promise(done => setTimeout(() => done({shown}), 50))")).await,
        cases.len()
    );
    click(&browser, "[data-copy]").await;
    driver::reads(&browser, "[data-copy]", "Copied").await;

    // A link to a finding opens it.
    asked("document.querySelector('[data-all=close]').click()").await;
    let link = asked("return document.querySelector('tr[data-verdict=fail] a').getAttribute('href')").await;
    let link = link.as_str().expect("a link").trim_start_matches('#').to_owned();
    asked(&format!("location.hash = '{link}'")).await;
    let open = format!(
        "const at = document.getElementById('{link}'); const fold = at.closest('details') || at.querySelector('details'); return new Promise(done => setTimeout(() => done(fold.open), 100))"
    );
    assert_eq!(asked(&open).await, true);
    browser.close().await.expect("closed");

    // Without scripts nothing is hidden but what needs them.
    let browser = driver.browser(false).await;
    browser.goto(&page).await.expect("the report");
    assert!(text(&browser, "article.fail .again code").await.starts_with("provkassa check"));
    let hidden = browser.find_all(fantoccini::Locator::Css("details:not([open])")).await.expect("a list");
    assert!(hidden.is_empty());
    let filters = browser.find(fantoccini::Locator::Css("[data-filters]")).await.expect("the form");
    assert!(!filters.is_displayed().await.expect("an answer"));
    browser.close().await.expect("closed");
}
