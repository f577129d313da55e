//! What the web service answers by plain HTTP: the view of a transaction or a subscription, as XML.

use std::cell::RefCell;
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::escape::{partial_escape, resolve_predefined_entity};
use quick_xml::events::{BytesStart, Event};

/// The namespaces of the two services.
pub(super) const MANAGEMENT: &str = "http://gw.freepay.dk/WebServices/Public/Management";
pub(super) const SUBSCRIPTIONS: &str = "http://gw.freepay.dk/WebServices/Public/SubscriptionManager";

/// An answer, read. Prefixes, blanks between the elements, CDATA and references mean nothing in it.
#[derive(Debug)]
pub(super) struct View {
    /// The root's name without its prefix: `TransactionView`.
    pub(super) root: String,
    /// The namespace that the root is in; empty for none.
    pub(super) namespace: String,
    /// The elements' names as they are written, and their text.
    elements: Vec<(String, String)>,
}

impl View {
    /// Reads an answer; `None` where it is no XML of one level.
    fn of(answer: &str) -> Option<Self> {
        let mut reader = Reader::from_str(answer.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        let mut path: Vec<String> = Vec::new();
        let mut view: Option<Self> = None;
        let mut text = String::new();
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => {
                    let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                    if path.is_empty() && view.is_some() {
                        return None;
                    }
                    if path.is_empty() {
                        let root = local(&name).to_owned();
                        let namespace = declared(&start, &name);
                        view = Some(Self { root, namespace, elements: Vec::new() });
                    }
                    path.push(name);
                    text.clear();
                }
                Event::End(_) => {
                    let name = path.pop()?;
                    if path.len() == 1 {
                        view.as_mut()?.elements.push((name, std::mem::take(&mut text)));
                    }
                }
                Event::Text(part) => text.push_str(&part.xml10_content().ok()?),
                Event::CData(part) => text.push_str(&part.xml10_content().ok()?),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                    Some(character) => text.push(character),
                    None => text.push_str(resolve_predefined_entity(&reference.decode().ok()?)?),
                },
                Event::Eof => return view.filter(|_| path.is_empty()),
                _ => {}
            }
        }
    }

    /// An element's text, whatever its prefix.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.elements.iter().find(|(known, _)| local(known) == name).map(|(_, text)| text.trim())
    }

    /// An element's text under the name as it is written.
    pub(super) fn text_as_written(&self, name: &str) -> Option<&str> {
        self.elements.iter().find(|(known, _)| known == name).map(|(_, text)| text.trim())
    }

    /// Names and texts, a line for each.
    pub(super) fn lines(&self) -> Vec<String> {
        self.elements.iter().map(|(name, text)| format!("{}: {text}", local(name))).collect()
    }
}

/// The namespace that a tag declares for its own prefix; empty for none.
fn declared(tag: &BytesStart<'_>, name: &str) -> String {
    let by =
        name.rsplit_once(':').map_or_else(|| "xmlns".to_owned(), |(prefix, _)| format!("xmlns:{prefix}"));
    let found = tag.attributes().flatten().find(|known| known.key.as_ref() == by.as_bytes());
    found.map_or_else(String::new, |found| String::from_utf8_lossy(&found.value).into_owned())
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

thread_local! {
    /// The answer that was read last: all conditions ask about one message in a row.
    static LAST: RefCell<(String, Option<Rc<View>>)> = const { RefCell::new((String::new(), None)) };
}

/// An answer, read.
pub(super) fn view(answer: &str) -> Option<Rc<View>> {
    LAST.with_borrow_mut(|(last, view)| {
        if last != answer {
            answer.clone_into(last);
            *view = View::of(answer).map(Rc::new);
        }
        view.clone()
    })
}

/// How an answer is written. The first is what ASP.NET writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Indented, the schema's namespaces before the default one.
    Indented,
    /// Indented, the default namespace first.
    DefaultFirst,
    /// In one line.
    Compact,
    /// Texts in CDATA.
    CData,
    /// Letters outside ASCII as references.
    References,
    /// The names with a prefix.
    Prefixed,
}

pub(super) const SPELLINGS: [Spelling; 6] = [
    Spelling::Indented,
    Spelling::DefaultFirst,
    Spelling::Compact,
    Spelling::CData,
    Spelling::References,
    Spelling::Prefixed,
];

/// An answer of these elements.
pub(super) fn written(
    root: &str,
    namespace: &str,
    elements: &[(&str, String)],
    spelling: Spelling,
) -> String {
    const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    const XSD: &str = "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"";
    let prefix = if spelling == Spelling::Prefixed { "f:" } else { "" };
    let (line, indent) = if spelling == Spelling::Compact { ("", "") } else { ("\n", "  ") };
    let own = match spelling {
        Spelling::Prefixed => format!("xmlns:f=\"{namespace}\""),
        _ => format!("xmlns=\"{namespace}\""),
    };
    let declared = match spelling {
        Spelling::DefaultFirst => format!("{own} {XSI} {XSD}"),
        Spelling::Compact => own,
        _ => format!("{XSI} {XSD} {own}"),
    };
    let mut xml = String::with_capacity(2048);
    xml.extend([
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        line,
        "<",
        prefix,
        root,
        " ",
        &declared,
        ">",
        line,
    ]);
    for (name, text) in elements {
        xml.extend([indent, "<", prefix, name, ">"]);
        match spelling {
            Spelling::CData if !text.contains("]]>") => xml.extend(["<![CDATA[", text.as_str(), "]]>"]),
            Spelling::References => xml.push_str(&referred(text)),
            _ => xml.push_str(&partial_escape(text.as_str())),
        }
        xml.extend(["</", prefix, name, ">", line]);
    }
    xml.extend(["</", prefix, root, ">"]);
    xml
}

/// With references for what is not a plain letter, digit or mark.
fn referred(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || " -_.:/".contains(character);
    text.chars()
        .map(
            |character| {
                if plain(character) { character.to_string() } else { format!("&#{};", u32::from(character)) }
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_in_every_spelling() {
        let order = "A&B <7> \"Åse's\" ]]> 😀";
        let elements =
            [("TransactionID", "7".to_owned()), ("OrderID", order.to_owned()), ("CardType", String::new())];
        for spelling in SPELLINGS {
            let xml = written("TransactionView", MANAGEMENT, &elements, spelling);
            let view = View::of(&xml).unwrap_or_else(|| panic!("{xml}"));
            assert_eq!(
                (view.root.as_str(), view.namespace.as_str()),
                ("TransactionView", MANAGEMENT),
                "{xml}"
            );
            assert_eq!(view.text("OrderID"), Some(order), "{xml}");
            assert_eq!((view.text("TransactionID"), view.text("CardType")), (Some("7"), Some("")), "{xml}");
            assert_eq!(view.text_as_written("OrderID").is_some(), spelling != Spelling::Prefixed);
        }
        let view = View::of("\u{feff}<a:V xmlns:a='x'>\n <a:B/><C> 1<!-- 2 -->3 </C></a:V>\n").expect("XML");
        assert_eq!((view.root.as_str(), view.text("B"), view.text("C")), ("V", Some(""), Some("13")));
    }

    #[test]
    fn what_is_no_view_is_not_read() {
        for wrong in
            ["", "Missing parameter: transactionID.", "<V><A></V>", "<V>", "<V/><V/>", "<V>&what;</V>"]
        {
            assert!(View::of(wrong).is_none(), "{wrong}");
        }
    }
}
