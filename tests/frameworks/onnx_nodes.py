#!/usr/bin/env python3
"""onnx_nodes.py CONVFORGE [--targets host,...] [--only TEXT]: the onnx package's own tests of Conv, ConvTranspose, ConvInteger and
QLinearConv through `convforge run`, whose kernels come from the JIT, in both layouts, compared with the outputs that the package expects.
Exit status 1: an output differs, a run crashed, or a test was refused that is not in REFUSED."""
import argparse
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import onnx_cases
import onnx_problem

# Tests that ConvForge refuses, by name, with what the reason has in it.
REFUSED = {
    "node/test_qlinearconv": "s8 does not hold",  # Its one weight is 0 with a zero point of 255: -255.
}

# Beside the package's tolerances of each element: the largest error of one, by the largest output.
LARGEST_ERROR = 1e-5


class Failed(Exception):
    """Says what is wrong."""


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = path, Path(folder)

    def run(self, request, layout, target):
        """The output in ONNX's order, with the axes that the layout has. Throws Failed, or Refused with the program's words."""
        tensors, weights = dict(request.tensors), request.weights
        if layout == "nhwc":
            tensors["input"] = np.moveaxis(tensors["input"], 1, -1)
            if weights == "oihw" or not request.grouped:  # Which hwoi has no place for.
                tensors["weights"] = np.moveaxis(tensors["weights"], (1, 0), (-2, -1))
                weights = {"oihw": "hwio", "iohw": "hwoi"}[weights]
        command = [self.path, "run", "--problem", request.descriptor, "--layout", layout, "--weights-layout", weights,
                   *request.flags, "--target", target, "--cache-dir", str(self.folder / "cache")]
        for name, value in tensors.items():
            file = self.folder / f"{name}.npy"
            np.save(file, np.ascontiguousarray(value))
            command += [f"--{name}", str(file)]
        command += ["--output", str(self.folder / "output.npy")]
        (self.folder / "output.npy").unlink(missing_ok=True)
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 1 and done.stderr.startswith("convforge: "):
            raise onnx_problem.Refused(done.stderr.strip())
        if done.returncode != 0:
            raise Failed(f"status {done.returncode}: {done.stderr.strip()}\n  {shlex.join(command)}")
        output = np.load(self.folder / "output.npy")
        return np.moveaxis(output, -1, 1) if layout == "nhwc" else output


def compare(case, output):
    """The largest error by the largest output. Throws Failed."""
    expected = case.output
    if expected.ndim == 3:
        expected = expected[:, :, np.newaxis]  # 1-D problems have a height of 1.
    if output.shape != expected.shape:
        raise Failed(f"the shape is {output.shape}, expected {expected.shape}")
    if output.dtype != expected.dtype:
        raise Failed(f"the type is {output.dtype}, expected {expected.dtype}")
    if expected.dtype.kind in "iu":
        if (output != expected).any():
            raise Failed(f"{np.count_nonzero(output != expected)} of {expected.size} integers differ")
        return 0.0
    error = np.abs(output.astype(np.float64) - expected.astype(np.float64))
    largest = float(error.max() / max(np.abs(expected).max(), np.finfo(np.float32).tiny))
    if not (error <= case.atol + case.rtol * np.abs(expected)).all():
        raise Failed(f"an error is beyond the package's tolerances; the largest is {largest:.1e} of the largest output")
    if not largest <= LARGEST_ERROR:
        raise Failed(f"the largest error is {largest:.1e} of the largest output")
    return largest


class Count:
    def __init__(self):
        self.cases = self.passed = self.refused = self.failed = self.runs = 0
        self.largest = 0.0

    def one(self, case, program, targets):
        self.cases += 1
        refused, wrong = None, []
        try:
            request = onnx_problem.request(case)
            for target in targets:
                for layout in ("nchw", "nhwc"):
                    try:
                        self.runs += 1
                        self.largest = max(self.largest, compare(case, program.run(request, layout, target)))
                    except Failed as error:
                        wrong.append(f"{request.descriptor} {layout} {target}: {error}")
        except onnx_problem.Refused as refusal:
            refused = str(refusal)
        expected = REFUSED.get(case.name)
        if refused is not None and (expected is None or expected not in refused):
            wrong.append(f"refused: {refused}")
        if refused is None and expected is not None:
            wrong.append("is no longer refused; take it from REFUSED")
        if wrong:
            self.failed += 1
            print(f"failed   {case.name}: " + "\n  ".join(wrong))
        elif refused is not None:
            self.refused += 1
            print(f"refused  {case.name}: {refused}")
        else:
            self.passed += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("convforge")
    parser.add_argument("--targets", default="host")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    options = parser.parse_args()
    cases, others = onnx_cases.collect()
    cases = [case for case in cases if options.only in case.name]
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.convforge, folder)
        for case in cases:
            kind = case.name.split("/")[0]
            counts.setdefault((kind, case.operator), Count()).one(case, program, options.targets.split(","))
    for (kind, operator), count in counts.items():
        print(f"{kind} {operator}: {count.cases} cases, {count.passed} passed, {count.refused} refused, {count.failed} failed; "
              f"{count.runs} runs, largest error {count.largest:.1e} of the largest output")
    sums = {name: sum(getattr(count, name) for count in counts.values()) for name in ("cases", "passed", "refused", "failed", "runs")}
    print("not looked at: " + ", ".join(f"{number} of {name}" for name, number in sorted(others.items())))
    print("{cases} cases, {passed} passed, {refused} refused, {failed} failed; {runs} runs".format(**sums))
    return 0 if sums["cases"] and not sums["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
