#!/usr/bin/env bash
# Counts a million ballots of fifteen candidates by `vote count` and by stv-rs, whole processes on the same files.
#   benches/counts.sh [BALLOTS]     the files are kept under $BENCH_DIR, if that is set
# Prints of each: the best of three, user time, and the most memory as a multiple of the ballot file. Meek is said to
# be right only if both elect the same. stv-rs comes from crates.io into target/oracles, as for the oracles.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
dir=${BENCH_DIR:-$(mktemp -d)}
[ -n "${BENCH_DIR:-}" ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"
cargo build --release --quiet -p vote
stv=$target/oracles/cargo/bin/stv-rs
[ -x "$stv" ] || cargo install --quiet --locked stv-rs --version 0.5.1 --root "$target/oracles/cargo"
[ -e "$dir/uniform.blt" ] || BENCH_SAVE=$dir cargo bench --quiet -p count -- "${1:-1000000}" > "$dir/in-memory"

measure() { # NAME FILE COMMAND...: best of three by the clock, with the user time of that run and the most memory
  local name=$1 file=$2 run; shift 2
  for run in 1 2 3; do
    /usr/bin/time -f '%e %U %M' -o "$dir/time" "$@" > "$dir/out" 2> "$dir/err" || [ $? = 1 ]
    tail -n 1 "$dir/time"
  done | sort -n | head -n 1 | awk -v name="$name" -v size="$(stat -c %s "$file")" \
    '{ printf "| %s | %.2f s | %.2f s | %d MB | %.1f |\n", name, $1, $2, $3 / 1024, $3 * 1024 / size }'
}
ours() { tr -d '\n' | grep -o '"winners": *\[[^]]*' | grep -o 'Candidate [0-9]*' | sort; }
theirs() { sed -n '/Count Complete/,$p' | grep -o 'Elected: .*' | grep -o 'Candidate [0-9]*' | sort; }

echo "| file, method | time | user | memory | of the file |"
echo "|---|---|---|---|---|"
for name in skewed uniform; do
  file=$dir/$name.blt
  for method in "irv 1" "stv 5 --rule scottish" "schulze 1"; do
    read -r method seats rule <<< "$method"
    # shellcheck disable=SC2086
    measure "$name, $method $rule" "$file" \
      "$target/release/vote" count "$file" --method "$method" $rule --seats "$seats" --tie-break first-listed --json
  done
  for seats in 1 5; do
    sed "1s/ .*/ $seats/" "$file" > "$dir/$seats.blt"
    # It knows candidates by nicknames.
    { printf '15 %s\n[nick a b c d e f g h i j k l m n o]\n' "$seats"
      sed '1d;/^0$/,$d' "$dir/$seats.blt" |
        awk 'BEGIN { n = split("a b c d e f g h i j k l m n o", nick, " ") }
             { line = $1; for (k = 2; k < NF; k++) line = line " " nick[$k]; print line " 0" }'
      sed -n '/^0$/,$p' "$dir/$seats.blt"; } > "$dir/$seats.stv"
    measure "$name, meek-prf, $seats seats, vote" "$dir/$seats.blt" \
      "$target/release/vote" count "$dir/$seats.blt" --method stv --rule meek-prf --tie-break first-listed --json
    ours < "$dir/out" > "$dir/ours"
    measure "$name, meek-prf, $seats seats, stv-rs" "$dir/$seats.stv" \
      "$stv" --arithmetic fixed9 --input "$dir/$seats.stv" meek --parallel no
    theirs < "$dir/out" > "$dir/theirs"
    [ -s "$dir/ours" ] && cmp -s "$dir/ours" "$dir/theirs" || echo "DIFFERENT WINNERS: $(paste -sd ' ' "$dir/ours") : $(paste -sd ' ' "$dir/theirs")"
  done
done
