//! What a fact can be about, and what can be so of it.

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The parameter of this name.
    Parameter(String),
    /// What goes with the message under this name.
    Given(String),
    /// A parameter of the URL that goes with the message under the first name.
    Query(String, String),
    /// A value in the JSON that goes with the message under the first name, by its path.
    Leaf(String, String),
    /// Any parameter of the URL that goes with the message under this name.
    AnyQuery(String),
    /// The value of any parameter.
    AnyParameter,
    /// Any value at all.
    Any,
    /// The name of any parameter.
    AnyName,
    /// The message as a whole.
    Message,
}

/// What is so about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// It holds this character.
    Holds(char),
    /// It holds something percent-encoded.
    Escaped,
    /// It holds a tag, as `<b>`.
    Tag,
    /// It holds what HTML writes for a character, as `&amp;`.
    Entity,
    /// It holds a line end of Windows: a carriage return and a line feed.
    LineEnd,
    /// It holds two blanks in a row.
    Blanks,
    /// It is empty.
    Empty,
    /// It begins with a blank.
    BlankFirst,
    /// It ends with a blank.
    BlankLast,
    /// It begins with 0 and goes on with digits.
    ZeroFirst,
    /// It is there more than once.
    Repeated,
    /// It is 0.
    Zero,
    /// It is a whole number of the currency's main unit.
    Whole,
    /// It is an amount that a binary fraction falls short of.
    Inexact,
    /// It holds a character of this class.
    Class(Class),
    /// The parameters are not in the order of their names.
    Unsorted,
    /// It is this.
    Is(String),
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// Its measure is so large, or larger.
    AtLeast(Measure, i64),
    /// Its measure is so small, or smaller.
    AtMost(Measure, i64),
}

/// A class of characters; the narrow ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Beyond the first 65536 characters of Unicode: emoji.
    Astral,
    /// A mark that is put over another letter.
    Combining,
    /// A letter that Unicode also knows as another letter with a combining mark.
    Composed,
    /// A control character.
    Control,
    /// ' or ".
    Quote,
    /// One of those that encodeURIComponent leaves and RFC 3986 encodes.
    SubDelimiter,
    /// & < > " '.
    Markup,
    /// A blank of any kind.
    Blank,
    /// Not in Latin-1.
    BeyondLatin1,
    /// Not in ASCII.
    BeyondAscii,
    /// What no URL holds as it is: not in ASCII, a blank or a control character.
    BeyondUrl,
    /// A capital letter.
    Capital,
    /// What percent-encoding changes.
    Encoded,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// The length in characters.
    Characters,
    /// The length in bytes of UTF-8.
    Bytes,
    /// The number that it is.
    Number,
    /// The amount that it is, in minor units.
    Amount,
    /// How many parameters there are.
    Parameters,
}

/// Something that is so of a message, or is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What is so.
    pub is: Trait,
    /// Of what.
    pub of: Subject,
}

impl Subject {
    /// Whether this is a value, or something in it, and the other is that value.
    pub(super) fn is_in(&self, value: &Self) -> bool {
        let (Self::Parameter(known) | Self::Given(known)) = value else { return false };
        match self {
            Self::Query(name, _) | Self::Leaf(name, _) | Self::AnyQuery(name) => name == known,
            one => one == value,
        }
    }
}

impl Class {
    pub(super) const ALL: [Self; 13] = [
        Self::Astral,
        Self::Combining,
        Self::Composed,
        Self::Control,
        Self::Quote,
        Self::SubDelimiter,
        Self::Markup,
        Self::Blank,
        Self::BeyondLatin1,
        Self::BeyondAscii,
        Self::BeyondUrl,
        Self::Capital,
        Self::Encoded,
    ];

    pub(super) fn has(self, character: char) -> bool {
        match self {
            Self::Astral => character > '\u{ffff}',
            Self::Combining => ('\u{300}'..='\u{36f}').contains(&character),
            Self::Composed => is_composed(character),
            Self::Control => character.is_control(),
            Self::Quote => matches!(character, '\'' | '"'),
            Self::SubDelimiter => matches!(character, '!' | '\'' | '(' | ')' | '*'),
            Self::Markup => matches!(character, '&' | '<' | '>' | '"' | '\''),
            Self::Blank => character.is_whitespace(),
            Self::BeyondLatin1 => character > '\u{ff}',
            Self::BeyondAscii => !character.is_ascii(),
            Self::BeyondUrl => !character.is_ascii_graphic(),
            Self::Capital => character.is_uppercase(),
            Self::Encoded => !(character.is_ascii_alphanumeric() || "-._~".contains(character)),
        }
    }

    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Astral => "a character beyond U+FFFF, as 😀",
            Self::Combining => "a combining accent",
            Self::Composed => "a letter with an accent, as é",
            Self::Control => "a control character",
            Self::Quote => "a quote",
            Self::SubDelimiter => "one of ! ' ( ) *",
            Self::Markup => "one of & < > \" '",
            Self::Blank => "a blank",
            Self::BeyondLatin1 => "a character that Latin-1 does not have",
            Self::BeyondAscii => "a character outside ASCII",
            Self::BeyondUrl => "a blank or a character outside ASCII",
            Self::Capital => "a capital letter",
            Self::Encoded => "a character that percent-encoding changes",
        }
    }
}

/// The letters of Latin, of those up to ž, that Unicode cannot take apart.
const WHOLE: &str = "ÆÐ×ØÞßæð÷øþĐđĦħıĸŁłŊŋŒœŦŧĲĳĿŀŉſ";

/// Whether Unicode can take a letter apart. Of all scripts those that our messages are in: Latin, and Korean.
fn is_composed(character: char) -> bool {
    matches!(character, 'À'..='ž' | '가'..='힣') && !WHOLE.contains(character)
}
