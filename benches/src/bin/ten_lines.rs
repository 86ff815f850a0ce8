//! The peer of `credit balance`: the least program that answers from the store.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: ten_lines STORE")?;
    let db = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let row = "SELECT balance FROM account WHERE account = 'founder' AND unit = 'hours'";
    let balance: i64 = db.query_row(row, [], |row| row.get(0))?;
    std::io::Write::write_all(&mut std::io::stdout(), format!("{balance}\n").as_bytes())?;
    Ok(())
}
