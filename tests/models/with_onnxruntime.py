"""Every tensor that is asked for, of an ONNX model, by ONNX Runtime without its optimisations, or with those that make one node of
DequantizeLinear, Conv and QuantizeLinear."""
import numpy as np
import onnx
import onnxruntime
from inputs import input_of

TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}


def tensors_of(model, sizes, wanted, photograph, fused=False):
    proto = onnx.load(model)
    outputs = {output.name for output in proto.graph.output}
    made = {name for node in proto.graph.node for name in node.output}  # Not in branches, of which nothing can be asked for.
    proto.graph.output.extend(onnx.ValueInfoProto(name=name) for name in sorted((wanted & made) - outputs))
    options = onnxruntime.SessionOptions()
    level = onnxruntime.GraphOptimizationLevel
    options.graph_optimization_level = level.ORT_ENABLE_EXTENDED if fused else level.ORT_DISABLE_ALL
    options.add_session_config_entry("session.qdqisint8allowed", "1")  # Of s8, too, which is asked for on x86.
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    given = {}
    for value in session.get_inputs():
        shape = sizes.get(value.name, value.shape)
        kind = TYPES[value.type]
        given[value.name] = np.full(shape, 16000, kind) if kind == np.int64 else input_of(photograph, shape).astype(kind)
    names = [output.name for output in session.get_outputs()]
    return given | dict(zip(names, session.run(names, given), strict=True))
