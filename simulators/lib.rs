//! Payment-provider simulators, and the protocol models that they are made of.
//!
//! Each provider's signing rules, parameters, states and error codes are written down once, as data
//! and pure functions. The simulator answers with them; the conformance harness in the `provkassa`
//! crate judges and generates with them. This crate knows nothing of the command line or of checks.
//!
//! A new provider is one folder here, the folders of the same name under `features/` and
//! `fixtures/`, and the two lines below.

pub mod bambora;
pub mod brp;
pub mod fena;
pub mod fenerum;
pub mod freepay;
pub mod kit;
#[cfg(test)]
mod laws;
pub mod quickpay;

use kit::provider::Provider;

/// Every provider, in the order in which people are shown them.
pub static PROVIDERS: &[&dyn Provider] =
    &[&bambora::Bambora, &brp::Brp, &fena::Fena, &fenerum::Fenerum, &freepay::Freepay, &quickpay::QuickPay];

/// The provider with this id (`brp`).
#[must_use]
pub fn provider(id: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.info().id == id)
}

/// The operation with this id (`brp.hash`), whichever provider has it.
#[must_use]
pub fn operation(id: &str) -> Option<&'static dyn kit::operation::Operation> {
    PROVIDERS
        .iter()
        .flat_map(|provider| provider.operations())
        .copied()
        .find(|operation| operation.id() == id)
}
