//! A document of XML as a tree, with the places of its elements; and what is wrong with it, in .NET's words.

use quick_xml::NsReader;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::attributes::AttrError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceError, NamespaceResolver, QName, ResolveResult};
use thiserror::Error as ErrorType;

/// How deep elements may stand in one another. Calls need seven; the bound is ours.
const DEPTH: usize = 32;
/// How many elements a document may have; the bound is ours.
const ELEMENTS: usize = 20_000;
/// How many attributes an element may have; the bound is ours.
const ATTRIBUTES: usize = 64;
/// How many namespaces may be declared at one place of the document: by an element and all around it. The bound
/// is ours.
const DECLARATIONS: usize = 1024;
/// How long a namespace may be: it is kept with each element; the bound is ours.
const NAMESPACE: usize = 1000;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, ErrorType)]
#[error("{message} Line {}, position {}.", place.line, place.column)]
pub(super) struct Malformed {
    message: String,
    /// Where it was noticed.
    pub(super) place: Place,
}

impl Malformed {
    pub(super) fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), place: Place::of(text, offset) }
    }
}

/// A place in a document as .NET counts: both from 1, columns in units of UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Self { line, column: before[line_start..].encode_utf16().count() + 1 }
    }

    /// Where a reader stands that has read as far as this: at the next node's name or text.
    pub(super) fn after(text: &str, offset: usize) -> Self {
        let rest = text.get(offset..).unwrap_or_default();
        let next = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let opening = ["<!--", "</", "<?", "<"].into_iter().find(|opening| next.starts_with(opening));
        Self::of(text, offset + rest.len() - next.len() + opening.map_or(0, str::len))
    }
}

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    /// Its namespace; empty for none.
    pub(super) namespace: String,
    /// Its name without prefix.
    pub(super) local: String,
    /// Its attributes: namespace, name without prefix, value. Declarations of namespaces are not among them.
    pub(super) attributes: Vec<(String, String, String)>,
    /// The elements in it.
    pub(super) children: Vec<Node>,
    /// The text that stands directly in it.
    pub(super) text: String,
    /// Where it ends in the document.
    pub(super) end: usize,
}

impl Node {
    pub(super) fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }

    pub(super) fn attribute(&self, namespace: &str, local: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|(space, name, _)| space == namespace && name == local);
        found.map(|(_, _, value)| value.as_str())
    }
}

/// An element that is still open.
struct Open {
    node: Node,
    /// The name as it stands in the start tag.
    tag: String,
    start: usize,
    /// How many namespaces it declares.
    declares: usize,
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Node, Malformed> {
    refuse_invalid_characters(text)?;
    let mut builder = Builder { text, open: Vec::new(), root: None, elements: 0 };
    let mut reader = NsReader::from_str(text);
    reader.config_mut().check_comments = true;
    reader.resolver_mut().set_max_declarations_per_element(DECLARATIONS);
    loop {
        let start = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => return Err(builder.broken(&error, offset(reader.error_position()))),
        };
        let end = offset(reader.buffer_position());
        match event {
            Event::Start(tag) => builder.open(&tag, reader.resolver(), start, end)?,
            Event::Empty(tag) => {
                builder.open(&tag, reader.resolver(), start, end)?;
                builder.close(end);
            }
            Event::End(_) => builder.close(end),
            Event::Text(piece) => {
                let piece = piece.xml10_content().map_err(|error| builder.broken(&error.into(), start))?;
                builder.add(&piece, start)?;
            }
            Event::CData(piece) => {
                let piece = piece.xml10_content().map_err(|error| builder.broken(&error.into(), start))?;
                if builder.open.is_empty() {
                    return Err(Malformed::at(text, start, OUTSIDE));
                }
                builder.add(&piece, start)?;
            }
            Event::GeneralRef(reference) => builder.refer(&reference, start)?,
            Event::DocType(_) => {
                let message = "DTD is prohibited in this XML document.";
                return Err(Malformed::at(text, start + "<!".len(), message));
            }
            Event::Decl(_) if start > 0 => {
                let message = "Unexpected XML declaration. The XML declaration must be the first node in the \
                               document, and no white space characters are allowed to appear before it.";
                return Err(Malformed::at(text, start + "<?".len(), message));
            }
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

const OUTSIDE: &str = "Data at the root level is invalid.";
const TOO_MANY_NAMESPACES: &str = "The element declares more namespaces than the reader takes.";

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn valid(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r')
        || (character >= ' ' && !matches!(character, '\u{fffe}' | '\u{ffff}'))
}

fn refuse_invalid_characters(text: &str) -> Result<(), Malformed> {
    match text.char_indices().find(|(_, character)| !valid(*character)) {
        Some((at, character)) => Err(Malformed::at(text, at, invalid(character))),
        None => Ok(()),
    }
}

fn invalid(character: char) -> String {
    format!("'{character}', hexadecimal value 0x{:02X}, is an invalid character.", u32::from(character))
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Open>,
    root: Option<Node>,
    elements: usize,
}

impl Builder<'_> {
    fn open(
        &mut self,
        tag: &BytesStart<'_>,
        resolver: &NamespaceResolver,
        start: usize,
        end: usize,
    ) -> Result<(), Malformed> {
        let at = start + "<".len();
        let fail = |message: String| Malformed::at(self.text, at, message);
        if self.open.is_empty() && self.root.is_some() {
            return Err(fail("There are multiple root elements.".to_owned()));
        }
        self.elements += 1;
        if self.open.len() >= DEPTH || self.elements > ELEMENTS {
            return Err(fail("The document is larger than the reader takes.".to_owned()));
        }
        let (namespace, local) = name(tag.name(), resolver, true).map_err(fail)?;
        let mut attributes = Vec::new();
        let around: usize = self.open.iter().map(|open| open.declares).sum();
        let mut declares = 0;
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.broken(&error.into(), at))?;
            if attribute.key.as_namespace_binding().is_some() {
                declares += 1;
                if around + declares > DECLARATIONS {
                    return Err(fail(TOO_MANY_NAMESPACES.to_owned()));
                }
                continue;
            }
            if attributes.len() >= ATTRIBUTES {
                return Err(fail("The element has more attributes than the reader takes.".to_owned()));
            }
            let (namespace, local) = name(attribute.key, resolver, false).map_err(fail)?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .map_err(|error| self.broken(&error, at))?;
            attributes.push((namespace, local, value.into_owned()));
        }
        let node = Node { namespace, local, attributes, children: Vec::new(), text: String::new(), end };
        let tag = String::from_utf8_lossy(tag.name().as_ref()).into_owned();
        self.open.push(Open { node, tag, start, declares });
        Ok(())
    }

    fn close(&mut self, end: usize) {
        let Some(Open { mut node, .. }) = self.open.pop() else { return };
        node.end = end;
        match self.open.last_mut() {
            Some(parent) => parent.node.children.push(node),
            None => self.root = Some(node),
        }
    }

    fn add(&mut self, piece: &str, start: usize) -> Result<(), Malformed> {
        let blank = |character| matches!(character, ' ' | '\t' | '\r' | '\n');
        match self.open.last_mut() {
            Some(open) => open.node.text.push_str(piece),
            None => {
                if let Some(at) = piece.find(|character| !blank(character)) {
                    return Err(Malformed::at(self.text, start + at, OUTSIDE));
                }
            }
        }
        Ok(())
    }

    fn refer(&mut self, reference: &BytesRef<'_>, start: usize) -> Result<(), Malformed> {
        let name = reference.decode().map_err(|error| self.broken(&error.into(), start))?;
        let fail = |message: String| Malformed::at(self.text, start + "&".len(), message);
        if self.open.is_empty() {
            return Err(fail(OUTSIDE.to_owned()));
        }
        let mut buffer = [0; 4];
        let piece = match reference.resolve_char_ref() {
            Ok(Some(character)) if valid(character) => &*character.encode_utf8(&mut buffer),
            Ok(Some(character)) => return Err(fail(invalid(character))),
            Ok(None) => quick_xml::escape::resolve_xml_entity(&name)
                .ok_or_else(|| fail(format!("Reference to undeclared entity '{name}'.")))?,
            Err(error) => return Err(self.broken(&error, start)),
        };
        self.add(piece, start)
    }

    fn finish(mut self) -> Result<Node, Malformed> {
        let end = self.text.len();
        match self.root.take() {
            Some(root) => Ok(root),
            None if self.open.is_empty() => Err(Malformed::at(self.text, end, "Root element is missing.")),
            None => Err(Malformed::at(self.text, end, self.unfinished())),
        }
    }

    fn unfinished(&self) -> String {
        let open: Vec<_> = self.open.iter().rev().map(|open| open.tag.as_str()).collect();
        let end = "Unexpected end of file has occurred.";
        if open.is_empty() {
            return end.to_owned();
        }
        format!("{end} The following elements are not closed: {}.", open.join(", "))
    }

    /// What .NET says in place of this.
    fn broken(&self, error: &Error, at: usize) -> Malformed {
        let message = match error {
            Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                "Syntax for an XML declaration is invalid.".to_owned()
            }
            Error::Syntax(_) => self.unfinished(),
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                let line = self.open.last().map_or(1, |open| Place::of(self.text, open.start).line);
                format!("The '{expected}' start tag on line {line} does not match the end tag of '{found}'.")
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "Unexpected end tag.".to_owned(),
            Error::IllFormed(IllFormedError::DoubleHyphenInComment) => {
                "An XML comment cannot contain '--', and '-' cannot be the last character.".to_owned()
            }
            Error::IllFormed(IllFormedError::UnclosedReference) | Error::Escape(_) => {
                "An error occurred while parsing EntityName.".to_owned()
            }
            Error::InvalidAttr(AttrError::Duplicated(..)) => {
                "There is a duplicate attribute name.".to_owned()
            }
            Error::InvalidAttr(AttrError::ExpectedEq(_)) => "The '=' token is expected.".to_owned(),
            Error::InvalidAttr(AttrError::UnquotedValue(_)) => "The '\"' token is expected.".to_owned(),
            Error::Namespace(NamespaceError::TooManyDeclarations(_)) => TOO_MANY_NAMESPACES.to_owned(),
            other => format!("{other}."),
        };
        Malformed::at(self.text, at, message)
    }
}

/// A name's namespace and local part; or what is wrong with it.
fn name(name: QName<'_>, resolver: &NamespaceResolver, element: bool) -> Result<(String, String), String> {
    let whole = String::from_utf8_lossy(name.as_ref());
    check(&whole)?;
    let (namespace, local) = resolver.resolve(name, element);
    let namespace = match namespace {
        ResolveResult::Bound(namespace) if namespace.as_ref().len() > NAMESPACE => {
            return Err("The namespace is longer than the reader takes.".to_owned());
        }
        ResolveResult::Bound(namespace) => String::from_utf8_lossy(namespace.as_ref()).into_owned(),
        ResolveResult::Unbound => String::new(),
        ResolveResult::Unknown(prefix) => {
            return Err(format!("'{}' is an undeclared namespace.", String::from_utf8_lossy(&prefix)));
        }
    };
    Ok((namespace, String::from_utf8_lossy(local.as_ref()).into_owned()))
}

fn check(name: &str) -> Result<(), String> {
    let starts = |character: char| character.is_alphabetic() || character == '_' || !character.is_ascii();
    let goes_on = |character: char| starts(character) || matches!(character, '-' | '.' | '0'..='9');
    for part in name.splitn(2, ':') {
        let hexadecimal = |character: char| format!("hexadecimal value 0x{:02X}", u32::from(character));
        match part.chars().next() {
            Some(first) if starts(first) => {}
            first => {
                let first = first.unwrap_or(':');
                return Err(format!(
                    "Name cannot begin with the '{first}' character, {}.",
                    hexadecimal(first)
                ));
            }
        }
        if let Some(wrong) = part.chars().find(|character| !goes_on(*character)) {
            return Err(format!(
                "The '{wrong}' character, {}, cannot be included in a name.",
                hexadecimal(wrong)
            ));
        }
    }
    Ok(())
}
