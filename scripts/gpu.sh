#!/usr/bin/env bash
# scripts/gpu.sh [FOLDER]: on a machine with a CUDA GPU, runs the correctness list on it and the layers beside cuDNN, out of the
# build folder FOLDER (build/ beside scripts/). Exit status: 0 if all is well, or after "skipped: no CUDA device" where there is
# none; 1 if a check fails; 2 for a wrong argument or where the programs are not built.
# scripts/gpu.sh --build: installs what is missing (on Debian 12, as root or with sudo: scripts/deps.sh --cuda) and builds the
# programs. They carry their kernels and need the C library and the driver only (and cuDNN, if it is there): scripts/gpu.sh and
# build/bin, copied to another machine as they lie, run there without a network.
# scripts/gpu.sh --help: prints this.
set -euo pipefail

usage() { sed -n '2,/^[^#]/ s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

wrong() {
  echo "scripts/gpu.sh: arguments: $* (expected nothing, a build folder, --build or --help)" >&2
  exit 2
}

# The folder of the programs. A FOLDER is meant from where the caller stands.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
programs=$top/build/bin
[ $# -le 1 ] || wrong "$@"
case ${1:-} in
'') ;;
--help | -h) usage; exit ;;
--build)
  "$top/scripts/deps.sh" --cuda
  exec "$top/scripts/build.sh" gpu_device
  ;;
-*) wrong "$@" ;;
*) programs=$1/bin ;;
esac

# Runs a program; where it is missing, says how to get it.
run() {
  if [ ! -x "$programs/$1" ]; then
    echo "scripts/gpu.sh: $programs/$1 is not there: scripts/gpu.sh --build makes it in build/" >&2
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
