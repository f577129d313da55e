//! A request as a person has it: the text of an HTTP message, or a line of curl.

use super::digest::base64;
use super::operation::Unreadable;
use super::sent::Sent;

/// Reads it. Which of the provider's addresses it names does not matter, the base or the provider's own
/// `origin`: it is told as one to the base.
pub fn read(text: &str, base: &str, origin: &str) -> Result<Sent, Unreadable> {
    let text = text.trim();
    let mut sent = if text.starts_with("curl ") { curl(text)? } else { message(text)? };
    let base = if base.is_empty() { origin } else { base.trim_end_matches('/') };
    if sent.url.starts_with('/') {
        let prefix = url::Url::parse(base).map(|base| base.path().trim_end_matches('/').to_owned());
        let below =
            prefix.ok().filter(|prefix| !prefix.is_empty()).and_then(|prefix| sent.url.strip_prefix(&prefix));
        sent.url = format!("{base}{}", below.unwrap_or(&sent.url));
    } else if let Some(path) = sent.url.strip_prefix(origin) {
        sent.url = format!("{base}{path}");
    }
    Ok(sent)
}

fn unreadable(what: impl Into<String>) -> Unreadable {
    Unreadable::new(
        what,
        "Give the request as it is sent: a line with the method and the address, the headers, an empty line and the body; or a line of curl; or @FILE.",
    )
}

/// Request line, headers, an empty line, body. The address may stand on a line of its own, and the body may
/// follow at once where it is JSON.
fn message(text: &str) -> Result<Sent, Unreadable> {
    let mut lines = text.split_inclusive('\n').peekable();
    let first = lines.next().unwrap_or_default();
    let mut words = first.split_whitespace();
    let method = words.next().unwrap_or_default();
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(unreadable("this does not begin with a method"));
    }
    let target = words.next().or_else(|| lines.next().map(str::trim)).unwrap_or_default();
    if !target.starts_with('/') && !target.starts_with("http") {
        return Err(unreadable(format!("`{}` is no address", target.chars().take(60).collect::<String>())));
    }
    let mut sent = Sent { method: method.to_ascii_uppercase(), url: target.to_owned(), ..Sent::default() };
    while let Some(line) = lines.next_if(|line| !line.trim().is_empty() && !line.starts_with(['{', '['])) {
        let (name, value) = line.split_once(':').ok_or_else(|| unreadable("a header has no colon"))?;
        sent.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    lines.collect::<String>().trim().clone_into(&mut sent.body);
    Ok(sent)
}

/// The options of curl that documents use, and their long names.
fn curl(text: &str) -> Result<Sent, Unreadable> {
    let mut words = words(text)?.into_iter().skip(1);
    let mut sent = Sent::default();
    let mut bodies: Vec<String> = Vec::new();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| unreadable(format!("nothing follows {word}")));
        match word.as_str() {
            "-X" | "--request" => sent.method = value()?,
            "-H" | "--header" => {
                let header = value()?;
                let (name, value) =
                    header.split_once(':').ok_or_else(|| unreadable("a header has no colon"))?;
                sent.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            "-d" | "--data" | "--data-raw" | "--data-binary" => bodies.push(value()?),
            "--json" => {
                bodies.push(value()?);
                sent.headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            }
            "-s" | "-S" | "-sS" | "-i" | "-v" | "--silent" | "--include" | "--verbose" => {}
            "-u" | "--user" => {
                let credential = format!("Basic {}", base64(value()?.as_bytes()));
                sent.headers.push(("Authorization".to_owned(), credential));
            }
            "--url" => sent.url = value()?,
            option if option.starts_with('-') => {
                return Err(unreadable(format!("the option {option} of curl is not known here")));
            }
            _ => sent.url = word,
        }
    }
    if !sent.url.starts_with('/') && !sent.url.starts_with("http") {
        return Err(unreadable("curl is given no address"));
    }
    if sent.method.is_empty() {
        (if bodies.is_empty() { "GET" } else { "POST" }).clone_into(&mut sent.method);
    }
    if !bodies.is_empty() && sent.header("content-type").is_none() {
        // So does curl.
        let form = "application/x-www-form-urlencoded".to_owned();
        sent.headers.push(("Content-Type".to_owned(), form));
    }
    sent.body = bodies.join("&");
    Ok(sent)
}

/// The words of a line as a shell parts them; it may go on behind backslashes.
fn words(text: &str) -> Result<Vec<String>, Unreadable> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, open @ ('\'' | '"')) => {
                quote = Some(open);
                word.get_or_insert_default();
            }
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None | Some('"'), '\\') => match characters.next() {
                None | Some('\n') => {}
                // Between double quotes a backslash is one before most characters.
                Some(next) if quote.is_some() && !"\"\\$`".contains(next) => {
                    word.get_or_insert_default().extend(['\\', next]);
                }
                Some(next) => word.get_or_insert_default().push(next),
            },
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    if quote.is_some() {
        return Err(unreadable("a quote is not closed"));
    }
    words.extend(word);
    Ok(words)
}
