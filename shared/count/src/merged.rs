//! Rows that are often equal, each kept once with how often it occurs.
//!
//! Equal rows are found by an open table of row numbers over one arena. A row whose place is not found within a few
//! steps is kept a second time: no result depends on merging, and crafted rows cannot make the table slow.

use crate::Error;

/// The most rows that are held: 2^24 different ballots.
pub const MAX_ROWS: usize = 1 << 24;
/// The most entries that are held in all rows together.
pub const MAX_ENTRIES: usize = 1 << 28;
/// The most ballots, or weight of ballots, in one count.
pub const MAX_BALLOTS: u64 = 100_000_000_000_000;

const STEPS: usize = 24;
const NONE: u32 = u32::MAX;

/// An entry of a row.
pub(crate) trait Entry: Copy + Eq {
    fn bits(self) -> u64;
}

impl Entry for u16 {
    fn bits(self) -> u64 {
        self.into()
    }
}

impl Entry for i32 {
    fn bits(self) -> u64 {
        u64::from(self.cast_unsigned())
    }
}

/// Rows with their weights.
#[derive(Debug, Clone)]
pub(crate) struct Merged<T> {
    arena: Vec<T>,
    ends: Vec<u32>,
    weights: Vec<u64>,
    table: Vec<u32>,
    total: u64,
}

impl<T: Entry> Merged<T> {
    pub fn new() -> Self {
        Merged { arena: Vec::new(), ends: Vec::new(), weights: Vec::new(), table: vec![NONE; 64], total: 0 }
    }

    /// Adds a row that occurs `weight` times.
    pub fn add(&mut self, weight: u64, row: &[T]) -> Result<(), Error> {
        self.total = self
            .total
            .checked_add(weight)
            .filter(|total| *total <= MAX_BALLOTS)
            .ok_or_else(|| Error::TooMuch(format!("more than {MAX_BALLOTS} ballots")))?;
        let mask = self.table.len() - 1;
        let mut slot = hash(row) & mask;
        for _ in 0..STEPS {
            let found = self.table[slot];
            if found == NONE {
                self.table[slot] = self.append(weight, row)?;
                return match self.ends.len() * 2 > self.table.len() {
                    true => self.widen(),
                    false => Ok(()),
                };
            }
            if self.row(found as usize) == row {
                self.weights[found as usize] += weight;
                return Ok(());
            }
            slot = (slot + 1) & mask;
        }
        self.append(weight, row).map(|_| ())
    }

    fn append(&mut self, weight: u64, row: &[T]) -> Result<u32, Error> {
        let number = self.ends.len();
        if number >= MAX_ROWS || self.arena.len() + row.len() > MAX_ENTRIES {
            return Err(Error::TooMuch(format!("more than {MAX_ROWS} different ballots, or too long ones")));
        }
        self.arena.extend_from_slice(row);
        self.ends.push(self.arena.len() as u32);
        self.weights.push(weight);
        Ok(number as u32)
    }

    fn widen(&mut self) -> Result<(), Error> {
        let mask = self.table.len() * 2 - 1;
        self.table = Vec::new();
        let mut table = vec![NONE; mask + 1];
        for number in 0..self.ends.len() {
            let mut slot = hash(self.row(number)) & mask;
            for _ in 0..STEPS {
                if table[slot] == NONE {
                    table[slot] = number as u32;
                    break;
                }
                slot = (slot + 1) & mask;
            }
        }
        self.table = table;
        Ok(())
    }

    /// Gives back what only merging needs.
    pub fn close(&mut self) {
        self.table = vec![NONE; 64];
        self.arena.shrink_to_fit();
    }

    /// How many different rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn row(&self, number: usize) -> &[T] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.arena[start..self.ends[number] as usize]
    }

    pub fn weight(&self, number: usize) -> u64 {
        self.weights[number]
    }

    /// The weight of all rows.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Every row with its weight.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[T])> {
        (0..self.len()).map(|n| (self.weights[n], self.row(n)))
    }
}

fn hash<T: Entry>(row: &[T]) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = row.iter().fold(row.len() as u64, |h, entry| (h.rotate_left(5) ^ entry.bits()).wrapping_mul(MIX));
    ((mixed ^ (mixed >> 32)).wrapping_mul(MIX) >> 24) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_one() {
        let mut rows = Merged::<u16>::new();
        for n in 0..10_000u16 {
            rows.add(2, &[n % 100, n % 7]).unwrap();
        }
        assert_eq!((rows.len(), rows.total()), (700, 20_000));
        assert!(rows.iter().all(|(weight, row)| weight % 2 == 0 && row.len() == 2));
        rows.add(1, &[]).unwrap();
        assert_eq!(rows.row(700), &[] as &[u16]);
    }

    #[test]
    fn weights_do_not_overflow() {
        let mut rows = Merged::<i32>::new();
        rows.add(MAX_BALLOTS, &[1]).unwrap();
        assert!(matches!(rows.add(1, &[1]), Err(Error::TooMuch(_))));
        assert!(matches!(Merged::<i32>::new().add(u64::MAX, &[1]), Err(Error::TooMuch(_))));
    }
}
