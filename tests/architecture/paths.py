#!/usr/bin/env python3
"""paths.py SOURCE_TREE: fails on a path of this tree that a page or a comment names and that is not there."""
import pathlib
import re
import sys

PAGES = ["README.md", "CONTRIBUTING.md", "docs/*.md"]
COMMENTED = ["*.hpp", "*.cpp", "*.h", "*.c", "CMakeLists.txt"]
PATH = re.compile(r"(?<![\w./<-])((?:[a-z][a-z0-9_]*/)+[a-z0-9_]+\.(?:cpp|hpp|c|h|py|txt|md|cmake))\b")


def named(text, rooms):
    """The paths in a text that begin with a folder of the tree."""
    return [path for path in PATH.findall(text) if path.split("/")[0] in rooms]


def main():
    top = pathlib.Path(sys.argv[1]).resolve()
    made = (".", "build", "out")  # folders that scripts fill
    rooms = {p.name for p in top.iterdir() if p.is_dir() and not p.name.startswith(made)}
    faults, seen = [], 0
    files = [p for pattern in PAGES for p in top.glob(pattern)]
    files += [p for room in rooms for pattern in COMMENTED for p in (top / room).rglob(pattern)]
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        words = text if file.suffix == ".md" else "\n".join(re.findall(r"(?://|#|\*).*", text))
        for path in named(words, rooms):
            seen += 1
            if not (top / path).exists():
                faults.append(f"{file.relative_to(top)}: {path} is not there")
    print("\n".join(sorted(set(faults))))
    print(f"{seen} paths named in {len(files)} files, {len(set(faults))} not there")
    return 1 if faults or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
