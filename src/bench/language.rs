//! The languages of the adapters, and bare processes in them.

use std::io::{self, BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::Value;

/// A language, its adapter, and a process that does nothing but read JSON and write it.
pub(super) struct Language {
    pub(super) name: &'static str,
    program: &'static str,
    /// The arguments of its adapter; of one below `fixtures/adapters` the path alone.
    adapter: &'static str,
    /// The program and the arguments that read each line as JSON and write it again; none: this program does.
    echo: &'static [&'static str],
}

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        name: "Node",
        program: "node",
        adapter: "node/adapter.mjs",
        echo: &[
            "node",
            "-e",
            "let p='';process.stdin.setEncoding('utf8').on('data',c=>{const l=(p+c).split('\\n');p=l.pop();\
             for(const x of l)process.stdout.write(JSON.stringify(JSON.parse(x))+'\\n')})",
        ],
    },
    Language {
        name: "Python",
        program: "python3",
        adapter: "python/adapter.py",
        echo: &[
            "python3",
            "-c",
            "import json,sys\nfor line in sys.stdin:\n  print(json.dumps(json.loads(line)), flush=True)",
        ],
    },
    Language {
        name: "PHP",
        program: "php",
        adapter: "php/adapter.php",
        echo: &[
            "php",
            "-r",
            "while(($line=fgets(STDIN))!==false)fwrite(STDOUT,json_encode(json_decode($line,true)).\"\\n\");",
        ],
    },
    Language { name: "Rust", program: env!("CARGO_BIN_EXE_provkassa"), adapter: "adapter", echo: &[] },
];

/// The argument that makes this program an echo.
pub(super) const ECHO: &str = "--echo";

/// Reads each line as JSON and writes it again, until the input ends.
pub(super) fn echo() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let value: Value = serde_json::from_str(&line?)?;
        writeln!(output, "{value}")?;
        output.flush()?;
    }
    Ok(())
}

impl Language {
    /// Whether it is installed.
    pub(super) fn is_there(&self) -> bool {
        let mut asked = Command::new(self.program);
        let asked = asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    }

    /// The command of its adapter.
    pub(super) fn adapter(&self) -> Vec<String> {
        let argument = if self.adapter.contains('/') {
            format!("{}/fixtures/adapters/{}", env!("CARGO_MANIFEST_DIR"), self.adapter)
        } else {
            self.adapter.to_owned()
        };
        vec![self.program.to_owned(), argument]
    }

    /// The command of its echo.
    pub(super) fn echo(&self) -> Vec<String> {
        let own = || std::env::current_exe().unwrap_or_default().to_string_lossy().into_owned();
        match self.echo {
            [] => vec![own(), ECHO.to_owned()],
            words => words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }
}

/// What a pipe surely holds. More is written while the replies are read, or both ends would wait for each other.
const HELD: usize = 32 << 10;

/// A process that answers each line with a line, asked by nothing but writes and reads.
pub(super) struct Bare {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Bare {
    /// Starts it; `None` if it cannot be started.
    pub(super) fn start(command: &[String]) -> Option<Self> {
        let (program, arguments) = command.split_first()?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (input, output) = (child.stdin.take()?, child.stdout.take()?);
        Some(Self { child, input, lines: BufReader::new(output).lines() })
    }

    /// Sends these lines at once and awaits as many.
    pub(super) fn round(&mut self, lines: &[String]) -> bool {
        let Self { input, lines: replies, .. } = self;
        let text = lines.concat();
        let mut read = || lines.iter().all(|_| replies.next().is_some_and(|line| line.is_ok()));
        if text.len() <= HELD {
            return input.write_all(text.as_bytes()).is_ok() && read();
        }
        thread::scope(|scope| {
            let sent = scope.spawn(|| input.write_all(text.as_bytes()).is_ok());
            let read = read();
            sent.join().unwrap_or(false) && read
        })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
