//! The conditions of one question, as `vote count` takes them.

use count::question::{Base, Counted, Question, Quorum, Size, Threshold};
use count::{Share, fraction};
use frame::Failure;

use crate::result::failure;

/// Conditions of yesno and consent.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "One question (yesno, consent)")]
pub struct Conditions {
    /// The share of yes that passes it: '>1/2', '>=2/3'; a bare share means at least so much
    #[arg(long, value_name = "SHARE")]
    threshold: Option<String>,
    /// What the threshold is a share of: yes and no together, all ballots, or all members
    #[arg(long, value_name = "BASE", value_parser = ["yes-no", "ballots", "members"])]
    of: Option<String>,
    /// How many may vote
    #[arg(long, value_name = "N")]
    members: Option<u64>,
    /// How many must vote, abstentions included: '1/2', '>1/2' of the members, or a number
    #[arg(long, value_name = "SIZE")]
    quorum: Option<String>,
    /// How many must vote yes or no
    #[arg(long, value_name = "SIZE")]
    valid_quorum: Option<String>,
    /// How many must vote yes
    #[arg(long, value_name = "SIZE")]
    approval_quorum: Option<String>,
    /// So many times the square root of the members must vote yes, such as 3/2
    #[arg(long, value_name = "FACTOR")]
    root_quorum: Option<String>,
    /// consent: how many blocks it bears; none if not given
    #[arg(long, value_name = "N")]
    blocks: Option<u64>,
}

impl Conditions {
    /// Whether any of them was given.
    pub fn is_set(&self) -> bool {
        let texts = [&self.threshold, &self.of, &self.quorum, &self.valid_quorum, &self.approval_quorum];
        texts.iter().any(|text| text.is_some())
            || self.root_quorum.is_some()
            || self.members.is_some()
            || self.blocks.is_some()
    }

    /// Sets what was given.
    pub fn set(&self, question: &mut Question) -> Result<(), Failure> {
        question.members = self.members;
        if let Some(text) = &self.threshold {
            let (share, strict) = bar(text)?;
            question.threshold = Some(Threshold { share, strict, of: Base::YesNo });
        }
        match (&mut question.threshold, self.of.as_deref()) {
            (_, None) => {}
            (Some(threshold), Some("ballots")) => threshold.of = Base::Cast,
            (Some(threshold), Some("members")) => threshold.of = Base::Members,
            (Some(threshold), Some(_)) => threshold.of = Base::YesNo,
            (None, Some(_)) => return Err(Failure::usage("--of says what a --threshold is a share of")),
        }
        let quorums = [
            (&self.quorum, Counted::Cast),
            (&self.valid_quorum, Counted::YesNo),
            (&self.approval_quorum, Counted::Yes),
        ];
        for (text, counted) in quorums {
            let Some(text) = text else { continue };
            let quorum = match text.parse::<u64>() {
                Ok(number) => Quorum { size: Size::Number(number), strict: false, counted },
                Err(_) => bar(text).map(|(share, strict)| Quorum { size: Size::Share(share), strict, counted })?,
            };
            question.quorums.push(quorum);
        }
        if let Some(text) = &self.root_quorum {
            let (over, under) = fraction(text).map_err(failure)?;
            question.quorums.push(Quorum { size: Size::Root(over, under), strict: false, counted: Counted::Yes });
        }
        match (self.blocks, &mut question.blocks) {
            (None, _) => Ok(()),
            (Some(n), Some(blocks)) => {
                *blocks = n;
                Ok(())
            }
            (Some(_), None) => Err(Failure::usage("--blocks does not go with the method yesno")),
        }
    }
}

/// `>1/2`, `>=2/3`, `2/3`.
fn bar(text: &str) -> Result<(Share, bool), Failure> {
    let typed = text.trim();
    let at_least = typed.strip_prefix(">=").or(typed.strip_prefix('≥'));
    let (strict, share) = match (at_least, typed.strip_prefix('>')) {
        (None, Some(share)) => (true, share),
        (share, _) => (false, share.unwrap_or(typed)),
    };
    Ok((share.trim().parse().map_err(failure)?, strict))
}
