#!/usr/bin/env bash
# scripts/test.sh [CTEST ARGUMENTS]: installs what is missing, builds, and runs every test but the long ones through CTest.
# Closes with "N passed, N failed[, N skipped]". `scripts/test.sh -L long` runs the long ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/deps.sh
scripts/build.sh

report=$PWD/build/ctest.xml
[ $# -gt 0 ] || set -- -LE long
status=0
ctest --test-dir build --parallel "$(nproc)" --output-on-failure --no-tests=error --output-junit "$report" "$@" || status=$?

# CTest's report begins with the counts: <testsuite ... tests="5" failures="0" disabled="0" skipped="1" ...
count() { sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$report" | head -n 1; }
failed=$(count failures)
skipped=$(($(count skipped) + $(count disabled)))
echo
echo "$(($(count tests) - failed - skipped)) passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
exit "$status"
