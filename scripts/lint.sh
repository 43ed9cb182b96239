#!/usr/bin/env bash
# scripts/lint.sh [FILE...]: what a change must pass besides the tests: clang-format on every C and C++ file that git knows,
# and clang-tidy (.clang-tidy) on every one that build/ compiles; or both on the FILEs only. Installs the two where they are
# missing. All of clang-tidy takes a quarter of an hour on 2 cores; --format leaves it out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "-- lint: $*"; }

format_only=
if [ "${1:-}" = --format ]; then
  format_only=1
  shift
fi
scripts/deps.sh --lint

# The FILEs, or all that git tracks, by their endings.
sources() {
  local endings=$1
  shift
  if [ $# -gt 0 ]; then printf '%s\n' "$@"; else git ls-files; fi | grep -E "\.($endings)$" || true
}

status=0
mapfile -t formatted < <(sources 'c|h|cpp|hpp' "$@")
say "clang-format: ${#formatted[@]} files"
[ ${#formatted[@]} = 0 ] || clang-format-19 --dry-run -Werror "${formatted[@]}" || status=1
[ -z "$format_only" ] || exit "$status"

[ -f build/compile_commands.json ] || scripts/build.sh
# Files are read one by one.
! grep -q '^CMAKE_UNITY_BUILD:[A-Z]*=ON' build/CMakeCache.txt || cmake -S . -B build -DCMAKE_UNITY_BUILD=OFF --log-level=WARNING >/dev/null
# Only what the build compiles has flags to be read with; the examples are projects of their own.
mapfile -t tidied < <(sources 'c|cpp' "$@" | while read -r file; do
  grep -qF "$PWD/$file\"" build/compile_commands.json && printf '%s\n' "$file"
done || true)
say "clang-tidy: ${#tidied[@]} files"
tidy() { clang-tidy-19 --quiet -p build "$1" 2>/dev/null; }
export -f tidy
[ ${#tidied[@]} = 0 ] ||
  printf '%s\0' "${tidied[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'tidy "$0"' || status=1
[ "$status" = 0 ] && say "clean" || say "not clean"
exit "$status"
