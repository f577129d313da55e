//! Calls by plain HTTP.

use super::*;

fn get(rest: &'static str, query: &str) -> Ask {
    Ask::new(&LOOSE, Verb::GET).rest(rest).query(query)
}

fn post(rest: &'static str, form: &str) -> Ask {
    let ask = Ask::new(&LOOSE, Verb::POST).rest(rest).body(form);
    ask.header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
}

#[test]
fn parameters_are_known_in_any_case_by_get_and_post() {
    for ask in [get("/look", "NUMBER=+7%20&Password=a%26b"), post("/look", "NUMBER=+7%20&Password=a%26b")] {
        let call = ask.call();
        assert_eq!((call.name(), call.int("number"), call.text("password")), ("look", 7, "a&b"));
    }
    assert_eq!(Ask::new(&LOOSE, Verb::POST).rest("/count").call().name(), "count");
}

#[test]
fn dates_are_danish_or_iso_and_words_have_numbers() {
    let noon = date(2026, 11, 22).at(12, 34, 0, 0);
    for moment in [
        "22-11-2026 12:34:00",
        "22-11-2026+12:34:00",
        "22-11-2026 12:34",
        "22/11/2026 12.34.00",
        "2026-11-22 12:34:00",
        "2026-11-22T12:34:00",
        "2026-11-22T12:34:00%2B01:00",
    ] {
        let call = get("/shut", &format!("from={moment}&colour=green")).call();
        assert_eq!((call.date("from"), call.text("colour")), (noon, "GREEN"), "{moment}");
    }
    let call = get("/shut", "from=22-11-2026&colour=1").call();
    assert_eq!((call.date("from"), call.text("colour")), (date(2026, 11, 22).at(0, 0, 0, 0), "RED"));
}

#[test]
fn the_result_alone_is_answered_indented_and_named_after_its_type() {
    let call = get("/look", "number=1&password=").call();
    let line = Value::Record(vec!["tea".into(), "RED".into()]);
    let response = call.answer(&[receipt("".into(), Value::List(vec![line]))]);
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8");
    assert_eq!(response.headers()["x-aspnet-version"], "2.0.50727");
    let (status, body) = told(response);
    assert_eq!(status, StatusCode::OK);
    let expected = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<Receipt xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}">
  <number>9000000000</number>
  <note />
  <paid>true</paid>
  <at>2026-11-22T12:00:00</at>
  <lines>
    <Line>
      <what>tea</what>
      <colour>RED</colour>
    </Line>
  </lines>
</Receipt>"#
    );
    assert_eq!(body, expected.replace('\n', "\r\n"));
    let (_, body) = told(get("/count", "").call().answer(&[Value::Int(3)]));
    assert!(body.ends_with(&format!("\r\n<int xmlns=\"{NAMESPACE}\">3</int>")), "{body}");
    let (_, body) = told(call.answer(&[Value::Null]));
    assert!(body.contains("<Receipt xmlns:xsi="), "{body}");
    assert!(body.contains("xsi:nil=\"true\""), "{body}");
    let response = get("/shut", "from=2026-11-22&colour=RED").call().answer(&[]);
    assert_eq!(told(response), (StatusCode::OK, String::new()));
}

#[test]
fn what_is_wrong_with_a_call_is_told_as_plain_text() {
    let told = |ask: Ask| {
        let response = ask.read().expect_err("an answer");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        let (status, body) = told(response);
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        body
    };
    assert_eq!(told(get("/look", "password=x")), "Missing parameter: number.\r\n");
    assert_eq!(told(get("/look", "number=1")), "Missing parameter: password.\r\n");
    assert_eq!(told(get("/shut", "")), "Missing parameter: from.\r\n");
    let number = "Input string was not in a correct format.";
    for (text, shown) in [("abc", "abc"), ("", ""), ("<1", "&lt;1"), ("1&number=2", "1,2")] {
        assert_eq!(
            told(get("/look", &format!("number={text}&password="))),
            format!("Cannot convert {shown} to System.Int64.\r\nParameter name: type ---> {number}\r\n")
        );
    }
    assert_eq!(
        told(post("/shut", "from=31-02-2026&colour=RED")),
        "Cannot convert 31-02-2026 to System.DateTime.\r\nParameter name: type ---> String was not \
         recognized as a valid DateTime.\r\n"
    );
    assert_eq!(
        told(post("/shut", "from=2026-11-22&colour=BLUE")),
        "Cannot convert BLUE to Colour.\r\nParameter name: type ---> Requested value &#39;BLUE&#39; was not \
         found.\r\n"
    );
    assert_eq!(
        told(post("/look", "number=1&password=").header("content-type", "application/json")),
        "Request format is invalid: application/json.\r\n"
    );
    let exception = Exception { kind: "System.ArgumentException", text: "No <till>.".to_owned() };
    let response = get("/count", "").call().refuse(&exception);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    let (status, body) = super::told(response);
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(body, "System.ArgumentException: No &lt;till&gt;.\r\n");
}

#[test]
fn what_plain_http_cannot_reach_is_told_on_a_page() {
    let told = |ask: Ask| {
        let response = ask.read().expect_err("an answer");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
        let (status, body) = told(response);
        let (_, title) = body.split_once("<title>").expect("a title");
        (status.as_u16(), title.split("</title>").next().expect("an end").replace("&#39;", "'"))
    };
    let unrecognized =
        |end: &str| (500, format!("Request format is unrecognized for URL unexpectedly ending in '{end}'."));
    let off = || Ask::new(&STRICT, Verb::GET).query("number=1&password=");
    assert_eq!(told(off().rest("/look")), unrecognized("/look"));
    assert_eq!(told(off().rest("/")), unrecognized("/"));
    assert_eq!(told(Ask::new(&STRICT, Verb::POST).rest("/<b>")), unrecognized("/&#60;b&#62;"));
    assert_eq!(told(get("/", "")), unrecognized("/"));
    let unknown = |name: &str| (500, format!("{name} Web Service method name is not valid."));
    assert_eq!(told(get("/Look", "")), unknown("Look"));
    // It takes a record, which no text can be.
    assert_eq!(told(get("/sell", "")), unknown("sell"));
    let not_allowed = (405, "Request format is unrecognized.".to_owned());
    assert_eq!(told(Ask::new(&LOOSE, Verb::PUT).rest("/look")), not_allowed);
    assert_eq!(told(Ask::new(&LOOSE, Verb::HEAD).rest("/count")), not_allowed);
    assert_eq!(told(Ask::new(&LOOSE, Verb::DELETE)), not_allowed);
}
