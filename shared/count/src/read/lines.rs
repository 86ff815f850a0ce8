//! Lines of a file, one at a time in one buffer, none longer than a limit.

use std::io::{BufRead, Read};

use crate::Error;

/// The longest line, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// Reads lines.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    pub number: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Lines { input, line: Vec::with_capacity(256), number: 0 }
    }

    /// The next line without its end, or nothing at the end of the file. A byte order mark at the start is passed over.
    pub fn next(&mut self) -> Result<Option<&[u8]>, Error> {
        self.line.clear();
        self.number += 1;
        let mut limited = self.input.by_ref().take(MAX_LINE as u64 + 1);
        limited.read_until(b'\n', &mut self.line).map_err(|e| Error::Read(e.to_string()))?;
        if self.line.is_empty() {
            return Ok(None);
        }
        if self.line.len() > MAX_LINE {
            return Err(Error::line(self.number, format!("longer than {MAX_LINE} bytes")));
        }
        let line = self.line.as_slice();
        let line = if self.number == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if line.contains(&0) {
            return Err(Error::line(self.number, "holds a zero byte: this is no ballot file"));
        }
        Ok(Some(line.trim_ascii()))
    }
}

/// A line as text.
pub(super) fn text(bytes: &[u8], line: u64) -> Result<&str, Error> {
    std::str::from_utf8(bytes).map_err(|_| Error::line(line, "is not UTF-8"))
}

/// A whole number of digits only.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0u64, |n, digit| digit.is_ascii_digit().then(|| n * 10 + u64::from(digit - b'0')))
}

/// A piece of a line for an error message: short, and nothing that harms.
pub(super) fn piece(bytes: &[u8]) -> String {
    let short = &bytes[..bytes.len().min(40)];
    let text = String::from_utf8_lossy(short);
    let more = if bytes.len() > short.len() { "…" } else { "" };
    format!("`{}{more}`", text.escape_debug())
}
