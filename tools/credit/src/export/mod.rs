//! Books for other programs. Every movement is an entry between one account and what is in transit, so that each
//! balances by itself; the stream is written as it is read, and only balances are held.

mod beancount;
mod csv;
mod json;
mod names;
mod plain;

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Time, Unit, UnitDef};
use frame::{Failure, Output, Session};
use store::Transfer;

use crate::span::Span;

/// For which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum To {
    /// A journal for hledger
    Hledger,
    /// A journal for ledger
    Ledger,
    /// A journal for beancount
    Beancount,
    /// Comma-separated, for spreadsheets
    Csv,
    /// An array of objects
    Json,
}

/// What belongs into the books.
pub struct Scope {
    /// Of these accounts.
    pub accounts: BTreeSet<Account>,
    /// All who can be on the other side of a payment.
    pub payees: Vec<Account>,
    /// In these units, the oldest first.
    pub units: Vec<UnitDef>,
    /// Moved then.
    pub span: Span,
}

impl Scope {
    fn unit(&self, unit: &Unit) -> Option<&UnitDef> {
        self.units.iter().find(|def| def.unit == *unit)
    }
}

/// Where an amount stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// On an account.
    Account(Account),
    /// On its way.
    Transit,
    /// Nowhere in these books: what balances an opening.
    Opening,
}

/// What stands at a place.
struct Holding<'a> {
    place: &'a Place,
    unit: &'a UnitDef,
    minor: i64,
}

/// A form of books. Each part is added to the text that is printed next.
trait Book {
    /// What comes before all entries.
    fn begin(&mut self, title: &str, scope: &Scope, since: Time, out: &mut String) -> Result<(), Failure>;
    /// What stood where when these books begin; the sum is zero in each unit.
    fn opening(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure>;
    /// An entry.
    fn transfer(&mut self, transfer: &Transfer, unit: &UnitDef, out: &mut String) -> Result<(), Failure>;
    /// What stands where when these books end.
    fn closing(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure>;
}

/// How much text is gathered before it is printed, in bytes.
const PAGE: usize = 1 << 16;

/// Prints the books.
pub fn export(session: &Session, to: To, scope: &Scope, out: &mut Output) -> Result<(), Failure> {
    let book: Box<dyn Book> = match to {
        To::Hledger => Box::new(plain::Plain::hledger()),
        To::Ledger => Box::new(plain::Plain::ledger()),
        To::Beancount => Box::new(beancount::Beancount::new(&scope.units)),
        To::Csv => Box::new(csv::Csv),
        To::Json => Box::new(json::Json::default()),
    };
    Writer { scope, book, text: String::new(), sums: BTreeMap::new(), opened: None, last: None }.write(session, out)
}

struct Writer<'a> {
    scope: &'a Scope,
    book: Box<dyn Book>,
    text: String,
    sums: BTreeMap<(Place, Unit), i64>,
    /// When the opening was written.
    opened: Option<Time>,
    last: Option<Time>,
}

impl Writer<'_> {
    fn write(mut self, session: &Session, out: &mut Output) -> Result<(), Failure> {
        let scope = self.scope;
        let span = scope.span;
        let first = self.begin(session)?;
        session.store.transfers(span.until, |transfer| {
            let Some(unit) = scope.unit(&transfer.unit) else { return Ok(()) };
            if !scope.accounts.contains(&transfer.account) {
                return Ok(());
            }
            if !span.is_after(transfer.time) {
                self.open(span.since.unwrap_or(first))?;
                self.book.transfer(&transfer, unit, &mut self.text)?;
                self.last = Some(transfer.time);
            }
            self.add(Place::Account(transfer.account), &transfer.unit, transfer.minor);
            self.add(Place::Transit, &transfer.unit, transfer.minor.saturating_neg());
            match self.text.len() > PAGE {
                true => self.print(out),
                false => Ok::<(), Failure>(()),
            }
        })?;
        self.open(span.since.unwrap_or(first))?;
        self.close(session)?;
        self.print(out)
    }

    /// The head of the books; the time of the first thing in them.
    fn begin(&mut self, session: &Session) -> Result<Time, Failure> {
        let carried = session.store.carried_over()?;
        let founded = session.store.founded()?;
        let first = session.store.first_transfer()?.map_or(founded, |time| time.min(founded));
        for opening in carried {
            if self.scope.accounts.contains(&opening.account) && self.scope.unit(&opening.unit).is_some() {
                self.add(Place::Account(opening.account), &opening.unit, opening.minor);
                self.add(Place::Opening, &opening.unit, opening.minor.saturating_neg());
            }
        }
        let since = self.scope.span.since.map_or(first, |since| since.min(first));
        self.book.begin(&session.name()?, self.scope, since, &mut self.text)?;
        Ok(first)
    }

    /// Writes what stood where before the first entry, once.
    fn open(&mut self, at: Time) -> Result<(), Failure> {
        if self.opened.is_some() {
            return Ok(());
        }
        self.opened = Some(at);
        let all: Vec<Holding<'_>> = holdings(&self.sums, self.scope).filter(|h| h.minor != 0).collect();
        match all.is_empty() {
            true => Ok(()),
            false => self.book.opening(at, &all, &mut self.text),
        }
    }

    /// Writes what stands where, by the store's own account wherever the books are whole.
    fn close(&mut self, session: &Session) -> Result<(), Failure> {
        if self.scope.span.until.is_none() {
            for ((place, unit), sum) in &mut self.sums {
                let def = self.scope.unit(unit);
                if let (Place::Account(account), Some(def)) = (place, def) {
                    *sum = session.store.account_row(account, def)?.balance;
                }
            }
        }
        let all: Vec<Holding<'_>> = holdings(&self.sums, self.scope).collect();
        let at = self.last.max(self.opened).unwrap_or(Time::clamped(0));
        self.book.closing(at, &all, &mut self.text)
    }

    fn add(&mut self, place: Place, unit: &Unit, minor: i64) {
        let sum = self.sums.entry((place, unit.clone())).or_default();
        *sum = sum.saturating_add(minor);
    }

    fn print(&mut self, out: &mut Output) -> Result<(), Failure> {
        out.raw(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

fn holdings<'a>(sums: &'a BTreeMap<(Place, Unit), i64>, scope: &'a Scope) -> impl Iterator<Item = Holding<'a>> {
    let holding = |((place, unit), minor): (&'a (Place, Unit), &i64)| {
        Some(Holding { place, unit: scope.unit(unit)?, minor: *minor })
    };
    sums.iter().filter_map(holding)
}

/// Text that people wrote, on one line, without what reorders or hides what stands beside it.
fn line(text: &str) -> String {
    event::harmless(text).replace('\n', " ")
}
