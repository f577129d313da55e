//! Whose certificates we believe: the system's authorities, our own, and those that are given.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// It cannot be read.
    #[error("the certificates in `{}` cannot be read: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is none in it.
    #[error("`{}` holds no certificate in PEM: {why}", file.display())]
    NoCertificate {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl TrustError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "Give a file that exists with --callback-ca.",
            Self::NoCertificate { .. } => {
                "Give the authority's certificate as text that begins with -----BEGIN CERTIFICATE-----; of another \
                 form, `openssl x509 -inform der -in FILE -out ca.pem` makes it."
            }
        }
    }
}

/// Whom a client trusts over https, beside the system's authorities.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    given: Vec<CertificateDer<'static>>,
    /// The certificate of our own authority, which is trusted if it is there.
    own: Option<PathBuf>,
}

impl Trust {
    /// Trusts what is in these files, which must be there, and our own authority.
    pub(crate) fn read(files: &[PathBuf], own: Option<&Path>) -> Result<Self, TrustError> {
        let mut given = Vec::new();
        for file in files {
            let text =
                fs::read(file).map_err(|source| TrustError::Unreadable { file: file.clone(), source })?;
            let none = |why: &dyn std::fmt::Display| TrustError::NoCertificate {
                file: file.clone(),
                why: why.to_string(),
            };
            let before = given.len();
            for certificate in CertificateDer::pem_slice_iter(&text) {
                let certificate = certificate.map_err(|error| none(&error))?;
                RootCertStore::empty().add(certificate.clone()).map_err(|error| none(&error))?;
                given.push(certificate);
            }
            if given.len() == before {
                return Err(none(&"nothing in it begins with -----BEGIN CERTIFICATE-----"));
            }
        }
        Ok(Self { given, own: own.map(Path::to_owned) })
    }

    /// What a client shakes hands by.
    pub(super) fn config(&self) -> ClientConfig {
        let provider = Arc::new(ring::default_provider());
        let judge = Judge { trust: self.clone(), provider: Arc::clone(&provider), roots: OnceLock::new() };
        let versions: &[_] = &[&tokio_rustls::rustls::version::TLS13, &tokio_rustls::rustls::version::TLS12];
        // What ring can do includes both versions.
        let builder = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions);
        let builder = builder.expect("ring knows both versions");
        builder.dangerous().with_custom_certificate_verifier(Arc::new(judge)).with_no_client_auth()
    }

    /// All authorities. The system's are read now; one of them that cannot be read is passed over.
    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let own = self.own.as_deref().and_then(|own| CertificateDer::from_pem_file(own).ok());
        roots.add_parsable_certificates(self.given.iter().cloned().chain(own));
        roots
    }
}

/// Verifies as rustls does, with two differences: the authorities are read when the first certificate is seen, and a
/// certificate that was given itself is trusted, though no authority has signed it.
#[derive(Debug)]
struct Judge {
    trust: Trust,
    provider: Arc<CryptoProvider>,
    roots: OnceLock<Option<Arc<WebPkiServerVerifier>>>,
}

impl Judge {
    fn by_authority(&self) -> Result<&WebPkiServerVerifier, Error> {
        let made = self.roots.get_or_init(|| {
            let roots = Arc::new(self.trust.roots());
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&self.provider)).build().ok()
        });
        // In a bare container there may be no authority at all: then nobody is known.
        made.as_deref().ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.trust.given.iter().any(|given| given == end_entity) {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        self.by_authority()?.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
