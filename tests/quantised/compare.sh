#!/usr/bin/env bash
# compare.sh ENVIRONMENT RUNNER [ARGUMENTS OF compare.py]: makes a virtual environment with the libraries to compare with (75 MB to
# fetch, once), and compares. Exit status 77: they cannot be fetched, or have no wheels for this machine.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
environment=$1
shift
stamp=$environment/installed
if ! cmp -s "$here/requirements.txt" "$stamp"; then
  /usr/bin/python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    -r "$here/requirements.txt" || exit 77
  cp "$here/requirements.txt" "$stamp" # last: an interrupted install is done again
fi
exec "$environment/bin/python" "$here/compare.py" "$@"
