#!/usr/bin/env python3
"""check_found.py PRINTED EXPECTED [SHARED NEAR]: what an example printed of a picture beside what is to be seen in it. Lines of EXPECTED:
  box LEFT TOP RIGHT BOTTOM   as many boxes as there are, in this order, each shared by more than SHARED of both
  point NAME X Y              within NEAR pixels
or what another example printed."""
import re
import sys
from pathlib import Path

SHARED = 0.7
NEAR = 5


def numbers(text, pattern):
    return [[float(number) for number in match] for match in re.findall(pattern, text, re.MULTILINE)]


def shared(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - common)


def main():
    printed, expected = (Path(path).read_text() for path in sys.argv[1:3])
    most_apart, least_shared = (float(sys.argv[4]), float(sys.argv[3])) if len(sys.argv) > 3 else (NEAR, SHARED)
    box = r" +([-\d.]+)" * 4
    found, wanted = numbers(printed, "^(?:box|face)" + box), numbers(expected, "^(?:box|face)" + box)
    wrong = [] if len(found) == len(wanted) else [f"{len(found)} boxes, expected {len(wanted)}"]
    for a, b in zip(found, wanted):
        if shared(a, b) <= least_shared:
            wrong.append(f"box {a} shares {shared(a, b):.2f} with {b}")
    for name, *place in re.findall(r"^(?:point| ) (.*) ([\d.]+) ([\d.]+)$", expected, re.MULTILINE):
        x, y = map(float, place)
        at = numbers(printed, f"^ +{name}" + r" ([-\d.]+) ([-\d.]+)$")
        if len(at) != 1 or (at[0][0] - x) ** 2 + (at[0][1] - y) ** 2 > most_apart**2:
            wrong.append(f"{name} at {at}, expected {x, y}")
    print("\n".join(wrong) or f"{len(found)} boxes as expected")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
