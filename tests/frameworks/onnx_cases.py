"""The onnx package's own tests whose model is one node, a convolution, with what the package expects of it."""
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test import loader
from onnx.backend.test.case import node as node_cases

OPERATORS = ("Conv", "ConvTranspose", "ConvInteger", "QLinearConv")
SETS = ("pytorch-converted", "pytorch-operator")  # Files in the package; what its set "node" has is made by functions.


@dataclass
class Case:
    name: str
    operator: str
    attributes: dict
    inputs: list  # Of the node, in its order; None where one is left out.
    output: np.ndarray
    rtol: float
    atol: float


def read_tensor(file):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(file.read_bytes())
    return numpy_helper.to_array(tensor)


def data_sets(test):
    """Pairs of a model's inputs and outputs."""
    if test.data_sets is not None:
        return test.data_sets
    sets = []
    for folder in sorted(Path(test.model_dir).glob("test_data_set_*")):
        inputs, outputs = (sorted(folder.glob(f"{kind}_*.pb"), key=lambda file: int(file.stem.split("_")[1]))
                           for kind in ("input", "output"))
        sets.append(([read_tensor(file) for file in inputs], [read_tensor(file) for file in outputs]))
    return sets


def cases_of(kind, test, model):
    """A case for each of a test's sets of tensors."""
    node, constants = model.graph.node[0], {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    names = [each.name for each in model.graph.input if each.name not in constants]
    attributes = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    sets = data_sets(test)
    for number, (inputs, outputs) in enumerate(sets):
        values = constants | {name: np.asarray(value) for name, value in zip(names, inputs, strict=True)}
        name = f"{kind}/{test.name}" + (f"/{number}" if len(sets) > 1 else "")
        yield Case(name, node.op_type, attributes, [values[each] if each else None for each in node.input],
                   np.asarray(outputs[0]), test.rtol, test.atol)


def collect():
    """All cases, and how many tests there are beside them, by their operator: models of several nodes or of another convolution."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The package's functions for other operators divide by zero and the like.
        tests = [("node", test) for test in node_cases.collect_testcases(None)]
    for kind in SETS:
        tests += [(kind, test) for test in sorted(loader.load_model_tests(kind=kind), key=lambda test: test.name)]
    cases, others = [], {}
    for kind, test in tests:
        model = test.model or onnx.load(Path(test.model_dir) / "model.onnx")
        operators = [node.op_type for node in model.graph.node]
        if len(operators) == 1 and operators[0] in OPERATORS:
            cases += cases_of(kind, test, model)
        elif convolutions := [operator for operator in operators if "Conv" in operator]:
            name = convolutions[0] if len(operators) == 1 else f"{convolutions[0]} among other nodes"
            others[name] = others.get(name, 0) + 1
    return cases, others
