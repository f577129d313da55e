//! How texts become values, in the two ways of .NET: `XmlConvert` for SOAP, `Convert` for plain HTTP.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::kit::clock::danish;

use super::call::Value;
use super::service::{Choice, Type};

const NO_NUMBER: &str = "Input string was not in a correct format.";
const NO_DATE: &str = "String was not recognized as a valid DateTime.";

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// A simple value as SOAP has it; or what .NET says against it. Records and lists are no simple values: `None`.
pub(super) fn from_xml(text: &str, kind: Type) -> Option<Result<Value, String>> {
    let trimmed = text.trim_matches(BLANKS);
    Some(match kind {
        Type::Boolean => match trimmed {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("The string '{text}' is not a valid Boolean value.")),
        },
        Type::Choice(choice) if choice.words.contains(&text) => Ok(Value::from(text)),
        Type::Choice(choice) => {
            Err(format!("Instance validation error: '{text}' is not a valid value for {}.", choice.name))
        }
        Type::DateTime => {
            let moment = all_xsd(trimmed).map(Value::Date);
            moment.ok_or_else(|| format!("The string '{text}' is not a valid AllXsd value."))
        }
        Type::Int => whole(text, INT),
        Type::Long => whole(text, LONG),
        Type::Text => Ok(Value::from(text)),
        Type::List(_) | Type::Record(_) => return None,
    })
}

/// A simple value as plain HTTP has it; or what .NET says against it.
pub(super) fn from_form(text: &str, kind: Type) -> Option<Result<Value, String>> {
    let trimmed = text.trim();
    Some(match kind {
        Type::Boolean if trimmed.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Type::Boolean if trimmed.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        Type::Boolean => Err("String was not recognized as a valid Boolean.".to_owned()),
        Type::Choice(choice) => word(trimmed, choice)
            .map(Value::from)
            .ok_or_else(|| format!("Requested value '{trimmed}' was not found.")),
        Type::DateTime => {
            let moment = all_xsd(trimmed).or_else(|| local(trimmed)).map(Value::Date);
            moment.ok_or_else(|| NO_DATE.to_owned())
        }
        Type::Int => whole(text, INT),
        Type::Long => whole(text, LONG),
        Type::Text => Ok(Value::from(text)),
        Type::List(_) | Type::Record(_) => return None,
    })
}

/// A word by its name in any case, or by its number.
fn word(text: &str, choice: &Choice) -> Option<&'static str> {
    let named = choice.words.iter().find(|word| word.eq_ignore_ascii_case(text));
    named.or_else(|| choice.words.get(text.parse::<usize>().ok()?)).copied()
}

/// The bounds of a number, and how .NET calls it.
type Bounds = (i64, i64, &'static str);

const INT: Bounds = (i32::MIN as i64, i32::MAX as i64, "Int32");
const LONG: Bounds = (i64::MIN, i64::MAX, "Int64");

fn whole(text: &str, (least, most, name): Bounds) -> Result<Value, String> {
    let text = text.trim_matches(BLANKS);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(NO_NUMBER.to_owned());
    }
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.map(Value::Int).ok_or_else(|| format!("Value was either too large or too small for an {name}."))
}

/// `2026-11-22T12:00:00`, with fractions, with a zone, or the date alone. A moment of another zone becomes
/// Danish time, as on a server that stands in Denmark; one that ends in Z keeps its digits, since .NET reads
/// it as universal time and nobody converts it then.
fn all_xsd(text: &str) -> Option<DateTime> {
    let shaped = text.as_bytes();
    let dashed = shaped.len() >= 10 && shaped.get(4) == Some(&b'-') && shaped.get(7) == Some(&b'-');
    if !dashed || !text.is_ascii() {
        return None;
    }
    let date: Date = text[..10].parse().ok()?;
    let Some(rest) = text[10..].strip_prefix('T') else {
        let zone = &text[10..];
        return (zone.is_empty() || zone == "Z" || offset(zone)).then(|| date.to_datetime(Time::midnight()));
    };
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let local = date.to_datetime(time(clock)?);
    match zone {
        "" | "Z" => Some(local),
        _ if offset(zone) => text.parse::<Timestamp>().ok().map(danish),
        _ => None,
    }
}

/// `12:00:00`, perhaps with fractions.
fn time(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 8 && bytes.get(2) == Some(&b':') && bytes.get(5) == Some(&b':');
    let fraction = bytes.len() == 8 || (bytes.get(8) == Some(&b'.') && bytes.len() > 9);
    (shaped && fraction).then(|| text.parse().ok()).flatten()
}

/// `+02:00`.
fn offset(text: &str) -> bool {
    matches!(text.as_bytes(), [b'+' | b'-', h, m, b':', n, o] if [h, m, n, o].iter().all(|d| d.is_ascii_digit()))
}

/// A date as Danes and programs write it, perhaps with a time: `22-11-2026 12:00:00`, `2026-11-22 12:00`.
fn local(text: &str) -> Option<DateTime> {
    let (date, clock) = text.split_once(' ').unwrap_or((text, "00:00:00"));
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let number = |text: &str| text.parse::<i8>().ok();
    let date =
        Date::new(year.parse().ok().filter(|_| year.len() == 4)?, number(month)?, number(day)?).ok()?;
    let parts: Vec<&str> = clock.trim().split([':', '.']).collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (hour, minute, &"0"),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let time = Time::new(number(hour)?, number(minute)?, number(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}
