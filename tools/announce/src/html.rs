//! Markdown as HTML that can do no harm.

use event::harmless;
use pulldown_cmark::{CowStr, Event, Tag, TagEnd, html};

use crate::markdown::parser;
use crate::moment;
use crate::post::Post;

/// HTML in which nothing comes from the text but words and links: tags that were typed stand there as typed, pictures
/// are links, and a link leads to the web, to a mailbox or nowhere.
pub fn to_html(text: &str) -> String {
    let safe = parser(text).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Image { dest_url, title, id, .. }) => Event::Start(Tag::Link {
            link_type: pulldown_cmark::LinkType::Inline,
            dest_url: safe_link(dest_url),
            title,
            id,
        }),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Link),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: safe_link(dest_url), title, id })
        }
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        // Above it stand the headings of the page.
        Event::Start(Tag::Heading { level, .. }) => {
            Event::Start(Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    });
    let mut out = String::new();
    html::push_html(&mut out, safe);
    harmless(&out)
}

fn below(level: pulldown_cmark::HeadingLevel) -> pulldown_cmark::HeadingLevel {
    use pulldown_cmark::HeadingLevel::{H1, H2, H3, H4, H5, H6};
    match level {
        H1 => H3,
        H2 => H4,
        H3 => H5,
        H4 | H5 | H6 => H6,
    }
}

/// A link that a browser may follow.
fn safe_link(link: CowStr<'_>) -> CowStr<'_> {
    let safe = ["https://", "http://", "mailto:"].iter().any(|scheme| link.starts_with(scheme));
    let plain = link.chars().all(|c| !c.is_control() && c != '\\');
    if safe && plain { link } else { CowStr::Borrowed("#") }
}

/// Escapes text for HTML.
pub fn escape(text: &str) -> String {
    frame::escaped(&harmless(text))
}

/// A post's words as HTML: when and where, the text, files.
pub fn body(post: &Post) -> String {
    let said = &post.row.post;
    let mut out = String::new();
    if let Some(starts) = &said.starts {
        let when = moment::in_words(starts, said.ends.as_ref());
        out.push_str(&format!("<p><strong>When:</strong> {}</p>\n", escape(&when)));
    }
    if let Some(place) = &said.place {
        out.push_str(&format!("<p><strong>Where:</strong> {}</p>\n", escape(place.as_str())));
    }
    out.push_str(&to_html(&post.row.text));
    for file in &said.attachments {
        let link = safe_link(CowStr::Borrowed(&file.link));
        out.push_str(&format!(
            "<p><a href=\"{}\">{}</a> (SHA-256 <code>{}</code>)</p>\n",
            escape(&link),
            escape(file.name.as_str()),
            file.hash
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_does_no_harm() {
        let html = to_html(
            "<script>x</script>\n\n[a](javascript:alert(1)) ![b](https://e.org/x.png) <b onclick=x>c</b>\n\n# Big\n\na \u{202e} b",
        );
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("<img"), "{html}");
        assert!(!html.contains("<b ") && html.contains("&lt;script&gt;") && html.contains("<h3>Big</h3>"), "{html}");
        assert!(!html.contains('\u{202e}'));
    }
}
