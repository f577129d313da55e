//! What is said to calls that cannot be read.

use super::*;

/// The status, code and text of a fault of SOAP 1.1.
fn fault(ask: &Ask) -> (u16, String, String) {
    let response = ask.read().expect_err("an answer");
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8");
    assert_eq!(response.headers()["cache-control"], "private");
    let (status, body) = told(response);
    let inner = inner(&body);
    let rest = inner.strip_prefix("<soap:Fault><faultcode>soap:").expect("a fault");
    let (code, rest) = rest.split_once("</faultcode><faultstring>").expect("a text");
    let text = rest.strip_suffix("</faultstring><detail /></soap:Fault>").expect("an empty detail");
    (status.as_u16(), code.to_owned(), text.replace("&gt;", ">").replace("&lt;", "<"))
}

/// What is said about the body of a call with these elements; and where, told from the end of a mark `|`.
fn unreadable(elements: &str) -> String {
    let marked = Ask::soap11("sell", &sell(elements));
    let text = String::from_utf8(marked.body.clone()).expect("UTF-8");
    let before = text.split('|').next().expect("a mark");
    let column = before.encode_utf16().count() + 1;
    let (status, code, text) = fault(&Ask::soap11("sell", &sell(&elements.replace('|', ""))));
    assert_eq!((status, code.as_str()), (500, "Client"));
    let start = format!(
        "Server was unable to read request. ---> There is an error in XML document (1, {column}). ---> "
    );
    text.strip_prefix(&start).unwrap_or_else(|| panic!("{text}, not {start}")).to_owned()
}

#[test]
fn values_that_cannot_be_read_are_told_with_their_places() {
    let number = "Input string was not in a correct format.";
    assert_eq!(unreadable("<till/><|note>x</note>"), number);
    assert_eq!(unreadable("<till></till> <!--|--><note>x</note>"), number);
    assert_eq!(unreadable("<till>12.5</till>\t<|a/>"), number);
    assert_eq!(unreadable("<till>0x1F</till><|a/>"), number);
    assert_eq!(unreadable("<note>æ€😀</note><till>-</till><|a/>"), number);
    let last = fault(&Ask::soap11("sell", &sell("\n<till>abc</till></sell><sell>"))).2;
    assert!(last.contains("in XML document (2, 19). --->"), "{last}");
    let overflow = "Value was either too large or too small for an Int32.";
    assert_eq!(unreadable("<till>2147483648</till><|a/>"), overflow);
    assert_eq!(unreadable("<till>-2147483649</till><|a/>"), overflow);
    let long = "Value was either too large or too small for an Int64.";
    assert_eq!(unreadable("<number>9223372036854775808</number><|a/>"), long);
    let boolean = "The string 'True' is not a valid Boolean value.";
    assert_eq!(unreadable("<paid>True</paid><|a/>"), boolean);
    for moment in [
        "2026-11-22 12:00:00",
        "22-11-2026",
        "2026-11-22T12:00",
        "2026-11-22T25:00:00",
        "2026-02-30T12:00:00",
        "",
    ] {
        let text = format!("The string '{moment}' is not a valid AllXsd value.");
        assert_eq!(unreadable(&format!("<at>{moment}</at><|a/>")), text);
    }
    let word = "Instance validation error: 'red' is not a valid value for Colour.";
    assert_eq!(unreadable("<colour>red</colour><|a/>"), word);
    assert_eq!(
        unreadable("<note><b/></note><|a/>"),
        "Unexpected node type Element. ReadElementString method can only be called on elements with simple \
         or empty content."
    );
    assert_eq!(
        unreadable("<receipt><lines><Line><colour/><|b/></Line></lines></receipt>"),
        "Instance validation error: '' is not a valid value for Colour."
    );
}

#[test]
fn places_count_lines_and_units_of_utf_16() {
    let body = format!("<sell xmlns=\"{NAMESPACE}\">\r\n<note>😀</note><till>x</till><a/>\n</sell>");
    let (_, _, text) = fault(&Ask::soap11("sell", &body));
    assert!(text.contains("in XML document (2, 31). --->"), "{text}");
}

#[test]
fn what_is_no_xml_is_told_in_dot_nets_words() {
    let unreadable = |body: &str| {
        let (status, code, text) = fault(&Ask::soap11("sell", "").body(body));
        assert_eq!((status, code.as_str()), (500, "Client"));
        let start = "Server was unable to read request. ---> There is an error in XML document (";
        let rest = text.strip_prefix(start).unwrap_or_else(|| panic!("{text}"));
        let (place, why) = rest.split_once("). ---> ").expect("a place");
        let (line, column) = place.split_once(", ").expect("a line and a column");
        let end = format!(" Line {line}, position {column}.");
        why.strip_suffix(&end).unwrap_or_else(|| panic!("{why}, not at {place}")).to_owned()
    };
    for (body, why) in [
        ("", "Root element is missing."),
        ("<?xml version='1.0'?>\n<!-- -->", "Root element is missing."),
        ("merchantnumber=1", "Data at the root level is invalid."),
        ("<a/>b", "Data at the root level is invalid."),
        ("<a/>&amp;", "Data at the root level is invalid."),
        ("<a/><![CDATA[b]]>", "Data at the root level is invalid."),
        ("<a/><b/>", "There are multiple root elements."),
        ("<a><b>", "Unexpected end of file has occurred. The following elements are not closed: b, a."),
        ("<a><b", "Unexpected end of file has occurred. The following elements are not closed: a."),
        ("<a>\n<b></a>", "The 'b' start tag on line 2 does not match the end tag of 'a'."),
        ("</a>", "Unexpected end tag."),
        ("<a>R & D</a>", "An error occurred while parsing EntityName."),
        ("<a>&nbsp;</a>", "Reference to undeclared entity 'nbsp'."),
        ("<a b='&nbsp;'/>", "An error occurred while parsing EntityName."),
        ("<a>&#1;</a>", "'\u{1}', hexadecimal value 0x01, is an invalid character."),
        ("<a>\u{8}</a>", "'\u{8}', hexadecimal value 0x08, is an invalid character."),
        ("<a b='1' b='2'/>", "There is a duplicate attribute name."),
        ("<a b/>", "The '=' token is expected."),
        ("<a b=1/>", "The '\"' token is expected."),
        ("<s:a/>", "'s' is an undeclared namespace."),
        ("<a s:b='1'/>", "'s' is an undeclared namespace."),
        ("<1a/>", "Name cannot begin with the '1' character, hexadecimal value 0x31."),
        ("<a$/>", "The '$' character, hexadecimal value 0x24, cannot be included in a name."),
        ("<!-- a -- b --><a/>", "An XML comment cannot contain '--', and '-' cannot be the last character."),
        ("<!DOCTYPE a><a/>", "DTD is prohibited in this XML document."),
        ("<!x><a/>", "Syntax for an XML declaration is invalid."),
    ] {
        let told = unreadable(body);
        // What .NET would say about a character that no document can have, none can say.
        let visible: String = why.chars().filter(|character| !character.is_control()).collect();
        assert_eq!(told, visible, "{body}");
    }
    assert!(unreadable("\n<?xml version='1.0'?><a/>").starts_with("Unexpected XML declaration."));
}

#[test]
fn actions_that_nobody_has_are_told() {
    let told = |action: &str| fault(&Ask::soap11("sell", &sell("")).header("soapaction", action));
    for (action, shown) in [
        ("\"\"", String::new()),
        ("", String::new()),
        ("sell", "sell".to_owned()),
        ("\"https://shop.example/remote/till/Sell\"", format!("{NAMESPACE}/Sell")),
        ("https://shop.example/remote/tillsell", format!("{NAMESPACE}sell")),
    ] {
        let text = format!("Server did not recognize the value of HTTP Header SOAPAction: {shown}.");
        assert_eq!(told(action), (500, "Client".to_owned(), text));
    }
    let without =
        "Unable to handle request without a valid action parameter. Please supply a valid soap action.";
    let ask = Ask::soap11("sell", &sell("")).without("soapaction");
    assert_eq!(fault(&ask), (500, "Client".to_owned(), without.to_owned()));
}

#[test]
fn envelopes_of_another_kind_are_told() {
    let told = |body: &str| fault(&Ask::soap11("sell", "").body(body));
    for space in ["http://schemas.xmlsoap.org/soap/envelope", "urn:other", ""] {
        let text = format!(
            "Possible SOAP version mismatch: Envelope namespace {space} was unexpected. Expecting {SOAP11}."
        );
        let xmlns = if space.is_empty() { String::new() } else { format!(" xmlns=\"{space}\"") };
        let envelope = format!("<Envelope{xmlns}><Body/></Envelope>");
        assert_eq!(told(&envelope), (500, "VersionMismatch".to_owned(), text.clone()));
        // Nor is it SOAP 1.2.
        assert_eq!(fault(&Ask::soap12("sell", "").body(&envelope)).2, text);
    }
    let missing = |what: &str| {
        let text = "Server was unable to read request. ---> Request format is invalid: Missing required";
        (500, "Client".to_owned(), format!("{text} soap:{what} element."))
    };
    assert_eq!(told(&format!("<s:Letter xmlns:s=\"{SOAP11}\"/>")), missing("Envelope"));
    assert_eq!(told(&format!("<s:Envelope xmlns:s=\"{SOAP11}\"/>")), missing("Body"));
    assert_eq!(told(&format!("<s:Envelope xmlns:s=\"{SOAP11}\"><Body/></s:Envelope>")), missing("Body"));
}

#[test]
fn other_kinds_of_content_are_refused() {
    for kind in ["application/json", "application/x-www-form-urlencoded"] {
        let ask = Ask::soap11("sell", &sell("")).header("content-type", kind);
        let text = format!("Server found request content type to be '{kind}', but expected 'text/xml'.");
        assert_eq!(fault(&ask), (415, "Client".to_owned(), text));
    }
    let envelope = Ask::soap11("sell", &sell("")).body;
    let ask = Ask::soap12("sell", "").bytes(envelope);
    assert_eq!(fault(&ask).0, 415, "SOAP 1.1 comes as text/xml");
    for kind in ["text/xml", "Text/XML;charset=\"UTF-8\"", "text/xml; charset=utf-8; action=\"a\""] {
        assert_eq!(Ask::soap11("sell", &sell("")).header("content-type", kind).call().name(), "sell");
    }
}

#[test]
fn soap_12_has_faults_of_its_own() {
    let told = |ask: &Ask| {
        let response = ask.read().expect_err("an answer");
        assert_eq!(response.headers()["content-type"], "application/soap+xml; charset=utf-8");
        let (status, body) = told(response);
        (status.as_u16(), inner(&body).replace("&gt;", ">"))
    };
    let fault = |code: &str, text: &str| {
        format!(
            "<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code><soap:Reason>\
             <soap:Text xml:lang=\"en\">{text}</soap:Text></soap:Reason><soap:Detail /></soap:Fault>"
        )
    };
    let (status, body) = told(&Ask::soap12("sell", &sell("<till>a</till>")));
    assert_eq!(status, 500);
    assert!(body.contains("<soap:Value>soap:Sender</soap:Value>"), "{body}");
    assert!(body.contains("---> Input string was not in a correct format.</soap:Text>"), "{body}");
    let (status, body) = told(&Ask::soap12("sell", "<a>"));
    assert_eq!(status, 400);
    assert!(body.contains("There is an error in XML document"), "{body}");
    let unknown = format!("Unable to handle request. The action '{NAMESPACE}/buy' was not recognized.");
    assert_eq!(told(&Ask::soap12("buy", "<buy/>")), (500, fault("Sender", &unknown)));
    let without =
        "Unable to handle request without a valid action parameter. Please supply a valid soap action.";
    assert_eq!(told(&Ask::soap12("", "<sell/>")), (500, fault("Sender", without)));
    let exception = Exception { kind: "System.ArgumentException", text: "No such till.".to_owned() };
    let thrown = "Server was unable to process request. ---> No such till.";
    let call = Ask::soap12("sell", &sell("")).call();
    let (status, body) = super::told(call.refuse(&exception));
    assert_eq!(status.as_u16(), 500);
    assert_eq!(inner(&body).replace("&gt;", ">"), fault("Receiver", thrown));
    let call = Ask::soap11("sell", &sell("")).call();
    let (status, body) = super::told(call.refuse(&exception));
    assert_eq!(status.as_u16(), 500);
    assert_eq!(
        inner(&body).replace("&gt;", ">"),
        format!(
            "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{thrown}</faultstring><detail />\
             </soap:Fault>"
        )
    );
}
