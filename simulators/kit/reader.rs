//! Who looks at a hosted page: the language that it is written in for them, and the way to the other one.
//!
//! Pages stand at the end of many paths, of which none cares who reads; so the browser is known for as long as its
//! request is answered, and is not handed from one to the next.

use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};

use super::query::last;

/// The language of a provider's own country, in which its pages are written beside English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language {
    /// As HTML names it.
    pub code: &'static str,
    /// As its speakers name it.
    pub name: &'static str,
    /// What every page says first.
    note: &'static str,
}

/// English, which every provider's pages have.
pub const ENGLISH: Language = Language { code: "en", name: "English", note: "Simulator: no money moves." };
/// Danish.
pub const DANISH: Language =
    Language { code: "da", name: "Dansk", note: "Simulator: der flyttes ingen penge." };
/// Swedish.
pub const SWEDISH: Language = Language { code: "sv", name: "Svenska", note: "Simulator: inga pengar dras." };

/// The parameter that switches the language; it is taken off before anybody else sees the address.
const SWITCH: &str = "provkassa_language";
/// What is kept of it for a payment's time, so that the next one begins with what its shop asks for.
const KEPT: &str = "provkassa_language";
const KEPT_SECONDS: u32 = 15 * 60;

/// What a request tells of the browser that sent it.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What the payer switched to.
    switched: String,
    /// `Accept-Language`, in lower case.
    accepted: String,
    query: String,
    posts: bool,
}

tokio::task_local! {
    static BROWSER: Browser;
}

impl Browser {
    /// The browser that sent this.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookies = header(header::COOKIE).split(';').filter_map(|pair| pair.trim().split_once('='));
        Self {
            switched: cookies.filter(|(name, _)| *name == KEPT).map(|(_, value)| value.to_owned()).collect(),
            accepted: header(header::ACCEPT_LANGUAGE).to_ascii_lowercase(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            posts: parts.method != Method::GET,
        }
    }

    /// Does some work for this browser.
    pub async fn watch<T>(self, work: impl Future<Output = T>) -> T {
        BROWSER.scope(self, work).await
    }

    /// Which of two languages comes first in what the browser asks for.
    fn prefers(&self, own: Language) -> Option<bool> {
        let place = |language: Language| {
            let mut asked = self.accepted.split(',').map(str::trim);
            asked.position(|asked| asked.starts_with(language.code))
        };
        match (place(own), place(ENGLISH)) {
            (Some(own), Some(english)) => Some(own < english),
            (None, None) => None,
            (own, _) => Some(own.is_some()),
        }
    }
}

/// The answer to whoever switches the language: back to the same page, and the language is kept.
#[must_use]
pub fn switched(parts: &Parts) -> Option<Response> {
    let query = parts.uri.query().filter(|_| parts.method == Method::GET)?;
    let code = last(&format!("?{query}"), SWITCH)?;
    let known = [ENGLISH, DANISH, SWEDISH].into_iter().find(|language| language.code == code)?;
    let cookie = format!("{KEPT}={}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax; HttpOnly", known.code);
    let location = HeaderValue::from_str(&format!("?{}", without_switch(query))).ok()?;
    let cookie = HeaderValue::from_str(&cookie).ok()?;
    let headers = [(header::LOCATION, location), (header::SET_COOKIE, cookie)];
    Some((StatusCode::SEE_OTHER, headers).into_response())
}

/// A query as it was before somebody switched, byte for byte: it may be signed.
fn without_switch(query: &str) -> String {
    let is_switch = |pair: &&str| pair.split('=').next() == Some(SWITCH);
    query.split('&').filter(|pair| !is_switch(pair)).collect::<Vec<_>>().join("&")
}

/// Somebody who looks at a page.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What they read.
    pub language: Language,
    /// What they could read.
    pub other: Option<Language>,
    /// The address of this page in the other language; empty where it can only be had by the form that was sent.
    pub switch: String,
}

impl Reader {
    /// Who looks now at a provider's page that is written in English and perhaps a language of its own. A payer's
    /// switch decides, then the language that the shop asked for, then the browser.
    #[must_use]
    pub fn now(own: Language, asked: Option<Language>) -> Self {
        let browser = BROWSER.try_with(Clone::clone).unwrap_or_default();
        let speaks_own = match browser.switched.as_str() {
            "" => match asked {
                Some(asked) => asked == own,
                None => browser.prefers(own).unwrap_or_default(),
            },
            // Who wants no English wants the provider's own, whichever it is.
            switched => switched != ENGLISH.code,
        };
        let (language, other) = if speaks_own { (own, ENGLISH) } else { (ENGLISH, own) };
        let kept = without_switch(&browser.query);
        let glue = if kept.is_empty() { "" } else { "&" };
        Self {
            language,
            other: (own != ENGLISH).then_some(other),
            switch: format!("?{kept}{glue}{SWITCH}={}", other.code),
        }
    }

    /// Who looks now at the answer to a form that leaves no page to come back to.
    #[must_use]
    pub fn of_answer(own: Language, asked: Option<Language>) -> Self {
        let posts = BROWSER.try_with(|browser| browser.posts).unwrap_or_default();
        let reader = Self::now(own, asked);
        if posts { Self { switch: String::new(), ..reader } } else { reader }
    }

    /// A text in the language that is read.
    #[must_use]
    pub fn says<'a>(&self, english: &'a str, own: &'a str) -> &'a str {
        if self.language == ENGLISH { english } else { own }
    }

    /// What every page says first.
    #[must_use]
    pub fn note(&self) -> &'static str {
        self.language.note
    }
}

/// A text in English, and in the provider's own language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(pub &'static str, pub &'static str);

impl Text {
    /// As somebody reads it.
    #[must_use]
    pub fn said(self, reader: &Reader) -> &'static str {
        reader.says(self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(uri: &str, headers: &[(&str, &str)]) -> Parts {
        let request = Request::builder().uri(uri);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(()).expect("a request").into_parts().0
    }

    async fn reads(uri: &str, headers: &[(&str, &str)], asked: Option<Language>) -> (&'static str, String) {
        let browser = Browser::of(&parts(uri, headers));
        let reader = browser.watch(async { Reader::now(DANISH, asked) }).await;
        (reader.language.code, reader.switch)
    }

    #[tokio::test]
    async fn the_switch_goes_before_the_shop_and_the_shop_before_the_browser() {
        let danish = ("accept-language", "da-DK,da;q=0.9,en;q=0.8");
        let kept = |code| ("cookie", code);
        for (headers, asked, expected) in [
            (vec![], None, "en"),
            (vec![danish], None, "da"),
            (vec![("accept-language", "en-GB,da")], None, "en"),
            (vec![("accept-language", "de")], None, "en"),
            (vec![danish], Some(ENGLISH), "en"),
            (vec![], Some(DANISH), "da"),
            (vec![danish, kept("a=b; provkassa_language=en")], Some(DANISH), "en"),
            (vec![kept("provkassa_language=sv")], Some(ENGLISH), "da"),
        ] {
            assert_eq!(reads("/page", &headers, asked).await.0, expected, "{headers:?} {asked:?}");
        }
    }

    #[tokio::test]
    async fn the_way_to_the_other_language_leads_back_to_the_same_bytes() {
        assert_eq!(reads("/page", &[], None).await.1, "?provkassa_language=da");
        let (_, switch) = reads("/page?a=%C3%a5&b", &[], None).await;
        assert_eq!(switch, "?a=%C3%a5&b&provkassa_language=da");
        let answer = switched(&parts(&format!("/page{switch}"), &[])).expect("a switch");
        assert_eq!(answer.headers()[header::LOCATION], "?a=%C3%a5&b");
        assert!(
            answer.headers()[header::SET_COOKIE]
                .to_str()
                .expect("text")
                .starts_with("provkassa_language=da;")
        );
        assert!(switched(&parts("/page?a=b", &[])).is_none());
        assert!(switched(&parts("/page?provkassa_language=xx", &[])).is_none());
    }
}
