//! What a call's own text says: whether its hash is right, what is odd about it, what a page shows.

use crate::kit::address::is_web_address;
use crate::kit::diagnosis::{Diagnosis, diagnose_received};
use crate::kit::mask::visible;
use crate::kit::operation::{Judgement, Message, Operation as _, Received, judge};
use crate::kit::page::Sent;
use crate::kit::settings::Rules;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::endpoints::{Endpoint, Purpose, UNHASHED};
use super::signing::Hash;

/// Whether a hash counts as right.
pub(super) enum Verdict {
    Right,
    /// What was done wrong, as far as we can tell.
    Wrong(Option<Diagnosis>),
}

/// Warns of what BRP is taken to pass over.
pub(super) fn remark(endpoint: &Endpoint, query: &str, message: &Message, trail: &Trail) {
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        let extra = name == "paymentmethodid" && endpoint.purpose == Purpose::PayOrderBySwish;
        let known = name == "hash" || extra || endpoint.parameter(&name).is_some();
        if !known {
            let shown = visible(&name);
            trail.warn(format!("{} has no parameter `{shown}`; it was passed over", endpoint.path));
        } else if name != "receiptemail" && seen.iter().any(|before| *before == name) {
            trail.warn(format!("`{name}` came twice; the first one counts"));
        }
        seen.push(name.into_owned());
    }
    if message.value("returnurl").is_some_and(|url| !is_web_address(url)) {
        trail.warn("returnurl is no absolute http or https URL, so nobody is sent there");
    }
    // The hash does not tell: this parameter is not in it.
    if message.value(UNHASHED).is_some_and(|alias| alias.starts_with(' ')) {
        trail.warn(format!(
            "{UNHASHED} begins with a blank, as a + arrives that is not percent-encoded: write it as %2B"
        ));
    }
}

/// Judges the hash that came.
pub(super) fn verdict(workspace: &Workspace, received: &Received, trail: &Trail) -> Verdict {
    match judge(&Hash, &received.message, &received.claimed) {
        Judgement::Right => Verdict::Right,
        Judgement::Tolerated(why) if workspace.settings().rules == Rules::Documented => {
            trail.warn(format!("this hash is accepted here, and might not be by BRP: {why}"));
            Verdict::Right
        }
        Judgement::Tolerated(_) | Judgement::Wrong => Verdict::Wrong(diagnose_received(received)),
    }
}

/// What the shop sent, for the folded panel on the pages.
pub(super) fn sent(
    workspace: &Workspace,
    endpoint: &Endpoint,
    query: &str,
    received: &Received,
    verdict: &Verdict,
    trail: &Trail,
) -> Sent {
    let masker = workspace.masker();
    let canonical = Hash.canonical(&received.message, &[]).unwrap_or_default();
    let verdict_text = match verdict {
        Verdict::Right => "The hash is right.".to_owned(),
        Verdict::Wrong(_) if received.claimed.get("hash").is_empty() => {
            let bare = query.split("returnurl=").nth(1).is_some_and(|rest| rest.contains("://"));
            let hint = "returnurl is not percent-encoded: if it holds a #, the browser cut the link there.";
            format!("The call has no hash. {}", if bare { hint } else { "" }).trim_end().to_owned()
        }
        Verdict::Wrong(Some(diagnosis)) => {
            format!("The hash is wrong: {diagnosis} ({}). {}", diagnosis.confidence(), diagnosis.remedy())
        }
        Verdict::Wrong(None) => "The hash is wrong, and no mistake that we know explains it. Compare the string below with the one that you hash.".to_owned(),
    };
    let right = matches!(verdict, Verdict::Right);
    if !right {
        trail.diagnose(verdict_text.clone());
    }
    let sent = Sent {
        request: visible(&format!("GET …/{}?{query}", endpoint.path)),
        parameters: form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (visible(&name), visible(&value)))
            .collect(),
        canonical_is: "The string to hash, the secret word shown as its name:".to_owned(),
        canonical: visible(&String::from_utf8_lossy(&canonical)),
        verdict: verdict_text,
        right,
        warnings: trail.remarks().warnings,
    }
    .masked(&masker);
    trail.evidence(&sent);
    sent
}
