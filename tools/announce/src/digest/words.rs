//! A digest in words: by a template of ours or the reader's own.

use std::path::Path;

use frame::Failure;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

/// How much work a template can do, in the engine's instructions: a digest of a thousand items takes a tenth.
const FUEL: u64 = 2_000_000;

/// The longest template and the longest digest, in bytes.
const MAX_TEMPLATE: u64 = 64 * 1024;
const MAX_DIGEST: usize = 4 * 1024 * 1024;

/// What a digest is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A terminal, or cron's mail.
    Text,
    /// A browser, or a mail.
    Html,
}

/// Writes the digest by a template.
pub fn render(kind: Kind, template: Option<&Path>, data: &Value) -> Result<String, Failure> {
    let own = template.map(read).transpose()?;
    let ours = match kind {
        Kind::Text => include_str!("../../templates/digest.txt"),
        Kind::Html => include_str!("../../templates/digest.html"),
    };
    let source = own.as_deref().unwrap_or(ours);
    let mut engine = Environment::new();
    engine.set_fuel(Some(FUEL));
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_auto_escape_callback(move |_| match kind {
        Kind::Text => AutoEscape::None,
        Kind::Html => AutoEscape::Html,
    });
    let text = engine.render_named_str("digest", source, Serde(data)).map_err(|e| {
        let at = e.line().map(|line| format!(", line {line}")).unwrap_or_default();
        Failure::usage(format!("the template does not work{at}: {}", e.detail().unwrap_or("it cannot be read")))
            .hint("announce(1) tells what a template is given")
    })?;
    match text.len() > MAX_DIGEST {
        true => Err(Failure::usage("the template makes more than 4 MiB")),
        false => Ok(event::harmless(text.trim_end())),
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let unread = |e: std::io::Error| Failure::could(format!("cannot read `{}`: {e}", path.display()));
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(MAX_TEMPLATE.saturating_add(1)).read_to_string(&mut text).map_err(unread)?;
    match u64::try_from(text.len()).is_ok_and(|len| len <= MAX_TEMPLATE) {
        true => Ok(text),
        false => Err(Failure::usage("a template has at most 64 KiB")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::Write;

    fn of(template: &str, kind: Kind) -> Result<String, Failure> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(template.as_bytes()).unwrap();
        render(kind, Some(file.path()), &json!({"me": "<b>", "posts": [1, 2]}))
    }

    #[test]
    fn templates_are_bounded_and_harmless() {
        assert_eq!(of("{{ me }} {{ posts | length }}", Kind::Text).unwrap(), "<b> 2");
        assert_eq!(of("{{ me }}", Kind::Html).unwrap(), "&lt;b&gt;");
        assert_eq!(of("\u{1b}[2J", Kind::Text).unwrap(), "\\u{1b}[2J");
        assert!(
            of("{% for a in range(99999) %}{% for b in range(99999) %}.{% endfor %}{% endfor %}", Kind::Text).is_err()
        );
        assert!(of("{{ me", Kind::Text).unwrap_err().fact.contains("line 1"));
        assert!(of(&"x".repeat(70_000), Kind::Text).is_err());
        assert!(of("{% include '/etc/passwd' %}", Kind::Text).is_err());
    }

    #[test]
    fn our_templates_work_with_nothing_to_say() {
        let data = json!({"community": "C", "me": null, "until": "now"});
        assert_eq!(render(Kind::Text, None, &data).unwrap(), "C: news for readers, now");
        assert!(render(Kind::Html, None, &data).unwrap().contains("<h1>C: news for readers</h1>"));
    }
}
