#!/usr/bin/env python3
"""compare.py RUNNER [--count N] [--seed S] [--targets host,portable]: quantised kernels beside ONNX Runtime and LiteRT, byte by
byte, on random layers. RUNNER is quantised_runner of the build. Exit status 1: a byte differs, or a run failed."""
import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import layers
import with_litert
import with_onnxruntime


class Runner:
    """ConvForge's kernels for one target."""

    def __init__(self, program, target, cache):
        self.command = [program, target, cache]
        self.folder = tempfile.TemporaryDirectory()
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, layer, flags, tensors):
        """The output. Throws RuntimeError where there is none; memory is guarded, and a kernel that touches more of it dies."""
        for name, value in tensors.items():
            np.save(Path(self.folder.name) / f"{name}.npy", np.ascontiguousarray(value))
        self.process.stdin.write(f"{self.folder.name}\t{layer.descriptor} {flags}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            status = self.process.wait()
            self.start()
            raise RuntimeError(f"the runner died of signal {-status}")
        if not answer.startswith("ok "):
            raise RuntimeError(answer)
        return np.load(Path(self.folder.name) / "output.npy")


def in_layout(layer, nchw):
    """Flags and tensors of a layout, and what brings an output back to NHWC."""
    if nchw:
        return "--layout nchw", layer.x.transpose(0, 3, 1, 2), layer.w.transpose(3, 2, 0, 1), lambda y: y.transpose(0, 2, 3, 1)
    return "", layer.x, layer.w, lambda y: y


class Comparison:
    def __init__(self, name, x_type, y_type):
        self.name, self.x_type, self.y_type = name, x_type, y_type
        self.layers = self.numbers = self.different = self.failed = 0

    def flags(self, layer):
        names = {np.uint8: "u8", np.int8: "s8", np.int32: "s32"}
        return f"--dtype {names[self.x_type]}:s8:{names[self.y_type]} --zero-points {layer.x_zero}:{layer.y_zero}"

    def one(self, seed, runners):
        layer = layers.layer(seed, self.x_type, self.y_type)
        expected, flags, packed = self.expectation(layer, seed)
        layout, x, w, back = in_layout(layer, seed % 3 == 0)
        for runner in runners:
            try:
                actual = back(runner.run(layer, f"{flags} {layout}", {"input": x, "weights": w, **packed}))
                said = self.compare(actual, expected)
            except RuntimeError as error:
                said = str(error)
                self.failed += 1
            if said:
                print(f"{self.name} by {runner.command[1]}: {layer.descriptor} {flags} {layout} (seed {seed}): {said}")
        self.layers += 1

    def compare(self, actual, expected):
        """What is wrong, if anything."""
        differ = actual != expected
        self.numbers += expected.size
        self.different += int(np.count_nonzero(differ))
        if not differ.any():
            return ""
        at = tuple(int(i) for i in np.argwhere(differ)[0])
        return f"{np.count_nonzero(differ)} of {expected.size} differ: output {at} is {actual[at]}, theirs {expected[at]}"


class QLinearConv(Comparison):
    def expectation(self, layer, seed):
        flags = self.flags(layer) + " --epilogue bias"
        return with_onnxruntime.qlinear_conv(layer), flags, {
            "bias": layer.b, "multipliers": with_onnxruntime.multipliers(layer).astype(np.float64)}


class ConvInteger(Comparison):
    def expectation(self, layer, seed):
        return with_onnxruntime.conv_integer(layer), self.flags(layer), {}


class LiteRT(Comparison):
    def expectation(self, layer, seed):
        activation = list(with_litert.ACTIVATIONS)[seed % len(with_litert.ACTIVATIONS)]
        flags = f"{self.flags(layer)} --rounding tflite --output-scale {float(layer.y_scale)!r} --epilogue bias"
        return with_litert.reference(layer, activation), flags + ("," + activation if activation else ""), {
            "bias": layer.b, "multipliers": with_litert.multipliers(layer)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runner")
    parser.add_argument("--count", type=int, default=300, help="layers of each comparison")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--targets", default="host,portable")
    options = parser.parse_args()
    comparisons = [QLinearConv("QLinearConv u8", np.uint8, np.uint8), QLinearConv("QLinearConv s8", np.int8, np.int8),
                   ConvInteger("ConvInteger u8", np.uint8, np.int32), LiteRT("LiteRT int8", np.int8, np.int8)]
    with tempfile.TemporaryDirectory() as cache:
        runners = [Runner(options.runner, target, cache) for target in options.targets.split(",")]
        for comparison in comparisons:
            for seed in range(options.seed, options.seed + options.count):
                comparison.one(seed, runners)
            print(f"{comparison.name}: {comparison.layers} layers, {comparison.numbers} numbers compared, "
                  f"{comparison.different} differ, {comparison.failed} runs failed", flush=True)
    return 1 if any(comparison.different or comparison.failed for comparison in comparisons) else 0


if __name__ == "__main__":
    sys.exit(main())
