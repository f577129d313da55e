//! Raw material for generators: values that are legal, and that careless code gets wrong.
//!
//! Letters outside ASCII stand in both of their forms, as one code point (`é`) and as a letter with a mark behind it
//! (`e` and U+0301): whoever brings them into one form signs other bytes than were sent.

use rand::Rng;

/// A number below `limit`, which is not 0.
pub fn below(rng: &mut dyn Rng, limit: u32) -> u32 {
    // The bias is below one in two thousand for our small limits, and it is cheap.
    u32::try_from((u64::from(rng.next_u32()) * u64::from(limit)) >> 32).unwrap_or(0)
}

/// True once in `times`.
pub fn one_in(rng: &mut dyn Rng, times: u32) -> bool {
    below(rng, times) == 0
}

/// One of these.
pub fn pick<'a>(rng: &mut dyn Rng, from: &[&'a str]) -> &'a str {
    from[below(rng, u32::try_from(from.len()).unwrap_or(1)) as usize]
}

/// A positive integer that fits 31 bits: small, at a boundary, or anything.
pub fn id(rng: &mut dyn Rng) -> String {
    match below(rng, 8) {
        0 => pick(rng, &["1", "10", "100", "2147483647", "1000000"]).to_owned(),
        1..=3 => (1 + below(rng, 999)).to_string(),
        _ => (1 + below(rng, 2_147_483_647)).to_string(),
    }
}

/// An e-mail address.
pub fn email(rng: &mut dyn Rng) -> String {
    let local = pick(
        rng,
        &[
            "mail",
            "b",
            "a",
            "anna.svensson",
            "kvitto+brp",
            "a+b",
            "Å.Öberg",
            "A\u{30a}.O\u{308}berg",
            "o'neil",
            "A",
            "x_y",
            "100%",
        ],
    );
    let host = pick(rng, &["to.me", "x.se", "shop.example", "räksmörgås.example", "X.SE"]);
    format!("{local}@{host}")
}

const HOSTS: &[&str] = &[
    "https://shop.example",
    "https://api.brpsystems.se",
    "http://127.0.0.1:3000",
    "https://SHOP.example",
    "https://gym.räksmörgås.example",
    "https://shop.example:8443",
];

const PATHS: &[&str] = &[
    "",
    "/",
    "/paid",
    "/brpgog/paymentconfirmation",
    "/kvitto/åäö",
    "/a b",
    "/a%20b",
    "/tack/",
    "/(klar)",
    "/it's",
    "/a~b_c-d.e",
    "/order;id=7",
    "/*",
    "/50%25",
    "/café",
    "/cafe\u{301}",
    "/a  b",
];

const QUERIES: &[&str] = &[
    "shop=1",
    "x=a%20b",
    "q=a+b",
    "namn=Åsa",
    "next=https%3A%2F%2Fa.example%2F%3Fb%3D1",
    "empty=",
    "flag",
    "e=mail@to.me",
    "emoji=😀",
    "p=50%",
    "q=\"x\"",
    "a=b=c",
    "receiptid=7",
    "amp=a%26b",
    "star=*",
    "tilde=~",
    "bang=!",
    "pipe=a|b",
    "namn=A\u{30a}sa",
    "tag=<b>ny</b>",
    "two=a  b",
    "end=a%20",
    "lines=a%0D%0Ab",
    "accent=e\u{301}",
];

/// An absolute http or https URL, in every spelling that browsers let through.
pub fn url(rng: &mut dyn Rng) -> String {
    let mut url = pick(rng, HOSTS).to_owned();
    url.push_str(pick(rng, PATHS));
    let queries = below(rng, 5).saturating_sub(1);
    for place in 0..queries {
        url.push(if place == 0 { '?' } else { '&' });
        url.push_str(pick(rng, QUERIES));
    }
    // Longer than the columns that people keep addresses in.
    if queries > 0 && one_in(rng, 24) {
        url.push_str("&long=");
        url.push_str(&"x".repeat(250));
    }
    if one_in(rng, 8) {
        url.push_str(pick(rng, &["#top", "#", "#/route?x=1"]));
    }
    url
}

/// A secret word.
pub fn secret(rng: &mut dyn Rng) -> String {
    pick(
        rng,
        &[
            "SecretWord",
            "apor",
            "s",
            "hemligt ord",
            "p+a&s=s%w?r#d",
            "ÅngbåtÄrÖ",
            "A\u{30a}ngba\u{30a}t",
            "two  blanks",
            "<b>",
            "0123456789abcdef0123456789abcdef",
            "007",
        ],
    )
    .to_owned()
}

/// A person's name, as people have them.
pub fn name(rng: &mut dyn Rng) -> String {
    pick(
        rng,
        &[
            "John",
            "Doe",
            "Åsa",
            "O'Neil",
            "Smith-Jones",
            "José María",
            "Zoë",
            "Нина",
            "山田",
            "von der Ähe",
            "A",
            "\"Jack\"",
            "Back\\slash",
            "😀",
            "Anna/Bo",
            "Ng",
            "Müller & Co",
            "A\u{30a}sa",
            "Rene\u{301}",
            "Anna  Lee",
            "<b>Bo</b>",
            "<>",
            " Max ",
        ],
    )
    .to_owned()
}

/// A telephone number, as people type them.
pub fn phone(rng: &mut dyn Rng) -> String {
    pick(rng, &["07000000000", "+44 7700 900123", "0044-20-7946-0000", "(020) 7946 0000"]).to_owned()
}

/// A UUID of version 4 in lower case.
pub fn uuid(rng: &mut dyn Rng) -> String {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    (bytes[6], bytes[8]) = (bytes[6] & 0x0f | 0x40, bytes[8] & 0x3f | 0x80);
    super::seed::dashed(&super::digest::hex(&bytes))
}
