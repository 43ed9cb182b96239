#!/usr/bin/env python3
"""quantise.py MODEL.tflite PHOTOGRAPH OUT.tflite: BlazeFace in 8-bit integers, weights with a scale a channel, by ai-edge-quantizer. Its input and
outputs stay float32, so that the program of this example is the same for both.

Scales come of the photograph as the program shows it to the network, of its mirror image and of crops, so that faces of several sizes
are among them. requirements.txt has the libraries: tests/in_environment.sh ENVIRONMENT examples/face_detection/quantise.py ...
"""
import sys
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_quantizer import quantizer
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName
from ai_edge_quantizer.recipe import static_wi8_ai8
from PIL import Image, ImageOps

SIDE = 256
SIGNATURE = "serving_default"
CROPS = ((0.0, 0.0, 0.8), (0.2, 0.0, 0.8), (0.1, 0.0, 0.6), (0.3, 0.0, 0.6), (0.2, 0.0, 0.5))  # left, top, size, of the shorter side


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
            source.shape, model.buffers[source.buffer].data = [1], np.zeros(2, np.uint8)  # Nothing reads the halves, but no tensor may be empty.
            graph.operators.remove(operator)

    def names(tensors):
        return [schema.TensorMapT(name=f"{i}", tensorIndex=index) for i, index in enumerate(tensors)]

    model.signatureDefs = [schema.SignatureDefT(inputs=names(graph.inputs), outputs=names(graph.outputs), signatureKey=SIGNATURE,
                                                subgraphIndex=0)]
    return packed(model)


def packed(model):
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def with_output_names(data, names):
    """What the outputs were called: the quantiser renames those that it makes floats again."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    graph = model.subgraphs[0]
    taken = {name: name + b"_int8" for name in names}
    for tensor in graph.tensors:
        tensor.name = taken.get(tensor.name, tensor.name)
    for index, name in zip(graph.outputs, names):
        graph.tensors[index].name = name
    return packed(model)


def output_names(data):
    graph = schema.Model.GetRootAs(data, 0).Subgraphs(0)
    return [graph.Tensors(graph.Outputs(i)).Name() for i in range(graph.OutputsLength())]


def quantise(model, images, file, granularity="CHANNELWISE", floats_outside=False):
    """Writes `file`: the model in 8-bit integers, with scales of the images; floats outside are those of the whole model's input and outputs."""
    whole = file.with_suffix(".floats")
    whole.write_bytes(prepared(model.read_bytes()))
    quantiser = quantizer.Quantizer(str(whole))
    recipe = static_wi8_ai8()
    for rule in recipe:
        rule["op_config"]["weight_tensor_config"]["granularity"] = granularity
    quantiser.load_quantization_recipe(recipe)
    if floats_outside:
        for end in (TFLOperationName.INPUT, TFLOperationName.OUTPUT):
            quantiser.update_quantization_recipe(".*", end, algorithm_key=AlgorithmName.NO_QUANTIZE)
    calibrated = quantiser.calibrate({SIGNATURE: [{"0": image} for image in images]})
    quantiser.quantize(calibrated).export_model(str(file), overwrite=True)
    if floats_outside:
        file.write_bytes(with_output_names(file.read_bytes(), output_names(whole.read_bytes())))
    whole.unlink()


def seen(picture):
    """As main.cpp shows a picture to the network: in the middle of a black square, from -1 to 1."""
    square = ImageOps.pad(picture, (SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(square, np.float32)[None] / np.float32(127.5) - 1


def calibration(photograph):
    picture = Image.open(photograph).convert("RGB")
    shorter = min(picture.size)
    crops = [picture.crop([round(shorter * part) for part in (left, top, left + size, top + size)]) for left, top, size in CROPS]
    return [seen(each) for one in (picture, *crops) for each in (one, ImageOps.mirror(one))]


if __name__ == "__main__":
    quantise(Path(sys.argv[1]), calibration(sys.argv[2]), Path(sys.argv[3]), floats_outside=True)
