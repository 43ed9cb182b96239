#!/usr/bin/env python3
"""winograd_error.py [--convforge PROGRAM]: prints the table of docs/winograd.md: for every layer of bench/layers that Winograd
applies to, the error of the output that comes closest to its bound, by Winograd and by direct, against the float64 oracle."""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LISTS = [ROOT / f"bench/layers/{name}.txt" for name in ("resnet50", "vgg16", "mobilenet_v2", "odd")]


def layers():
    for path in LISTS:
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                descriptor, name = line.split(" ")[0].split('n"')
                yield name.rstrip('"'), descriptor


def check(convforge, problem, algorithm):
    """{error, bound}, or nothing where the algorithm does not apply."""
    command = [convforge, "check", "--problem", problem, "--epilogue", "bias,relu", "--algorithm", algorithm, "--json"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    found = json.loads(result.stdout)["results"][0] if result.stdout else {}
    if found.get("passed"):
        return found
    if "winograd needs" in result.stderr + found.get("failure", ""):
        return None
    raise SystemExit(f"winograd_error: {' '.join(map(str, command))}: {result.stderr.strip() or found}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--convforge", default=ROOT / "build/bin/convforge", help="the program (default: build/bin/convforge)")
    convforge = parser.parse_args().convforge
    print("| layer | Winograd's error | of its bound | direct's error | of its bound |\n|---|---:|---:|---:|---:|")
    for name, problem in layers():
        winograd = check(convforge, problem, "winograd")
        if winograd:
            direct = check(convforge, problem, "direct")
            cells = [f"{run['error']:.2g} | {100 * run['error'] / run['bound']:.2g} %" for run in (winograd, direct)]
            print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
