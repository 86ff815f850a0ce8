//! Acknowledgement: a steward signs which events of which chains it has seen (protocol, section 6).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Number, Reader, Writer};
use crate::{Device, EventId};

/// The most lines in one acknowledgement.
const MAX_LINES: usize = 500;

/// A place on a chain: this event, and with it all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Whose chain.
    pub device: Device,
    /// How far.
    pub seq: u64,
    /// On which branch.
    pub id: EventId,
}

/// What a steward's device has seen: one line for each chain that moved, sorted by device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// 1 to 500 positions.
    pub positions: Vec<Position>,
}

impl Ack {
    /// How many positions fit into one event.
    pub const MAX: usize = MAX_LINES;

    pub(crate) fn put(&self, out: &mut Writer) {
        out.many("Ack", &self.positions);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let positions: Vec<Position> = from.many("Ack", MAX_LINES)?;
        let sorted = positions.windows(2).all(|pair| pair[0].device < pair[1].device);
        match sorted && !positions.is_empty() {
            true => Ok(Ack { positions }),
            false => Err(Malformed::new("an acknowledgement names each chain once, sorted by device")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self.positions.len() {
            1 => "acknowledge 1 chain".to_owned(),
            n => format!("acknowledge {n} chains"),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.device, self.seq, self.id)
    }
}

impl FromStr for Position {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or_else(|| Malformed::new("a position is `device seq id`"));
        let (device, seq, id) = (next()?.parse()?, next()?.parse::<Number>()?.0, next()?.parse()?);
        match parts.next() {
            None if seq <= i64::MAX.unsigned_abs() => Ok(Position { device, seq, id }),
            None => Err(Malformed::new("seq out of range")),
            Some(_) => Err(Malformed::new("a position is `device seq id`")),
        }
    }
}
