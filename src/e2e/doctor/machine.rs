//! What this machine has in the way.

use std::net::TcpListener;

use super::{doctor, plain};
use crate::ports::ports_in_a_row;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_machine_has_in_the_way_is_told_without_any_shop() {
    let port = ports_in_a_row();
    let taken = TcpListener::bind(("127.0.0.1", port + 6)).expect("a port");
    let at = port.to_string();
    let report = doctor("", &["--port", &at], &[]).await;
    let by =
        if cfg!(target_os = "linux") { format!("(process {})", std::process::id()) } else { String::new() };
    let (was, next) = report.of("ports", "wrong");
    assert!(was.starts_with(&format!("port {} is taken", port + 6)) && was.ends_with(&by), "{was}");
    assert!(next.contains("--port N") && report.code == 1, "{next}");
    drop(taken);
    let proxy = [("HTTPS_PROXY", "http://somebody:secret@127.0.0.1:1")];
    let report = doctor("", &["--port", &at], &proxy).await;
    report.only("proxy", "warning", "HTTPS_PROXY is set", "NO_PROXY=127.0.0.1,localhost");
    assert!(!report.whole.to_string().contains("secret"), "the proxy's password is nobody's business");
    assert!(report.of("shop", "not_looked_at").0.contains("give --shop URL"));
    let spared = [proxy[0], ("NO_PROXY", "localhost,127.0.0.1")];
    assert_eq!(doctor("", &["--port", &at], &spared).await.whole["totals"]["warning"], 0);
    let shop = ["--port", "1", "--shop", "nonsense"];
    let ran = plain("", &shop, &[]).await;
    assert!(ran.code == 2 && ran.stderr.contains("`nonsense` is no shop"), "{}", ran.shown());
}
