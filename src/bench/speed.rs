//! How fast cases are tried, beside a bare loop of the same hash and a bare echo process.
//!
//! `cargo bench` prints the table. Nothing is asserted: machines are noisy.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anstream::println;
use provkassa::adapter::{Limits, Session, Target};
use provkassa::simulators::brp::signing::Hash;
use provkassa::simulators::kit::digest::{hex, sha256};
use provkassa::simulators::kit::operation::{Judgement, Message, Operation as _, judge};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

const ROUND: Duration = Duration::from_secs(2);

/// Echoes each line: what a Node process can do at all.
const ECHO: &str = "let p='';process.stdin.setEncoding('utf8').on('data',c=>{const l=(p+c).split('\\n');p=l.pop();for(const x of l)process.stdout.write(x+'\\n')})";

fn main() {
    println!("{:<52} {:>12}", "what", "a second");
    let mut rng = SmallRng::seed_from_u64(1);
    let sample: Vec<Message> = (0..4096).map(|_| Hash.generate(&mut rng)).collect();
    let texts: Vec<Vec<u8>> = sample.iter().filter_map(|message| Hash.canonical(message, &[])).collect();

    rate("bare SHA-256 of the same strings, in hex", |n| {
        std::hint::black_box(hex(&sha256(&texts[n % texts.len()])));
    });
    rate("generate a call", |_| {
        std::hint::black_box(Hash.generate(&mut rng));
    });
    rate("hash a call (brp.hash)", |n| {
        std::hint::black_box(Hash.reply(&sample[n % sample.len()], &[]));
    });
    let mut rng = SmallRng::seed_from_u64(2);
    rate("a whole case in process: generate, hash, judge", |_| {
        let message = Hash.generate(&mut rng);
        let Some(reply) = Hash.reply(&message, &[]) else { return };
        assert_eq!(judge(&Hash, &message, &reply), Judgement::Right);
    });

    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if node.is_ok_and(|status| status.success()) {
        for ahead in [1, 64] {
            echo(ahead);
        }
        let runtime = tokio::runtime::Runtime::new();
        if let Ok(runtime) = runtime {
            for ahead in [1, 64] {
                runtime.block_on(adapter(&sample, ahead));
            }
        }
    } else {
        println!("node is not installed: the adapters are left out");
    }
}

fn rate(what: &str, mut work: impl FnMut(usize)) {
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < ROUND {
        for _ in 0..1000 {
            work(count);
            count += 1;
        }
    }
    print(what, count, began.elapsed());
}

fn print(what: &str, count: usize, took: Duration) {
    // Far fewer than 2^52 of them.
    #[expect(clippy::cast_precision_loss, reason = "counts of seconds' work")]
    let rate = count as f64 / took.as_secs_f64();
    println!("{what:<52} {rate:>12.0}");
}

/// A bare Node process that sends lines back, with this many under way.
fn echo(ahead: usize) {
    let child = Command::new("node").args(["-e", ECHO]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return };
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return };
    let line = format!("{}\n", "x".repeat(160));
    let mut lines = BufReader::new(output).lines();
    let mut round = || {
        let sent = input.write_all(line.repeat(ahead).as_bytes()).is_ok();
        sent && (0..ahead).all(|_| lines.next().is_some_and(|line| line.is_ok()))
    };
    round();
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < ROUND && round() {
        count += ahead;
    }
    print(&format!("bare echo in Node, {ahead} under way"), count, began.elapsed());
    let _ = child.kill();
    let _ = child.wait();
}

/// The reference adapter in Node, through the harness's own session.
async fn adapter(sample: &[Message], ahead: usize) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/adapters/node/adapter.mjs");
    let target = Target::Command(vec!["node".to_owned(), path.to_owned()]);
    let Ok(session) = Session::open(target, Limits::default()).await else { return };
    let began = Instant::now();
    let mut count = 0;
    while began.elapsed() < ROUND {
        let group = (0..ahead).map(|n| session.ask(&Hash, &sample[(count + n) % sample.len()]));
        let answers = futures_util::future::join_all(group).await;
        if answers.iter().any(Result::is_err) {
            return;
        }
        count += ahead;
    }
    print(&format!("brp.hash through the Node adapter, {ahead} under way"), count, began.elapsed());
}
