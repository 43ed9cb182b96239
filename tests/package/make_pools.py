#!/usr/bin/env python3
"""make_pools.py FILE: the small ONNX model of network/, whose convolutions have pools behind them; needs the `onnx` package."""
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper


def weights(name, *shape):
    numbers = (np.arange(np.prod(shape)) * 29 % 31 - 15) * 0.03
    return numpy_helper.from_array(numbers.reshape(shape).astype(np.float32), name)


def main():
    same = {"pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["x", "stem_w"], ["a"], "stem", **same),
        helper.make_node("MaxPool", ["a"], ["b"], "pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Relu", ["b"], ["c"], "act"),
        helper.make_node("Conv", ["c", "left_w"], ["d"], "left"),
        helper.make_node("AveragePool", ["d"], ["e"], "left_pool", kernel_shape=[3, 3], **same, count_include_pad=1),
        helper.make_node("Conv", ["c", "right_w"], ["f"], "right"),
        helper.make_node("MaxPool", ["f"], ["g"], "right_pool", kernel_shape=[3, 3], **same),
        helper.make_node("Concat", ["e", "g"], ["h"], "join", axis=1),
        helper.make_node("Conv", ["h", "last_w"], ["y"], "last"),
    ]
    constants = [weights("stem_w", 8, 4, 3, 3), weights("left_w", 8, 8, 1, 1), weights("right_w", 8, 8, 1, 1),
                 weights("last_w", 4, 16, 1, 1)]
    ends = [[helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)]
            for name, shape in (("x", [1, 4, 24, 24]), ("y", [1, 4, 12, 12]))]
    graph = helper.make_graph(nodes, "pools", *ends, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), sys.argv[1])


if __name__ == "__main__":
    main()
