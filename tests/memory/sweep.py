#!/usr/bin/env python3
"""sweep.py CASE --preload LIBRARY --program NAME=PATH... [--first N] [--stride N] [--last N]: runs the case (cases.py) with
one allocation failing: every one of the first N, every STRIDEth from there on, and every one of the last N, where files are
written; of every fifth of these numbers also with all failing that follow. Prints how often the program ended how. Status 1 where it ended otherwise than verdict.py allows."""
import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile

from cases import CASES, write_inputs
from fork_server import ForkServer
from verdict import verdict

# Kernels of any machine, no plans of its owner, and a cache that is looked at afterwards.
ENVIRONMENT = {"CONVFORGE_MACHINE": "generic", "CONVFORGE_CACHE_DIR": "cache", "CONVFORGE_PLANS": "", "CONVFORGE_TARGET": "", "CC": "cc"}
MOST_SHOWN = 5
MEMORY = "/dev/shm"  # the program flushes its files to the disk, which would take most of the time


def numbers(total, first, stride, last):
    everything = range(1, total + 1)
    singles = sorted({*everything[:first], *everything[first::stride], *everything[-last:]})
    return [*singles, *(-number for number in singles[::5])]


def sweep(server, case, inputs, flags):
    server.run(0)  # what a first run does once on a machine
    reference = server.run(0)
    if reference.status != 0:
        raise SystemExit(f"without a failed allocation: {reference.text()}")
    found, wrong = collections.Counter(), []
    for number in numbers(reference.calls, flags.first, flags.stride, flags.last):
        ending = server.run(number)
        name, allowed = verdict(ending, reference, inputs, case)
        found[name] += 1
        if not allowed:
            wrong.append(f"allocation {number}: {name}: {ending.text()}")
    return reference.calls, found, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("--preload", required=True)
    parser.add_argument("--program", action="append", required=True, help="NAME=PATH")
    parser.add_argument("--first", type=int, default=300)
    parser.add_argument("--stride", type=int, default=9973)
    parser.add_argument("--last", type=int, default=60)
    flags = parser.parse_args()
    case = CASES[flags.case]
    command = [dict(program.split("=", 1) for program in flags.program)[case.program], *case.arguments]
    with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as scratch:
        inputs = pathlib.Path(scratch) / "inputs"
        write_inputs(case, inputs, lambda folder: subprocess.run(
            command, cwd=folder, env={**os.environ, **ENVIRONMENT, "TMPDIR": "tmp"}, check=True))
        names = [path.relative_to(inputs).as_posix() for path in inputs.rglob("*") if path.is_file()]
        with ForkServer(flags.preload, command, inputs, scratch, ENVIRONMENT, case.start) as server:
            calls, found, wrong = sweep(server, case, names, flags)
    print(f"{flags.case}: {calls} allocations, {sum(found.values())} runs")
    for name, count in found.most_common():
        print(f"  {count:6} {name}")
    for text in wrong[:MOST_SHOWN]:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
