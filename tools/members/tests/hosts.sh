#!/bin/sh
# The tests of hosts and remotes with every git of this machine.
#
# usage: sh tools/members/tests/hosts.sh [FOLDER-OF-GIT...]
set -eu
cd "$(dirname "$0")/../../.."
[ "$#" -gt 0 ] || set -- $(for folder in /usr/local/bin /usr/bin; do [ ! -x "$folder/git" ] || echo "$folder"; done)
for folder; do
  printf '== %s: ' "$folder"
  "$folder/git" --version
  GIT_FOLDER=$folder cargo nextest run -p members --test hosts --test remotes
done
