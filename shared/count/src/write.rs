//! Ballot files, written so that reading them gives the same ballots.

use std::fmt::Write;

use crate::ballots::{BLANK, EQUAL, Marked, Ranked, groups};
use crate::read::Format;
use crate::{Ballots, Error};

/// Writes ballots in a format; equal ballots are one line. `seats` is for the head of a `.blt`.
pub fn write(ballots: &Ballots, format: Format, seats: u32, to: &mut impl Write) -> Result<(), Error> {
    let done = match (ballots, format) {
        (Ballots::Ranked(ranked), Format::Blt) => blt(ranked, seats, to),
        (Ballots::Ranked(ranked), Format::Ranks) => {
            let running = ranked.running()?;
            let ranked = running.as_ref().unwrap_or(ranked);
            if let Some(name) = ranked.names().iter().find(|name| name.contains(['>', '=', ';'])) {
                return Err(Error::ballots(format!("the format ranks cannot hold the name `{name}`")));
            }
            ranks(ranked, to)
        }
        (Ballots::Marked(marked), Format::Scores | Format::Approvals | Format::Dots | Format::Times) => {
            table(marked, to)
        }
        (Ballots::Answers(answers), Format::Answers) => {
            let all = [
                ("yes", answers.yes),
                ("no", answers.no),
                ("abstain", answers.abstain),
                ("block", answers.block),
                ("invalid", answers.invalid),
            ];
            writeln!(to, "answer,count")
                .and_then(|()| all.iter().try_for_each(|(answer, count)| writeln!(to, "{answer},{count}")))
        }
        _ => return Err(Error::terms("these ballots cannot be written in that format")),
    };
    done.map_err(|_| Error::ballots("the ballots cannot be written"))
}

fn blt(ranked: &Ranked, seats: u32, to: &mut impl Write) -> std::fmt::Result {
    writeln!(to, "{} {seats}", ranked.size())?;
    let withdrawn = ranked.withdrawn();
    for (n, _) in ranked.names().iter().enumerate().filter(|(_, name)| withdrawn.contains(name)) {
        writeln!(to, "-{}", n + 1)?;
    }
    for (weight, row) in ranked.rows.iter() {
        write!(to, "{weight}")?;
        for entry in row {
            let sign = if entry & EQUAL == 0 { ' ' } else { '=' };
            write!(to, "{sign}{}", (entry & !EQUAL) + 1)?;
        }
        writeln!(to, " 0")?;
    }
    writeln!(to, "0")?;
    ranked.names().iter().try_for_each(|name| writeln!(to, "\"{name}\""))?;
    writeln!(to, "\"{}\"", ranked.title().unwrap_or(""))
}

fn ranks(ranked: &Ranked, to: &mut impl Write) -> std::fmt::Result {
    writeln!(to, "candidates: {}", ranked.names().join("; "))?;
    for (weight, row) in ranked.rows.iter() {
        let name = |entry: &u16| ranked.names()[usize::from(entry & !EQUAL)].as_str();
        let group = |group: &[u16]| group.iter().map(name).collect::<Vec<_>>().join(" = ");
        let ranking = groups(row).map(group).collect::<Vec<_>>().join(" > ");
        writeln!(to, "{}", format!("{weight}: {ranking}").trim_end())?;
    }
    Ok(())
}

fn table(marked: &Marked, to: &mut impl Write) -> std::fmt::Result {
    let cell = |name: &String| match name.contains(['"', ',']) {
        true => format!("\"{}\"", name.replace('"', "\"\"")),
        false => name.clone(),
    };
    writeln!(to, "count,{}", marked.names().iter().map(cell).collect::<Vec<_>>().join(","))?;
    for (weight, row) in marked.rows.iter() {
        write!(to, "{weight}")?;
        for mark in row {
            match *mark {
                BLANK => write!(to, ",")?,
                mark => write!(to, ",{mark}")?,
            }
        }
        writeln!(to)?;
    }
    Ok(())
}
