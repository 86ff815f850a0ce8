//! The fields of an event as git trailers: `Key: value`, one line each, in a fixed order.

use std::fmt::{self, Display, Write};
use std::str::FromStr;

/// Why some bytes are not an event, or a text not a value: one sentence without a final stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

impl Malformed {
    /// A reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Malformed(reason.into())
    }
}

/// Writes trailers.
#[derive(Default)]
pub(crate) struct Writer(String);

impl Writer {
    /// Goes on after this text.
    pub fn after(text: String) -> Self {
        Writer(text)
    }

    pub fn line(&mut self, key: &str, value: impl Display) {
        // Writing into a String cannot fail.
        let _ = writeln!(self.0, "{key}: {value}");
    }

    pub fn maybe(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    pub fn many(&mut self, key: &str, values: impl IntoIterator<Item = impl Display>) {
        for value in values {
            self.line(key, value);
        }
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// Reads trailers in their fixed order; what is left over is an error.
pub(crate) struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    pub fn new(block: &'a str) -> Self {
        Reader { rest: block }
    }

    fn next_if(&mut self, key: &str) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        let value = line.strip_prefix(key)?.strip_prefix(": ")?;
        self.rest = rest;
        Some(value)
    }

    pub fn take<T: FromStr<Err = Malformed>>(&mut self, key: &str) -> Result<T, Malformed> {
        self.maybe(key)?.ok_or_else(|| Malformed::new(format!("field `{key}` is missing or out of order")))
    }

    pub fn maybe<T: FromStr<Err = Malformed>>(&mut self, key: &str) -> Result<Option<T>, Malformed> {
        self.next_if(key).map(|value| parse(key, value)).transpose()
    }

    /// Lines of one key, at most `max`.
    pub fn many<T: FromStr<Err = Malformed>>(&mut self, key: &str, max: usize) -> Result<Vec<T>, Malformed> {
        let mut found = Vec::new();
        while let Some(value) = self.next_if(key) {
            if found.len() == max {
                return Err(Malformed::new(format!("more than {max} lines `{key}`")));
            }
            found.push(parse(key, value)?);
        }
        Ok(found)
    }

    pub fn finish(self) -> Result<(), Malformed> {
        match self.rest.split('\n').next() {
            Some("") | None => Ok(()),
            Some(line) => {
                let begin: String = line.chars().take(40).collect();
                Err(Malformed::new(format!("unexpected field `{}`", crate::harmless_line(&begin))))
            }
        }
    }
}

fn parse<T: FromStr<Err = Malformed>>(key: &str, value: &str) -> Result<T, Malformed> {
    value.parse().map_err(|e: Malformed| Malformed::new(format!("field `{key}`: {e}")))
}

/// A whole number as a trailer value.
#[derive(Clone, Copy)]
pub(crate) struct Number(pub u64);

impl FromStr for Number {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not a whole number", crate::harmless_line(text)));
        if text.is_empty() || text.len() > 19 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        text.parse().map(Number).map_err(|_| bad())
    }
}

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The value of a line that is there or not: `yes`.
pub(crate) struct Yes;

impl Yes {
    pub fn said(said: bool) -> Option<Yes> {
        said.then_some(Yes)
    }

    pub fn take(from: &mut Reader<'_>, key: &str) -> Result<bool, Malformed> {
        Ok(from.maybe::<Yes>(key)?.is_some())
    }
}

impl FromStr for Yes {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "yes" => Ok(Yes),
            other => Err(Malformed::new(format!("`{}` is not `yes`", crate::harmless_line(other)))),
        }
    }
}

impl Display for Yes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("yes")
    }
}

/// `true` when sorted and without repetition, the only order in which sets are written.
pub(crate) fn is_set<T: Ord>(values: &[T]) -> bool {
    values.windows(2).all(|pair| pair[0] < pair[1])
}
