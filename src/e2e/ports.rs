//! Ports for programs that must be told one before they start.

use std::net::TcpListener;
use std::sync::Mutex;

/// Below the ports that the system gives to connections, so that none of them is taken between now and its use; above
/// those that services are used to.
const RANGE: std::ops::Range<u16> = 12_000..32_000;

/// A port that nobody listens on, and that nobody else here is told of.
pub(crate) fn free_port() -> u16 {
    free_ports(1)
}

/// A port behind which six others are free as well: one for each provider.
pub(crate) fn ports_in_a_row() -> u16 {
    free_ports(7)
}

fn free_ports(count: u16) -> u16 {
    static NEXT: Mutex<Option<u16>> = Mutex::new(None);
    let mut next = NEXT.lock().expect("never poisoned");
    // Two runs of these tests begin at different places.
    let spread = u16::try_from(std::process::id() % 500).expect("below 500") * 40;
    let mut first = next.unwrap_or(RANGE.start + spread);
    loop {
        if first + count > RANGE.end {
            first = RANGE.start;
        }
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if (first..first + count).all(is_free) {
            *next = Some(first + count);
            return first;
        }
        first += 1;
    }
}
