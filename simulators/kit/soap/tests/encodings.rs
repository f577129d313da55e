//! Bodies that are not plain UTF-8.

use super::*;

/// A call whose note is `æ€`, or `æ` where the encoding has no more.
fn envelope(declaration: &str, note: &str) -> String {
    let sell = sell(&format!("<note>{note}</note>"));
    format!("{declaration}<s:Envelope xmlns:s=\"{SOAP11}\"><s:Body>{sell}</s:Body></s:Envelope>")
}

fn ask(content_type: &str, body: Vec<u8>) -> Ask {
    Ask::soap11("sell", "").header("content-type", content_type).bytes(body)
}

fn note(content_type: &str, body: Vec<u8>) -> String {
    ask(content_type, body).call().text("note").to_owned()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(u32::from(character)).expect("Latin-1")).collect()
}

#[test]
fn the_mark_the_header_and_the_declaration_are_heard_in_this_order() {
    let utf8 = envelope("", "æ€");
    assert_eq!(note("text/xml", utf8.clone().into_bytes()), "æ€");
    assert_eq!(note("text/xml; charset=utf-8", [b"\xef\xbb\xbf", utf8.as_bytes()].concat()), "æ€");
    let declared = envelope("<?xml version='1.0' encoding='ISO-8859-1'?>", "æ");
    assert_eq!(note("text/xml", latin1(&declared)), "æ");
    assert_eq!(note("text/xml; charset=\"utf-8\"", declared.into_bytes()), "æ");
    assert_eq!(note("text/xml; charset=iso-8859-1", latin1(&envelope("", "æ"))), "æ");
    let wide = envelope("<?xml version=\"1.0\" encoding=\"utf-16\"?>", "æ€😀");
    let units: Vec<u16> = "\u{feff}".encode_utf16().chain(wide.encode_utf16()).collect();
    let little = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert_eq!(note("text/xml; charset=utf-8", little), "æ€😀");
    assert_eq!(note("text/xml", big), "æ€😀");
    let unmarked = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(note("text/xml; charset=utf-16", unmarked), "æ€😀");
}

#[test]
fn bytes_that_are_no_characters_are_replaced_or_refused() {
    let body = latin1(&envelope("", "æ"));
    assert_eq!(note("text/xml; charset=utf-8", body.clone()), "\u{fffd}");
    let refused = |body: Vec<u8>| ask("text/xml", body).refused().1;
    let column = envelope("", "æ").find('æ').expect("there") + 1;
    let told = refused(body);
    assert!(
        told.contains(&format!("(1, {column}). ---&gt; Invalid character in the given encoding.")),
        "{told}"
    );
    let told = refused(b"<?xml version='1.0' encoding='EBCDIC'?><a/>".to_vec());
    assert!(told.contains("System does not support 'EBCDIC' encoding."), "{told}");
    let told = refused(b"<?xml version='1.0' encoding='utf-16'?><a/>".to_vec());
    assert!(told.contains("There is no Unicode byte order mark. Cannot switch to Unicode."), "{told}");
}
