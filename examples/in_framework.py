#!/usr/bin/env python3
"""in_framework.py onnxruntime|litert|keras MODEL SHAPE: one model in its framework on one thread, for beside_framework.py. Prints a line of JSON:
the time of the fastest of many calls, the time from the framework's import to its first answer, the bytes of its shared libraries, its version."""
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

os.environ |= {"KERAS_BACKEND": "jax", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}


def onnxruntime(model, shape):
    import onnxruntime as package
    options = package.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = package.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    given = {session.get_inputs()[0].name: image(shape)}
    return package.__version__, ("onnxruntime",), lambda: session.run(None, given)


def litert(model, shape):
    from importlib.metadata import version

    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image(shape))
    outputs = [each["index"] for each in interpreter.get_output_details()]

    def call():
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in outputs]
    return version("ai_edge_litert"), ("ai_edge_litert",), call


def keras(model, shape):
    import keras as package
    loaded = package.models.load_model(model)
    given = image(shape)
    return package.__version__, ("jaxlib", "h5py", "ml_dtypes", "optree"), lambda: loaded.predict_on_batch(given)


def image(shape):
    return np.random.default_rng(1).random(shape, np.float32)


def fastest(call, seconds=0.5):
    least, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - begin)
    return least


def library_bytes(packages):
    """Of those that this process has loaded from the packages' folders."""
    paths = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/site-packages/" in line}
    return sum(Path(path).stat().st_size for path in paths if path.split("/site-packages/")[1].split("/")[0].split(".")[0] in packages)


def main():
    framework, model, shape = sys.argv[1:]
    begin = time.perf_counter()
    version, packages, call = {"onnxruntime": onnxruntime, "litert": litert, "keras": keras}[framework](model, json.loads(shape))
    call()
    start = time.perf_counter() - begin
    print(json.dumps({"ms": 1e3 * fastest(call), "start_ms": 1e3 * start, "library_bytes": library_bytes(packages), "version": version}))


if __name__ == "__main__":
    main()
