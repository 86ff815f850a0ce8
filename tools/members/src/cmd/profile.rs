//! `members profile`: name, contact and such, beside the journal and erasable.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Field, Line, Person, Text};
use frame::{Common, Failure, Output, Session, Written};

use crate::view;

const EXAMPLES: &str = "\
Examples:
  members profile set --name 'Ada Löwe' --phone '0731 123' --set allergies=nuts
  members profile set --remove phone
  members profile show bob
  members profile erase";

/// Show, set or erase what you tell the others about yourself: it stays outside the journal
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set some of your data, and leave the others as they are
    #[command(after_help = EXAMPLES)]
    Set(Set),
    /// Show a member's data
    Show {
        /// Who; yourself, if not given
        #[arg(add = ArgValueCompleter::new(frame::handles))]
        handle: Option<String>,
    },
    /// Erase your data, here and in every copy that obeys
    Erase,
}

#[derive(Debug, clap::Args)]
struct Set {
    /// Your name
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Where to write to
    #[arg(long, value_name = "TEXT")]
    email: Option<String>,
    /// Where to call
    #[arg(long, value_name = "TEXT")]
    phone: Option<String>,
    /// Where you live
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// Some lines about yourself
    #[arg(long, value_name = "TEXT")]
    about: Option<String>,
    /// Anything else, under a key of your own
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Leave something out again
    #[arg(long, value_name = "KEY")]
    remove: Vec<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    match args.what.unwrap_or(What::Show { handle: None }) {
        What::Set(wanted) => {
            session.member()?;
            let wanted = asked(wanted)?.read()?;
            session.around(common, out, |session, out| set(session, wanted, out))
        }
        What::Show { handle } => session.around(common, out, |session, out| show(session, handle, out)),
        What::Erase => {
            session.member()?;
            if !common.dry_run {
                let question = "Erase your profile, here and in every copy that obeys? Nobody can bring it back";
                frame::confirm(question, common.yes)?;
            }
            session.around(common, out, |session, out| erase(session, common, out))
        }
    }
}

/// What is to change: a field, its new value or none.
struct Wanted {
    fields: Vec<(Field, Option<Line>)>,
    about: Option<Option<Text>>,
}

impl Set {
    fn is_empty(&self) -> bool {
        let given = [&self.name, &self.email, &self.phone, &self.address, &self.about];
        given.iter().all(|value| value.is_none()) && self.set.is_empty() && self.remove.is_empty()
    }

    fn read(self) -> Result<Wanted, Failure> {
        let mut wanted = Wanted { fields: Vec::new(), about: None };
        let given = [("name", self.name), ("email", self.email), ("phone", self.phone), ("address", self.address)];
        for (key, value) in given {
            if let Some(value) = value {
                wanted.field(key, &value)?;
            }
        }
        for pair in &self.set {
            let unfit = || {
                Failure::usage(format!("`{}` is not KEY=VALUE", event::harmless_line(pair)))
                    .hint("as in `--set allergies=nuts`")
            };
            let (key, value) = pair.split_once('=').ok_or_else(unfit)?;
            match key {
                "about" => wanted.text(value)?,
                _ => wanted.field(key, value)?,
            }
        }
        if let Some(about) = &self.about {
            wanted.text(about)?;
        }
        for key in &self.remove {
            match key.as_str() {
                "about" => wanted.about = Some(None),
                _ => wanted.fields.push((key.parse()?, None)),
            }
        }
        Ok(wanted)
    }
}

impl Wanted {
    fn field(&mut self, key: &str, value: &str) -> Result<(), Failure> {
        let field: Field = key.parse()?;
        let value = Line::tidy(value).map_err(|e| unfit(key, &e))?;
        self.fields.push((field, Some(value)));
        Ok(())
    }

    fn text(&mut self, value: &str) -> Result<(), Failure> {
        self.about = Some(Some(Text::tidy(value).map_err(|e| unfit("about", &e))?));
        Ok(())
    }

    fn apply(self, person: &mut Person) -> Result<(), Failure> {
        for (field, value) in self.fields {
            match value {
                Some(value) => {
                    person.fields.insert(field, value);
                }
                None if person.fields.remove(&field).is_none() => {
                    return Err(Failure::no(format!("your profile has no `{field}`"))
                        .hint("`members profile show` shows what it has"));
                }
                None => {}
            }
        }
        match self.about {
            Some(None) if person.about.is_none() => {
                Err(Failure::no("your profile has no `about`").hint("`members profile show` shows what it has"))
            }
            Some(about) => {
                person.about = about;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn unfit(key: &str, why: &event::Malformed) -> Failure {
    let failure = Failure::usage(format!("`{}`: {why}", event::harmless_line(key)));
    failure.hint(format!("`--remove {}` leaves it out", event::harmless_line(key)))
}

/// Asks for the usual things on a terminal where nothing was given.
fn asked(mut set: Set) -> Result<Set, Failure> {
    if !set.is_empty() {
        return Ok(set);
    }
    if !frame::interactive() {
        return Err(Failure::usage("nothing to set")
            .hint("give --name, --email, --phone, --address, --about, --set KEY=VALUE or --remove KEY"));
    }
    set.name = frame::ask_maybe("Name (empty: as it is)")?;
    set.email = frame::ask_maybe("Email (empty: as it is)")?;
    set.phone = frame::ask_maybe("Phone (empty: as it is)")?;
    set.address = frame::ask_maybe("Address (empty: as it is)")?;
    Ok(set)
}

fn set(session: &mut Session, wanted: Wanted, out: &mut Output) -> Result<(), Failure> {
    match session.set_profile(|person| wanted.apply(person), out)? {
        Some(written) => written.show(out),
        None => {
            out.status("your profile is so already");
            Written::show_all(&[], out)
        }
    }
}

fn show(session: &mut Session, handle: Option<String>, out: &mut Output) -> Result<(), Failure> {
    let handle = match handle {
        Some(handle) => handle,
        None => session.member()?.to_string(),
    };
    let member = session.store.members()?.into_iter().find(|member| member.handle.as_str() == handle);
    let member = member.ok_or_else(|| super::show::no_member(&handle))?;
    let known = session.person(&member.device)?;
    view::profile(&member.handle, &known, out)
}

fn erase(session: &mut Session, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let written = session.erase_profile(out)?;
    written.show(out)?;
    if !common.dry_run {
        out.status("hint: `members sync` tells the others; each copy drops the data with its next sync");
        out.status(
            "hint: whoever copied them keeps them, and a host may for a while; \
             nobody, the stewards included, can read them back out of the journal",
        );
    }
    Ok(())
}
