#!/usr/bin/env bash
# scripts/build.sh [TARGET...]: configures build/ (Release) and builds everything, or those targets. The program is
# build/bin/convforge. Needs scripts/deps.sh first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "-- build: $*"; }

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} # else what takes a precompiled header is not kept
fi
say "configuring build/"
# .deps is named, so that a build folder of another day does not remember another place.
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCONVFORGE_DEPS="$PWD/.deps" -DCONVFORGE_TEST_ARM=ON "${launcher[@]}" --log-level=WARNING >/dev/null
say "compiling"
NINJA_STATUS='[%f/%t] ' cmake --build build ${1:+--target "$@"}
