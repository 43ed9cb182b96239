#!/usr/bin/env python3
"""counts.py --qemu PATH [--counts FILE] [--update] [--table] PROGRAM...: counts under emulation the instructions that each
kernel of the PROGRAMs (count_kernels.cpp) executes in a call, and compares them with FILE, within 2 %. --update rewrites FILE,
--table prints the table of docs/arm.md."""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.02
HEADER = """# Instructions that kernels for ARM execute for one output (qemu, one thread), those of them that multiply and add (fmla, each
# of 4 lanes), and layers. arm.counts allows 2 % either way; fewer is to be recorded as well: counts.cmake says how.
# A greater count is a change to explain in CHANGELOG.md.
"""
Count = collections.namedtuple("Count", "instructions fmla")


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise SystemExit(f"counts: {' '.join(map(str, command))}: exit code {result.returncode}\n{result.stderr}")
    return result.stdout


def address_range(program, name):
    """The addresses of a kernel's functions: the linker keeps the object's code together."""
    symbols = re.findall(rf"^([0-9a-f]+) ([0-9a-f]+) [tT] {re.escape(name)}[_.]\S*$", run("aarch64-linux-gnu-nm", "-S", program), re.M)
    begin, end = min(int(at, 16) for at, _ in symbols), max(int(at, 16) + int(size, 16) for at, size in symbols)
    return begin, end


def count(qemu, program, index, name):
    """Runs with every block of instructions logged: its code when it is translated, its address whenever it is entered."""
    begin, end = address_range(program, name)
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        run(qemu, "-d", "in_asm,exec,nochain", "-dfilter", f"{begin:#x}..{end - 1:#x}", "-D", log, program, str(index))
        blocks, entered, block = {}, collections.Counter(), None
        for line in log.open():
            if line.startswith("Trace"):
                entered[line.split("/", 2)[1]] += 1
            elif line.startswith("IN:"):
                block = None
            elif line.startswith("0x"):
                at, _, text = line.partition(":")
                if block is None:
                    block = blocks[f"{int(at, 16):016x}"] = [0, 0]
                block[0] += 1
                block[1] += re.search(r"\bfml[as]\b", text) is not None
    if not entered or entered.keys() - blocks.keys():
        raise SystemExit(f"counts: {program} {index}: no counts in what {qemu} logged")
    return Count(*(sum(times * blocks[at][i] for at, times in entered.items()) for i in (0, 1)))


def measure(qemu, programs):
    """{(problem, target, algorithm): Count for one output}"""
    counts = {}
    for program in programs:
        for index, line in enumerate(run(qemu, program).splitlines()):
            target, algorithm, outputs, name, problem = line.split(maxsplit=4)
            total = count(qemu, program, index, name)
            counts[problem, target, algorithm] = Count(*(number / int(outputs) for number in total))
    return counts


def read(path):
    counts = {}
    for line in pathlib.Path(path).read_text().splitlines():
        if line and not line.startswith("#"):
            target, algorithm, instructions, fmla, problem = line.split(maxsplit=4)
            counts[problem, target, algorithm] = Count(float(instructions), float(fmla))
    return counts


def write(path, counts):
    lines = [f"{target:20} {algorithm:9} {count.instructions:8.2f} {count.fmla:8.2f}  {problem}"
             for (problem, target, algorithm), count in sorted(counts.items())]
    pathlib.Path(path).write_text("\n".join([HEADER, *lines]) + "\n")


def compare(counts, recorded):
    complaints = [f"{' '.join(key)}: recorded, but not counted" for key in recorded.keys() - counts.keys()]
    for key, new in counts.items():
        if key not in recorded:
            complaints.append(f"{' '.join(key)}: {new.instructions:.2f} instructions an output are not recorded")
            continue
        for field, number, old in zip(Count._fields, new, recorded[key]):
            if abs(number - old) > TOLERANCE * old:
                complaints.append(f"{' '.join(key)}: {number:.2f} {field} an output, {old:.2f} recorded: explain, and record it")
    return complaints


def table(counts):
    lines = ["| layer | target | direct: instructions | fmla | Winograd: instructions | fmla | Winograd / direct |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for (problem, target, algorithm), new in counts.items():
        if algorithm == "winograd":
            old = counts[problem, target, "direct"]
            lines.append(f"| {problem} | {target} | {old.instructions:.1f} | {old.fmla:.1f} | {new.instructions:.1f} | "
                         f"{new.fmla:.1f} | {new.instructions / old.instructions:.2f} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="+")
    parser.add_argument("--qemu", default="qemu-aarch64-static")
    parser.add_argument("--counts", default=pathlib.Path(__file__).with_name("counts.txt"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    counts = measure(options.qemu, options.programs)
    if options.table:
        print("\n".join(table(counts)))
    if options.update:
        write(options.counts, counts)
        return 0
    complaints = compare(counts, read(options.counts))
    print("\n".join([*complaints, f"counts: {len(counts)} kernels, {len(complaints)} complaints"]))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
