#!/usr/bin/env bash
# scripts/gates.sh [--update]: builds, then holds the code of every layer of bench/layers (spills, llvm-mca's bound, bytes) and
# the instruction counts of six kernels and of planning against their limits and recorded figures (tests/gates). --update records
# what is found in tests/gates/allowed.txt, allowed_nchw.txt, allowed_s8.txt, counts.txt and planning_counts.txt: read the difference, and explain what got worse in CHANGELOG.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ $# -gt 1 ] || { [ $# = 1 ] && [ "$1" != --update ]; }; then
  echo "usage: scripts/gates.sh [--update]" >&2
  exit 2
fi
scripts/build.sh convforge count_kernel count_planning
lists=(bench/layers/{resnet50,vgg16,mobilenet_v2,odd}.txt)
status=0
python3 tests/gates/code.py build/bin/convforge "${lists[@]}" --jobs "$(nproc)" "$@" || status=$?
python3 tests/gates/code.py build/bin/convforge "${lists[@]}" --layout nchw --allowed tests/gates/allowed_nchw.txt --jobs "$(nproc)" "$@" || status=$?
python3 tests/gates/code.py build/bin/convforge bench/layers/{resnet50,mobilenet_v2}.txt --dtype u8:s8:u8 --targets x86-64-avx512-vnni,x86-64-avx2 \
  --allowed tests/gates/allowed_s8.txt --jobs "$(nproc)" "$@" || status=$?
python3 tests/gates/instructions.py build/bin/count_kernel "$@" || { skipped=$?; [ $skipped = 77 ] || status=$skipped; }
python3 tests/gates/instructions.py build/bin/count_planning --counts tests/gates/planning_counts.txt --tolerance 0.1 "$@" || status=$?
exit $status
