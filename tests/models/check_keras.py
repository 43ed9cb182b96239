#!/usr/bin/env python3
"""check_keras.py CONVFORGE: the models of Keras in keras/ (make_keras_models.py and make_keras2_model.py made them), layer by layer: each convolution's kernel on
tensors that Keras computed, with what `convforge import` folded into it, and every layer's shape. Needs Python alone. Exit status 1: an
output differs by more than a hundred-thousandth of the layer's largest, or a shape does."""
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "frameworks"))
from layer_list import read_npy  # noqa: E402

LARGEST_ERROR = 1e-5  # By the largest output.
# File, what Keras computed, convolutions.
MODELS = [("example.keras", "example", 1), ("example.h5", "example", 1), ("example_newest.h5", "example", 1), ("small_cnn.keras", "small_cnn", 11),
          ("small_cnn_keras2.h5", "small_cnn", 11), ("other_ranks.keras", "other_ranks", 11), ("other_ranks.h5", "other_ranks", 11),
          ("channels_first.keras", "channels_first", 2), ("keras2.keras", "keras2", 6), ("keras2.h5", "keras2", 6)]


class Model:
    def __init__(self, program, file, references, folder):
        self.program, self.folder = program, Path(folder)
        self.call("import", str(FOLDER / "keras" / file), "--out", folder)
        self.layers = json.loads(self.call("summary", str(FOLDER / "keras" / file), "--json"))
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.kernels = {kernel["name"]: kernel for kernel in self.manifest["kernels"]}
        with zipfile.ZipFile(FOLDER / "keras" / f"{references}.npz") as archive:
            self.tensors = {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}

    def call(self, *arguments):
        done = subprocess.run([self.program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]}: status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def tensor_file(self, name, operand):
        file = self.folder / f"{operand}.npy"
        file.write_bytes(self.tensors[name])
        return file

    def error_of(self, layer):
        kernel = self.kernels[layer["kernel"]]
        files = {"input": self.tensor_file(layer["input"], "input"), "output": self.folder / "output.npy"}
        for name, operand in layer["operands"].items():
            files[name] = self.folder / operand["file"] if "file" in operand else self.tensor_file(operand["tensor"], name)
        self.call("run", "--problem", kernel["problem"], *(word for pair in kernel["flags"].items() for word in pair), "--cache-dir",
                  str(self.folder / "cache"), *(word for name, file in files.items() for word in (f"--{name}", str(file))))
        output, expected = read_npy(files["output"].read_bytes())[1], read_npy(self.tensors[layer["output"]])[1]
        return max(abs(a - b) for a, b in zip(output, expected, strict=True)) / max(map(abs, expected))

    def wrong_shapes(self):
        for layer in self.layers["layers"]:
            if layer["layer"] in self.tensors:
                expected = list(read_npy(self.tensors[layer["layer"]])[0])
                if layer["output_shape"] != expected:
                    yield f"{layer['layer']}: the shape is {layer['output_shape']}, expected {expected}"


def check(program, file, references, convolutions):
    """What is wrong, in words."""
    with tempfile.TemporaryDirectory() as folder:
        model = Model(program, file, references, folder)
        taken = model.manifest["convolutions"]
        errors = {layer["name"]: model.error_of(layer) for layer in taken}
        wrong = list(model.wrong_shapes())
    print(f"{file}: {len(taken)} convolutions, largest error {max(errors.values()):.1e}", flush=True)
    if len(taken) != convolutions:
        wrong.append(f"{len(taken)} convolutions, expected {convolutions}: {model.manifest['refused']}")
    wrong += [f"{name}: an error of {error:.1e}" for name, error in errors.items() if not error <= LARGEST_ERROR]  # Also of NaN.
    return [f"{file}: {text}" for text in wrong]


def main():
    wrong = [text for model in MODELS for text in check(sys.argv[1], *model)]
    if wrong:
        print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
