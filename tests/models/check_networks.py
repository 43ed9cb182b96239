#!/usr/bin/env python3
"""check_networks.py CONVFORGE MODELS PHOTOGRAPH HEADERS LIBRARY...: real models as whole networks (`convforge network`), beside the
framework's outputs of the same photograph. Exit status 1: an output differs by more than a thousandth of its largest element, of an 8-bit
TensorFlow Lite model by a bit from LiteRT's reference kernels, of another 8-bit model by more steps than QUANTISED says; threads change a
bit of it; or a model lacks another number of operations than LIST and QUANTISED say. 77: no models."""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import imported
import numpy as np
from check_layers import LIST, QUANTISED, tensors_of

MOST = 1e-3


class Network:
    """A model as a program that reads and writes tensors of files."""

    def __init__(self, options, model, sizes, folder):
        self.folder = Path(folder)
        inputs = [word for name, shape in sizes.items() for word in ("--input", f"{name}={'x'.join(map(str, shape))}")]
        said = subprocess.run([options.convforge, "network", model, *inputs, "--name", "model", "--out", folder], check=True,
                              capture_output=True, text=True).stdout
        missing = re.search(r"No model_run\(\): (\d+) operation", said)
        self.missing = int(missing[1]) if missing else 0
        if not self.missing:
            self.program = str(self.folder / "network")
            subprocess.run(["cc", "-std=c11", "-O2", f"-I{options.headers}", f"-I{folder}", Path(__file__).parent / "run_network.c",
                            self.folder / "model.c", self.folder / "libmodel_kernels.a", *options.libraries, "-lm", "-lpthread", "-o",
                            self.program], check=True)

    def run(self, inputs, wanted, threads=1, rounds=1):
        """The outputs, of the types and shapes of those wanted, and the least milliseconds of a call."""
        names = []
        for number, tensor in enumerate(inputs):
            names.append(str(self.folder / f"in{number}"))
            np.ascontiguousarray(tensor, np.float32 if tensor.dtype.kind == "f" else None).tofile(names[-1])
        outputs = [str(self.folder / f"out{number}") for number in range(len(wanted))]
        said = subprocess.run([self.program, str(threads), str(rounds), *names, *outputs], check=True, capture_output=True, text=True)
        return [np.fromfile(name, like.dtype).reshape(like.shape) for name, like in zip(outputs, wanted, strict=True)], float(said.stdout)


def error_of(made, expected):
    """Of integers in steps; else relative to the largest element, which is at least a thousandth."""
    if expected.dtype.kind in "iu":
        return float(np.abs(made.astype(int) - expected.astype(int)).max()) if expected.size else 0.0
    return float(np.abs(made - expected).max() / max(np.abs(expected).max(), 1e-3)) if expected.size else 0.0


def beside_reference(options, model, network, inputs, wanted):
    """The largest error beside the generator's own reference, on its inputs, which `inputs` and `wanted` say the types of."""
    subprocess.run([options.convforge, "network", model, "--name", "model", "--emit", "reference", "--out", network.folder], check=True,
                   capture_output=True)
    given = [np.load(network.folder / f"model_input{number}.npy").astype(like.dtype) for number, like in enumerate(inputs)]
    answers = [np.load(network.folder / f"model_output{number}.npy").astype(like.dtype) for number, like in enumerate(wanted)]
    made, _ = network.run(given, answers)
    return max(error_of(ours, theirs) for ours, theirs in zip(made, answers, strict=True))


def check(options, model, expected, quantised=False):
    """What is wrong, in words."""
    name, sizes = model.name if quantised else str(model.relative_to(options.models)), expected.get("input", {})
    with tempfile.TemporaryDirectory() as folder:
        network = Network(options, model, sizes, folder)
        if network.missing != expected.get("missing", 0):
            return [f"{name}: {network.missing} operations missing, expected {expected.get('missing', 0)}"]
        if network.missing:
            print(f"{name}: no network: {network.missing} operations missing", flush=True)
            return []
        manifest = imported.Imported(options.convforge, model, sizes, f"{folder}/imported").manifest
        names = {end: [tensor["name"] for tensor in manifest[end]] for end in ("inputs", "outputs")}
        tensors = tensors_of(model, sizes, set(names["inputs"] + names["outputs"]), options.photograph, quantised)
        inputs, wanted = ([tensors[tensor] for tensor in names[end]] for end in ("inputs", "outputs"))
        made, milliseconds = network.run(inputs, wanted)
        threaded, _ = network.run(inputs, wanted, threads=3)
        beside = beside_reference(options, model, network, inputs, wanted) if quantised else 0
    worst = max(error_of(ours, theirs) for ours, theirs in zip(made, wanted, strict=True))
    print(f"{name}: largest error {worst:.1e}, {milliseconds:.2f} ms the first call", flush=True)
    most = expected.get("most", 0) if quantised else MOST
    wrong = [] if worst <= most else [f"{name}: an error of {worst:.1e}"]
    if beside > most:
        wrong.append(f"{name}: an error of {beside:.1e} beside the reference")
    if any(one.tobytes() != three.tobytes() for one, three in zip(made, threaded, strict=True)):
        wrong.append(f"{name}: three threads answer otherwise than one")
    return wrong


def arguments(description):
    """What every check of whole networks is told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("convforge")
    parser.add_argument("models", type=Path)
    parser.add_argument("photograph")
    parser.add_argument("headers")
    parser.add_argument("libraries", nargs="+")
    parser.add_argument("--only", default="", help="models whose path has this in it")
    return parser


def main():
    options = arguments(__doc__).parse_args()
    if not options.models.is_dir():
        print("skipped: no models: scripts/deps.sh --models fetches them")
        return 77
    wrong = []
    for name, expected in json.loads(LIST.read_text()).items():
        if options.only in name and expected["taken"]:
            wrong += check(options, options.models / name, expected)
    quantised = {name: expected for name, expected in json.loads(QUANTISED.read_text()).items() if options.only in name}
    with tempfile.TemporaryDirectory() as folder:
        if quantised:
            import make_quantised_models
            make_quantised_models.make(options.models, options.photograph, Path(folder))
        for name, expected in quantised.items():
            wrong += check(options, Path(folder) / name, expected, quantised=True)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
