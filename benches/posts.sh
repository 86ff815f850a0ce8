#!/usr/bin/env bash
# Measures `announce` on a home of 100,000 posts and prints one table. Nothing here fails for being slow.
#   benches/posts.sh [POSTS]      the home is kept under $BENCH_DIR, if that is set
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet -p benches -p announce -p members
bin=${CARGO_TARGET_DIR:-$PWD/target}/release
dir=${BENCH_DIR:-$(mktemp -d)}
[ -n "${BENCH_DIR:-}" ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null COMMONS_HOME=$dir/home
unset COMMONS_COMMUNITY
n=${1:-100000}
"$bin/members" -q found Bench --as founder
"$bin/generate" "$COMMONS_HOME" "$n" posts
"$bin/announce" list --limit 1 -q > /dev/null   # folds the journal and numbers the posts
once() { # NAME COMMAND...
  local name=$1 best=999999 begun ended; shift
  for _ in 1 2 3 4 5; do
    begun=$(date +%s%N); "$@" > "$dir/out"; ended=$(date +%s%N)
    [ $(((ended - begun) / 10000)) -ge "$best" ] || best=$(((ended - begun) / 10000))
  done
  printf '| %s | %d.%02d ms | %d lines |\n' "$name" $((best / 100)) $((best % 100)) "$(wc -l < "$dir/out")"
}
long() { # NAME COMMAND...
  local name=$1 begun ended; shift
  begun=$(date +%s%N); "$@" > "$dir/out" 2>&1; ended=$(date +%s%N)
  printf '| %s | %d ms | %s |\n' "$name" $(((ended - begun) / 1000000)) "$(tail -n 1 "$dir/out")"
}
echo "| what, of $n posts | best of 5 | |"
echo "|---|---|---|"
once "unread, all unread, the newest 50" "$bin/announce" list --unread --limit 50
long "read all" "$bin/announce" read --unread --no-receipt -q
once "unread, nothing unread" "$bin/announce" list --unread -q
once "search, a rare word" "$bin/announce" search 5000
once "search, two frequent words" "$bin/announce" search roof ladder
once "search, from a member in a channel" "$bin/announce" search soup from:m07 in:roof
once "channels" "$bin/announce" channels
once "feed of 50" "$bin/announce" feed
long "digest since 7d" "$bin/announce" digest --since 7d
long "Maildir, everything" "$bin/announce" export --to maildir "$dir/mail"
long "Maildir, nothing new" "$bin/announce" export --to maildir "$dir/mail"
long "cp -r of it" cp -r "$dir/mail" "$dir/mail2"
long "mbox, everything" "$bin/announce" export --to mbox "$dir/mbox"
