#!/usr/bin/env bash
# in_environment.sh ENVIRONMENT PROGRAM.py [ARGUMENTS]: runs a program in a virtual environment with the libraries that requirements.txt
# beside it names (fetched once). Exit status 77: they cannot be fetched, or have no wheels for this machine.
set -euo pipefail
environment=$1 program=$2
shift 2
requirements=$(dirname "$program")/requirements.txt
stamp=$environment/installed
if ! cmp -s "$requirements" "$stamp"; then
  /usr/bin/python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    -r "$requirements" || exit 77
  cp "$requirements" "$stamp" # last: an interrupted install is done again
fi
exec "$environment/bin/python" -B "$program" "$@"
