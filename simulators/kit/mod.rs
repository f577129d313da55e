//! What every provider is made of. Nothing here imports a provider.

pub mod address;
pub mod awkward;
pub mod clock;
pub mod diagnosis;
pub mod digest;
pub mod endpoint;
pub mod escape;
pub mod fault;
pub mod form_text;
pub mod journal;
pub mod judging;
pub mod jwt;
pub mod locator;
pub mod mask;
pub mod message;
pub mod money;
pub mod nets;
pub mod operation;
pub mod outbox;
pub mod outcome;
pub mod page;
pub mod parts;
pub mod problem;
pub mod provider;
pub mod query;
pub mod reader;
pub mod request;
pub mod request_text;
pub mod scheme;
pub mod seed;
pub mod sent;
pub mod settings;
pub mod shown;
pub mod simpler;
pub mod soap;
#[cfg(any(feature = "proptest", test))]
pub mod strategy;
pub mod table;
pub mod trail;
pub mod tree;
pub mod verification;
pub mod wire;
pub mod workspace;

/// How the laws are tried; what once broke one is kept with the fixtures and tried first.
#[cfg(test)]
pub(crate) fn laws() -> proptest::prelude::ProptestConfig {
    use proptest::test_runner::FileFailurePersistence;
    proptest::prelude::ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "../fixtures/regressions/simulators.txt",
        ))),
        ..proptest::prelude::ProptestConfig::default()
    }
}
