#!/usr/bin/env bash
# scripts/demo.sh [PICTURE]: from a bare Debian 12 to a picture of feature maps: installs what is missing, builds, installs
# ConvForge into out/convforge, builds the examples against it as a user would, and runs them on PICTURE (any PNG or JPEG;
# default: a sample photograph).
set -euo pipefail

say() { printf '\n%s\n' "== $*"; }

if [ $# -gt 1 ] || [ "${1:-}" = --help ]; then
  echo "usage: scripts/demo.sh [PICTURE.png|PICTURE.jpg]"
  exit $(($# > 1 ? 2 : 0))
fi
if [ $# = 1 ] && [ ! -f "$1" ]; then
  echo "scripts/demo.sh: $1: no such file" >&2
  exit 1
fi
picture=$([ $# = 0 ] || realpath "$1") # before the change of directory
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say "what ConvForge is built with"
scripts/deps.sh
say "building ConvForge"
scripts/build.sh convforge_package
cmake --install build --prefix out/convforge >/dev/null

# Builds examples/$1 in out/$1 with the installed ConvForge only.
build_example() {
  cmake -S "examples/$1" -B "out/$1" -G Ninja -DCMAKE_PREFIX_PATH="$PWD/out/convforge" --log-level=WARNING >/dev/null
  NINJA_STATUS='[%f/%t] ' cmake --build "out/$1"
}

say "two convolutions that can be checked by hand (examples/seed_cases)"
build_example seed_cases
out/seed_cases/seed_cases
out/convforge/bin/convforge summary --problem mb1ic3ih3oc1kh2 --epilogue bias,relu

say "a photograph through generated kernels (examples/feature_maps)"
build_example feature_maps
out/feature_maps/feature_maps "${picture:-.deps/images/astronaut.png}" out/feature_maps.png
