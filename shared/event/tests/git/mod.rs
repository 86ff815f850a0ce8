//! Stock git as a witness, told nothing by the user's configuration.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs git in a directory with these bytes as input.
pub fn git(at: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(at)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CEILING_DIRECTORIES", at.parent().unwrap_or(at))
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_OBJECT_DIRECTORY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("git runs");
    // No input here fills a pipe, or git reads all of it before it answers.
    child.stdin.take().expect("a pipe").write_all(input).expect("git reads");
    child.wait_with_output().expect("git ends")
}
