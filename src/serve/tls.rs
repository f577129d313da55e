//! https with a certificate authority of one's own, for shops that insist on it.
//!
//! The authority is made once and kept in a folder; whoever trusts its file trusts every sandbox that is started
//! with this folder. It vouches for this machine and private networks only, so nobody gets further with its key.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use provkassa_simulators::PROVIDERS;
use provkassa_simulators::kit::address::is_near;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::private;

/// The authority's certificate, for whoever is to trust it.
const CERTIFICATE: &str = "ca.pem";
const KEY: &str = "ca-key.pem";
/// How many years the authority holds.
const YEARS: i16 = 10;
/// The first byte of a handshake.
const HANDSHAKE: u8 = 0x16;

/// Why there is no https.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The folder of the authority cannot be read or written.
    #[error("the certificate authority in `{}` cannot be read or written: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Its files are none of ours.
    #[error("the certificate authority in `{}` cannot be used: {why}", folder.display())]
    Broken {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The authority vouches for near addresses only.
    #[error("there is no certificate for {0}: it is neither on this machine nor in a private network")]
    Far(IpAddr),
}

impl TlsError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "Name a folder that can be written with --state.",
            Self::Broken { .. } => {
                "Delete the folder: another authority is made, which has to be trusted anew."
            }
            Self::Far(_) => "Listen on a near address, or leave https to a proxy and give its --public-url.",
        }
    }
}

/// What speaks https on every port.
#[derive(Clone)]
pub(crate) struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tls")
    }
}

impl Tls {
    /// The authority of this folder, which is made if there is none, vouches for this machine and `host`; the path
    /// of its certificate.
    pub(crate) fn new(folder: &Path, host: IpAddr) -> Result<(Self, PathBuf), TlsError> {
        if !host.is_unspecified() && !is_near(host) {
            return Err(TlsError::Far(host));
        }
        let broken = |why: &dyn std::fmt::Display| TlsError::Broken {
            folder: folder.to_owned(),
            why: why.to_string(),
        };
        let unusable = |source| TlsError::Folder { folder: folder.to_owned(), source };
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        if !certificate.exists() {
            make(folder).map_err(unusable)?.map_err(|error| broken(&error))?;
        }
        let key = fs::read_to_string(key).map_err(unusable)?;
        let key = KeyPair::from_pem(&key).map_err(|error| broken(&error))?;
        let issuer = Issuer::new(authority(), key);
        let own = KeyPair::generate().map_err(|error| broken(&error))?;
        let leaf = vouched(host).and_then(|leaf| leaf.signed_by(&own, &issuer));
        let leaf = leaf.map_err(|error| broken(&error))?;
        let key = PrivateKeyDer::try_from(own.serialize_der()).map_err(|error| broken(&error))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key));
        let mut config = config.map_err(|error| broken(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok((Self(TlsAcceptor::from(Arc::new(config))), certificate))
    }

    /// Who shakes hands, if the caller wants to: plain http is still understood, so that tools beside the shop need
    /// not trust anybody.
    pub(super) async fn wanted(&self, stream: &TcpStream) -> io::Result<Option<TlsAcceptor>> {
        let mut first = [0];
        let read = stream.peek(&mut first).await?;
        Ok((read == 1 && first[0] == HANDSHAKE).then(|| self.0.clone()))
    }
}

/// The folder of the authority below the folder of the state, which is the usual one unless another is named.
#[cfg(feature = "cli")]
pub(crate) fn authority_in(state: Option<&Path>) -> PathBuf {
    state.unwrap_or(Path::new(".provkassa")).join("tls")
}

/// Its certificate, which is there once somebody has wanted https.
#[cfg(feature = "cli")]
pub(crate) fn certificate_in(state: Option<&Path>) -> PathBuf {
    authority_in(state).join(CERTIFICATE)
}

/// Makes the authority and writes it down: the key first, so that a certificate is never there without it.
fn make(folder: &Path) -> io::Result<Result<(), rcgen::Error>> {
    fs::create_dir_all(folder)?;
    // Nobody means to hand the key around with the shop's code.
    fs::write(folder.join(".gitignore"), "*\n")?;
    let made = KeyPair::generate().and_then(|key| CertifiedIssuer::self_signed(authority(), key));
    let made = match made {
        Ok(made) => made,
        Err(error) => return Ok(Err(error)),
    };
    private::write(&folder.join(KEY), &made.key().serialize_pem())?;
    fs::write(folder.join(CERTIFICATE), made.pem())?;
    Ok(Ok(()))
}

/// What the authority is; the same whenever it is asked, but for its key and its time.
fn authority() -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "provkassa sandbox, on this machine only");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = ["localhost", "internal"].map(|name| GeneralSubtree::DnsName(name.to_owned()));
    let v4 = [([127, 0, 0, 0], 8), ([10, 0, 0, 0], 8), ([172, 16, 0, 0], 12), ([192, 168, 0, 0], 16)];
    let v4 = v4
        .into_iter()
        .chain([([100, 64, 0, 0], 10)])
        .map(|(address, prefix)| CidrSubnet::from_v4_prefix(address, prefix));
    let v6 = [(Ipv6Addr::LOCALHOST, 128), (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7)];
    let v6 = v6.into_iter().chain([(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10)]);
    let v6 = v6.map(|(address, prefix)| CidrSubnet::from_v6_prefix(address.octets(), prefix));
    authority.name_constraints = Some(NameConstraints {
        permitted_subtrees: names.into_iter().chain(v4.chain(v6).map(GeneralSubtree::IpAddress)).collect(),
        excluded_subtrees: Vec::new(),
    });
    hold(&mut authority, YEARS);
    authority
}

/// A certificate for the names by which this machine and its containers reach us.
fn vouched(host: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "host.docker.internal".to_owned()];
    names.extend(PROVIDERS.iter().map(|provider| format!("{}.localhost", provider.info().id)));
    let mut addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    if !host.is_unspecified() && !addresses.contains(&host) {
        addresses.push(host);
    }
    names.extend(addresses.iter().map(ToString::to_string));
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name.push(DnType::CommonName, "provkassa sandbox");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    hold(&mut leaf, 1);
    Ok(leaf)
}

/// From yesterday on, for clocks that are behind: so many years.
fn hold(certificate: &mut CertificateParams, years: i16) {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let from = today.yesterday().unwrap_or(today);
    let until =
        Date::new(from.year().saturating_add(years), from.month(), from.day().min(28)).unwrap_or(from);
    let day = |date: Date| {
        date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    };
    (certificate.not_before, certificate.not_after) = (day(from), day(until));
}
