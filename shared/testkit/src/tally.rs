//! What was seen, so that a silent generator cannot pass for a sound law.

use std::collections::BTreeMap;

/// How often each thing was seen.
#[derive(Debug, Default)]
pub struct Tally(pub BTreeMap<&'static str, usize>);

impl Tally {
    /// So many more of something.
    pub fn add(&mut self, what: &'static str, n: usize) {
        *self.0.entry(what).or_default() += n;
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: Tally) -> Tally {
        other.0.into_iter().for_each(|(what, n)| self.add(what, n));
        self
    }
}
