#!/usr/bin/env bash
# The exported books of a long history, read by hledger, ledger and beancount, which must come to our balances.
#   benches/books.sh [EVENTS]       40,000 events are more than 50,000 movements
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --quiet --locked -p benches -p credit -p members
bin=${CARGO_TARGET_DIR:-$PWD/target}/debug
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export COMMONS_HOME=$dir/home LC_ALL=C.UTF-8
unset COMMONS_COMMUNITY
"$bin/members" -q found Bench --as founder
"$bin/generate" "$COMMONS_HOME" "${1:-40000}"
for to in hledger ledger beancount csv; do "$bin/credit" export --to "$to" > "$dir/books.$to"; done
printf '%d movements\n' "$(($(wc -l < "$dir/books.csv") - 1))"
# The books end with our balances as assertions: each program compares them with what it has added up.
hledger -f "$dir/books.hledger" check --strict payees
ledger -f "$dir/books.ledger" --strict --pedantic --check-payees balance > /dev/null
bean-check "$dir/books.beancount"
