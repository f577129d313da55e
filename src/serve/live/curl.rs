//! A message of the journal as a command for a shell. Secrets stand in it as variables.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provkassa_simulators::kit::journal::Captured;
use provkassa_simulators::kit::mask::Masker;
use provkassa_simulators::provider;

/// What curl writes by itself, and what must not be shown.
const LEFT_OUT: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "host",
    "transfer-encoding",
    "upgrade-insecure-requests",
];

/// Whether a header is no part of the command: nor is what a browser says of itself and of where it was.
fn is_left_out(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("sec-") || LEFT_OUT.contains(&name.as_str())
}

/// How what came is sent again: where to, and whom to trust there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    pub(super) scheme: &'a str,
    /// What the control port is called from outside.
    pub(super) public_url: Option<&'a str>,
    /// The certificate of the authority that vouches for us.
    pub(super) authority: Option<&'a Path>,
}

impl Way<'_> {
    /// The address of what came with this path and this Host header. Behind a proxy the control port was asked, and
    /// every provider is below its name there.
    fn url(&self, target: &str, host: &str) -> String {
        let first = target.split(['/', '?']).nth(1).unwrap_or_default();
        let is_below = first == "w" || provider(first).is_some();
        match self.public_url {
            Some(public) if is_below => format!("{public}{target}"),
            _ => format!("{}://{host}{target}", self.scheme),
        }
    }
}

/// The command that sends a message again.
pub(super) fn command(message: &Captured, way: Way<'_>, masker: &Masker) -> String {
    let (method, target) = message.line.split_once(' ').unwrap_or(("GET", &message.line));
    let header = |wanted: &str| {
        let found = message.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map_or("", |(_, value)| value.as_str())
    };
    // What we received has a path there, and what we sent the whole address.
    let is_ours = target.starts_with('/');
    let url = if is_ours { way.url(target, header("host")) } else { target.to_owned() };
    let mut words = vec!["curl --include --globoff --path-as-is".to_owned()];
    let authority = way.authority.filter(|_| is_ours && way.public_url.is_none());
    words.extend(authority.map(|file| format!("--cacert {}", quoted(&file.display().to_string()))));
    if method != "GET" {
        words.push(format!("--request {}", word(method, masker)));
    }
    for (name, value) in &message.headers {
        if name.eq_ignore_ascii_case("authorization") {
            words.push(credential(value, masker));
        } else if !is_left_out(name) {
            // curl takes `Name;` for a header without a value, and `Name:` for one to leave out.
            let value = masker.header(name, value);
            let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            words.push(format!("--header {}", word(&header, masker)));
        }
    }
    let mut before = "";
    match std::str::from_utf8(&message.body) {
        _ if message.body.len() < message.body_length => {
            before = "# The body was too long to be kept, and is left out.\n";
        }
        Err(_) => before = "# The body is no UTF-8, and is left out.\n",
        Ok("") => {}
        Ok(text) => words.push(format!("--data-raw {}", word(text, masker))),
    }
    words.push(word(&url, masker));
    before.to_owned() + &words.join(" \\\n  ")
}

/// The argument that sends a credential.
fn credential(value: &str, masker: &Masker) -> String {
    let named = |text: &str| {
        let named = masker.text(text) != text;
        named.then(|| word(text, masker))
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    if scheme.eq_ignore_ascii_case("basic") {
        let pair = STANDARD.decode(rest.trim()).ok().and_then(|pair| String::from_utf8(pair).ok());
        let pair = pair.and_then(|pair| named(&pair));
        return format!("--user {}", pair.as_deref().unwrap_or("\"$CREDENTIAL\""));
    }
    match named(&format!("Authorization: {value}")) {
        Some(header) => format!("--header {header}"),
        None => format!("--header {}\"$CREDENTIAL\"", quoted(&format!("Authorization: {scheme} "))),
    }
}

/// A word of the shell that is this text; what is hidden in it is a variable there.
fn word(text: &str, masker: &Masker) -> String {
    let masked = masker.text(text);
    let (mut written, mut rest) = (String::new(), masked.as_str());
    while let Some((before, behind)) = rest.split_once('‹') {
        let Some((name, after)) = behind.split_once('›').filter(|(name, _)| is_name(name)) else {
            written.push_str(&quoted(&format!("{before}‹")));
            rest = behind;
            continue;
        };
        if !before.is_empty() {
            written.push_str(&quoted(before));
        }
        written.push_str(&format!("\"${}\"", name.to_ascii_uppercase()));
        rest = after;
    }
    if !rest.is_empty() || written.is_empty() {
        written.push_str(&quoted(rest));
    }
    written
}

fn is_name(text: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(is_legal)
}

/// A text in quotes; with control characters in those that know escapes.
fn quoted(text: &str) -> String {
    let is_plain = |character: char| !character.is_control() || character == '\n';
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let mut escaped = String::from("$'");
    for character in text.chars() {
        match character {
            '\'' | '\\' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            other if other.is_control() => {
                for byte in other.encode_utf8(&mut [0; 4]).bytes() {
                    escaped.push_str(&format!("\\x{byte:02x}"));
                }
            }
            other => escaped.push(other),
        }
    }
    escaped + "'"
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use provkassa_simulators::kit::provider::Credential;

    use super::*;

    fn message(line: &str, headers: &[(&str, &str)], body: &'static [u8]) -> Captured {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Captured {
            line: line.to_owned(),
            headers: headers.collect(),
            body: Bytes::from_static(body),
            body_length: body.len(),
        }
    }

    const PLAIN: Way<'static> = Way { scheme: "http", public_url: None, authority: None };

    #[test]
    fn it_goes_where_the_reader_gets_at_us() {
        let sent = |line| message(line, &[("host", "127.0.0.1:4700")], b"");
        let at = |line, way| {
            command(&sent(line), way, &masker()).replace("curl --include --globoff --path-as-is", "")
        };
        let secure = Way { scheme: "https", authority: Some(Path::new("/a b/ca.pem")), ..PLAIN };
        assert_eq!(
            at("GET /v1/", secure),
            " \\\n  --cacert '/a b/ca.pem' \\\n  'https://127.0.0.1:4700/v1/'"
        );
        assert_eq!(at("GET https://shop/", secure), " \\\n  'https://shop/'");
        let behind = Way { public_url: Some("https://dev.test/pay"), ..secure };
        assert_eq!(at("GET /quickpay/ping", behind), " \\\n  'https://dev.test/pay/quickpay/ping'");
        assert_eq!(at("GET /w/a/brp?x=1", behind), " \\\n  'https://dev.test/pay/w/a/brp?x=1'");
    }

    fn masker() -> Masker {
        let secret =
            |name, value: &str| Credential { name, value: value.to_owned(), secret: true, claim: None };
        Masker::new(&[secret("API_KEY", "a-secret"), secret("TOKEN", "other-secret")])
    }

    #[test]
    fn secrets_are_variables_wherever_they_stand() {
        let basic = format!("Basic {}", STANDARD.encode(":a-secret"));
        let sent = message(
            "POST /pay?key=a-secret&name=O'Neill",
            &[("host", "127.0.0.1:4706"), ("authorization", &basic), ("x-empty", ""), ("cookie", "a=b")],
            b"cvc=123&id=other-secret",
        );
        assert_eq!(
            command(&sent, PLAIN, &masker()),
            "curl --include --globoff --path-as-is \\\n  --request 'POST' \\\n  --user ':'\"$API_KEY\" \\\n  \
             --header 'x-empty;' \\\n  --data-raw 'cvc='\"$HIDDEN\"'&id='\"$TOKEN\" \\\n  \
             'http://127.0.0.1:4706/pay?key='\"$API_KEY\"'&name=O'\\''Neill'"
        );
    }

    #[test]
    fn a_credential_that_nobody_has_is_not_shown_either() {
        for value in ["Token abcdef", "Basic bm9ib2R5Om5vdGhpbmc=", "Basic %%", "abcdef"] {
            let sent = message("GET http://127.0.0.1/", &[("Authorization", value)], b"");
            let command = command(&sent, PLAIN, &masker());
            assert!(command.contains("\"$CREDENTIAL\""), "{command}");
            assert!(!command.contains("abcdef") && !command.contains("nothing"), "{command}");
        }
    }

    #[test]
    fn what_a_shell_would_take_for_its_own_is_quoted() {
        let sent = message("GET http://127.0.0.1/", &[], "a\r\n‹$(rm)› ‹\\'".as_bytes());
        assert!(command(&sent, PLAIN, &masker()).contains("--data-raw $'a\\r\\n‹''$(rm)› ‹''\\'\\'''"));
    }
}
