"""Random quantised layers: shapes, tensors and scales, the same for the same seed."""
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Axis:
    input: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def extent(self):
        return (self.kernel - 1) * self.dilation + 1

    @property
    def output(self):
        return (self.input + self.before + self.after - self.extent) // self.stride + 1


@dataclass
class Layer:
    """Input NHWC, weights HWIO. Real numbers behind them: x_scale * (x - x_zero), w_scales[k] * w, y_scale * (y - y_zero)."""
    batch: int
    groups: int
    channels: int
    outputs: int
    height: Axis
    width: Axis
    x_type: type
    y_type: type
    x: np.ndarray = field(repr=False, default=None)
    w: np.ndarray = field(repr=False, default=None)
    b: np.ndarray = field(repr=False, default=None)
    x_zero: int = 0
    y_zero: int = 0
    x_scale: np.float32 = np.float32(1)
    y_scale: np.float32 = np.float32(1)
    w_scales: np.ndarray = field(repr=False, default=None)

    @property
    def depthwise(self):
        return self.groups > 1 and self.groups == self.channels

    @property
    def descriptor(self):
        h, v = self.height, self.width
        return (f"g{self.groups}mb{self.batch}ic{self.channels}ih{h.input}iw{v.input}oc{self.outputs}oh{h.output}ow{v.output}"
                f"kh{h.kernel}kw{v.kernel}sh{h.stride}sw{v.stride}ph{h.before}pw{v.before}dh{h.dilation - 1}dw{v.dilation - 1}")


def _axis(rng, largest):
    while True:
        kernel, dilation = int(rng.choice([1, 1, 2, 3, 3, 3, 5, 7])), int(rng.choice([1, 1, 1, 2, 3]))
        extent = (kernel - 1) * dilation + 1
        before, after = (int(rng.integers(0, extent)) if rng.random() < 0.7 else 0 for _ in range(2))
        axis = Axis(int(rng.integers(1, largest)), kernel, int(rng.choice([1, 1, 1, 2, 2, 3])), dilation, before, after)
        # What ConvForge's descriptors do not say: padding at the end that no output reads.
        if axis.input + axis.before + axis.after >= axis.extent and axis.output > 0:
            last = (axis.output - 1) * axis.stride
            if last < axis.before + axis.input and last + axis.extent > axis.before:
                return axis


def _channels(rng):
    counts = [1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 31, 32, 33, 48, 64]
    kind = rng.integers(0, 4)
    if kind == 0:  # depthwise
        channels = int(rng.choice(counts[1:]))
        return channels, channels, channels * int(rng.choice([1, 1, 1, 2, 3]))
    if kind == 1:
        groups = int(rng.choice([2, 3, 4]))
        return groups, groups * int(rng.integers(1, 9)), groups * int(rng.integers(1, 20))
    return 1, int(rng.choice(counts)), int(rng.choice(counts))


def _zero_point(rng, info):
    return int(rng.choice([info.min, info.max, 0, rng.integers(info.min, info.max + 1), rng.integers(info.min, info.max + 1)]))


def _values(rng, info, shape, kind, near):
    if kind == "ends":
        return rng.choice([info.min, info.max], shape)
    if kind == "small":
        return np.clip(near + rng.integers(-4, 5, shape), info.min, info.max)
    return rng.integers(info.min, info.max + 1, shape)


def layer(seed, x_type, y_type):
    rng = np.random.default_rng(seed)
    while True:
        groups, channels, outputs = _channels(rng)
        one = Layer(int(rng.choice([1, 1, 1, 2])), groups, channels, outputs, _axis(rng, 14), _axis(rng, 20), x_type, y_type)
        work = one.batch * one.height.output * one.width.output * outputs * channels // groups * one.height.kernel * one.width.kernel
        if work < 1 << 21:
            break
    _fill(one, rng)
    return one


def _fill(one, rng):
    x_info, w_info = np.iinfo(one.x_type), np.iinfo(np.int8)
    kind = rng.choice(["whole", "whole", "ends", "small"])
    one.x_zero = _zero_point(rng, x_info)
    one.y_zero = _zero_point(rng, np.iinfo(one.y_type)) if one.y_type != np.int32 else 0
    x_shape = (one.batch, one.height.input, one.width.input, one.channels)
    w_shape = (one.height.kernel, one.width.kernel, one.channels // one.groups, one.outputs)
    one.x = _values(rng, x_info, x_shape, kind, one.x_zero).astype(one.x_type)
    one.w = _values(rng, w_info, w_shape, kind, 0).astype(np.int8)
    taps = int(np.prod(w_shape[:3]))
    size = max(np.sqrt(taps) * np.sqrt(np.mean((one.x.astype(float) - one.x_zero) ** 2) * np.mean(one.w.astype(float) ** 2)), 1)
    one.b = rng.integers(-int(size), int(size) + 1, one.outputs).astype(np.int32)
    if kind == "small":  # powers of two: results on halves
        one.x_scale, one.y_scale = np.float32(0.5), np.float32(1)
        one.w_scales = (2.0 ** rng.integers(-3, 2, one.outputs)).astype(np.float32)
        return
    one.x_scale, one.y_scale = np.float32(rng.uniform(0.001, 0.1)), np.float32(rng.uniform(0.001, 0.1))
    spread = 2.0 ** rng.uniform(3, 8, one.outputs)  # how many steps a usual sum is: some saturate
    one.w_scales = (spread / size * one.y_scale / one.x_scale).astype(np.float32)
