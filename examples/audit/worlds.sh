#!/bin/sh
# Random worlds, written out as repositories: the auditor must say of each what `members audit` says.
#
# usage: sh examples/audit/worlds.sh [SEEDS [FROM]]
set -eu
cd "$(dirname "$0")/../.."
cargo build --quiet -p members -p credit -p vote -p announce
SEEDS=${1:-2000} FROM=${2:-0} cargo nextest run -p members --test audit --no-capture -E 'test(random_worlds)'
