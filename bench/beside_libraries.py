#!/usr/bin/env python3
"""Transposed and 3-D convolutions beside ONNX Runtime, OpenVINO and oneDNN: the tables of docs/transposed.md.

  bench/beside_libraries.py [--rounds N] [--seconds S] [--onednn PREFIX] [--convforge FILE] [LAYER ...]

Needs numpy and onnx; of the libraries those that are installed take part: onnxruntime and openvino as Python packages, oneDNN (its C++
API, built with $CXX or c++) where PREFIX, or else this Python's prefix, has include/ and lib/. One thread, f32, with a bias. ONNX Runtime and
OpenVINO have the tensors in NCHW; oneDNN chooses its formats and times no reorder. Prints microseconds, minima of rounds in turn."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = {  # name: (transposed, groups, input and output channels, input, kernel, stride, padding)
    "unet_2x2s2": (True, 1, 512, 256, (32, 32), (2, 2), (2, 2), (0, 0)),
    "gan_4x4s2": (True, 1, 256, 128, (16, 16), (4, 4), (2, 2), (1, 1)),
    "up_4x4s2p0": (True, 1, 64, 64, (64, 64), (4, 4), (2, 2), (0, 0)),
    "up_3x3s2": (True, 1, 256, 128, (16, 16), (3, 3), (2, 2), (1, 1)),
    "sr_9x9s3": (True, 1, 64, 3, (64, 64), (9, 9), (3, 3), (3, 3)),
    "dw_4x4s2": (True, 64, 64, 64, (56, 56), (4, 4), (2, 2), (1, 1)),
    "3d_3x3x3": (False, 1, 64, 64, (16, 56, 56), (3, 3, 3), (1, 1, 1), (1, 1, 1)),
    "c3d_first": (False, 1, 3, 64, (16, 112, 112), (3, 3, 3), (1, 1, 1), (1, 1, 1)),
    "r3d_first": (False, 1, 3, 64, (16, 112, 112), (3, 7, 7), (1, 2, 2), (1, 3, 3)),
}
ONEDNN = """
#include <oneapi/dnnl/dnnl.hpp>
#include <chrono>
#include <cstdio>
using namespace dnnl;
static memory::desc any(const memory::dims &dims) {
  return memory::desc(dims, memory::data_type::f32, memory::format_tag::any);
}
int main() {
  const engine cpu(engine::kind::cpu, 0);
  stream order(cpu);
  const memory::desc bias(memory::dims{%(channels)d}, memory::data_type::f32, memory::format_tag::x);
  const %(kind)s_forward::primitive_desc chosen(cpu, prop_kind::forward_inference, algorithm::%(kind)s_%(algorithm)s, any({%(input)s}),
                                                any({%(weights)s}), bias, any({%(output)s}), {%(stride)s}, {%(padding)s}, {%(padding)s});
  memory tensors[] = {memory(chosen.src_desc(), cpu), memory(chosen.weights_desc(), cpu), memory(bias, cpu), memory(chosen.dst_desc(), cpu)};
  for (memory &tensor : tensors)
    for (std::size_t i = 0; i < tensor.get_desc().get_size() / sizeof(float); i++)
      static_cast<float *>(tensor.get_data_handle())[i] = float(i %% 7) - 3;
  const %(kind)s_forward kernel(chosen);
  const auto now = [] { return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
  double least = 1e30;
  for (const double end = now() + %(seconds)f * 1e6; now() < end;) {
    const double begin = now();
    kernel.execute(order, {{DNNL_ARG_SRC, tensors[0]}, {DNNL_ARG_WEIGHTS, tensors[1]}, {DNNL_ARG_BIAS, tensors[2]}, {DNNL_ARG_DST, tensors[3]}});
    order.wait();
    least = now() - begin < least ? now() - begin : least;
  }
  std::printf("%%f\\n", least);
}
"""


def output_of(layer):
    transposed, _, _, _, size, kernel, stride, padding = layer
    if transposed:
        return [(i - 1) * s + k - 2 * p for i, k, s, p in zip(size, kernel, stride, padding)]
    return [(i + 2 * p - k) // s + 1 for i, k, s, p in zip(size, kernel, stride, padding)]


def descriptor(layer):
    transposed, groups, ins, outs, size, kernel, stride, padding = layer
    text = f"{'transposed_' if transposed else ''}g{groups}ic{ins}oc{outs}"
    for axis, i, k, s, p in zip("dhw"[-len(size):], size, kernel, stride, padding):
        text += f"i{axis}{i}k{axis}{k}s{axis}{s}p{axis}{p}"
    return text


def least_of(call, seconds):
    call()
    least, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        call()
        least = min(least, time.perf_counter() - begin)
    return least * 1e6


def onnx_model(layer):
    import onnx
    from onnx import helper, numpy_helper
    transposed, groups, ins, outs, size, kernel, stride, padding = layer
    first, second = (ins, outs // groups) if transposed else (outs, ins // groups)
    weights = numpy_helper.from_array(np.random.randn(first, second, *kernel).astype("f"), "w")
    bias = numpy_helper.from_array(np.random.randn(outs).astype("f"), "b")
    node = helper.make_node("ConvTranspose" if transposed else "Conv", ["x", "w", "b"], ["y"], kernel_shape=kernel, strides=stride,
                            pads=padding * 2, group=groups)
    x = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, ins, *size])
    y = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    model = helper.make_model(helper.make_graph([node], "layer", [x], [y], [weights, bias]), opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    return model.SerializeToString()


def onnx_runtime(layer):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(onnx_model(layer), options, providers=["CPUExecutionProvider"])
    x = np.random.randn(1, layer[2], *layer[4]).astype("f")
    return lambda seconds: least_of(lambda: session.run(None, {"x": x}), seconds)


def openvino(layer):
    import openvino
    model = openvino.Core().read_model(onnx_model(layer))
    request = openvino.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    request.set_input_tensor(openvino.Tensor(np.random.randn(1, layer[2], *layer[4]).astype("f")))
    return lambda seconds: least_of(request.infer, seconds)


def onednn(layer, prefix, folder):
    transposed, groups, ins, outs, size, kernel, stride, padding = layer
    text = lambda numbers: ", ".join(map(str, numbers))  # noqa: E731
    weights = [groups, outs // groups, ins // groups, *kernel] if groups > 1 else [outs, ins, *kernel]
    program = pathlib.Path(folder) / f"onednn{len(os.listdir(folder))}"

    def run(seconds):
        if not program.exists():
            source = program.with_suffix(".cpp")
            source.write_text(ONEDNN % dict(
                kind="deconvolution" if transposed else "convolution", algorithm="direct" if transposed else "auto", channels=outs,
                input=text([1, ins, *size]), weights=text(weights), output=text([1, outs, *output_of(layer)]), stride=text(stride),
                padding=text(padding), seconds=seconds))
            subprocess.run([os.environ.get("CXX", "c++"), "-std=c++17", "-O2", f"-I{prefix}/include", source, "-o", program, f"-L{prefix}/lib",
                            f"-Wl,-rpath,{prefix}/lib", "-ldnnl"], check=True)
        return float(subprocess.run([program], check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}).stdout)

    return run


def convforge(layer, layout, program):
    def run(seconds):
        done = subprocess.run([program, "bench", "--problem", descriptor(layer), "--layout", layout, "--epilogue", "bias", "--min-time",
                               str(seconds), "--json"], check=True, capture_output=True, text=True)
        return json.loads(done.stdout)["min_us"]

    return run


def contestants(layer, options, folder):
    """By name what takes seconds and gives microseconds; without libraries that are not installed or refuse the layer."""
    all_of_them = {}
    for name, make in (("ONNX Runtime", onnx_runtime), ("OpenVINO", openvino)):
        try:
            all_of_them[name] = make(layer)
        except ImportError:
            pass
    if (pathlib.Path(options.onednn) / "include/oneapi/dnnl/dnnl.hpp").exists():
        all_of_them["oneDNN"] = onednn(layer, options.onednn, folder)
    for layout in ("nhwc", "nchw"):
        all_of_them[f"here, {layout.upper()}"] = convforge(layer, layout, options.convforge)
    return all_of_them


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each contestant's turn")
    parser.add_argument("--onednn", default=sys.prefix, metavar="PREFIX")
    parser.add_argument("--convforge", default=str(ROOT / "build/bin/convforge"), metavar="FILE")
    parser.add_argument("layers", nargs="*", default=list(LAYERS), metavar="LAYER", help=f"of {', '.join(LAYERS)} (default: all)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.layers:
            takes = contestants(LAYERS[name], options, folder)
            least = {who: float("inf") for who in takes}
            for _ in range(options.rounds):
                for who, run in takes.items():
                    least[who] = min(least[who], run(options.seconds))
            peers = [us for who, us in least.items() if not who.startswith("here")]
            ratio = f", fastest peer / NHWC {min(peers) / least['here, NHWC']:.2f}, / NCHW {min(peers) / least['here, NCHW']:.2f}" if peers else ""
            print(f"{name}: " + ", ".join(f"{who} {us:.0f}" for who, us in least.items()) + ratio, flush=True)


if __name__ == "__main__":
    main()
