//! `.scores.csv` and its kin: header `count,NAME,NAME…`, one row for each ballot pattern, blank for nothing marked.

use std::io::{BufRead, Read, Result as IoResult};

use csv::ByteRecord;

use super::Format;
use super::lines::{MAX_LINE, number, piece, text};
use crate::ballots::{Answers, MAX_CANDIDATES, Marked};
use crate::{Error, MAX_BALLOTS};

pub(super) fn marks(input: impl BufRead, format: Format) -> Result<Marked, Error> {
    let mut rows = Rows::new(input);
    let head = rows.next()?.ok_or_else(|| Error::ballots("the file is empty"))?;
    if head.get(0).map(<[u8]>::trim_ascii) != Some(b"count") {
        return Err(Error::line(1, "the header begins with `count`, then the names"));
    }
    if head.len() > MAX_CANDIDATES + 1 {
        return Err(Error::TooMuch(format!("{} options: at most {MAX_CANDIDATES}", head.len() - 1)));
    }
    let names =
        head.iter().skip(1).map(|name| Ok(text(name, 1)?.trim().to_owned())).collect::<Result<Vec<_>, Error>>()?;
    let mut ballots = Marked::new(names).map_err(|e| e.at(1))?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        let at = row.position().map_or(0, csv::Position::line);
        let weight = weight(row.get(0).unwrap_or_default(), at)?;
        if row.len() != ballots.names().len() + 1 {
            return Err(Error::line(
                at,
                format!("{} cells where the header has {}", row.len(), ballots.names().len() + 1),
            ));
        }
        marks.clear();
        for cell in row.iter().skip(1).map(<[u8]>::trim_ascii) {
            let mark =
                mark(cell, format).ok_or_else(|| Error::line(at, format!("{} is no {}", piece(cell), noun(format))))?;
            marks.push(mark);
        }
        ballots.cast(weight, marks.iter().copied()).map_err(|e| e.at(at))?;
    }
    ballots.rows.close();
    Ok(ballots)
}

/// `answer,count`, or `count,answer`; a row may name an answer again.
pub(super) fn answers(input: impl BufRead) -> Result<Answers, Error> {
    let mut rows = Rows::new(input);
    let head = rows.next()?.ok_or_else(|| Error::ballots("the file is empty"))?;
    let place = |what: &[u8]| head.iter().position(|cell| cell.trim_ascii() == what);
    let (Some(answer), Some(count), 2) = (place(b"answer"), place(b"count"), head.len()) else {
        return Err(Error::line(1, "the header is `answer,count`"));
    };
    let mut answers = Answers::default();
    while let Some(row) = rows.next()? {
        let at = row.position().map_or(0, csv::Position::line);
        let weight = weight(row.get(count).unwrap_or_default(), at)?;
        let word = row.get(answer).unwrap_or_default().trim_ascii();
        let place = match word {
            b"yes" | b"agree" | b"consent" => &mut answers.yes,
            b"no" | b"disagree" => &mut answers.no,
            b"abstain" => &mut answers.abstain,
            b"block" | b"objection" => &mut answers.block,
            b"invalid" | b"blank" => &mut answers.invalid,
            _ => {
                return Err(Error::line(at, format!("{} is no answer: yes, no, abstain, block, invalid", piece(word))));
            }
        };
        *place = place.saturating_add(weight);
        answers.cast()?;
    }
    Ok(answers)
}

fn weight(cell: &[u8], at: u64) -> Result<u64, Error> {
    let cell = cell.trim_ascii();
    let weight = number(cell).ok_or_else(|| Error::line(at, format!("{} is no number of ballots", piece(cell))))?;
    match weight > MAX_BALLOTS {
        true => Err(Error::TooMuch(format!("line {at}: more than {MAX_BALLOTS} ballots"))),
        false => Ok(weight),
    }
}

/// The mark of a cell, or nothing if there cannot be such a mark.
fn mark(cell: &[u8], format: Format) -> Option<Option<i32>> {
    if cell.is_empty() {
        return Some(None);
    }
    let mark = match (format, cell) {
        (Format::Times, b"yes") => 2,
        (Format::Times, b"maybe" | b"if need be") => 1,
        (Format::Times | Format::Approvals, b"no") => 0,
        (Format::Approvals, b"yes" | b"x" | b"X") => 1,
        _ => {
            let (sign, digits) = cell.strip_prefix(b"-").map_or((1, cell), |digits| (-1, digits));
            sign * number(digits).and_then(|n| i32::try_from(n).ok())?
        }
    };
    let fits = match format {
        Format::Approvals => matches!(mark, 0 | 1),
        Format::Times => matches!(mark, 0..=2),
        _ => true,
    };
    fits.then_some(Some(mark))
}

fn noun(format: Format) -> &'static str {
    match format {
        Format::Approvals => "approval: 1, 0 or blank",
        Format::Times => "answer for a slot: yes, maybe or no",
        Format::Dots => "number of dots",
        _ => "score: a whole number",
    }
}

/// Rows, none longer than a limit.
struct Rows<R> {
    reader: csv::Reader<Limited<R>>,
    row: ByteRecord,
}

impl<R: BufRead> Rows<R> {
    fn new(input: R) -> Self {
        let limited = Limited { input, since: 0, started: false };
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(limited);
        Rows { reader, row: ByteRecord::new() }
    }

    fn next(&mut self) -> Result<Option<ByteRecord>, Error> {
        match self.reader.read_byte_record(&mut self.row) {
            Ok(true) => Ok(Some(self.row.clone())),
            Ok(false) => Ok(None),
            Err(error) => Err(match error.position().map(csv::Position::line) {
                Some(line) => Error::line(line, error.to_string()),
                None => Error::Read(error.to_string()),
            }),
        }
    }
}

/// Bytes, with an error where no line ends for too long, or where there is a zero byte.
struct Limited<R> {
    input: R,
    since: usize,
    started: bool,
}

impl<R: BufRead> Read for Limited<R> {
    fn read(&mut self, to: &mut [u8]) -> IoResult<usize> {
        let mut n = self.input.read(to)?;
        if !self.started && to[..n].starts_with(b"\xef\xbb\xbf") {
            to.copy_within(3..n, 0);
            n -= 3;
        }
        self.started = true;
        let read = &to[..n];
        self.since = match read.iter().rposition(|b| *b == b'\n') {
            Some(end) => n - end - 1,
            None => self.since + n,
        };
        if self.since > MAX_LINE {
            return Err(std::io::Error::other(format!("a line is longer than {MAX_LINE} bytes")));
        }
        if read.contains(&0) {
            return Err(std::io::Error::other("a zero byte: this is no ballot file"));
        }
        Ok(n)
    }
}
