"""Layers of Keras and PyTorch, each argument alone and in pairs, and the numbers that their tensors have. make_references.py
computes them in the framework, framework_layers.py in ConvForge; plain Python, since the two run in different environments."""
import ast
import json
import math
import struct
import zipfile
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

FRAMEWORKS = ("keras", "torch")


@dataclass(frozen=True)
class Layer:
    framework: str
    text: str  # Of the constructor: Python in the framework, read by ConvForge.
    shape: tuple  # Of the input, with the batch.
    refused: str = ""  # Where ConvForge computes no such layer: words of its reason.
    unknown: bool = False  # The framework refuses it.

    @property
    def input(self):
        return "x".join(map(str, self.shape))

    @property
    def name(self):
        return f"{self.framework} {self.text} {self.input}"

    @property
    def channels_first(self):
        return self.framework == "torch" or "channels_first" in self.text

    @property
    def exact(self):
        """Without an activation every sum is exact: numbers() below."""
        return "activation" not in self.text and not self.refused


def layer(framework, text, shape, **more):
    """The shape is given as of Keras' channels_last, or as PyTorch has it."""
    if "channels_first" in text:
        shape = (shape[0], shape[-1], *shape[1:-1])
    return Layer(framework, text, shape, **more)


def alone_and_pairs(framework, kind, always, shape, choices, never=lambda given: False):
    """`always` alone; with each of `choices`; with each two of different arguments. `never`: what the framework itself refuses."""
    for chosen in [(), *((one,) for one in choices), *combinations(choices, 2)]:
        names = [one.split("=")[0] for one in chosen]
        if len(set(names)) == len(names):
            arguments = [one for one in always if one.split("=")[0] not in names] + list(chosen)
            yield layer(framework, f"{kind}({', '.join(arguments)})", shape, unknown=never(" ".join(chosen)))


def has(*arguments):
    """Whether all of the arguments are given."""
    return lambda given: all(argument in given for argument in arguments)


def output_padding_alone(given):
    return "output_padding" in given and "stride" not in given and "dilation" not in given


def keras_layers():
    strided_dilated = has("strides", "dilation_rate")
    yield from alone_and_pairs(
        "keras", "Conv2D", ["filters=6", "kernel_size=(3, 2)"], (1, 7, 6, 4),
        ["filters=2", "kernel_size=3", "kernel_size=(1, 3)", "strides=2", "strides=(1, 3)", "padding='same'", "dilation_rate=2",
         "dilation_rate=(3, 1)", "groups=2", "data_format='channels_first'", "use_bias=False", "activation='relu'"], strided_dilated)
    yield from alone_and_pairs(
        "keras", "Conv1D", ["filters=6", "kernel_size=3"], (2, 11, 3),
        ["kernel_size=4", "kernel_size=(2,)", "strides=3", "padding='same'", "padding='causal'", "dilation_rate=2", "groups=3",
         "data_format='channels_first'", "use_bias=False", "activation='tanh'"],
        strided_dilated)
    yield from alone_and_pairs(
        "keras", "Conv3D", ["filters=2", "kernel_size=(2, 3, 1)"], (1, 4, 5, 4, 2),
        ["kernel_size=2", "strides=(1, 2, 3)", "padding='same'", "dilation_rate=(3, 1, 2)", "groups=2", "data_format='channels_first'",
         "use_bias=False"], strided_dilated)
    yield from alone_and_pairs(
        "keras", "DepthwiseConv2D", ["kernel_size=(3, 2)"], (1, 7, 6, 5),
        ["kernel_size=3", "strides=2", "padding='same'", "depth_multiplier=2", "dilation_rate=(2, 2)", "data_format='channels_first'",
         "use_bias=False", "activation='relu6'"])
    yield from alone_and_pairs(
        "keras", "DepthwiseConv1D", ["kernel_size=3"], (2, 10, 3),
        ["kernel_size=4", "strides=3", "padding='same'", "depth_multiplier=3", "dilation_rate=2", "data_format='channels_first'"])
    yield from alone_and_pairs(
        "keras", "Conv2DTranspose", ["filters=3", "kernel_size=(3, 4)"], (1, 4, 3, 2),
        ["kernel_size=2", "strides=2", "strides=(3, 1)", "padding='same'", "output_padding=(1, 0)", "output_padding=0",
         "dilation_rate=2", "data_format='channels_first'", "use_bias=False", "activation='relu'"],
        lambda given: strided_dilated(given) or ("output_padding=(1, 0)" in given and "strides" not in given))
    yield from alone_and_pairs(
        "keras", "Conv3DTranspose", ["filters=2", "kernel_size=(2, 1, 3)"], (1, 2, 3, 3, 2),
        ["strides=(1, 2, 2)", "padding='same'", "data_format='channels_first'", "use_bias=False"])
    # Where Keras cuts and fills is a matter of all of these at once.
    for kernel, stride, padding, output_padding in product((1, 2, 3, 5), (2, 3), ("same", "valid"), (None, 0, 1)):
        more = "" if output_padding is None else f", output_padding={output_padding}"
        yield layer("keras", f"Conv1DTranspose(3, {kernel}, strides={stride}, padding='{padding}'{more})", (1, 4, 2))
    for activation in ("linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "silu", "swish", "hard_sigmoid", "hard_silu",
                       "hard_swish", "hard_tanh", "gelu", "elu", "selu", "softplus", "mish"):
        yield layer("keras", f"Conv1D(6, 2, activation='{activation}')", (1, 9, 3))
    # By position, as Keras' page has them, and what changes no arithmetic.
    for text, shape in [("layers.Conv2D(4, (3, 2), (2, 1), 'same', 'channels_last', 1, 2, None, False)", (2, 7, 6, 4)),
                        ("Conv1D(4, 3, 1, 'causal', None, 2, 1, 'relu', True)", (1, 9, 3)),
                        ("keras.layers.DepthwiseConv2D(3, 2, 'same', 2, 'channels_first', 1, None, False)", (2, 7, 6, 5)),
                        # Weights whose shape in Keras is that of another layout, too.
                        ("DepthwiseConv2D(3)", (1, 7, 6, 3)),
                        ("DepthwiseConv2D((3, 2), depth_multiplier=2, data_format='channels_first')", (1, 7, 6, 3)),
                        ("Conv2DTranspose(4, 3, 2, 'same')", (2, 4, 3, 3)),
                        ("Conv2D(4, 3, kernel_initializer='he_normal', bias_regularizer=None, padding='SAME', trainable=False)",
                         (1, 5, 6, 3)),
                        ("Conv2D(4, (1, 2), dtype='float16')", (1, 5, 6, 3)),
                        ("Conv2DTranspose(4, 2, strides=2, dtype='float16', data_format='channels_first')", (1, 4, 3, 3))]:
        yield layer("keras", text, shape)


def torch_layers():
    yield from alone_and_pairs(
        "torch", "nn.Conv2d", ["in_channels=4", "out_channels=6", "kernel_size=(3, 2)"], (1, 4, 7, 6),
        ["out_channels=2", "kernel_size=3", "kernel_size=(1, 3)", "stride=2", "stride=(1, 3)", "padding=1", "padding=(2, 0)",
         "padding='same'", "padding='valid'", "dilation=2", "dilation=(3, 1)", "groups=2", "bias=False", "padding_mode='reflect'",
         "padding_mode='replicate'", "padding_mode='circular'"], has("stride", "padding='same'"))
    yield from alone_and_pairs(
        "torch", "nn.Conv1d", ["in_channels=3", "out_channels=6", "kernel_size=3"], (2, 3, 11),
        ["kernel_size=4", "stride=3", "padding=2", "padding='same'", "dilation=2", "groups=3", "bias=False", "padding_mode='circular'"],
        has("stride", "padding='same'"))
    yield from alone_and_pairs(
        "torch", "nn.Conv3d", ["in_channels=2", "out_channels=2", "kernel_size=(2, 3, 1)"], (1, 2, 4, 5, 4),
        ["kernel_size=2", "stride=(1, 2, 3)", "padding=(1, 0, 2)", "padding='same'", "dilation=(3, 1, 2)", "groups=2", "bias=False"],
        has("stride", "padding='same'"))
    yield from alone_and_pairs(
        "torch", "nn.ConvTranspose2d", ["in_channels=2", "out_channels=4", "kernel_size=(3, 4)"], (1, 2, 4, 3),
        ["kernel_size=2", "stride=2", "stride=(3, 1)", "padding=1", "padding=(2, 1)", "output_padding=(1, 0)", "dilation=2", "groups=2",
         "bias=False"], output_padding_alone)
    yield from alone_and_pairs(
        "torch", "nn.ConvTranspose1d", ["in_channels=3", "out_channels=3", "kernel_size=4"], (2, 3, 5),
        ["stride=3", "padding=2", "output_padding=1", "dilation=2", "groups=3"], output_padding_alone)
    yield from alone_and_pairs(
        "torch", "nn.ConvTranspose3d", ["in_channels=2", "out_channels=2", "kernel_size=(2, 1, 3)"], (1, 2, 2, 3, 3),
        ["stride=(1, 2, 2)", "padding=(0, 0, 1)", "groups=2", "bias=False"])
    # A mode is seen beside padding only, so pairs with it are three arguments.
    for mode, (padding, more) in product(
            ("reflect", "replicate", "circular"),
            [("(2, 1)", ""), ("(1, 2)", "stride=2, "), ("(2, 1)", "dilation=(1, 2), "), ("(0, 2)", "groups=2, "),
             ("'same'", "dilation=2, ")]):
        yield layer("torch", f"Conv2d(4, 2, (3, 4), padding={padding}, {more}padding_mode='{mode}')", (1, 4, 7, 8))
    for mode in ("reflect", "replicate", "circular"):
        yield layer("torch", f"Conv1d(2, 3, 4, padding=3, stride=2, padding_mode='{mode}')", (1, 2, 7))
        yield layer("torch", f"Conv3d(2, 2, (2, 3, 1), padding=(1, 2, 0), padding_mode='{mode}')", (1, 2, 3, 4, 3))
    # By position, as PyTorch's pages have them, and as print(model) shows them.
    for text, shape in [("torch.nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), (1, 2), 2, False, 'replicate')", (2, 4, 7, 6)),
                        ("ConvTranspose2d(4, 6, 3, 2, 1, 1, 2, False, 1)", (2, 4, 4, 3)),
                        ("ConvTranspose1d(2, 3, 3, 2, 0, 1, 1, True, 2)", (1, 2, 5)),
                        ("Conv2d(3, 4, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)", (1, 3, 6, 7)),
                        ("Conv2d(3, 4, (1, 2), device='cpu', dtype=torch.float16)", (1, 3, 5, 6))]:
        yield layer("torch", text, shape)


def refused_layers():
    for text, shape, words in [
            ("SeparableConv2D(4, 3)", (1, 7, 6, 3), "DepthwiseConv2D(kernel_size"),
            ("Conv2D(4, 3, activation='softmax')", (1, 7, 6, 3), "activation: softmax"),
            ("Conv2D(4, 3, activation='celu')", (1, 7, 6, 3), "activation: celu"),
            ("Conv2D(4, 3, dtype='bfloat16')", (1, 7, 6, 3), "dtype: bfloat16"),
            ("Conv2DTranspose(4, 3, 2, 'same', 1)", (1, 4, 3, 3), "data_format: 1")]:
        yield layer("keras", text, shape, refused=words)
    for text, shape, words in [
            ("Conv2D(4, 3, padding='causal')", (1, 7, 6, 3), "padding: causal"),
            ("Conv2D(4, 3, groups=2)", (1, 7, 6, 3), "groups = 2"),
            ("Conv2D(4, 8)", (1, 7, 6, 3), "output: "),
            ("Conv2DTranspose(4, 3, strides=2, output_padding=2)", (1, 4, 3, 3), "output_padding: 2"),
            ("Conv2DTranspose(4, 3, output_padding=(1, 0))", (1, 4, 3, 3), "output_padding: 1"),
            ("Conv2DTranspose(4, 3, groups=1)", (1, 4, 3, 3), "groups: 1")]:
        yield layer("keras", text, shape, refused=words, unknown=True)
    yield layer("torch", "nn.Conv2d(3, 4, 3, dtype=torch.float64)", (1, 3, 7, 6), refused="dtype: float64")
    for text, shape, words in [
            ("nn.Conv2d(3, 4, 3, stride=2, padding='same')", (1, 3, 7, 6), "padding: same"),
            ("nn.Conv2d(3, 4, 3, groups=2)", (1, 3, 7, 6), "groups = 2"),
            ("nn.Conv2d(3, 4, 3, padding_mode='mirror')", (1, 3, 7, 6), "padding_mode: mirror"),
            ("nn.Conv2d(4, 4, 3)", (1, 3, 7, 6), "in_channels: 4"),
            ("nn.Conv2d(3, 4, 3, padding=7, padding_mode='reflect')", (1, 3, 7, 6), "padding"),
            ("nn.Conv2d(3, 4, 3, padding=8, padding_mode='circular')", (1, 3, 7, 6), "padding"),
            ("nn.ConvTranspose2d(3, 4, 3, padding_mode='circular')", (1, 3, 4, 3), "padding_mode: circular"),
            ("nn.ConvTranspose2d(3, 4, 3, stride=2, output_padding=2)", (1, 3, 4, 3), "output_padding: 2")]:
        yield layer("torch", text, shape, refused=words, unknown=True)


def all_layers():
    return [*dict.fromkeys([*keras_layers(), *torch_layers(), *refused_layers()])]


def numbers(tensor, shape):
    """Multiples of 1/8 from -1 to 1 that hardly repeat. Products are multiples of 1/64, and a sum of a few hundred of them and a
    bias fits float32's 24 bits: results are exact in any order."""
    start = {"input": 11, "weights": 47, "bias": 5}[tensor]
    return [((i * 37 + start) % 101 % 17 - 8) / 8 for i in range(math.prod(shape))]


def npy(shape, values, letter="f"):
    """The bytes of a .npy file; letters are those of struct."""
    descr = {"f": "<f4", "e": "<f2", "B": "|u1"}[letter]
    header = repr({"descr": descr, "fortran_order": False, "shape": tuple(shape)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}{letter}", *values)


def read_npy(data):
    """Shape and values of what npy() writes, and numpy."""
    size = struct.unpack("<H", data[8:10])[0]
    header = ast.literal_eval(data[10:10 + size].decode())
    letter = {"<f4": "f", "<f2": "e", "|u1": "B"}[header["descr"]]
    return header["shape"], list(struct.unpack(f"<{math.prod(header['shape'])}{letter}", data[10 + size:]))


def reference_file(framework):
    return Path(__file__).parent / "references" / f"{framework}.npz"


def write_references(framework, versions, references):
    """`references`: by the layer's name the framework's shapes of weights, bias (None without one) and output, and the output.
    numpy reads the file, too: `outputs` one behind the other, `index` the rest, bytes of JSON."""
    index = {"versions": versions, "layers": [[name, *shapes] for name, (*shapes, _) in references.items()]}
    outputs = [value for *_, output in references.values() for value in output]
    file = reference_file(framework)
    file.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, values, letter in (("index", json.dumps(index, separators=(",", ":")).encode(), "B"), ("outputs", outputs, "f")):
            # Of a fixed date, so that the same results are the same bytes.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), npy((len(values),), values, letter), zipfile.ZIP_DEFLATED, 9)


def read_references(framework):
    """What write_references() was given: versions and references."""
    with zipfile.ZipFile(reference_file(framework)) as archive:
        index = json.loads(bytes(read_npy(archive.read("index.npy"))[1]))
        outputs = read_npy(archive.read("outputs.npy"))[1]
    references, at = {}, 0
    for name, weights, bias, output in index["layers"]:
        references[name] = (weights, bias, output, outputs[at:at + math.prod(output)])
        at += math.prod(output)
    if at != len(outputs):
        raise ValueError(f"{reference_file(framework)}: {len(outputs)} values, expected {at}")
    return index["versions"], references

