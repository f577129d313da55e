//! The laws of a transaction's balance.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::bambora::acquirer::{Card, Verdict};

fn noon() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().expect("a time")
}

fn terms(after: SignedDuration) -> Terms {
    let (pause, settlement) = (SignedDuration::ZERO, SignedDuration::from_hours(24));
    Terms { now: noon() + after, pause, settlement }
}

fn transaction(acquirer: &str, amount: i64, split: bool) -> Transaction {
    let mut transaction = Transaction {
        id: 8_827_462,
        order: "1234".to_owned(),
        amount,
        fee: 0,
        currency: 208,
        captured: 0,
        credited: 0,
        status: Status::PaymentNew,
        card: Card {
            masked: "333333XXXXXX3000".to_owned(),
            payment_type: 3,
            card_type: 18,
            month: 12,
            year: 2030,
            verdict: Verdict::Approved(0),
        },
        group: String::new(),
        description: String::new(),
        split,
        acquirer: acquirer.to_owned(),
        response: 0,
        subscription: None,
        authorized_at: noon(),
        captured_at: None,
        credited_at: None,
        deleted_at: None,
        history: Vec::new(),
    };
    transaction.begin();
    transaction
}

fn acquirers() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["CLEARHAUS", "EUROLINE", "EVRY_ELAVON", "HANDELSBANKEN", "PBS"])
}

fn steps() -> impl Strategy<Value = Step> {
    let amount = || prop_oneof![-10_i64..400, Just(i64::from(i32::MAX)), Just(i64::from(i32::MIN))];
    prop_oneof![
        4 => amount().prop_map(Step::Capture),
        4 => amount().prop_map(Step::Credit),
        1 => Just(Step::Delete),
        1 => Just(Step::MoveAsCaptured),
        1 => Just(Step::MoveToGroup),
        1 => Just(Step::Renew),
    ]
}

proptest! {
    #![proptest_config(crate::kit::laws())]
    #[test]
    fn whatever_is_done_no_more_is_credited_than_captured_and_no_more_captured_than_authorized(
        acquirer in acquirers(), amount in 1_i64..300, fee in 0_i64..50, split: bool,
        steps in prop::collection::vec((steps(), 0_i64..30), 0..20),
    ) {
        let mut transaction = Transaction { fee, ..transaction(acquirer, amount, split) };
        let mut after = SignedDuration::ZERO;
        for (step, hours) in steps {
            after += SignedDuration::from_hours(hours);
            let terms = terms(after);
            // A refusal has nothing to put in its place.
            if let Ok(next) = transaction.take(step, "", &terms) {
                let moved = match step {
                    Step::Capture(amount) => (amount, 0),
                    Step::Credit(amount) => (0, amount),
                    Step::MoveAsCaptured => (transaction.authorized(), 0),
                    _ => (0, 0),
                };
                let now = (next.captured - transaction.captured, next.credited - transaction.credited);
                prop_assert_eq!(now, moved);
                transaction = next;
            }
            prop_assert!(0 <= transaction.credited);
            prop_assert!(transaction.credited <= transaction.captured);
            prop_assert!(transaction.captured <= transaction.authorized());
            if matches!(transaction.status, Status::PaymentDeleted | Status::PaymentRenew) {
                prop_assert_eq!((transaction.captured, transaction.credited), (0, 0));
            }
            let euroline = matches!(
                transaction.status,
                Status::PaymentEurolineWaitCapture | Status::PaymentEurolineWaitCredit
            );
            prop_assert!(!euroline || acquirer == "EUROLINE");
        }
        let mut ids: Vec<_> = transaction.history.iter().map(|event| event.id).collect();
        ids.dedup();
        prop_assert_eq!(ids.len(), transaction.history.len());
    }
}

fn take(transaction: &Transaction, step: Step) -> Result<Transaction, i32> {
    transaction.take(step, "", &terms(SignedDuration::ZERO)).map_err(Refused::code)
}

#[test]
fn without_splitting_there_is_one_capture() {
    let whole = transaction("PBS", 1000, false);
    let captured = take(&whole, Step::Capture(400)).expect("captured");
    assert_eq!((captured.status, captured.captured), (Status::PaymentCaptured, 400));
    assert_eq!(take(&captured, Step::Capture(600)), Err(-1023));
    assert_eq!(take(&captured, Step::Delete), Err(-1023));
    let parts = take(&transaction("PBS", 1000, true), Step::Capture(400)).expect("captured");
    assert_eq!(take(&parts, Step::Capture(601)), Err(-1007));
    let all = take(&parts, Step::Capture(600)).expect("captured");
    assert_eq!(take(&all, Step::Capture(1)), Err(-1023));
}

#[test]
fn each_wrong_amount_has_its_code() {
    let new = transaction("PBS", 1000, false);
    for (step, code) in [
        (Step::Capture(0), -1100),
        (Step::Capture(-1), -1100),
        (Step::Capture(i64::from(i32::MIN)), -1100),
        (Step::Capture(1001), -1007),
        (Step::Capture(i64::from(i32::MAX)), -1007),
        (Step::Credit(1), -1007),
    ] {
        assert_eq!(take(&new, step), Err(code), "{step:?}");
    }
    let captured = take(&new, Step::Capture(1000)).expect("captured");
    for (step, code) in [(Step::Credit(0), -1100), (Step::Credit(-5), -1100), (Step::Credit(1001), -1007)] {
        assert_eq!(take(&captured, step), Err(code), "{step:?}");
    }
    let deleted = take(&new, Step::Delete).expect("deleted");
    for step in [Step::Capture(1), Step::Credit(1), Step::Delete, Step::MoveAsCaptured, Step::Renew] {
        assert_eq!(take(&deleted, step), Err(-1020), "{step:?}");
    }
    assert!(take(&deleted, Step::MoveToGroup).is_ok());
    assert_eq!(
        new.take(Step::MoveToGroup, &"g".repeat(101), &terms(SignedDuration::ZERO)),
        Err(Refused::Invalid)
    );
}

#[test]
fn euroline_settles_and_credits_once() {
    let captured = take(&transaction("EUROLINE", 1000, true), Step::Capture(1000)).expect("captured");
    assert_eq!(captured.status, Status::PaymentEurolineWaitCapture);
    assert_eq!(take(&captured, Step::Credit(1)), Err(-1007));
    let short = terms(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(captured.clone().settled(&short).status, Status::PaymentEurolineWaitCapture);
    let next_day = terms(SignedDuration::from_hours(24));
    assert_eq!(captured.clone().settled(&next_day).status, Status::PaymentCaptured);
    let credited = captured.take(Step::Credit(1), "", &next_day).expect("credited");
    assert_eq!(credited.status, Status::PaymentEurolineWaitCredit);
    let later = terms(SignedDuration::from_hours(100));
    assert_eq!(credited.clone().settled(&later).status, Status::PaymentCaptured);
    assert_eq!(credited.take(Step::Credit(1), "", &later), Err(Refused::Amount));
}

#[test]
fn what_was_renewed_is_captured_deleted_or_renewed_again() {
    let renewed = take(&transaction("PBS", 1000, false), Step::Renew).expect("renewed");
    assert_eq!((renewed.status, renewed.captured), (Status::PaymentRenew, 0));
    assert_eq!(take(&renewed, Step::Renew).expect("renewed").history.len(), 3);
    assert_eq!(take(&renewed, Step::Delete).expect("deleted").status, Status::PaymentDeleted);
    let captured = take(&renewed, Step::Capture(1000)).expect("captured");
    assert_eq!(captured.status, Status::PaymentCaptured);
    assert_eq!(take(&captured, Step::Renew), Err(-1023));
}

#[test]
fn others_credit_again_and_again() {
    for acquirer in ["CLEARHAUS", "PBS"] {
        let captured = take(&transaction(acquirer, 1000, false), Step::Capture(1000)).expect("captured");
        let once = take(&captured, Step::Credit(400)).expect("credited");
        assert_eq!(once.status, Status::PaymentCaptured);
        assert_eq!(take(&once, Step::Credit(601)), Err(-1007));
        assert_eq!(take(&once, Step::Credit(600)).expect("credited").credited, 1000);
    }
}

#[test]
fn elavon_and_handelsbanken_repeat_credits_of_split_payments_alone() {
    for acquirer in ["EVRY_ELAVON", "HANDELSBANKEN"] {
        for (split, again) in [(true, Ok(900)), (false, Err(-1007))] {
            let captured = take(&transaction(acquirer, 1000, split), Step::Capture(1000)).expect("captured");
            let once = take(&captured, Step::Credit(400)).expect("credited");
            let twice = take(&once, Step::Credit(500)).map(|twice| twice.credited);
            assert_eq!(twice, again, "{acquirer} {split}");
        }
    }
}

#[test]
fn what_a_net_bank_paid_is_captured_and_never_credited() {
    let mut paid = transaction("PBS", 1000, false);
    paid.card.card_type = 22;
    let captured = take(&paid, Step::Capture(1000)).expect("captured");
    assert_eq!(take(&captured, Step::Credit(1)), Err(-1007));
}

#[test]
fn operations_rest_where_they_must() {
    let pause =
        |minutes| Terms { pause: SignedDuration::from_mins(15), ..terms(SignedDuration::from_mins(minutes)) };
    let captured = transaction("PBS", 1000, true).take(Step::Capture(400), "", &pause(0)).expect("captured");
    for step in [Step::Capture(1), Step::Credit(1)] {
        assert_eq!(captured.take(step, "", &pause(14)), Err(Refused::TooSoon), "{step:?}");
        assert!(captured.take(step, "", &pause(15)).is_ok(), "{step:?}");
    }
    let credited = captured.take(Step::Credit(1), "", &pause(15)).expect("credited");
    assert_eq!(credited.take(Step::Credit(1), "", &pause(29)), Err(Refused::TooSoon));
}

#[test]
fn the_history_tells_what_was_recorded() {
    let texts = |transaction: &Transaction| -> Vec<String> {
        transaction.history.iter().map(|event| format!("{} {}", event.logon, event.text)).collect()
    };
    let of_card_holder = Transaction {
        group: "Test-transactions".to_owned(),
        history: Vec::new(),
        ..transaction("PBS", 6000, false)
    };
    let begun = |mut transaction: Transaction| {
        transaction.history.clear();
        transaction.begin();
        transaction
    };
    assert_eq!(
        texts(&begun(of_card_holder.clone())),
        [
            "0 Payment authorized with amount 60,00 and currency code 208",
            "0 Payment moved to group Test-transactions"
        ]
    );
    let of_call = begun(Transaction { subscription: Some(387_544), amount: 7900, ..of_card_holder });
    let captured = take(&of_call, Step::Capture(7900)).expect("captured");
    assert_eq!(
        texts(&captured),
        [
            "-1 Payment authorized with amount 79,00 and currency code 208",
            "-1 Payment captured with amount 79,00"
        ]
    );
    let moved = captured.take(Step::MoveToGroup, "Later", &terms(SignedDuration::ZERO)).expect("moved");
    assert_eq!(
        (moved.group.as_str(), texts(&moved)[2].as_str()),
        ("Later", "-1 Payment moved to group Later")
    );
    let same = moved.take(Step::MoveToGroup, "Later", &terms(SignedDuration::ZERO)).expect("moved");
    assert_eq!(same, moved);
}

#[test]
fn what_could_not_be_captured_at_once_can_be_captured_later() {
    let mut failed = transaction("PBS", 1000, false);
    failed.capture_at_once(false, noon());
    assert_eq!((failed.status, failed.captured), (Status::PaymentInstantCaptureFailed, 0));
    assert_eq!(take(&failed, Step::Capture(1000)).expect("captured").status, Status::PaymentCaptured);
    assert_eq!(take(&failed, Step::Delete).expect("deleted").status, Status::PaymentDeleted);
    let moved = take(&failed, Step::MoveAsCaptured).expect("moved");
    assert_eq!((moved.status, moved.captured), (Status::PaymentCaptured, 1000));
    let mut captured = transaction("EUROLINE", 1000, false);
    captured.capture_at_once(true, noon());
    assert_eq!((captured.status, captured.captured), (Status::PaymentEurolineWaitCapture, 1000));
}
