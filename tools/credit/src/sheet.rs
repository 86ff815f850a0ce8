//! Tables of comma-separated values that people bring along: read with line numbers, whatever parts their columns.

use std::fs;
use std::io::Read;
use std::path::Path;

use frame::Failure;

/// The longest file, in bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// The most rows.
const MOST_ROWS: usize = 100_000;

/// What a file holds.
pub struct Sheet {
    /// Its name, harmless to show.
    pub name: String,
    /// All of it, as it lies on the disk.
    pub bytes: Vec<u8>,
    /// Its rows, a line of names among them if there is one.
    pub rows: Vec<Row>,
}

/// A row of a table.
pub struct Row {
    /// In which line of the file it begins.
    pub line: u64,
    cells: Vec<String>,
}

impl Sheet {
    /// Reads a file, or the standard input for `-`.
    pub fn read(path: &Path) -> Result<Sheet, Failure> {
        let input = path == Path::new("-");
        let name = match input {
            true => "standard input".to_owned(),
            false => event::harmless_line(&path.display().to_string()),
        };
        let unread = |e: std::io::Error| Failure::could(format!("cannot read `{name}`: {e}"));
        let mut bytes = Vec::new();
        let most = MOST.saturating_add(1);
        match input {
            true => std::io::stdin().take(most).read_to_end(&mut bytes),
            false => fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
        }
        .map_err(unread)?;
        if u64::try_from(bytes.len()).unwrap_or(most) > MOST {
            return Err(Failure::usage(format!("`{name}` is longer than 4 MiB")).hint("split it"));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Failure::usage(format!("`{name}` is not in UTF-8")).hint("save it with that encoding"))?;
        let rows =
            rows(text.trim_start_matches('\u{feff}')).map_err(|why| Failure::usage(format!("`{name}`: {why}")))?;
        match rows.is_empty() {
            true => Err(Failure::usage(format!("`{name}` is empty"))),
            false => Ok(Sheet { name, bytes, rows }),
        }
    }

    /// The names in the first line, in small letters.
    pub fn heads(&self) -> Vec<String> {
        self.rows.first().map(|row| row.cells.iter().map(|cell| cell.to_lowercase()).collect()).unwrap_or_default()
    }
}

impl Row {
    /// What stands in a column, nothing where there is no such column.
    pub fn cell(&self, column: Option<usize>) -> &str {
        column.and_then(|column| self.cells.get(column)).map_or("", String::as_str)
    }

    /// How many columns it has.
    pub fn width(&self) -> usize {
        self.cells.len()
    }
}

fn rows(text: &str) -> Result<Vec<Row>, String> {
    let head = text.lines().next().unwrap_or_default();
    // Spreadsheets write what their country parts columns with.
    let delimiter =
        [b',', b';', b'\t'].into_iter().max_by_key(|d| (head.bytes().filter(|b| b == d).count(), *d == b','));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .trim(csv::Trim::All)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push(Row { line, cells: record.iter().map(str::to_owned).collect() });
        if rows.len() > MOST_ROWS {
            return Err(format!("more than {MOST_ROWS} rows"));
        }
    }
    Ok(rows)
}
