//! `members refound`: a community that has lost its quorum for good goes on as a new one.

use frame::{Common, Failure, Founding, Output, Session, money};

use crate::cmd::suspend::ask;
use crate::{cmd::rules, document};

const EXAMPLES: &str = "\
Examples:
  members refound 'Solar Street 2' --as bob --remote /media/stick/solar2.git
  members rules > our.toml        # change it, then
  members refound 'Solar Street 2' --as bob --template our.toml";

/// Found a new community that takes over this one's balances; for when its quorum is lost for good
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The new community's name
    name: Option<String>,
    /// Your handle, as it is now
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
    /// Its rules: a template's name, or a file; the rules in force if not given
    #[arg(long, value_name = "TEMPLATE|FILE")]
    template: Option<String>,
    /// Where to publish it: an empty git repository
    #[arg(long, value_name = "URL")]
    remote: Option<String>,
    /// Protect the new device key with a passphrase
    #[arg(long)]
    passphrase: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let given = args.template.as_deref().map(document::read).transpose()?;
    let session = Session::open(common, out)?;
    let (text, charter) = match given {
        Some(document) => (document.text, document.charter),
        None => rules::in_force(&session)?,
    };
    let name = match (args.name, &charter.name) {
        (Some(name), Some(agreed)) if event::Line::tidy(&name).ok().as_ref() != Some(agreed) => {
            return Err(Failure::usage(format!("the rules name the community `{agreed}`"))
                .hint("`members rules > our.toml`, change `name`, and give the file by --template"));
        }
        (name, agreed) => frame::ask(name.or_else(|| agreed.as_ref().map(ToString::to_string)), "NAME", "Its name")?,
    };
    let handle = frame::ask(args.handle, "--as HANDLE", "Your handle, as it is now")?;
    let me = session.member()?;
    if me.as_str() != handle {
        return Err(Failure::usage(format!(
            "you are `{me}` here, and the balance of a handle goes to whoever has it there"
        ))
        .hint(format!("--as {me}")));
    }
    table(&session, &name, out)?;
    ask(&format!("Found {name} with these balances?"), common)?;
    let founding = Founding {
        name: &name,
        handle: &handle,
        rules: &text,
        remote: args.remote.as_deref(),
        passphrase: args.passphrase,
    };
    session.refound(&founding, common, out)?.show(out)?;
    if !common.dry_run {
        out.status(format!("the old community stays as it is; choose with -C: {}, {name}", session.name()?));
        out.status("hint: admit only those who hold a handle's account, under that very handle: they get its balance");
    }
    Ok(())
}

/// What each account begins with, on stderr.
fn table(session: &Session, name: &str, out: &mut Output) -> Result<(), Failure> {
    out.status(format!("{name} begins with the balances as of the last settled entry held here:"));
    let carried = session.carried()?;
    for line in &carried {
        let places = line.unit.base.lower.places();
        let back = match line.returned {
            0 => String::new(),
            minor => format!(", with {} that was on its way", money(minor, places)),
        };
        out.status(format!("  {}  {} {}{back}", line.account, money(line.opening(), places), line.unit.unit));
    }
    if carried.is_empty() {
        out.status("  all accounts are at zero");
    }
    Ok(())
}
