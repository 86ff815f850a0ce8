//! `announce reply --mail`: an answer that was written in a mail reader.

use std::io::Read;
use std::path::Path;

use event::{Body, Line, Post, Text};
use frame::{Common, Failure, Output, Session};
use mail_parser::{HeaderValue, Message, MessageParser};

use crate::cmd::reply::re;
use crate::names::Names;
use crate::{post, private};

/// The longest mail that is read, in bytes.
const MOST: u64 = 1 << 20;

/// The header or first line that shows that a mail comes from its owner.
const TOKEN: &str = "commons-token";

/// Posts the answer that a mail holds, once it is sure that the person wrote it.
pub fn run(file: Option<&Path>, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let bytes = read(file)?;
    let message = MessageParser::default().parse(&bytes).ok_or_else(|| Failure::no("this is no mail"))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let names = Names::of(session)?;
        let answered = answered(&message, &names).ok_or_else(|| {
            Failure::no("the mail answers no post of this community")
                .hint("answer a mail that `announce export` delivered")
        })?;
        let answered = post::find(session, &answered.to_string())?;
        let (token, text) = token_and_text(&message);
        let text = Text::tidy(&text).map_err(|_| Failure::no("the text is empty: nothing was posted"))?;
        let subject = message.subject().map(Line::tidy).transpose().ok().flatten();
        let title = subject.map_or_else(|| re(&answered.row.post), Ok)?;
        let channel = answered.row.post.channel.clone();
        assure(session, common, token.as_deref(), &format!("Post \"{title}\" in {channel}?"))?;
        let readers = private::answering(&answered.row);
        let mut said = Post { reply: Some(answered.id()), readers, ..Post::plain(channel, title) };
        let text = match said.is_private() {
            true => private::seal(session, &mut said, &text, out)?,
            false => text,
        };
        session.write(Body::Post(said), Some(text), out)?.show(out)
    })
}

/// Anyone can send a mail in a member's name, so one posts nothing by itself: the person says yes on the terminal or
/// with `--yes`, or the mail has the token that only the person's own configuration has.
fn assure(session: &Session, common: &Common, token: Option<&str>, question: &str) -> Result<(), Failure> {
    let wanted = session.mail_token()?;
    match (token, wanted) {
        (Some(given), Some(wanted)) if given == wanted => return Ok(()),
        (Some(_), _) => return Err(Failure::no("the mail's token is not the one of config.toml")),
        (None, _) => {}
    }
    match frame::confirm(question, common.yes) {
        Err(failure) if failure.code() == 2 => Err(Failure::no(
            "nothing shows that this mail is yours: nothing was posted",
        )
        .hint("put `mail_token` into config.toml and `Commons-Token: …` into the mail's first line, or add --yes")),
        done => done,
    }
}

fn read(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let done = match file.filter(|file| file.as_os_str() != "-") {
        Some(file) => {
            std::fs::File::open(file).and_then(|file| file.take(MOST.saturating_add(1)).read_to_end(&mut bytes))
        }
        None => std::io::stdin().take(MOST.saturating_add(1)).read_to_end(&mut bytes),
    };
    done.map_err(|e| Failure::could(format!("cannot read the mail: {e}")))?;
    match u64::try_from(bytes.len()).is_ok_and(|len| len <= MOST) {
        true => Ok(bytes),
        false => Err(Failure::no("the mail is longer than 1 MiB")),
    }
}

/// The post that a mail answers: the nearest that its headers name.
fn answered(message: &Message<'_>, names: &Names) -> Option<event::EventId> {
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        value.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect()
    };
    let mut near = ids(message.in_reply_to());
    near.extend(ids(message.references()).into_iter().rev());
    near.iter().find_map(|id| names.event(id))
}

/// The token, and the text without it, without what is quoted at the end, and without the signature.
fn token_and_text(message: &Message<'_>) -> (Option<String>, String) {
    let header = message.headers_raw().find(|(name, _)| name.eq_ignore_ascii_case(TOKEN));
    let mut token = header.map(|(_, value)| value.trim().to_owned());
    let whole = message.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    let mut lines: Vec<&str> = whole.lines().collect();
    let first = lines.first().and_then(|line| line.split_once(':'));
    if let Some((_, value)) = first.filter(|(name, _)| name.trim().eq_ignore_ascii_case(TOKEN)) {
        token = token.or_else(|| Some(value.trim().to_owned()));
        lines.remove(0);
    }
    if let Some(end) = lines.iter().position(|line| *line == "-- ") {
        lines.truncate(end);
    }
    // Mail readers quote below a line such as `On Friday Ada wrote:`.
    let quoted = |line: &&str| line.starts_with('>') || line.trim().is_empty();
    while lines.last().is_some_and(quoted) {
        let below = lines.pop();
        let opens = lines.last().is_some_and(|line| line.trim_end().ends_with(':'));
        if opens && below.is_some_and(|line| line.starts_with('>')) {
            lines.pop();
        }
    }
    (token, lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(mail: &str) -> (Option<String>, String) {
        token_and_text(&MessageParser::default().parse(mail.as_bytes()).unwrap())
    }

    #[test]
    fn what_is_said_and_what_is_quoted() {
        let mail = "From: x@y\nSubject: s\n\nCommons-Token: abc\nI come.\n\n> inline\nyes\n\nOn Friday Ada wrote:\n> who?\n>\n> me\n\n";
        assert_eq!(parsed(mail), (Some("abc".into()), "I come.\n\n> inline\nyes\n".trim_end().to_owned()));
        let header = "Commons-Token: xyz\nSubject: s\n\nHello.\n-- \nBob\nboss\n";
        assert_eq!(parsed(header), (Some("xyz".into()), "Hello.".into()));
        let coded =
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nCr=C3=A8me\n";
        assert_eq!(parsed(coded), (None, "Crème".into()));
        assert_eq!(parsed("Subject: s\n\n> only\n> quoted\n").1, "");
    }
}
