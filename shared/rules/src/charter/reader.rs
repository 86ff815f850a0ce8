//! Reads TOML with a place for everything, and collects what is wrong instead of stopping at the first mistake.

use std::cell::RefCell;
use std::fmt;
use std::str::FromStr;

use event::{Malformed, harmless_line};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{BadCharter, MAX_PROBLEMS, Problem};
use super::{MAX_DOCUMENT, MAX_NAMED};

/// The most dots in a line that is no comment: dotted keys nest tables, and deep nests end badly.
const MAX_DOTS: usize = 8;

/// A document under the reader's eyes, and what is wrong with it.
pub(super) struct Reading<'d> {
    text: &'d str,
    problems: RefCell<Vec<Problem>>,
}

/// A value, with its place and its path.
#[derive(Clone)]
pub(super) struct Field<'r, 'd> {
    reading: &'r Reading<'d>,
    path: String,
    start: usize,
    value: Value<'r, 'd>,
}

#[derive(Clone, Copy)]
enum Value<'r, 'd> {
    Table(&'r DeTable<'d>),
    Other(&'r DeValue<'d>),
}

/// A table whose keys are known.
pub(super) struct Table<'r, 'd> {
    field: Field<'r, 'd>,
    rows: &'r DeTable<'d>,
}

impl<'d> Reading<'d> {
    /// Reads a document; a problem anywhere means that there is none.
    pub fn of<T>(text: &'d str, read: impl for<'r> FnOnce(Field<'r, 'd>) -> Option<T>) -> Result<T, BadCharter> {
        let reading = Reading { text, problems: RefCell::default() };
        let done = reading.parsed().and_then(|parsed| {
            let start = parsed.span().start;
            let root = Field { reading: &reading, path: String::new(), start, value: Value::Table(parsed.get_ref()) };
            read(root)
        });
        let mut problems = reading.problems.take();
        problems.sort();
        problems.dedup();
        problems.truncate(MAX_PROBLEMS);
        match done {
            Some(done) if problems.is_empty() => Ok(done),
            _ => Err(BadCharter(problems)),
        }
    }

    /// The TOML, where it is some; what could make the TOML reader stumble is turned away before.
    fn parsed(&self) -> Option<Spanned<DeTable<'d>>> {
        if self.text.len() > MAX_DOCUMENT {
            self.note(0, String::new(), format!("a rules document has at most {MAX_DOCUMENT} bytes"));
            return None;
        }
        let mut start = 0;
        for line in self.text.split(['\n', '\r']) {
            let dots = line.bytes().filter(|b| *b == b'.').count();
            if dots > MAX_DOTS && !line.trim_start().starts_with('#') {
                self.note(start, String::new(), format!("more than {MAX_DOTS} dots in a line"));
                return None;
            }
            start = start.saturating_add(line.len()).saturating_add(1);
        }
        match DeTable::parse(self.text) {
            Ok(table) => Some(table),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                self.note(start, self.near(start), error.message().replace('\n', ", "));
                None
            }
        }
    }

    /// The key on the line of a syntax error, with the table above it, as far as one can see.
    fn near(&self, start: usize) -> String {
        let before = self.text.get(..start).unwrap_or(self.text);
        let begin = before.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let line = self.text.get(begin..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let header = |line: &str| -> Option<String> {
            let name = line.trim().strip_prefix('[')?.split([']', '#']).next()?.trim();
            (!name.is_empty()).then(|| harmless_line(name))
        };
        let table = before.get(..begin).unwrap_or("").lines().rev().find_map(header);
        match (table, line.split_once('=').map(|(key, _)| harmless_line(key.trim())).filter(|key| !key.is_empty())) {
            (Some(table), Some(key)) => format!("{table}.{key}"),
            (None, Some(key)) => key,
            (_, None) => header(line).unwrap_or_default(),
        }
    }

    fn note(&self, start: usize, key: String, what: String) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < MAX_NAMED {
            let before = self.text.get(..start).unwrap_or(self.text);
            let line = before.matches('\n').count().saturating_add(1);
            let last = before.rsplit('\n').next().unwrap_or("");
            let column = last.chars().count().saturating_add(1);
            problems.push(Problem { line, column, key, what });
        }
    }
}

impl<'r, 'd> Field<'r, 'd> {
    /// Says what is wrong with it.
    pub fn no(&self, what: impl Into<String>) {
        self.reading.note(self.start, self.path.clone(), what.into());
    }

    /// The same, as the end of reading it.
    pub fn fails<T>(&self, what: impl Into<String>) -> Option<T> {
        self.no(what);
        None
    }

    /// A table with no other keys than these.
    pub fn table(self, known: &[&str]) -> Option<Table<'r, 'd>> {
        let rows = self.rows()?;
        for (key, value) in rows {
            if !known.contains(&&**key.get_ref()) {
                let field = self.below(key, value);
                match nearest(key.get_ref(), known.iter().copied()) {
                    Some(near) => field.no(format!("no such key; did you mean `{near}`?")),
                    None => field.no(format!("no such key; here go {}", known.join(", "))),
                }
            }
        }
        Some(Table { field: self, rows })
    }

    /// A table whose keys are names that the community chose, at most 64.
    pub fn named(&self) -> Vec<(&'r str, Field<'r, 'd>)> {
        let Some(rows) = self.rows() else { return Vec::new() };
        if rows.len() > MAX_NAMED {
            self.no(format!("more than {MAX_NAMED} of them"));
            return Vec::new();
        }
        rows.iter().map(|(key, value)| (&**key.get_ref(), self.below(key, value))).collect()
    }

    /// A text, read by its own type.
    pub fn parse<T: FromStr<Err = Malformed>>(&self) -> Option<T> {
        self.with(T::from_str)
    }

    /// A text, read by a function.
    pub fn with<T>(&self, read: impl FnOnce(&str) -> Result<T, Malformed>) -> Option<T> {
        match read(self.text()?) {
            Ok(value) => Some(value),
            Err(error) => self.fails(error.to_string()),
        }
    }

    /// `true` or `false`.
    pub fn truth(&self) -> Option<bool> {
        match self.value {
            Value::Other(DeValue::Boolean(truth)) => Some(*truth),
            _ => self.fails("is `true` or `false`, without quotes"),
        }
    }

    /// A list, or one value that stands for a list of one.
    pub fn list(&self) -> Vec<Field<'r, 'd>> {
        match self.value {
            Value::Other(DeValue::Array(values)) => {
                if values.len() > MAX_NAMED {
                    self.no(format!("more than {MAX_NAMED} of them"));
                    return Vec::new();
                }
                let field = |value: &'r Spanned<DeValue<'d>>| Field {
                    start: value.span().start,
                    value: Value::Other(value.get_ref()),
                    ..self.clone()
                };
                values.iter().map(field).collect()
            }
            _ => vec![self.clone()],
        }
    }

    /// A text.
    pub fn text(&self) -> Option<&'r str> {
        match self.value {
            Value::Other(DeValue::String(text)) => Some(text),
            Value::Other(DeValue::Integer(n)) => self.quotes(n.as_str()),
            Value::Other(DeValue::Float(n)) => self.quotes(n.as_str()),
            Value::Other(DeValue::Array(_)) => self.fails("is one text in quotes, not a list"),
            Value::Table(_) | Value::Other(DeValue::Table(_)) => self.fails("is a text in quotes, not a table"),
            Value::Other(DeValue::Boolean(_) | DeValue::Datetime(_)) => self.fails("is a text in quotes"),
        }
    }

    fn quotes<T>(&self, number: &str) -> Option<T> {
        self.fails(format!("write it in quotes: \"{}\"", harmless_line(number)))
    }

    fn rows(&self) -> Option<&'r DeTable<'d>> {
        match self.value {
            Value::Table(rows) | Value::Other(DeValue::Table(rows)) => Some(rows),
            Value::Other(_) => self.fails(format!("is a table: write `[{}]` and its keys below", self.path)),
        }
    }

    fn below(&self, key: &Spanned<DeString<'d>>, value: &'r Spanned<DeValue<'d>>) -> Field<'r, 'd> {
        let name = harmless_line(key.get_ref());
        let path = if self.path.is_empty() { name } else { format!("{}.{name}", self.path) };
        Field { reading: self.reading, path, start: key.span().start, value: Value::Other(value.get_ref()) }
    }
}

impl<'r, 'd> Table<'r, 'd> {
    /// A value, where the key is there.
    pub fn get(&self, key: &str) -> Option<Field<'r, 'd>> {
        let (key, value) = self.rows.get_key_value(key)?;
        Some(self.field.below(key, value))
    }

    /// A value that must be there.
    pub fn need(&self, key: &str) -> Option<Field<'r, 'd>> {
        let found = self.get(key);
        if found.is_none() {
            self.no(format!("`{key}` is missing"));
        }
        found
    }

    /// Says what is wrong with the table.
    pub fn no(&self, what: impl fmt::Display) {
        self.field.no(what.to_string());
    }
}
