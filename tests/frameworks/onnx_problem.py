"""What `convforge run` is given for a node of an ONNX model: a descriptor, flags and tensors."""
from dataclasses import dataclass

import numpy as np

FLOATS = {"float32": "f32", "float16": "f16"}
BYTES = {"uint8": "u8", "int8": "s8"}


class Refused(Exception):
    """ConvForge has nothing for this node; says why."""


@dataclass
class Request:
    descriptor: str
    weights: str  # The order of the weights as ONNX has them.
    tensors: dict  # By the name of ConvForge's operand; input and weights in ONNX's order.
    flags: list
    grouped: bool


@dataclass
class Axis:
    input: int
    kernel: int
    output: int
    stride: int
    dilation: int
    begin: int
    end: int

    def fields(self, letter):
        return (f"i{letter}{self.input}k{letter}{self.kernel}o{letter}{self.output}s{letter}{self.stride}"
                f"d{letter}{self.dilation - 1}p{letter}{self.begin}e{letter}{self.end}")


def split(total, mode):
    """A padding at both ends; where it is odd SAME_UPPER has the larger half at the end, anything else at the beginning."""
    return (total // 2, total - total // 2) if mode == "SAME_UPPER" else (total - total // 2, total // 2)


def forward_axis(i, kernel, stride, dilation, mode, pads):
    extent = (kernel - 1) * dilation + 1
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        pads = split(max((-(-i // stride) - 1) * stride + extent - i, 0), mode)
    begin, end = pads
    return Axis(i, kernel, (i + begin + end - extent) // stride + 1, stride, dilation, begin, end)


def transposed_axis(i, kernel, stride, dilation, mode, pads, output_padding, output):
    """By the operator's documentation; output padding is less padding at the end."""
    whole = (i - 1) * stride + output_padding + (kernel - 1) * dilation + 1
    if output is None and mode in ("SAME_UPPER", "SAME_LOWER"):
        output = i * stride
    begin, end = split(whole - output, mode) if output is not None else pads
    return Axis(i, kernel, whole - begin - end, stride, dilation, begin, end - output_padding)


def descriptor(case, x, w):
    """Every field, nothing left to defaults."""
    rank, given = x.ndim - 2, case.attributes
    if not 1 <= rank <= 3:
        raise Refused(f"{rank} spatial axes")
    if list(given.get("kernel_shape", w.shape[2:])) != list(w.shape[2:]):
        raise ValueError(f"{case.name}: kernel_shape is not that of the weights")
    transposed, groups = case.operator == "ConvTranspose", given.get("group", 1)
    mode = given.get("auto_pad", b"NOTSET").decode()
    strides, dilations = (given.get(name, [1] * rank) for name in ("strides", "dilations"))
    pads = given.get("pads", [0] * 2 * rank) if mode == "NOTSET" else [0] * 2 * rank
    text = f"mb{x.shape[0]}g{groups}ic{x.shape[1]}oc{w.shape[1] * groups if transposed else w.shape[0]}"
    for at, letter in enumerate("dhw"[3 - rank:]):
        sizes = (x.shape[2 + at], w.shape[2 + at], strides[at], dilations[at], mode, (pads[at], pads[rank + at]))
        if transposed:
            output = given["output_shape"][-rank:][at] if "output_shape" in given else None
            axis = transposed_axis(*sizes, given.get("output_padding", [0] * rank)[at], output)
        else:
            axis = forward_axis(*sizes)
        text += axis.fields(letter)
    return ("transposed_" if transposed else "") + text


def plain(case, x, w, flags, bias):
    """Of tensors that have ConvForge's types."""
    request = Request(descriptor(case, x, w), "iohw" if case.operator == "ConvTranspose" else "oihw",
                      {"input": x, "weights": w}, flags, case.attributes.get("group", 1) > 1)
    if bias is not None:
        request.tensors["bias"] = bias
        request.flags += ["--epilogue", "bias"]
    return request


def of_floats(case):
    x, w, bias = (case.inputs + [None])[:3]
    if x.dtype.name not in FLOATS:
        raise Refused(f"no elements of {x.dtype}")
    return plain(case, x, w, ["--dtype", FLOATS[x.dtype.name]], None if bias is None else bias.astype(np.float32))


def signed(w, zero_point):
    """Weights as s8 with a zero point of 0."""
    whole = w.astype(np.int32)
    if zero_point is not None:
        whole -= zero_point.astype(np.int32).reshape((-1,) + (1,) * (w.ndim - 1))
    if whole.min() < -128 or whole.max() > 127:
        raise Refused(f"weights from {whole.min()} to {whole.max()} beside their zero point, which s8 does not hold")
    return whole.astype(np.int8)


def integer_flags(x, output, x_zero, y_zero):
    if x.dtype.name not in BYTES:
        raise Refused(f"no elements of {x.dtype}")
    return ["--dtype", f"{BYTES[x.dtype.name]}:s8:{output}",
            "--zero-points", f"{0 if x_zero is None else int(x_zero)}:{0 if y_zero is None else int(y_zero)}"]


def of_conv_integer(case):
    x, w, x_zero, w_zero = (case.inputs + [None, None])[:4]
    return plain(case, x, signed(w, w_zero), integer_flags(x, "s32", x_zero, None), None)


def of_qlinear_conv(case):
    x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias = (case.inputs + [None])[:9]
    if case.output.dtype != x.dtype:
        raise Refused(f"{x.dtype} to {case.output.dtype}")
    request = plain(case, x, signed(w, w_zero), integer_flags(x, BYTES.get(x.dtype.name), x_zero, y_zero), bias)
    request.tensors["multipliers"] = (x_scale * w_scale / y_scale).astype(np.float32).reshape(-1)
    return request


def request(case):
    return {"Conv": of_floats, "ConvTranspose": of_floats, "ConvInteger": of_conv_integer, "QLinearConv": of_qlinear_conv}[
        case.operator](case)
