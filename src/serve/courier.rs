//! Carries callbacks to the shop: only to this machine and its private networks unless allowed, so
//! that a sandbox never posts to production by accident.

use std::sync::OnceLock;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::LOCATION;
use provkassa_simulators::kit::mask::Vault;
use provkassa_simulators::kit::outbox::{Answered, Courier, Outgoing};
use url::Url;

use super::off_limits::OffLimits;
use super::rewrite::{Rewrite, rewritten};
use crate::web::{Asked, Resolver, Shut, Trust, Web, told};

/// How long a shop may take for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Delivers over HTTP.
#[derive(Debug)]
pub struct HttpCourier {
    resolver: Resolver,
    rewrites: Vec<Rewrite>,
    trust: Trust,
    /// Whether each callback gets a line on stderr.
    log: bool,
    off_limits: OffLimits,
    // Made on first use: most runs send nothing.
    web: OnceLock<Web>,
    /// For what may go to the control port, too.
    open: OnceLock<Web>,
    /// What must not stand in the log.
    secrets: OnceLock<Vault>,
}

impl HttpCourier {
    /// A courier that also goes to these hosts, and elsewhere than it is told by these rules.
    pub(super) fn new(
        allowed: &[String],
        rewrites: Vec<Rewrite>,
        trust: Trust,
        log: bool,
        off_limits: OffLimits,
    ) -> Self {
        let (web, open, secrets) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { resolver: Resolver::near(allowed), rewrites, trust, log, off_limits, web, open, secrets }
    }

    /// What asks for an address; connections are kept, so those that must not be taken up are never shared with others.
    fn web(&self, shut: Option<Shut>) -> &Web {
        let kept = if shut.is_some() { &self.web } else { &self.open };
        kept.get_or_init(|| Web::but(&self.trust, self.resolver.clone(), shut))
    }

    async fn send(&self, request: &Outgoing) -> Result<Answered, String> {
        let instead = self.instead_of(&request.url);
        let url = instead.as_deref().unwrap_or(&request.url);
        // What is no address is refused by who asks.
        let shut = match Url::parse(url) {
            Ok(url) => {
                self.resolver.check(&url)?;
                self.off_limits.check(&url)?
            }
            Err(_) => None,
        };
        let asked = Asked {
            method: request.method.clone(),
            url,
            headers: &request.headers,
            body: request.body.clone(),
            patience: PATIENCE,
            longest: 0,
        };
        let came =
            self.web(shut).ask(asked).await.map_err(|failed| told(failed.lost, &failed.why, PATIENCE))?;
        let location = came.headers.get(LOCATION).and_then(|location| location.to_str().ok());
        Ok(Answered { status: came.status.as_u16(), location: location.map(ToOwned::to_owned) })
    }
}

impl Courier for HttpCourier {
    fn deliver<'a>(&'a self, request: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async move {
            let result = self.send(request).await;
            if self.log {
                let masker = self.secrets.get().map(|secrets| secrets.masker(None)).unwrap_or_default();
                let instead = self.instead_of(&request.url);
                let instead = instead.map_or_else(String::new, |to| format!(" at {}", masker.text(&to)));
                let (method, url) = (&request.method, masker.text(&request.url));
                match &result {
                    Ok(answered) => {
                        anstream::eprintln!("callback {method} {url}{instead} {}", answered.status);
                    }
                    Err(why) => {
                        anstream::eprintln!("callback {method} {url}{instead} failed: {}", masker.text(why));
                    }
                }
            }
            result
        })
    }

    fn hides(&self, secrets: &Vault) {
        // There is one process, and it keeps all of them in one place.
        let _ = self.secrets.set(secrets.clone());
    }

    fn instead_of(&self, url: &str) -> Option<String> {
        rewritten(&self.rewrites, url)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use futures_util::FutureExt as _;

    use super::*;

    fn courier(allowed: &[&str], rewrites: &[&str]) -> HttpCourier {
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        let rewrites = rewrites.iter().map(|text| text.parse().expect("a rewriting"));
        let off_limits = OffLimits::new(SocketAddr::from(([127, 0, 0, 1], 1)), None);
        HttpCourier::new(&allowed, rewrites.collect(), Trust::default(), false, off_limits)
    }

    /// One whose names are looked up in a directory of ours.
    fn with_names(allowed: &[&str], rewrites: &[&str]) -> HttpCourier {
        let courier = courier(allowed, rewrites);
        let resolver = courier.resolver.clone().with(|name| {
            let ip = if name.starts_with("far") { [192, 0, 2, 7] } else { [127, 0, 0, 1] };
            std::future::ready(Ok(vec![SocketAddr::from((ip, 0))])).boxed()
        });
        HttpCourier { resolver, ..courier }
    }

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
        let courier = courier(&[], &[]);
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
        let courier = with_names(&[], &["http://near.test.example=http://192.0.2.7"]);
        for far in [
            "http://192.0.2.7/",
            "https://192.0.2.7/",
            "http://169.254.169.254/latest/meta-data",
            "http://[2001:db8::1]/",
            "http://[::ffff:192.0.2.7]/",
            "http://[64:ff9b::192.0.2.7]/",
            "http://3221225991/",
            "http://0xc0000207/",
            "http://0300.0.2.7/",
            "http://0/",
            "http://[::]/",
            "http://far.test.example/",
            "https://FAR.test.example./",
            "http://near@far.test.example/",
            "http://near.test.example/",
        ] {
            let failure = courier.deliver(&to(far)).await.expect_err(far);
            assert!(failure.contains("--allow-callback-host"), "{far}: {failure}");
        }
        for odd in ["ftp://127.0.0.1/", "no url", "http://", "file:///etc/passwd"] {
            assert!(courier.deliver(&to(odd)).await.is_err(), "{odd}");
        }
    }

    #[tokio::test]
    async fn whatever_means_this_machine_is_reached() {
        let port = shop(http::StatusCode::OK).await.port();
        let courier = courier(&[], &[]);
        for host in [
            "2130706433",
            "127.1",
            "0x7f.1",
            "[::ffff:127.0.0.1]",
            "localhost.",
            "LOCALHOST",
            "shop.localhost",
        ] {
            let came = courier.deliver(&to(&format!("http://{host}:{port}/"))).await;
            assert_eq!(came.map(|came| came.status), Ok(200), "{host}");
        }
    }

    #[tokio::test]
    async fn who_is_allowed_lets_nobody_else_in() {
        let port = shop(http::StatusCode::FOUND).await.port();
        let courier = with_names(&["Hooks.test.example"], &[]);
        let answered = courier.deliver(&to(&format!("http://hooks.test.example.:{port}/"))).await;
        assert_eq!(answered.map(|answered| answered.status), Ok(302));
        // Where it leads is asked anew.
        let onward = courier.deliver(&to("http://far.test.example/")).await.expect_err("too far");
        assert!(onward.contains("--allow-callback-host far.test.example"), "{onward}");
    }

    #[tokio::test]
    async fn a_callback_goes_where_the_rule_says() {
        let port = shop(http::StatusCode::OK).await.port();
        let from = "https://shop.test.example/in";
        let courier = with_names(&[], &[&format!("{from}=http://near.test.example:{port}")]);
        let asked = to("https://shop.test.example/in/cb?a=1");
        assert_eq!(courier.deliver(&asked).await.map(|answered| answered.status), Ok(200));
        let instead = format!("http://near.test.example:{port}/cb?a=1");
        assert_eq!(courier.instead_of(&asked.url), Some(instead));
    }
}
