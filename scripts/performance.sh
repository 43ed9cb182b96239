#!/usr/bin/env bash
# scripts/performance.sh [--compare FILE.json --exact FILE.json | --peers FOLDER] [--help for the rest]: builds the program, measures it, and
# writes docs/performance.md and docs/pictures/*.svg (bench/performance). Needs nothing but Python 3.
set -euo pipefail
root=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/..

case " $* " in *' --help '* | *' -h '* | *' --runs '*) ;; *) "$root/scripts/build.sh" convforge ;; esac
exec python3 "$root/bench/performance/performance.py" "$@"
