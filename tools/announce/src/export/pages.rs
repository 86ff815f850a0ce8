//! Web pages of the public channels: an index, a page for each channel and thread, a feed. Plain files for any server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use event::EventId;
use frame::{Failure, Session};

use super::{Done, make_folder, write_changed};
use crate::html::{body, escape};
use crate::names::Names;
use crate::post::{self, Post, Wanted};
use crate::{feed, thread};

/// How many posts the index and the feed have.
const INDEX: usize = 50;

/// Writes the pages.
pub fn export(session: &mut Session, names: &Names, path: &Path) -> Result<Done, Failure> {
    let charter = session.charter()?;
    let public: Vec<&String> = charter.channels.iter().filter(|(_, channel)| channel.public).map(|(n, _)| n).collect();
    if public.is_empty() {
        return Err(
            Failure::no("no channel is public").hint("the rules say which are: `public = true` in [channels.NAME]")
        );
    }
    make_folder(&path.join("thread"))?;
    let (mut done, mut newest) = (Done::default(), Vec::new());
    let mut threads: BTreeMap<EventId, Vec<Post>> = BTreeMap::new();
    for channel in &public {
        let wanted = Wanted { channel: Some((*channel).clone()), ..Wanted::default() };
        let posts: Vec<Post> = post::list(session, &wanted)?.into_iter().filter(|p| !p.row.post.is_private()).collect();
        let title = charter.channels.get(*channel).and_then(|terms| terms.title.as_ref());
        let about = title.map(ToString::to_string).unwrap_or_default();
        let page = listing(names, &feed::title(names, channel), &about, &public, posts.iter().rev());
        write_changed(&path.join(format!("{}.html", file_name(channel))), page.as_bytes(), &mut done)?;
        for post in posts {
            threads.entry(post.row.root).or_default().push(post);
        }
    }
    for (root, posts) in threads {
        write_changed(
            &path.join("thread").join(format!("{root}.html")),
            thread_page(names, &posts).as_bytes(),
            &mut done,
        )?;
        newest.extend(posts);
    }
    let kept: BTreeSet<String> = newest.iter().map(|post| format!("{}.html", post.row.root)).collect();
    done.gone = sweep(&path.join("thread"), &kept)?;
    newest.sort_by_key(|post| (post.row.event.link.time, post.number));
    let newest = newest.split_off(newest.len().saturating_sub(INDEX));
    let page = listing(names, &names.community, "", &public, newest.iter().rev());
    write_changed(&path.join("index.html"), page.as_bytes(), &mut done)?;
    write_changed(&path.join("feed.xml"), feed::feed(names, "all", &newest, None)?.as_bytes(), &mut done)?;
    Ok(done)
}

/// Takes away the pages of threads that are no longer shown; nothing else that lies there.
fn sweep(folder: &Path, kept: &BTreeSet<String>) -> Result<usize, Failure> {
    let mut gone = 0usize;
    let files = fs::read_dir(folder).map_err(|e| super::unwritten(folder, &e))?;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let ours = name.strip_suffix(".html").is_some_and(|id| id.parse::<EventId>().is_ok());
        if ours && !kept.contains(&name) {
            fs::remove_file(file.path()).map_err(|e| super::unwritten(&file.path(), &e))?;
            gone = gone.saturating_add(1);
        }
    }
    Ok(gone)
}

/// A channel's name as a file's: all but plain letters and digits by their numbers.
fn file_name(channel: &str) -> String {
    let mut name = String::from("channel-");
    for c in channel.chars() {
        match c.is_ascii_alphanumeric() || c == '-' {
            true => name.push(c),
            false => name.push_str(&format!("_{:x}", u32::from(c))),
        }
    }
    name
}

fn listing<'a>(
    names: &Names,
    title: &str,
    about: &str,
    channels: &[&String],
    posts: impl Iterator<Item = &'a Post>,
) -> String {
    let mut out = String::new();
    if !about.is_empty() {
        out.push_str(&format!("<p>{}</p>\n", escape(about)));
    }
    out.push_str("<nav>\n<ul>\n<li><a href=\"index.html\">All</a></li>\n");
    for channel in channels {
        out.push_str(&format!("<li><a href=\"{}.html\">{}</a></li>\n", file_name(channel), escape(channel)));
    }
    out.push_str("</ul>\n</nav>\n");
    let items: String = posts.map(item).collect();
    match items.is_empty() {
        true => out.push_str("<p>There are no posts yet.</p>\n"),
        false => out.push_str(&format!("<ul>\n{items}</ul>\n")),
    }
    page(names, title, "", &out)
}

fn item(post: &Post) -> String {
    let (link, said) = (&post.row.event.link, &post.row.post);
    let important = if said.important { "<strong>Important:</strong> " } else { "" };
    format!(
        "<li>{important}<a href=\"thread/{}.html#p{}\">{}</a>, {}, <time datetime=\"{}\">{}</time></li>\n",
        post.row.root,
        link.id.short(),
        escape(said.title.as_str()),
        escape(post.row.event.author.as_str()),
        link.time,
        day(post)
    )
}

fn day(post: &Post) -> String {
    post.row.event.link.time.to_string().chars().take(10).collect()
}

fn thread_page(names: &Names, posts: &[Post]) -> String {
    let title = posts.first().map(|post| post.row.post.title.to_string()).unwrap_or_default();
    let mut out = String::from("<nav><a href=\"../index.html\">All</a></nav>\n");
    let known: BTreeSet<EventId> = posts.iter().map(Post::id).collect();
    for post in posts {
        let (link, said) = (&post.row.event.link, &post.row.post);
        out.push_str(&format!("<article id=\"p{}\">\n<h2>{}</h2>\n", link.id.short(), escape(said.title.as_str())));
        let answers = match thread::answered(post).filter(|id| known.contains(id)) {
            Some(id) => format!(", in answer to <a href=\"#p{}\">this</a>", id.short()),
            None => String::new(),
        };
        let corrected = match post.row.corrected {
            Some(time) => format!(", corrected <time datetime=\"{time}\">{time}</time>"),
            None => String::new(),
        };
        let author = escape(post.row.event.author.as_str());
        let time = link.time;
        out.push_str(&format!("<p>{author}, <time datetime=\"{time}\">{time}</time>{corrected}{answers}</p>\n"));
        out.push_str(&body(post));
        out.push_str("</article>\n");
    }
    page(names, &title, "../", &out)
}

fn page(names: &Names, title: &str, up: &str, content: &str) -> String {
    let (title, community) = (escape(title), escape(&names.community));
    format!(
        "<!DOCTYPE html>\n<html lang=\"und\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"alternate\" type=\"application/atom+xml\" title=\"{community}\" href=\"{up}feed.xml\">\n\
         <style>body {{ max-width: 42em; margin: 1em auto; padding: 0 1em; line-height: 1.5; }}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n{content}</body>\n</html>\n"
    )
}
