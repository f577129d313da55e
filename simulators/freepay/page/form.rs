//! What a shop's form asks for, and what is wrong with it.

use percent_encoding::percent_decode_str;
use url::Url;

use super::fields::Fields;
use crate::freepay::acquirer::Typed;
use crate::freepay::currency;
use crate::kit::address::is_web_address;

/// The largest amount: both services have it as an `int`.
const LARGEST: i64 = i32::MAX as i64;

/// Which form came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::freepay) enum Form {
    /// For the payment page.
    Page,
    /// With a card, from the shop's own page.
    Own,
}

/// What a right form asks for.
#[derive(Clone, Debug)]
pub(in crate::freepay) struct Asked {
    pub(in crate::freepay) form: Form,
    pub(in crate::freepay) merchant: String,
    pub(in crate::freepay) order: String,
    pub(in crate::freepay) amount: i64,
    pub(in crate::freepay) currency: u16,
    pub(in crate::freepay) subscription: bool,
    pub(in crate::freepay) accept: String,
    pub(in crate::freepay) decline: String,
    pub(in crate::freepay) param: Option<String>,
    pub(in crate::freepay) aux_param: Option<String>,
    pub(in crate::freepay) typed: Typed,
}

/// Something that is wrong with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::freepay) struct Flaw {
    /// The field, in lower case.
    pub(in crate::freepay) id: &'static str,
    pub(in crate::freepay) what: String,
}

impl Flaw {
    pub(super) fn new(id: &'static str, what: impl Into<String>) -> Self {
        Self { id, what: what.into() }
    }
}

/// The order's number: the shop's own form calls it otherwise.
pub(in crate::freepay) fn order_of(form: Form, fields: &Fields) -> String {
    match form {
        Form::Page => fields.get("OrderID"),
        Form::Own => fields.posted("OrderNumber").unwrap_or_else(|| fields.get("OrderID")),
    }
}

/// Reads a form: what it asks for, or everything that is wrong with it.
pub(in crate::freepay) fn read(form: Form, fields: &Fields) -> Result<Asked, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let mut take = |flaw: Option<Flaw>| flaws.extend(flaw);
    let subscription = fields.posted("Subscription").is_some();
    take(merchant(fields));
    let amount = amount(fields, subscription).map_err(|flaw| take(Some(flaw))).unwrap_or_default();
    let currency = currency(fields).map_err(|flaw| take(Some(flaw))).unwrap_or_default();
    let order = order_of(form, fields);
    take(order.trim().is_empty().then(|| missing_order(form, fields)));
    take(address("accepturl", "AcceptURL", fields));
    take(address("declineurl", "DeclineURL", fields));
    if !flaws.is_empty() {
        return Err(flaws);
    }
    Ok(Asked {
        form,
        merchant: fields.get("MerchantNumber").trim().to_owned(),
        order,
        amount,
        currency,
        subscription,
        accept: fields.get("AcceptURL"),
        decline: fields.get("DeclineURL"),
        param: fields.posted("Param"),
        aux_param: fields.posted("AuxParam"),
        typed: Typed {
            number: fields.get("CardNumber"),
            month: fields.get("ExpireMonth"),
            year: fields.get("ExpireYear"),
            cvc: fields.get("CVC"),
        },
    })
}

/// The form's fields as they hold for the payment, with a warning for each that is changed: the document's sample of
/// a return shows a path alone, `/decline.asp`, so a path is taken as one at the shop whose page, by `Referer`, posted
/// the form. That Freepay does so is assumed; other relative addresses are refused.
pub(in crate::freepay) fn resolved(fields: &Fields, referer: &str) -> (Fields, Vec<String>) {
    let (mut resolved, mut warnings) = (fields.clone(), Vec::new());
    for (name, value) in &mut resolved.0 {
        let is_return = ["AcceptURL", "DeclineURL"].iter().any(|known| name.eq_ignore_ascii_case(known));
        if is_return
            && is_path(value)
            && let Ok(url) = Url::parse(referer).and_then(|page| page.join(value))
            && is_web_address(url.as_str())
        {
            warnings.push(format!(
                "{name} `{value}` is a path alone, taken as `{url}`, after the page that posted it: nobody has seen \
                 Freepay do so"
            ));
            url.as_str().clone_into(value);
        }
    }
    (resolved, warnings)
}

/// Whether this is a path on some host, and not a host itself.
fn is_path(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains('\\')
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn merchant(fields: &Fields) -> Option<Flaw> {
    let number = fields.get("MerchantNumber");
    let what = match number.trim() {
        "" => "MerchantNumber is missing".to_owned(),
        number if !is_digits(number) => format!("MerchantNumber `{number}` is not a number"),
        _ => return None,
    };
    Some(Flaw::new("merchantnumber", what))
}

/// Of a subscription the amount means nothing, as long as it is posted.
fn amount(fields: &Fields, subscription: bool) -> Result<i64, Flaw> {
    let flaw = |what: String| Err(Flaw::new("amount", what));
    let Some(posted) = fields.posted("Amount") else {
        let also =
            if subscription { ": it means nothing for a subscription, and must be posted" } else { "" };
        return flaw(format!("Amount is missing{also}"));
    };
    let text = posted.trim();
    let number = text.parse::<i64>().ok().filter(|_| is_digits(text));
    match number {
        _ if subscription => Ok(number.filter(|number| *number <= LARGEST).unwrap_or_default()),
        Some(number @ 1..=LARGEST) => Ok(number),
        Some(0) => flaw("Amount is 0: there is nothing to pay".to_owned()),
        Some(_) => flaw(format!("Amount `{text}` is above {LARGEST}")),
        None if text.is_empty() => flaw("Amount is empty".to_owned()),
        None if is_digits(text) => flaw(format!("Amount `{text}` is above {LARGEST}")),
        None if is_digits(&text.replace(['.', ',', ' '], "")) => {
            flaw(format!("Amount `{text}` is not in øre: it has digits alone, `1250` for 12.50"))
        }
        None => flaw(format!("Amount `{text}` is not a number")),
    }
}

fn currency(fields: &Fields) -> Result<u16, Flaw> {
    let posted = fields.get("Currency");
    let text = posted.trim();
    let number = text.parse().ok().filter(|number| is_digits(text) && text.len() == 3 && *number != 0);
    number.ok_or_else(|| {
        let what = match (text, currency::number(text)) {
            ("", _) => "Currency is missing".to_owned(),
            (_, Some(number)) => {
                format!("Currency `{text}` has letters: it is the number of ISO 4217, here `{number}`")
            }
            _ => format!("Currency `{text}` is not a number of ISO 4217: Danish kroner are `208`"),
        };
        Flaw::new("currency", what)
    })
}

fn missing_order(form: Form, fields: &Fields) -> Flaw {
    let misnamed = form == Form::Page && fields.posted("OrderNumber").is_some();
    let what = match (form, misnamed) {
        (_, true) => "OrderID is missing: it comes back as OrderNumber, and is sent as OrderID",
        (Form::Page, _) => "OrderID is missing",
        (Form::Own, _) => "OrderNumber is missing",
    };
    Flaw::new("orderid", what)
}

fn address(id: &'static str, name: &str, fields: &Fields) -> Option<Flaw> {
    let url = fields.get(name);
    let what = match url.as_str() {
        url if is_web_address(url) => return None,
        "" => format!("{name} is missing"),
        url if percent_decode_str(url).decode_utf8().is_ok_and(|decoded| is_web_address(&decoded)) => {
            format!("{name} `{url}` is encoded twice: the form encodes it already")
        }
        url if is_path(url) => {
            format!("{name} `{url}` is a path alone, and no page that posted it tells the host (Referer)")
        }
        url => format!("{name} `{url}` is not an absolute http or https address"),
    };
    Some(Flaw::new(id, what))
}

/// What passes, and is not as it should be.
pub(in crate::freepay) fn warnings(form: Form, fields: &Fields) -> Vec<String> {
    let mut warnings = Vec::new();
    if fields.posted("Password").is_some() {
        warnings.push("the password stands in the form: every payer can read it there".to_owned());
    }
    if let Some(value) = fields.posted("Subscription")
        && matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no")
    {
        warnings.push(format!(
            "Subscription is `{value}`, and a subscription is made all the same: its value does not matter"
        ));
    }
    let number = fields.get("Currency");
    if is_digits(&number) && number.parse().ok().and_then(currency::letters).is_none() {
        warnings.push(format!(
            "Currency `{number}` is none of 208, 578, 752, 978: nobody has seen Freepay take it"
        ));
    }
    if form == Form::Page && fields.posted("CardNumber").is_some() {
        warnings.push("the form brings a card: the payment page asks for it itself".to_owned());
    }
    for name in ["MerchantNumber", "Amount", "Currency", "OrderID", "AcceptURL", "DeclineURL"] {
        if fields.all(name).count() > 1 {
            warnings.push(format!("{name} is posted more than once: ASP.NET joins the values with commas"));
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::super::fields::Charset;
    use super::*;

    const RIGHT: &str = "MerchantNumber=1234567&Amount=1250&Currency=208&OrderID=0012&AcceptURL=https%3A%2F%2Fshop.test%2Fok&DeclineURL=https%3A%2F%2Fshop.test%2Fno";

    fn fields(body: &str) -> Fields {
        Fields::of(body.as_bytes(), Charset::Utf8)
    }

    /// What is wrong with the right form after a change; empty for nothing.
    fn said(from: &str, to: &str) -> String {
        let changed = RIGHT.replace(from, to);
        assert_ne!(changed, RIGHT);
        match read(Form::Page, &fields(&changed)) {
            Ok(_) => String::new(),
            Err(flaws) => {
                let lines = flaws.iter().map(|flaw| format!("{}: {}", flaw.id, flaw.what));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }

    #[test]
    fn a_right_form_is_read() {
        let asked = read(Form::Page, &fields(&format!("{RIGHT}&Param=a+b"))).expect("right");
        assert_eq!((asked.order.as_str(), asked.amount, asked.currency), ("0012", 1250, 208));
        assert_eq!((asked.param.as_deref(), asked.aux_param), (Some("a b"), None));
        assert!(!asked.subscription);
        assert_eq!(read(Form::Page, &fields("")).map_err(|flaws| flaws.len()).err(), Some(6));
        // Names in any case, and a number with blanks around it.
        assert_eq!(said("MerchantNumber=", "merchantnumber=+"), "");
    }

    #[test]
    fn what_is_wrong_is_named_with_what_was_meant() {
        for (from, to, expected) in [
            ("1250", "12.50", "amount: Amount `12.50` is not in øre: it has digits alone, `1250` for 12.50"),
            ("1250", "12,50", "amount: Amount `12,50` is not in øre: it has digits alone, `1250` for 12.50"),
            ("1250", "-1", "amount: Amount `-1` is not a number"),
            ("1250", "0", "amount: Amount is 0: there is nothing to pay"),
            ("1250", "2147483648", "amount: Amount `2147483648` is above 2147483647"),
            ("1250", "99999999999999999999", "amount: Amount `99999999999999999999` is above 2147483647"),
            (
                "=208",
                "=dkk",
                "currency: Currency `dkk` has letters: it is the number of ISO 4217, here `208`",
            ),
            ("=208", "=20", "currency: Currency `20` is not a number of ISO 4217: Danish kroner are `208`"),
            ("=208", "=000", "currency: Currency `000` is not a number of ISO 4217: Danish kroner are `208`"),
            (
                "OrderID",
                "OrderNumber",
                "orderid: OrderID is missing: it comes back as OrderNumber, and is sent as OrderID",
            ),
            (
                "https%3A%2F%2Fshop.test%2Fok",
                "ok.php",
                "accepturl: AcceptURL `ok.php` is not an absolute http or https address",
            ),
            (
                "https%3A%2F%2Fshop.test%2Fno",
                "https%253A%252F%252Fshop.test%252Fno",
                "declineurl: DeclineURL `https%3A%2F%2Fshop.test%2Fno` is encoded twice: the form encodes it already",
            ),
        ] {
            assert_eq!(said(from, to), expected, "{to}");
        }
    }

    #[test]
    fn a_path_is_taken_as_one_at_the_shop_that_posted_it() {
        let decline = |address: &str, referer: &str| {
            let form = RIGHT.replace("https%3A%2F%2Fshop.test%2Fno", address);
            let (fields, warnings) = resolved(&fields(&form), referer);
            let read = read(Form::Page, &fields).map_err(|flaws| flaws[0].what.clone());
            (read.map(|asked| asked.decline), warnings.len())
        };
        for (address, referer, taken) in [
            ("/decline.asp", "https://shop.test/", "https://shop.test/decline.asp"),
            ("/no?x=1", "http://127.0.0.1:8080/basket/pay.asp", "http://127.0.0.1:8080/no?x=1"),
        ] {
            assert_eq!(decline(address, referer), (Ok(taken.to_owned()), 1));
        }
        let (refused, warnings) = decline("/decline.asp", "");
        assert!(refused.is_err_and(|what| what.contains("no page that posted it")) && warnings == 0);
        for strange in
            ["//evil.test/", "/\\evil.test/", "decline.asp", "javascript:alert(1)", "http%253A%252F%252Fa"]
        {
            let (refused, warnings) = decline(strange, "https://shop.test/");
            assert!(refused.is_err() && warnings == 0, "{strange}");
        }
        assert!(decline("/decline.asp", "about:blank").0.is_err());
        let absolute = decline("https%3A%2F%2Fother.test%2F", "https://shop.test/");
        assert_eq!(absolute, (Ok("https://other.test/".to_owned()), 0));
    }

    #[test]
    fn a_subscription_has_any_amount_but_has_one() {
        let sign_up = |amount: &str| {
            read(Form::Page, &fields(&RIGHT.replace("Amount=1250", &format!("Subscription=1{amount}"))))
        };
        for any in ["&Amount=0", "&Amount=", "&Amount=12.50", "&Amount=abc", "&amount=99999999999"] {
            assert!(sign_up(any).is_ok_and(|asked| asked.subscription), "{any}");
        }
        assert!(sign_up("").is_err_and(|flaws| flaws[0].id == "amount"));
    }

    #[test]
    fn what_passes_and_should_not_is_warned_of() {
        let warned = |more: &str| warnings(Form::Page, &fields(&format!("{RIGHT}{more}"))).len();
        assert_eq!(warned(""), 0);
        for more in ["&password=x", "&Subscription=0", "&CardNumber=4", "&ORDERID=2"] {
            assert_eq!(warned(more), 1, "{more}");
        }
        assert_eq!(warnings(Form::Page, &fields(&RIGHT.replace("=208", "=999"))).len(), 1);
    }
}
