#!/usr/bin/env python3
"""What kernels with pruned constant weights take beside dense ones: the table of docs/constant-weights.md.

  bench/constant_weights.py [--rounds N] [--target T] [FLAG ...]

Compiles a kernel for each layer and each kind of zeros with build/bin/convforge (FLAGs go to it), links them into one program with
$CC or cc, and prints microseconds: minima of calls of all kernels in turn."""

import argparse
import array
import os
import pathlib
import random
import struct
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = {  # name: (descriptor, kernel, input channels, output channels)
    "3x3, 64 @56": ("ic64ih56oc64oh56kh3ph1", 3, 64, 64),
    "3x3, 128 @28": ("ic128ih28oc128oh28kh3ph1", 3, 128, 128),
    "3x3 s2, 128 @56 to 28": ("ic128ih56oc128oh28kh3sh2ph1", 3, 128, 128),
    "1x1, 256 to 64 @56": ("ic256ih56oc64oh56kh1", 1, 256, 64),
    "1x1, 64 to 256 @56": ("ic64ih56oc256oh56kh1", 1, 64, 256),
}
CROSS = {1, 3, 4, 5, 7}
KINDS = {  # name: (used taps or None, share of input channels, share of output channels)
    "dense": (None, 1, 1),
    "half of ic": (None, 0.5, 1),
    "half of oc": (None, 1, 0.5),
    "half of both": (None, 0.5, 0.5),
    "cross": (CROSS, 1, 1),
}
PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
%(includes)s
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e6 + t.tv_nsec * 1e-3; }
typedef int (*run)(const float *, const float *, float *, void *);
int main(void) {
  static const run kernels[] = {%(names)s};
  const size_t workspaces[] = {%(workspaces)s};
  float *in = aligned_alloc(64, 1 << 24), *out = aligned_alloc(64, 1 << 24), *bias = aligned_alloc(64, 1 << 16);
  for (int i = 0; i < 1 << 22; i++) in[i] = (float)(i %% 7) - 3;
  memset(bias, 0, 1 << 16);
  enum { count = sizeof kernels / sizeof *kernels };
  double least[count];
  for (int i = 0; i < count; i++) least[i] = 1e30;
  for (int round = 0; round < %(rounds)d; round++)
    for (int i = 0; i < count; i++) {
      void *workspace = workspaces[i] ? aligned_alloc(64, workspaces[i]) : NULL;
      for (int call = 0; call < 12; call++) {
        const double begin = now();
        if (kernels[i](in, bias, out, workspace)) return 1;
        const double time = now() - begin;
        if (time < least[i]) least[i] = time;
      }
      free(workspace);
    }
  for (int i = 0; i < count; i++) printf("%%.1f\\n", least[i]);
  return 0;
}
"""


def write_npy(path, shape, values):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % (tuple(shape),)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + array.array("f", values).tobytes())


def weights(kernel, ins, outs, kind):
    """HWIO, the channels that are zero chosen at random."""
    taps, share_in, share_out = KINDS[kind]
    choose = random.Random(1)
    used_in = set(choose.sample(range(ins), round(ins * share_in)))
    used_out = set(choose.sample(range(outs), round(outs * share_out)))
    for tap in range(kernel * kernel):
        for c in range(ins):
            for k in range(outs):
                used = (taps is None or tap in taps) and c in used_in and k in used_out
                yield choose.uniform(0.1, 1) if used else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--layer", default="", help="only layers whose name has this")
    args, flags = parser.parse_known_args()
    print("| layer |" + "".join(f" {kind} |" for kind in KINDS))
    print("| --- |" + " ---: |" * len(KINDS))
    for layer, (problem, kernel, ins, outs) in LAYERS.items():
        if args.layer not in layer:
            continue
        kinds = [kind for kind in KINDS if kernel == 3 or KINDS[kind][0] is None]
        with tempfile.TemporaryDirectory() as directory:
            folder = pathlib.Path(directory)
            names = [f"k{i}" for i in range(len(kinds))]
            for name, kind in zip(names, kinds):
                write_npy(folder / "w.npy", (kernel, kernel, ins, outs), weights(kernel, ins, outs, kind))
                subprocess.run([ROOT / "build/bin/convforge", "compile", "--problem", problem, "--epilogue", "bias,relu",
                                "--weights", folder / "w.npy", "--name", name, "--emit", "header,static", "--out", folder,
                                *flags], check=True, stdout=subprocess.DEVNULL)
            program = PROGRAM % {
                "includes": "\n".join(f'#include "{name}.h"' for name in names),
                "names": ", ".join(names),
                "workspaces": ", ".join(f"{name}_workspace_size(1)" for name in names),
                "rounds": args.rounds,
            }
            (folder / "main.c").write_text(program)
            runtime = ROOT / "build/runtime/libconvforge_runtime.a"
            subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", folder / "main", folder / "main.c", f"-I{ROOT}/runtime/include",
                            *[folder / f"lib{name}.a" for name in names], runtime, "-lpthread", "-lm"], check=True)
            times = [float(line) for line in subprocess.run([folder / "main"], check=True, capture_output=True, text=True).stdout.split()]
        print(f"| {layer} |" + "".join(f" {time:.0f} |" for time in times) + " |" * (len(KINDS) - len(times)), flush=True)


main()
