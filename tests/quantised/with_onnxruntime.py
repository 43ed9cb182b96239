"""ONNX Runtime: QLinearConv (rounding onnx) and ConvInteger (the sums)."""
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def _attributes(layer):
    h, w = layer.height, layer.width
    return dict(group=layer.groups, strides=[h.stride, w.stride], dilations=[h.dilation, w.dilation],
                pads=[h.before, w.before, h.after, w.after], kernel_shape=[h.kernel, w.kernel])


def _run(layer, node, y_type, constants):
    types = {np.uint8: TensorProto.UINT8, np.int8: TensorProto.INT8, np.int32: TensorProto.INT32}
    x = np.ascontiguousarray(layer.x.transpose(0, 3, 1, 2))
    graph = helper.make_graph([node], "layer", [helper.make_tensor_value_info("x", types[layer.x_type], x.shape)],
                              [helper.make_tensor_value_info("y", types[y_type], [None] * 4)],
                              [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0].transpose(0, 2, 3, 1)


def qlinear_conv(layer):
    node = helper.make_node("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"], ["y"], **_attributes(layer))
    return _run(layer, node, layer.y_type, {
        "xs": layer.x_scale, "xz": layer.x_type(layer.x_zero), "w": layer.w.transpose(3, 2, 0, 1), "ws": layer.w_scales,
        "wz": np.zeros(layer.outputs, np.int8), "ys": layer.y_scale, "yz": layer.y_type(layer.y_zero), "b": layer.b})


def conv_integer(layer):
    node = helper.make_node("ConvInteger", ["x", "w", "xz"], ["y"], **_attributes(layer))
    return _run(layer, node, np.int32, {"w": layer.w.transpose(3, 2, 0, 1), "xz": layer.x_type(layer.x_zero)})


def multipliers(layer):
    """As QLinearConv computes them: in float32 throughout."""
    return (layer.x_scale * layer.w_scales / layer.y_scale).astype(np.float32)
