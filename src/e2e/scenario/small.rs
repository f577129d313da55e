//! Small shops of the tests' own, and how they are described.

use axum::Router;
use axum::response::Response;
use provkassa::scenario::{ShopTarget, Stage, Tried, parse, run, scenarios};
use provkassa::serve::Options;

/// A server that answers everything so.
pub(super) async fn answering(answer: fn() -> Response) -> String {
    serving(Router::new().fallback(move || async move { answer() })).await
}

/// A server of these routes.
pub(super) async fn serving(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// An address at which a shop in a container might be: it leads here, and is not loopback.
pub(super) fn elsewhere(url: &str) -> String {
    url.replace("127.0.0.1", "0.0.0.0")
}

/// The configuration of a shop at this address that sells by QuickPay.
pub(super) fn config(url: &str) -> String {
    format!(
        "[shop]\nsettle = 0.1\ndeadline = 0.5\nstart_timeout = 1\n\
         status = {{ url = \"{url}/orders/{{order}}\", pointer = \"/status\", paid = [\"paid\"] }}\n\
         [shop.quickpay]\ncheckout = {{ url = \"{url}/checkout\", json = {{ order = \"{{order}}\" }} }}\n"
    )
}

/// Tries one scenario of ours on the shop that is described so.
pub(super) async fn one(config: &str, id: &str) -> Tried {
    let target = ShopTarget::Configured(Box::new(parse(config).expect("sound")));
    let stage = Stage::open(target, Options::default()).await.expect("a stage");
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| scenario.id == id);
    run(&stage, chosen, 1, |_| (), || true).await.pop().expect(id)
}
