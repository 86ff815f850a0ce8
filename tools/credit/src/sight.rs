//! Whose balances and movements are shown.

use std::collections::BTreeSet;

use event::{Account, RoleName};
use frame::{Failure, Session};
use rules::Sight;

/// The role whose holders see all accounts.
const TREASURER: &str = "treasurer";

/// Those of the accounts that may be shown to whoever runs this tool.
///
/// All of them, or where the rules say so only those that it keeps and those of the community; a treasurer sees all.
/// It is a matter of manners: the log is open to everyone who can read the repository. Every display of other people's
/// balances asks here.
pub fn visible(session: &Session, accounts: Vec<Account>) -> Result<Vec<Account>, Failure> {
    let sight = session.store.charter()?.map(|charter| charter.balances).unwrap_or_default();
    if sight == Sight::Members || is_treasurer(session)? {
        return Ok(accounts);
    }
    let own: BTreeSet<Account> =
        session.kept_accounts()?.into_iter().chain(session.me()?.map(Account::Member)).collect();
    let shown = |account: &Account| matches!(account, Account::Common(_)) || own.contains(account);
    Ok(accounts.into_iter().filter(shown).collect())
}

fn is_treasurer(session: &Session) -> Result<bool, Failure> {
    let (Some(me), Ok(role)) = (session.me()?, TREASURER.parse::<RoleName>()) else { return Ok(false) };
    let register = session.store.register()?;
    Ok(rules::holds(&session.store, &register, &me, &role)?)
}
