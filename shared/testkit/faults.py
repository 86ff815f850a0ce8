#!/usr/bin/env python3
"""Seeds a fault into each rule: one check at a time is deleted, and the simulator must find it.

    shared/testkit/faults.py SCRATCH [--seeds N] [--only TEXT] [--list]

Copies the workspace to SCRATCH, puts a switch beside every check of shared/rules that can be left out, and
those of faults.list, builds the simulator once, and runs it for each switch with the budget that CI gives it. Prints
one line a fault: where it is, and the seed, the step and the seconds after which it was found.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SWITCH = '''//! Leaves one check out.
pub fn off(name: &str) -> bool {
    static NAME: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    NAME.get_or_init(|| std::env::var("RULES_FAULT").unwrap_or_default()) == name
}
'''
RETURN = re.compile(r"^(\s*)return refuse\(Refusal::(\w+)\);$")
ARM = re.compile(r"^(\s*)(true|false) => refuse\(Refusal::(\w+)\),$")
GOOD = re.compile(r"^\s*(true|false) => (Ok\(.*\)),$")
GUARD = re.compile(r"^(\s*)(.+?) if (.+) => (.+)$")
REST = re.compile(r"^\s*_ => (?:return )?refuse\(Refusal::(\w+)\),$")


def opens_if(lines, at):
    """Whether the block that begins on this line is that of an `if` without a value."""
    line = lines[at].strip()
    if line == "{":
        return True
    return line.endswith("{") and not line.endswith("else {") and re.match(r"(\} else )?if ", line) is not None


def switched(path, text):
    """The file with its switches, and their names."""
    room = str(path.relative_to(ROOT / "shared/rules/src"))[:-3]
    lines, names, count = text.split("\n"), [], {}

    def name(refusal):
        count[refusal] = count.get(refusal, 0) + 1
        names.append(f"{room}.{refusal}.{count[refusal]}")
        return f'crate::fault::off("{names[-1]}")'

    for n, line in enumerate(lines):
        if (found := RETURN.match(line)) and n and opens_if(lines, n - 1):
            lines[n] = f"{found[1]}if !{name(found[2])} {{ return refuse(Refusal::{found[2]}); }}"
        elif found := ARM.match(line):
            beside = [GOOD.match(lines[m]) for m in (n - 1, n + 1)]
            good = next((b for b in beside if b and b[1] != found[2]), None)
            if good:
                off = name(found[3])
                lines[n] = f"{found[1]}{found[2]} => if {off} {{ {good[2]} }} else {{ refuse(Refusal::{found[3]}) }},"
        elif (found := REST.match(line)) and (guard := GUARD.match(lines[n - 1])) and "refuse" not in lines[n - 1]:
            lines[n - 1] = f"{guard[1]}{guard[2]} if ({guard[3]}) || {name(found[1])} => {guard[4]}"
    return "\n".join(lines), names


def by_hand(scratch):
    """The switches of faults.list: a name, a file, the old text and the new one."""
    names = []
    for block in (HERE / "faults.list").read_text().split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith("#")]
        if not lines:
            continue
        name, file = lines[0].split()
        old = "\n".join(line[2:] for line in lines if line.startswith("- "))
        new = "\n".join(line[2:] for line in lines if line.startswith("+ "))
        path = scratch / "shared/rules/src" / file
        text = path.read_text()
        assert text.count(old) == 1, f"{name}: `{old}` stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new.replace("OFF", f'crate::fault::off("{name}")')))
        names.append(name)
    return names


def prepare(scratch):
    """The copy with all its switches."""
    subprocess.run(["mkdir", "-p", scratch], check=True)
    copied = ["Cargo.toml", "Cargo.lock", ".cargo", "shared", "tools", "benches"]
    subprocess.run(["cp", "-r", *[ROOT / name for name in copied], scratch], check=True)
    rules = scratch / "shared/rules/src"
    names = by_hand(scratch)
    for path in sorted(rules.rglob("*.rs")):
        original = ROOT / "shared/rules/src" / path.relative_to(rules)
        text, more = switched(original, path.read_text())
        path.write_text(text)
        names += more
    (rules / "fault.rs").write_text(SWITCH)
    lib = rules / "lib.rs"
    lib.write_text(lib.read_text().replace("mod announce;", "mod announce;\nmod fault;", 1))
    return names


def main():
    args = sys.argv[1:]
    scratch = Path(args[0]).resolve()
    options = dict(zip(args[1::2], args[2::2]))
    names = prepare(scratch)
    if "--list" in args:
        print("\n".join(names))
        return
    build = ["cargo", "build", "--quiet", "--offline", "-p", "testkit", "--bin", "simulate"]
    environment = {**os.environ, "CARGO_TARGET_DIR": os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))}
    subprocess.run(build, cwd=scratch, env=environment, check=True)
    simulate = Path(environment["CARGO_TARGET_DIR"]) / "debug/simulate"
    budget = ["--seeds", options.get("--seeds", "18"), "--shrink", "no"]
    found = 0
    names = [name for name in names if options.get("--only", "") in name]
    for name in names:
        run = subprocess.run([simulate, *budget], env={**os.environ, "RULES_FAULT": name}, capture_output=True, text=True)
        said = re.search(r"FAILED seed (\d+) at step (\d+) after (\d+) s", run.stdout)
        found += said is not None
        print(f"{name:<45}", f"seed {said[1]:>4} step {said[2]:>4} {said[3]:>4} s" if said else "not found", flush=True)
    print(f"{found} of {len(names)} faults found")


if __name__ == "__main__":
    main()
