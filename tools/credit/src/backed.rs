//! What stands behind credit, as tables: pledges, the derivation of a limit, the books of all backing.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Amount, Handle, Name, Time, Unit, UnitDef};
use frame::{Failure, Session, Table, money};
use rules::{Attested, Backed, Capped, Facts, Key, Lapse, Limit, Value};
use serde_json::{Value as Cell, json};
use store::{AccountRow, Movement, State};

/// The most payments that one line of a derivation names.
const NAMED: usize = 4;

/// Pledges, each with its newest attestation.
pub fn pledges(session: &Session, of: Option<&Handle>, now: Time) -> Result<Table, Failure> {
    let mut table = Table::new(
        &[
            "short|Id",
            "id",
            "member|Member",
            "asset|Asset",
            "quantity|Pledged>",
            "per|Per",
            "until|Until",
            "attested|Attested>",
            "assessor|By",
            "expires|Good until",
            "attestation",
            "state|State",
        ],
        "nothing is pledged: `credit pledge QUANTITY ASSET`",
    );
    for row in session.store.pledges()? {
        if of.is_some_and(|member| *member != row.member) {
            continue;
        }
        let last = session.store.attestations(&row.event.link.id)?.pop();
        let attested = last.as_ref();
        let state = match attested {
            _ if row.taken_back.is_some() => "taken back",
            _ if row.pledge.until.is_some_and(|until| until <= now) => "over",
            None => "not attested",
            Some(row) if row.attest.expires <= now => "expired",
            Some(row) if !row.event.settled => "pending",
            Some(_) => "attested",
        };
        table.row([
            json!(row.event.link.id.short()),
            json!(row.event.link.id.to_string()),
            json!(row.member.to_string()),
            json!(row.pledge.asset.to_string()),
            json!(row.pledge.quantity.to_string()),
            json!(row.pledge.per.map(|per| per.to_string())),
            json!(row.pledge.until.map(|until| until.to_string())),
            json!(attested.map(|row| row.attest.quantity.to_string())),
            json!(attested.map(|row| row.assessor.to_string())),
            json!(attested.map(|row| row.attest.expires.to_string())),
            json!(attested.map(|row| row.event.link.id.to_string())),
            json!(state),
        ]);
    }
    Ok(table)
}

/// The derivation of an account's limits, a line for each part.
pub fn why(session: &Session, account: &Account, units: &[UnitDef], now: Time) -> Result<Table, Failure> {
    let mut table = Table::new(
        &["account", "unit|Unit", "part|Part", "amount|Amount>", "detail|How", "short|Id", "id"],
        "there are no units yet",
    );
    for def in units {
        let mut derivation = Derivation { account, def, table: &mut table };
        let limit = session.limit(account, def)?;
        derivation.base(session, &limit)?;
        if let Some(backed) = &limit.backing {
            derivation.pledges(backed);
            let window = backed.terms.window.map_or(0, |window| i64::try_from(window.seconds()).unwrap_or(i64::MAX));
            let since = now.seconds().saturating_sub(window);
            derivation.delivered(backed, &session.store.statement(account, def)?, since);
            derivation.line("at most", Some(backed.terms.cap.minor()), "the cap of `[backing]`".to_owned(), None);
        }
        derivation.line("may draw", Some(limit.lower), String::new(), None);
        derivation.caps(&session.store.capped(account, &def.unit, now)?);
    }
    Ok(table)
}

/// Lines about one account in one unit.
struct Derivation<'a> {
    account: &'a Account,
    def: &'a UnitDef,
    table: &'a mut Table,
}

impl Derivation<'_> {
    fn line(&mut self, part: &str, minor: Option<i64>, detail: String, id: Option<event::EventId>) {
        self.table.row([
            json!(self.account.to_string()),
            json!(self.def.unit.to_string()),
            json!(part),
            json!(minor.map(|minor| money(minor, self.def.base.lower.places()))),
            json!(detail),
            json!(id.map(|id| id.short())),
            json!(id.map(|id| id.to_string())),
        ]);
    }

    /// What holds without backing, and the entry that says so.
    fn base(&mut self, session: &Session, limit: &Limit) -> Result<(), Failure> {
        let own = Key::Limit(self.account.clone(), self.def.unit.clone());
        let base = limit.bounds.lower.minor();
        if let Some(entry) = session.store.entry_of(&own)? {
            self.line(
                "own limit",
                Some(base),
                "set for this account; nothing backs it further".to_owned(),
                Some(entry),
            );
            return Ok(());
        }
        let mut entry = session.store.entry_of(&Key::Unit(self.def.unit.clone()))?;
        let member = match self.account {
            Account::Common(_) => None,
            Account::Member(handle) => session.store.fact(&session.store.register()?, &Key::Member(handle.clone()))?,
        };
        let detail = match member {
            Some(Value::Member(member)) => {
                if let Some(own) = session.store.entry_of(&Key::Base(self.def.unit.clone(), member.kind))? {
                    entry = Some(own);
                }
                if member.confirmed { "what every confirmed member may draw" } else { "not confirmed yet" }
            }
            _ => "an account of the community draws nothing",
        };
        self.line("base limit", Some(base), detail.to_owned(), entry);
        Ok(())
    }

    /// What periodic caps leave to pay.
    fn caps(&mut self, caps: &[Capped]) {
        let places = self.def.base.lower.places();
        for cap in caps {
            let left = cap.most.minor().saturating_sub(cap.paid).max(0);
            let detail = format!("{} of {} are paid within one {}", money(cap.paid, places), cap.most, cap.span);
            self.line(&format!("may pay, {}", cap.span), Some(left), detail, None);
        }
    }

    fn pledges(&mut self, backed: &Backed) {
        for one in &backed.attested {
            let detail = match (&one.terms, lapse(one)) {
                (Some(terms), None) => format!(
                    "{} {} × {} × {}, attested until {}",
                    one.quantity, one.asset, terms.price, terms.advance, one.expires
                ),
                (_, why) => format!("{} {}: {}", one.quantity, one.asset, why.unwrap_or_default()),
            };
            self.line("pledge", Some(one.worth), detail, Some(one.attestation));
        }
    }

    fn delivered(&mut self, backed: &Backed, movements: &[Movement], since: i64) {
        let (Some(factor), Some(window), Some(most)) =
            (backed.terms.factor, backed.terms.window, backed.terms.counterparty)
        else {
            return;
        };
        let places = self.def.base.lower.places();
        let counts: i64 = backed.delivered.iter().map(|one| one.counts).fold(0, i64::saturating_add);
        let detail =
            format!("{factor} × {} delivered in {window}, of one counterparty at most {most}", money(counts, places));
        self.line("delivered", Some(backed.by_delivery), detail, None);
        for one in &backed.delivered {
            let recent = |line: &&Movement| {
                let earned = line.minor > 0 && line.state == State::Received;
                earned && line.counterparty == one.from && line.time.seconds() > since
            };
            let mut ids: Vec<String> = movements.iter().filter(recent).map(|line| line.id.short()).collect();
            let more = ids.len().saturating_sub(NAMED);
            ids.drain(..more);
            let earlier = if more > 0 { format!(" and {more} earlier") } else { String::new() };
            let detail = format!(
                "counts {} of {} from {}: {}{earlier}",
                money(one.counts, places),
                money(one.minor, places),
                one.from,
                ids.join(" ")
            );
            self.line("from", None, detail, None);
        }
    }
}

/// Why an attested pledge counts for nothing.
fn lapse(one: &Attested) -> Option<String> {
    one.void.map(|void| match void {
        Lapse::Expired => format!("attestation {} expired {}", one.attestation.short(), one.expires),
        Lapse::TakenBack => format!("pledge {} taken back", one.pledge.short()),
        Lapse::NoAsset => format!("the rules have no asset `{}` any more", one.asset),
    })
}

/// Everyone's accounts, and what backs them.
pub struct Books {
    rows: Vec<(AccountRow, Limit)>,
    /// Open pledges by asset.
    pledged: BTreeMap<Name, i128>,
    /// In what the assets are counted, and their units.
    counted: BTreeMap<Name, (String, Unit)>,
}

/// What stands behind credit of one kind.
#[derive(Default)]
struct Sum {
    attested: i128,
    credit: i64,
    value: i64,
    drawn: i64,
}

impl Books {
    /// As they stand now.
    pub fn of(session: &Session, now: Time) -> Result<Books, Failure> {
        let mut rows = Vec::new();
        for row in session.store.accounts()? {
            let limit = session.limit(&row.account, &row.unit)?;
            rows.push((row, limit));
        }
        let mut pledged: BTreeMap<Name, i128> = BTreeMap::new();
        for row in session.store.pledges()? {
            if row.taken_back.is_none() && row.pledge.until.is_none_or(|until| until > now) {
                *pledged.entry(row.pledge.asset).or_default() += row.pledge.quantity.billionths();
            }
        }
        let assets = session.store.charter()?.map(|charter| charter.assets).unwrap_or_default();
        let counted = assets
            .into_iter()
            .filter_map(|(name, asset)| Some((name.parse().ok()?, (asset.quantity.to_string(), asset.unit))));
        Ok(Books { rows, pledged, counted: counted.collect() })
    }

    /// A row for each asset of the rules, and one for what was delivered in each unit that counts it.
    pub fn assets(&self) -> Table {
        let mut table = Table::new(
            &[
                "asset|Asset",
                "pledged|Pledged>",
                "attested|Attested>",
                "counted|Of",
                "credit|Credit>",
                "drawn|Drawn>",
                "value|Worth>",
                "coverage|Coverage>",
                "unit|Unit",
            ],
            "the rules have no assets that back credit",
        );
        let mut sums: BTreeMap<(Unit, Option<Name>), (u8, Sum)> = BTreeMap::new();
        for (row, limit) in &self.rows {
            add(&mut sums, row, limit);
        }
        for (name, (counted, unit)) in &self.counted {
            let rows = self.rows.iter().map(|(row, _)| &row.unit).find(|def| def.unit == *unit);
            let none = (rows.map_or(0, |def| def.base.lower.places()), Sum::default());
            let (places, sum) = sums.get(&(unit.clone(), Some(name.clone()))).unwrap_or(&none);
            let pledged = self.pledged.get(name).copied().unwrap_or(0);
            let of = (json!(quantity(pledged)), json!(quantity(sum.attested)), json!(counted));
            table.row(sum.cells(json!(name.to_string()), of, unit, *places));
        }
        for ((unit, _), (places, sum)) in sums.iter().filter(|((_, asset), _)| asset.is_none()) {
            table.row(sum.cells(json!("delivered"), (Cell::Null, Cell::Null, Cell::Null), unit, *places));
        }
        table
    }

    /// Whose accounts there are.
    pub fn accounts(&self) -> Vec<Account> {
        self.rows.iter().map(|(row, _)| row.account.clone()).collect()
    }

    /// How many accounts have drawn more than they may.
    pub fn count_beyond(&self) -> usize {
        self.rows.iter().filter(|(row, limit)| is_beyond(row, limit)).count()
    }

    /// Accounts that have drawn more than they may: they can only earn their way back.
    pub fn beyond(&self, seen: &BTreeSet<Account>) -> Table {
        let mut table = Table::new(
            &["account|Account", "unit|Unit", "balance|Balance>", "limit|Limit>", "beyond|Beyond>", "why|Why"],
            "nobody is beyond the limit",
        );
        let shown = |(row, limit): &&(AccountRow, Limit)| is_beyond(row, limit) && seen.contains(&row.account);
        for (row, limit) in self.rows.iter().filter(shown) {
            let places = row.unit.base.lower.places();
            let attested = limit.backing.iter().flat_map(|backed| &backed.attested);
            let lapsed: Vec<String> = attested.filter_map(lapse).collect();
            let why = match lapsed.as_slice() {
                [] => "the limit is lower than when it drew: `credit limit --why`".to_owned(),
                lapsed => lapsed.join("; "),
            };
            table.row([
                json!(row.account.to_string()),
                json!(row.unit.unit.to_string()),
                json!(money(row.balance, places)),
                json!(money(limit.lower, places)),
                json!(money(row.balance.saturating_neg().saturating_sub(limit.lower), places)),
                json!(why),
            ]);
        }
        table
    }
}

fn is_beyond(row: &AccountRow, limit: &Limit) -> bool {
    row.balance.saturating_add(limit.lower) < 0
}

/// Lays what an account has drawn beyond its base on what backs it: first the pledges, as the books have them, then
/// what it delivered.
fn add(sums: &mut BTreeMap<(Unit, Option<Name>), (u8, Sum)>, row: &AccountRow, limit: &Limit) {
    let Some(backed) = &limit.backing else { return };
    let (unit, places) = (&row.unit.unit, row.unit.base.lower.places());
    let mut rest = row.balance.saturating_neg().saturating_sub(limit.bounds.lower.minor()).max(0);
    let mut lay = |asset: Option<&Name>, quantity: i128, value: i64, credit: i64| {
        let (_, sum) = sums.entry((unit.clone(), asset.cloned())).or_insert((places, Sum::default()));
        let drawn = rest.min(credit);
        rest = rest.saturating_sub(drawn);
        sum.attested = sum.attested.saturating_add(quantity);
        sum.value = sum.value.saturating_add(value);
        sum.credit = sum.credit.saturating_add(credit);
        sum.drawn = sum.drawn.saturating_add(drawn);
    };
    for one in backed.attested.iter().filter(|one| one.void.is_none()) {
        lay(Some(&one.asset), one.quantity.billionths(), one.value(places), one.worth);
    }
    if backed.terms.factor.is_some() {
        let delivered = backed.delivered.iter().fold(0, |sum: i64, one| sum.saturating_add(one.minor));
        lay(None, 0, delivered, backed.by_delivery);
    }
}

impl Sum {
    fn cells(
        &self,
        asset: Cell,
        (pledged, attested, counted): (Cell, Cell, Cell),
        unit: &Unit,
        places: u8,
    ) -> [Cell; 9] {
        let percent = i128::from(self.value).saturating_mul(100).checked_div(self.drawn.into());
        [
            asset,
            pledged,
            attested,
            counted,
            json!(money(self.credit, places)),
            json!(money(self.drawn, places)),
            json!(money(self.value, places)),
            json!(percent.map(|percent| format!("{percent}%"))),
            json!(unit.to_string()),
        ]
    }
}

/// A sum of quantities of any decimals, without needless ones.
fn quantity(billionths: i128) -> String {
    let text = Amount::show(billionths, event::MAX_PLACES);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
