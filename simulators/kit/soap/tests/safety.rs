//! Whatever comes, there is an answer, and soon.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn unreadable(body: String) -> String {
    let before = Instant::now();
    let (status, body) = Ask::soap11("sell", "").bytes(body.into_bytes()).refused();
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(before.elapsed() < Duration::from_secs(5), "it took {:?}", before.elapsed());
    body
}

/// Something so many times, with its number in place of `#`.
fn many(what: &str, times: usize) -> String {
    (0..times).map(|number| what.replace('#', &number.to_string())).collect()
}

#[test]
fn documents_that_grow_are_refused() {
    let laughs = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><l>&b;</l>";
    assert!(unreadable(laughs.to_owned()).contains("DTD is prohibited in this XML document."));
    let file = "<!DOCTYPE l SYSTEM 'file:///etc/passwd'><l/>";
    assert!(unreadable(file.to_owned()).contains("DTD is prohibited in this XML document."));
    assert!(unreadable("<a>".repeat(100_000)).contains("larger than the reader takes"));
    assert!(
        unreadable(format!("<a>{}</a>", "<b/>".repeat(500_000))).contains("larger than the reader takes")
    );
    let attributes = many(" a#='1'", 100_000);
    assert!(unreadable(format!("<a{attributes}/>")).contains("more attributes than the reader takes"));
    let too_many = "declares more namespaces than the reader takes";
    let namespaces = many(" xmlns:a#='1'", 100_000);
    assert!(unreadable(format!("<a{namespaces}/>")).contains(too_many));
    let namespaces = many(" xmlns:a#='1'", 600);
    assert!(unreadable(format!("<a{namespaces}><a{namespaces}/></a>")).contains(too_many));
    let namespace = "n".repeat(1_000_000);
    assert!(unreadable(format!("<a xmlns='{namespace}'/>")).contains("longer than the reader takes"));
}

#[test]
fn a_body_that_is_too_long_gets_the_page_of_asp_net_in_every_binding() {
    let long = vec![b' '; 4096 * 1024 + 1];
    let form = Ask::new(&LOOSE, Verb::POST).rest("/shut");
    for ask in [Ask::soap11("sell", ""), Ask::soap12("", ""), form] {
        let (status, body) = ask.bytes(long.clone()).refused();
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(body.contains("<h1>Server Error in '/' Application.</h1>"), "{body}");
        assert!(body.contains("Maximum request length exceeded."), "{body}");
    }
}

#[test]
fn an_envelope_may_declare_as_many_prefixes_as_anybody_does() {
    let prefixes = many(" xmlns:a#='urn:#'", 1000);
    let body = sell("<till>7</till>").replacen("<sell", &format!("<sell{prefixes}"), 1);
    assert_eq!(Ask::soap11("sell", &body).call().int("till"), 7);
}

#[test]
fn as_much_as_is_taken_is_taken_soon() {
    let prefixes = many(" xmlns:a#='urn:#'", 40);
    let used = many(" a0:b#='1'", 60);
    let inner = format!("<a{used}/>").repeat(4_000);
    let nested = format!("{}{inner}{}", format!("<a{prefixes}>").repeat(25), "</a>".repeat(25));
    let before = Instant::now();
    let call = Ask::soap11("sell", &sell(&nested)).call();
    assert_eq!(call.int("till"), 0);
    assert!(before.elapsed() < Duration::from_secs(10), "it took {:?}", before.elapsed());
}

/// An answer or a call that is answered; never anything else.
fn is_answered(ask: &Ask) -> bool {
    let response = match ask.read() {
        Ok(call) => call.answer(&[true.into()]),
        Err(response) => response,
    };
    response.status().as_u16() >= 200
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        body in prop::collection::vec(any::<u8>(), 0..300),
        query in ".{0,40}",
        soap12 in any::<bool>(),
        http in any::<bool>(),
    ) {
        let ask = if soap12 { Ask::soap12("", "") } else { Ask::soap11("sell", "") };
        let _ = super::super::peek(&query, &body, "till");
        let ask = ask.of(&LOOSE).query(&query).bytes(body);
        prop_assert!(is_answered(&ask));
        let ask = if http { ask.rest("/shut") } else { ask };
        let looked = Ask { verb: Verb::GET, ..ask };
        prop_assert!(is_answered(&looked));
    }

    #[test]
    fn bent_envelopes_are_answered(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
        soap12 in any::<bool>(),
    ) {
        let elements = "<till a='1'>1</till><at>2026-11-22T12:34:56+01:00</at><note><![CDATA[x]]>&#65;</note>\
                        <receipt><lines><Line><colour>RED</colour></Line></lines></receipt>";
        let ask = if soap12 { Ask::soap12("", &sell(elements)) } else { Ask::soap11("sell", &sell(elements)) };
        let mut body = ask.body.clone();
        for (place, byte, how) in places {
            let place = place.index(body.len().max(1));
            match how {
                0 if place < body.len() => body[place] = byte,
                1 if place < body.len() => { body.remove(place); }
                _ => body.insert(place.min(body.len()), byte),
            }
        }
        if cuts {
            body.truncate(cut.index(body.len().max(1)));
        }
        let _ = super::super::peek("", &body, "till");
        prop_assert!(is_answered(&ask.bytes(body)));
    }

    #[test]
    fn any_values_are_read_or_refused(text in ".{0,30}") {
        let escaped = quick_xml::escape::escape(&*text);
        for name in ["till", "number", "paid", "at", "colour", "note"] {
            let ask = Ask::soap11("sell", &sell(&format!("<{name}>{escaped}</{name}>")));
            prop_assert!(is_answered(&ask));
        }
        let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        for query in [format!("from={form}&colour=RED"), format!("from=2026-01-01&colour={form}")] {
            let ask = Ask::new(&LOOSE, Verb::GET).rest("/shut").query(&query);
            prop_assert!(is_answered(&ask));
        }
    }
}
