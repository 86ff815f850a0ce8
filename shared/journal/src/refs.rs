//! The branches of a repository on this machine as its files say them, for a look that costs little.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

use event::GitId;

use crate::repo::{Tip, is_chain};

/// The longest file of one branch, in bytes: a commit's name and a line's end are 41.
const MOST_OF_ONE: u64 = 256;

/// The longest list of branches that is read for a look, in bytes: some hundred thousand.
const MOST_OF_ALL: u64 = 16 << 20;

/// All chains' branches; none where the files are not those of a bare repository with plain refs, or where one
/// cannot be read: then git has to look.
pub(crate) fn chains(path: &Path) -> Option<Vec<Tip>> {
    if !path.join("HEAD").exists() || !path.join("objects").is_dir() {
        return None;
    }
    // A branch that moves from file to list meanwhile is found in one of them in this order.
    let loose = loose(&path.join("refs/heads"))?;
    let mut found = packed(&path.join("packed-refs"))?;
    found.extend(loose);
    Some(found.into_iter().map(|(name, git)| Tip { name, git }).collect())
}

fn loose(folder: &Path) -> Option<BTreeMap<String, GitId>> {
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).ok()? {
        let file = file.ok()?;
        let name = file.file_name().into_string().ok().filter(|name| is_chain(name));
        let Some(name) = name else { continue };
        if !file.file_type().ok()?.is_file() {
            return None;
        }
        let git = text_of(&file.path(), MOST_OF_ONE).ok()?.trim_end().parse().ok()?;
        found.insert(name, git);
    }
    Some(found)
}

/// A file that somebody else wrote, if it is not longer than this.
fn text_of(file: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    let read = fs::File::open(file)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    match u64::try_from(read).is_ok_and(|read| read <= most) {
        true => Ok(text),
        false => Err(io::ErrorKind::FileTooLarge.into()),
    }
}

/// Lines of `packed-refs`; those that begin with `#` or `^` name no branch.
fn packed(file: &Path) -> Option<BTreeMap<String, GitId>> {
    let text = match text_of(file, MOST_OF_ALL) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Some(BTreeMap::new()),
        text => text.ok()?,
    };
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let branch = line.split_once(" refs/heads/").filter(|(_, name)| is_chain(name));
        if let Some((git, name)) = branch {
            found.insert(name.to_owned(), git.parse().ok()?);
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn files_win_over_the_list() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path();
        assert_eq!(chains(path), None);
        fs::create_dir_all(path.join("refs/heads/x")).unwrap();
        fs::create_dir(path.join("objects")).unwrap();
        fs::write(path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
        assert_eq!(chains(path), Some(Vec::new()));
        let (a, b) = (event::Device([1; 16]).to_string(), event::Device([2; 16]).to_string());
        let (old, new) = ("1".repeat(40), "2".repeat(40));
        let list = format!(
            "# pack-refs with: peeled\n{old} refs/heads/{a}\n{old} refs/heads/{b}\n^{new}\n{old} refs/tags/{a}\n"
        );
        fs::write(path.join("packed-refs"), list).unwrap();
        fs::write(path.join("refs/heads").join(&b), format!("{new}\n")).unwrap();
        fs::write(path.join("refs/heads/main"), format!("{new}\n")).unwrap();
        let tip = |name: &str, git: &str| Tip { name: name.to_owned(), git: git.parse().unwrap() };
        assert_eq!(chains(path), Some(vec![tip(&a, &old), tip(&b, &new)]));
        fs::write(path.join("refs/heads").join(&b), "ref: refs/heads/main\n").unwrap();
        assert_eq!(chains(path), None);
    }
}
