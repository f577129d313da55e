//! Calls in envelopes, and their answers.

use super::super::UNSET;
use super::*;

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
fn lists_and_records_are_written_and_what_holds_nothing_is_left_out() {
    let line = Value::Record(vec!["a <b> & \r".into(), "RED".into()]);
    let lines = Value::List(vec![line, Value::Null]);
    let call = Ask::soap11("look", &format!("<look xmlns=\"{NAMESPACE}\"/>")).call();
    let (_, body) = told(call.answer(&[receipt("tea\u{1}".into(), lines)]));
    assert_eq!(
        inner(&body),
        format!(
            "<lookResponse xmlns=\"{NAMESPACE}\"><lookResult><number>9000000000</number><note>tea</note>\
             <paid>true</paid><at>2026-11-22T12:00:00</at><lines><Line><what>a &lt;b&gt; &amp; &#xD;</what>\
             <colour>RED</colour></Line><Line xsi:nil=\"true\" /></lines></lookResult></lookResponse>"
        )
    );
    let (_, body) = told(call.answer(&[Value::Null]));
    assert_eq!(inner(&body), format!("<lookResponse xmlns=\"{NAMESPACE}\" />"));
    let call = Ask::soap11("sell", &sell("")).call();
    let (_, body) = told(call.answer(&[]));
    let left = "<sellResult>false</sellResult><code>0</code>";
    assert_eq!(inner(&body), format!("<sellResponse xmlns=\"{NAMESPACE}\">{left}</sellResponse>"));
}

#[test]
fn soap_12_is_answered_in_soap_12_and_needs_no_action() {
    for method in ["sell", ""] {
        let call = Ask::soap12(method, &sell("<till>5</till>")).call();
        assert_eq!((call.name(), call.int("till")), ("sell", 5));
        let response = call.answer(&[true.into()]);
        assert_eq!(response.headers()["content-type"], "application/soap+xml; charset=utf-8");
        let (status, body) = told(response);
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains(&format!("<soap:Envelope xmlns:soap=\"{SOAP12}\"")), "{body}");
    }
    // An action that nobody has is no harm where the body tells the method.
    assert_eq!(Ask::soap12("buy", &sell("<till>5</till>")).call().int("till"), 5);
    // The envelope decides which version it is.
    let call = Ask::soap12("", &sell("<till>5</till>"))
        .header("content-type", "text/xml")
        .header("soapaction", &format!("{NAMESPACE}/sell"))
        .call();
    assert_eq!(call.answer(&[]).headers()["content-type"], "application/soap+xml; charset=utf-8");
}

#[test]
fn the_action_is_taken_quoted_or_bare_and_the_query_is_no_harm() {
    for action in [format!("\"{NAMESPACE}/count\""), format!("{NAMESPACE}/count")] {
        let ask = Ask::soap11("count", &format!("<count xmlns=\"{NAMESPACE}\"/>"));
        assert_eq!(ask.header("soapaction", &action).query("op=count").call().name(), "count");
    }
}

#[test]
fn what_is_left_out_or_not_known_counts_as_nothing() {
    let elements = "<till>3</till>";
    for body in [
        String::new(),
        sell(""),
        format!("<sell>{elements}</sell>"),
        format!("<sell xmlns=\"{NAMESPACE}/\">{elements}</sell>"),
        format!("<t:sell xmlns:t=\"{NAMESPACE}\">{elements}</t:sell>"),
        format!("<look xmlns=\"{NAMESPACE}\">{elements}</look>"),
        sell("<Till>3</Till>"),
    ] {
        let call = Ask::soap11("sell", &body).call();
        assert_eq!((call.int("till"), call.text("note"), call.date("at")), (0, "", UNSET), "{body}");
        assert_eq!(call.text("colour"), "NO_COLOUR");
    }
    let loosely = Ask::soap11("sell", &sell("<TILL>3</TILL>")).of(&LOOSE).call();
    assert_eq!(loosely.int("till"), 3);
}

#[test]
fn values_are_read_as_dot_net_reads_them() {
    let call = |elements: &str| Ask::soap11("sell", &sell(elements)).call();
    assert_eq!(call("<till>-2147483648</till>").int("till"), -2_147_483_648);
    assert_eq!(call("<note/>").argument("note"), &Value::from(""));
    assert_eq!(call("<note>  \n </note>").text("note"), "");
    assert_eq!(call("<note> a\r\nb </note>").text("note"), " a\nb ");
    for (text, value) in [("true", true), ("1", true), (" false ", false), ("0", false)] {
        assert_eq!(call(&format!("<paid>{text}</paid>")).argument("paid"), &Value::Bool(value));
    }
    for (text, hour) in [
        ("2026-11-22T05:06:07", 5),
        ("2026-11-22T05:06:07.000", 5),
        ("2026-11-22T05:06:07Z", 5),
        ("2026-11-22T05:06:07-02:00", 8),
    ] {
        let moment = call(&format!("<at>{text}</at>")).date("at");
        assert_eq!(moment, date(2026, 11, 22).at(hour, 6, 7, 0), "{text}");
    }
    assert_eq!(call("<at>2026-11-22</at>").date("at"), date(2026, 11, 22).at(0, 0, 0, 0));
    let call =
        call("<receipt><lines><Line><colour>RED</colour></Line><Other/></lines><number>4</number></receipt>");
    let line = Value::Record(vec![Value::Null, "RED".into()]);
    let lines = Value::List(vec![line]);
    let expected = vec![Value::Int(4), Value::Null, Value::Null, Value::Null, lines];
    assert_eq!(call.argument("receipt"), &Value::Record(expected));
}

#[test]
fn headers_that_need_not_be_understood_are_passed_over() {
    let next = "http://schemas.xmlsoap.org/soap/actor/next";
    let with = |attributes: &str| {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"{SOAP11}\"><s:Header><a:Id xmlns:a=\"urn:a\" {attributes}/></s:Header>\
             <s:Body>{}</s:Body></s:Envelope>",
            sell("<till>2</till>")
        );
        Ask::soap11("sell", "").body(&envelope)
    };
    for attributes in ["", "s:mustUnderstand=\"0\"", "mustUnderstand=\"1\"", MUST_BY_ANOTHER] {
        assert_eq!(with(attributes).call().int("till"), 2, "{attributes}");
    }
    for attributes in ["s:mustUnderstand=\"1\"", &format!("s:mustUnderstand=\"1\" s:actor=\"{next}\"")] {
        let (status, body) = with(attributes).refused();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            inner(&body),
            "<soap:Fault><faultcode>soap:MustUnderstand</faultcode>\
             <faultstring>SOAP header Id was not understood.</faultstring></soap:Fault>"
        );
    }
}

const MUST_BY_ANOTHER: &str = "s:mustUnderstand=\"1\" s:actor=\"urn:somebody\"";

#[test]
fn a_workspace_is_found_by_the_text_of_an_element() {
    let peek = |body: &str| super::super::peek("merchantnumber=9", body.as_bytes(), "merchantnumber");
    let found = |text: &str| Some(text.to_owned());
    assert_eq!(peek("<a><!-- <merchantnumber>1 --><x:merchantnumber a=\"b\"> 2 </x"), found("2"));
    assert_eq!(peek("<a><MerchantNumber><![CDATA[3]]></MerchantNumber>"), found("3"));
    assert_eq!(peek("<merchantnumber/>"), found(""));
    assert_eq!(peek("<merchantnumber>&#52;&amp;</merchantnumber>"), found("4&"));
    assert_eq!(peek("a=1&MERCHANTNUMBER=5"), found("5"));
    for body in ["", "<", "<a", "<!--", "<a></merchantnumber>7<b>", "<merchantnumbers>1</merchantnumbers>"] {
        assert_eq!(peek(body), found("9"), "{body}");
    }
    assert_eq!(super::super::peek("", b"\xff\xfe<", "a"), None);
}
