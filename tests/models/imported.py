"""What `convforge import` made of a model, and its kernels run one by one on tensors that a framework computed."""
import json
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np


PRODUCTS = {"MatMul", "Gemm", "FULLY_CONNECTED", "QLinearMatMul", "QGemm"}


class Imported:
    def __init__(self, program, model, sizes, folder):
        self.program, self.folder = program, Path(folder)
        inputs = [word for name, shape in sizes.items() for word in ("--input", f"{name}={'x'.join(map(str, shape))}")]
        subprocess.run([program, "import", model, *inputs, "--out", folder], check=True, stdout=subprocess.DEVNULL)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())
        self.kernels = {kernel["name"]: kernel for kernel in self.manifest["kernels"]}

    def tensors(self, layer):
        """Names of the tensors that a convolution's kernel reads and writes."""
        return {layer["input"], layer["output"]} | {operand["tensor"] for operand in layer["operands"].values() if "tensor" in operand}

    def all_tensors(self):
        return set().union(*map(self.tensors, self.manifest["convolutions"]))

    def run(self, number, tensors):
        """The output of a convolution's kernel, in the shape of the tensor that it is."""
        layer = self.manifest["convolutions"][number]
        kernel = self.kernels[layer["kernel"]]
        files = {"input": self.save(number, "input", self.shaped(layer, kernel, "ic", tensors[layer["input"]]))}
        for name, operand in layer["operands"].items():
            files[name] = (self.folder / operand["file"] if "file" in operand
                           else self.save(number, name, self.shaped(layer, kernel, "oc", tensors[operand["tensor"]])))
        output = self.folder / f"{number}.output.npy"
        flags = [word for pair in kernel["flags"].items() for word in pair]
        command = [self.program, "run", "--problem", kernel["problem"], *flags, "--output", str(output)]
        command += [word for name, file in files.items() for word in (f"--{name}", str(file))]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            raise RuntimeError(f"{shlex.join(command)}: exit status {result.returncode}: {result.stderr.strip()}")
        return np.load(output).reshape(tensors[layer["output"]].shape)

    def shaped(self, layer, kernel, channels, tensor):
        """Products of matrices are convolutions whose pixels are the rows of tensors of any number of axes."""
        if layer["type"] not in PRODUCTS:
            return tensor
        return tensor.reshape(1, 1, -1, int(re.search(channels + r"(\d+)", kernel["problem"])[1]))

    def save(self, number, name, tensor):
        file = self.folder / f"{number}.{name}.npy"
        np.save(file, np.ascontiguousarray(tensor))
        return file


@dataclass
class Result:
    layer: str
    error: float  # The largest of an element, by the largest output; of integers in steps.
    differing: int = 0  # Of integers: how many elements.
    elements: int = 0


# Of outputs that are all smaller: ONNX Runtime's sigmoid is 0 from -18 on, an error of 8e-8.
LEAST = 1e-3


def compare(imported, tensors, jobs=2):
    """A result for each convolution that was taken and whose tensors are there."""
    layers = imported.manifest["convolutions"]
    numbers = [n for n, layer in enumerate(layers) if imported.tensors(layer) <= tensors.keys()]

    def one(number):
        output, expected = imported.run(number, tensors), tensors[layers[number]["output"]]
        if np.issubdtype(expected.dtype, np.integer):
            steps = np.abs(output.astype(np.int64) - expected.astype(np.int64))
            return Result(layers[number]["name"], float(steps.max()), int(np.count_nonzero(steps)), steps.size)
        largest = max(float(np.abs(expected).max()), LEAST)
        error = np.abs(output.astype(np.float64) - expected.astype(np.float64)).max() / largest
        return Result(layers[number]["name"], float(error) if np.isfinite(output).all() else float("inf"))

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, numbers))
