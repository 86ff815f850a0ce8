//! Ballots as people type them, and as they are shown: options by name or number.

use event::{Ballot, Choice, Form, Open, Slot};
use frame::Failure;

/// Reads the words of a ballot by the method of the poll.
///
/// `yes`; `abstain`; options by number or by the beginning of their names: `bike shed` marks two; `bike > shed = hut`
/// ranks, and so do bare words in their order; `bike=5 shed=2` gives points; `monday=yes tuesday=maybe` answers times.
pub fn read(open: &Open, words: &[String]) -> Result<Ballot, Failure> {
    if let [word] = words
        && word == "abstain"
    {
        return Ok(Ballot::Answer(Choice::Abstain));
    }
    let ballot = match open.method.form() {
        Form::Answer => answer(open, words)?,
        Form::Marks => {
            let mut marks = words.iter().map(|word| option(open, word)).collect::<Result<Vec<_>, _>>()?;
            marks.sort_unstable();
            Ballot::Marks(marks)
        }
        Form::Ranking => Ballot::Ranking(ranking(open, words)?),
        Form::Points => Ballot::Points(given(open, words, |text| text.parse().ok(), "a number, as in `1=5`")?),
        Form::Slots => Ballot::Slots(given(open, words, slot, "yes, maybe or no, as in `1=maybe`")?),
    };
    match once(&ballot) && rules::fits(open, &ballot) {
        true => Ok(ballot),
        false => Err(Failure::refused(rules::Refusal::BadBallot).hint(expects(open))),
    }
}

fn answer(open: &Open, words: &[String]) -> Result<Ballot, Failure> {
    let one = match words {
        [word] => word.parse().ok(),
        _ => None,
    };
    one.map(Ballot::Answer).ok_or_else(|| Failure::usage("that is no answer to this poll").hint(expects(open)))
}

/// Groups of equal options, best first. `>` and `=` may stand alone or between names without spaces.
fn ranking(open: &Open, words: &[String]) -> Result<Vec<Vec<u16>>, Failure> {
    let joined = words.join(" ");
    let groups: Vec<&str> = match joined.contains(['>', '=']) {
        true => joined.split('>').collect(),
        false => words.iter().map(String::as_str).collect(),
    };
    let mut ranks = Vec::new();
    for group in groups {
        let mut equal = group.split('=').map(|word| option(open, word.trim())).collect::<Result<Vec<_>, _>>()?;
        equal.sort_unstable();
        ranks.push(equal);
    }
    Ok(ranks)
}

fn given<T: Copy>(
    open: &Open,
    words: &[String],
    read: impl Fn(&str) -> Option<T>,
    what: &str,
) -> Result<Vec<(u16, T)>, Failure> {
    let mut all = Vec::new();
    for word in words {
        let bad = || Failure::usage(format!("`{}` gives an option {what}", event::harmless_line(word)));
        let (name, value) = word.rsplit_once('=').ok_or_else(bad)?;
        all.push((option(open, name.trim())?, read(value.trim()).ok_or_else(bad)?));
    }
    all.sort_unstable_by_key(|(option, _)| *option);
    Ok(all)
}

fn slot(text: &str) -> Option<Slot> {
    match text {
        "yes" => Some(Slot::Yes),
        "maybe" | "ifneedbe" => Some(Slot::Maybe),
        "no" => Some(Slot::No),
        _ => None,
    }
}

/// An option by number, by name, or by the beginning of its name where no other begins so.
fn option(open: &Open, word: &str) -> Result<u16, Failure> {
    let number = |at: usize| u16::try_from(at.saturating_add(1)).unwrap_or(u16::MAX);
    let typed = word.to_lowercase();
    let names: Vec<String> = open.options.iter().map(|option| option.as_str().to_lowercase()).collect();
    if let Some(at) = names.iter().position(|name| *name == typed) {
        return Ok(number(at));
    }
    if let Ok(n) = word.parse::<u16>()
        && n > 0
        && usize::from(n) <= names.len()
    {
        return Ok(n);
    }
    let begin: Vec<usize> = (0..names.len()).filter(|at| !typed.is_empty() && names[*at].starts_with(&typed)).collect();
    match begin.as_slice() {
        [at] => Ok(number(*at)),
        [] => Err(Failure::usage(format!("there is no option `{}`", event::harmless_line(word))).hint(options(open))),
        _ => {
            Err(Failure::usage(format!("several options begin with `{}`", event::harmless_line(word)))
                .hint(options(open)))
        }
    }
}

fn options(open: &Open) -> String {
    let all =
        open.options.iter().zip(1_u16..).map(|(option, n)| format!("{n} {}", event::harmless_line(option.as_str())));
    format!("the options: {}", all.collect::<Vec<_>>().join(", "))
}

/// Whether no option stands there twice.
fn once(ballot: &Ballot) -> bool {
    let mut all: Vec<u16> = match ballot {
        Ballot::Answer(_) => Vec::new(),
        Ballot::Marks(marks) => marks.clone(),
        Ballot::Ranking(ranks) => ranks.concat(),
        Ballot::Points(points) => points.iter().map(|(option, _)| *option).collect(),
        Ballot::Slots(slots) => slots.iter().map(|(option, _)| *option).collect(),
    };
    let empty = all.is_empty() && !matches!(ballot, Ballot::Answer(_));
    let n = all.len();
    all.sort_unstable();
    all.dedup();
    all.len() == n && !empty
}

/// What to type in this poll.
pub fn expects(open: &Open) -> String {
    let (low, high) = open.method.numbers();
    match open.method.name() {
        "yesno" => "yes, no or abstain".to_owned(),
        "consent" => "agree, abstain, disagree or block".to_owned(),
        "choose" if low == high => format!("{high} of the options by number or name, or abstain"),
        "choose" => format!("{low} to {high} of the options by number or name, or abstain"),
        "approval" => "every option that you approve, by number or name, or abstain".to_owned(),
        "score" => format!("points from {low} to {high}, as in `1={high} 2={low}`, or abstain"),
        "dots" => format!("at most {high} dots together, as in `1={high}`, or abstain"),
        "star" => format!("points from 0 to {high}, as in `1={high} 2=0`, or abstain"),
        "time" => "yes, maybe or no to each time, as in `1=yes 2=maybe`, or abstain".to_owned(),
        _ => "options in your order, the best first, as in `2 1 3`, or abstain".to_owned(),
    }
}

/// A ballot with the names of the options.
pub fn shown(open: &Open, ballot: &Ballot) -> String {
    let name = |n: &u16| match open.options.get(usize::from(*n).saturating_sub(1)) {
        Some(option) => option.as_str().to_owned(),
        None => n.to_string(),
    };
    let list = |all: Vec<String>, between: &str| all.join(between);
    match ballot {
        Ballot::Answer(choice) => choice.to_string(),
        Ballot::Marks(marks) => list(marks.iter().map(name).collect(), ", "),
        Ballot::Ranking(ranks) => {
            list(ranks.iter().map(|equal| list(equal.iter().map(name).collect(), " = ")).collect(), " > ")
        }
        Ballot::Points(points) => list(points.iter().map(|(n, given)| format!("{} {given}", name(n))).collect(), ", "),
        Ballot::Slots(slots) => list(slots.iter().map(|(n, slot)| format!("{} {slot}", name(n))).collect(), ", "),
    }
}

#[cfg(test)]
mod tests {
    use event::{Method, Terms};

    use super::*;

    fn poll(method: &str) -> Open {
        let options = ["Bike", "Shed", "Bike stand", "=odd"].map(|name| name.parse().unwrap());
        let method: Method = method.parse().unwrap();
        let answers = method.form() == Form::Answer;
        Open {
            question: "?".parse().unwrap(),
            method,
            closes: event::Time::new(1).unwrap(),
            quorum: event::Ratio::new(0, 1).unwrap(),
            thresholds: Vec::new(),
            motion: None,
            options: if answers { Vec::new() } else { options.to_vec() },
            terms: Terms::default(),
        }
    }

    fn typed(method: &str, words: &[&str]) -> Option<String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        read(&poll(method), &words).ok().map(|ballot| ballot.to_string())
    }

    #[test]
    fn what_people_type() {
        let table: [(&str, &[&str], Option<&str>); 19] = [
            ("yesno", &["yes"], Some("yes")),
            ("yesno", &["agree"], None),
            ("consent", &["block"], Some("block")),
            ("approval av", &["shed", "1"], Some("1 2")),
            ("approval av", &["abstain"], Some("abstain")),
            ("approval av", &["shed", "2"], None),
            ("approval av", &["bike"], Some("1")),
            ("approval av", &["b"], None),
            ("approval av", &["bike s"], Some("3")),
            ("choose 1..1", &["1", "2"], None),
            ("schulze wv", &["shed > bike = 3"], Some("2 > 1 = 3")),
            ("schulze wv", &["shed>bike"], Some("2 > 1")),
            ("schulze wv", &["2", "1"], Some("2 > 1")),
            ("irv one-at-a-time", &["2 = 1"], None),
            ("score sum 0..5", &["shed=5", "1=0"], Some("1:0 2:5")),
            ("score sum 0..5", &["shed=6"], None),
            ("dots 3", &["1=2", "2=2"], None),
            ("time", &["1=yes", "2=maybe"], Some("1:yes 2:maybe")),
            ("time", &["1=perhaps"], None),
        ];
        for (method, words, meant) in table {
            assert_eq!(typed(method, words).as_deref(), meant, "{method} {words:?}");
        }
    }
}
