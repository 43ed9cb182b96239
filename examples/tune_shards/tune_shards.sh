#!/usr/bin/env bash
# tune_shards.sh CONVFORGE LAYERS DB PARTS [TUNE'S OPTIONS...]: a list of layers tuned in PARTS processes side by side, each with
# a file of its own, and the files joined. GNU parallel runs them here; with --sshlogin or under a batch scheduler they run on
# other machines of the same class (docs/tuning.md).
set -euo pipefail
convforge=$1 layers=$2 db=$3 parts=$4
shift 4

work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
seq "$parts" | parallel --will-cite --quote --halt now,fail=1 --jobs "$parts" \
  "$convforge" tune --batch "$layers" --shard "{}/$parts" --db "$work/{}.json" "$@"
"$convforge" tune --merge "$work"/*.json --db "$db"
