//! Callbacks and ways back of shops that are right, or hang, or throw: who is wrong is told from who is broken.

use std::time::Instant;

use provkassa::doctor::Verdict as Look;
use provkassa::scenario::{FaultKind, Stage, Tried, Verdict, examine, run, scenarios};

use super::counting::{Odd, PATIENCE, stage};
use super::shown;

/// Tries these scenarios of QuickPay's.
async fn tried(stage: &Stage, ids: &[&str]) -> Vec<Tried> {
    let mut chosen = scenarios().expect("sound");
    chosen.retain(|scenario| ids.contains(&scenario.id.as_str()));
    assert_eq!(chosen.len(), ids.len());
    run(stage, chosen, 8, |_| (), || true).await
}

/// What `doctor` sees of it.
async fn seen(stage: &Stage) -> Vec<provkassa::doctor::Look> {
    let mut looks = Vec::new();
    examine(stage, |look| looks.push(look)).await;
    looks
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_shop_that_knows_its_payments_by_quickpay_s_ids_and_counts_its_orders_passes() {
    let ids = [
        "quickpay/callback/unknown-order",
        "quickpay/redirect/unknown-order",
        "quickpay/redirect/paid",
        "quickpay/callback/taken",
        "quickpay/callback/forged-unsigned",
    ];
    for odd in [Odd::Nothing, Odd::ThanksElsewhere] {
        let stage = stage(odd).await;
        for tried in tried(&stage, &ids).await {
            assert_eq!(tried.outcome.verdict, Verdict::Pass, "{odd:?}: {}", shown(&tried));
        }
        let looks = seen(&stage).await;
        assert!(looks.iter().all(|look| look.verdict != Look::Wrong), "{odd:?}: {looks:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_gets_no_answer_breaks_what_waits_for_it_and_is_named() {
    for (odd, says) in [
        (Odd::Hangs, "/cb was not answered within 10 s"),
        (Odd::Throws, "/cb was cut off in the middle of the answer"),
    ] {
        let begun = Instant::now();
        let ids = ["quickpay/redirect/paid", "quickpay/callback/taken", "quickpay/callback/forged-unsigned"];
        let stage = stage(odd).await;
        for tried in tried(&stage, &ids).await {
            let Verdict::Broken(fault) = &tried.outcome.verdict else { panic!("{}", shown(&tried)) };
            assert!(matches!(fault.kind, FaultKind::Callback { .. }) && !fault.is_final(), "{fault}");
            let said = fault.to_string();
            assert!(said.starts_with("the callback to http://127.0.0.1:") && said.contains(says), "{said}");
        }
        assert!(begun.elapsed() < PATIENCE * 2, "{:?}", begun.elapsed());
        if odd == Odd::Throws {
            let looks = seen(&stage).await;
            let callback = looks.iter().find(|look| look.check == "callback").expect("looked at");
            assert!(callback.verdict == Look::Wrong && callback.seen.contains(says), "{callback:?}");
            assert!(callback.next.as_ref().is_some_and(|next| next.contains("waits for, or fails by")));
        }
    }
}
