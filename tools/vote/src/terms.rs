//! The terms of a poll as people type them: shares and thresholds.

use event::{Base, Called, Open, Ratio, Threshold};
use frame::Failure;

/// `1/2`, `50%`, `66.7%`.
pub fn share(text: &str) -> Result<Ratio, Failure> {
    let bad = || {
        Failure::usage(format!("`{}` is not a share", event::harmless_line(text)))
            .hint("write 1/2 or 50%, from nothing to the whole")
    };
    let Some(percent) = text.trim().strip_suffix('%') else {
        return text.trim().parse().map_err(|_| bad());
    };
    let (whole, rest) = percent.split_once('.').unwrap_or((percent, ""));
    let digits = format!("{whole}{rest}");
    let places = u32::try_from(rest.len()).map_err(|_| bad())?;
    if whole.is_empty() || places > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let over = digits.parse().map_err(|_| bad())?;
    Ratio::new(over, 10u32.pow(places).saturating_mul(100)).map_err(|_| bad())
}

/// `>1/2`, `>=2/3`, `1/4 of electorate`; a bare share means that reaching it is enough, of `of` if nothing is said.
pub fn threshold(text: &str, of: &str) -> Result<Threshold, Failure> {
    let (typed, of) = text.trim().split_once(" of ").unwrap_or((text.trim(), of));
    let base = match of.trim() {
        "cast" => Base::Cast,
        "electorate" => Base::Electorate,
        other => {
            return Err(Failure::usage(format!("`{}` is nothing to take a share of", event::harmless_line(other)))
                .hint("a share is of cast or of electorate"));
        }
    };
    let (more_than, rest) = match (typed.strip_prefix(">=").or(typed.strip_prefix('≥')), typed.strip_prefix('>')) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => (false, typed),
    };
    let share = share(rest)?;
    let (over, under) = share.parts();
    if more_than && over == under {
        return Err(Failure::usage("more than the whole can never be reached").hint("write >=1/1 if all must agree"));
    }
    Ok(Threshold { share, more_than, base })
}

/// `12`, `12:9/10`, `12:all:14`: a post, the share of the voters who must have notice of it, and days before.
pub fn called(text: &str) -> Result<(&str, Ratio, Option<u16>), Failure> {
    let mut parts = text.splitn(3, ':');
    let post = parts.next().unwrap_or_default();
    let share = match parts.next() {
        None | Some("all") => share("1/1")?,
        Some(said) => share(said)?,
    };
    let days = match parts.next() {
        None => None,
        Some(days) => Some(days.strip_suffix('d').unwrap_or(days).parse().map_err(|_| {
            Failure::usage(format!("`{}` is no number of days", event::harmless_line(days)))
                .hint("write --notice POST:SHARE:DAYS, such as 12:all:7")
        })?),
    };
    Ok((post, share, days))
}

/// The terms of a poll in a line.
pub fn said(open: &Open) -> String {
    let mut said = vec![format!("open until {}, quorum {}", open.closes, open.quorum)];
    if !open.thresholds.is_empty() {
        said.push(format!("passes with {}", thresholds(open)));
    }
    if !open.options.is_empty() {
        let seats = open.seats();
        said.push(format!(
            "{}, {seats} of {} options win{}",
            open.method,
            open.options.len(),
            if seats == 1 { "s" } else { "" }
        ));
    }
    if open.method.name() == "consent" {
        let blocks = open.terms.blocks.unwrap_or(1);
        said.push(format!("stopped by {blocks} block{}", if blocks == 1 { "" } else { "s" }));
    }
    if let Some(called) = &open.terms.notice {
        said.push(format!("void unless {}", notice(called)));
    }
    said.join(", ")
}

/// The notice that a poll asks for: `1/1 had notice 7 days before`.
pub fn notice(called: &Called) -> String {
    let days = called.days;
    format!("{} had notice {days} day{} before", called.share, if days == 1 { "" } else { "s" })
}

/// All thresholds of a poll.
pub fn thresholds(open: &Open) -> String {
    open.thresholds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (typed, meant) in [("1/2", "1/2"), ("50%", "1/2"), ("66.7%", "667/1000"), ("100%", "1/1"), (" 0% ", "0/1")]
        {
            assert_eq!(share(typed).unwrap().to_string(), meant, "{typed}");
        }
        for bad in ["", "%", "half", "3/2", "101%", "-1%", "0.5", "1.23456%", "99999999999%", "5 0%", ".5%"] {
            assert!(share(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn calls() {
        let said = |text| called(text).map(|(post, share, days)| (post.to_owned(), share.to_string(), days)).ok();
        assert_eq!(said("12"), Some(("12".to_owned(), "1/1".to_owned(), None)));
        assert_eq!(said("12:all:14"), Some(("12".to_owned(), "1/1".to_owned(), Some(14))));
        assert_eq!(said("ab12:90%:0d"), Some(("ab12".to_owned(), "9/10".to_owned(), Some(0))));
        for bad in ["12:", "12:3/2", "12:all:", "12:all:-1", "12:all:7:8", "12:all:99999"] {
            assert_eq!(said(bad), None, "{bad}");
        }
    }

    #[test]
    fn thresholds() {
        let all = [
            (">1/2", ">1/2 of cast"),
            (">=2/3", ">=2/3 of cast"),
            ("≥ 75%", ">=3/4 of cast"),
            ("2/3", ">=2/3 of cast"),
            ("> 50%", ">1/2 of cast"),
            ("1/4 of electorate", ">=1/4 of electorate"),
        ];
        for (typed, meant) in all {
            assert_eq!(threshold(typed, "cast").unwrap().to_string(), meant, "{typed}");
        }
        for bad in [">100%", "<1/2", "=>1/2", "=1/2", ">"] {
            assert!(threshold(bad, "cast").is_err(), "{bad}");
        }
    }
}
