#!/usr/bin/env bash
# Differential tests of `vote count`: random electorates, counted by it, by the definitions in definitions/, and
# by programs of others.
#
#   run.sh [--all] [PROFILES] [RULE…]
#
# 200 profiles for each rule unless told; a RULE is the start of a name in rules.py, such as stv or borda-1.
# Without --all only the small programs are asked (votelib, pyrankvote, starvote: some MB from PyPI). With it also
# pref_voting and abcvoting (1.5 GB), stv-rs (built by cargo), and Droop if DROOP names a checkout of
# github.com/jklundell/droop (GPL, so neither shipped nor linked: it is only run).
# VOTE names the program under test, else it is built: for debugging, or with --all for release.
# What is installed goes to target/oracles. Nothing is skipped silently: what cannot be had is said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../.."
export ORACLES="$PWD/target/oracles" PYTHONWARNINGS=ignore PYTHONDONTWRITEBYTECODE=1

all=
[ "${1:-}" != --all ] || { all=yes; shift; }
profiles=200
[[ "${1:-}" =~ ^[0-9]+$ ]] && { profiles=$1; shift; }

say() { echo "oracles: $*"; }

vote=${VOTE:-}
if [ -z "$vote" ]; then
  cargo build --quiet --locked -p vote ${all:+--release}
  vote=target/$([ -n "$all" ] && echo release || echo debug)/vote
fi

mkdir -p "$ORACLES"
python=$ORACLES/venv/bin/python
[ -x "$python" ] || python3 -m venv "$ORACLES/venv" 2>/dev/null ||
  { say "SKIPPED: no venv here (python3-venv): only the definitions judge"; python=python3; }
install() { # LIST: what is pinned there, once
  local mark=$ORACLES/venv/$(basename "$1")
  [ "$python" = python3 ] || cmp -s "$1" "$mark" || {
    if "$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 -r "$1" >"$ORACLES/pip.log" 2>&1; then
      cp "$1" "$mark"
    else
      say "SKIPPED: $(grep -o '^[a-z_]*' "$1" | xargs) cannot be installed (PyPI not reachable?): $(tail -n 1 "$ORACLES/pip.log")"
    fi
  }
}
install "$here/small.txt"
if [ -z "$all" ]; then
  export ORACLES_SMALL=yes
else
  install "$here/large.txt"
  [ -x "$ORACLES/cargo/bin/stv-rs" ] ||
    cargo install --quiet --locked stv-rs --version 0.5.1 --root "$ORACLES/cargo" ||
    say "SKIPPED: stv-rs cannot be installed"
  if [ -n "${DROOP:-}" ]; then ln -sfn "$DROOP" "$ORACLES/droop"; fi
  [ -e "$ORACLES/droop/droop/election.py" ] || say "SKIPPED: Droop; DROOP=DIRECTORY says where it is"
fi

cases=${CASES:-../shared/cases/vote}
if [ -d "$cases/cases" ]; then
  "$python" "$here/cases.py" "$cases"
else
  say "no published cases in $cases (CASES=DIRECTORY): the definitions are not checked against them"
fi
exec "$python" "$here/compare.py" --vote "$vote" --profiles "$profiles" --jobs "${JOBS:-2}" "$@"
