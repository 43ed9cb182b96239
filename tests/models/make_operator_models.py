"""ONNX models of ONNX Runtime's operators of 8-bit integers between convolutions (com.microsoft, domain of QOperator models), each an output
of its own: those whose results are to be the same, and those that may differ by a step."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SHAPE = [1, 6, 12, 20]


class Operators:
    """Nodes on two quantised inputs, with scales and zero points that are drawn."""

    def __init__(self, kind, seed):
        self.kind, self.random = kind, np.random.default_rng(seed)
        self.low = 0 if kind == np.uint8 else -128
        self.nodes, self.constants, self.outputs = [], [], []
        self.scales = {}

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def scale(self, name, scale=None):
        """A scale and a zero point of the tensor."""
        if name not in self.scales:
            drawn = scale if scale is not None else np.exp(self.random.uniform(-1, 1)) * 0.01
            zero = self.random.integers(self.low + 40, self.low + 216)
            self.scales[name] = [self.constant(f"{name}_scale", np.float32(drawn)), self.constant(f"{name}_zero", self.kind(zero))]
        return self.scales[name]

    def add(self, operator, inputs, name, scale=None, domain="com.microsoft", **attributes):
        self.nodes.append(helper.make_node(operator, [*inputs, *self.scale(name, scale)], [name], name=name, domain=domain, **attributes))
        self.outputs.append(name)

    def read(self, name):
        return [name, *self.scale(name)]

    def quantise(self, name):
        self.nodes.append(helper.make_node("QuantizeLinear", [f"{name}_float", *self.scale(name)], [name]))

    def model(self):
        kind = TensorProto.UINT8 if self.kind == np.uint8 else TensorProto.INT8
        inputs = [helper.make_tensor_value_info(f"{name}_float", TensorProto.FLOAT, SHAPE) for name in "xz"]
        outputs = [helper.make_tensor_value_info(name, kind, None) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "operators", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)])
        model.ir_version = 8
        return model


def drawn(operators, shape):
    return operators.random.integers(-127, 128, shape).astype(np.int8)


def add_matrix_product(made, rows):
    matrix = [made.constant("matrix", drawn(made, [20, 7])), made.constant("matrix_scale", np.float32(0.004)),
              made.constant("matrix_zero", np.int8(0))]
    made.add("QLinearMatMul", [*rows, *matrix], "rows", 0.05, domain="")


def exact_model(kind, seed=1):
    made = Operators(kind, seed)
    made.quantise("x"), made.quantise("z")
    x, z = made.read("x"), made.read("z")
    made.add("QLinearAdd", [*x, *z], "sum")
    made.add("QLinearMul", [*x, *z], "product", 0.004)
    gate = [made.constant("gate", made.random.integers(made.low, made.low + 256, [1, 6, 1, 1]).astype(kind)), *made.scale("gate")]
    made.add("QLinearMul", [*x, *gate], "gated", 0.005)
    made.add("QLinearLeakyRelu", x, "leaky", alpha=0.1)
    made.add("QLinearGlobalAveragePool", z, "mean", 0.002, channels_last=0)
    made.nodes.append(helper.make_node("QLinearConcat", [*made.scale("joined"), *x, *z, *made.read("sum")], ["joined"], domain="com.microsoft",
                                       axis=1))
    made.outputs.append("joined")
    add_matrix_product(made, x)
    made.nodes.append(helper.make_node("Flatten", ["z"], ["flat"], axis=3))
    general = [made.constant("general", drawn(made, [5, 20])),
               made.constant("general_scale", made.random.uniform(0.001, 0.005, 5).astype(np.float32)),
               made.constant("general_zero", np.zeros(5, np.int8))]
    bias = made.constant("bias", made.random.integers(-3000, 3000, 5).astype(np.int32))
    made.add("QGemm", ["flat", *z[1:], *general, bias], "general_rows", 0.05, transB=1, alpha=1.0)
    return made.model()


def near_model(kind, seed=2):
    made = Operators(kind, seed)
    made.quantise("x"), made.quantise("z")
    x, z = made.read("x"), made.read("z")
    add_matrix_product(made, x)  # A network has a kernel at least.
    made.add("QLinearSigmoid", x, "sigmoid", 1 / 256)
    made.add("QLinearAveragePool", z, "averages", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], channels_last=0)
    made.add("QLinearSoftmax", x, "softmax", 1 / 256, axis=-1, opset=13)
    return made.model()


def make(folder):
    for name, kind in (("u8", np.uint8), ("s8", np.int8)):
        onnx.save(exact_model(kind), folder / f"operators_exact_{name}.onnx")
        onnx.save(near_model(kind), folder / f"operators_near_{name}.onnx")
