//! Calls in envelopes, and their answers.

use super::*;

/// A fault of SOAP 1.1.
fn fault(code: &str, text: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{SOAP11}\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
         <soap:Body><soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{text}</faultstring><detail />\
         </soap:Fault></soap:Body></soap:Envelope>"
    )
}

#[test]
fn a_call_is_read_whatever_the_order_and_the_prefixes() {
    let body = format!(
        "<t:sell xmlns:t=\"{NAMESPACE}\" xmlns=\"urn:other\"><t:note>A &amp; B&#x20;<![CDATA[<C>]]></t:note>\
         <t:accepturl>http://a</t:accepturl><t:number> 9000000000 </t:number>\n<t:colour>GREEN</t:colour>\
         <!-- till --><t:till>+7</t:till><t:till>8</t:till><paid>true</paid>\
         <t:at>2026-11-22T12:34:56</t:at></t:sell>"
    );
    let call = Ask::soap11("sell", &body).call();
    assert_eq!(call.name(), "sell");
    assert_eq!((call.int("till"), call.int("number")), (7, 9_000_000_000));
    assert_eq!((call.text("note"), call.text("colour")), ("A & B <C>", "GREEN"));
    assert_eq!(call.date("at"), date(2026, 11, 22).at(12, 34, 56, 0));
    // Of another namespace, and so unknown.
    assert_eq!(call.argument("paid"), &Value::Null);
}

#[test]
fn the_answer_is_on_one_line_as_asp_net_writes_it() {
    let call = Ask::soap11("sell", &sell("<till>1</till>")).call();
    let response =
        call.answer(&[true.into(), "".into(), receipt(Value::Null, Value::List(Vec::new())), Value::Int(-1)]);
    let headers = response.headers();
    assert_eq!(headers["content-type"], "text/xml; charset=utf-8");
    assert_eq!(headers["cache-control"], "private, max-age=0");
    assert_eq!(headers["x-aspnet-version"], "2.0.50727");
    assert_eq!(headers["x-powered-by"], "ASP.NET");
    let (status, body) = told(response);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        body,
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"{SOAP11}\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body><sellResponse xmlns=\"{NAMESPACE}\">\
             <sellResult>true</sellResult><note /><receipt><number>9000000000</number><paid>true</paid>\
             <at>2026-11-22T12:00:00</at><lines /></receipt><code>-1</code></sellResponse></soap:Body>\
             </soap:Envelope>"
        )
    );
}

#[test]
fn a_number_that_is_none_is_told_with_its_place() {
    let ask = Ask::soap11("sell", &sell("<till/><note>x</note>"));
    let column = String::from_utf8_lossy(&ask.body).find("<note>").expect("there") + 2;
    let text = format!(
        "Server was unable to read request. ---&gt; There is an error in XML document (1, {column}). ---&gt; \
         Input string was not in a correct format."
    );
    assert_eq!(ask.refused(), (StatusCode::INTERNAL_SERVER_ERROR, fault("Client", &text)));
}
