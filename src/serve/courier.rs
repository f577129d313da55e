//! Carries callbacks to the shop: only to this machine and its private networks unless allowed, so
//! that a sandbox never posts to production by accident.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use provkassa_simulators::kit::address::is_near;
use provkassa_simulators::kit::mask::Vault;
use provkassa_simulators::kit::outbox::{Answered, Courier, Outgoing};
use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use url::{Host, Url};

use super::lost::{self, Lost};

/// How long a shop may take for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Delivers over HTTP.
#[derive(Debug)]
pub struct HttpCourier {
    allowed: Arc<[String]>,
    /// Whether each callback gets a line on stderr.
    log: bool,
    // Made on first use: it loads what most runs never need.
    client: OnceLock<Client>,
    /// What must not stand in the log.
    secrets: OnceLock<Vault>,
}

impl HttpCourier {
    /// A courier that also goes to these hosts.
    #[must_use]
    pub fn new(allowed: &[String], log: bool) -> Self {
        Self { allowed: allowed.into(), log, client: OnceLock::new(), secrets: OnceLock::new() }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| {
            Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .timeout(PATIENCE)
                .dns_resolver(NearOnly { allowed: Arc::clone(&self.allowed) })
                .build()
                .unwrap_or_default()
        })
    }

    async fn send(&self, request: &Outgoing) -> Result<Answered, String> {
        let url = Url::parse(&request.url).map_err(|error| format!("the address is no URL: {error}"))?;
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
            _ => None,
        };
        let host = url.host_str().unwrap_or_default();
        if address.is_some_and(|address| !is_near(address))
            && !self.allowed.iter().any(|allowed| allowed == host)
        {
            return Err(too_far(host));
        }
        if url.scheme() != "http" {
            return Err(format!("callbacks go over http in this version, not {}", url.scheme()));
        }
        let mut sent = self.client().request(request.method.clone(), url).body(request.body.clone());
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        match sent.send().await {
            Ok(answer) => Ok(Answered {
                status: answer.status().as_u16(),
                location: answer
                    .headers()
                    .get(LOCATION)
                    .and_then(|location| location.to_str().ok())
                    .map(ToOwned::to_owned),
            }),
            Err(error) => {
                let how = Lost::of(&error);
                Err(lost::told(how, reasons(&error.without_url()), PATIENCE))
            }
        }
    }
}

impl Courier for HttpCourier {
    fn deliver<'a>(&'a self, request: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async move {
            let result = self.send(request).await;
            if self.log {
                let masker = self.secrets.get().map(|secrets| secrets.masker(None)).unwrap_or_default();
                let (method, url) = (&request.method, masker.text(&request.url));
                match &result {
                    Ok(answered) => anstream::eprintln!("callback {method} {url} {}", answered.status),
                    Err(why) => anstream::eprintln!("callback {method} {url} failed: {}", masker.text(why)),
                }
            }
            result
        })
    }

    fn hides(&self, secrets: &Vault) {
        // There is one process, and it keeps all of them in one place.
        let _ = self.secrets.set(secrets.clone());
    }
}

fn too_far(host: &str) -> String {
    format!(
        "{host} is not on this machine or in a private network; allow it with --allow-callback-host {host}"
    )
}

/// The error with its causes: the outermost alone says little.
pub(crate) fn reasons(error: &dyn std::error::Error) -> String {
    let mut reasons = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        reasons.push_str(": ");
        reasons.push_str(&cause.to_string());
        source = cause.source();
    }
    reasons
}

/// Resolves names and gives near addresses only. The check is made on the address that is then
/// connected to, so a name cannot change its mind in between.
struct NearOnly {
    allowed: Arc<[String]>,
}

impl Resolve for NearOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allowed.iter().any(|allowed| allowed == name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let near: Vec<SocketAddr> = found.filter(|address| allowed || is_near(address.ip())).collect();
            if near.is_empty() {
                return Err(too_far(name.as_str()).into());
            }
            Ok(Box::new(near.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(url: &str) -> Outgoing {
        Outgoing {
            method: http::Method::POST,
            url: url.to_owned(),
            headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
            body: bytes::Bytes::from_static(b"paid"),
        }
    }

    async fn shop(status: http::StatusCode) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let app = axum::Router::new().fallback(move |body: String| async move {
            assert_eq!(body, "paid");
            (status, [("location", "http://127.0.0.1:1/")])
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }

    #[tokio::test]
    async fn a_callback_reaches_this_machine_and_follows_no_redirect() {
        let courier = HttpCourier::new(&[], false);
        for status in [http::StatusCode::OK, http::StatusCode::FOUND] {
            let address = shop(status).await;
            let answered =
                Answered { status: status.as_u16(), location: Some("http://127.0.0.1:1/".to_owned()) };
            assert_eq!(courier.deliver(&to(&format!("http://{address}/"))).await, Ok(answered.clone()));
            let by_name = format!("http://localhost:{}/", address.port());
            assert_eq!(courier.deliver(&to(&by_name)).await, Ok(answered));
        }
    }

    #[tokio::test]
    async fn a_callback_never_leaves_for_a_public_address() {
        let courier = HttpCourier::new(&[], false);
        for far in ["http://192.0.2.7/", "http://[2001:db8::1]/", "http://[::ffff:192.0.2.7]/"] {
            let failure = courier.deliver(&to(far)).await.expect_err("too far");
            assert!(failure.contains("--allow-callback-host"), "{failure}");
        }
        for odd in ["https://127.0.0.1/", "ftp://127.0.0.1/", "no url"] {
            assert!(courier.deliver(&to(odd)).await.is_err());
        }
    }
}
