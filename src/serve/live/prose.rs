//! Sentences about the providers: what stands between backticks in them is code.

use std::fmt::{self, Display, Formatter};

use askama::filters::{Escaper as _, Html, HtmlSafe};

/// A sentence that is markup when it is shown: all of it is escaped, and what stands between two backticks is code.
#[derive(Clone, Debug, Default)]
pub(super) struct Prose(String);

impl From<String> for Prose {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Prose {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl HtmlSafe for Prose {}

impl Display for Prose {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_str();
        while let Some((before, (code, after))) =
            rest.split_once('`').and_then(|(before, behind)| Some((before, behind.split_once('`')?)))
        {
            Html.write_escaped_str(&mut *formatter, before)?;
            formatter.write_str("<code>")?;
            Html.write_escaped_str(&mut *formatter, code)?;
            formatter.write_str("</code>")?;
            rest = after;
        }
        Html.write_escaped_str(formatter, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_two_backticks_is_code_and_nothing_else_is_markup() {
        for (text, shown) in [
            ("plain", "plain"),
            (
                "set `brp.bad_hash = page` and `a<b`",
                "set <code>brp.bad_hash = page</code> and <code>a&#60;b</code>",
            ),
            ("<b> `one tick", "&#60;b&#62; `one tick"),
            ("``", "<code></code>"),
        ] {
            assert_eq!(Prose::from(text).to_string(), shown);
        }
    }
}
