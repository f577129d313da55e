//! What the service says about itself.

use std::path::Path;

use super::*;

/// Compares with `snapshots/kit/soap/<name>.snap`.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    settings.set_snapshot_path(root.join("snapshots/kit/soap"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn shown(service: &'static Service, query: &str) -> String {
    let response = Ask::new(service, Verb::GET).query(query).read().expect_err("an answer");
    assert_eq!(response.headers()["x-aspnet-version"], "2.0.50727");
    let (status, body) = told(response);
    assert_eq!(status, StatusCode::OK);
    body
}

/// A page without its style.
fn page(service: &'static Service, query: &str) -> String {
    let page = shown(service, query);
    let (head, rest) = page.split_once("<style>").expect("a style");
    format!("{head}{}", rest.split_once("</style>\n").expect("its end").1)
}

#[test]
fn the_description_is_as_asp_net_generates_it() {
    let wsdl = shown(&LOOSE, "WSDL");
    snapshot("wsdl-with-plain-http", &wsdl);
    for query in ["wsdl", "WsDl", "wsdl=1", "WSDL&x=y"] {
        assert_eq!(shown(&LOOSE, query), wsdl);
    }
    let strict = shown(&STRICT, "wsdl");
    assert!(!strict.contains("http:binding") && !strict.contains("TillHttp"), "{strict}");
    assert!(strict.contains(r#"<soap12:address location="http://127.0.0.1:4701/remote/till.asmx" />"#));
}

#[test]
fn every_name_in_the_description_is_written_down_in_it() {
    for service in [&STRICT, &LOOSE] {
        let wsdl = shown(service, "wsdl");
        let values = |attribute: &str| -> Vec<String> {
            let start = format!(" {attribute}=\"");
            let parts = wsdl.split(&start).skip(1);
            parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
        };
        let names = values("name");
        for attribute in ["type", "element", "message", "binding"] {
            for name in values(attribute).iter().filter_map(|value| value.strip_prefix("tns:")) {
                assert!(names.iter().any(|known| known == name), "{attribute} {name}");
            }
        }
    }
}

#[test]
fn the_discovery_document_and_the_pages_name_the_address() {
    snapshot("discovery", &shown(&STRICT, "DISCO"));
    snapshot("help-page", &page(&STRICT, ""));
    snapshot("help-page-of-a-method", &page(&LOOSE, "op=look"));
    assert_eq!(page(&STRICT, "op=nothing"), page(&STRICT, ""));
    assert_eq!(page(&STRICT, "page=2"), page(&STRICT, ""));
    let soap_alone = page(&STRICT, "op=look");
    assert!(!soap_alone.contains("<form") && !soap_alone.contains("HTTP GET"), "{soap_alone}");
    assert!(!page(&LOOSE, "op=sell").contains("<form"), "a record cannot be typed");
}
