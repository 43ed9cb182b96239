"""Every tensor of a TensorFlow Lite model, by LiteRT's built-in kernels without delegates, which would fuse nodes, or by its reference
kernels."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from inputs import input_of


def constant(model, graph, name, values):
    model.buffers.append(schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
    graph.tensors.append(schema.TensorT(name=name, shape=list(values.shape), type=schema.TensorType.INT32, buffer=len(model.buffers) - 1))
    return len(graph.tensors) - 1


def use_built_in_transposed(model, graph):
    """MediaPipe's Convolution2DTransposeBias as TRANSPOSE_CONV, which has had a bias since its version 3."""
    for operator in graph.operators:
        if model.operatorCodes[operator.opcodeIndex].customCode != b"Convolution2DTransposeBias":
            continue
        padding, stride_w, stride_h = np.frombuffer(bytes(operator.customOptions), np.int32)[:3]
        data, weights, bias = operator.inputs
        output = graph.tensors[operator.outputs[0]]
        code = schema.BuiltinOperator.TRANSPOSE_CONV
        model.operatorCodes.append(schema.OperatorCodeT(builtinCode=code, deprecatedBuiltinCode=code, version=3))
        operator.opcodeIndex = len(model.operatorCodes) - 1
        operator.inputs = [constant(model, graph, "sizes of " + output.name.decode(), np.array(output.shape, np.int32)), weights, data, bias]
        operator.customOptions = None
        operator.builtinOptionsType = schema.BuiltinOptions.TransposeConvOptions
        operator.builtinOptions = schema.TransposeConvOptionsT(padding=0 if padding == 1 else 1, strideW=int(stride_w), strideH=int(stride_h))


def without_custom_operators(data):
    """LiteRT has no custom operators: what those that have no built-in one would have made becomes another input."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    if not any(code.customCode for code in model.operatorCodes):
        return data
    graph = model.subgraphs[0]
    use_built_in_transposed(model, graph)
    custom = [operator for operator in graph.operators if model.operatorCodes[operator.opcodeIndex].customCode]
    made = {index for operator in custom for index in operator.outputs}
    graph.operators = [operator for operator in graph.operators if operator not in custom]
    graph.inputs = [*graph.inputs, *made]
    graph.outputs = [index for index in graph.outputs if index not in made]
    used = {index for operator in graph.operators for index in operator.inputs}
    graph.outputs += [index for operator in graph.operators for index in operator.outputs if index not in used]
    model.signatureDefs = []
    builder = flatbuffers.Builder(len(data))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def quantised(values, details):
    """As QUANTIZE makes the integers of an input."""
    scale, zero = details["quantization"]
    if not scale:
        return values.astype(details["dtype"])
    limits = np.iinfo(details["dtype"])
    return np.clip(np.round(values / scale) + zero, limits.min, limits.max).astype(details["dtype"])


def tensors_of(model, wanted, photograph, reference=False):
    resolver = OpResolverType.BUILTIN_REF if reference else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=without_custom_operators(model.read_bytes()), experimental_preserve_all_tensors=True,
                              experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    for value in interpreter.get_input_details():
        interpreter.set_tensor(value["index"], quantised(input_of(photograph, value["shape"]), value))
    interpreter.invoke()
    details = {value["name"]: value["index"] for value in interpreter.get_tensor_details()}
    return {name: interpreter.get_tensor(details[name]) for name in wanted if name in details}
