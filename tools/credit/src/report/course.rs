//! How an account went: its balance at the end of each slice of time, and what came and went in it.

use event::{Account, Time, UnitDef};
use frame::{Failure, Session};

use crate::span::Span;

const DAY: i64 = 86_400;

/// The most slices of a course.
const MOST: i64 = 24;

/// Some days of an account; amounts in smallest parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The first second.
    pub from: Time,
    /// The last second.
    pub until: Time,
    /// What left the account.
    pub sent: i64,
    /// What came to it, returns included.
    pub received: i64,
    /// What it held at the end.
    pub balance: i64,
}

/// What it held before, and what followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Before the first slice.
    pub opening: i64,
    /// Equally many whole days each, the last one perhaps beyond the end; none if nothing moved.
    pub slices: Vec<Slice>,
}

/// The course of an account in one unit, from the first movement in the span to the last, or as the span has it.
pub fn course(session: &Session, account: &Account, unit: &UnitDef, span: Span) -> Result<Course, Failure> {
    let mut moves: Vec<(Time, i64)> = Vec::new();
    let mut opening = session.store.carried(account, &unit.unit)?;
    session.store.transfers(span.until, |transfer| {
        if transfer.account == *account && transfer.unit == unit.unit {
            match span.is_after(transfer.time) {
                true => opening = opening.saturating_add(transfer.minor),
                false => moves.push((transfer.time, transfer.minor)),
            }
        }
        Ok::<(), Failure>(())
    })?;
    let first = span.since.or_else(|| moves.first().map(|(time, _)| *time));
    let last = span.until.or_else(|| moves.last().map(|(time, _)| *time)).max(first);
    Ok(match first.zip(last).filter(|_| !moves.is_empty()) {
        Some((first, last)) => Course { opening, slices: slices(opening, &moves, first, last) },
        None => Course { opening, slices: Vec::new() },
    })
}

fn slices(opening: i64, moves: &[(Time, i64)], first: Time, last: Time) -> Vec<Slice> {
    let begin = first.seconds() / DAY;
    let days = (last.seconds() / DAY).saturating_sub(begin).saturating_add(1);
    let each = days.saturating_add(MOST - 1) / MOST;
    let second = |day: i64| Time::clamped(day.saturating_mul(DAY));
    let mut balance = opening;
    let mut moves = moves.iter().peekable();
    let mut all = Vec::new();
    for n in 0..days.saturating_add(each - 1) / each {
        let day = begin.saturating_add(n.saturating_mul(each));
        let end = second(day.saturating_add(each));
        let (mut sent, mut received) = (0i64, 0i64);
        while let Some((_, minor)) = moves.next_if(|(time, _)| *time < end) {
            balance = balance.saturating_add(*minor);
            match *minor < 0 {
                true => sent = sent.saturating_sub(*minor),
                false => received = received.saturating_add(*minor),
            }
        }
        let until = Time::clamped(end.seconds().saturating_sub(1));
        all.push(Slice { from: second(day), until, sent, received, balance });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_so_many_slices_and_nothing_lost() {
        for days in [1, 2, 23, 24, 25, 48, 49, 1_000] {
            let time = |day: i64| Time::new(day * DAY + 7).unwrap();
            let moves: Vec<(Time, i64)> = (0..days).map(|day| (time(day), if day % 3 == 0 { -5 } else { 3 })).collect();
            let all = slices(100, &moves, time(0), time(days - 1));
            assert!(!all.is_empty() && all.len() <= 24, "{days}: {}", all.len());
            let end = 100 + moves.iter().map(|(_, minor)| minor).sum::<i64>();
            assert_eq!(all.last().unwrap().balance, end);
            assert_eq!(100 + all.iter().map(|s| s.received - s.sent).sum::<i64>(), end);
        }
    }
}
