//! `announce search`: posts by their words, author, channel and date.

use event::Time;
use frame::{Common, Failure, Output, Session, now};
use store::Search;

use crate::{compose, post, view};

/// Search posts: words, and from:HANDLE in:CHANNEL date:DAY or date:DAY..DAY unread
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to look for; all of it must fit. A word can end in *; the one after `not` must not be there
    #[arg(required = true)]
    terms: Vec<String>,
    /// The newest so many
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let (search, unread) = read(&args.terms)?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.number_posts()?;
        let (now, mut found) = (now(), Vec::new());
        session.local()?;
        let local = session.opened_local()?;
        session.store.search_posts(&search, &mut |row| {
            let kept = local.kept(&row.event.link.id)?;
            if let Some(kept) = kept
                && (kept.unread || !unread)
                && row.post.expires.is_none_or(|expires| expires > now)
            {
                found.push(post::Post { number: kept.number, row, unread: kept.unread });
            }
            Ok(found.len() < args.limit)
        })?;
        found.sort_by_key(|post| (post.row.event.link.time, post.number));
        out.table(&view::posts(&found, "nothing was found"))
    })
}

/// Terms as a question; whether only what is unread is wanted.
fn read(terms: &[String]) -> Result<(Search, bool), Failure> {
    let (mut search, mut unread) = (Search::default(), false);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut not = false;
    for term in terms {
        if std::mem::take(&mut not) {
            without.extend(phrase(term));
            continue;
        }
        match term.split_once(':') {
            Some(("from", handle)) => search.from = Some(handle.parse()?),
            Some(("in", channel)) => search.channel = Some(compose::channel(channel)?),
            Some(("date", range)) => (search.since, search.until) = dates(range)?,
            _ if term == "unread" || term == "is:unread" => unread = true,
            _ if term == "not" => not = true,
            _ => with.extend(phrase(term)),
        }
    }
    if with.is_empty() && !without.is_empty() {
        return Err(
            Failure::usage("a search needs a word that must be there").hint("add a word that is not behind `not`")
        );
    }
    let mut words = with.join(" AND ");
    for word in without {
        words = format!("({words}) NOT {word}");
    }
    search.words = (!words.is_empty()).then_some(words);
    Ok((search, unread))
}

/// Words in the index's own quotes, so that nothing in them is an operator; none where there is no letter.
fn phrase(text: &str) -> Option<String> {
    let (text, more) = match text.strip_suffix('*') {
        Some(begin) => (begin, "*"),
        None => (text, ""),
    };
    text.chars().any(char::is_alphanumeric).then(|| format!("\"{}\"{more}", text.replace('"', " ")))
}

/// `2026-11-01`, `2026-11`, `2026-11-01..2026-11-30`, `..2026-11-30`, `2026-11-01..`; days are days in UTC.
fn dates(range: &str) -> Result<(Option<Time>, Option<Time>), Failure> {
    let bad = || {
        Failure::usage(format!("`{}` is no day and no range of days", event::harmless_line(range)))
            .hint("write date:2026-11-24, date:2026-11, or date:2026-11-01..2026-11-30")
    };
    let (from, to) = range.split_once("..").unwrap_or((range, range));
    let day = |text: &str, last: bool| -> Result<Option<Time>, Failure> {
        if text.is_empty() {
            return Ok(None);
        }
        let whole = if text.len() == 7 { format!("{text}-01") } else { text.to_owned() };
        let date: jiff::civil::Date = whole.parse().map_err(|_| bad())?;
        let date = if last && text.len() == 7 { date.last_of_month() } else { date };
        let clock = if last { "23:59:59" } else { "00:00:00" };
        format!("{date}T{clock}Z").parse().map(Some).map_err(|_| bad())
    };
    match (day(from, false)?, day(to, true)?) {
        (None, None) => Err(bad()),
        range => Ok(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(terms: &[&str]) -> Option<String> {
        read(&terms.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()).unwrap().0.words
    }

    #[test]
    fn terms_are_no_operators() {
        assert_eq!(words(&["roof", "sol*", "not", "\"old\" OR"]).unwrap(), "(\"roof\" AND \"sol\"*) NOT \" old  OR\"");
        assert_eq!(words(&["from:ada", "***", "NEAR(a"]).unwrap(), "\"NEAR(a\"");
        assert_eq!(words(&["in:kitchen", "unread"]), None);
        assert!(read(&["not".to_owned(), "only".to_owned()]).is_err() && read(&["date:soon".to_owned()]).is_err());
        let (search, _) = read(&["date:2026-02".to_owned()]).unwrap();
        assert_eq!(search.since.unwrap().to_string(), "2026-02-01T00:00:00Z");
        assert_eq!(search.until.unwrap().to_string(), "2026-02-28T23:59:59Z");
    }
}
