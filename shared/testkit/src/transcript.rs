//! Stories as tests: Markdown whose fenced blocks hold commands of several actors and what they print.
//!
//! `ada$ command` is run by `sh` with an own `COMMONS_HOME` for each actor, in one folder with an empty bare
//! repository `hub.git`. Below it stands what is printed, stdout and stderr as a terminal shows them; `[..]`
//! stands for any text in a line, `...` alone for any lines, and `[exit N]` at the end for a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command of a story.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    actor: String,
    command: String,
    expected: Vec<String>,
}

/// Runs every `*.md` beside a tool's tests, or with `STORY=NAME` that one; `binary` is the tool's own, the others lie
/// next to it.
///
/// # Panics
/// When a story does not go as it is written.
pub fn stories(folder: &str, binary: &str) {
    let only = std::env::var_os("STORY");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder of stories")
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .filter(|path| only.is_none() || path.file_stem() == only.as_deref())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no stories in {folder}");
    // Each story has a folder of its own, so that they can be told at the same time.
    let half = |first: usize| files.iter().skip(first).step_by(2).filter_map(|file| story(file, binary).err());
    let (even, odd) = std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1).collect::<Vec<String>>());
        (half(0).collect::<Vec<String>>(), odd.join().expect("a story is told to its end"))
    });
    let failed = [even, odd].concat();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Runs one story; the error shows where it went another way.
pub fn story(file: &Path, binary: &str) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    let steps = steps(&text);
    if steps.is_empty() {
        return Err(format!("{}: no commands", file.display()));
    }
    // STORIES_KEEP=FOLDER leaves every story's homes there.
    let keep = std::env::var_os("STORIES_KEEP").map(PathBuf::from);
    let work = keep.clone().unwrap_or_else(std::env::temp_dir).join(format!(
        "story-{}-{}",
        std::process::id(),
        file.file_stem().unwrap_or_default().display()
    ));
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    let git = Command::new("git")
        .args(["init", "-q", "--bare", "--object-format=sha1", "hub.git"])
        .current_dir(&work)
        .status();
    assert!(git.is_ok_and(|status| status.success()), "git is needed");
    for step in &steps {
        let printed = run(step, &work, binary);
        if !matches(&step.expected, &printed) {
            return Err(format!(
                "{}:{}: {}$ {}\n--- expected\n{}\n--- printed\n{}\n--- the homes are left in {}\n",
                file.display(),
                step.line,
                step.actor,
                step.command,
                step.expected.join("\n"),
                printed.join("\n"),
                work.display()
            ));
        }
    }
    if keep.is_none() {
        let _ = fs::remove_dir_all(&work);
    }
    Ok(())
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut inside, mut open) = (false, false);
    for (at, line) in text.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            inside = !inside && matches!(info, "" | "console" | "tour");
            open = false;
            continue;
        }
        if !inside {
            continue;
        }
        if let Some((actor, command)) =
            line.split_once("$ ").filter(|(actor, _)| actor.chars().all(char::is_alphanumeric))
        {
            let actor = if actor.is_empty() { "ada" } else { actor };
            steps.push(Step {
                line: at + 1,
                actor: actor.to_owned(),
                command: command.to_owned(),
                expected: Vec::new(),
            });
            open = true;
        } else if open && let Some(step) = steps.last_mut() {
            step.expected.push(line.to_owned());
        }
    }
    for step in &mut steps {
        while step.expected.last().is_some_and(|line| line.is_empty()) {
            step.expected.pop();
        }
    }
    steps
}

fn run(step: &Step, work: &Path, binary: &str) -> Vec<String> {
    let tools = Path::new(binary).parent().unwrap_or(Path::new("/"));
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{}", step.command)])
        .current_dir(work)
        .env_remove("COMMONS_COMMUNITY")
        .env("PATH", path)
        .env("HOME", work.join("home"))
        .env("COMMONS_HOME", work.join(&step.actor))
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null())
        .output()
        .expect("sh runs");
    let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => lines.push(format!("[exit {code}]")),
        None => lines.push("[killed]".to_owned()),
    }
    lines
}

/// Whether the lines are as expected, wildcards allowed.
fn matches(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        Some((first, rest)) => match printed.split_first() {
            Some((line, others)) => line_matches(first.trim_end(), line.trim_end()) && matches(rest, others),
            None => false,
        },
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    match expected.split_once("[..]") {
        None => expected == printed,
        Some((begin, rest)) => match printed.strip_prefix(begin) {
            Some(tail) => {
                let ends = tail.char_indices().map(|(at, _)| at).chain([tail.len()]);
                ends.into_iter().any(|at| line_matches(rest, &tail[at..]))
            }
            None => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_story_is_read() {
        let text = "Prose $ no\n```\n$ one\nout\nbob$ two\n[exit 1]\n```\n```sh\n$ not this\n```\n";
        let steps = steps(text);
        assert_eq!(steps.len(), 2);
        assert_eq!((steps[0].actor.as_str(), steps[0].command.as_str()), ("ada", "one"));
        assert_eq!((steps[1].actor.as_str(), &steps[1].expected), ("bob", &lines("[exit 1]")));
    }

    #[test]
    fn wildcards() {
        assert!(matches(&lines("a[..]c\n...\nz"), &lines("abc\nx\ny\nz")));
        assert!(matches(&lines("...\n[exit 1]"), &lines("[exit 1]")));
        assert!(!matches(&lines("a"), &lines("a\nb")));
        assert!(!matches(&lines("a[..]c"), &lines("ab")));
    }
}
