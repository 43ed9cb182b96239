#!/usr/bin/env python3
"""networks.py CONVFORGE MODELS PHOTOGRAPH HEADERS LIBRARY... [--only TEXT] [--rounds N]: real models (tests/models/models.json) as whole
networks beside ONNX Runtime or LiteRT, one thread each, in turn; the least milliseconds of all rounds. Run by a Python that has them."""
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/models"))
import imported
import numpy as np
from check_layers import LIST
from check_networks import Network, arguments
from inputs import input_of

CALLS = 5  # of a round


def onnx_session(model, given):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    feed = dict(zip((value.name for value in session.get_inputs()), given, strict=True))
    return lambda: session.run(None, feed)


def litert_session(model, given):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=str(model), num_threads=1)  # XNNPACK
    interpreter.allocate_tensors()
    for value, tensor in zip(interpreter.get_input_details(), given, strict=True):
        interpreter.set_tensor(value["index"], tensor)
    return interpreter.invoke


def least(call):
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def measure(options, name, expected):
    """Milliseconds of ours and of the framework's; none where there is no network."""
    model, sizes = options.models / name, expected.get("input", {})
    with tempfile.TemporaryDirectory() as folder:
        network = Network(options, model, sizes, folder)
        if network.missing:
            return None
        manifest = imported.Imported(options.convforge, model, sizes, f"{folder}/imported").manifest
        given = [input_of(options.photograph, tensor["shape"]) for tensor in manifest["inputs"]]
        wanted = [np.empty(tensor["shape"], np.float32) for tensor in manifest["outputs"]]
        theirs = (onnx_session if model.suffix == ".onnx" else litert_session)(model, given)
        theirs()
        best = [float("inf")] * 2
        for _ in range(options.rounds):
            best[0] = min(best[0], network.run(given, wanted, rounds=CALLS)[1])
            best[1] = min(best[1], least(theirs))
    return best


def main():
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    print(f"{'model':60} {'ms':>8} {'its ms':>8} {'ratio':>6}")
    for name, expected in json.loads(LIST.read_text()).items():
        if options.only in name and expected["taken"] and (best := measure(options, name, expected)):
            print(f"{name:60} {best[0]:8.3f} {best[1]:8.3f} {best[1] / best[0]:6.2f}", flush=True)


if __name__ == "__main__":
    main()
