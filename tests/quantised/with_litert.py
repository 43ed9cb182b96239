"""LiteRT's reference kernels (the op resolver BUILTIN_REF): CONV_2D and DEPTHWISE_CONV_2D of int8, rounding tflite."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as s
from ai_edge_litert.interpreter import Interpreter, OpResolverType

ACTIVATIONS = {"": s.ActivationFunctionType.NONE, "relu": s.ActivationFunctionType.RELU, "relu6": s.ActivationFunctionType.RELU6,
               "clip:-1:1": s.ActivationFunctionType.RELU_N1_TO_1}


class _Model:
    def __init__(self):
        self.model = s.ModelT(version=3, description="layer", buffers=[s.BufferT()], operatorCodes=[])
        self.graph = s.SubGraphT(name="layer", tensors=[], operators=[], inputs=[0])
        self.model.subgraphs = [self.graph]

    def tensor(self, name, shape, kind, scales=None, zero=0, data=None, axis=0):
        t = s.TensorT(name=name, shape=list(shape), type=kind, buffer=0)
        if data is not None:
            raw = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self.model.buffers.append(s.BufferT(data=raw))
            t.buffer = len(self.model.buffers) - 1
        if scales is not None:
            scales = [float(scale) for scale in np.atleast_1d(scales)]
            t.quantization = s.QuantizationParametersT(scale=scales, zeroPoint=[zero] * len(scales), quantizedDimension=axis)
        self.graph.tensors.append(t)
        return len(self.graph.tensors) - 1

    def operator(self, code, inputs, output, options_type, options):
        self.model.operatorCodes.append(s.OperatorCodeT(builtinCode=code, deprecatedBuiltinCode=code, version=5))
        self.graph.operators.append(s.OperatorT(opcodeIndex=len(self.model.operatorCodes) - 1, inputs=inputs, outputs=[output],
                                                builtinOptionsType=options_type, builtinOptions=options))

    def bytes(self, output):
        self.graph.outputs = [output]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def _padded(model, layer, x):
    """The input with its padding around it: TFLite's own is SAME or nothing."""
    h, w = layer.height, layer.width
    if h.before + h.after + w.before + w.after == 0:
        return x
    amounts = np.array([[0, 0], [h.before, h.after], [w.before, w.after], [0, 0]], np.int32)
    amount = model.tensor("pads", amounts.shape, s.TensorType.INT32, data=amounts)
    shape = (layer.batch, h.input + h.before + h.after, w.input + w.before + w.after, layer.channels)
    padded = model.tensor("padded", shape, s.TensorType.INT8, layer.x_scale, layer.x_zero)
    model.operator(s.BuiltinOperator.PAD, [x, amount], padded, s.BuiltinOptions.PadOptions, s.PadOptionsT())
    return padded


def _convolution(model, layer, x, y, activation):
    h, w = layer.height, layer.width
    common = dict(padding=s.Padding.VALID, strideH=h.stride, strideW=w.stride, dilationHFactor=h.dilation,
                  dilationWFactor=w.dilation, fusedActivationFunction=ACTIVATIONS[activation])
    weights = layer.w.transpose(2, 0, 1, 3) if layer.depthwise else layer.w.transpose(3, 0, 1, 2)
    wt = model.tensor("w", weights.shape, s.TensorType.INT8, layer.w_scales, 0, weights, 3 if layer.depthwise else 0)
    bias_scales = layer.x_scale * layer.w_scales
    bt = model.tensor("b", (layer.outputs,), s.TensorType.INT32, bias_scales, 0, layer.b)
    if layer.depthwise:
        options = s.DepthwiseConv2DOptionsT(depthMultiplier=layer.outputs // layer.channels, **common)
        model.operator(s.BuiltinOperator.DEPTHWISE_CONV_2D, [x, wt, bt], y, s.BuiltinOptions.DepthwiseConv2DOptions, options)
    else:
        model.operator(s.BuiltinOperator.CONV_2D, [x, wt, bt], y, s.BuiltinOptions.Conv2DOptions, s.Conv2DOptionsT(**common))


def reference(layer, activation):
    model = _Model()
    x = model.tensor("x", layer.x.shape, s.TensorType.INT8, layer.x_scale, layer.x_zero)
    padded = _padded(model, layer, x)
    y = model.tensor("y", (layer.batch, layer.height.output, layer.width.output, layer.outputs), s.TensorType.INT8,
                     layer.y_scale, layer.y_zero)
    _convolution(model, layer, padded, y, activation)
    net = Interpreter(model_content=model.bytes(y), experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    net.allocate_tensors()
    net.set_tensor(net.get_input_details()[0]["index"], layer.x)
    net.invoke()
    return net.get_tensor(net.get_output_details()[0]["index"])


def multipliers(layer):
    """As LiteRT computes them: in float64 of the float32 scales."""
    return np.float64(layer.x_scale) * layer.w_scales.astype(np.float64) / np.float64(layer.y_scale)
