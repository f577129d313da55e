//! https with the sandbox's own authority: who trusts it gets in, and nobody else is vouched for.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use provkassa::Sandbox;
use provkassa::serve::{Limits, Options, ServeError, TlsError};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::{Served, command, found, ran};

async fn secure(folder: &Path, limits: Limits) -> Result<Sandbox, ServeError> {
    Sandbox::with(Options { tls: Some(folder.to_owned()), limits, ..Options::default() }).await
}

/// What a client that trusts `authority` gets for `path` at a name of the sandbox's.
async fn fetched(
    sandbox: &Sandbox,
    authority: &Path,
    name: &'static str,
    path: &str,
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).expect("a certificate")).expect("a root");
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(sandbox.server().control).await?;
    let name = ServerName::try_from(name).expect("a name");
    let mut line = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let host = sandbox.server().control;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    line.write_all(head.as_bytes()).await?;
    let mut came = String::new();
    // Some end a connection without a farewell.
    let _ = line.read_to_string(&mut came).await;
    Ok(came)
}

#[tokio::test]
async fn who_trusts_the_authority_is_answered_and_links_are_https() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = secure(folder.path(), Limits::default()).await.expect("a sandbox");
    assert!(sandbox.control_url().starts_with("https://127.0.0.1:"));
    assert!(sandbox.variable("BRP_BASE_URL").starts_with("https://127.0.0.1:"));
    let authority = sandbox.server().authority().expect("an authority").to_owned();
    for name in ["127.0.0.1", "localhost", "::1", "quickpay.localhost", "host.docker.internal"] {
        let came = fetched(&sandbox, &authority, name, "/readyz").await.expect("trusted");
        assert!(came.starts_with("HTTP/1.1 200 "), "{name}: {came}");
    }
    fetched(&sandbox, &authority, "api.quickpay.net", "/readyz").await.expect_err("not its name");
    let page = fetched(&sandbox, &authority, "localhost", "/").await.expect("trusted");
    assert!(page.contains("https://127.0.0.1:") && !page.contains("\"http://127.0.0.1:"), "{page}");
    // Tools beside the shop need not trust anybody.
    let plain = sandbox.control_url().replace("https://", "http://");
    let ready: Value = crate::support::client()
        .get(format!("{plain}/readyz"))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(ready["status"], "ready");
    // The same authority the next time, and another one elsewhere, which is not trusted.
    let again = secure(folder.path(), Limits::default()).await.expect("a sandbox");
    fetched(&again, &authority, "localhost", "/readyz").await.expect("trusted");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let other = secure(elsewhere.path(), Limits::default()).await.expect("a sandbox");
    fetched(&other, &authority, "localhost", "/readyz").await.expect_err("not trusted");
}

#[tokio::test]
async fn the_key_is_its_owners_and_what_cannot_be_used_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    secure(folder.path(), Limits::default()).await.expect("a sandbox");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(folder.path().join("ca-key.pem")).expect("a key");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_to_string(folder.path().join(".gitignore")).expect("a file"), "*\n");
    std::fs::write(folder.path().join("ca-key.pem"), "no key").expect("written");
    let broken = secure(folder.path(), Limits::default()).await.expect_err("broken");
    assert!(matches!(&broken, ServeError::Tls(TlsError::Broken { .. })), "{broken}");
    assert!(broken.help().contains("Delete the folder"), "{broken}");
    let far = "192.0.2.7".parse().expect("an address");
    let options = Options { tls: Some(folder.path().to_owned()), host: far, ..Options::default() };
    assert!(Sandbox::with(options).await.expect_err("far").to_string().contains("192.0.2.7"));
}

#[tokio::test]
async fn half_a_handshake_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits { head: Duration::from_millis(100), connections: 1, ..Limits::default() };
    let sandbox = secure(folder.path(), limits).await.expect("a sandbox");
    for beginning in [&b""[..], &[0x16, 3, 1], b"\x16\x03\x01\x00\x02hi", b"GET /readyz HTTP/1.1\r\n"] {
        let mut stream = TcpStream::connect(sandbox.server().control).await.expect("connected");
        stream.write_all(beginning).await.expect("sent");
        let mut came = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut came)).await;
        end.expect("it ends").ok();
    }
}

#[tokio::test]
async fn clients_of_other_languages_trust_it_too() {
    let state = tempfile::tempdir().expect("a folder");
    let state_folder = state.path().display().to_string();
    let served = Served::start(&["--tls", "--state", &state_folder]).await;
    let authority: PathBuf = state.path().join("tls/ca.pem");
    let url = format!("{}/readyz", served.control);
    assert!(url.starts_with("https://"), "{url}");
    if found("curl", "asking over https") {
        let mut asked = Command::new("curl");
        asked.args(["-sS", "--noproxy", "*", "--cacert"]).arg(&authority).arg(&url);
        let asked = ran(&asked.output().expect("curl"));
        assert!(asked.code == 0 && asked.stdout.contains("ready"), "{asked:?}");
        let asked = Command::new("curl").args(["-sS", "--noproxy", "*"]).arg(&url).output().expect("curl");
        assert_ne!(ran(&asked).code, 0);
    }
    if found("python3", "asking over https") {
        let script = "import ssl, sys, urllib.request as r\n\
            context = ssl.create_default_context(cafile=sys.argv[1])\n\
            opener = r.build_opener(r.ProxyHandler({}), r.HTTPSHandler(context=context))\n\
            print(opener.open(sys.argv[2]).read().decode())";
        let asked = Command::new("python3").args(["-c", script]).arg(&authority).arg(&url).output();
        let asked = ran(&asked.expect("python"));
        assert!(asked.code == 0 && asked.stdout.contains("ready"), "{asked:?}");
    }
    let printed = command(state.path(), &["env", "--tls"]).output().expect("the program starts");
    assert!(ran(&printed).stdout.contains("QUICKPAY_URL=https://127.0.0.1:4706\n"));
}
