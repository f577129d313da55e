//! Servers of the tests' own that speak https, with certificates of every kind.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// One that the authority in the folder has signed.
    Signed,
    /// The same, for a name that nobody asks for.
    ForAnother,
    /// The same, of last year.
    Expired,
    /// One that has signed itself, as `openssl req -x509` makes it.
    Itself,
}

/// What answers, and what whoever trusts it is to be given.
#[derive(Debug)]
pub(super) struct Secured {
    pub(super) url: String,
    pub(super) authority: PathBuf,
}

/// Listens with a certificate of this kind, and keeps what it is to be trusted by in the folder, as `tls/ca.pem`.
pub(super) async fn secured(folder: &Path, shows: Shows, app: Router) -> Secured {
    let key = KeyPair::generate().expect("a key");
    let names = if shows == Shows::ForAnother { ["other.test"] } else { ["localhost"] };
    let mut leaf = CertificateParams::new(names.map(str::to_owned)).expect("names");
    if shows == Shows::Expired {
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let (leaf, trusted) = if shows == Shows::Itself {
        leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = leaf.self_signed(&key).expect("a certificate");
        let text = own.pem();
        (own, text)
    } else {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key"));
        let made = made.expect("an authority");
        (leaf.signed_by(&key, &made).expect("a certificate"), made.pem())
    };
    fs::create_dir_all(folder.join("tls")).expect("a folder");
    let authority = folder.join("tls/ca.pem");
    fs::write(&authority, trusted).expect("written");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let acceptor = acceptor(leaf.der().clone(), &key);
    tokio::spawn(async move { axum::serve(Tls { listener, acceptor }, app).await });
    Secured { url: format!("https://localhost:{port}"), authority }
}

fn acceptor(leaf: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![leaf], key));
    TlsAcceptor::from(Arc::new(config.expect("a configuration")))
}

/// Who does not shake hands is gone.
struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.listener.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
