//! Files that nobody but their owner reads.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file whole or not at all, for its owner alone.
pub(crate) fn write(file: &Path, text: &str) -> io::Result<()> {
    let part = file.with_extension("part");
    // One that an earlier attempt left may be open to others.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(&part)?.write_all(text.as_bytes())?;
    fs::rename(part, file)
}
