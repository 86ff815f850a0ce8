//! Long answers on a terminal go through the pager that the person has chosen.

use std::io::Write;
use std::process::{Command, Stdio};

/// Shows the text by `$PAGER`, or by `less`; false where that is no pager, `cat` or empty.
pub(crate) fn paged(text: &str) -> bool {
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    if pager.is_empty() || pager == "cat" {
        return false;
    }
    let mut command = Command::new("sh");
    command.args(["-c", &pager]).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // What fits is printed and done with; nothing is cleared.
        command.env("LESS", "FRX");
    }
    let Ok(mut child) = command.spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // Who leaves the pager early has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    // 127: the shell has not found it.
    child.wait().is_ok_and(|status| status.code() != Some(127))
}
