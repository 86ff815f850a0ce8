//! `vote`: see `vote --help`.

fn main() -> std::process::ExitCode {
    vote::main()
}
