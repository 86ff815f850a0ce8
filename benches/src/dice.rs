//! Chance that is the same on every machine.

/// A xorshift generator; everyone's begins alike.
pub struct Dice(u64);

impl Default for Dice {
    fn default() -> Self {
        Dice(1)
    }
}

impl Dice {
    /// The same dice for everyone.
    /// A number from 0 to one less than the sides; there is at least one.
    pub fn roll(&mut self, sides: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}
