//! The stories in this folder, run as they are written.

#[test]
fn stories() {
    testkit::stories(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"), env!("CARGO_BIN_EXE_members"));
}

#[test]
fn help_and_version_are_answers() {
    for flag in ["--help", "--version"] {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_members")).arg(flag).output().unwrap();
        assert!(out.status.success() && !out.stdout.is_empty() && out.stderr.is_empty());
    }
}

#[test]
fn examples_are_understood() {
    testkit::examples(env!("CARGO_BIN_EXE_members"), concat!(env!("CARGO_MANIFEST_DIR"), "/../../man/members.1"));
}
