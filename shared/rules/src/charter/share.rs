//! Shares as people write them: `1/3`, `2%`, `2.5%`, all of them exact.

use event::{Amount, Malformed, Ratio, harmless_line};

/// Reads a share of a whole: two integers, or a percentage of at most four decimals.
///
/// # Errors
/// What is neither, or does not lie between 0 and 1.
pub fn share(text: &str) -> Result<Ratio, Malformed> {
    let bad = || Malformed::new(format!("`{}` is no share such as `1/3` or `2.5%`", harmless_line(text)));
    let Some(percent) = text.strip_suffix('%') else { return text.parse().map_err(|_| bad()) };
    let percent: Amount = percent.parse().map_err(|_| bad())?;
    let under = 10u32.checked_pow(u32::from(percent.places())).and_then(|n| n.checked_mul(100)).ok_or_else(bad)?;
    Ratio::new(u32::try_from(percent.minor()).map_err(|_| bad())?, under).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        let table = [
            ("1/3", "1/3"),
            ("2/100", "1/50"),
            ("2%", "1/50"),
            ("2.5%", "1/40"),
            ("0.0001%", "1/1000000"),
            ("100%", "1/1"),
        ];
        for (text, shown) in table {
            assert_eq!(share(text).unwrap().to_string(), shown);
        }
        for text in ["", "%", "2", "101%", "-1%", "02%", "2 %", "2.%", "0.00001%", "3/2", "1/0", "0.5"] {
            assert!(share(text).is_err(), "{text}");
        }
    }
}
