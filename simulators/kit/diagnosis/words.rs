//! What can be said of a message, said.

use std::fmt;

use super::fact::{Fact, Measure, Subject, Trait};
use crate::kit::mask::visible;

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) | Self::Given(name) => write!(formatter, "`{name}`"),
            Self::Query(given, name) => write!(formatter, "`{name}` in the `{given}`"),
            Self::Leaf(given, path) if path == "currency" => write!(formatter, "the currency of `{given}`"),
            Self::Leaf(given, path) => write!(formatter, "`{path}` in the `{given}`"),
            Self::AnyQuery(given) => write!(formatter, "a parameter in the `{given}`"),
            Self::AnyParameter => formatter.write_str("a parameter"),
            Self::Any => formatter.write_str("a value"),
            Self::AnyName => formatter.write_str("a parameter's name"),
            Self::Message => formatter.write_str("the message"),
        }
    }
}

/// One character as a person names it.
fn named(character: char) -> String {
    match character {
        ' ' => "a blank".to_owned(),
        '\n' => "a line feed".to_owned(),
        '\r' => "a carriage return".to_owned(),
        '\t' => "a tab".to_owned(),
        '`' => "a backtick".to_owned(),
        other => format!("a `{other}`"),
    }
}

/// "`returnurl` holds a `+`".
impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = &self.of;
        match &self.is {
            Trait::Unsorted => formatter.write_str("the parameters come in another order than their names'"),
            Trait::AtLeast(Measure::Parameters, 1) => formatter.write_str("there are parameters"),
            Trait::AtLeast(Measure::Parameters, least) => {
                write!(formatter, "there are {least} parameters or more")
            }
            Trait::AtMost(Measure::Parameters, 0) => formatter.write_str("there are no parameters"),
            Trait::AtMost(Measure::Parameters, most) => {
                write!(formatter, "there are {most} parameters or fewer")
            }
            Trait::Repeated if *of == Subject::AnyName => {
                formatter.write_str("a parameter is there more than once")
            }
            is => write!(formatter, "{of} {is}"),
        }
    }
}

/// "holds a `+`".
impl fmt::Display for Trait {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let major = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
        match self {
            Self::Holds(character) => write!(formatter, "holds {}", named(*character)),
            Self::Escaped => formatter.write_str("holds something percent-encoded, as %41"),
            Self::Tag => formatter.write_str("holds a tag, as <b>"),
            Self::Entity => formatter.write_str("holds an HTML entity, as &amp;"),
            Self::LineEnd => formatter.write_str("holds a line end of Windows, \\r\\n"),
            Self::Blanks => formatter.write_str("holds two blanks in a row"),
            Self::Empty => formatter.write_str("is empty"),
            Self::BlankFirst => formatter.write_str("begins with a blank"),
            Self::BlankLast => formatter.write_str("ends with a blank"),
            Self::ZeroFirst => formatter.write_str("begins with a 0"),
            Self::Repeated => formatter.write_str("is there more than once"),
            Self::Zero => formatter.write_str("is 0"),
            Self::Whole => formatter.write_str("has no fraction"),
            Self::Inexact => {
                formatter.write_str("is an amount that a binary fraction falls short of, as 19.99")
            }
            Self::Class(class) => write!(formatter, "holds {}", class.said()),
            Self::Unsorted => formatter.write_str("is not in order"),
            Self::Is(value) => write!(formatter, "is `{}`", visible(value)),
            Self::Present => formatter.write_str("is there"),
            Self::Absent => formatter.write_str("is not there"),
            Self::AtLeast(measure, least) => match measure {
                Measure::Characters => write!(formatter, "has {least} characters or more"),
                Measure::Bytes => write!(formatter, "has {least} bytes of UTF-8 or more"),
                Measure::Amount => write!(formatter, "is {} or more", major(*least)),
                Measure::Number | Measure::Parameters => write!(formatter, "is {least} or more"),
            },
            Self::AtMost(measure, most) => match measure {
                Measure::Characters => write!(formatter, "has {most} characters or fewer"),
                Measure::Bytes => write!(formatter, "has {most} bytes of UTF-8 or fewer"),
                Measure::Amount => write!(formatter, "is {} or less", major(*most)),
                Measure::Number | Measure::Parameters => write!(formatter, "is {most} or less"),
            },
        }
    }
}
