#!/usr/bin/env python3
"""arrows.py SOURCE_TREE: reads the includes of every room and fails on one that runs up (rooms.txt), on a source file outside of
all rooms, on one of more than 300 lines, and on a median above 100 lines."""
import pathlib
import re
import statistics
import sys

LONGEST, MEDIAN = 300, 100
SUFFIXES = {".c", ".h", ".cpp", ".hpp"}
# Where `#include "..."` is looked for after the file's own folder, as the libraries' include directories have it.
ROOTS = ["", "generator", "jit/include", "runtime/include", "runtime/src", "kernel_tools/include"]
OUTSIDE = {"tests", "examples", "bench", "docs", "scripts", "cmake"}  # they may include everything


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


def check(files, rooms):
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
