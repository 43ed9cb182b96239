#!/usr/bin/env bash
# scripts/sanitize.sh [asan] [tsan]: builds with AddressSanitizer and UndefinedBehaviorSanitizer in build-asan/, with
# ThreadSanitizer in build-tsan/ (CMakePresets.json), and runs the short list of tests that the presets pick.
# Building takes most of the time, so asan does not optimise (a file of 12.7 s at -O1 takes 8.6 s), and both compile several files of
# a library as one (CMake's unity build): headers are read, and templates made, once for all of them.
# Needs scripts/deps.sh first. CTest's reports are build-asan/ctest.xml and build-tsan/ctest.xml.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "-- sanitize: $*"; }

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
# GCC 12's sanitizers cannot start where the kernel moves addresses by more than 28 bits: keep them in place where allowed.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then
  fixed_addresses=(setarch "$(uname -m)" -R)
fi

# One preset, from configuring to the report.
run_preset() {
  local report=$PWD/build-$1/ctest.xml
  rm -f "$report"
  say "$1: building"
  cmake --preset "$1" "${launcher[@]}" --log-level=WARNING >/dev/null &&
    NINJA_STATUS='[%f/%t] ' cmake --build --preset "$1" &&
    say "$1: testing" &&
    "${fixed_addresses[@]}" ctest --preset "$1" --parallel "$(nproc)" --output-junit "$report"
}

[ $# -gt 0 ] || set -- asan tsan
status=0
for preset in "$@"; do
  run_preset "$preset" || status=1
done
exit "$status"
