//! The options that mean the same in all four tools.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// Keep configuration, data and state of one person under this folder
    #[arg(long, global = true, env = "COMMONS_HOME", value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub home: Option<PathBuf>,
    /// Which community, where there are several
    #[arg(short = 'C', long, global = true, env = "COMMONS_COMMUNITY", value_name = "NAME")]
    pub community: Option<String>,
    /// How to print the answer
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with_all = ["format", "csv"])]
    pub json: bool,
    /// Short for --format csv
    #[arg(long, global = true, conflicts_with = "format")]
    pub csv: bool,
    /// Say nothing but the answer and what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Explain
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Show what would be written, and write nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Fetch before and publish after
    #[arg(long, global = true)]
    pub sync: bool,
    /// Do not ask
    #[arg(short, long, global = true)]
    pub yes: bool,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One JSON value
    Json,
    /// Comma-separated, with a header
    Csv,
    /// Tab-separated, with a header
    Tsv,
}

impl Common {
    /// The format asked for.
    pub fn chosen(&self) -> Format {
        match (self.json, self.csv) {
            (true, _) => Format::Json,
            (_, true) => Format::Csv,
            _ => self.format.unwrap_or(Format::Table),
        }
    }
}
