//! `credit`: see `credit --help`.

fn main() -> std::process::ExitCode {
    credit::main()
}
