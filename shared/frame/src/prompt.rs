//! Questions, on a terminal only.

use std::io::{self, IsTerminal, Read};

use crate::failure::Failure;

/// Whether a person sits there.
pub fn interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks before something drastic; elsewhere than on a terminal `--yes` must say it.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !interactive() {
        return Err(Failure::usage("this needs a confirmation").hint("add --yes"));
    }
    let answer = dialoguer::Confirm::new().with_prompt(event::harmless_line(question)).default(false).interact();
    match answer {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::no("not done")),
        Err(e) => Err(Failure::could(format!("cannot ask: {e}"))),
    }
}

/// Whether a person on a terminal says yes; elsewhere a no.
pub fn confirmed(question: &str) -> Result<bool, Failure> {
    if !interactive() {
        return Ok(false);
    }
    let answer = dialoguer::Confirm::new().with_prompt(event::harmless_line(question)).default(true).interact();
    answer.map_err(|e| Failure::could(format!("cannot ask: {e}")))
}

/// A text as a person leaves it in `$EDITOR`, none if nothing was saved; `instead` says what to do without a terminal.
pub fn edit(text: &str, extension: &str, instead: &str) -> Result<Option<String>, Failure> {
    if !interactive() {
        return Err(Failure::usage("there is no terminal to edit on").hint(instead));
    }
    let edited = dialoguer::Editor::new().extension(extension).edit(text);
    edited.map_err(|e| Failure::could(format!("cannot open an editor: {e}")).hint(format!("set EDITOR, or {instead}")))
}

/// A value that a command cannot do without: given, or asked for on a terminal; elsewhere a usage error that
/// names what is missing.
pub fn ask(given: Option<String>, name: &str, question: &str) -> Result<String, Failure> {
    match given {
        Some(value) => Ok(value),
        None if interactive() => dialoguer::Input::<String>::new()
            .with_prompt(question)
            .interact_text()
            .map_err(|e| Failure::could(format!("cannot ask: {e}"))),
        None => Err(Failure::usage(format!("`{name}` is missing"))
            .hint("give it, or run the command on a terminal to be asked")),
    }
}

/// A value that may be left out, asked for on a terminal; nothing for an empty answer.
pub fn ask_maybe(question: &str) -> Result<Option<String>, Failure> {
    let input = dialoguer::Input::<String>::new().with_prompt(event::harmless_line(question)).allow_empty(true);
    let answer = input.interact_text().map_err(|e| Failure::could(format!("cannot ask: {e}")))?;
    Ok(Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty()))
}

/// A passphrase, from the terminal.
pub(crate) fn passphrase(prompt: &str, twice: bool) -> Result<String, Failure> {
    if !interactive() {
        return Err(Failure::could("the device key has a passphrase and there is no terminal to ask for it")
            .hint("name a file that holds it in COMMONS_PASSPHRASE_FILE"));
    }
    let mut ask = dialoguer::Password::new().with_prompt(prompt);
    if twice {
        ask = ask.with_confirmation("Again", "They differ");
    }
    ask.interact().map_err(|e| Failure::could(format!("cannot ask: {e}")))
}

/// Text from a file, from stdin (`-`), or from `$EDITOR` on a terminal.
pub fn multiline(from: Option<&std::path::Path>) -> Result<String, Failure> {
    const MOST: u64 = 64 * 1024;
    let read = |mut source: Box<dyn Read>| {
        let mut text = String::new();
        let read = source.by_ref().take(MOST.saturating_add(1)).read_to_string(&mut text)?;
        match u64::try_from(read).is_ok_and(|read| read <= MOST) {
            true => Ok(text),
            false => Err(io::Error::other("it is longer than 64 KiB")),
        }
    };
    let unread = |name: &str, e: io::Error| Failure::could(format!("cannot read {name}: {e}"));
    match from {
        Some(path) if path.as_os_str() != "-" => {
            let name = format!("`{}`", path.display());
            let file = std::fs::File::open(path).map_err(|e| unread(&name, e))?;
            read(Box::new(file)).map_err(|e| unread(&name, e))
        }
        None if interactive() => {
            let text = dialoguer::Editor::new().extension(".md").edit("");
            text.map_err(|e| Failure::could(format!("cannot open an editor: {e}")).hint("set EDITOR, or give a file"))
                .map(Option::unwrap_or_default)
        }
        _ => read(Box::new(io::stdin())).map_err(|e| unread("standard input", e)),
    }
}
