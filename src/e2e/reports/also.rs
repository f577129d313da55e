//! An answer with two things wrong: the finding of one says so of the other.

use super::{checked, read, report};
use crate::support::PROGRAM;

#[test]
fn what_else_is_wrong_stands_in_every_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let adapter = format!(
        "{PROGRAM} adapter --mistake quickpay.subscription/order-id-missing \
         --mistake quickpay.subscription/currency-as-number"
    );
    let ran = checked(folder.path(), &adapter, &["--cases", "16", "--only", "quickpay/subscription"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let also = "you sent the currency's number";
    let report = report(folder.path());
    let cases = report["cases"].as_array().expect("cases");
    let finding = cases
        .iter()
        .find(|case| case["id"] == "quickpay/subscription/order-id-length")
        .map(|case| &case["finding"])
        .expect("the case");
    assert_eq!(finding["headline"], "you sent no order_id");
    assert_eq!(finding["also"], serde_json::json!([also]), "{finding:#}");
    assert!(ran.stdout.contains(&format!("also: {also}")), "{}", ran.shown());
    let (html, markdown) = (read(folder.path(), "r.html"), read(folder.path(), "r.md"));
    assert!(html.contains("<b>Also</b> you sent the currency"), "{html}");
    assert!(markdown.contains(&format!("also: {also}")), "{markdown}");
}
