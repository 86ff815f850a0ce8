#!/bin/sh
# Compares `members audit --json` with the auditor, for every home below some folders; of homes that hold the same
# events one is looked at.
#
# usage: sh examples/audit/compare.sh FOLDER...   (members must be on the PATH)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
good=0 bad=0 seen=
for journal in $(find "$@" -type d -name journal.git); do
  community=$(dirname "$journal")
  home=$(dirname "$(dirname "$community")")
  holds=$(git -C "$journal" for-each-ref | cksum)
  case $seen in *"<$holds>"*) continue ;; esac
  seen="$seen<$holds>"
  said=$(members --home "$home" -C "$(basename "$community")" audit --json 2>/dev/null) || true
  reader=$(members --home "$home" -C "$(basename "$community")" whoami --json 2>/dev/null) || true
  reader=$(printf '%s' "$reader" | sed -n 's/.*"device": "\([a-z0-9]*\)".*/\1/p')
  if differs=$(printf '%s' "$said" | python3 "$here/audit.py" "$journal" $reader - 2>&1); then
    good=$((good + 1))
  else
    bad=$((bad + 1))
    printf '%s\n%s\n' "$journal" "$differs"
  fi
done
echo "$good communities agree, $bad do not"
[ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
