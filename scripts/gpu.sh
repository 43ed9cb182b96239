#!/usr/bin/env bash
# scripts/gpu.sh [FOLDER]: on a machine with a CUDA GPU, runs the correctness list on it and the layers beside cuDNN, out of the
# build folder FOLDER (build/). Says "skipped: no CUDA device" where there is none.
# scripts/gpu.sh --build: installs what is missing and builds the programs. They carry their kernels and need the C library and
# the driver only (and cuDNN, if it is there): build/bin and this script may be copied to another machine, without a network.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --build ]; then
  scripts/deps.sh --cuda
  exec scripts/build.sh gpu_device
fi
programs=${1:-build}/bin

# Runs a program; where it is missing, says how to get it.
run() {
  if [ ! -x "$programs/$1" ]; then
    echo "scripts/gpu.sh: $programs/$1 is not there: scripts/gpu.sh --build makes it" >&2
    return 2
  fi
  "$programs/$1"
}

status=0
run cuda_device || status=$?
[ "$status" != 77 ] || exit 0 # skipped, as it said
[ "$status" = 0 ] || exit "$status"
run cuda_check || status=1
run cuda_layers || status=1
exit "$status"
