//! A remote's address as it is told: what stands before its host can be a password or a token, which goes to git and
//! nowhere else.

/// The part of an address that is a secret, as in `https://ada:word@host/x.git`: all before the `@` where the scheme is
/// http or https, since a token can stand there alone; else what holds a `:`.
pub fn secret(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A password can hold a `/` that should have been escaped; then what looks like a port is none.
    let port = authority.rsplit_once(':').is_none_or(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let part = match authority.rsplit_once('@') {
        Some((part, _)) => part,
        None if !port && !authority.ends_with(']') => rest.rsplit_once('@')?.0,
        None => return None,
    };
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (!part.is_empty() && (web || part.contains(':'))).then_some(part)
}

/// The address without its secret, on one harmless line.
pub fn shown(url: &str) -> String {
    without(url, url)
}

/// What a program said about an address, without the secret of that address.
pub(crate) fn without(text: &str, url: &str) -> String {
    let Some(part) = secret(url) else { return event::harmless_line(text) };
    let mut text = text.replace(part, "***");
    // Said without the name, too.
    if let Some((_, word)) = part.split_once(':')
        && !word.is_empty()
    {
        text = text.replace(word, "***");
    }
    event::harmless_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden() {
        for url in [
            "https://ada:word@example.org/x.git",
            "https://word@example.org/x.git",
            "HTTP://word@example.org",
            "ssh://ada:word@host/x",
            "https://ada:wo/word@example.org/x.git",
            "https://ada:word@two@example.org/x.git",
        ] {
            assert!(secret(url).is_some(), "{url}");
            assert!(!shown(url).contains("word"), "{}", shown(url));
            let said = format!("fatal: unable to access '{url}/': 403");
            assert!(!without(&said, url).contains("word"), "{}", without(&said, url));
        }
        assert_eq!(shown("https://ada:word@example.org/x.git"), "https://***@example.org/x.git");
        assert_eq!(without("no word for ada", "https://ada:word@host/x"), "no *** for ada");
    }

    #[test]
    fn what_is_no_secret_is_told() {
        let open = ["https://example.org/a@b.git", "ssh://git@example.org/x.git", "git@host:x.git", "/srv/a@b.git"];
        for url in open.into_iter().chain(["https://example.org:8443/a@b.git", "file:///srv/x.git"]) {
            assert_eq!((secret(url), shown(url).as_str()), (None, url));
        }
    }
}
