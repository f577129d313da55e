//! What can be seen of the machine, without any shop.

use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener};

use provkassa_simulators::PROVIDERS;

use super::Look;

/// The variables that HTTP clients take a proxy from.
const PROXIES: [&str; 6] =
    ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// Whether a proxy is in the way of calls on this machine, as far as the shop's variables say.
pub fn proxies(variable: impl Fn(&str) -> Option<String>) -> Look {
    const CHECK: &str = "proxy";
    let set = |name: &&str| variable(name).is_some_and(|value| !value.trim().is_empty());
    let set: Vec<&str> = PROXIES.iter().copied().filter(|name| set(name)).collect();
    if set.is_empty() {
        return Look::ok(CHECK, "no variable names a proxy");
    }
    let spared = ["no_proxy", "NO_PROXY"].into_iter().filter_map(&variable).collect::<Vec<_>>().join(",");
    let is_spared = |host: &str| {
        spared.split(',').map(str::trim).any(|one| one == host || one == "*" || one == "127.0.0.0/8")
    };
    let missing: Vec<&str> = ["127.0.0.1", "localhost"].into_iter().filter(|host| !is_spared(host)).collect();
    // Their values may hold a password, and are never shown.
    let set = set.join(" and ");
    if missing.is_empty() {
        return Look::ok(CHECK, format!("{set} is set, and NO_PROXY spares this machine"));
    }
    Look::warning(
        CHECK,
        format!("{set} is set, and NO_PROXY does not spare {}", missing.join(" and ")),
        "the shop may send its calls for the sandbox to the proxy: start it with NO_PROXY=127.0.0.1,localhost.",
    )
}

/// The ports that a sandbox takes, and whether they are free.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The address that it listens on.
    pub host: IpAddr,
    /// The control port; 0 where free ones are taken.
    pub first: u16,
    /// Whether nothing can be looked at where they are taken.
    pub needed: bool,
}

/// Whether a sandbox can listen, and who is in its way.
#[must_use]
pub fn ports(ports: Ports) -> Look {
    const CHECK: &str = "ports";
    let Ports { host, first, needed } = ports;
    if first == 0 {
        return Look::ok(CHECK, "the sandbox takes free ones");
    }
    let offsets = PROVIDERS.iter().map(|provider| provider.info().port_offset);
    let wanted: Vec<u32> =
        std::iter::once(0).chain(offsets).map(|offset| u32::from(first) + u32::from(offset)).collect();
    let last = wanted.iter().copied().max().unwrap_or_default();
    if last > u32::from(u16::MAX) {
        let seen = format!("ports {first} to {last} are wanted, and the last port that there is is 65535");
        return Look::wrong(CHECK, seen, "give a lower --port.");
    }
    for port in wanted.into_iter().filter_map(|port| u16::try_from(port).ok()) {
        let Err(error) = TcpListener::bind((host, port)) else { continue };
        if error.kind() != ErrorKind::AddrInUse {
            let seen = format!("nobody can listen on {host}:{port}: {error}");
            return Look::wrong(CHECK, seen, "give an address of this machine with --host.");
        }
        let holder = holder(port);
        let seen = match &holder {
            Some(holder) => format!("port {port} is taken by {holder}"),
            None => format!("port {port} is taken; by whom cannot be seen from here"),
        };
        let next = format!(
            "end it, or move the sandbox with --port N and give the shop what `provkassa env --port N` prints{}.",
            if holder.is_some() { String::new() } else { format!(" (`lsof -i :{port}` may say who it is)") }
        );
        let is_sandbox = holder.is_some_and(|holder| holder.starts_with("provkassa"));
        return if needed || !is_sandbox {
            Look::wrong(CHECK, seen, next)
        } else {
            Look::ok(CHECK, format!("{seen}: a sandbox runs"))
        };
    }
    Look::ok(CHECK, format!("{first} to {last} are free"))
}

/// Who listens on a port, as far as the system tells: `node (process 4711)`.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<String> {
    use std::fs;

    /// The state of a socket that listens.
    const LISTENING: &str = "0A";
    let wanted = format!(":{port:04X}");
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|file| fs::read_to_string(file).ok())
        .flat_map(|text| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_it = fields.get(1)?.ends_with(&wanted) && *fields.get(3)? == LISTENING;
            is_it.then(|| format!("socket:[{}]", fields.get(9).copied().unwrap_or_default()))
        })
        .collect();
    fs::read_dir("/proc").ok()?.filter_map(Result::ok).find_map(|process| {
        let id: u32 = process.file_name().to_str()?.parse().ok()?;
        let mut open = fs::read_dir(process.path().join("fd")).ok()?.filter_map(Result::ok);
        let holds = open.any(|file| {
            let target = fs::read_link(file.path()).ok();
            target.is_some_and(|target| sockets.iter().any(|socket| target.as_os_str() == socket.as_str()))
        });
        let name = fs::read_to_string(process.path().join("comm")).ok()?;
        holds.then(|| format!("{} (process {id})", name.trim()))
    })
}

/// Elsewhere that takes another program.
#[cfg(not(target_os = "linux"))]
fn holder(_: u16) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_proxy_is_told_without_its_value_unless_this_machine_is_spared() {
        let look = |set: &[(&str, &str)]| {
            proxies(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        let proxy = ("HTTPS_PROXY", "http://somebody:secret@proxy:3128");
        assert_eq!(look(&[]).verdict, Verdict::Ok);
        assert_eq!(look(&[("http_proxy", "")]).verdict, Verdict::Ok);
        let warned = look(&[proxy]);
        assert_eq!(warned.verdict, Verdict::Warning);
        assert!(warned.seen.contains("HTTPS_PROXY") && !format!("{warned:?}").contains("secret"));
        assert!(look(&[proxy, ("NO_PROXY", "127.0.0.1")]).seen.ends_with("does not spare localhost"));
        for spared in ["127.0.0.1, localhost", "*", "localhost,127.0.0.0/8"] {
            assert_eq!(look(&[proxy, ("no_proxy", spared)]).verdict, Verdict::Ok, "{spared}");
        }
    }

    #[test]
    fn a_taken_port_is_told_with_who_takes_it() {
        let host = IpAddr::from([127, 0, 0, 1]);
        let taken = TcpListener::bind((host, 0)).expect("a port");
        let first = taken.local_addr().expect("bound").port();
        let look = ports(Ports { host, first, needed: true });
        assert_eq!(look.verdict, Verdict::Wrong);
        assert!(look.seen.starts_with(&format!("port {first} is taken")), "{}", look.seen);
        #[cfg(target_os = "linux")]
        assert!(look.seen.ends_with(&format!("(process {})", std::process::id())), "{}", look.seen);
        assert_eq!(ports(Ports { host, first: 0, needed: true }).verdict, Verdict::Ok);
        assert!(ports(Ports { host, first: 65_534, needed: true }).seen.contains("65535"));
    }
}
