#!/bin/sh
# The main job on real input: a community of three on this machine, from its founding to settled payments,
# a notice and a vote. Each person has a home of their own, and they share one bare repository.
# Stops at the first thing that is not as it should be, and leaves the homes to play with.
#
# usage: sh examples/tour.sh [FOLDER]
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
tour=${1:-$root/tour}

bold() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || bold() { printf '\n== %s\n' "$*"; }
fail() { printf 'tour: %s\n' "$*" >&2; exit 1; }

# The quickest place to stop is before the first build.
for program in cargo git ssh-keygen; do
  command -v "$program" >/dev/null || fail "$program is needed"
done

bold "Building the four tools (some minutes the first time)"
(cd "$root" && cargo build --release --quiet -p members -p credit -p vote -p announce)
PATH=$root/target/release:$PATH
export PATH GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset COMMONS_HOME COMMONS_COMMUNITY 2>/dev/null || true

rm -rf "$tour"
mkdir -p "$tour"
cd "$tour"

# as WHO COMMAND...: shows a command as that person types it, runs it with that person's home.
as() {
  who=$1; shift
  printf '%s$' "$who"
  for word in "$@"; do
    case $word in *[!A-Za-z0-9@./:_=%-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  COMMONS_HOME=$tour/$who "$@" 2>&1
}
# no CODE WHO COMMAND...: the command must end with that code.
no() {
  wanted=$1; shift
  set +e; as "$@"; got=$?; set -e
  [ "$got" -eq "$wanted" ] || fail "expected exit code $wanted, got $got"
}
quietly() { who=$1; shift; COMMONS_HOME=$tour/$who "$@" -q; }
everyone_syncs() {
  moved=1 round=0
  while [ "$moved" -ne 0 ]; do
    moved=0 round=$((round + 1))
    [ "$round" -le 9 ] || fail "sync does not come to rest"
    for who in "$@"; do
      before=$(git -C hub.git for-each-ref | cksum)
      state=$(COMMONS_HOME=$tour/$who members status --json)
      quietly "$who" members sync
      [ "$before" = "$(git -C hub.git for-each-ref | cksum)" ] || moved=1
      [ "$state" = "$(COMMONS_HOME=$tour/$who members status --json)" ] || moved=1
    done
  done
  printf '(%s synced until nothing moved: %s rounds)\n' "$*" "$round"
}

bold "1. Ada founds a community and publishes it in an ordinary git repository"
git init --quiet --bare --object-format=sha1 hub.git
as ada members found 'Solar Street' --as ada --template timebank --remote hub.git
as ada credit units

bold "2. Bob and Caro ask to join; Ada admits them"
as bob members join hub.git --as bob
as caro members join hub.git --as caro
as ada members sync
as ada members status
as ada members admit bob
as ada members admit caro
everyone_syncs bob caro ada
as caro members list

bold "3. They help each other, and pay"
as bob credit pay caro 3 hours 'repairing the bicycle'
as caro credit pay bob 1.5 hours 'soup for ten'
as ada credit pay caro 2 hours 'the summer fair'
as ada credit limit set caro hours 30
everyone_syncs ada bob caro
as caro credit statement

bold "4. What the rules do not allow is refused, and says why"
no 1 bob credit pay ada 50 hours 'a house'
no 1 bob credit pay nobody 1
no 2 bob credit pay ada 1.234

bold "5. A payment waits until the stewards have seen it"
as bob credit pay ada 1 hours 'a lift to the station'
as bob credit balance
quietly bob members sync
as caro members sync
as bob members sync
as ada members sync
everyone_syncs bob caro ada

bold "6. A notice to all"
printf 'The meeting is on Friday at seven, in the kitchen.\n\nBring your ideas for the roof.\n' > notice.txt
as ada announce post --title 'Meeting on Friday' notice.txt
everyone_syncs ada bob caro
as bob announce list
as bob announce read --unread

bold "7. A vote"
as bob vote open 'Shall we buy a second cargo bike?' --closes 1h
everyone_syncs bob ada caro
as ada vote cast 1 yes
as caro vote cast 1 no --why 'the first one is enough'
as bob vote cast 1 yes
everyone_syncs ada caro bob
as bob vote close 1
everyone_syncs bob ada caro
as caro vote tally 1

bold "8. The books agree everywhere, and everyone can check them"
for who in ada bob caro; do
  as "$who" members audit
  COMMONS_HOME=$tour/$who credit accounts --json > "$who.accounts.json"
done
cmp ada.accounts.json bob.accounts.json || fail "ada and bob disagree"
cmp ada.accounts.json caro.accounts.json || fail "ada and caro disagree"
states=$(for who in ada bob caro; do COMMONS_HOME=$tour/$who members audit --json | grep '"state"'; done | sort -u | wc -l)
[ "$states" -eq 1 ] || fail "the states differ"
as ada credit accounts

bold "9. Stock git confirms every signature"
COMMONS_HOME=$tour/caro members allowed-signers > allowed_signers
journal=$tour/caro/data/solar-street/journal.git
show() { git -C "$journal" -c gpg.ssh.allowedSignersFile="$tour/allowed_signers" "$@"; }
echo "caro\$ git log --all --show-signature --format='%an %s'"
show log --all --show-signature --format='%an %s' | head -n 8
echo '...'
all=$(show rev-list --all | wc -l)
good=$(show log --all --format='%G?' | grep -c '^G$' || true)
[ "$all" -eq "$good" ] || fail "$good good signatures of $all"
show fsck --strict 2>&1 | grep -v '^notice:' && fail "git fsck complains" || true
echo "$good of $all commits bear a good signature, and git fsck --strict is content."

bold "Done"
echo "The homes are in $tour: try"
echo "  PATH=$root/target/release:\$PATH COMMONS_HOME=$tour/bob credit statement"
