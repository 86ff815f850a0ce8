//! `announce`: see `announce --help`.

fn main() -> std::process::ExitCode {
    announce::main()
}
