#!/usr/bin/env bash
# scripts/test.sh [--no-sanitizers] [CTEST ARGUMENTS]: installs what is missing, builds, and runs every test but the long
# ones through CTest, then the short list of scripts/sanitize.sh. Closes with "N passed, N failed[, N skipped]" over all.
# With arguments for CTest, those tests only: `scripts/test.sh -L long` runs the long ones.
# What tests need is installed first (ptxas and nvdisasm for CUDA, a browser for pages, too), so a test that misses a tool fails
# here; under a plain `ctest` it is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

sanitizers=(asan tsan fuzz)
if [ "${1:-}" = --no-sanitizers ]; then
  sanitizers=()
  shift
fi
models= # which tests of the label long alone read
if [ $# -gt 0 ]; then
  sanitizers=() models=1
else
  set -- -LE long
fi

scripts/deps.sh --cuda
scripts/deps.sh --browser
[ -z "$models" ] || scripts/deps.sh --models
[ -f build/CMakeCache.txt ] || export CONVFORGE_UNITY_BUILD=ON # nothing is there that could be kept
scripts/build.sh
export CONVFORGE_REQUIRE_TOOLS=1

reports=("$PWD/build/ctest.xml")
rm -f "${reports[0]}"
status=0
ctest --test-dir build --parallel "$(nproc)" --output-on-failure --no-tests=error --output-junit "${reports[0]}" "$@" || status=$?
for sanitizer in "${sanitizers[@]}"; do
  scripts/sanitize.sh "$sanitizer" || status=1
  reports+=("build-$sanitizer/ctest.xml")
done

echo
scripts/count.sh "${reports[@]}" || status=1
exit "$status"
