//! Examples as tests: every command in a tool's help texts and on its manual page is one that the tool understands.

use std::path::Path;
use std::process::{Command, Output, Stdio};

const TOOLS: [&str; 4] = ["members", "credit", "vote", "announce"];

/// Lets the tools read each command that the help of `binary` and the page show, with `--help` behind it, so that nothing
/// is done. The other tools lie next to it; who is not built is not asked.
///
/// # Panics
/// When a command is not understood.
pub fn examples(binary: &str, page: &str) {
    let page = std::fs::read_to_string(page).expect("a manual page");
    let mut shown: Vec<String> = literal(&page);
    helps(binary, &[], &mut shown);
    let commands: Vec<String> = shown.iter().flat_map(|line| commands(line)).collect();
    assert!(commands.len() > 5, "hardly any examples");
    let bad: Vec<String> = commands.iter().filter_map(|command| refused(binary, command)).collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// The lines of a manual page's displays, and the indented ones of Markdown.
fn literal(page: &str) -> Vec<String> {
    let (mut inside, mut lines) = (false, Vec::new());
    for line in page.lines() {
        match line {
            _ if line.starts_with("    ") => lines.push(line.to_owned()),
            _ if line.starts_with(".Bd -literal") => inside = true,
            ".Ed" => inside = false,
            _ if inside => lines.push(line.replace("\\e", "\\").replace("\\&", "").replace("\\-", "-")),
            _ => {}
        }
    }
    joined(lines)
}

/// The lines below `Examples:` in a command's help, and in that of all its subcommands.
fn helps(binary: &str, path: &[String], lines: &mut Vec<String>) {
    let out = Command::new(binary).args(path).arg("--help").output().expect("the tool runs");
    let text = String::from_utf8(out.stdout).expect("help is text");
    if let Some((_, examples)) = text.split_once("Examples:\n") {
        lines.extend(joined(examples.lines().map(str::to_owned).collect()));
    }
    let Some((_, list)) = text.split_once("Commands:\n") else { return };
    for line in list.lines().take_while(|line| line.starts_with(' ')) {
        let name = line.strip_prefix("  ").and_then(|line| line.split(' ').next()).unwrap_or_default();
        if !name.is_empty() && name != "help" {
            helps(binary, &[path, &[name.to_owned()]].concat(), lines);
        }
    }
}

/// Lines that end with a backslash go on in the next.
fn joined(lines: Vec<String>) -> Vec<String> {
    let mut whole: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        let (text, more) = line.strip_suffix('\\').map_or((line.as_str(), false), |text| (text, true));
        match whole.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(text.trim_start()),
            None => whole.push(text.to_owned()),
        }
        goes_on = more;
    }
    whole
}

/// The commands of the tools in a line of shell or of cron.
fn commands(line: &str) -> Vec<String> {
    let (mut pieces, mut quote, mut redirected, mut before) = (vec![String::new()], None, false, ' ');
    for c in line.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
        match c {
            '#' if quote.is_none() && before == ' ' => break,
            '|' | ';' | '&' | '(' | ')' if quote.is_none() => {
                redirected = false;
                pieces.push(String::new());
            }
            '<' | '>' if quote.is_none() => redirected = true,
            _ if !redirected => pieces.last_mut().expect("one piece").push(c),
            _ => {}
        }
        before = c;
    }
    pieces.iter().filter_map(|piece| tool_in(piece)).map(str::to_owned).collect()
}

/// Where the tool's command begins: behind the moment of a cron line, words of the shell, and variables that are set.
fn tool_in(piece: &str) -> Option<&str> {
    let mut rest = piece.trim();
    loop {
        let (word, tail) = rest.split_once(' ').unwrap_or((rest, ""));
        let moment = word.chars().all(|c| c.is_ascii_digit() || "*/,-".contains(c));
        match TOOLS.contains(&word) {
            // What stands far behind it is said about it.
            true => return rest.split("  ").next(),
            false if word.is_empty() || tail.is_empty() => return None,
            false if moment || matches!(word, "do" | "then" | "if" | "!") || word.contains('=') => rest = tail.trim(),
            false => return None,
        }
    }
}

/// Why a command is not understood.
fn refused(binary: &str, command: &str) -> Option<String> {
    let folder = Path::new(binary).parent().expect("a folder");
    let tool = command.split(' ').next().unwrap_or_default();
    if !folder.join(tool).exists() {
        return None;
    }
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let line = format!("{command} --help");
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).env("PATH", path).env("h", "bob").env("COMMONS_HOME", "/nowhere").stdin(Stdio::null());
    let Output { status, stderr, .. } = shell.output().expect("a shell");
    (!status.success()).then(|| format!("{command}\n  {}", String::from_utf8_lossy(&stderr).trim()))
}

#[test]
fn commands_are_found_in_lines() {
    let of = |line: &str| commands(line);
    assert_eq!(of("  vote count a.blt | column -t   # a table"), ["vote count a.blt"]);
    assert_eq!(
        of("5 6 1 * *  credit pay @commons 1 fee -q; members sync"),
        ["credit pay @commons 1 fee -q", "members sync"]
    );
    assert_eq!(of("announce post --title 'vote; or not' < text.md"), ["announce post --title 'vote; or not'"]);
    assert_eq!(of("members join \"$(cat mail)\" --as bob    by a line"), ["members join \"$(cat mail)\" --as bob"]);
    assert_eq!(joined(vec!["credit a \\".into(), "  b".into(), "c".into()]), ["credit a b", "c"]);
}
