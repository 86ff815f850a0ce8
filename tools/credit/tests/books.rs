//! Books, graphs and pictures, read by the programs they are for, whatever members call themselves and write:
//! hledger, ledger and beancount accept the books under their strictest checks and come to our balances.
//!
//! A program that is not installed is skipped, and the test says so; with `COMMONS_BOOKS=all` it must be there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Of each program: the export, and the command that checks it.
const PROGRAMS: [(&str, &[&str]); 3] = [
    ("hledger", &["hledger", "check", "--strict", "payees", "-f"]),
    ("ledger", &["ledger", "--strict", "--pedantic", "--check-payees", "balance", "-f"]),
    ("beancount", &["bean-check"]),
];

const HOSTILE: [&str; 30] = [
    "=HYPERLINK(\"http://x\";\"y\")",
    "x;=1+1",
    "+1",
    "-2.50 hours",
    "@SUM(A1)",
    "'=1",
    "a \"quoted\" one",
    "back\\slash\\\" and ^link #tag",
    "date: 2020-01-01",
    "date:1-1-1, date2:x",
    "[2020-01-01]",
    "[=2020] and [9",
    ":tag:other:",
    "x :tag: y",
    "key:: (1 + 1)",
    "Value: = 5",
    "; comment",
    "a ; b",
    "a | b",
    "(code) *! payee",
    "two  spaces  and  -5 \"hours\"",
    "assets:members:ada  100 hours",
    "{2.00 EUR} @ 3 @@ 4",
    "~ monthly",
    "Ünïcödé ∑ 👩‍🌾 \u{2236}",
    "right\u{202e}to left",
    "= 0.00",
    "include /etc/passwd",
    "option \"title\"",
    "$(id) `id` %s %n",
];

/// A person's home, in a folder where `hub.git` is everyone's remote.
struct Home<'a> {
    work: &'a Path,
    name: &'a str,
}

impl Home<'_> {
    fn run(&self, tool: &str, args: &[&str]) -> String {
        let credit = PathBuf::from(env!("CARGO_BIN_EXE_credit"));
        let out = Command::new(credit.with_file_name(tool))
            .args(args)
            .current_dir(self.work)
            .env("COMMONS_HOME", self.work.join(self.name))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("COMMONS_COMMUNITY")
            .output()
            .expect("the tools are built");
        assert!(out.status.success(), "{} {tool} {args:?}: {}", self.name, String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).expect("UTF-8")
    }

    fn sync(&self) {
        self.run("members", &["sync", "-q"]);
    }
}

/// A community in which everything goes wrong that a name or a purpose can do.
fn community(work: &Path) -> Home<'_> {
    let _ = fs::remove_dir_all(work);
    fs::create_dir_all(work).expect("a folder");
    let hub = ["init", "-q", "--bare", "--object-format=sha1", "hub.git"];
    assert!(Command::new("git").args(hub).current_dir(work).status().expect("git").success());
    let ada = Home { work, name: "ada" };
    ada.run("members", &["found", "Solar \"\\Street; <b> & ~ 1", "--as", "ada", "--remote", "hub.git", "-q"]);
    let others = ["ßo", "0ö", "ıx", "2026-11-24"].map(|name| Home { work, name });
    for other in &others {
        other.run("members", &["join", "hub.git", "--as", other.name, "-q"]);
        ada.run("members", &["admit", other.name, "-q"]);
    }
    for (unit, lower) in [("h", "9.0"), ("m", "9.0"), ("kWh", "9"), ("KWH", "9.000000000"), ("true", "9.00")] {
        ada.run("credit", &["units", "add", unit, "--title", "a \"unit\"; of : |", "--lower", lower]);
    }
    ada.sync();
    ada.sync();
    for other in &others {
        other.sync();
    }
    for (purpose, other) in HOSTILE.iter().zip(others.iter().cycle()) {
        ada.run("credit", &["pay", other.name, "0.11", "hours", "--", purpose]);
    }
    ada.run("credit", &["pay", "@commons", "0.1", "h"]);
    ada.run("credit", &["pay", "@commons", "0.5", "m", "minutes"]);
    ada.run("credit", &["pay", "@commons", "3", "kWh"]);
    ada.run("credit", &["pay", "@commons", "0.000000001", "KWH"]);
    ada.run("credit", &["pay", "@commons", "0.01", "true"]);
    ada.sync();
    // One member declines what came in, one takes nothing, the others receive.
    fs::create_dir_all(work.join("0ö/config")).expect("a folder");
    fs::write(work.join("0ö/config/config.toml"), "receive = \"manual\"\n").expect("settings");
    for other in &others[..3] {
        other.sync();
    }
    let lines: Value = serde_json::from_str(&others[1].run("credit", &["statement", "--json"])).expect("JSON");
    for line in lines.as_array().expect("lines").iter().take(3) {
        others[1].run("credit", &["decline", line["id"].as_str().expect("an id"), "--why", "=1"]);
    }
    others[1].sync();
    ada.sync();
    ada.sync();
    ada.run("credit", &["pay", "ßo", "0.01", "hours", "pending: of ada"]);
    ada
}

fn check(command: &[&str], file: &Path) -> Option<Output> {
    let (program, args) = command.split_first().expect("a program");
    let out = Command::new(program).args(args).arg(file).env("LC_ALL", "C.UTF-8").output();
    match out {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        out => Some(out.expect("the program runs")),
    }
}

/// The books with one digit of the last balance of what is in transit changed.
fn falsified(books: &str, unit: &str) -> String {
    let lower = books.to_lowercase();
    let line = lower.rfind("assets:transit").expect("what is in transit");
    let end = books[line..].rfind(unit).map(|at| line + at).expect("its balance");
    let digit = books[..end].rfind(|c: char| c.is_ascii_digit() && c != ' ').expect("a digit");
    // Before `~ 0` stands the number that is meant.
    let digit = match books[..digit].ends_with("~ ") {
        true => books[..digit - 2].rfind(|c: char| c.is_ascii_digit()).expect("a digit"),
        false => digit,
    };
    let other = if &books[digit..=digit] == "7" { "8" } else { "7" };
    format!("{}{other}{}", &books[..digit], &books[digit + 1..])
}

#[test]
fn the_programs_come_to_our_balances() {
    let work = std::env::temp_dir().join(format!("books-{}", std::process::id()));
    let ada = community(&work);
    let mut skipped = Vec::new();
    for (to, command) in PROGRAMS {
        for scope in [&[][..], &["--account", "ßo"], &["--since", "2036-01-01"], &["--unit", "KWH"]] {
            let books = ada.run("credit", &[&["export", "--to", to], scope].concat());
            let file = work.join(format!("books.{to}"));
            fs::write(&file, &books).expect("a file");
            let Some(out) = check(command, &file) else {
                skipped.push(to);
                break;
            };
            assert!(out.status.success(), "{to} {scope:?}: {}", String::from_utf8_lossy(&out.stderr));
            let unit = if to == "beancount" { "TRUE.UNIT" } else { "\"true\"" };
            if scope.is_empty() {
                fs::write(&file, falsified(&books, unit)).expect("a file");
                let out = check(command, &file).expect("it ran before");
                assert!(!out.status.success(), "{to} does not see a wrong balance");
            }
        }
    }
    println!("{}", told(&skipped, PROGRAMS.len()));
    let _ = fs::remove_dir_all(&work);
}

/// Says what was not there, and fails where it has to be.
fn told(skipped: &[&str], of: usize) -> String {
    let all = std::env::var("COMMONS_BOOKS").is_ok_and(|value| value == "all");
    assert!(skipped.is_empty() || !all, "not installed: {}", skipped.join(", "));
    format!("{} of {of} programs skipped, not installed: {}", skipped.len(), skipped.join(", "))
}

#[test]
fn graphs_and_pictures_are_well_formed() {
    let work = std::env::temp_dir().join(format!("pictures-{}", std::process::id()));
    let ada = community(&work);
    let drawn: [(&[&str], &[&str], &str); 2] = [
        (&["graph"], &["dot", "-Tcanon"], "ßo"),
        (&["chart", "--unit", "hours", "--svg", "-"], &["xmllint", "--noout"], "&lt;b&gt; &amp;"),
    ];
    let mut skipped = Vec::new();
    for (asked, command, holds) in drawn {
        let text = ada.run("credit", asked);
        assert!(text.contains(holds), "{text}");
        let file = work.join("drawn");
        fs::write(&file, text).expect("a file");
        match check(command, &file) {
            Some(out) => assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr)),
            None => skipped.push(command[0]),
        }
    }
    println!("{}", told(&skipped, drawn.len()));
    let _ = fs::remove_dir_all(&work);
}

/// Smallest parts of a billionth.
fn parts(amount: &str) -> i128 {
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}{decimals:0<9}").parse().expect("an amount")
}

#[test]
fn the_rows_sum_up_to_our_balances() {
    let work = std::env::temp_dir().join(format!("rows-{}", std::process::id()));
    let ada = community(&work);
    let accounts: Value = serde_json::from_str(&ada.run("credit", &["accounts", "--json"])).expect("JSON");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let ours: BTreeMap<(String, String), i128> = accounts
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| ((text(row, "account"), text(row, "unit")), parts(&text(row, "balance"))))
        .filter(|(_, sum)| *sum != 0)
        .collect();
    assert!(ours.len() > 5, "{ours:?}");

    let rows: Value = serde_json::from_str(&ada.run("credit", &["export", "--to", "json"])).expect("JSON");
    let mut json: BTreeMap<(String, String), i128> = BTreeMap::new();
    for row in rows.as_array().expect("rows") {
        *json.entry((text(row, "account"), text(row, "unit"))).or_default() += parts(&text(row, "amount"));
    }
    json.retain(|_, sum| *sum != 0);
    assert_eq!(json, ours);

    let books = ada.run("credit", &["export", "--to", "csv"]);
    let mut rows = csv::Reader::from_reader(books.as_bytes());
    let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
    for row in rows.records() {
        let row = row.expect("a row");
        *sums.entry((row[3].to_owned(), row[7].to_owned())).or_default() += parts(&row[6]);
        assert!(!row[5].starts_with(['=', '+', '-', '@']), "{:?}", &row[5]);
        assert!(row.iter().all(|cell| !cell.contains('\u{202e}')));
    }
    sums.retain(|_, sum| *sum != 0);
    assert_eq!(sums, ours);
    let _ = fs::remove_dir_all(&work);
}
