#!/usr/bin/env bash
# scripts/build.sh [TARGET...]: configures build/ (Release) and builds everything, or those targets. The program is
# build/bin/convforge. Needs scripts/deps.sh first. CONVFORGE_UNITY_BUILD=ON in the environment: several files of a library are compiled
# as one, in a third of the processor's time; what changes later is then compiled in larger pieces.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "-- build: $*"; }

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} # else what takes a precompiled header is not kept
fi
unity=()
[ -z "${CONVFORGE_UNITY_BUILD:-}" ] || unity=(-DCMAKE_UNITY_BUILD="$CONVFORGE_UNITY_BUILD" -DCMAKE_UNITY_BUILD_BATCH_SIZE=16)
say "configuring build/"
# .deps is named, so that a build folder of another day does not remember another place.
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCONVFORGE_DEPS="$PWD/.deps" -DCONVFORGE_TEST_ARM=ON "${unity[@]}" "${launcher[@]}" --log-level=WARNING >/dev/null
say "compiling"
NINJA_STATUS='[%f/%t] ' cmake --build build ${1:+--target "$@"}
