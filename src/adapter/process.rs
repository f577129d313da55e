//! An adapter that runs as a process: its pipes, its stderr, its end.

use std::collections::HashMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

use super::patience::Patience;
use super::wire::{self, Incoming};
use super::{AdapterError, Fault, Limits, lock};

type Pending = HashMap<u64, oneshot::Sender<Incoming>>;

/// A running adapter.
#[derive(Debug)]
pub(super) struct Process {
    lines: mpsc::UnboundedSender<String>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pending: Mutex<Pending>,
    /// Why nothing will come any more.
    dead: Mutex<Option<Fault>>,
    stderr: Mutex<Vec<u8>>,
    child: tokio::sync::Mutex<Child>,
    patience: Patience,
    group: Option<u32>,
}

impl Shared {
    /// Ends the adapter, and what it started: `npm run` and shells leave their children behind.
    fn kill(&self) {
        #[cfg(unix)]
        if let Some(group) =
            self.group.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            // There may be nobody left to end.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        if let Ok(mut child) = self.child.try_lock() {
            let _ = child.start_kill();
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.shared.kill();
    }
}

impl Process {
    /// Starts it, in this folder or the current one.
    pub(super) fn start(
        command: &[String],
        folder: Option<&Path>,
        limits: Limits,
    ) -> Result<Self, AdapterError> {
        let shown = command.join(" ");
        let failed = |why: String| AdapterError {
            kind: Fault::Start { command: shown.clone(), why },
            stderr: Some(String::new()),
            asked: None,
        };
        let (program, arguments) = command.split_first().ok_or_else(|| failed("it is empty".to_owned()))?;
        let mut command = Command::new(program);
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(mut stderr)) = (stdin, stdout, stderr) else {
            return Err(failed("its pipes could not be made".to_owned()));
        };
        let shared = Arc::new(Shared {
            pending: Mutex::default(),
            dead: Mutex::default(),
            stderr: Mutex::default(),
            patience: Patience::new(),
            group: child.id(),
            child: tokio::sync::Mutex::new(child),
        });
        let (lines, mut outgoing) = mpsc::unbounded_channel::<String>();
        tokio::spawn(async move {
            while let Some(mut line) = outgoing.recv().await {
                line.push('\n');
                // Whatever waits already goes with it: one write, not one each.
                while let Ok(more) = outgoing.try_recv() {
                    line.push_str(&more);
                    line.push('\n');
                }
                if stdin.write_all(line.as_bytes()).await.is_err() || stdin.flush().await.is_err() {
                    break;
                }
            }
        });
        let kept = Arc::clone(&shared);
        let errors = tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut chunk).await {
                let mut all = lock(&kept.stderr);
                all.extend_from_slice(&chunk[..length]);
                let excess = all.len().saturating_sub(limits.stderr);
                all.drain(..excess);
            }
        });
        let reading = Arc::clone(&shared);
        tokio::spawn(async move {
            let fault = read_replies(&reading, BufReader::new(stdout), limits.line).await;
            // What it said last usually says why.
            let _ = tokio::time::timeout(Duration::from_millis(500), errors).await;
            lock(&reading.dead).get_or_insert(fault);
            lock(&reading.pending).clear();
        });
        Ok(Self { lines, shared })
    }

    /// Sends a line and awaits the reply with its id.
    pub(super) async fn ask(
        &self,
        id: u64,
        line: String,
        to: &str,
        limit: Duration,
    ) -> Result<Incoming, AdapterError> {
        let (answer, coming) = oneshot::channel();
        lock(&self.shared.pending).insert(id, answer);
        let dead = lock(&self.shared.dead).clone();
        if let Some(fault) = dead {
            return Err(self.error(named(fault, to)));
        }
        // A closed channel means that stdin is closed; the reader finds out why.
        let _ = self.lines.send(line);
        match self.shared.patience.wait(limit, coming).await {
            Some(Ok(incoming)) => Ok(incoming),
            Some(Err(_)) => {
                let fault = lock(&self.shared.dead).clone();
                let fault = fault.unwrap_or(Fault::Ended { status: None, to: to.to_owned() });
                Err(self.error(named(fault, to)))
            }
            None => {
                let fault = Fault::Silent { to: to.to_owned(), limit };
                lock(&self.shared.dead).get_or_insert(fault.clone());
                lock(&self.shared.pending).clear();
                self.shared.kill();
                Err(self.error(fault))
            }
        }
    }

    pub(super) fn error(&self, kind: Fault) -> AdapterError {
        AdapterError { kind, stderr: Some(self.stderr()), asked: None }
    }

    /// What it has written to stderr, as far as it is kept.
    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&lock(&self.shared.stderr)).into_owned()
    }
}

/// What ends a conversation is found by the reader, which does not know what was asked.
fn named(fault: Fault, to: &str) -> Fault {
    let to = to.to_owned();
    match fault {
        Fault::Ended { status, .. } => Fault::Ended { status, to },
        Fault::Nonsense { why, line, .. } => Fault::Nonsense { to, why, line },
        Fault::Halved { escape, line, .. } => Fault::Halved { to, escape, line },
        other => other,
    }
}

/// Hands each reply to whoever waits for it; returns why there are no more.
async fn read_replies(
    shared: &Shared,
    mut stdout: BufReader<tokio::process::ChildStdout>,
    longest: usize,
) -> Fault {
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut stdout).take(longest as u64 + 1);
        match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
        let fault = match wire::read(&line, longest) {
            Ok((id, incoming)) => {
                let waiting = lock(&shared.pending).remove(&id);
                if let Some(waiting) = waiting {
                    shared.patience.hear();
                    let _ = waiting.send(incoming);
                    continue;
                }
                let line = wire::shortened(String::from_utf8_lossy(&line).trim_end());
                Fault::Unasked { id, line }
            }
            Err(fault) => fault,
        };
        shared.kill();
        return fault;
    }
    let mut child = shared.child.lock().await;
    // Who ends closes its output a moment before.
    if let Ok(ended) = tokio::time::timeout(Duration::from_millis(300), child.wait()).await {
        return Fault::Ended { status: ended.ok().and_then(|status| status.code()), to: String::new() };
    }
    drop(child);
    shared.kill();
    Fault::ClosedStdout
}
