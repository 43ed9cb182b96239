#!/usr/bin/env python3
"""arrows.py SOURCE_TREE: reads the includes of every room and fails on one that runs up (rooms.txt), on a source file outside of
all rooms, on one of more than 300 lines, and on a median above 100 lines; on a source that has neither a header of its own nor a
comment in front that says what it is; and on one base name in several rooms unless SAME_THING says why."""
import pathlib
import re
import statistics
import sys

LONGEST, MEDIAN = 300, 100
SUFFIXES = {".c", ".h", ".cpp", ".hpp"}
# Where `#include "..."` is looked for after the file's own folder, as the libraries' include directories have it.
ROOTS = ["", "generator", "jit/include", "runtime/include", "runtime/src", "kernel_tools/include"]
SOURCES, HEADERS = {".c", ".cpp"}, {".h", ".hpp"}
# Base names in more rooms than one: the same thing of each.
SAME_THING = {
    "activation": "activations in float64, and as Halide algebra",
    "check": "a kernel against the oracle, and the subcommand",
    "compile": "from a plan to machine code, and the subcommand",
    "depthwise": "the algebra for GPUs, and its schedule",
    "elementwise": "operators of ONNX, and what the runtime computes",
    "epilogue": "what it is, and as Halide algebra",
    "families": "the two halves of a family's row: planner's and schedules'",
    "machine": "the rows, and the subcommand that prints them",
    "matrix_product": "the algebra for GPUs, and its schedule",
    "measure": "timing of short calls, in C and in C++",
    "network": "a generated one as a structure, and the subcommand that makes it",
    "names": "enumerators of a room in words",
    "operand": "a tensor of a problem, and of a kernel's call",
    "problem": "the value, and the subcommand that makes one of a layer",
    "run": "a call of a kernel, on CPUs and on GPUs, and the subcommand",
    "winograd": "the transforms as Halide algebra, and of weights at run time",
}
OUTSIDE = {"tests", "examples", "bench", "docs", "scripts", "cmake",  # they may include everything
           "out"}  # what scripts/demo.sh makes


def read_rooms(text):
    return [line.split()[0] for line in text.splitlines() if line.strip() and not line.startswith("#")]


def room_of(path, rooms):
    fitting = [room for room in rooms if path == room or path.startswith(room + "/")]
    return max(fitting, key=len, default=None)


def included(path, files, text):
    """The project's own files that a text includes."""
    for name in re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', text, re.M):
        for root in [str(pathlib.PurePosixPath(path).parent), *ROOTS]:
            parts = []
            for part in (root + "/" + name).split("/"):
                if part == "..":
                    parts and parts.pop()
                elif part not in ("", "."):
                    parts.append(part)
            found = "/".join(parts)
            if found in files:
                yield found
                break


def undescribed(files):
    """Sources whose sense is in no header beside them and in no comment in front."""
    for path, text in sorted(files.items()):
        name = pathlib.PurePosixPath(path)
        header = any(name.with_suffix(suffix).as_posix() in files for suffix in HEADERS)
        if name.suffix in SOURCES and not header and not text.startswith(("//", "/*")):
            yield f"{path}: no header of its own, and no comment in its first line that says what it is"


def repeated_names(files, rooms, allowed):
    homes = {}
    for path in files:
        homes.setdefault(pathlib.PurePosixPath(path).stem, set()).add(room_of(path, rooms))
    several = {name for name, where in homes.items() if len(where) > 1}
    for name in sorted(several - allowed):
        yield f"{name}: a file in each of {', '.join(sorted(map(str, homes[name])))} (expected in one room)"
    for name in sorted(allowed - several):
        yield f"{name}: SAME_THING lists it, and no two rooms have it"


def check(files, rooms, same_thing=frozenset(SAME_THING)):
    """Faults of a tree, as sentences. files: path -> text."""
    rank = {room: i for i, room in enumerate(rooms)}
    for path, text in sorted(files.items()):
        room = room_of(path, rooms)
        if room is None:
            yield f"{path}: in no room of rooms.txt"
            continue
        for other in included(path, files, text):
            above = room_of(other, rooms)
            if above is not None and rank[above] > rank[room]:
                yield f"{path} includes {other}: an arrow up, from {room} to {above}"
    yield from undescribed(files)
    yield from repeated_names(files, rooms, same_thing)
    lengths = {path: text.count("\n") for path, text in files.items()}
    for path, lines in sorted(lengths.items()):
        if lines > LONGEST:
            yield f"{path}: {lines} lines (expected at most {LONGEST})"
    median = statistics.median(lengths.values())
    if median > MEDIAN:
        yield f"the median file has {median} lines (expected at most {MEDIAN})"


def read_tree(top):
    files = {}
    for path in top.rglob("*"):
        name = path.relative_to(top).as_posix()
        first = name.split("/")[0]
        if path.suffix in SUFFIXES and first not in OUTSIDE and not first.startswith((".", "build")):
            files[name] = path.read_text(encoding="utf-8")
    return files


def main():
    here = pathlib.Path(__file__).resolve().parent
    rooms = read_rooms((here / "rooms.txt").read_text())
    files = read_tree(pathlib.Path(sys.argv[1]).resolve())
    faults = list(check(files, rooms))
    for fault in faults:
        print(fault)
    lengths = sorted(text.count("\n") for text in files.values())
    print(f"{len(files)} files in {len(rooms)} rooms, median {statistics.median(lengths):.0f} lines, longest {lengths[-1]}; "
          f"{len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
