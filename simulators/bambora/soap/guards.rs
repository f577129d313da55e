//! What is asked of a call before anything is done: the merchant, the caller's address, the password. That they are
//! asked in this order is assumed.

use std::net::IpAddr;

use crate::bambora::model::Merchant;
use crate::kit::address::is_near;
use crate::kit::digest::same;
use crate::kit::settings::Settings;
use crate::kit::soap::{Call, Service};
use crate::kit::table::Tx;

use super::Desk;

/// Why a call is not heard: ePay's code, where it is one.
pub(super) fn refusal(tx: &Tx<'_>, desk: Desk, call: &Call, peer: Option<IpAddr>) -> Option<i32> {
    let Some(merchant) = tx.get::<Merchant>(call.int("merchantnumber").to_string()) else {
        return Some(-1002);
    };
    if asks_for_address(tx.settings, desk, call.name()) && !is_listed(tx.settings, peer) {
        return Some(-1003);
    }
    let wrong = !same(call.text("pwd"), &merchant.password);
    (takes_password(desk.service(), call.name()) && !merchant.password.is_empty() && wrong).then_some(-1019)
}

/// Whether the caller's address matters. The texts of errors can always be asked for: they explain the refusal.
fn asks_for_address(settings: &Settings, desk: Desk, method: &str) -> bool {
    let asked = desk == Desk::Subscription || settings.get("bambora.access_services") == "both";
    asked && !matches!(method, "getEpayError" | "getPbsError")
}

/// Whether an address is on the merchant's list. One that the house does not know is on it where any is.
fn is_listed(settings: &Settings, peer: Option<IpAddr>) -> bool {
    match settings.get("bambora.access") {
        "all" => true,
        "none" => false,
        _ => peer.is_none_or(is_near),
    }
}

fn takes_password(service: &Service, method: &str) -> bool {
    let method = service.method(method);
    method.is_some_and(|method| method.request.iter().any(|element| element.name == "pwd"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bambora::Bambora;

    #[test]
    fn the_list_holds_what_its_setting_says() {
        for (access, address, listed) in [
            ("private", "127.0.0.1", true),
            ("private", "::1", true),
            ("private", "192.168.1.7", true),
            ("private", "::ffff:10.0.0.1", true),
            ("private", "203.0.113.9", false),
            ("private", "2001:db8::1", false),
            ("all", "203.0.113.9", true),
            ("none", "127.0.0.1", false),
        ] {
            let mut settings = Settings::new(&[&Bambora]);
            settings.change(&[("bambora.access".to_owned(), access.to_owned())].into()).expect("a setting");
            let peer = address.parse().expect("an address");
            assert_eq!(is_listed(&settings, Some(peer)), listed, "{access} {address}");
        }
    }
}
