#!/usr/bin/env bash
# Measures everything on homes of 10,000 and 100,000 events and prints one table. Nothing here fails for being slow.
#   benches/run.sh [EVENTS...]      the homes are kept under $BENCH_DIR, if that is set
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet -p benches -p credit -p members
bin=${CARGO_TARGET_DIR:-$PWD/target}/release
dir=${BENCH_DIR:-$(mktemp -d)}
[ -n "${BENCH_DIR:-}" ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$dir/gitconfig"
unset COMMONS_HOME COMMONS_COMMUNITY
git config --file "$GIT_CONFIG_GLOBAL" user.name bench
git config --file "$GIT_CONFIG_GLOBAL" user.email bench@example.org

# A repository for `git commit -S` with an ssh key; the second makes its objects and refs durable, as ours are.
scratch() {
  [ -d "$1" ] && return
  git init -q "$1"
  ssh-keygen -q -t ed25519 -N '' -f "$1/.git/key"
  git -C "$1" config gpg.format ssh
  git -C "$1" config user.signingkey "$1/.git/key.pub"
}
scratch "$dir/scratch"
scratch "$dir/durable"
git -C "$dir/durable" config core.fsync loose-object,reference

echo "| what | ours | theirs | ratio |"
echo "|---|---|---|---|"
"$bin/clearing"
for n in "${@:-10000 100000}"; do for n in $n; do
  at=$dir/$n home=$dir/$n/home
  rm -rf "$at"; mkdir -p "$at"
  "$bin/members" -q --home "$home" found Bench --as founder
  "$bin/generate" "$home" "$n"
  data=$home/data/bench
  # The pack as the tools write them: no deltas.
  git -C "$data/journal.git" repack -adfq --window=0
  "$bin/rebuild" "$home" "$bin/credit"
  "$bin/judge" "$home"
  git clone -q --mirror "$data/journal.git" "$at/remote.git"
  # A copy without a key, which reads along.
  mkdir -p "$at/reader/data/bench"
  cp -r "$data/journal.git" "$at/reader/data/bench/"
  for h in "$home" "$at/reader"; do
    "$bin/members" -q --home "$h" remote add origin "$at/remote.git"
    for _ in 1 2 3; do "$bin/members" -q --home "$h" sync; done
  done
  git clone -q --mirror "$at/remote.git" "$at/mirror.git"
  "$bin/compare" "$n events: \`credit balance\` : ten lines" 200 \
    "$bin/credit --home $home balance" "$bin/ten_lines $data/store.db"
  "$bin/compare" "$n events: \`credit pay\` : \`git commit -S\`" 40 \
    "$bin/credit --home $home pay m00 0.01" "git -C $dir/scratch commit -q -S --allow-empty -m pay"
  "$bin/compare" "$n events: \`credit pay\` : the same, durable" 40 \
    "$bin/credit --home $home pay m00 0.01" "git -C $dir/durable commit -q -S --allow-empty -m pay"
  for _ in 1 2; do "$bin/members" -q --home "$home" sync; "$bin/members" -q --home "$at/reader" sync; done
  git -C "$at/mirror.git" fetch -q
  "$bin/compare" "$n events: \`sync\`, nothing new : \`git fetch\`" 40 \
    "$bin/members -q --home $home sync" "git -C $at/mirror.git fetch -q"
  "$bin/compare" "$n events: \`sync\`, 100 new, reader : \`git fetch\`" 9 \
    "$bin/members -q --home $at/reader sync" "git -C $at/mirror.git fetch -q" "$bin/more $at/remote.git 100"
  "$bin/members" -q --home "$home" sync
  "$bin/compare" "$n events: \`sync\`, 100 new, steward acks and pushes : \`git fetch\`" 9 \
    "$bin/members -q --home $home sync" "git -C $at/mirror.git fetch -q" "$bin/more $at/remote.git 100"
done; done
