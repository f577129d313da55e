//! The shop under test as a process of ours: its variables, its output, its end.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::config::Start;
use super::fault::FaultKind;

/// How much of the output is kept, in bytes.
const KEPT: usize = 64 << 10;
/// How long the last of it is waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A shop that we started; it is ended, with what it started, when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Mutex<Child>,
    group: Option<u32>,
    output: Arc<Mutex<Vec<u8>>>,
    /// They end when nobody writes any more.
    readers: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Process {
    pub(super) fn start(start: &Start, sandbox: &BTreeMap<&'static str, String>) -> Result<Self, FaultKind> {
        let shown = start.command.join(" ");
        let failed = |why: String| FaultKind::Start { command: shown.clone(), why };
        let (program, arguments) =
            start.command.split_first().ok_or_else(|| failed("it is empty".to_owned()))?;
        let mut command = Command::new(program);
        if !start.folder.as_os_str().is_empty() {
            command.current_dir(&start.folder);
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command
            .args(arguments)
            .envs(sandbox)
            .envs(&start.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let output: Arc<Mutex<Vec<u8>>> = Arc::default();
        let stdout = child.stdout.take().map(|stdout| keep(stdout, &output));
        let stderr = child.stderr.take().map(|stderr| keep(stderr, &output));
        let readers = tokio::sync::Mutex::new(stdout.into_iter().chain(stderr).collect());
        Ok(Self { group: child.id(), child: Mutex::new(child), output, readers })
    }

    /// What it wrote last.
    pub(super) fn output(&self) -> String {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&output).into_owned()
    }

    /// Waits until what it wrote before it ended is read. A child of its own that lives on may hold its pipes open.
    pub(super) async fn last_words(&self) {
        let mut readers = self.readers.lock().await;
        let all = async {
            for reader in readers.iter_mut() {
                let _ = reader.await;
            }
        };
        if timeout(LAST_WORDS, all).await.is_ok() {
            readers.clear();
        }
    }

    /// Whether it is gone, and with which status.
    pub(super) fn ended(&self) -> Option<FaultKind> {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let status = child.try_wait().ok()??;
        Some(FaultKind::Ended { status: status.code() })
    }
}

fn keep(
    mut pipe: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    output: &Arc<Mutex<Vec<u8>>>,
) -> JoinHandle<()> {
    let output = Arc::clone(output);
    tokio::spawn(async move {
        let mut chunk = [0; 4096];
        while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
            let mut all = output.lock().unwrap_or_else(PoisonError::into_inner);
            all.extend_from_slice(&chunk[..length]);
            let excess = all.len().saturating_sub(KEPT);
            all.drain(..excess);
        }
    })
}

impl Drop for Process {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) =
            self.group.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
        {
            // `npm start` and shells leave their children behind. There may be nobody left to end.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).start_kill();
    }
}
