//! The result of a poll as an SVG picture for the minutes: bars with their numbers, nothing told by colour alone.

use std::fmt::Write;
use std::path::Path;

use frame::{Failure, Output};

use crate::tally::Tally;

const WIDTH: u64 = 720;
const LABEL: u64 = 220;
const ROW: u64 = 28;
const TOP: u64 = 72;

/// Writes the picture to a file, or to standard output for `-`.
pub fn write(tally: &Tally<'_>, file: &Path, out: &mut Output) -> Result<(), Failure> {
    let picture = picture(tally);
    if file.as_os_str() == "-" {
        return out.raw(&picture);
    }
    std::fs::write(file, picture).map_err(|e| Failure::could(format!("cannot write `{}`: {e}", file.display())))?;
    out.status(format!("wrote {}", file.display()));
    Ok(())
}

/// One row: a name, a figure as text, and its size in parts of the largest.
fn rows(tally: &Tally<'_>) -> Vec<(String, String, u64)> {
    let answers = tally.answers();
    if !answers.is_empty() {
        let most = u64::from(tally.outcome.electorate).max(1);
        let parts = |n: u32| u64::from(n).saturating_mul(1000).checked_div(most).unwrap_or(0);
        return answers.into_iter().map(|(name, n)| (name.to_owned(), n.to_string(), parts(n))).collect();
    }
    let Some(elected) = &tally.elected else { return Vec::new() };
    let figures = match (&elected.scores, elected.rounds.last()) {
        (Some(scores), _) => scores.clone(),
        (None, Some(round)) => round.tally.clone(),
        (None, None) => Vec::new(),
    };
    let texts: Vec<(usize, String)> = figures.iter().map(|(n, figure)| (*n, figure.to_string())).collect();
    let most = texts.iter().map(|(_, text)| thousandths(text)).max().unwrap_or(0).max(1);
    let row = |(n, text): (usize, String)| {
        let name = elected.candidates.get(n).cloned().unwrap_or_default();
        let wins = if elected.winners.contains(&n) { " ✓" } else { "" };
        let parts = thousandths(&text).saturating_mul(1000).checked_div(most).unwrap_or(0);
        (format!("{name}{wins}"), text, parts)
    };
    texts.into_iter().map(row).collect()
}

/// A decimal or `a/b` in thousandths, for the length of a bar only.
fn thousandths(text: &str) -> u64 {
    if let Some((over, under)) = text.split_once('/') {
        let (over, under): (u64, u64) = (over.parse().unwrap_or(0), under.parse().unwrap_or(1));
        return over.saturating_mul(1000).checked_div(under).unwrap_or(0);
    }
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let decimals: String = rest.chars().chain("000".chars()).take(3).collect();
    let whole: u64 = whole.parse().unwrap_or(0);
    whole.saturating_mul(1000).saturating_add(decimals.parse().unwrap_or(0))
}

fn picture(tally: &Tally<'_>) -> String {
    let rows = rows(tally);
    let count = u64::try_from(rows.len()).unwrap_or(0);
    let height = TOP.saturating_add(ROW.saturating_mul(count)).saturating_add(36);
    let question = escaped(tally.poll.row.open.question.as_str());
    let standing = escaped(&tally.standing());
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"14\">\n<title>{question}</title>\n<desc>{standing}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"28\" font-size=\"18\" font-weight=\"bold\">{question}</text>\n\
         <text x=\"16\" y=\"52\">{standing}</text>"
    );
    for (row, n) in rows.iter().zip(0_u64..) {
        let (name, figure, parts) = row;
        let y = TOP.saturating_add(ROW.saturating_mul(n));
        let long = parts.saturating_mul(WIDTH.saturating_sub(LABEL).saturating_sub(110)).checked_div(1000).unwrap_or(0);
        let base = y.saturating_add(16);
        let _ = writeln!(
            text,
            "<text x=\"16\" y=\"{base}\">{}</text>\n\
             <rect x=\"{LABEL}\" y=\"{y}\" width=\"{long}\" height=\"20\" fill=\"#1f5fa8\"/>\n\
             <text x=\"{}\" y=\"{base}\">{}</text>",
            escaped(&shortened(name)),
            LABEL.saturating_add(long).saturating_add(8),
            escaped(figure),
        );
    }
    let foot = height.saturating_sub(12);
    let turnout = format!("{} of {} voted", tally.outcome.tally.voted(), tally.outcome.electorate);
    let _ = writeln!(text, "<text x=\"16\" y=\"{foot}\" font-size=\"12\">{}</text>\n</svg>", escaped(&turnout));
    text
}

/// What fits beside a bar.
fn shortened(name: &str) -> String {
    match name.chars().count() > 28 {
        true => name.chars().take(27).chain(std::iter::once('…')).collect(),
        false => name.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    frame::escaped(&event::harmless_line(text))
}
