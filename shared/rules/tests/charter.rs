//! The rules document: what is one, what each table says, and what is told about mistakes, line and key.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use event::KindOfMember;
use rules::{Admission, Authority, CHANGES, Charter, Counterparty, Poster, Setting, Sight};

fn read(text: &str) -> Charter {
    Charter::read(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

const HOURS: &str = "[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n";

#[test]
fn an_empty_document_has_every_default() {
    let charter = read("");
    assert_eq!(charter.authority.keys().map(String::as_str).collect::<Vec<_>>(), CHANGES);
    for (change, authority) in &charter.authority {
        let expected = match change.as_str() {
            "admit" => Authority::OneSteward,
            "leave" | "move" => Authority::Secretary,
            _ => Authority::Quorum,
        };
        assert_eq!(*authority, expected, "{change}");
    }
    assert_eq!(charter.roles.keys().collect::<Vec<_>>(), ["assessor", "teller", "treasurer"]);
    assert_eq!(charter.voting.len(), 3);
    assert_eq!(charter.admission, Admission::Request);
    assert!(charter.units.is_empty() && charter.channels.is_empty() && charter.contribution.is_none());
    assert_eq!(charter.balances, Sight::Members);
}

#[test]
fn every_table_is_read() {
    let charter = read(
        r#"
name = "Mill"
[units.hours]
title = "Hours"
lower = "20.00"
upper = "60.00"
[units.hours.organisation]
lower = "50.00"
upper = "none"
[units.hours.household]
lower = "30.00"
[authority]
rules = "poll:yesno:2/3"
role = "1 steward"
[roles.cook]
title = "Cook"
[roles.treasurer]
authority = "poll:yesno:>1/2-of-all"
[membership]
admission = "invitation"
voting = ["person", "household"]
[channels.kitchen]
title = "Kitchen"
post = ["role cook", "stewards"]
public = true
[channels.meeting]
post = "stewards"
notice = true
[notice]
meeting = "2 weeks"
rules = "7 days"
[contribution]
share = "2.5%"
to = "@kitchen"
units = ["hours"]
[assets.tools]
title = "Tools that are lent"
quantity = "days"
price = "0.125"
unit = "hours"
advance = "1/2"
valid = "1 year"
[backing.hours]
cap = "100.00"
factor = "1/4"
window = "180 days"
counterparty = "1/5"
[caps.hours]
day = "8.00"
month = "40.00"
[assessors]
term = "1 year"
[polls]
closes = "7 days"
quorum = "1/3"
threshold = ">1/2"
reasons = ["no"]
[display]
balances = "owner"
"#,
    );
    let hours = charter.units[0].unit.clone();
    assert_eq!(charter.name.as_ref().unwrap().as_str(), "Mill");
    assert_eq!(charter.units[0].base.to_string(), "-20.00 to 60.00");
    assert_eq!(charter.bases[&(hours.clone(), KindOfMember::Organisation)].to_string(), "-50.00");
    assert_eq!(charter.bases[&(hours.clone(), KindOfMember::Household)].to_string(), "-30.00 to 60.00");
    assert_eq!(charter.authority["rules"].to_string(), "poll:yesno:2/3");
    assert_eq!(charter.roles["cook"].authority, Authority::OneSteward);
    assert_eq!(charter.roles["teller"].authority, Authority::OneSteward);
    assert_eq!(charter.roles["treasurer"].authority.to_string(), "poll:yesno:>1/2-of-all");
    assert_eq!(charter.admission, Admission::Invitation);
    assert!(!charter.voting.contains_key(&KindOfMember::Organisation));
    assert!(charter.channels["kitchen"].post.contains(&Poster::Role("cook".into())));
    assert!(charter.channels["kitchen"].public && charter.channels["meeting"].notice);
    assert_eq!(charter.notice["meeting"].seconds(), 14 * 86400);
    let contribution = charter.contribution.as_ref().unwrap();
    assert_eq!((contribution.share.parts(), contribution.to.to_string()), ((1, 40), "@kitchen".into()));
    let backing = &charter.backing[&hours];
    assert_eq!(backing.counterparty, Some(Counterparty::Share("1/5".parse().unwrap())));
    assert_eq!(charter.caps[&hours].to_string(), "8.00 - 40.00");
    assert_eq!(charter.caps[&hours], "8.00 - 40.00".parse().unwrap());
    assert_eq!(charter.assets["tools"].price.to_string(), "0.125");
    assert_eq!(charter.assessor_term.unwrap().to_string(), "1 year");
    assert_eq!(charter.polls.reasons.len(), 1);
    assert_eq!(charter.balances, Sight::Owner);
    let settings = charter.settings();
    assert_eq!(settings["notice.meeting"], Setting::Text("14 days".into()));
    assert_eq!(settings["caps.hours.month"], Setting::Text("40.00".into()));
    assert_eq!(settings["polls.threshold"], Setting::Text(">1/2".into()));
    assert_eq!(settings["channels.kitchen.post"], Setting::List(vec!["stewards".into(), "role cook".into()]));
}

/// One mistake each: the text and all that is told.
const MISTAKES: &[(&str, &str)] = &[
    (
        "colour = 'red'\n",
        "line 1, column 1: colour: no such key; here go name, units, authority, roles, membership, channels, notice, contribution, assets, backing, assessors, polls, caps, display",
    ),
    ("unit = 1\n", "line 1, column 1: unit: no such key; did you mean `units`?"),
    ("name = ''\n", "line 1, column 1: name: empty text"),
    ("name = 7\n", "line 1, column 1: name: write it in quotes: \"7\""),
    ("name = ['a']\n", "line 1, column 1: name: is one text in quotes, not a list"),
    ("units = 'hours'\n", "line 1, column 1: units: is a table: write `[units]` and its keys below"),
    ("units.hours = 5\n", "line 1, column 7: units.hours: is a table: write `[units.hours]` and its keys below"),
    (
        "[units.hours]\n",
        "line 1, column 8: units.hours: `lower` is missing\nline 1, column 8: units.hours: `title` is missing",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '1'\nuper = '2'\n",
        "line 4, column 1: units.hours.uper: no such key; did you mean `upper`?",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '01'\n",
        "line 3, column 1: units.hours.lower: `01` is not the one spelling of an amount",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = 20.00\n",
        "line 3, column 1: units.hours.lower: write it in quotes: \"20.00\"",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '-1'\n",
        "line 3, column 1: units.hours.lower: `-1` is not an amount, such as 2 or 2.5",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '1'\nupper = '2.0'\n",
        "line 4, column 1: units.hours.upper: `2.0` has not the 0 decimals of the unit's `lower`, `1`",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '1.00'\n[units.hours.household]\nlower = '2.0'\n",
        "line 5, column 1: units.hours.household.lower: `2.0` has not the 2 decimals of the unit's `lower`, `1.00`",
    ),
    (
        "[units.hours]\ntitle = 'x'\nlower = '1.00'\n[units.hours.person]\nlower = '2.00'\n",
        "line 4, column 14: units.hours.person: no such key; here go title, lower, upper, organisation, household",
    ),
    (
        "[units.'two words']\ntitle = 'x'\nlower = '1'\n",
        "line 1, column 8: units.two words: `two words` is not a unit: 1 to 16 letters a-z, digits and `-`, a letter first",
    ),
    ("[authority]\nrolle = 'quorum'\n", "line 2, column 1: authority.rolle: no such key; did you mean `role`?"),
    (
        "[authority]\nunit = 'me'\n",
        "line 2, column 1: authority.unit: `me` is none of `secretary`, `1 steward`, `quorum` or a poll such as `poll:yesno:2/3`",
    ),
    (
        "[authority]\nrules = '1 steward'\n",
        "line 2, column 1: authority.rules: such a change needs `quorum` or a poll, never less",
    ),
    (
        "[authority]\ncut = 'secretary'\n",
        "line 2, column 1: authority.cut: such a change needs `quorum` or a poll, never less",
    ),
    (
        "[authority]\nrules = 'poll:consent:2/3'\n",
        "line 2, column 1: authority.rules: a poll by `consent` cannot pass a motion; `yesno` can: `poll:yesno:2/3`",
    ),
    (
        "[authority]\nrules = 'poll:yesno:0.5'\n",
        "line 2, column 1: authority.rules: `0.5` is no threshold such as `2/3`, `>1/2` or `1/2-of-all`",
    ),
    (
        "[authority]\nrules = 'poll:yesno:1/3'\n",
        "line 2, column 1: authority.rules: a threshold is at least 1/2: less lets a minority decide",
    ),
    ("[authority]\nrules = 'poll:yesno:>1/1'\n", "line 2, column 1: authority.rules: nothing is more than all"),
    (
        "[roles.steward]\nauthority = '1 steward'\n",
        "line 1, column 8: roles.steward: `steward` takes no table: its office is in the law, and `[authority]` says who grants it",
    ),
    (
        "[roles.Cook]\n",
        "line 1, column 8: roles.Cook: `Cook` is no name: 1 to 32 small letters a-z, digits and `-`, a letter first",
    ),
    (
        "[roles.cook]\nauthority = 'nobody'\n",
        "line 2, column 1: roles.cook.authority: `nobody` is none of `secretary`, `1 steward`, `quorum` or a poll such as `poll:yesno:2/3`",
    ),
    (
        "[membership]\nadmission = 'open'\n",
        "line 2, column 1: membership.admission: admission is by `request` or by `invitation`",
    ),
    ("[membership]\nvoting = []\n", "line 2, column 1: membership.voting: somebody must have a vote"),
    (
        "[membership]\nvoting = ['person',\n  'dog']\n",
        "line 3, column 3: membership.voting: a member is a person, an organisation or a household",
    ),
    (
        "[channels.'Big Talk']\n",
        "line 1, column 11: channels.Big Talk: `Big Talk` is no channel: it is made of small letters, digits and `-`",
    ),
    (
        "[channels.talk]\npost = 'everyone'\n",
        "line 2, column 1: channels.talk.post: `everyone` is none of `members`, `stewards` or a role such as `role treasurer`",
    ),
    (
        "[channels.talk]\npost = ['members', 'role treasuer']\n",
        "line 2, column 20: channels.talk.post: there is no role `treasuer`; did you mean `treasurer`?",
    ),
    (
        "[channels.talk]\npost = 'role cook'\n",
        "line 2, column 1: channels.talk.post: there is no role `cook`: it needs a table `[roles.cook]`",
    ),
    (
        "[channels.talk]\npublic = 'yes'\n",
        "line 2, column 1: channels.talk.public: is `true` or `false`, without quotes",
    ),
    (
        "[notice]\nmeeting = '14'\n",
        "line 2, column 1: notice.meeting: `14` is no period such as `14 days`; it has a whole number and minutes, hours, days, weeks, months or years",
    ),
    (
        "[notice]\nparty = '14 days'\n",
        "line 2, column 1: notice.party: no such key; here go meeting, account, admit, confirm, cut, expel, leave, limit, mandate, move, opening, reinstate, rekey, role, rules, secretary, suspend, unit",
    ),
    ("[contribution]\nto = '@commons'\n", "line 1, column 2: contribution: `share` is missing"),
    (
        "[contribution]\nshare = '3/2'\n",
        "line 2, column 1: contribution.share: `3/2` is no share such as `1/3` or `2.5%`",
    ),
    (
        "[contribution]\nshare = '0%'\n",
        "line 2, column 1: contribution.share: a contribution of nothing: leave the table out",
    ),
    (
        "[contribution]\nshare = '2%'\nto = 'ada'\n",
        "line 3, column 1: contribution.to: goes to an account of the community, such as `@commons`",
    ),
    (
        "[contribution]\nshare = '2%'\nunits = ['hours']\n",
        "line 3, column 10: contribution.units: there is no unit `hours`: it needs a table `[units.hours]`",
    ),
    (
        "[assets.solar]\ntitle = 'x'\nquantity = 'kWh'\nprice = '1'\nadvance = '1/2'\nunit = 'kWh'\n",
        "line 6, column 1: assets.solar.unit: there is no unit `kWh`: it needs a table `[units.kWh]`",
    ),
    (
        "[backing.hours]\ncap = '1.00'\n",
        "line 1, column 10: backing.hours: there is no such unit; the table is `[backing.CODE]`, with the code of a unit",
    ),
    (
        "[assessors]\nterm = 'long'\n",
        "line 2, column 1: assessors.term: `long` is no period such as `14 days`; it has a whole number and minutes, hours, days, weeks, months or years",
    ),
    (
        "[polls]\nthreshold = 'half'\n",
        "line 2, column 1: polls.threshold: `half` is no threshold such as `2/3`, `>1/2` or `1/2-of-all`",
    ),
    (
        "[polls]\nreasons = 'maybe'\n",
        "line 2, column 1: polls.reasons: `maybe` is none of yes, no, abstain, agree, disagree, block",
    ),
    ("[display]\nbalances = 'me'\n", "line 2, column 1: display.balances: `me` is neither members nor owner"),
    ("[polls]\ncloses = 7\n", "line 2, column 1: polls.closes: write it in quotes: \"7\""),
    ("[notice]\nmeeting = '14 days\n", "line 2, column 19: notice.meeting: invalid literal string, expected `'`"),
    ("[notice]\nmeeting = \"14 days\"\nmeeting = \"15 days\"\n", "line 3, column 1: notice.meeting: duplicate key"),
    ("[notice\n", "line 1, column 8: notice: unclosed table, expected `]`"),
    ("= 5\n", "line 1, column 1: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`"),
];

/// The same below a unit of hours, which takes the first three lines.
const MISTAKES_BELOW_HOURS: &[(&str, &str)] = &[
    (
        "[assets.solar]\ntitle = 'x'\nquantity = 'kWh'\nprice = '1'\nadvance = '1/2'\nunit = 'hours'\n",
        "line 9, column 1: assets.solar.unit: without a cap the credit has no end: it needs a table `[backing.hours]` with `cap`",
    ),
    ("[backing.hours]\n", "line 4, column 10: backing.hours: `cap` is missing"),
    (
        "[backing.hours]\ncap = '100'\n",
        "line 5, column 1: backing.hours.cap: `100` has not the 2 decimals of the unit's `lower`, `20.00`\nline 5, column 1: backing.hours.cap: lies below the unit's `lower`, `20.00`",
    ),
    ("[backing.hours]\ncap = '10.00'\n", "line 5, column 1: backing.hours.cap: lies below the unit's `lower`, `20.00`"),
    (
        "[backing.hours]\ncap = '50.00'\nfactor = '1/4'\nwindow = '1 year'\n",
        "line 4, column 10: backing.hours: `counterparty` is missing: without it two friends lift each other's limit",
    ),
    (
        "[backing.hours]\ncap = '50.00'\nfactor = '1/4'\ncounterparty = '5.00'\n",
        "line 4, column 10: backing.hours: `window` is missing",
    ),
    (
        "[backing.hours]\ncap = '50.00'\ncounterparty = '5'\n",
        "line 6, column 1: backing.hours.counterparty: `5` has not the 2 decimals of the unit's `lower`, `20.00`",
    ),
    ("[caps.hours]\n", "line 4, column 7: caps.hours: caps nothing: it needs `day`, `week` or `month`"),
    ("[caps.hours]\nday = '0.00'\n", "line 5, column 1: caps.hours.day: a cap of nothing: nobody could pay"),
    (
        "[caps.hours]\nyear = '1.00'\n",
        "line 4, column 7: caps.hours: caps nothing: it needs `day`, `week` or `month`\nline 5, column 1: caps.hours.year: no such key; here go day, week, month",
    ),
    (
        "[caps.kWh]\nday = '1'\n",
        "line 4, column 7: caps.kWh: there is no such unit; the table is `[caps.CODE]`, with the code of a unit",
    ),
    (
        "[caps.hours]\nweek = '1'\n",
        "line 5, column 1: caps.hours.week: `1` has not the 2 decimals of the unit's `lower`, `20.00`",
    ),
    (
        "[backing]\ncap = '50.00'\n",
        "line 5, column 1: backing.cap: there is no such unit; the table is `[backing.CODE]`, with the code of a unit",
    ),
];

#[test]
fn mistakes_are_pointed_at() {
    let tables = [("", MISTAKES), (HOURS, MISTAKES_BELOW_HOURS)];
    let mut wrong = String::new();
    for (text, expected) in tables
        .iter()
        .flat_map(|(above, table)| table.iter().map(move |(text, expected)| (format!("{above}{text}"), *expected)))
    {
        let told = Charter::read(&text).map(|_| String::new()).unwrap_or_else(|e| e.to_string());
        if told != expected {
            wrong.push_str(&format!("{text:?}\n  told     {told}\n  expected {expected}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
