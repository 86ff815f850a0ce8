//! `members`: see `members --help`.

fn main() -> std::process::ExitCode {
    members::main()
}
