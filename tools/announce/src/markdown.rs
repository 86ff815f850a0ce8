//! Markdown as people read it in a terminal.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// How wide a paragraph is.
const WIDTH: usize = 76;

/// The text's parts.
pub fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES)
}

/// Plain text: paragraphs wrapped, lists with dashes or numbers, links with their targets behind them.
pub fn to_plain(text: &str) -> String {
    let mut page = Page::default();
    for event in parser(text) {
        page.take(event);
    }
    page.end_block();
    page.out.trim_end().to_owned()
}

/// Plain text as it grows.
#[derive(Default)]
struct Page {
    out: String,
    /// The words of the block that is being read.
    block: String,
    /// What stands before each line of a block, by how deep it is.
    before: Vec<String>,
    /// What stands before the first line of the next block instead.
    mark: Option<String>,
    /// The numbers of ordered lists, none of plain ones.
    lists: Vec<Option<u64>>,
    links: Vec<String>,
    verbatim: bool,
    /// Whether the next item is the first of its list.
    begun: bool,
    /// Whether no empty line goes before the next block.
    tight: bool,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.block.push_str(&text),
            Event::Code(code) => {
                self.block.push('`');
                self.block.push_str(&code);
                self.block.push('`');
            }
            // Who breaks a line in plain text means it.
            Event::SoftBreak | Event::HardBreak => self.block.push('\n'),
            Event::Rule => {
                self.end_block();
                self.block.push_str("----");
                self.end_block();
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { .. } | Tag::Paragraph | Tag::HtmlBlock => self.end_block(),
            Tag::BlockQuote(_) => {
                self.end_block();
                self.before.push("> ".to_owned());
            }
            Tag::CodeBlock(_) => {
                self.end_block();
                self.before.push("    ".to_owned());
                self.verbatim = true;
            }
            Tag::List(first) => {
                self.end_block();
                self.lists.push(first);
                self.begun = true;
            }
            Tag::Item => {
                self.end_block();
                let mark = match self.lists.last_mut() {
                    Some(Some(n)) => {
                        let mark = format!("{n}. ");
                        *n = n.saturating_add(1);
                        mark
                    }
                    _ => "- ".to_owned(),
                };
                self.before.push(" ".repeat(mark.len()));
                self.mark = Some(mark);
                self.tight = !std::mem::take(&mut self.begun);
            }
            Tag::Strong => self.block.push('*'),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::TableRow | Tag::TableHead => self.end_block(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                let line = "=".repeat(self.block.chars().count().min(WIDTH));
                self.block.push('\n');
                self.block.push_str(&line);
                self.end_block();
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::TableRow | TagEnd::TableHead => self.end_block(),
            TagEnd::TableCell => self.block.push_str("  "),
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.before.pop();
            }
            TagEnd::Item => {
                self.end_block();
                self.before.pop();
            }
            TagEnd::CodeBlock => {
                self.end_block();
                self.verbatim = false;
                self.before.pop();
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::Strong => self.block.push('*'),
            TagEnd::Link | TagEnd::Image => {
                let link = self.links.pop().unwrap_or_default();
                if !link.is_empty() && !self.block.ends_with(&link) {
                    self.block.push_str(&format!(" <{link}>"));
                }
            }
            _ => {}
        }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        let block = block.trim_end();
        if block.is_empty() {
            return;
        }
        if !self.out.is_empty() && !self.tight {
            self.out.push('\n');
        }
        self.tight = false;
        let before = self.before.concat();
        let width = WIDTH.saturating_sub(before.len()).max(20);
        let verbatim = self.verbatim;
        for (n, line) in block.split('\n').flat_map(|line| wrapped(line, width, verbatim)).enumerate() {
            match (n, self.mark.take()) {
                (0, Some(mark)) => {
                    let outer = self.before.iter().rev().skip(1).rev().map(String::as_str).collect::<String>();
                    self.out.push_str(&outer);
                    self.out.push_str(&mark);
                }
                _ => self.out.push_str(&before),
            }
            self.out.push_str(&line);
            while self.out.ends_with(' ') {
                self.out.pop();
            }
            self.out.push('\n');
        }
    }
}

fn wrapped(line: &str, width: usize, verbatim: bool) -> Vec<String> {
    if verbatim {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last().map_or(0, |last| last.chars().count());
        if last > 0 && last.saturating_add(word.chars().count()) >= width {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_readable() {
        let text = "# Agenda\n\nWe **must** talk, see [the plan](https://example.org/p).\n\n- roof\n- money:\n  more of \
                    it\n\n1. one\n2. two\n\n> said\n> Ada\n\n```\nlet x  = 1;\n```\n\n<script>alert(1)</script>";
        let plain = "Agenda\n======\n\nWe *must* talk, see the plan <https://example.org/p>.\n\n- roof\n- money:\n  \
                     more of it\n\n1. one\n2. two\n\n> said\n> Ada\n\n    let x  = 1;\n\n<script>alert(1)</script>";
        assert_eq!(to_plain(text), plain);
        assert_eq!(to_plain("just words"), "just words");
        let long = "word ".repeat(40);
        assert!(to_plain(&long).lines().all(|line| line.len() <= WIDTH) && to_plain(&long).lines().count() > 2);
    }
}
