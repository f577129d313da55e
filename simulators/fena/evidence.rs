//! What a token's own text says, for the folded panel on the pages and for the journal.

use crate::kit::jwt::{Parts, show};
use crate::kit::mask::visible;
use crate::kit::operation::{Fault, Parameter};
use crate::kit::page::Sent;
use crate::kit::table::Tx;
use crate::kit::trail::Trail;
use crate::kit::workspace::Workspace;

use super::model::Terminal;
use super::signing::{diagnosis, token_anywhere};

/// What a token should have been made with.
pub(super) struct Keys {
    pub(super) terminal: String,
    pub(super) secret: String,
}

impl Keys {
    /// Those of the terminal that a token names, or of the first.
    pub(super) fn of(tx: &Tx<'_>, token: &str) -> Option<Self> {
        let named = Parts::of(token).ok().and_then(|parts| tx.get::<Terminal>(parts.text("terminalID")?));
        let terminal = named.or_else(|| tx.all::<Terminal>().into_iter().next())?;
        Some(Self { terminal: terminal.id.clone(), secret: terminal.secret.clone() })
    }
}

/// What the shop sent. For a token that is refused it says what was done wrong, on the trail too.
pub(super) fn sent(
    workspace: &Workspace,
    address: &str,
    refused: Option<&Fault>,
    keys: Option<&Keys>,
    trail: &Trail,
) -> Sent {
    let masker = workspace.masker();
    let shown = |text: &str| masker.text(&visible(text));
    let now = workspace.clock().now().as_second();
    let parts = show(&token_anywhere(address).unwrap_or_default(), now);
    let mut verdict = "The token is right.".to_owned();
    if let Some(fault) = refused {
        verdict = format!("{}: {}.", fault.id, fault.what);
        verdict.push_str(&keys.and_then(|keys| mistake(address, keys, now)).unwrap_or_default());
        trail.diagnose(verdict.clone());
    }
    let lines = |wanted: &str| {
        let part = parts.iter().find(|(name, _)| *name == wanted);
        part.map(|(_, lines)| lines.as_slice()).unwrap_or_default()
    };
    let pair = |line: &String| {
        let (name, value) = line.split_once(": ").unwrap_or(("", line));
        (shown(name), shown(value))
    };
    let sent = Sent {
        request: "GET /pay/?token=…".to_owned(),
        parameters: lines("claims").iter().map(pair).collect(),
        canonical_is: "The token's header:".to_owned(),
        canonical: shown(&lines("header").join(", ")),
        verdict: masker.text(&verdict),
        right: refused.is_none(),
        warnings: trail.remarks().warnings.iter().map(|warning| masker.text(warning)).collect(),
    };
    trail.evidence(&sent);
    sent
}

/// What was done wrong, and what to do, as far as the address shows it: what stands behind Fena's origin.
fn mistake(address: &str, keys: &Keys, now: i64) -> Option<String> {
    const ORIGIN: &str = "http://fena.localhost";
    let given: [Parameter; 4] = [
        ("terminal".into(), keys.terminal.clone()),
        ("secret".into(), keys.secret.clone()),
        ("now".into(), now.to_string()),
        ("base".into(), ORIGIN.to_owned()),
    ];
    let diagnosis = diagnosis(&format!("{ORIGIN}{address}"), &given)?;
    Some(format!(" The mistake: {diagnosis} ({}). {}", diagnosis.confidence(), diagnosis.remedy()))
}
