//! What Jenkins and GitLab ask of JUnit's XML.

use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// An element of an XML document.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Self {
        let attribute = |one: quick_xml::events::attributes::Attribute<'_>| {
            let name = String::from_utf8(one.key.0.to_vec()).expect("UTF-8");
            let value = String::from_utf8(one.value.to_vec()).expect("UTF-8");
            (name, quick_xml::escape::unescape(&value).expect("escaped").into_owned())
        };
        Self {
            name: String::from_utf8(start.name().0.to_vec()).expect("UTF-8"),
            attributes: start.attributes().map(|one| attribute(one.expect("an attribute"))).collect(),
            ..Self::default()
        }
    }

    fn get(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map_or_else(|| panic!("{} has no {name}", self.name), |(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> usize {
        self.get(name).parse().unwrap_or_else(|_| panic!("{name} of {} is no number", self.name))
    }

    fn all(&self, name: &str) -> Vec<&Self> {
        self.children.iter().filter(|child| child.name == name).collect()
    }
}

/// Reads a document; panics where XML 1.0 has no place for some of it.
pub(super) fn parsed(text: &str) -> Element {
    let legal = |sign: char| matches!(sign, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(legal), "XML 1.0 has no place for some of it");
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error} in {text}")) {
            Event::Start(start) => open.push(Element::new(&start)),
            Event::Empty(start) => open.last_mut().expect("open").children.push(Element::new(&start)),
            Event::Text(text) => open.last_mut().expect("open").text.push_str(&text.decode().expect("UTF-8")),
            Event::GeneralRef(name) => {
                let reference = format!("&{};", name.decode().expect("UTF-8"));
                let sign = quick_xml::escape::unescape(&reference).expect("known").into_owned();
                open.last_mut().expect("open").text.push_str(&sign);
            }
            Event::End(_) => {
                let done = open.pop().expect("open");
                open.last_mut().expect("its parent").children.push(done);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1);
    open.remove(0).children.into_iter().next().expect("a root")
}

fn is_time(text: &str) -> bool {
    text.split_once('.').is_some_and(|(seconds, rest)| {
        rest.len() == 3 && (seconds.to_owned() + rest).bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// What Jenkins and GitLab ask of JUnit's XML; `totals` is the JSON report of the same run.
pub(super) fn assert_is_junit(text: &str, report: &Value) {
    let root = parsed(text);
    assert_eq!(root.name, "testsuites");
    let counts = ["tests", "failures", "errors", "skipped"];
    let suites = root.all("testsuite");
    assert_eq!(suites.len(), root.children.len(), "nothing but suites");
    assert!(is_time(root.get("time")));
    for count in counts {
        let sum: usize = suites.iter().map(|suite| suite.number(count)).sum();
        assert_eq!(root.number(count), sum, "{count}");
    }
    for suite in &suites {
        let cases = suite.all("testcase");
        let with = |name: &str| cases.iter().filter(|case| !case.all(name).is_empty()).count();
        let counted = [cases.len(), with("failure"), with("error"), with("skipped")];
        assert_eq!(counts.map(|count| suite.number(count)), counted, "{}", suite.get("name"));
        assert!(is_time(suite.get("time")));
        let timestamp = suite.get("timestamp");
        assert!(timestamp.len() == 19 && timestamp.starts_with("20"), "{timestamp}");
        assert_eq!(suite.children[0].name, "properties", "they come first");
        assert_eq!(suite.children.len(), cases.len() + 1);
        let properties: Vec<_> = suite.children[0].children.iter().map(|one| one.get("name")).collect();
        assert_eq!(properties[..2], ["seed", "version"]);
        for case in cases {
            assert_eq!(case.get("classname"), suite.get("name"));
            assert!(is_time(case.get("time")) && case.children.len() <= 1, "{case:?}");
            for failure in case.all("failure") {
                assert!(
                    ["MUST", "SHOULD"].contains(&failure.get("type")) && !failure.get("message").is_empty()
                );
                let mut lines = failure.text.lines();
                assert!(
                    lines.next().is_some_and(|line| line.starts_with(failure.get("type"))),
                    "{failure:?}"
                );
                assert!(
                    lines.next().is_some_and(|line| line.starts_with("again: provkassa check ")),
                    "{failure:?}"
                );
            }
        }
    }
    let ids: Vec<_> =
        suites.iter().flat_map(|suite| suite.all("testcase")).map(|case| case.get("name")).collect();
    let cases = report["cases"].as_array().expect("cases");
    assert_eq!(ids, cases.iter().map(|case| case["id"].as_str().expect("an id")).collect::<Vec<_>>());
    assert_eq!(
        root.number("failures"),
        usize::try_from(report["totals"]["fail"].as_u64().expect("a count")).expect("small")
    );
}
