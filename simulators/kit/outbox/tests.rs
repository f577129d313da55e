//! The laws of delivery, with a courier that records instead of sending.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::*;
use crate::kit::journal::Filter;

#[derive(Debug, Default)]
struct Recorder {
    sent: Mutex<Vec<(String, Bytes)>>,
    /// Receivers whose URL holds this never answer until they are let go.
    let_go: tokio::sync::Notify,
    /// No receiver does.
    hang: std::sync::atomic::AtomicBool,
}

impl Courier for Recorder {
    fn deliver<'a>(&'a self, request: &'a Outgoing) -> BoxFuture<'a, Result<Answered, String>> {
        Box::pin(async move {
            if request.url.contains("hangs") || self.hang.load(std::sync::atomic::Ordering::Relaxed) {
                self.let_go.notified().await;
            }
            lock(&self.sent).push((request.url.clone(), request.body.clone()));
            let status = match request.url.as_str() {
                url if url.contains("refuses") => 500,
                url if url.contains("moved") => 307,
                _ => 200,
            };
            let location = (status == 307).then(|| "/elsewhere".to_owned());
            Ok(Answered { status, location })
        })
    }
}

struct Bench {
    outbox: Outbox,
    courier: Arc<Recorder>,
    clock: Clock,
    journal: Arc<Journal>,
}

fn bench() -> Bench {
    let courier = Arc::new(Recorder::default());
    let clock = Clock::frozen(Timestamp::UNIX_EPOCH);
    let journal = Arc::new(Journal::new(1 << 20));
    let seed = Seed::of_workspace(1, "w");
    let carried: Arc<dyn Courier> = Arc::<Recorder>::clone(&courier);
    let outbox = Outbox::new("w", clock.clone(), seed, Arc::clone(&journal), carried);
    Bench { outbox, courier, clock, journal }
}

const HOURLY: &[Duration] = &[Duration::from_secs(3600), Duration::from_secs(3600)];

static MANNERS: Manners = Manners {
    sign: |_, request, flaw, _| {
        let seal = if flaw.is_some() { "!" } else { "." };
        request.body = [request.body.as_ref(), seal.as_bytes()].concat().into();
    },
    delivered: |status| status == 200,
    follows: |status| status == 307,
    flaws: &[],
};

fn callback(order: &str, url: &str, body: &'static str) -> Callback {
    Callback {
        provider: "p",
        order: order.to_owned(),
        lane: order.to_owned(),
        subject: body.to_owned(),
        request: Outgoing {
            method: http::Method::POST,
            url: url.to_owned(),
            headers: Vec::new(),
            body: Bytes::from_static(body.as_bytes()),
        },
        recipe: serde_json::Value::Null,
        manners: &MANNERS,
        retries: RetrySchedule::of(HOURLY),
        policy: Policy::default(),
        fault: None,
    }
}

fn bodies(bench: &Bench) -> Vec<String> {
    lock(&bench.courier.sent).iter().map(|(_, body)| String::from_utf8_lossy(body).into_owned()).collect()
}

async fn breathe() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_redirect_that_is_followed_gets_the_same_request() {
    let bench = bench();
    bench.outbox.enqueue(callback("1", "http://shop/moved", "a"));
    bench.outbox.settled().await;
    let sent = lock(&bench.courier.sent).clone();
    let urls: Vec<_> = sent.iter().map(|(url, _)| url.as_str()).collect();
    assert_eq!(urls, ["http://shop/moved", "http://shop/elsewhere"]);
    assert_eq!(sent[0].1, sent[1].1);
    assert_eq!(bench.outbox.deliveries()[0].status, Status::Delivered);
}

#[tokio::test]
async fn what_is_withdrawn_is_not_sent_and_the_rest_is() {
    let bench = bench();
    for subject in ["a", "b"] {
        let late = Policy { delay_ms: 1000, ..Policy::default() };
        bench.outbox.enqueue(Callback { policy: late, ..callback("1", "http://shop/", subject) });
    }
    let withdrawn = Withdrawn { provider: "p", lane: "1".to_owned(), subject: "b".to_owned() };
    bench.outbox.withdraw(&withdrawn);
    bench.clock.advance(Duration::from_secs(2));
    breathe().await;
    assert_eq!(bodies(&bench), ["a."]);
    assert_eq!(bench.outbox.deliveries_of("p", "1")[1].status, Status::Dropped);
    assert!(bench.outbox.deliveries_of("p", "2").is_empty());
}

#[tokio::test]
async fn callbacks_of_an_order_go_in_sequence_and_once() {
    let bench = bench();
    for body in ["1", "2", "3"] {
        bench.outbox.enqueue(callback("a", "http://shop/", body));
    }
    bench.outbox.settled().await;
    assert_eq!(bodies(&bench), ["1.", "2.", "3."]);
    assert!(bench.outbox.deliveries().iter().all(|d| d.status == Status::Delivered));
    let written = bench.journal.read(0, &Filter { workspace: Some("w".to_owned()), ..Filter::default() });
    assert_eq!(written.entries.len(), 3);
}

#[tokio::test]
async fn a_dead_receiver_delays_no_other_order_and_no_successor_by_its_retries() {
    let bench = bench();
    bench.outbox.enqueue(callback("dead", "http://hangs/", "1"));
    bench.outbox.enqueue(callback("dead", "http://shop/", "2"));
    bench.outbox.enqueue(callback("refusing", "http://refuses/", "3"));
    bench.outbox.enqueue(callback("refusing", "http://shop/", "4"));
    bench.outbox.enqueue(callback("well", "http://shop/", "5"));
    breathe().await;
    let mut sent = bodies(&bench);
    sent.sort();
    assert_eq!(sent, ["3.", "4.", "5."]);
    bench.courier.let_go.notify_one();
    bench.outbox.settled().await;
    assert_eq!(bodies(&bench)[3..], ["1.", "2."]);
}

#[tokio::test]
async fn a_failed_callback_is_tried_again_by_the_schedule_and_then_given_up() {
    let bench = bench();
    bench.outbox.enqueue(callback("a", "http://refuses/", "1"));
    bench.outbox.settled().await;
    for hours in 1..=2 {
        bench.clock.advance(Duration::from_secs(3599));
        breathe().await;
        assert_eq!(bodies(&bench).len(), hours);
        bench.clock.advance(Duration::from_secs(1));
        breathe().await;
        assert_eq!(bodies(&bench).len(), hours + 1);
    }
    assert_eq!(bench.outbox.deliveries()[0].status, Status::GaveUp);
    bench.clock.advance(Duration::from_secs(1_000_000));
    breathe().await;
    assert_eq!(bodies(&bench), ["1.", "1.", "1."]);
}

#[tokio::test]
async fn what_falls_due_at_once_is_tried_again_in_sequence_and_no_order_waits_for_another() {
    let bench = bench();
    let within = [Duration::from_secs(60), Duration::from_secs(30), Duration::from_secs(45)];
    for (order, bodies) in [("a", ["a1", "a2", "a3"]), ("b", ["b1", "b2", "b3"])] {
        for (body, wait) in bodies.into_iter().zip(within) {
            // Callbacks of one order can go side by side: one lane for each receiver.
            bench.outbox.enqueue(Callback {
                lane: format!("{order}/{body}"),
                retries: RetrySchedule(vec![wait].into()),
                ..callback(order, "http://refuses/", body)
            });
        }
    }
    bench.outbox.enqueue(callback("dead", "http://refuses/", "d1"));
    bench.outbox.settled().await;
    lock(&bench.courier.sent).clear();
    bench.courier.hang.store(true, std::sync::atomic::Ordering::Relaxed);
    bench.clock.advance(Duration::from_secs(3600));
    // The first attempt of each order hangs until it is let go, and the next follows it.
    for _ in 0..20 {
        breathe().await;
        bench.courier.let_go.notify_one();
    }
    bench.outbox.settled().await;
    let sent = bodies(&bench);
    let of = |order: char| sent.iter().filter(|body| body.starts_with(order)).cloned().collect::<Vec<_>>();
    assert_eq!(of('a'), ["a2.", "a3.", "a1."], "by when they were due");
    assert_eq!(of('b'), ["b2.", "b3.", "b1."]);
    assert_eq!(of('d'), ["d1."]);
    assert_ne!(sent[..3], ["a2.", "a3.", "a1."], "orders do not wait for each other: {sent:?}");
}

#[tokio::test]
async fn policies_hold_drop_duplicate_delay_reorder_and_forge() {
    let bench = bench();
    let set = |order, policy| bench.outbox.set_policy(Some(("p", order)), policy);
    set("held", Policy { hold: true, ..Policy::default() });
    set("dropped", Policy { drop: true, ..Policy::default() });
    set("twice", Policy { duplicate: 1, ..Policy::default() });
    set("late", Policy { delay_ms: 60_000, ..Policy::default() });
    set("swapped", Policy { reorder: true, ..Policy::default() });
    set("forged", Policy { wrong_signature: true, ..Policy::default() });
    let held = bench.outbox.enqueue(callback("held", "http://shop/", "h"));
    for (order, body) in
        [("dropped", "d"), ("twice", "t"), ("late", "l"), ("swapped", "1"), ("swapped", "2"), ("forged", "f")]
    {
        bench.outbox.enqueue(callback(order, "http://shop/", body));
    }
    bench.outbox.settled().await;
    breathe().await;
    let sent = bodies(&bench);
    let place = |body: &str| sent.iter().position(|sent| sent == body);
    assert!(place("2.") < place("1."), "{sent:?}");
    assert_eq!(sent.iter().filter(|body| *body == "t.").count(), 2);
    assert!(place("f!").is_some() && place("d.").is_none() && place("l.").is_none());
    bench.clock.advance(Duration::from_secs(60));
    breathe().await;
    bench.outbox.release(&held).expect("held");
    bench.outbox.settled().await;
    bench.outbox.resend(&held).expect("known");
    bench.outbox.settled().await;
    assert_eq!(bodies(&bench)[5..], ["l.", "h.", "h."]);
    assert!(bench.outbox.release(&held).is_err());
    assert!(bench.outbox.resend("unknown").is_err());
}

#[tokio::test]
async fn an_attempt_that_gets_lost_is_made_again_when_its_time_comes() {
    let bench = bench();
    bench.outbox.set_policy(Some(("p", "lost")), Policy { unreachable: 2, ..Policy::default() });
    bench.outbox.enqueue(callback("lost", "http://shop/", "a"));
    bench.outbox.enqueue(callback("other", "http://shop/", "b"));
    bench.outbox.settled().await;
    assert_eq!(bodies(&bench), ["b."], "nobody else is kept waiting");
    for times in 1..=2 {
        let attempts = bench.outbox.deliveries()[0].attempts.clone();
        assert_eq!(attempts.len(), times);
        assert!(attempts.iter().all(|attempt| attempt.status.is_none() && attempt.failure.is_some()));
        bench.clock.advance(Duration::from_secs(3600));
        breathe().await;
        bench.outbox.settled().await;
    }
    assert_eq!(bodies(&bench), ["b.", "a."]);
    assert_eq!(bench.outbox.deliveries()[0].status, Status::Delivered);
}

#[tokio::test]
async fn a_cleared_outbox_sends_nothing_more() {
    let bench = bench();
    bench.outbox.enqueue(callback("a", "http://refuses/", "1"));
    bench.outbox.settled().await;
    bench.outbox.clear();
    assert!(bench.outbox.deliveries().is_empty());
    // The same callback again has the same id and, the clock standing still, the same due time.
    bench.outbox.enqueue(callback("a", "http://refuses/", "1"));
    bench.outbox.settled().await;
    bench.clock.advance(Duration::from_secs(3600));
    breathe().await;
    assert_eq!(bodies(&bench), ["1.", "1.", "1."], "one before, two since: nothing is tried twice");
}

#[tokio::test]
async fn a_delay_counts_from_when_the_callback_came_and_a_dropped_one_is_not_sent() {
    let bench = bench();
    bench.outbox.set_policy(None, Policy { delay_ms: 1000, duplicate: 1, ..Policy::default() });
    let first = bench.outbox.enqueue(callback("a", "http://shop/", "1"));
    bench.outbox.enqueue(callback("a", "http://shop/", "2"));
    breathe().await;
    bench.outbox.drop_callback(&first).expect("known");
    bench.clock.advance(Duration::from_secs(1));
    breathe().await;
    bench.outbox.settled().await;
    assert_eq!(bodies(&bench), ["2.", "2."], "one advance wakes all that are due");
    let second = bench.outbox.deliveries()[1].id.clone();
    bench.outbox.drop_callback(&second).expect("known");
    assert_eq!(bench.outbox.deliveries()[1].status, Status::Delivered, "what was delivered stays so");
}
