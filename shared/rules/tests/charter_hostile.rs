//! Whatever stands in a rules document, reading it ends soon, with an answer, and with the same one each time.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::disallowed_types, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rules::{Charter, MAX_DOCUMENT};

/// Reads on half the stack that a thread has: what recurses deeply, dies here.
fn read(text: String) -> Result<Charter, rules::BadCharter> {
    let reader = std::thread::Builder::new().stack_size(1024 * 1024);
    let begun = Instant::now();
    let done = reader.spawn(move || Charter::read(&text)).unwrap().join().expect("no panic");
    assert!(begun.elapsed() < Duration::from_secs(5));
    done
}

/// As many repetitions as a document can hold.
fn full(begin: &str, repeated: &str, end: &str) -> String {
    let room = MAX_DOCUMENT - begin.len() - end.len();
    format!("{begin}{}{end}", repeated.repeat(room / repeated.len()))
}

#[test]
fn monsters_are_turned_away() {
    let monsters = [
        full("", "a.", "a = 1"),
        full("[", "a.", "a]"),
        full("[", "'a'.", "a]\nb = 1"),
        full("x = ", "[", ""),
        full("x = ", "{a=", ""),
        full("x = ", "{a.b.c.d=", ""),
        full("x = ", "{\na.b.c.d.e.f.g.h.i=\n", ""),
        full("x = ", "[{a.b.c.d.e.f.g.h.i=\n", ""),
        full("", "[[a]]\n", ""),
        full("", "[a.b.c.d.e.f]\n", ""),
        full("#\r", "a.", "a = 1"),
        full("name = \"\"\"#\n", "a.", "\"\"\""),
        full("name = '", "x", "'"),
        full("", "\"", ""),
        full("", "'''", ""),
        full("", "\u{feff}", ""),
        full("", "\0", ""),
        full("", "[roles.", ""),
        full("[membership]\nvoting = [", "'person',", "]"),
        (0..3000).map(|n| format!("k{n} = 1\n")).collect(),
        (0..1000).map(|n| format!("[roles.r{n}]\n")).collect(),
        "x".repeat(MAX_DOCUMENT + 1),
    ];
    for monster in monsters {
        let told = read(monster.clone()).expect_err(&monster.chars().take(40).collect::<String>());
        assert!((1..=20).contains(&told.problems().len()));
        assert!(told.to_string().len() < 20_000, "{}", told.to_string().len());
    }
}

#[test]
fn names_have_an_end_of_number() {
    let roles = |n: usize| (0..n).map(|n| format!("[roles.r{n}]\n")).collect::<String>();
    assert!(read(roles(64)).is_ok());
    assert_eq!(read(roles(65)).unwrap_err().to_string(), "line 1, column 2: roles: more than 64 of them");
}

/// Text that is nearly a document, so that every room is entered.
fn nearly() -> impl Strategy<Value = String> {
    let words = [
        "name",
        "units",
        "authority",
        "roles",
        "membership",
        "channels",
        "notice",
        "contribution",
        "assets",
        "backing",
        "assessors",
        "polls",
        "caps",
        "day",
        "hours",
        "kWh",
        "title",
        "lower",
        "upper",
        "organisation",
        "household",
        "post",
        "cap",
        "factor",
        "share",
        "to",
        "rules",
        "closes",
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        "\n",
        "\"",
        "'",
        "\"\"\"",
        "'20.00'",
        "'1/3'",
        "'14 days'",
        "'quorum'",
        "'poll:yesno:2/3'",
        "'members'",
        "true",
        "5",
        "1.5",
        "#",
        " ",
        "1979-05-27",
        "inf",
        "\\u0000",
        "ß",
        "\r",
        "\u{202e}",
    ];
    let line = prop_oneof![
        (prop::sample::select(words.to_vec()), prop::sample::select(words.to_vec()))
            .prop_map(|(a, b)| format!("[{a}.{b}]\n")),
        (prop::sample::select(words.to_vec()), prop::sample::select(words.to_vec()))
            .prop_map(|(a, b)| format!("{a} = {b}\n")),
        prop::sample::select(words.to_vec()).prop_map(str::to_owned),
    ];
    prop::collection::vec(line, 0..60).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn nearly_documents_get_an_answer(text in nearly()) {
        let once = Charter::read(&text);
        prop_assert_eq!(&once, &Charter::read(&text));
        if let Err(bad) = once {
            prop_assert!(!bad.problems().is_empty());
            for problem in bad.problems() {
                prop_assert!(problem.line <= text.matches('\n').count() + 1 && problem.column >= 1);
            }
        }
    }

    #[test]
    fn any_bytes_get_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Charter::read(&String::from_utf8_lossy(&bytes));
    }
}
