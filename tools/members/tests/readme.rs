//! The README's tour, run as it is written.

use std::path::Path;

#[test]
fn the_tour_in_the_readme() {
    let readme = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
    if let Err(difference) = testkit::story(readme, env!("CARGO_BIN_EXE_members")) {
        panic!("{difference}");
    }
}

#[test]
fn examples_are_understood() {
    testkit::examples(env!("CARGO_BIN_EXE_members"), concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md"));
}
