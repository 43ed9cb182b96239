#!/usr/bin/env python3
"""code.py CONVFORGE LIST... [--layout nhwc|nchw] [--dtype TYPES] [--targets NAMES] [--allowed FILE] [--jobs N] [--update]: explains every
layer of the lists for AVX2 and AVX-512 or the targets named (cross-compiled: nothing runs) and compares spills, llvm-mca's bound, code bytes and sizes with their limits (figures.py).
Figures that miss today are in FILE; --update rewrites it."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import exceptions

def layers(lists, layout, dtype):
    """The lists' lines, each with layout and types, and the epilogue that the comparison with other libraries uses."""
    for path in lists:
        for line in pathlib.Path(path).read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                yield f"{line.strip()} --layout {layout} --dtype {dtype} --epilogue bias,relu\n"


def explain(options):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as batch:
        batch.writelines(layers(options.lists, options.layout, options.dtype))
        batch.flush()
        command = [options.convforge, "explain", "--batch", batch.name, "--target", options.targets, "--jobs", str(options.jobs),
                   "--machine", "generic", "--json"]
        result = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise SystemExit(f"gates: {' '.join(command)}: exit code {result.returncode}")
    kernels = json.loads(result.stdout)["kernels"]
    missing = next((kernel["mca_missing"] for kernel in kernels if kernel["mca_missing"]), None)
    if missing:
        raise SystemExit(f"gates: {missing}")
    return kernels


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("convforge")
    parser.add_argument("lists", nargs="+")
    parser.add_argument("--layout", choices=["nhwc", "nchw"], default="nhwc")
    parser.add_argument("--dtype", default="f32")
    parser.add_argument("--targets", default="x86-64-avx2,x86-64-avx512")
    parser.add_argument("--allowed", default=pathlib.Path(__file__).with_name("allowed.txt"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    kernels = explain(options)
    recorded = exceptions.read(options.allowed)
    if options.update:
        new = exceptions.updated(kernels, recorded)
        exceptions.write(options.allowed, new)
        print(f"gates: {len(new)} exceptions, {len(recorded.keys() - new.keys())} fewer, {len(new.keys() - recorded.keys())} more")
        return 0
    complaints = exceptions.compare(kernels, recorded)
    print("\n".join([*complaints, f"gates: {len(kernels)} kernels, {len(recorded)} exceptions, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
