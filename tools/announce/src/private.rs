//! Private posts: for some readers only, encrypted by the `age` program to the keys that they have published.
//!
//! The program, as git does the transfers: the library would bring 86 crates, and second versions of the curve and the
//! hash that decide about signatures. The title stands in the first line of what is encrypted.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use event::{Handle, Line, Post, Readers, Recipient, Role, Text};
use frame::{Failure, Output, Session};
use rules::Refusal;
use store::PostRow;

/// The longest text that is taken from a decrypted post, in bytes; none can hold more.
const MOST: u64 = 64 * 1024;

/// What a post says to this person: its title and text, or that they are for others.
pub struct Words {
    /// About what.
    pub title: String,
    /// The message.
    pub text: String,
}

/// The words of a post as they are shown.
pub fn words(session: &Session, row: &PostRow) -> Result<Words, Failure> {
    words_of(session, &row.post, &row.text)
}

/// The words of one version of a post.
pub fn words_of(session: &Session, said: &Post, text: &str) -> Result<Words, Failure> {
    if !said.is_private() {
        return Ok(Words { title: said.title.to_string(), text: text.to_owned() });
    }
    let identity = identity(session);
    let closed = |why: &str| Words { title: said.title.to_string(), text: format!("({why})") };
    if !identity.exists() {
        return Ok(closed("private: `announce key` lets you read what is written to you from then on"));
    }
    let Some(identity) = identity.to_str() else { return Ok(closed("private")) };
    match age(&["--decrypt", "--identity", identity], text.as_bytes()) {
        Ok(plain) => {
            let plain = String::from_utf8_lossy(&plain).into_owned();
            let (title, text) = plain.split_once("\n\n").unwrap_or((said.title.as_str(), &plain));
            Ok(Words { title: title.replace('\n', " "), text: text.trim_end().to_owned() })
        }
        Err(Trouble::Missing) => Ok(closed("private: install `age` to read it")),
        Err(Trouble::Says(_)) => Ok(closed("private, and not for your key")),
    }
}

/// Encrypts a post to its readers and its author: the title and the text become the text.
pub fn seal(session: &Session, said: &mut Post, text: &Text, out: &mut Output) -> Result<Text, Failure> {
    let keys = session.store.reading_keys()?;
    let mut arguments = vec!["--encrypt".to_owned(), "--armor".to_owned()];
    let mut missing = Vec::new();
    for reader in readers(session, &said.readers)? {
        match keys.get(&reader) {
            Some(key) => arguments.extend(["--recipient".to_owned(), key.to_string()]),
            None => missing.push(reader.to_string()),
        }
    }
    if arguments.len() == 2 {
        return Err(
            Failure::no("none of the readers has published a key").hint("each of them does so with `announce key`")
        );
    }
    if !missing.is_empty() {
        out.warn(format!("no key is known of {}, who cannot read this", missing.join(", ")));
    }
    if let Some(own) = session.me()?.and_then(|me| keys.get(&me)) {
        arguments.extend(["--recipient".to_owned(), own.to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let sealed = age(&arguments, format!("{}\n\n{text}\n", said.title).as_bytes()).map_err(Trouble::failure)?;
    said.title = "private".parse::<Line>()?;
    let sealed = String::from_utf8(sealed).map_err(|_| Failure::could("age gave no text"))?;
    Text::tidy(&sealed).map_err(|e| Failure::usage(format!("the text is too long once it is encrypted: {e}")))
}

/// Those who can read, as of now: roles become their holders.
fn readers(session: &Session, said: &[Readers]) -> Result<Vec<Handle>, Failure> {
    let members = session.store.members()?;
    let mut all = Vec::new();
    for readers in said {
        match readers {
            Readers::Member(handle) => match members.iter().any(|member| member.handle == *handle) {
                true => all.push(handle.clone()),
                false => return Err(Failure::refused(Refusal::NoMember)),
            },
            Readers::Role(Role::Steward) => {
                all.extend(members.iter().filter(|member| member.steward).map(|member| member.handle.clone()));
            }
            Readers::Role(role) => {
                let rows = session.store.roles()?.into_iter().filter(|row| row.role == *role);
                all.extend(rows.filter_map(|row| row.holder));
            }
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

/// The readers of an answer: those of what is answered, and its author; of a post for everyone, everyone.
pub fn answering(row: &PostRow) -> Vec<Readers> {
    let mut readers = row.post.readers.clone();
    if !readers.is_empty() && readers.len() < event::MAX_READERS {
        readers.push(Readers::Member(row.event.author.clone()));
        readers.sort();
        readers.dedup();
    }
    readers
}

/// Those whom `--for` names: handles, `stewards`, or `role NAME`.
pub fn named(given: &[String]) -> Result<Vec<Readers>, Failure> {
    let mut readers = Vec::new();
    for text in given {
        let text = if text == "stewards" { "role steward" } else { text };
        readers.push(text.parse().map_err(|_| {
            Failure::usage(format!("`{}` is no member and no role", event::harmless_line(text)))
                .hint("write a handle, `stewards`, or 'role treasurer'")
        })?);
    }
    readers.sort();
    readers.dedup();
    Ok(readers)
}

/// Where this installation's identity lies; age reads it as it is.
pub fn identity(session: &Session) -> PathBuf {
    session.state_folder().join("reading.key")
}

/// The key of the identity, which is made where there is none.
pub fn own_key(session: &Session) -> Result<Recipient, Failure> {
    let path = identity(session);
    if !path.exists() {
        make(&path)?;
    }
    let text = path.to_str().ok_or_else(|| Failure::could("the home's name is no text"))?;
    let key = run("age-keygen", &["-y", text], b"").map_err(Trouble::failure)?;
    let key = String::from_utf8_lossy(&key).trim().to_owned();
    key.parse().map_err(|_| Failure::could(format!("`{}` holds no age identity", path.display())))
}

fn make(path: &Path) -> Result<(), Failure> {
    let made = run("age-keygen", &[], b"").map_err(Trouble::failure)?;
    let mut file = fs::File::options();
    let written = file.create_new(true).write(true).mode(0o600).open(path).and_then(|mut file| file.write_all(&made));
    written.map_err(|e| Failure::could(format!("cannot write `{}`: {e}", path.display())))
}

enum Trouble {
    /// The program is not there.
    Missing,
    /// What it says.
    Says(String),
}

impl Trouble {
    fn failure(self) -> Failure {
        match self {
            Trouble::Missing => Failure::could("private posts need the program `age`, which is not installed")
                .hint("install the package `age`"),
            Trouble::Says(why) => Failure::could(format!("age: {}", event::harmless_line(&why))),
        }
    }
}

fn age(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Trouble> {
    run("age", arguments, input)
}

fn run(program: &str, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Trouble> {
    let says = |e: std::io::Error| Trouble::Says(e.to_string());
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Trouble::Missing,
        _ => says(e),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // At most 64 KiB, which a pipe holds; a program that does not read them has its reasons, and says them.
        let _ = stdin.write_all(input);
    }
    let mut output = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(MOST).read_to_end(&mut output).map_err(says)?;
    }
    let done = child.wait_with_output().map_err(says)?;
    match done.status.success() {
        true => Ok(output),
        false => {
            Err(Trouble::Says(String::from_utf8_lossy(&done.stderr).lines().next().unwrap_or_default().to_owned()))
        }
    }
}
