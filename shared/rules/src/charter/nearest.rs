//! The word that somebody probably meant.

/// Longer words are not looked at: nobody mistypes them, and the distance takes the product of both lengths.
const MAX_WORD: usize = 32;

/// The known word nearest to this one, if it is near at all: at most a third of its letters differ.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_WORD {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let near = known.into_iter().map(|other| (distance(&word, &other.to_ascii_lowercase()), other));
    near.filter(|(far, other)| far.saturating_mul(3) <= other.len().max(3)).min().map(|(_, other)| other)
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (row, x) in a.bytes().enumerate() {
        let mut corner = row;
        let mut left = row.saturating_add(1);
        let mut next = vec![left];
        for (y, above) in b.bytes().zip(last.iter().skip(1)) {
            let changed = corner.saturating_add(usize::from(x != y));
            left = changed.min(left.saturating_add(1)).min(above.saturating_add(1));
            next.push(left);
            corner = *above;
        }
        last = next;
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant() {
        let known = ["title", "lower", "upper"];
        assert_eq!(nearest("uper", known), Some("upper"));
        assert_eq!(nearest("Lower", known), Some("lower"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
        assert_eq!((distance("kitten", "sitting"), distance("", "ab"), distance("ab", "")), (3, 2, 2));
    }
}
