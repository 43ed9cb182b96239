#!/usr/bin/env python3
"""framework_layers.py CONVFORGE [--every N] [--targets host,...] [--only TEXT]: layers of Keras and PyTorch (layer_list.py) through
`convforge problem` and `convforge run`, with the framework's own shapes of weights, compared with the outputs that make_references.py
kept of the framework: to 1e-5 of the largest, and without an activation exactly, if need be with --math exact (no Winograd). --every
takes each N-th layer; each layer takes the next target. Exit status 1: an output differs, or a layer is refused that should not be, or
the other way round."""
import argparse
import math
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import layer_list

LARGEST_ERROR = 1e-5  # By the largest output.


class Failed(Exception):
    """Says what is wrong."""


class Refused(Exception):
    """In the program's words."""


class Program:
    def __init__(self, path, folder):
        self.path, self.folder = path, Path(folder)

    def call(self, *arguments):
        done = subprocess.run([self.path, *arguments], capture_output=True, text=True)
        if done.returncode in (1, 2) and done.stderr.startswith("convforge: "):
            raise Refused(done.stderr.strip())
        if done.returncode != 0:
            raise Failed(f"status {done.returncode}: {done.stderr.strip()}\n  {shlex.join([self.path, *arguments])}")
        return done.stdout

    def flags(self, layer):
        return self.call("problem", f"--{layer.framework}", layer.text, "--input", layer.input).split()

    def run(self, flags, shapes):
        """Shape and values of the output. `shapes`: of the tensors that are given, by name."""
        command = ["run", *flags, "--cache-dir", str(self.folder / "cache")]
        letter = "e" if "f16:f16:f16" in flags else "f"
        for name, shape in shapes.items():
            file = self.folder / f"{name}.npy"
            file.write_bytes(layer_list.npy(shape, layer_list.numbers(name, shape), "f" if name == "bias" else letter))
            command += [f"--{name}", str(file)]
        output = self.folder / "output.npy"
        output.unlink(missing_ok=True)
        self.call(*command, "--output", str(output))
        return layer_list.read_npy(output.read_bytes())


def with_height(layer, shape):
    """As ConvForge has it: 1-D problems have a height of 1."""
    if len(shape) > 3:
        return tuple(shape)
    before = 2 if layer.channels_first else 1
    return *shape[:before], 1, *shape[before:]


def compare(expected_shape, expected, shape, output, exact):
    """The largest error by the largest output. Throws Failed."""
    if shape != expected_shape:
        raise Failed(f"the shape is {shape}, expected {expected_shape}")
    errors = [abs(ours - theirs) for ours, theirs in zip(output, expected, strict=True)]
    largest = max(errors) / max(map(abs, expected))
    if not all(error <= (0 if exact else LARGEST_ERROR * max(map(abs, expected))) for error in errors):  # Also of NaN.
        at = max(range(len(errors)), key=lambda each: math.inf if math.isnan(errors[each]) else errors[each])
        raise Failed(f"{sum(not error <= 0 for error in errors)} of {len(errors)} values differ, element {at} most: {output[at]}, "
                     f"expected {expected[at]}")
    return largest


class Count:
    def __init__(self):
        self.compared = self.exact = self.math_exact = self.refused = self.failed = 0
        self.largest = 0.0

    def one(self, layer, program, target, reference):
        weights, bias, shape, expected = reference
        flags = program.flags(layer) + ["--target", target]
        shapes = {"input": layer.shape, "weights": weights} | ({"bias": bias} if bias else {})

        def largest_error(flags, exact):
            try:
                return compare(with_height(layer, shape), expected, *program.run(flags, shapes), exact)
            except Failed as error:
                raise Failed(f"{error}\n  {shlex.join(flags)}") from None

        error = largest_error(flags, exact=False)
        self.largest = max(self.largest, error)
        if layer.exact and error > 0:
            largest_error([*flags, "--math", "exact"], exact=True)
            self.math_exact += 1
        self.exact += layer.exact
        self.compared += 1

    def check(self, layer, program, target, reference):
        """Throws Failed."""
        try:
            if reference:
                self.one(layer, program, target, reference)
            else:  # Nothing that could be run: the layer's text is refused.
                program.flags(layer)
        except Refused as refusal:
            if not layer.refused or layer.refused not in str(refusal):
                raise Failed(f"refused: {refusal}") from None
            self.refused += 1
        else:
            if layer.refused:
                raise Failed("is no longer refused")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("convforge")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--targets", default="host")
    parser.add_argument("--only", default="", help="layers whose line has this in it")
    options = parser.parse_args()
    targets = options.targets.split(",")
    failed = looked_at = 0
    layers = layer_list.all_layers()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(options.convforge, folder)
        for framework in layer_list.FRAMEWORKS:
            versions, references = layer_list.read_references(framework)
            ours = [layer for layer in layers if layer.framework == framework and (layer.refused or not layer.unknown)]
            compared = [layer for layer in ours if not layer.refused]
            count = Count()
            for name in {layer.name for layer in compared} ^ (references.keys() - {layer.name for layer in ours if layer.refused}):
                count.failed += 1
                print(f"failed   {name}: is in the list of layers or of references alone; make_references.py makes the latter")
            chosen = compared[::options.every] + [layer for layer in ours if layer.refused]
            for number, layer in enumerate(chosen):
                if options.only in layer.name and (layer.refused or layer.name in references):
                    # Not every target has kernels of halves.
                    target = targets[0 if "float16" in layer.text else number % len(targets)]
                    try:
                        count.check(layer, program, target, references.get(layer.name))
                    except Failed as error:
                        count.failed += 1
                        print(f"failed   {layer.name}: {error}")
            failed += count.failed
            looked_at += count.compared + count.refused
            print(f"{versions}: {count.compared} of {len(compared)} layers as expected, to {count.largest:.1e} of the largest output, "
                  f"{count.exact} exactly ({count.math_exact} of them with --math exact); {count.refused} refused as expected, "
                  f"{count.failed} failed", flush=True)
    return 0 if looked_at and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
