#!/usr/bin/env bash
# scripts/sanitize.sh [asan] [tsan] [fuzz] [fuzz-long]: builds with AddressSanitizer and UndefinedBehaviorSanitizer in build-asan/,
# with ThreadSanitizer in build-tsan/ (CMakePresets.json), and runs the short list of tests that the presets pick; in build-fuzz/
# with Clang's libFuzzer and the first two, and runs the fuzz targets (tests/fuzz) for a minute in all, or an hour: fuzz-long, which
# is not among the default ones. Says how many inputs ran.
# Building takes most of the time, so asan does not optimise (a file of 12.7 s at -O1 takes 8.6 s), and both compile several files of
# a library as one (CMake's unity build, of 16): headers are read, and templates made, once for all of them.
# Needs scripts/deps.sh first. CTest's reports are build-asan/ctest.xml and so on.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "-- sanitize: $*"; }

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} # else what takes a precompiled header is not kept
fi
# GCC 12's sanitizers cannot start where the kernel moves addresses by more than 28 bits: keep them in place where allowed.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi

# How many inputs libFuzzer ran in each test, from CTest's log of the last run.
say_inputs() {
  awk '/ Testing: / { test = $3 } /^stat::number_of_executed_units:/ { print "-- sanitize: " test ": " $2 " inputs" }' "$1"
}

# One preset, from configuring to the report.
run_preset() {
  local build=${1%-long} status=0
  local report=$PWD/build-$build/ctest.xml
  rm -f "$report"
  say "$1: building"
  cmake --preset "$build" "${launcher[@]}" --log-level=WARNING >/dev/null &&
    NINJA_STATUS='[%f/%t] ' cmake --build --preset "$build" || return 1
  say "$1: testing"
  "${fixed_addresses[@]}" ctest --preset "$1" --parallel "$(nproc)" --output-junit "$report" || status=1
  [ "$build" != fuzz ] || say_inputs "build-$build/Testing/Temporary/LastTest.log"
  return "$status"
}

[ $# -gt 0 ] || set -- asan tsan fuzz
status=0
for preset in "$@"; do
  run_preset "$preset" || status=1
done
exit "$status"
