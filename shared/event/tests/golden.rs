//! The frozen format: bytes and ids of one event of every shape, which no later version may change.
//!
//! `UPDATE_GOLDEN=1` writes the files anew; a difference in git is then a new format.

mod git;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use event::Signed;
use git::git;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden")
}

fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|v| v == "1")
}

/// `name id`, a line each.
fn ids() -> String {
    let ids: BTreeMap<String, String> =
        samples::all().iter().map(|s| (s.name.clone(), s.sign().1.id.to_string())).collect();
    ids.iter().map(|(name, id)| format!("{name} {id}\n")).collect()
}

#[test]
fn bytes_and_ids_are_frozen() {
    if update() {
        fs::remove_dir_all(folder()).unwrap();
        fs::create_dir_all(folder()).unwrap();
        fs::write(folder().join("ids"), ids()).unwrap();
    }
    for sample in samples::all() {
        let (bytes, verified) = sample.sign();
        let file = folder().join(format!("{}.commit", sample.name));
        if update() {
            fs::write(&file, &bytes).unwrap();
        }
        let frozen = fs::read(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        assert_eq!(String::from_utf8(frozen.clone()).unwrap(), String::from_utf8(bytes).unwrap(), "{}", sample.name);
        let read = Signed::decode(&frozen).unwrap().verify().unwrap();
        assert_eq!(read, verified, "{}", sample.name);
        assert_eq!((&read.event, &read.parents), (&sample.event, &sample.parents), "{}", sample.name);
        assert_eq!(read.bytes(), frozen, "{}", sample.name);
    }
    assert_eq!(fs::read_to_string(folder().join("ids")).unwrap(), ids());
    let files = fs::read_dir(folder()).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.count(), samples::all().len() + 1, "a golden file that no sample makes");
}

#[test]
fn every_kind_has_a_sample() {
    let samples = samples::all();
    let kinds: BTreeSet<&str> = samples.iter().map(|s| s.event.body.kind()).collect();
    assert_eq!(kinds.len(), 44, "{kinds:?}");
    let names: BTreeSet<&str> = samples.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names.len(), samples.len(), "two samples of one name");
}

/// A bare repository of its own for this test.
fn repository() -> PathBuf {
    let at = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("golden-{}", std::process::id()));
    fs::create_dir_all(&at).expect("a folder");
    let made = git(&at, &["init", "--quiet", "--bare", "--object-format=sha1", "."], b"");
    assert!(made.status.success(), "{made:?}");
    at
}

#[test]
fn stock_git_takes_and_verifies_every_one() {
    let at = repository();
    let samples = samples::all();
    let signers: BTreeSet<String> = samples
        .iter()
        .map(|s| s.key().public())
        .map(|key| format!("{}@commons namespaces=\"git\" {key}\n", key.device()))
        .collect();
    fs::write(at.join("allowed_signers"), signers.into_iter().collect::<String>()).unwrap();
    for sample in samples {
        let (bytes, _) = sample.sign();
        // Without `--literally`, so that git checks the form of the commit too.
        let written = git(&at, &["hash-object", "-t", "commit", "-w", "--stdin"], &bytes);
        assert!(written.status.success(), "{}: {written:?}", sample.name);
        let id = String::from_utf8(written.stdout).unwrap();
        let with = ["-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile=allowed_signers"];
        let args = [&with[..], &["verify-commit", "--raw", id.trim()]].concat();
        let verdict = git(&at, &args, b"");
        let said = String::from_utf8_lossy(&verdict.stderr);
        assert!(verdict.status.success(), "{}: {said}", sample.name);
        assert!(said.contains(&format!("Good \"git\" signature for {}@commons", sample.event.device)), "{said}");
    }
    fs::remove_dir_all(at).unwrap();
}
