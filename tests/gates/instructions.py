#!/usr/bin/env python3
"""instructions.py PROGRAM [--valgrind PATH] [--counts FILE] [--update]: counts with callgrind the instructions of each kernel's
call of count_kernel, or of each list that count_planning plans, and compares them with FILE, within a tolerance. --update rewrites what FILE
counts and keeps what it says at its head."""
import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77

def read(path):
    """{name: (count, reason)}"""
    lines = [line.partition("#") for line in pathlib.Path(path).read_text().splitlines()]
    return {words.split()[0]: (int(words.split()[1]), reason.strip()) for words, _, reason in lines if words.split()}


def write(path, counts):
    head = [line for line in pathlib.Path(path).read_text().splitlines() if line.startswith("#")]
    lines = [f"{name:26} {count:>10}  # {reason}" for name, (count, reason) in counts.items()]
    pathlib.Path(path).write_text("\n".join([*head, "", *lines]) + "\n")


def count(valgrind, program, name, symbol):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind"
        command = [valgrind, "--tool=callgrind", f"--callgrind-out-file={out}", "--collect-atstart=no",
                   f"--toggle-collect={symbol}", program, name]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        total = re.search(r"^(?:summary|totals): (\d+)", out.read_text(), re.M) if out.exists() else None
    if result.returncode != 0 or not total or int(total[1]) == 0:
        raise SystemExit(f"instructions: {' '.join(command)}: exit code {result.returncode}, no count\n{result.stderr}")
    return int(total[1])


def measure(valgrind, program):
    """{name: (count, what is in it)}"""
    listed = subprocess.run([program], capture_output=True, text=True, check=False)
    if listed.returncode == SKIPPED:
        print("instructions: this CPU has no AVX2")
        sys.exit(SKIPPED)
    counts = {}
    for line in listed.stdout.splitlines():
        name, symbol, kind, least, unit = line.split(maxsplit=4)
        number = count(valgrind, program, name, symbol)
        counts[name] = number, f"{kind}: {number / int(least):.2f} x {least} {unit}"
    return counts


def compare(counts, recorded, tolerance):
    complaints = [f"{name}: recorded, but not counted" for name in recorded.keys() - counts.keys()]
    for name, (number, reason) in counts.items():
        if name not in recorded:
            complaints.append(f"{name}: {number} instructions ({reason}) are not recorded")
        elif abs(number - recorded[name][0]) > tolerance * recorded[name][0]:
            change = 100 * (number / recorded[name][0] - 1)
            complaints.append(f"{name}: {number} instructions ({reason}), {change:+.1f} % against the {recorded[name][0]} recorded "
                              f"({recorded[name][1]}): {'explain the change' if change > 0 else 'tighten'} (scripts/gates.sh --update)")
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--valgrind", default="valgrind")
    parser.add_argument("--counts", default=pathlib.Path(__file__).with_name("counts.txt"))
    parser.add_argument("--tolerance", type=float, default=0.05)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    counts, recorded = measure(options.valgrind, options.program), read(options.counts)
    if options.update:
        write(options.counts, {name: recorded[name] if recorded.get(name, (0,))[0] == new[0] else new for name, new in counts.items()})
        print(f"instructions: {len(counts)} counts recorded")
        return 0
    complaints = compare(counts, recorded, options.tolerance)
    print("\n".join([*complaints, f"instructions: {len(counts)} counts, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
