//! The only place that prints: the answer on stdout, everything else on stderr, quiet when a pipe closes.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use comfy_table::{CellAlignment, ContentArrangement};
use event::{Amount, EventId, Time, harmless};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use crate::args::{Common, Format};
use crate::failure::{Failure, Kind};

/// Where a tool speaks.
pub struct Output {
    tool: &'static str,
    out: io::BufWriter<io::Stdout>,
    format: Format,
    quiet: bool,
    verbose: bool,
    /// The options, until something was written that must not be written twice.
    common: Option<Common>,
}

/// A column of an answer: its JSON key, and its head in a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// snake_case.
    pub key: &'static str,
    /// For people; an empty head leaves the column out of tables.
    pub head: &'static str,
    /// Numbers stand at the right.
    pub right: bool,
}

/// An answer of rows.
#[derive(Debug, Default, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
    empty: &'static str,
}

impl Table {
    /// A table with these columns, `key|Head`, a head ending in `>` stands at the right.
    pub fn new(columns: &[&'static str], empty: &'static str) -> Self {
        let columns = columns.iter().map(|spec| {
            let (key, head) = spec.split_once('|').unwrap_or((spec, ""));
            Column { key, head: head.trim_end_matches('>'), right: head.ends_with('>') }
        });
        Table { columns: columns.collect(), rows: Vec::new(), empty }
    }

    /// Adds a row, one value for each column.
    pub fn row(&mut self, values: impl IntoIterator<Item = Value>) {
        self.rows.push(values.into_iter().collect());
    }

    /// Each row as a table of its own.
    pub fn apart(&self) -> impl Iterator<Item = Table> {
        self.rows.iter().map(|row| Table { rows: vec![row.clone()], ..self.clone() })
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn objects(&self) -> Vec<Value> {
        let object = |row: &Vec<Value>| {
            let pairs = self.columns.iter().zip(row).map(|(column, value)| (column.key.to_owned(), value.clone()));
            Value::Object(pairs.collect::<Map<_, _>>())
        };
        self.rows.iter().map(object).collect()
    }
}

impl Output {
    pub(crate) fn new(tool: &'static str) -> Self {
        let out = io::BufWriter::new(io::stdout());
        Output { tool, out, format: Format::Table, quiet: false, verbose: false, common: None }
    }

    /// Takes the common options to heart.
    pub fn set(&mut self, common: &Common) {
        self.format = common.chosen();
        self.quiet = common.quiet;
        self.verbose = common.verbose;
        self.common = Some(common.clone());
    }

    /// From here on the command cannot be begun again.
    pub(crate) fn begin_writing(&mut self) {
        self.common = None;
    }

    /// The options, where nothing was written and nothing answered yet.
    pub(crate) fn can_begin_again(&mut self) -> Option<Common> {
        self.common.take().filter(|_| self.out.buffer().is_empty())
    }

    /// The tool's name.
    pub fn tool(&self) -> &'static str {
        self.tool
    }

    /// The format asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// A line of the answer, for tables only.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        let done = writeln!(self.out, "{}", harmless(text.as_ref()));
        closed(done)
    }

    /// Text that is the answer in every format: a script, a file to be.
    pub fn raw(&mut self, text: &str) -> Result<(), Failure> {
        // It may be long: what has left the buffer must not be printed a second time.
        self.common = None;
        closed(self.out.write_all(text.as_bytes()))
    }

    /// Hands over what was answered so far, for what must happen only after that.
    pub fn done(&mut self) -> Result<(), Failure> {
        self.flush()
    }

    /// Text of several lines for people: through their pager where the answer goes to a terminal.
    pub fn page(&mut self, text: &str) -> Result<(), Failure> {
        let text = harmless(text);
        if self.format != Format::Table || !io::stdout().is_terminal() || !crate::pager::paged(&text) {
            return closed(self.out.write_all(text.as_bytes()));
        }
        Ok(())
    }

    /// Status, on stderr.
    pub fn status(&mut self, text: impl AsRef<str>) {
        if !self.quiet {
            self.say(text.as_ref());
        }
    }

    /// An explanation, with `-v` only.
    pub fn explain(&mut self, text: impl AsRef<str>) {
        if self.verbose {
            self.say(text.as_ref());
        }
    }

    /// Trouble that does not end the command; said even with `-q`.
    pub fn warn(&mut self, text: impl AsRef<str>) {
        let text = format!("{}: warning: {}", self.tool, text.as_ref());
        self.say(&text);
    }

    fn say(&mut self, text: &str) {
        // What was answered so far comes first.
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "{}", harmless(text));
    }

    /// A progress bar on a terminal, nothing elsewhere.
    pub fn progress(&self, what: &'static str) -> ProgressBar {
        if self.quiet || !io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner().with_message(what);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {pos}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }

    /// Prints rows in the format asked for.
    pub fn table(&mut self, table: &Table) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(&Value::Array(table.objects())),
            Format::Csv => self.separated(table, b','),
            Format::Tsv => self.separated(table, b'\t'),
            Format::Table => self.drawn(table),
        }
    }

    /// Prints one object: as JSON, as a row, or as a list of its fields.
    pub fn object(&mut self, table: &Table) -> Result<(), Failure> {
        match self.format {
            Format::Json => match table.objects().into_iter().next() {
                Some(object) => self.json(&object),
                None => self.json(&Value::Null),
            },
            Format::Csv | Format::Tsv => self.table(table),
            Format::Table => {
                let wide = table.columns.iter().map(|c| c.head.width()).max().unwrap_or(0);
                for (column, value) in table.columns.iter().zip(table.rows.first().into_iter().flatten()) {
                    let text = plain(value);
                    if !column.head.is_empty() && !text.is_empty() {
                        let pad = " ".repeat(wide.saturating_sub(column.head.width()));
                        self.line(format!("{}{pad}  {text}", column.head))?;
                    }
                }
                Ok(())
            }
        }
    }

    /// Prints one JSON value.
    pub fn json(&mut self, value: &Value) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value).map_err(|e| Failure::could(e.to_string()))?;
        closed(writeln!(self.out, "{}", harmless_json(&text)))
    }

    fn separated(&mut self, table: &Table, delimiter: u8) -> Result<(), Failure> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        let written = (|| {
            writer.write_record(table.columns.iter().map(|c| c.key))?;
            for row in &table.rows {
                writer
                    .write_record(row.iter().map(|value| harmless(&plain(value)).replace(['\n', '\r', '\t'], " ")))?;
            }
            writer.flush()?;
            Ok::<_, csv::Error>(())
        })();
        written.map_err(|e| Failure::could(e.to_string()))?;
        let bytes = writer.into_inner().map_err(|e| Failure::could(e.to_string()))?;
        closed(self.out.write_all(&bytes))
    }

    fn drawn(&mut self, table: &Table) -> Result<(), Failure> {
        if table.rows.is_empty() {
            let empty = table.empty;
            self.status(empty);
            return Ok(());
        }
        let shown: Vec<usize> = (0..table.columns.len()).filter(|n| !table.columns[*n].head.is_empty()).collect();
        let mut drawn = comfy_table::Table::new();
        drawn.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        drawn.set_header(shown.iter().map(|n| table.columns[*n].head.to_uppercase()));
        for row in &table.rows {
            drawn.add_row(
                shown.iter().map(|n| harmless(&row.get(*n).map(plain).unwrap_or_default()).replace('\n', " ")),
            );
        }
        for (at, n) in shown.iter().enumerate() {
            if let Some(column) = drawn.column_mut(at) {
                column.set_padding((0, 2));
                if table.columns[*n].right {
                    column.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        let text = drawn.to_string();
        for line in text.lines() {
            closed(writeln!(self.out, "{}", line.trim_end()))?;
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        closed(self.out.flush())
    }

    pub(crate) fn fail(&mut self, failure: &Failure) -> ExitCode {
        if failure.kind == Kind::Closed {
            return ExitCode::SUCCESS;
        }
        let _ = self.out.flush();
        self.say(&format!("{}: {}", self.tool, failure.fact));
        if let Some(hint) = &failure.hint {
            self.say(&format!("hint: {hint}"));
        }
        ExitCode::from(failure.code())
    }
}

/// What the argument reader has to say, in our words.
pub(crate) fn usage(tool: &str, error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Help and version are answers.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.render().to_string();
    let text = text.trim_start_matches("error: ").trim_end();
    let (body, _) = text.split_once("\n\nUsage:").unwrap_or((text, ""));
    let (body, _) = body.split_once("\n\nFor more information").unwrap_or((body, ""));
    let _ = writeln!(io::stderr(), "{tool}: {}", harmless(body));
    let _ = writeln!(io::stderr(), "hint: `{tool} --help` shows the commands and their options");
    ExitCode::from(2)
}

fn closed(done: io::Result<()>) -> Result<(), Failure> {
    done.map_err(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Failure { kind: Kind::Closed, fact: String::new(), hint: None },
        _ => Failure::could(format!("cannot write the answer: {e}")),
    })
}

/// JSON whose harmful characters (bidi marks and such) are escaped: the same value, and no harm on a terminal.
pub fn harmless_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        let mut letter = [0; 4];
        let letter = c.encode_utf8(&mut letter);
        match c.is_ascii() || harmless(letter) == *letter {
            true => safe.push(c),
            false => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| safe.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    safe
}

/// A value as a cell.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Smallest parts as a decimal number.
pub fn money(minor: i64, places: u8) -> String {
    Amount::show(minor.into(), places)
}

/// The first digits of an id, for people.
pub fn short(id: &EventId) -> String {
    id.short()
}

/// `1 event`, `2 events`.
pub fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// How long ago, in words.
pub fn ago(then: Time, now: Time) -> String {
    let seconds = now.seconds().saturating_sub(then.seconds());
    let count = |n: i64, unit: &str| format!("{n} {unit}{} ago", if n == 1 { "" } else { "s" });
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => count(seconds / 60, "minute"),
        3600..86400 => count(seconds / 3600, "hour"),
        _ => count(seconds / 86400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_value_and_does_no_harm() {
        let wild = json_of("a\u{202e}b\u{e0001}ß\n\u{1b}");
        assert!(wild.is_ascii() || !wild.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<String>(&wild).unwrap(), "a\u{202e}b\u{e0001}ß\n\u{1b}");
    }

    fn json_of(text: &str) -> String {
        harmless_json(&serde_json::to_string(text).unwrap())
    }

    #[test]
    fn ages_in_words() {
        let at = |seconds| Time::clamped(seconds);
        assert_eq!(ago(at(0), at(59)), "just now");
        assert_eq!(ago(at(0), at(60)), "1 minute ago");
        assert_eq!(ago(at(0), at(7200)), "2 hours ago");
        assert_eq!(ago(at(0), at(3 * 86400)), "3 days ago");
    }
}
