//! The course of an account as a picture: its balance as a line, what came and went as bars below.

use std::fmt::Write;

use event::harmless_line;

use super::course::{Course, Slice};
use crate::span::day;

/// What the picture is of.
pub struct Caption {
    /// Whose, in which community.
    pub title: String,
    /// In which unit.
    pub unit: String,
    /// Smallest parts as a number.
    pub show: fn(i64, u8) -> String,
    /// Decimals.
    pub places: u8,
}

const WIDE: i64 = 720;
const LEFT: i64 = 90;
const RIGHT: i64 = 20;
/// Top and height of the balance, of the bars.
const LINE: (i64, i64) = (50, 190);
const BARS: (i64, i64) = (280, 90);

/// A range of amounts, and the stretch of the picture that it fills, top to bottom.
struct Scale {
    least: i64,
    most: i64,
    top: i64,
    high: i64,
}

impl Scale {
    fn of(amounts: impl Iterator<Item = i64> + Clone, (top, high): (i64, i64)) -> Self {
        let least = amounts.clone().min().unwrap_or(0).min(0);
        Scale { least, most: amounts.max().unwrap_or(0).max(0), top, high }
    }

    /// How far down an amount stands.
    fn y(&self, minor: i64) -> i64 {
        let range = i128::from(self.most).saturating_sub(self.least.into()).max(1);
        let above = i128::from(self.most).saturating_sub(minor.into());
        let down = above.saturating_mul(self.high.into()) / range;
        self.top.saturating_add(i64::try_from(down).unwrap_or(0))
    }
}

/// Text in XML: what people wrote cannot end it, nor reorder it.
fn text(raw: &str) -> String {
    frame::escaped(&harmless_line(raw))
}

/// The picture; nothing in it but shapes and text.
pub fn draw(course: &Course, caption: &Caption) -> String {
    let slices = course.slices.as_slice();
    let show = |minor: i64| (caption.show)(minor, caption.places);
    let balances = std::iter::once(course.opening).chain(slices.iter().map(|s| s.balance));
    let line = Scale::of(balances, LINE);
    let bars = Scale::of(slices.iter().flat_map(|s| [s.received, s.sent.saturating_neg()]), BARS);
    let (title, unit) = (text(&caption.title), text(&caption.unit));
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDE} 420\" role=\"img\" \
         aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"desc\">{}</desc>\n\
         <rect width=\"{WIDE}\" height=\"420\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>",
        text(&description(course, &caption.unit, show)),
    );
    for (scale, name) in [(&line, "balance"), (&bars, "came in (above), went out (below)")] {
        axis(scale, &format!("{name}, {unit}"), show, &mut svg);
    }
    let _ = writeln!(
        svg,
        "<polyline fill=\"none\" stroke=\"#00539b\" stroke-width=\"2\" points=\"{}\"/>",
        points(course, &line)
    );
    for (n, slice) in slices.iter().enumerate() {
        slice_bars(n, slices.len(), slice, &bars, &mut svg);
    }
    if let (Some(first), Some(last)) = (slices.first(), slices.last()) {
        let end = WIDE - RIGHT;
        let _ = writeln!(
            svg,
            "<text x=\"{LEFT}\" y=\"400\">{}</text>\n<text x=\"{end}\" y=\"400\" text-anchor=\"end\">{}</text>",
            day(first.from),
            day(last.until)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The picture in words, for those who do not see it.
fn description(course: &Course, unit: &str, show: impl Fn(i64) -> String) -> String {
    match (course.slices.first(), course.slices.last()) {
        (Some(first), Some(last)) => format!(
            "From {} to {} the balance went from {} to {} {unit}; {} came in, {} went out.",
            day(first.from),
            day(last.until),
            show(course.opening),
            show(last.balance),
            show(course.slices.iter().fold(0, |sum, s| sum.saturating_add(s.received))),
            show(course.slices.iter().fold(0, |sum, s| sum.saturating_add(s.sent))),
        ),
        _ => "Nothing moved.".to_owned(),
    }
}

/// The left end of a slice.
fn x(n: usize, of: usize) -> i64 {
    let room = WIDE - LEFT - RIGHT;
    let (n, of) = (i64::try_from(n).unwrap_or(0), i64::try_from(of).unwrap_or(1).max(1));
    LEFT.saturating_add(room.saturating_mul(n) / of)
}

fn points(course: &Course, scale: &Scale) -> String {
    let all = course.slices.len();
    let ends = course.slices.iter().enumerate().map(|(n, s)| (x(n.saturating_add(1), all), scale.y(s.balance)));
    let points = std::iter::once((LEFT, scale.y(course.opening))).chain(ends);
    points.map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
}

fn axis(scale: &Scale, name: &str, show: impl Fn(i64) -> String, svg: &mut String) {
    let end = WIDE - RIGHT;
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{}\" fill=\"#555\">{name}</text>", scale.top.saturating_sub(6));
    let mut marks = vec![scale.most, 0, scale.least];
    marks.dedup();
    for mark in marks {
        let (y, left) = (scale.y(mark), LEFT - 6);
        let colour = if mark == 0 { "#555" } else { "#ccc" };
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{end}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\"/>\n\
             <text x=\"{left}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            y.saturating_add(4),
            show(mark)
        );
    }
}

fn slice_bars(n: usize, of: usize, slice: &Slice, scale: &Scale, svg: &mut String) {
    let (left, right) = (x(n, of).saturating_add(1), x(n.saturating_add(1), of).saturating_sub(1));
    let (wide, zero) = (right.saturating_sub(left).max(1), scale.y(0));
    for (minor, colour) in [(slice.received, "#00539b"), (slice.sent.saturating_neg(), "#c75b12")] {
        let y = scale.y(minor);
        let (top, high) = (y.min(zero), y.abs_diff(zero));
        if high > 0 {
            let _ =
                writeln!(svg, "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\" fill=\"{colour}\"/>");
        }
    }
}
