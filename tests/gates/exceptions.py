"""The recorded exceptions: one line for each figure that misses its limit today, `layer target figure value # reason`."""
import dataclasses
import pathlib

import figures

HEADER = """# Figures that miss their limit (figures.py), one a line: layer, target, figure, value, # reason.
# A figure worse than its line fails the gate, and so does a line that is no longer needed. scripts/gates.sh --update
# rewrites this file and keeps the reasons of lines that stay. A new line, or a worse value, is a change to explain in
# CHANGELOG.md.
"""


@dataclasses.dataclass
class Recorded:
    value: float
    reason: str


def read(path):
    """{(layer, target, figure): Recorded}"""
    recorded = {}
    for number, line in enumerate(pathlib.Path(path).read_text().splitlines(), 1):
        words, _, reason = line.partition("#")
        if not words.split():
            continue
        try:
            layer, target, figure, value = words.split()
            recorded[layer, target, figure] = Recorded(float(value), reason.strip())
        except ValueError:
            raise SystemExit(f"{path}:{number}: {line!r}: expected: layer target figure value # reason")
    return recorded


def write(path, recorded):
    lines = [f"{layer:26} {target:13} {figure:6} {one.value:>7g}  # {one.reason}"
             for (layer, target, figure), one in sorted(recorded.items())]
    pathlib.Path(path).write_text("\n".join([HEADER + "", *lines]) + "\n")


def compare(kernels, recorded):
    """The complaints about these kernels, one sentence each: none if every figure meets its limit or its exception."""
    complaints, seen = [], set()
    for kernel in kernels:
        layer, target = kernel["name"], kernel["target"]
        for figure, value in figures.failures(kernel).items():
            seen.add((layer, target, figure))
            one = recorded.get((layer, target, figure))
            if one is None:
                complaints.append(f"{layer} {target}: {figure} {value:g} misses its limit: {figures.reason(kernel, figure)}")
            elif figures.worse(figure, value, one.value):
                complaints.append(f"{layer} {target}: {figure} {value:g} is worse than the {one.value:g} recorded: "
                                  f"{figures.reason(kernel, figure)}")
    for layer, target, figure in recorded.keys() - seen:
        complaints.append(f"{layer} {target}: {figure} meets its limit now. Tighten: remove its line (scripts/gates.sh --update)")
    return sorted(complaints)


def updated(kernels, recorded):
    """The exceptions that these kernels need, with the reasons that were recorded for them."""
    new = {}
    for kernel in kernels:
        for figure, value in figures.failures(kernel).items():
            key = kernel["name"], kernel["target"], figure
            old = recorded.get(key)
            keep = old is not None and old.value == value
            new[key] = old if keep else Recorded(value, figures.reason(kernel, figure))
    return new
