//! Which methods a payer may pay with: the syntax of `payment_methods`.

use crate::quickpay::acquirer::{BRANDS, Brand};

/// A method beside cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wallet {
    /// As `payment_methods` names it.
    pub(super) id: &'static str,
    /// As payers know it.
    pub(super) name: &'static str,
}

const fn wallet(id: &'static str, name: &'static str) -> Wallet {
    Wallet { id, name }
}

/// The methods beside cards.
const WALLETS: &[Wallet] = &[
    wallet("anyday-split", "Anyday"),
    wallet("apple-pay", "Apple Pay"),
    wallet("google-pay", "Google Pay"),
    wallet("ideal", "iDEAL"),
    wallet("klarna-payments", "Klarna"),
    wallet("mobilepay", "MobilePay"),
    wallet("mobilepay-subscriptions", "MobilePay Subscriptions"),
    wallet("paypal", "PayPal"),
    wallet("paysafecard", "Paysafecard"),
    wallet("resurs", "Resurs Bank"),
    wallet("sofort", "Sofort"),
    wallet("swish", "Swish"),
    wallet("trustly", "Trustly"),
    wallet("viabill", "ViaBill"),
    wallet("vipps", "Vipps"),
    wallet("vippspsp", "Vipps PSP"),
];
/// All cards.
const CARDS: &str = "creditcard";
/// What is offered where neither the link nor the account says otherwise.
const USUAL: &str = "creditcard, mobilepay";

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: String,
    removes: bool,
    secure: bool,
    /// ISO 3166-1 alpha-2, upper case.
    country: Option<String>,
}

impl Entry {
    fn of(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let (removes, text) =
            text.strip_prefix('!').map_or((false, text.as_str()), |rest| (true, rest.trim()));
        let (secure, text) = text.strip_prefix("3d-").map_or((false, text), |rest| (true, rest));
        let country = text.rsplit_once('-').filter(|(brand, country)| {
            country.len() == 2 && (*brand == CARDS || BRANDS.iter().any(|known| known.id == *brand))
        });
        let (name, country) = country.map_or((text, None), |(name, country)| (name, Some(country)));
        Self { name: name.to_owned(), removes, secure, country: country.map(str::to_ascii_uppercase) }
    }

    fn is(&self, brand: &str, country: &str) -> bool {
        (self.name == CARDS || self.name == brand)
            && self.country.as_ref().is_none_or(|wanted| wanted == country)
    }
}

/// What a payer may pay with.
#[derive(Clone, Debug)]
pub(super) struct Methods(Vec<Entry>);

impl Methods {
    /// Reads a list; where it is empty the account's, and where that is empty too the usual ones.
    pub(super) fn of(link: Option<&str>, account: Option<&str>) -> Self {
        let filled = |list: Option<&str>| list.filter(|list| !list.trim().is_empty()).map(ToOwned::to_owned);
        let list = filled(link).or_else(|| filled(account)).unwrap_or_else(|| USUAL.to_owned());
        let mut entries: Vec<_> =
            list.split(',').filter(|entry| !entry.trim().is_empty()).map(Entry::of).collect();
        if entries.iter().all(|entry| entry.removes) {
            entries.extend(USUAL.split(',').map(Entry::of));
        }
        Self(entries)
    }

    /// Whether a card of this brand and country (alpha-2) may pay, and whether with 3-D Secure only.
    pub(super) fn card(&self, brand: &str, country: &str) -> Option<bool> {
        let removed = self.0.iter().any(|entry| entry.removes && entry.is(brand, country));
        let mut fitting = self.0.iter().filter(|entry| !entry.removes && entry.is(brand, country)).peekable();
        // Maestro cards exist with 3-D Secure only.
        let always = brand == "maestro";
        (!removed && fitting.peek().is_some()).then(|| always || fitting.all(|entry| entry.secure))
    }

    /// The brands of cards that may pay.
    pub(super) fn brands(&self) -> Vec<&'static Brand> {
        let may = |brand: &&Brand| {
            let country = self.0.iter().find_map(|entry| entry.country.clone()).unwrap_or_default();
            self.card(brand.id, &country).is_some() || self.card(brand.id, "").is_some()
        };
        BRANDS.iter().filter(may).collect()
    }

    /// The other methods that may.
    pub(super) fn wallets(&self) -> Vec<Wallet> {
        let named = |wallet: &str, removes: bool| {
            self.0.iter().any(|entry| entry.removes == removes && entry.name == wallet)
        };
        WALLETS.iter().copied().filter(|wallet| named(wallet.id, false) && !named(wallet.id, true)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_add_remove_and_ask_for_3d_secure() {
        let of = |list: &str| Methods::of(Some(list), None);
        assert_eq!(of("creditcard").card("visa", "DK"), Some(false));
        assert_eq!(of("3d-creditcard").card("visa", "DK"), Some(true));
        assert_eq!(of("creditcard, !visa").card("visa", "DK"), None);
        assert_eq!(of("creditcard, !visa").card("dankort", "DK"), Some(false));
        assert_eq!(of("!visa").card("visa", "DK"), None);
        assert_eq!(of("!visa").card("mastercard", "DK"), Some(false));
        assert_eq!(of("visa-dk").card("visa", "SE"), None);
        assert_eq!(of("visa-dk").card("visa", "DK"), Some(false));
        assert_eq!(of("creditcard").card("maestro", "DK"), Some(true));
        assert_eq!(of("mobilepay").card("visa", "DK"), None);
        let wallets =
            |methods: Methods| methods.wallets().into_iter().map(|wallet| wallet.id).collect::<Vec<_>>();
        assert_eq!(wallets(of(" mobilepay , visa")), ["mobilepay"]);
        assert_eq!(of("visa-electron").card("visa-electron", "DK"), Some(false));
        assert_eq!(Methods::of(None, Some("dankort")).card("visa", "DK"), None);
        assert_eq!(wallets(Methods::of(Some(""), None)), ["mobilepay"]);
        assert!(of("mobilepay").brands().is_empty());
    }
}
