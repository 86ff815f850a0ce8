//! Rules documents at hand: the templates in the binary, files, and how two documents differ.

use std::collections::BTreeMap;
use std::path::Path;

use event::{Text, harmless_line};
use frame::{Failure, counted};
use rules::{BadCharter, Charter, Setting};

/// Name, what for, and text of each template.
pub const TEMPLATES: [(&str, &str, &str); 7] = [
    (
        "hosting",
        "Members keep each other's data; counts gigabytes kept for a month",
        include_str!("../templates/hosting.toml"),
    ),
    (
        "energy",
        "A street shares the power of its roofs; counts kilowatt-hours",
        include_str!("../templates/energy.toml"),
    ),
    ("food", "A food co-operative; counts boxes of the week and hours of work", include_str!("../templates/food.toml")),
    ("care", "People look after each other; counts hours of care", include_str!("../templates/care.toml")),
    ("rides", "Neighbours share cars and rides; counts kilometres", include_str!("../templates/rides.toml")),
    ("timebank", "People help each other; an hour is an hour", include_str!("../templates/timebank.toml")),
    ("blank", "A unit, and nothing decided yet", include_str!("../templates/blank.toml")),
];

/// A rules document that was read from somewhere, and holds.
pub struct Document {
    /// As it was written.
    pub text: String,
    /// What it says.
    pub charter: Charter,
}

/// A key that two documents answer differently.
pub struct Difference {
    /// With its tables.
    pub key: String,
    /// What the first says.
    pub was: Option<Setting>,
    /// What the second says.
    pub now: Option<Setting>,
}

/// The text of a template, of a file, or, with `-`, of standard input.
pub fn text(name: &str) -> Result<String, Failure> {
    if let Some((_, _, text)) = TEMPLATES.iter().find(|(known, _, _)| *known == name) {
        return Ok((*text).to_owned());
    }
    if name != "-"
        && let Err(e) = std::fs::metadata(name)
    {
        return Err(Failure::usage(format!("there is no template `{}`, and no file: {e}", harmless_line(name)))
            .hint("`members templates` lists them"));
    }
    frame::multiline(Some(Path::new(name)))
}

/// The document of a template, a file or standard input.
pub fn read(name: &str) -> Result<Document, Failure> {
    match check(name)? {
        Ok(document) => Ok(document),
        Err(bad) => Err(mistakes(name, &bad)),
    }
}

/// The same, with the mistakes apart from other trouble.
pub fn check(name: &str) -> Result<Result<Document, BadCharter>, Failure> {
    checked(text(name)?)
}

/// A text as a document, or its mistakes.
pub fn checked(text: String) -> Result<Result<Document, BadCharter>, Failure> {
    let tidy = Text::tidy(&text)?;
    // What is signed begins with the first letter; lines are counted as in the file.
    let above = text.len().saturating_sub(text.trim_start().len());
    let feeds = text.get(..above).unwrap_or("").matches('\n').count();
    let placed = "\n".repeat(feeds) + tidy.as_str();
    Ok(Charter::read(&placed).map(|charter| Document { text, charter }))
}

/// What a document is called in a message.
pub fn called(name: &str) -> String {
    if name == "-" { "standard input".to_owned() } else { harmless_line(name) }
}

/// The failure that tells the mistakes of a document.
pub fn mistakes(name: &str, bad: &BadCharter) -> Failure {
    let name = called(name);
    let fact = match bad.problems() {
        [one] => format!("{name}: {one}"),
        many => format!("{name} has {}\n{bad}", counted(many.len(), "mistake")),
    };
    Failure::usage(fact).hint("`members templates show blank` has every table; rules(7) explains them")
}

/// What would change from one document to the other, by key.
pub fn differences(from: &Charter, to: &Charter) -> Vec<Difference> {
    let (mut was, mut now) = (from.settings(), to.settings());
    let keys: BTreeMap<String, ()> = was.keys().chain(now.keys()).map(|key| (key.clone(), ())).collect();
    let both = keys.into_keys().map(|key| Difference { was: was.remove(&key), now: now.remove(&key), key });
    both.filter(|difference| difference.was != difference.now).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The template, its units, own roles, channels, notice periods, assets, caps, contribution, and how its rules
    /// change.
    const EXPECTED: [[&str; 9]; 7] = [
        [
            "hosting",
            "GB-months -200 to 10000, hours -10.00 to 80.00",
            "on-call, root",
            "abuse, general, meeting, status",
            "expel, meeting, rules",
            "disk, uptime",
            "GB-months 6000",
            "1/50",
            "poll:yesno:2/3",
        ],
        [
            "energy",
            "kWh -150.0 to 2000.0",
            "electrician, meter-reader",
            "general, meeting, outages, readings",
            "meeting, rules, unit",
            "solar-yield, storage",
            "kWh 3000.0",
            "1/25",
            "poll:yesno:2/3",
        ],
        [
            "food",
            "boxes -4.00 to 12.00, hours -9.00 to 40.00",
            "buyer, cook, shift-lead",
            "box, general, meeting, recall, shifts",
            "expel, meeting, rules",
            "equipment, harvest",
            "boxes 1500.00, hours 40.00",
            "3/100",
            "poll:yesno:2/3",
        ],
        [
            "care",
            "hours -60.00 to 200.00",
            "confidant, coordinator, night-line",
            "general, meeting, needed, thanks",
            "expel, meeting, rules",
            "aids",
            "hours 240.00",
            "1/20",
            "poll:yesno:3/4",
        ],
        [
            "rides",
            "km -300 to 5000",
            "keeper, mechanic",
            "cars, general, meeting, rides",
            "meeting, rules, unit",
            "car-days, regular-seats",
            "km 3000",
            "1/10",
            "poll:yesno:2/3",
        ],
        [
            "timebank",
            "hours -20.00 to 60.00",
            "coordinator",
            "general, meeting, offers",
            "meeting",
            "",
            "",
            "",
            "poll:yesno:2/3",
        ],
        ["blank", "hours -10.00", "", "", "", "", "", "", "quorum"],
    ];

    fn list(names: impl IntoIterator<Item = String>) -> String {
        names.into_iter().collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_template_holds_and_says_what_it_should() {
        for (expected, (name, _, text)) in EXPECTED.iter().zip(TEMPLATES) {
            let charter = Charter::read(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            let built_in = ["assessor", "teller", "treasurer"];
            let found = [
                name.to_owned(),
                list(charter.units.iter().map(|def| format!("{} {}", def.unit, def.base))),
                list(charter.roles.keys().filter(|role| !built_in.contains(&role.as_str())).cloned()),
                list(charter.channels.keys().cloned()),
                list(charter.notice.keys().cloned()),
                list(charter.assets.keys().cloned()),
                list(charter.backing.iter().map(|(unit, terms)| format!("{unit} {}", terms.cap))),
                charter.contribution.as_ref().map(|c| c.share.to_string()).unwrap_or_default(),
                charter.authority["rules"].to_string(),
            ];
            assert_eq!(found, *expected, "{name}");
            assert_eq!(charter.assessor_term.is_some(), !charter.assets.is_empty(), "{name}: assessors");
            assert_eq!(charter.channels.get("meeting").is_some_and(|c| c.notice), name != "blank", "{name}");
            assert!(charter.name.is_none(), "{name}");
            // What people edit stays as it is when it is signed.
            assert_eq!(Text::tidy(text).map(|tidy| tidy.to_string() + "\n").as_deref(), Ok(text), "{name}");
            assert!(text.lines().all(|line| line.chars().count() <= 120), "{name}: a long line");
        }
    }

    /// Takes the `#` away that stands before keys and tables, and sees that every table of the blank one is right.
    #[test]
    fn every_commented_table_holds_too() {
        for (name, _, text) in TEMPLATES {
            let keys: String = text
                .lines()
                .map(|line| match line.strip_prefix("# ") {
                    Some(rest) if rest.starts_with('[') || rest.contains(" = \"") || rest.contains(" = [") => rest,
                    Some(rest) if rest.contains(" = false ") => rest,
                    _ => line,
                })
                .fold(String::new(), |all, line| all + line + "\n");
            let charter = Charter::read(&keys).unwrap_or_else(|e| panic!("{name}: {e}\n{keys}"));
            if name == "blank" {
                assert_eq!(charter.assets.len() + charter.backing.len() + charter.channels.len(), 3);
                assert!(charter.contribution.is_some() && charter.polls.closes.is_some() && charter.bases.len() == 2);
                assert!(charter.name.is_some() && charter.roles.contains_key("caretaker"));
                for change in rules::CHANGES {
                    assert!(keys.contains(&format!("\n{change} = ")), "{change}");
                }
            }
        }
    }
}
