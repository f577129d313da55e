//! The languages of the adapters, and bare processes in them.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A language, its adapter, and a process that does nothing but read JSON and write it.
pub(super) struct Language {
    pub(super) name: &'static str,
    program: &'static str,
    adapter: &'static str,
    /// Reads each line as JSON and writes it again.
    echo: [&'static str; 2],
}

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        name: "Node",
        program: "node",
        adapter: "node/adapter.mjs",
        echo: [
            "-e",
            "let p='';process.stdin.setEncoding('utf8').on('data',c=>{const l=(p+c).split('\\n');p=l.pop();\
             for(const x of l)process.stdout.write(JSON.stringify(JSON.parse(x))+'\\n')})",
        ],
    },
    Language {
        name: "Python",
        program: "python3",
        adapter: "python/adapter.py",
        echo: [
            "-c",
            "import json,sys\nfor line in sys.stdin:\n  print(json.dumps(json.loads(line)), flush=True)",
        ],
    },
    Language {
        name: "PHP",
        program: "php",
        adapter: "php/adapter.php",
        echo: [
            "-r",
            "while(($line=fgets(STDIN))!==false)fwrite(STDOUT,json_encode(json_decode($line,true)).\"\\n\");",
        ],
    },
];

impl Language {
    /// Whether it is installed.
    pub(super) fn is_there(&self) -> bool {
        let mut asked = Command::new(self.program);
        let asked = asked.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    }

    /// The command of its adapter.
    pub(super) fn adapter(&self) -> Vec<String> {
        let path = format!("{}/fixtures/adapters/{}", env!("CARGO_MANIFEST_DIR"), self.adapter);
        vec![self.program.to_owned(), path]
    }

    /// The command of its echo.
    pub(super) fn echo(&self) -> Vec<String> {
        [self.program, self.echo[0], self.echo[1]].map(str::to_owned).to_vec()
    }
}

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
        let sent = self.input.write_all(lines.concat().as_bytes()).is_ok();
        sent && lines.iter().all(|_| self.lines.next().is_some_and(|line| line.is_ok()))
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
